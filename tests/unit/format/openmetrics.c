/* openmetrics.c - OpenMetrics 1.0: the examples of its specification, what it forbids of a line,
 * and how it is told from the Prometheus text format. */
#include "lines.h"

#define NOW "{\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\""
#define AT "{\"ts\":\"2018-03-12T18:33:27.789Z\",\"name\":\""
#define EOF_LINE "# EOF\n"

static void named(const char *text, const char *want)
{
    lines_check_bytes(pt_str(text), (struct pt_records_options){.format = PT_RECORDS_OPENMETRICS},
                      want);
}

/* "An example of a complete exposition", section Overall Structure. */
static void complete_exposition(void)
{
    lines_check(
        "# TYPE acme_http_router_request_seconds summary\n"
        "# UNIT acme_http_router_request_seconds seconds\n"
        "# HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request "
        "router.\n"
        "acme_http_router_request_seconds_sum{path=\"/api/v1\",method=\"GET\"} 9036.32\n"
        "acme_http_router_request_seconds_count{path=\"/api/v1\",method=\"GET\"} 807283.0\n"
        "acme_http_router_request_seconds_created{path=\"/api/v1\",method=\"GET\"} 1605281325.0\n"
        "# TYPE go_goroutines gauge\n"
        "# HELP go_goroutines Number of goroutines that currently exist.\n"
        "go_goroutines 69\n"
        "# TYPE process_cpu_seconds counter\n"
        "# UNIT process_cpu_seconds seconds\n"
        "# HELP process_cpu_seconds Total user and system CPU time spent in seconds.\n"
        "process_cpu_seconds_total 4.20072246e+06\n"
        "# EOF\n",
        NOW "acme_http_router_request_seconds_sum\",\"value\":9036.32,\"kind\":\"counter\","
            "\"unit\":\"seconds\",\"tags\":{\"method\":\"GET\",\"path\":\"/api/v1\"}}\n" NOW
            "acme_http_router_request_seconds_count\",\"value\":807283,\"kind\":\"counter\","
            "\"tags\":{\"method\":\"GET\",\"path\":\"/api/v1\"}}\n" NOW
            "acme_http_router_request_seconds_created\",\"value\":1605281325,\"kind\":\"gauge\","
            "\"tags\":{\"method\":\"GET\",\"path\":\"/api/v1\"}}\n" NOW
            "go_goroutines\",\"value\":69,\"kind\":\"gauge\"}\n" NOW
            "process_cpu_seconds_total\",\"value\":4200722.46,\"kind\":\"counter\","
            "\"unit\":\"seconds\"}\n");
}

