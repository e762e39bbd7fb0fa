/* otlp.c - OTLP in JSON: every kind of metric, exact integers, spans with what they hold,
 * severities of logs, and what breaks the protocol.  (The examples of opentelemetry-proto are a
 * case of pt-ingest.) The bounds of exponential buckets are those of the data model's table for
 * scale 1 and 0. */
#include "lines.h"

#define TIME "\"timeUnixNano\":\"1544712660300000001\""
#define METRICS(metric) "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[" metric "]}]}]}\n"
#define SPANS(spans) "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" spans "]}]}]}\n"
#define LOGS(logs) "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" logs "]}]}]}\n"
#define POINT(point) "{\"dataPoints\":[{" TIME "," point "}]}"
#define TEMPORAL(n, rest, point) \
    "{\"aggregationTemporality\":" n rest ",\"dataPoints\":[{" TIME "," point "}]}"

#define TS "\"2018-12-13T14:51:00.300000001Z\""
#define PT(name, value, kind) \
    "{\"ts\":" TS ",\"name\":\"" name "\",\"value\":" value ",\"kind\":\"" kind "\""

static void numbers(void)
{
    lines_check(METRICS("{\"name\":\"g\",\"unit\":\"By\",\"gauge\":" POINT(
                    "\"asInt\":\"9223372036854775807\"") "}"),
                PT("g", "9223372036854775807", "gauge") ",\"unit\":\"By\"}\n");
    lines_check(METRICS("{\"name\":\"g\",\"gauge\":" POINT("\"asInt\":-9007199254740993") "}"),
                PT("g", "-9007199254740993", "gauge") "}\n");
    lines_check(METRICS("{\"name\":\"g\",\"gauge\":" POINT("\"asDouble\":\"0.5\"") "}"),
                PT("g", "0.5", "gauge") "}\n");
    /* the series has ended: no value, nothing wrong */
    lines_check(METRICS("{\"name\":\"g\",\"gauge\":" POINT("\"flags\":1") "}"), "");
}

static void sums(void)
{
    lines_check(METRICS("{\"name\":\"s\",\"sum\":" TEMPORAL("2", ",\"isMonotonic\":true",
                                                            "\"asInt\":1") "}"),
                PT("s", "1", "counter") "}\n");
    lines_check(METRICS("{\"name\":\"s\",\"sum\":" TEMPORAL("2", "", "\"asInt\":1") "}"),
                PT("s", "1", "gauge") "}\n");
    lines_check(METRICS("{\"name\":\"s\",\"sum\":" TEMPORAL("1", ",\"isMonotonic\":true",
                                                            "\"asInt\":1") "}"),
                PT("s", "1", "gauge") "}\n");
}

static void histograms(void)
{
    lines_check(
        METRICS("{\"name\":\"h\",\"unit\":\"s\",\"histogram\":" TEMPORAL(
            "2", "",
            "\"count\":\"6\",\"sum\":7.5,\"bucketCounts\":[\"1\",\"2\",\"3\"],\"explicitBounds\":"
            "[0.5,10.0],\"attributes\":[{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}],"
            "\"exemplars\":[{\"timeUnixNano\":\"1544712660300000000\",\"asDouble\":0.25,"
            "\"traceId\":"
            "\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"eee19b7ec3c1b174\","
            "\"filteredAttributes\":[{\"key\":\"z\",\"value\":{\"intValue\":\"1\"}}]}]") "}"),
        /* clang-format off: a record a line */
        PT("h_bucket", "1", "histogram") ",\"tags\":{\"a\":\"b\",\"le\":\"0.5\"}}\n"
        PT("h_bucket", "3", "histogram") ",\"tags\":{\"a\":\"b\",\"le\":\"10\"}}\n"
        PT("h_bucket", "6", "histogram") ",\"tags\":{\"a\":\"b\",\"le\":\"+Inf\"}}\n"
        PT("h_count", "6", "counter") ",\"tags\":{\"a\":\"b\"}}\n"
        PT("h_sum", "7.5", "counter") ",\"unit\":\"s\",\"tags\":{\"a\":\"b\"}}\n"
        "doc {\"type\":\"exemplar\",\"ts\":\"2018-12-13T14:51:00.300Z\",\"name\":\"h\","
        "\"value\":0.25,\"unit\":\"s\",\"trace\":\"5b8efff798038103d269b633813fc60c\","
        "\"span\":\"eee19b7ec3c1b174\",\"tags\":{\"a\":\"b\"},\"labels\":{\"z\":\"1\"}}\n"
        /* clang-format on */
    );
    lines_check(METRICS("{\"name\":\"h\",\"histogram\":" TEMPORAL("1", "", "\"count\":2") "}"),
                PT("h_count", "2", "gauge") "}\n");
}

