/* prometheus.c - the text exposition format: the example of its specification
 * (prometheus.io/docs/instrumenting/exposition_formats), and what the example leaves out. */
#include "lines.h"

static const char EXAMPLE[] =
    "# HELP http_requests_total The total number of HTTP requests.\n"
    "# TYPE http_requests_total counter\n"
    "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
    "http_requests_total{method=\"post\",code=\"400\"}    3 1395066363000\n"
    "\n"
    "# Escaping in label values:\n"
    "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find file:\\n"
    "\\\"FILE.TXT\\\"\"} 1.458255915e9\n"
    "\n"
    "# Minimalistic line:\n"
    "metric_without_timestamp_and_labels 12.47\n"
    "\n"
    "# A weird metric from before the epoch:\n"
    "something_weird{problem=\"division by zero\"} +Inf -3982045\n"
    "\n"
    "# A histogram, which has a pretty complex representation in the text format:\n"
    "# HELP http_request_duration_seconds A histogram of the request duration.\n"
    "# TYPE http_request_duration_seconds histogram\n"
    "http_request_duration_seconds_bucket{le=\"0.05\"} 24054\n"
    "http_request_duration_seconds_bucket{le=\"0.1\"} 33444\n"
    "http_request_duration_seconds_bucket{le=\"0.2\"} 100392\n"
    "http_request_duration_seconds_bucket{le=\"0.5\"} 129389\n"
    "http_request_duration_seconds_bucket{le=\"1\"} 133988\n"
    "http_request_duration_seconds_bucket{le=\"+Inf\"} 144320\n"
    "http_request_duration_seconds_sum 53423\n"
    "http_request_duration_seconds_count 144320\n"
    "\n"
    "# Finally a summary, which has a complex representation, too:\n"
    "# HELP rpc_duration_seconds A summary of the RPC duration in seconds.\n"
    "# TYPE rpc_duration_seconds summary\n"
    "rpc_duration_seconds{quantile=\"0.01\"} 3102\n"
    "rpc_duration_seconds{quantile=\"0.05\"} 3272\n"
    "rpc_duration_seconds{quantile=\"0.5\"} 4773\n"
    "rpc_duration_seconds{quantile=\"0.9\"} 9001\n"
    "rpc_duration_seconds{quantile=\"0.99\"} 76656\n"
    "rpc_duration_seconds_sum 1.7560473e+07\n"
    "rpc_duration_seconds_count 2693\n";

#define NOW "{\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\""
#define BUCKET NOW "http_request_duration_seconds_bucket\",\"value\":"
#define LE ",\"kind\":\"histogram\",\"tags\":{\"le\":\""
#define QUANTILE NOW "rpc_duration_seconds\",\"value\":"
#define Q ",\"kind\":\"gauge\",\"tags\":{\"quantile\":\""

static const char RECORDS[] =
    "{\"ts\":\"2014-03-17T14:26:03Z\",\"name\":\"http_requests_total\",\"value\":1027,\"kind\":"
    "\"counter\",\"tags\":{\"code\":\"200\",\"method\":\"post\"}}\n"
    "{\"ts\":\"2014-03-17T14:26:03Z\",\"name\":\"http_requests_total\",\"value\":3,\"kind\":"
    "\"counter\",\"tags\":{\"code\":\"400\",\"method\":\"post\"}}\n" NOW
    "msdos_file_access_time_seconds\",\"value\":1458255915,\"tags\":{\"error\":\"Cannot find "
    "file:\\n\\\"FILE.TXT\\\"\",\"path\":\"C:\\\\DIR\\\\FILE.TXT\"}}\n" NOW
    "metric_without_timestamp_and_labels\",\"value\":12.47}\n"
    "in:13: value: NaN and infinities are not stored\n" BUCKET "24054" LE "0.05\"}}\n" BUCKET
    "33444" LE "0.1\"}}\n" BUCKET "100392" LE "0.2\"}}\n" BUCKET "129389" LE "0.5\"}}\n" BUCKET
    "133988" LE "1\"}}\n" BUCKET "144320" LE "+Inf\"}}\n" NOW
    "http_request_duration_seconds_sum\",\"value\":53423,\"kind\":\"counter\"}\n" NOW
    "http_request_duration_seconds_count\",\"value\":144320,\"kind\":\"counter\"}\n" QUANTILE
    "3102" Q "0.01\"}}\n" QUANTILE "3272" Q "0.05\"}}\n" QUANTILE "4773" Q "0.5\"}}\n" QUANTILE
    "9001" Q "0.9\"}}\n" QUANTILE "76656" Q "0.99\"}}\n" NOW
    "rpc_duration_seconds_sum\",\"value\":17560473,\"kind\":\"counter\"}\n" NOW
    "rpc_duration_seconds_count\",\"value\":2693,\"kind\":\"counter\"}\n";