static void types(void)
{
    lines_check("# TYPE foo counter\nfoo_total 17.0 1520879607.789\n"
                "foo_created 1520430000.123 1520879607.789\n" EOF_LINE,
                AT "foo_total\",\"value\":17,\"kind\":\"counter\"}\n" AT
                   "foo_created\",\"value\":1520430000.123,\"kind\":\"gauge\"}\n");
    lines_check("# TYPE foo stateset\nfoo{entity=\"controller\",foo=\"a\"} 1.0\nfoo{foo=\"bb\"} "
                "0\n" EOF_LINE,
                NOW "foo\",\"value\":1,\"kind\":\"gauge\",\"tags\":{\"entity\":\"controller\","
                    "\"foo\":\"a\"}}\n" NOW
                    "foo\",\"value\":0,\"kind\":\"gauge\",\"tags\":{\"foo\":\"bb\"}}\n");
    lines_check("# TYPE foo info\nfoo_info{name=\"pretty name\",version=\"8.2.7\"} 1\n" EOF_LINE,
                NOW "foo_info\",\"value\":1,\"kind\":\"gauge\",\"tags\":{\"name\":\"pretty name\","
                    "\"version\":\"8.2.7\"}}\n");
    lines_check("# TYPE foo gaugehistogram\nfoo_bucket{le=\"0.01\"} 20.0\nfoo_gcount 42.0\n"
                "foo_gsum 3289.3\n" EOF_LINE,
                NOW "foo_bucket\",\"value\":20,\"kind\":\"gauge\",\"tags\":{\"le\":\"0.01\"}}\n" NOW
                    "foo_gcount\",\"value\":42,\"kind\":\"gauge\"}\n" NOW
                    "foo_gsum\",\"value\":3289.3,\"kind\":\"gauge\"}\n");
    lines_check("# TYPE foo summary\nfoo{quantile=\"0.95\"} 123.7\n" EOF_LINE,
                NOW "foo\",\"value\":123.7,\"kind\":\"gauge\",\"tags\":{\"quantile\":\"0.95\"}}\n");
    lines_check("# TYPE foo unknown\nfoo 42.23\n" EOF_LINE, NOW "foo\",\"value\":42.23}\n");
    lines_check("# UNIT foo_seconds seconds\nfoo_seconds 1\n# UNIT bar\nbar 2\n" EOF_LINE,
                NOW "foo_seconds\",\"value\":1,\"unit\":\"seconds\"}\n" NOW "bar\",\"value\":2}\n");
    named("bar_seconds_count{} 0\nbar_seconds_count{a=\"x\",b=\"escaping\\\" example \\n \"} "
          "0\n" EOF_LINE,
          NOW "bar_seconds_count\",\"value\":0}\n" NOW
              "bar_seconds_count\",\"value\":0,\"tags\":{\"a\":\"x\",\"b\":\"escaping\\\" example "
              "\\n \"}}\n");
}

/* Section Exemplars, with the two spaces that its last line has. */
static void exemplars(void)
{
    lines_check(
        "# TYPE foo histogram\n"
        "foo_bucket{le=\"0.01\"} 0\n"
        "foo_bucket{le=\"0.1\"} 8 # {} 0.054\n"
        "foo_bucket{le=\"1\"} 11 # {trace_id=\"KOO5S4vxi0o\"} 0.67\n"
        "foo_bucket{le=\"10\"} 17 # {trace_id=\"oHg5SJYRHA0\"} 9.8 1520879607.789\n"
        "foo_bucket{le=\"+Inf\"} 17\n"
        "foo_count 17\n"
        "foo_sum 324789.3\n"
        "foo_created  1520430000.123\n"
        "# EOF\n",
        NOW
        "foo_bucket\",\"value\":0,\"kind\":\"histogram\",\"tags\":{\"le\":\"0.01\"}}\n" NOW
        "foo_bucket\",\"value\":8,\"kind\":\"histogram\",\"tags\":{\"le\":\"0.1\"}}\n"
        "doc {\"type\":\"exemplar\",\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\"foo_bucket\","
        "\"value\":0.054,\"tags\":{\"le\":\"0.1\"}}\n" NOW
        "foo_bucket\",\"value\":11,\"kind\":\"histogram\",\"tags\":{\"le\":\"1\"}}\n"
        "doc {\"type\":\"exemplar\",\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\"foo_bucket\","
        "\"value\":0.67,\"trace\":\"KOO5S4vxi0o\",\"tags\":{\"le\":\"1\"}}\n" NOW
        "foo_bucket\",\"value\":17,\"kind\":\"histogram\",\"tags\":{\"le\":\"10\"}}\n"
        "doc {\"type\":\"exemplar\",\"ts\":\"2018-03-12T18:33:27.789Z\",\"name\":\"foo_bucket\","
        "\"value\":9.8,\"trace\":\"oHg5SJYRHA0\",\"tags\":{\"le\":\"10\"}}\n" NOW
        "foo_bucket\",\"value\":17,\"kind\":\"histogram\",\"tags\":{\"le\":\"+Inf\"}}\n" NOW
        "foo_count\",\"value\":17,\"kind\":\"counter\"}\n" NOW
        "foo_sum\",\"value\":324789.3,\"kind\":\"counter\"}\n" NOW
        "foo_created\",\"value\":1520430000.123,\"kind\":\"gauge\"}\n");
    lines_check("# UNIT a_seconds seconds\n# TYPE a_seconds counter\n"
                "a_seconds_total 1 2 # {span_id=\"s\",trace_id=\"t\",who=\"x\"} 0.5\n" EOF_LINE,
                "{\"ts\":\"1970-01-01T00:00:02Z\",\"name\":\"a_seconds_total\",\"value\":1,"
                "\"kind\":\"counter\",\"unit\":\"seconds\"}\n"
                "doc {\"type\":\"exemplar\",\"ts\":\"1970-01-01T00:00:02Z\",\"name\":"
                "\"a_seconds_total\",\"value\":0.5,\"unit\":\"seconds\",\"trace\":\"t\",\"span\":"
                "\"s\",\"labels\":{\"who\":\"x\"}}\n");
}

