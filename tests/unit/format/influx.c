/* influx.c - line protocol: the examples of its specification
 * (docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference), and what they leave
 * out. */
#include "lines.h"

#define METRIC "{\"ts\":\"2016-06-13T17:43:50.100400200Z\",\"name\":\""
#define EVENT "doc {\"type\":\"event\",\"ts\":\"2016-06-13T17:43:50.100400200Z\",\"name\":\""
#define US ",\"tags\":{\"location\":\"us-midwest\"}"
#define AT " 1465839830100400200\n"
#define NOW "{\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\""
#define L "line protocol: "

static void check(const char *text, const char *want)
{
    lines_check_bytes(pt_str(text), (struct pt_records_options){.format = PT_RECORDS_INFLUX}, want);
}

static void specification(void)
{
    check("weather,location=us-midwest temperature=82" AT,
          METRIC "weather.temperature\",\"value\":82" US "}\n");
    check("weather temperature=82" AT, METRIC "weather.temperature\",\"value\":82}\n");
    check("weather,location=us-midwest temperature=82,humidity=71" AT,
          METRIC "weather.temperature\",\"value\":82" US "}\n" METRIC
                 "weather.humidity\",\"value\":71" US "}\n");
    check("weather,location=us-midwest temperature=82i" AT,
          METRIC "weather.temperature\",\"value\":82" US "}\n");
    check("weather,location=us-midwest temperature=\"too warm\"" AT,
          EVENT "weather\"" US ",\"fields\":{\"temperature\":\"too warm\"}}\n");
    check("weather,location=us-midwest too_hot=true" AT,
          METRIC "weather.too_hot\",\"value\":1" US "}\n");
    check("weather,location=us-midwest temperature=82\n",
          NOW "weather.temperature\",\"value\":82" US "}\n");
    check("weather,location=us\\,midwest temperature=82" AT,
          METRIC "weather.temperature\",\"value\":82,\"tags\":{\"location\":\"us,midwest\"}}\n");
    check("weather,location=us-midwest temp\\=rature=82" AT,
          METRIC "weather.temp=rature\",\"value\":82" US "}\n");
    check("weather,location\\ place=us-midwest temperature=82" AT, METRIC
          "weather.temperature\",\"value\":82,\"tags\":{\"location place\":\"us-midwest\"}}\n");
    check("wea\\,ther,location=us-midwest temperature=82" AT,
          METRIC "wea,ther.temperature\",\"value\":82" US "}\n");
    check("wea\\ ther,location=us-midwest temperature=82" AT,
          METRIC "wea ther.temperature\",\"value\":82" US "}\n");
    check("weather,location=us-midwest temperature=\"too\\\"hot\\\"\"" AT,
          EVENT "weather\"" US ",\"fields\":{\"temperature\":\"too\\\"hot\\\"\"}}\n");
    check("weather,location=us-midwest temperature_str=\"too hot/cold\"" AT,
          EVENT "weather\"" US ",\"fields\":{\"temperature_str\":\"too hot/cold\"}}\n");
    check("\"weather\",\"location\"=\"us-midwest\" \"temperature\"=82" AT, METRIC
          "\\\"weather\\\".\\\"temperature\\\"\",\"value\":82,\"tags\":{\"\\\"location\\\"\":"
          "\"\\\"us-midwest\\\"\"}}\n");
}

