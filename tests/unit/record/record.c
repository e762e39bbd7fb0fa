/* record.c - every way in which a line can fail to be a record, and what the others come to. */
#include "record/record.h"

#include "../test.h"
#include "base/buf.h"

/* One line to one text: "TS NAME VALUE unit kind tags trace" of a metric, "TYPE TS NAME trace" of a
 * document, or "! REASON". */
static const char *read_as(const char *line, struct pt_record_reader reader)
{
    static char out[1024];
    struct pt_record r;
    struct pt_err err = {0};
    char value[PT_NUM_MAX];
    if (pt_record_parse(&reader, pt_str(line), &r, &err) != 0) {
        snprintf(out, sizeof out, "! %s", err.what);
        CHECK(err.code == PT_DATA);
    } else if (r.metric) {
        pt_num_format(value, r.value);
        snprintf(out, sizeof out, "%" PRId64 " %.*s %s unit=%.*s kind=%s tags=%.*s trace=%.*s",
                 r.ts, (int)r.name.n, r.name.p, value, (int)r.unit.n, r.unit.p ? r.unit.p : "",
                 r.kind ? pt_kind_name(r.kind) : "", (int)r.tags.n, r.tags.p ? r.tags.p : "",
                 (int)r.trace.n, r.trace.p ? r.trace.p : "");
        CHECK(r.body.n == 0);
    } else {
        snprintf(out, sizeof out, "%.*s %" PRId64 " %.*s trace=%.*s", (int)r.type.n, r.type.p, r.ts,
                 (int)r.name.n, r.name.p ? r.name.p : "", (int)r.trace.n,
                 r.trace.p ? r.trace.p : "");
        CHECK(r.body.n && r.body.p[0] == '{' && r.body.p[r.body.n - 1] == '}');
    }
    pt_record_reader_release(&reader);
    return out;
}

struct row {
    const char *line, *want;
};

static void check_rows(const struct row *rows, size_t n, struct pt_record_reader reader)
{
    for (size_t i = 0; i < n; i++)
        if (!CHECK_STR(pt_str(read_as(rows[i].line, reader)), rows[i].want))
            printf("#   for  %s\n", rows[i].line);
}
#define CHECK_ROWS(rows, ...) \
    check_rows((rows), sizeof(rows) / sizeof *(rows), (struct pt_record_reader){__VA_ARGS__})

#define METRIC(fields) "{\"ts\":1,\"name\":\"a\"," fields "}"
#define SECOND "1000000000 a "
#define NOTHING " unit= kind= tags= trace="

static void metrics(void)
{
    static const struct row ROWS[] = {
        {METRIC("\"value\":2.5"), SECOND "2.5" NOTHING},
        {" \t{ \"value\" : -0.0 , \"name\":\"a\"\t,\"ts\":1} \r", SECOND "-0" NOTHING},
        {METRIC("\"type\":\"metric\",\"value\":1"), SECOND "1" NOTHING},
        {METRIC("\"type\":null,\"value\":1,\"tags\":null,\"unit\":null,\"kind\":null"),
         SECOND "1" NOTHING},
        {METRIC("\"value\":1,\"unit\":\"ms\",\"kind\":\"counter\",\"tags\":{\"h\":\"x\"},"
                "\"trace\":\"4b\""),
         SECOND "1 unit=ms kind=counter tags={\"h\":\"x\"} trace=4b"},
        {METRIC("\"value\":1,\"more\":[1,{\"x\":null}]"), SECOND "1" NOTHING},
        {"{\"ts\":1,\"name\":\"\\u00e9\\u20ac\\ud83d\\ude00\",\"value\":1}",
         "1000000000 \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 1" NOTHING},
        {"{\"ts\":1,\"name\":\"\\ud83d\",\"value\":1}", "1000000000 \xEF\xBF\xBD 1" NOTHING},
    };
    CHECK_ROWS(ROWS, 0);
}

