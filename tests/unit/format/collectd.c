/* collectd.c - the JSON of collectd's write_http: the example of its documentation, bodies as
 * collectd 5.12 sends them, and what cannot be one. */
#include "lines.h"

#define H "\"host\":\"leeloo.lan.home.verplant.org\""

/* collectd.org, Plugin:Write HTTP, section JSON format. */
static const char EXAMPLE[] = "[\n"
                              "  {\n"
                              "    \"values\": [197141504, 175136768],\n"
                              "    \"dstypes\": [\"counter\", \"counter\"],\n"
                              "    \"dsnames\": [\"read\", \"write\"],\n"
                              "    \"time\": 1251533299,\n"
                              "    \"interval\": 10,\n"
                              "    \"host\": \"leeloo.lan.home.verplant.org\",\n"
                              "    \"plugin\": \"disk\",\n"
                              "    \"plugin_instance\": \"sda\",\n"
                              "    \"type\": \"disk_octets\",\n"
                              "    \"type_instance\": \"\"\n"
                              "  }\n"
                              "]\n";

static void documentation(void)
{
    lines_check(EXAMPLE, "{\"ts\":\"2009-08-29T08:08:19Z\",\"name\":\"disk.disk_octets.read\","
                         "\"value\":197141504,\"kind\":\"counter\",\"tags\":{" H
                         ",\"plugin_instance\":\"sda\"}}\n"
                         "{\"ts\":\"2009-08-29T08:08:19Z\",\"name\":\"disk.disk_octets.write\","
                         "\"value\":175136768,\"kind\":\"counter\",\"tags\":{" H
                         ",\"plugin_instance\":\"sda\"}}\n");
}

#define LIST(values, types, names)                                                              \
    "{\"values\":[" values "],\"dstypes\":[" types "],\"dsnames\":[" names "],\"time\":1.538,"  \
    "\"interval\":0.5,\"host\":\"h\",\"plugin\":\"p\",\"plugin_instance\":\"\",\"type\":\"t\"," \
    "\"type_instance\":\"i\"}"
#define METRIC(name, value, kind)                                                 \
    "{\"ts\":\"1970-01-01T00:00:01.538Z\",\"name\":\"" name "\",\"value\":" value \
    ",\"kind\":\"" kind "\",\"tags\":{\"host\":\"h\",\"type_instance\":\"i\"}}\n"

static void values(void)
{
    lines_check("[" LIST("9223372036854775807", "\"derive\"", "\"value\"") "," LIST(
                    "0.404296875,-1e3", "\"gauge\",\"absolute\"", "\"a\",\"b\"") "]\n",
                METRIC("p.t", "9223372036854775807", "counter")
                    METRIC("p.t.a", "0.404296875", "gauge") METRIC("p.t.b", "-1000", "gauge"));
    /* null is a value that collectd does not know */
    lines_check("[" LIST("null,7", "\"gauge\",\"gauge\"", "\"a\",\"b\"") "]\n",
                METRIC("p.t.b", "7", "gauge"));
    lines_check("[]\n[]", "");
    lines_check(
        "[" LIST("1", "\"gauge\"", "\"value\"") "]\n[" LIST("2", "\"gauge\"", "\"value\"") "]",
        METRIC("p.t", "1", "gauge") METRIC("p.t", "2", "gauge"));
}

static void notifications(void)
{
    lines_check(
        "[{\"labels\":{\"alertname\":\"collectd_load\",\"instance\":\"h07\",\"severity\":"
        "\"FAILURE\",\"service\":\"collectd\"},\"annotations\":{\"summary\":\"Host h07, "
        "\\\"shortterm\\\"\",\n\"WarningMin\":\"nan\"},\"startsAt\":"
        "\"2026-11-21T03:41:19.538455104Z\"}]\n",
        "doc {\"type\":\"event\",\"ts\":\"2026-11-21T03:41:19.538455104Z\",\"name\":"
        "\"collectd_load\",\"severity\":\"error\",\"message\":\"Host h07, \\\"shortterm\\\"\","
        "\"tags\":{\"host\":\"h07\",\"service\":\"collectd\"},\"annotations\":{\"summary\":"
        "\"Host h07, \\\"shortterm\\\"\",\"WarningMin\":\"nan\"}}\n");
}

#define BAD(text, why) lines_check(text "\n", "in:1: collectd: " why "\n")