#define BAD(lines, number, why) named(lines "\n" EOF_LINE, "in:" #number ": " why "\n")

static void refusals(void)
{
    BAD("# a comment", 1, "OpenMetrics: neither TYPE, UNIT, HELP nor EOF at column 1");
    BAD("# TYPE foo untyped", 1, "OpenMetrics: no such type at column 1");
    BAD("# TYPE foo counter\n# UNIT foo seconds", 2,
        "OpenMetrics: the name does not end in _ and the unit at column 1");
    BAD("# TYPE foo counter\nfoo 17", 2,
        "OpenMetrics: no sample of its type has this name at column 1");
    BAD("# TYPE foo counter\nfoo_total -1", 2, "OpenMetrics: a negative value at column 1");
    BAD("# TYPE foo histogram\nfoo_bucket 1", 2,
        "OpenMetrics: a bucket without the label le at column 1");
    BAD("# TYPE foo summary\nfoo 1", 2, "OpenMetrics: no label quantile at column 1");
    BAD("# TYPE foo info\nfoo_info 2", 2, "OpenMetrics: the value of an info is 1 at column 1");
    BAD("# TYPE foo stateset\nfoo{foo=\"a\"} 2", 2,
        "OpenMetrics: the value of a state is 0 or 1 at column 1");
    BAD("# TYPE foo stateset\nfoo 1", 2,
        "OpenMetrics: a state without the label that names it at column 1");
    BAD("# TYPE foo gauge\nfoo NaN", 2, "value: NaN and infinities are not stored");
    BAD("# TYPE foo gauge\nfoo 1 NaN", 2, "OpenMetrics: expected a time in seconds at column 7");
    BAD("# TYPE foo gauge\nfoo 1 # {} 2", 2,
        "OpenMetrics: such a sample has no exemplar at column 7");
    BAD("a_total 1 #", 1, "OpenMetrics: expected '{' at column 12");
    BAD("a_total 1 # {}", 1, "OpenMetrics: expected a number at column 15");
    BAD("a_total 1 # {} 1 x", 1, "OpenMetrics: expected a time in seconds at column 18");
    BAD("a_total 1 # {} 1 1 1", 1, "OpenMetrics: something follows the time at column 20");
}

static void long_exemplars(void)
{
    static const char AE[] = "\xC3\xA4"; /* one character, two bytes */
    for (int more = 0; more <= 1; more++) {
        struct pt_buf in = {0}, got = {0};
        pt_buf_puts(&in, "a 1 2 # {k=\"");
        for (int i = 0; i < 127 + more; i++)
            pt_buf_puts(&in, AE);
        pt_buf_puts(&in, "\"} 1\n" EOF_LINE);
        lines_read(&got, lines_file("in", in.p, in.n),
                   &(struct pt_records_options){.format = PT_RECORDS_OPENMETRICS});
        CHECK((strstr(got.p, "the exemplar's labels are too long") != NULL) == more);
        pt_buf_release(&in);
        pt_buf_release(&got);
    }
}