static void numbers(void)
{
    static const struct row ROWS[] = {
        {METRIC("\"value\":9223372036854775807"), SECOND "9223372036854775807" NOTHING},
        {METRIC("\"value\":-9223372036854775808"), SECOND "-9223372036854775808" NOTHING},
        {METRIC("\"value\":9007199254740993"), SECOND "9007199254740993" NOTHING},
        {METRIC("\"value\":9223372036854775808"), SECOND "9.223372036854776e+18" NOTHING},
        {METRIC("\"value\":1.7976931348623157e308"), SECOND "1.7976931348623157e+308" NOTHING},
        {METRIC("\"value\":5e-324"), SECOND "4.94065645841247e-324" NOTHING},
        {METRIC("\"value\":1e-400"), SECOND "0" NOTHING},
        {METRIC("\"value\":1e400"), "! not JSON: not a number, or too large for one at column 28"},
        {METRIC("\"value\":-1e309"), "! not JSON: not a number, or too large for one at column 28"},
        {METRIC("\"value\":NaN"), "! value: NaN and infinities are not stored"},
        {METRIC("\"value\":nan"), "! value: NaN and infinities are not stored"},
        {METRIC("\"value\":-Infinity"), "! value: NaN and infinities are not stored"},
        {METRIC("\"value\":+Inf"), "! value: NaN and infinities are not stored"},
        {METRIC("\"value\":\"NaN\""), "! value: not a number: \"NaN\""},
        {METRIC("\"value\":01"), "! not JSON: not a number, or too large for one at column 28"},
        {METRIC("\"value\":.5"), "! not JSON: expected a JSON value at column 28"},
        {METRIC("\"value\":5."), "! not JSON: not a number, or too large for one at column 28"},
        {METRIC("\"value\":+5"), "! not JSON: expected a JSON value at column 28"},
        {METRIC("\"value\":0x10"), "! not JSON: expected ',' or '}' at column 29"},
        {METRIC("\"value\":1,5"), "! not JSON: expected a key in quotes at column 30"},
    };
    CHECK_ROWS(ROWS, 0);
}

static void wrong_types(void)
{
    static const struct row ROWS[] = {
        {METRIC("\"value\":\"12,5\""), "! value: not a number: \"12,5\""},
        {METRIC("\"value\":true"), "! value: not a number: true"},
        {METRIC("\"value\":[1]"), "! value: not a number: [1]"},
        {METRIC("\"value\":{}"), "! value: not a number: {}"},
        {METRIC("\"value\":null"), "! value: missing"},
        {METRIC("\"unit\":\"s\""), "! value: missing"},
        {METRIC("\"value\":1,\"unit\":3"), "! unit: not a string: 3"},
        {METRIC("\"value\":1,\"kind\":3"), "! kind: not a string: 3"},
        {METRIC("\"value\":1,\"kind\":\"Gauge\""),
         "! kind: none of gauge, counter, histogram: Gauge"},
        {METRIC("\"value\":1,\"tags\":[]"), "! tags: not an object: []"},
        {METRIC("\"value\":1,\"tags\":\"h=x\""), "! tags: not an object: \"h=x\""},
        {METRIC("\"value\":1,\"trace\":7"), "! trace: not a string: 7"},
        {METRIC("\"value\":1,\"type\":7"), "! type: not a string: 7"},
        {METRIC("\"value\":1,\"type\":\"\""), "! type: must have 1 to 64 bytes: nothing"},
        {"{\"ts\":1,\"value\":1}", "! name: missing"},
        {"{\"ts\":1,\"value\":1,\"name\":\"\"}", "! name: missing"},
        {"{\"ts\":1,\"value\":1,\"name\":null}", "! name: missing"},
        {"{\"ts\":1,\"value\":1,\"name\":9}", "! name: not a string: 9"},
        {"{\"ts\":1,\"value\":1,\"name\":\"a\\u0000b\"}",
         "! name: must have at most 512 bytes and no control characters: a\\x00b"},
        {"{\"ts\":1,\"value\":1,\"name\":\"a\\u001b[31mb\"}",
         "! name: must have at most 512 bytes and no control characters: a\\x1b[31mb"},
        {METRIC("\"value\":1,\"unit\":\"a\\nb\""),
         "! unit: must have at most 31 bytes and no control characters: a\\x0ab"},
        {METRIC("\"value\":1,\"unit\":\"12345678901234567890123456789012\""),
         "! unit: must have at most 31 bytes and no control characters: "
         "12345678901234567890123456789012"},
        {METRIC("\"value\":1,\"unit\":\"1234567890123456789012345678901\""),
         SECOND "1 unit=1234567890123456789012345678901 kind= tags= trace="},
    };
    CHECK_ROWS(ROWS, 0);
}