#define LE(le) ",\"tags\":{\"le\":\"" le "\"}}\n"

static void exponential_histograms(void)
{
    /* base sqrt(2): indexes -1, 0, 1 end at 1, 1.4142135623730951, 2; negatives -1 and 0 at -1,
     * -0.7 */
    lines_check(
        METRICS("{\"name\":\"x\",\"exponentialHistogram\":" TEMPORAL(
            "2", "",
            "\"count\":16,\"scale\":1,\"zeroCount\":5,\"positive\":{\"offset\":-1,"
            "\"bucketCounts\":[1,2,3]},\"negative\":{\"offset\":-1,\"bucketCounts\":[1,4]}") "}"),
        /* clang-format off: a record a line */
        PT("x_bucket", "4", "histogram") LE("-1")
        PT("x_bucket", "5", "histogram") LE("-0.7071067811865476")
        PT("x_bucket", "10", "histogram") LE("0")
        PT("x_bucket", "11", "histogram") LE("1")
        PT("x_bucket", "13", "histogram") LE("1.4142135623730951")
        PT("x_bucket", "16", "histogram") LE("2")
        PT("x_bucket", "16", "histogram") LE("+Inf")
        PT("x_count", "16", "counter") "}\n"
        /* clang-format on */
    );
    /* beyond a double: in +Inf */
    lines_check(METRICS("{\"name\":\"x\",\"exponentialHistogram\":" TEMPORAL(
                    "2", "", "\"count\":1,\"scale\":-10,\"positive\":{\"bucketCounts\":[1]}") "}"),
                PT("x_bucket", "1", "histogram") LE("+Inf") PT("x_count", "1", "counter") "}\n");
}

static void summaries(void)
{
    lines_check(
        METRICS("{\"name\":\"s\",\"unit\":\"s\",\"summary\":" POINT(
            "\"count\":4,\"sum\":9,\"quantileValues\":[{\"value\":1},{\"quantile\":0.5,"
            "\"value\":2}]") "}"),
        /* clang-format off: a record a line */
        PT("s", "1", "gauge") ",\"unit\":\"s\",\"tags\":{\"quantile\":\"0\"}}\n"
        PT("s", "2", "gauge") ",\"unit\":\"s\",\"tags\":{\"quantile\":\"0.5\"}}\n"
        PT("s_count", "4", "counter") "}\n"
        PT("s_sum", "9", "counter") ",\"unit\":\"s\"}\n"
        /* clang-format on */
    );
}

#define IDS "\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\""
#define PT_IDS "\"trace\":\"5b8efff798038103d269b633813fc60c\",\"span\":\"eee19b7ec3c1b174\""

static void spans(void)
{
    lines_check(
        SPANS("{" IDS ",\"parentSpanId\":\"\",\"name\":\"GET /\",\"kind\":3,\"startTimeUnixNano\":"
              "\"1544712660300000001\",\"endTimeUnixNano\":\"1544712662300000012\",\"status\":{"
              "\"code\":2,\"message\":\"refused\"},\"events\":[{" TIME ",\"name\":\"exception\","
              "\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"E\"}}]}],"
              "\"links\":[{" IDS "}]}"),
        "doc {\"type\":\"span\",\"ts\":" TS ",\"dur\":2.000000011," PT_IDS
        ",\"name\":\"GET /\",\"kind\":\"client\",\"status\":\"error\",\"message\":\"refused\","
        "\"links\":[{" PT_IDS "}]}\n"
        "doc {\"type\":\"event\",\"ts\":" TS ",\"name\":\"exception\"," PT_IDS
        ",\"tags\":{\"exception.type\":\"E\"}}\n");
    /* the inner attribute holds */
    lines_check(
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"a\",\"value\":{"
        "\"stringValue\":\"1\"}},{\"key\":\"b\",\"value\":{\"stringValue\":\"1\"}}]},"
        "\"scopeSpans\":[{\"scope\":{\"attributes\":[{\"key\":\"a\",\"value\":{\"stringValue\":"
        "\"2\"}}]},\"spans\":[{" IDS ",\"startTimeUnixNano\":1,\"attributes\":[{\"key\":\"b\","
        "\"value\":{\"stringValue\":\"3\"}},{\"key\":\"none\",\"value\":{}}]}]}]}]}\n",
        "doc {\"type\":\"span\",\"ts\":\"1970-01-01T00:00:00.000000001Z\"," PT_IDS
        ",\"tags\":{\"a\":\"2\",\"b\":\"3\"}}\n");
}