static void ends(void)
{
    static const char MISSING[] =
        "OpenMetrics: the input ends without # EOF: what should follow this "
        "line is missing\n";
    char want[256];
    snprintf(want, sizeof want, NOW "a\",\"value\":1}\nin:2: %s", MISSING);
    named("\na 1\n", want);
    snprintf(want, sizeof want, NOW "a\",\"value\":1}\nin:2: %s", MISSING);
    lines_check("# TYPE a unknown\na 1\n", want);
    named("a 1\n# EOF", NOW "a\",\"value\":1}\n");
    named("a 1\n# EOF\n\n", NOW "a\",\"value\":1}\n");
    named("a 1\n# EOF\nb 1\n",
          NOW "a\",\"value\":1}\nin:3: OpenMetrics: something follows # EOF at column 1\n");
    named("a 1\n# EOF\n# EOF\n",
          NOW "a\",\"value\":1}\nin:3: OpenMetrics: something follows # EOF at column 1\n");
    /* scrapes one behind the other */
    named("# TYPE a gauge\na 1\n# EOF\n# TYPE b gauge\na 1\nb 1\n# EOF\n",
          NOW "a\",\"value\":1,\"kind\":\"gauge\"}\n" NOW "a\",\"value\":1}\n" NOW
              "b\",\"value\":1,\"kind\":\"gauge\"}\n");
}

/* What settles the dialect of a text that began like either. */
static void dialects(void)
{
    lines_check(
        "# TYPE a gauge\na 1 1520879607.789\na 2 1520879607\n" EOF_LINE,
        AT "a\",\"value\":1,\"kind\":\"gauge\"}\n"
           "{\"ts\":\"2018-03-12T18:33:27Z\",\"name\":\"a\",\"value\":2,\"kind\":\"gauge\"}\n");
    lines_check("# TYPE a gauge\na 1 1520879607789\na 2 1520879607\n# EOF\nb 1 1\n",
                AT "a\",\"value\":1,\"kind\":\"gauge\"}\n"
                   "{\"ts\":\"1970-01-18T14:27:59.607Z\",\"name\":\"a\",\"value\":2,"
                   "\"kind\":\"gauge\"}\n"
                   "{\"ts\":\"1970-01-01T00:00:00.001Z\",\"name\":\"b\",\"value\":1}\n");
    lines_check(
        "# TYPE a gauge\na 17.0 123\n" EOF_LINE,
        "{\"ts\":\"1970-01-01T00:02:03Z\",\"name\":\"a\",\"value\":17,\"kind\":\"gauge\"}\n");
    lines_check("# TYPE a counter\na_total 1\na_total 1 99999999999999\n" EOF_LINE,
                NOW "a_total\",\"value\":1,\"kind\":\"counter\"}\n"
                    "in:3: OpenMetrics: expected a time in seconds at column 11\n");
    lines_check("# TYPE a unknown\na 1 99999999999\n" EOF_LINE, /* the year 5138 */
                "in:2: OpenMetrics: expected a time in seconds at column 5\n");
    lines_check("# TYPE a gauge\na 1 99999999999\n" EOF_LINE,
                "in:2: OpenMetrics: expected a time in seconds at column 5\n");
    lines_check("# TYPE a gauge\na 1 100000000000\n" EOF_LINE,
                "{\"ts\":\"1973-03-03T09:46:40Z\",\"name\":\"a\",\"value\":1,"
                "\"kind\":\"gauge\"}\n");
    lines_check("# TYPE a untyped\na 1 # {} 1\n",
                "in:2: Prometheus text: something follows the time at column 5\n");
    lines_check("# TYPE a_total counter\na_total 1\na_total 1 1.5\n",
                NOW "a_total\",\"value\":1,\"kind\":\"counter\"}\n"
                    "in:3: Prometheus text: expected a time in milliseconds at column 11\n");
}

TEST_MAIN({"the complete exposition", complete_exposition}, {"types", types},
          {"exemplars", exemplars}, {"refusals", refusals}, {"long exemplars", long_exemplars},
          {"ends", ends}, {"dialects", dialects})