/* The table of backslashes in strings: one before another goes, others stay. */
static void backslashes(void)
{
    static const char *const ROWS[][2] = {
        {"too hot\\cold", "too hot\\\\cold"},
        {"too hot\\\\cold", "too hot\\\\cold"},
        {"too hot\\\\\\cold", "too hot\\\\\\\\cold"},
        {"too hot\\\\\\\\cold", "too hot\\\\\\\\cold"},
        {"too hot\\\\\\\\\\cold", "too hot\\\\\\\\\\\\cold"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char text[128], want[256];
        snprintf(text, sizeof text, "w s=\"%s\"" AT, ROWS[i][0]);
        snprintf(want, sizeof want, EVENT "w\",\"fields\":{\"s\":\"%s\"}}\n", ROWS[i][1]);
        check(text, want);
    }
    check("a\\b,c\\d=e\\ f\\,g,h=i\\\\ j x\\y=1" AT, /* two before a space escape it as one does */
          METRIC
          "a\\\\b.x\\\\y\",\"value\":1,\"tags\":{\"c\\\\d\":\"e f,g\",\"h\":\"i\\\\ j\"}}\n");
}

static void values(void)
{
    static const char *const ROWS[][2] = {
        {"1", "1"},
        {"1.0", "1"},
        {"-1.5e3", "-1500"},
        {"+.5", "0.5"},
        {"7.", "7"},
        {"0.1", "0.1"},
        {"9223372036854775807i", "9223372036854775807"},
        {"-9223372036854775808i", "-9223372036854775808"},
        {"9007199254740993i", "9007199254740993"},
        {"9223372036854775807u", "9223372036854775807"},
        {"18446744073709551615u", "1.8446744073709552e+19"},
        {"0i", "0"},
        {"t", "1"},
        {"T", "1"},
        {"true", "1"},
        {"True", "1"},
        {"TRUE", "1"},
        {"f", "0"},
        {"F", "0"},
        {"false", "0"},
        {"False", "0"},
        {"FALSE", "0"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char text[128], want[256];
        snprintf(text, sizeof text, "m value=%s" AT, ROWS[i][0]);
        snprintf(want, sizeof want, METRIC "m\",\"value\":%s}\n", ROWS[i][1]);
        check(text, want);
    }
}

static void refused_values(void)
{
    static const char *const ROWS[][2] = {
        {"", L "expected a number at column 5"},
        {"x", L "expected a number at column 5"},
        {"tRUE", L "expected a number at column 5"},
        {"1,5", L "expected '=' and the field's value at column 8"},
        {"1x", L "expected ',' or a space behind a value at column 6"},
        {"1e", L "expected a number at column 5"},
        {"1.5i", L "not an integer of 64 bits at column 5"},
        {"1e3i", L "not an integer of 64 bits at column 5"},
        {"9223372036854775808i", L "not an integer of 64 bits at column 5"},
        {"-9223372036854775809i", L "not an integer of 64 bits at column 5"},
        {"18446744073709551616u", L "not an integer of 64 bits at column 5"},
        {"-1u", L "not an integer of 64 bits at column 5"},
        {"NaN", "value: NaN and infinities are not stored"},
        {"-Inf", "value: NaN and infinities are not stored"},
        {"1e999", L "expected a number at column 5"},
        {"\"a\"b", L "expected ',' or a space behind a value at column 8"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char text[128], want[256];
        snprintf(text, sizeof text, "m v=%s" AT, ROWS[i][0]);
        snprintf(want, sizeof want, "in:1: %s\n", ROWS[i][1]);
        check(text, want);
    }
}

static void times(void)
{
    check("m value=1 -1\n", "{\"ts\":\"1969-12-31T23:59:59Z\",\"name\":\"m\",\"value\":1}\n");
    check("m value=1 1465839830\n",
          "{\"ts\":\"2016-06-13T17:43:50Z\",\"name\":\"m\",\"value\":1}\n");
    lines_check_bytes(PT_STR("m value=1 1465839830\n"),
                      (struct pt_records_options){.ts_unit = PT_UNIT_NS},
                      "{\"ts\":\"1970-01-01T00:00:01.465839830Z\",\"name\":\"m\",\"value\":1}\n");
    check("m value=1   1465839830  \r\n",
          "{\"ts\":\"2016-06-13T17:43:50Z\",\"name\":\"m\",\"value\":1}\n");
    check("m value=1 1.5\n", "in:1: " L "expected a time, which is an integer at column 12\n");
    check("m value=1 99999999999999999999\n",
          "in:1: " L "not a time between the years 1677 and 2262 at column 11\n");
    check("m value=1 1 2\n", "in:1: " L "expected a time, which is an integer at column 12\n");
    /* without times: the fields of a line share theirs, lines do not */
    check("m a=1,b=2\nm a=1\n",
          NOW "m.a\",\"value\":1}\n" NOW "m.b\",\"value\":2}\n"
              "{\"ts\":\"2026-11-20T16:00:00.000000001Z\",\"name\":\"m.a\",\"value\":1}\n");
}

static void strings(void)
{
    check(
        "m a=\"x\",b=2,c=\"y,z = 1\" 1\n",
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.b\",\"value\":2}\n"
        "doc {\"type\":\"event\",\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"fields\":{\"a\":"
        "\"x\",\"c\":\"y,z = 1\"}}\n");
    check(
        "m a=\"x\n\ny\" 1\nm b=1 1\n",
        "doc {\"type\":\"event\",\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"fields\":{\"a\":"
        "\"x\\n\\ny\"}}\n{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.b\",\"value\":1}\n");
    check("m a=\"\" 1\n", "doc {\"type\":\"event\",\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\","
                          "\"fields\":{\"a\":\"\"}}\n");
    check("m a=\"x 1\nm value=1 1\n",
          "in:1: " L "a string that opens here does not end\n"
          "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":1}\n");
    check(
        "m,t=\"q value=1 1\nm value=2 1\n", /* a quote in a tag opens nothing */
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":1,\"tags\":{\"t\":\"\\\"q\"}}\n"
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":2}\n");
    check("m k\\=\"=1 1\n",
          "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.k=\\\"\",\"value\":1}\n");
    check("m a=\"x\",a=\"y\" 1\n", "in:1: " L "two strings have the same field\n");
    check("m a=\"\xFF\" 1\n", "in:1: " L "a string is not UTF-8\n");
}

/* A bad line leaves nothing, not even its good fields. */
static void refusals(void)
{
    check("m\n", "in:1: " L "expected a space and a field at column 2\n");
    check("m,a=b\n", "in:1: " L "expected a space and a field at column 6\n");
    check("m 1\n", "in:1: " L "expected '=' and the field's value at column 4\n");
    check("m =1\n", "in:1: " L "expected a field at column 3\n");
    check("m a=1, b=2\n", "in:1: " L "expected a field at column 7\n");
    check("m a=1,\n", "in:1: " L "expected a field at column 7\n");
    check("m a=1,b=\n", "in:1: " L "expected a number at column 9\n");
    check("m a=1,b=NaN\n", "in:1: value: NaN and infinities are not stored\n");
    check(",a=b value=1\n", "in:1: " L "expected a measurement at column 1\n");
    check("m, value=1\n", "in:1: " L "expected a tag, key=value at column 3\n");
    check("m,a value=1\n", "in:1: " L "expected a tag, key=value at column 3\n");
    check("m,a= value=1\n", "in:1: " L "expected a tag's value at column 5\n");
    check("m,a=b=c value=1\n", "in:1: " L "expected a tag's value at column 6\n");
    check("m,=b value=1\n", "in:1: " L "expected a tag, key=value at column 3\n");
    check("m,a=1,a=2 x=1,y=2\n", "in:1: tags: the key \"a\" appears twice\n");
    check("m\xFF value=1\n", "in:1: name: not UTF-8\n");
    check("m,a=\xFF value=1\n", "in:1: tags: not UTF-8\n");
    check("m\033 value=1\n",
          "in:1: name: must have at most 512 bytes and no control characters: m\\x1b\n");
    check("# value=1\n\nm value=9i 1\n",
          "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":9}\n");
}

/* Spellings of one series are the same series; those that differ are not mixed up. */
static void series(void)
{
    static const char ONE[] = "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":1,"
                              "\"tags\":{\"a\":\"1\",\"b\":\"2\"}}\n";
    char want[512];
    snprintf(want, sizeof want, "%s%s%s", ONE, ONE, ONE);
    check("m,a=1,b=2 value=1 1\nm,b=2,a=1 value=1 1\nm,a=1,b=2  value=1 1\n", want);
    check(
        "m,a=1 b=2,value=3 1\nm,a=1 value=4 1\nm,a=1 b=5 1\n",
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.b\",\"value\":2,\"tags\":{\"a\":\"1\"}}\n"
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":3,\"tags\":{\"a\":\"1\"}}\n"
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m\",\"value\":4,\"tags\":{\"a\":\"1\"}}\n"
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.b\",\"value\":5,\"tags\":{\"a\":\"1\"}}\n");
}

/* Long tags take another way, to the same records. */
static void long_series(void)
{
    struct pt_buf in = {0}, want = {0};
    static const char *const FIELDS[][2] = {{"a", "m m.a"}, {"value", "m m"}, {"b\\ c", "m m.b c"}};
    for (int line = 0; line < 2; line++) {
        pt_buf_puts(&in, "m\\ m,t=");
        for (int i = 0; i < 5000; i++)
            pt_buf_putc(&in, 'x');
        pt_buf_puts(&in, " a=1,value=1,s=\"y\",b\\ c=1 1\n");
    }
    pt_buf_puts(&in, "m,t=1 a=1 1\n");
    for (int line = 0; line < 2; line++)
        for (int i = 0; i < 4; i++) {
            if (i < 3)
                pt_buf_printf(&want,
                              "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"%s\",\"value\":1,",
                              FIELDS[i][1]);
            else
                pt_buf_puts(&want,
                            "doc {\"type\":\"event\",\"ts\":\"1970-01-01T00:00:01Z\",\"name\":"
                            "\"m m\",");
            pt_buf_puts(&want, "\"tags\":{\"t\":\"");
            for (int k = 0; k < 5000; k++)
                pt_buf_putc(&want, 'x');
            pt_buf_puts(&want, i < 3 ? "\"}}\n" : "\"},\"fields\":{\"s\":\"y\"}}\n");
        }
    pt_buf_puts(&want,
                "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"m.a\",\"value\":1,\"tags\":{\"t\":"
                "\"1\"}}\n");
    lines_check_bytes(
        pt_buf_view(&in),
        (struct pt_records_options){.format = PT_RECORDS_INFLUX, .limits.tag = 8192}, want.p);
    in.n = 5007;
    pt_buf_puts(&in, ",t=2 a=1,b=2 1\n");
    check(in.p, "in:1: tags: the key \"t\" appears twice\n");
    in.n = 5007;
    pt_buf_puts(&in, " a=1,b\xFF=2,c=1 1\n");
    pt_buf_clear(&want);
    lines_read(&want, lines_file("in", in.p, in.n), &(struct pt_records_options){0});
    CHECK(want.n > 5000 && strcmp(want.p + want.n - 22, "in:1: name: not UTF-8\n") == 0);
    pt_buf_release(&in);
    pt_buf_release(&want);
}

static void too_many(void)
{
    struct pt_buf in = {0};
    pt_buf_puts(&in, "m");
    for (int i = 0; i < 257; i++)
        pt_buf_printf(&in, ",t%d=1", i);
    pt_buf_puts(&in, " value=1\n");
    check(in.p, "in:1: " L "too many tags at column 1685\n");
    pt_buf_clear(&in);
    pt_buf_puts(&in, "m f=1");
    for (int i = 0; i < 1024; i++)
        pt_buf_puts(&in, ",f=1");
    pt_buf_puts(&in, "\n");
    check(in.p, "in:1: " L "too many fields at column 4099\n");
    pt_buf_clear(&in);
    pt_buf_puts(&in, "m,t=");
    for (int i = 0; i < 70000; i++)
        pt_buf_putc(&in, 'x');
    pt_buf_puts(&in, " value=1\n");
    check(in.p, "in:1: tags: more than 65536 bytes\n");
    pt_buf_release(&in);
}

TEST_MAIN({"specification", specification}, {"backslashes", backslashes}, {"values", values},
          {"refused values", refused_values}, {"times", times}, {"strings", strings},
          {"refusals", refusals}, {"series", series}, {"long series", long_series},
          {"too many", too_many})