static void specification(void)
{
    lines_check(EXAMPLE, RECORDS);
}

static void spellings(void)
{
    static const char A[] = NOW "a\",\"value\":1,\"tags\":{\"b\":\"c\"}}\n";
    lines_check("a{b=\"c\"} 1\n", A);
    lines_check("# \na { b = \"c\" , } 1\n", A);
    lines_check("# \n\t a\t{b=\"c\"}\t1\t\r\n", A);
    lines_check("a{b=\"c\"}1\n", A);
    lines_check("a{b=\"c\",d=\"\"} 1\n", A); /* an empty label is as none */
    lines_check("a{b=\"\xC3\xA9}{\"} 1\n",
                NOW "a\",\"value\":1,\"tags\":{\"b\":\"\xC3\xA9}{\"}}\n");
    lines_check("a:b_1 1\n", NOW "a:b_1\",\"value\":1}\n");
    lines_check("a 1 1395066363123\n",
                "{\"ts\":\"2014-03-17T14:26:03.123Z\",\"name\":\"a\",\"value\":1}\n");
    lines_check("a 1 -1\n", "{\"ts\":\"1969-12-31T23:59:59.999Z\",\"name\":\"a\",\"value\":1}\n");
    lines_check("#\n#TYPE\n# TYPE a\n# TYPE a nonsense\na 1\n", NOW "a\",\"value\":1}\n");
    lines_check("# TYPE a gauge\na 1\n", NOW "a\",\"value\":1,\"kind\":\"gauge\"}\n");
    lines_check("# TYPE a_sum gauge\na_sum 1\n", NOW "a_sum\",\"value\":1,\"kind\":\"gauge\"}\n");
}

#define BAD(line, why) lines_check("# \n" line "\n", "in:2: " why "\n")

static void refusals(void)
{
    BAD("a NaN", "value: NaN and infinities are not stored");
    BAD("a -inf", "value: NaN and infinities are not stored");
    BAD("a Infinity", "value: NaN and infinities are not stored");
    BAD("a", "Prometheus text: expected a number at column 2");
    BAD("a nil", "Prometheus text: expected a number at column 3");
    BAD("a -x", "Prometheus text: expected a number at column 3");
    BAD("a 1x", "Prometheus text: expected a number at column 3");
    BAD("1a 1", "Prometheus text: expected a metric's name at column 1");
    BAD("{b=\"c\"} 1", "Prometheus text: expected a metric's name at column 1");
    BAD("a{b} 1", "Prometheus text: expected '=' at column 4");
    BAD("a{b=c} 1", "Prometheus text: expected a quoted value at column 5");
    BAD("a{b=\"c} 1", "Prometheus text: expected a quoted value at column 10");
    BAD("a{b=\"c\\", "Prometheus text: expected a quoted value at column 8");
    BAD("a{b=\"\xFF\"} 1", "Prometheus text: expected a quoted value at column 8");
    BAD("a{1b=\"c\"} 1", "Prometheus text: expected a label's name at column 3");
    BAD("a{b=\"c\" d=\"e\"} 1", "Prometheus text: expected ',' or '}' at column 9");
    BAD("a{b=\"c\"", "Prometheus text: expected ',' or '}' at column 8");
    BAD("a{", "Prometheus text: expected '}' at column 3");
    BAD("a{b=\"c\",b=\"d\"} 1", "tags: the key \"b\" appears twice");
    BAD("a 1 x", "Prometheus text: expected a time in milliseconds at column 5");
    BAD("a 1 1 1", "Prometheus text: something follows the time at column 7");
}

static void many_labels(void)
{
    struct pt_buf in = {0}, got = {0};
    for (int most = 256; most <= 257; most++) {
        pt_buf_clear(&in);
        pt_buf_clear(&got);
        pt_buf_puts(&in, "a{");
        for (int i = 0; i < most; i++)
            pt_buf_printf(&in, "b%d=\"x\",", i);
        pt_buf_puts(&in, "} 1\n");
        lines_read(&got, lines_file("in", in.p, in.n), &(struct pt_records_options){0});
        CHECK((strstr(got.p, "too many labels") != NULL) == (most == 257));
    }
    pt_buf_release(&in);
    pt_buf_release(&got);
}

TEST_MAIN({"the specification's example", specification}, {"spellings", spellings},
          {"refusals", refusals}, {"many labels", many_labels})