static void syntax(void)
{
    static const struct row ROWS[] = {
        {"", "! not JSON: a record is an object: expected '{' at column 1"},
        {"[]", "! not JSON: a record is an object: expected '{' at column 1"},
        {"{}", "! ts: missing"},
        {"{", "! not JSON: expected a key in quotes at column 2"},
        {"{ts:1}", "! not JSON: expected a key in quotes at column 2"},
        {"{\"ts\"}", "! not JSON: expected ':' after a key at column 6"},
        {"{\"ts\":1,}", "! not JSON: expected a key in quotes at column 9"},
        {"{\"ts\":1 \"name\":2}", "! not JSON: expected ',' or '}' at column 9"},
        {"{\"ts\":1,\"name\":\"a\",\"value\":1}{}",
         "! not JSON: something follows the object at column 30"},
        {"{\"ts\":1,\"name\":\"a\",\"value\":1} x",
         "! not JSON: something follows the object at column 30"},
        {"{\"ts\":1,\"name\":\"a\tb\",\"value\":1}",
         "! not JSON: control character in a string at column 18"},
        {"{\"ts\":1,\"name\":\"a\\x\",\"value\":1}", "! not JSON: bad escape at column 18"},
        {"{\"ts\":1,\"name\":\"a\\u12g4\",\"value\":1}", "! not JSON: bad \\u escape at column 18"},
        {"{\"ts\":1,\"name\":\"a\xFF\",\"value\":1}", "! not JSON: invalid UTF-8 at column 18"},
        {"{\"ts\":1,\"name\":\"\xC0\xAF\",\"value\":1}", "! not JSON: invalid UTF-8 at column 17"},
        {"{\"ts\":1,\"name\":\"\xED\xA0\x80\",\"value\":1}",
         "! not JSON: invalid UTF-8 at column 17"},
        {"{\"ts\":1,\"name\":\"\xF4\x90\x80\x80\",\"value\":1}",
         "! not JSON: invalid UTF-8 at column 17"},
        {"{\"ts\":1,\"ts\":2,\"name\":\"a\",\"value\":1}", "! the key \"ts\" appears twice"},
        {"{\"ts\":1,\"name\":\"a\",\"value\":null,\"value\":1}",
         "! the key \"value\" appears twice"},
        {"{\"ts\":1,\"name\":\"a\",\"value\":1,\"n\\u0061me\":\"b\"}",
         "! a field's name is spelled with escapes: n\\u0061me"},
    };
    CHECK_ROWS(ROWS, 0);
}

static void times(void)
{
#define AT(ts) "{\"ts\":" ts ",\"type\":\"e\"}"
    static const struct row ROWS[] = {
        {AT("\"2026-11-20T09:30:00.123456789Z\""), "e 1795167000123456789  trace="},
        {AT("\"2026-11-20t09:30:00z\""), "e 1795167000000000000  trace="},
        {AT("\"2026-11-20 11:00:00.5+01:30\""), "e 1795167000500000000  trace="},
        {AT("1795167000"), "e 1795167000000000000  trace="},
        {AT("1795167000.25"), "e 1795167000250000000  trace="},
        {AT("1795167000123"), "e 1795167000123000000  trace="},
        {AT("1795167000123456"), "e 1795167000123456000  trace="},
        {AT("1795167000123456789"), "e 1795167000123456789  trace="},
        {AT("1.795167e9"), "e 1795167000000000000  trace="},
        {AT("-1"), "e -1000000000  trace="},
        {AT("\"1969-12-31T23:59:59.999999999Z\""), "e -1  trace="},
        {AT("\"1677-09-21T00:12:43.145224193Z\""), "e -9223372036854775807  trace="},
        {AT("\"2262-04-11T23:47:16.854775806Z\""), "e 9223372036854775806  trace="},
        {AT("\"2024-02-29T00:00:00Z\""), "e 1709164800000000000  trace="},
        {AT("\"2016-12-31T23:59:60Z\""), "e 1483228800000000000  trace="},
        {AT("\"2262-04-11T23:47:16.854775808Z\""),
         "! ts: neither RFC 3339 nor a number: \"2262-04-11T23:47:16.854775808Z\""},
        {AT("\"2263-01-01T00:00:00Z\""),
         "! ts: neither RFC 3339 nor a number: \"2263-01-01T00:00:00Z\""},
        {AT("\"2026-02-29T00:00:00Z\""),
         "! ts: neither RFC 3339 nor a number: \"2026-02-29T00:00:00Z\""},
        {AT("\"2026-11-20T24:00:00Z\""),
         "! ts: neither RFC 3339 nor a number: \"2026-11-20T24:00:00Z\""},
        {AT("\"2026-11-20T09:30:00\""),
         "! ts: neither RFC 3339 nor a number: \"2026-11-20T09:30:00\""},
        {AT("\"1795167000\""), "! ts: neither RFC 3339 nor a number: \"1795167000\""},
        {AT("1e30"), "! ts: not a time between the years 1677 and 2262: 1e30"},
        {AT("9223372036854775808"),
         "! ts: not a time between the years 1677 and 2262: 9223372036854775808"},
        {AT("true"), "! ts: not a time between the years 1677 and 2262: true"},
        {AT("null"), "! ts: missing"},
        {"{\"type\":\"e\"}", "! ts: missing"},
    };
    static const struct row MS[] = {{AT("1.5"), "e 1500000  trace="},
                                    {AT("1795167000"), "e 1795167000000000  trace="}};
    static const struct row NS[] = {{AT("1795167000"), "e 1795167000  trace="},
                                    {AT("-7"), "e -7  trace="}};
    CHECK_ROWS(ROWS, 0);
    CHECK_ROWS(MS, .ts_unit = PT_UNIT_MS);
    CHECK_ROWS(NS, .ts_unit = PT_UNIT_NS);
#undef AT
}