static void logs(void)
{
    static const struct {
        const char *said, *severity;
    } SEVERITIES[] = {
        {"\"severityNumber\":1", "debug"},        {"\"severityNumber\":8", "debug"},
        {"\"severityNumber\":9", "info"},         {"\"severityNumber\":16", "warning"},
        {"\"severityNumber\":17", "error"},       {"\"severityNumber\":24", "fatal"},
        {"\"severityText\":\"WARN\"", "warning"}, {"\"severityText\":\"odd\"", "odd"},
    };
    for (size_t i = 0; i < sizeof SEVERITIES / sizeof SEVERITIES[0]; i++) {
        char in[256], want[256];
        snprintf(in, sizeof in, LOGS("{" TIME ",%s}"), SEVERITIES[i].said);
        snprintf(want, sizeof want, "doc {\"type\":\"event\",\"ts\":" TS ",\"severity\":\"%s\"}\n",
                 SEVERITIES[i].severity);
        lines_check(in, want);
    }
    lines_check(
        LOGS("{\"observedTimeUnixNano\":\"1544712660300000001\",\"eventName\":\"e\",\"body\":{"
             "\"kvlistValue\":{\"values\":[{\"key\":\"n\",\"value\":{\"intValue\":\"7\"}},{"
             "\"key\":\"l\",\"value\":{\"arrayValue\":{\"values\":[{},{\"doubleValue\":\"NaN\"}"
             "]}}}]}}},{}"),
        "doc {\"type\":\"event\",\"ts\":" TS ",\"name\":\"e\",\"message\":"
        "\"{\\\"n\\\":7,\\\"l\\\":[null,\\\"NaN\\\"]}\"}\n"
        "doc {\"type\":\"event\",\"ts\":\"2026-11-20T16:00:00Z\"}\n");
}

static void check_bad(const char *text, const char *why)
{
    struct pt_buf got = {0};
    lines_read(&got, lines_file("in", text, strlen(text)),
               &(struct pt_records_options){.format = PT_RECORDS_OTLP});
    if (!CHECK(got.n && strncmp(got.p, "in:1: OTLP: ", 12) == 0 &&
               strncmp(got.p + 12, why, strlen(why)) == 0))
        printf("#   got  %s#   want %s\n", got.n ? got.p : "nothing\n", why);
    pt_buf_release(&got);
}

#define GAUGE(point) METRICS("{\"name\":\"g\",\"gauge\":{\"dataPoints\":[{" point "}]}}")
#define HISTOGRAM(point) METRICS("{\"name\":\"h\",\"histogram\":" TEMPORAL("2", "", point) "}")
#define EXPONENTIAL(point) \
    METRICS("{\"name\":\"h\",\"exponentialHistogram\":" TEMPORAL("2", "", point) "}")