static void refusals(void)
{
    BAD("[1,]", "not JSON: expected a JSON value at column 4");
    BAD("[1] 2", "not JSON: something follows the value at column 5");
    BAD("[nan]", "not JSON: expected a JSON value at column 2");
    BAD("[\n1,\n]", "not JSON: expected a JSON value at line 3 of it, column 1");
    BAD("[7]", "values, dstypes and dsnames are not arrays of one length at column 2");
    BAD("[" LIST("1,2", "\"gauge\"", "\"a\"") "]",
        "values, dstypes and dsnames are not arrays of one length at column 2");
    BAD("[" LIST("\"1\"", "\"gauge\"", "\"a\"") "]", "values: not a number at column 2");
    BAD("[" LIST("1", "\"meter\"", "\"a\"") "]",
        "dstypes: none of gauge, derive, counter, absolute at column 2");
    BAD("[{\"values\":[1],\"dstypes\":[\"gauge\"],\"dsnames\":[\"a\"],\"time\":1}]",
        "plugin or type is missing at column 2");
    BAD("[{\"values\":[1],\"dstypes\":[\"gauge\"],\"dsnames\":[\"a\"],\"time\":\"x\",\"plugin\":"
        "\"p\","
        "\"type\":\"t\"}]",
        "time: expected seconds since 1970 at column 2");
    BAD("[{\"labels\":{},\"startsAt\":1}]", "startsAt: not an RFC 3339 time at column 2");
    lines_check_bytes(PT_STR("{}\n"), (struct pt_records_options){.format = PT_RECORDS_COLLECTD},
                      "in:1: collectd: expected an array of value lists at column 1\n");
}

static void many_values(void)
{
    for (int n = 256; n <= 257; n++) {
        struct pt_buf in = {0}, got = {0};
        static const char *const ARRAYS[][2] = {
            {"values", "1"}, {"dstypes", "\"gauge\""}, {"dsnames", "\"a\""}};
        pt_buf_puts(&in, "[{\"plugin\":\"p\",\"type\":\"t\",\"time\":1");
        for (int k = 0; k < 3; k++) {
            pt_buf_printf(&in, ",\"%s\":[%s", ARRAYS[k][0], ARRAYS[k][1]);
            for (int i = 1; i < n; i++)
                pt_buf_printf(&in, ",%s", ARRAYS[k][1]);
            pt_buf_putc(&in, ']');
        }
        pt_buf_puts(&in, "}]\n");
        lines_read(&got, lines_file("in", in.p, in.n), &(struct pt_records_options){0});
        CHECK((strstr(got.p, "collectd: more than 256 values at column 2") != NULL) == (n == 257));
        pt_buf_release(&in);
        pt_buf_release(&got);
    }
}

/* One reason for a document, behind its good records; and the next document is read. */
static void partly_bad(void)
{
    static const char FINE[] = METRIC("p.t", "1", "gauge");
    char want[1024];
    snprintf(
        want, sizeof want,
        "%sin:1: collectd: values, dstypes and dsnames are not arrays of one length at line 2 of "
        "it, column 1; 2 more of its records are refused\n%s",
        FINE, FINE);
    lines_check("[\n1,2,\n" LIST("1", "\"gauge\"", "\"value\"") ",\n3]\n[" LIST("1", "\"gauge\"",
                                                                                "\"value\"") "]\n",
                want);
}

/* What does not close costs its first line, what closes too often its line. */
static void brackets(void)
{
    lines_check("[\n]]\n[\n",
                "in:1: collectd: not JSON: something follows the value at line 2 of it, "
                "column 2\n"
                "in:3: a bracket that opens here does not close\n");
}

/* Openings that never close: a row ends where it nests deeper than 64 levels, so that no byte is
 * read ahead for more than so many rows. */
static void hostile_openings(void)
{
    struct pt_buf in = {0}, got = {0};
    size_t lines = 0;
    for (int i = 0; i < 200000; i++)
        pt_buf_puts(&in, "[\n");
    lines_read(&got, lines_file("in", in.p, in.n), &(struct pt_records_options){0});
    for (size_t i = 0; i < got.n; i++)
        lines += got.p[i] == '\n';
    CHECK(strstr(got.p, "collectd: not JSON: nested too deeply at line 66 of it, column 1\n"));
    CHECK_INT(lines, 200000 / 66 + 200000 % 66);
    pt_buf_release(&in);
    pt_buf_release(&got);
}

TEST_MAIN({"the documentation's example", documentation}, {"values", values},
          {"notifications", notifications}, {"refusals", refusals}, {"many values", many_values},
          {"partly bad", partly_bad}, {"brackets", brackets},
          {"hostile openings", hostile_openings})