static void documents(void)
{
    static const struct row ROWS[] = {
        {"{\"type\":\"event\",\"ts\":1,\"name\":\"a\",\"trace\":\"4b\",\"value\":\"any\"}",
         "event 1000000000 a trace=4b"},
        {"{\"type\":\"event\",\"ts\":1,\"tags\":{\"h\":1}}",
         "! tags: the value of \"h\" is not a string"},
        {"{\"type\":\"event\",\"ts\":1,\"tags\":{\"h\":\"1\",\"h\":\"2\"}}",
         "! tags: the key \"h\" appears twice"},
        {"{\"type\":\"event\",\"ts\":1,\"tags\":{\"h\":\"1\",\"\\u0068\":\"2\"}}",
         "! tags: the key \"h\" appears twice"},
    };
    CHECK_ROWS(ROWS, 0);
}

static void strict(void)
{
    static const struct row ROWS[] = {
        {METRIC("\"value\":1,\"more\":2"),
         "! unknown field in a metric: refused under --strict: more"},
        {METRIC("\"value\":1"), SECOND "1" NOTHING},
        {"{\"type\":\"event\",\"ts\":1,\"more\":2}", "event 1000000000  trace="},
    };
    CHECK_ROWS(ROWS, .strict = true);
}

/* {"type":"e","ts":1,"x":[[[...]]]} with n brackets. */
static bool nests(size_t n)
{
    struct pt_record_reader reader = {0};
    struct pt_record r;
    struct pt_err err = {0};
    struct pt_buf b = {0};
    bool yes;
    pt_buf_puts(&b, "{\"type\":\"e\",\"ts\":1,\"x\":");
    for (size_t i = 0; i < n; i++)
        pt_buf_putc(&b, '[');
    for (size_t i = 0; i < n; i++)
        pt_buf_putc(&b, ']');
    pt_buf_putc(&b, '}');
    yes = pt_record_parse(&reader, pt_buf_view(&b), &r, &err) == 0;
    CHECK(yes || strstr(err.what, "nested"));
    pt_buf_release(&b);
    pt_record_reader_release(&reader);
    return yes;
}

static void depth(void)
{
    CHECK(nests(1));
    CHECK(nests(64));
    CHECK(!nests(66));
    CHECK(!nests(100000));
}

static bool accepts(const char *before, size_t n, const char *after)
{
    struct pt_record_reader reader = {0};
    struct pt_record r;
    struct pt_err err = {0};
    struct pt_buf b = {0};
    bool yes;
    pt_buf_puts(&b, before);
    for (size_t i = 0; i < n; i++)
        pt_buf_putc(&b, 'a');
    pt_buf_puts(&b, after);
    yes = pt_record_parse(&reader, pt_buf_view(&b), &r, &err) == 0;
    CHECK(yes || err.code == PT_DATA);
    pt_buf_release(&b);
    pt_record_reader_release(&reader);
    return yes;
}

static void lengths(void)
{
    CHECK(accepts("{\"ts\":1,\"value\":1,\"name\":\"", 512, "\"}"));
    CHECK(!accepts("{\"ts\":1,\"value\":1,\"name\":\"", 513, "\"}"));
    CHECK(accepts("{\"ts\":1,\"type\":\"", 64, "\"}"));
    CHECK(!accepts("{\"ts\":1,\"type\":\"", 65, "\"}"));
    CHECK(accepts("{\"ts\":1,\"type\":\"e\",\"tags\":{\"h\":\"", 2048, "\"}}"));
    CHECK(!accepts("{\"ts\":1,\"type\":\"e\",\"tags\":{\"h\":\"", 2049, "\"}}"));
    CHECK(accepts("{\"ts\":1,\"type\":\"e\",\"x\":\"", (1 << 20) - 26, "\"}"));
    CHECK(!accepts("{\"ts\":1,\"type\":\"e\",\"x\":\"", (1 << 20) - 25, "\"}"));
}

TEST_MAIN({"metrics", metrics}, {"numbers", numbers}, {"wrong types", wrong_types},
          {"syntax", syntax}, {"times", times}, {"documents", documents}, {"strict", strict},
          {"depth", depth}, {"lengths", lengths})