static void refusals(void)
{
    check_bad("{}",
              "neither resourceMetrics, resourceSpans nor resourceLogs in the object at column 1");
    check_bad("[]", "neither resourceMetrics");
    check_bad("{\"resourceSpans\":{}}", "resourceSpans: not an array at column 18");
    check_bad("{\"resourceSpans\":[1]}", "expected an object at column 19");
    check_bad(SPANS("7"), "expected an object");
    check_bad(METRICS("{\"name\":\"g\"}"), "metric: no gauge, sum, histogram");
    check_bad(METRICS("{\"name\":\"g\",\"sum\":{\"dataPoints\":[{}]}}"),
              "aggregationTemporality: neither 1, delta, nor 2, cumulative");
    check_bad(METRICS("{\"name\":\"g\",\"sum\":{\"aggregationTemporality\":"
                      "\"AGGREGATION_TEMPORALITY_DELTA\"}}"),
              "aggregationTemporality: an enum is a number");
    check_bad(GAUGE("\"asInt\":1"), "timeUnixNano: missing");
    check_bad(GAUGE("\"timeUnixNano\":\"x\""), "timeUnixNano: not a number of nanoseconds");
    check_bad(GAUGE("\"timeUnixNano\":18446744073709551615"), "timeUnixNano: not a number of nano");
    check_bad(GAUGE(TIME), "value: neither asInt nor asDouble");
    check_bad(GAUGE(TIME ",\"asDouble\":\"NaN\""), "asDouble: NaN and infinities are not stored");
    check_bad(GAUGE(TIME ",\"asInt\":\"1x\""), "asInt: not a number");
    check_bad(GAUGE(TIME ",\"asInt\":1,\"attributes\":5"), "attributes: not an array");
    check_bad(GAUGE(TIME ",\"asInt\":1,\"attributes\":[{\"value\":{\"boolValue\":true}}]"),
              "attributes: one has no key");
    check_bad(HISTOGRAM("\"count\":2,\"bucketCounts\":[1],\"explicitBounds\":[]"),
              "count: not the sum of the bucket counts");
    check_bad(HISTOGRAM("\"count\":2,\"bucketCounts\":[1,1],\"explicitBounds\":[]"),
              "bucketCounts: not one more than explicitBounds");
    check_bad(HISTOGRAM("\"count\":3,\"bucketCounts\":[1,1,1],\"explicitBounds\":[2,2]"),
              "explicitBounds: not numbers that increase");
    check_bad(HISTOGRAM("\"count\":1,\"bucketCounts\":[1.5]"), "bucketCounts: not a whole number");
    check_bad(HISTOGRAM("\"count\":-1"), "count: not a whole number");
    check_bad(EXPONENTIAL("\"count\":1,\"scale\":21"), "scale: not a whole number from -10 to 20");
    check_bad(EXPONENTIAL("\"count\":1,\"zeroCount\":2"),
              "count: not the sum of the bucket counts");
    check_bad(SPANS("{}"), "traceId: missing");
    check_bad(SPANS("{\"traceId\":\"5b\"}"), "traceId: not 32 hexadecimal digits");
    check_bad(SPANS("{\"traceId\":\"00000000000000000000000000000000\"}"), "traceId: missing");
    check_bad(SPANS("{\"spanId\":\"eee19b7ec3c1b17x\"}"), "spanId: not hexadecimal");
    check_bad(SPANS("{" IDS "}"), "startTimeUnixNano: missing");
    check_bad(SPANS("{" IDS ",\"startTimeUnixNano\":2,\"endTimeUnixNano\":1}"),
              "endTimeUnixNano: before the start");
}

/* A bad record in the middle: the others come, the reason after them, with its place. */
static void partly_bad(void)
{
    lines_check(
        "{\n \"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{" TIME "},\n"
        "  {\"traceId\":\"x\"}, 5, {" TIME "}]}]}]\n}\n",
        "doc {\"type\":\"event\",\"ts\":" TS "}\ndoc {\"type\":\"event\",\"ts\":" TS "}\n"
        "in:1: OTLP: traceId: not 32 hexadecimal digits at line 3 of it, column 3; 1 more of "
        "its records are refused\n");
}

/* Attributes that every record of a resource repeats: 1000 records of 16 KiB out of 19 KiB, of
 * which 1 MiB and 64 times as much are made; and too many of them. */
static void hostile_attributes(void)
{
    struct pt_buf in = {0}, got = {0};
    size_t records = 0;
    pt_buf_puts(&in, "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"a\",\"value\":{"
                     "\"stringValue\":\"");
    for (int i = 0; i < 16 * 1024; i++)
        pt_buf_putc(&in, 'x');
    pt_buf_puts(&in, "\"}}]},\"scopeLogs\":[{\"logRecords\":[{}");
    for (int i = 1; i < 1000; i++)
        pt_buf_puts(&in, ",{}");
    pt_buf_puts(&in, "]}]}]}");
    lines_read(&got, lines_file("in", in.p, in.n),
               &(struct pt_records_options){.limits.tag = 32 * 1024});
    for (const char *p = got.p; (p = strstr(p, "doc {")); p++)
        records++;
    CHECK_INT(records, (1024 * 1024 + 64 * in.n) / (16 * 1024 + strlen("{\"a\":\"\"}")) + 1);
    CHECK(strstr(got.p, "attributes: the document's records repeat too many of their resource"));
    pt_buf_release(&got);
    pt_buf_clear(&in);
    pt_buf_puts(&in, "{\"resourceLogs\":[{\"resource\":{\"attributes\":[");
    for (int i = 0; i < 257; i++)
        pt_buf_printf(&in, "%s{\"key\":\"k%d\",\"value\":{\"intValue\":1}}", i ? "," : "", i);
    pt_buf_puts(&in, "]},\"scopeLogs\":[{\"logRecords\":[{}]}]}]}\n");
    check_bad(in.p, "attributes: more than 256");
    pt_buf_release(&in);
}

TEST_MAIN({"numbers", numbers}, {"sums", sums}, {"histograms", histograms},
          {"exponential histograms", exponential_histograms}, {"summaries", summaries},
          {"spans", spans}, {"logs", logs}, {"refusals", refusals}, {"partly bad", partly_bad},
          {"hostile attributes", hostile_attributes})
