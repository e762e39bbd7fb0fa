/* tags.c - the canonical form, and lines written from records read back. */
#include "record/tags.h"

#include "../test.h"
#include "record/write.h"

static void check_form(const char *json, const char *want)
{
    struct pt_arena arena = {0};
    struct pt_buf b = {0};
    struct pt_tags tags;
    struct pt_err err = {0};
    if (pt_tags_parse(pt_str(json), &arena, &tags, &err) == 0)
        pt_tags_write(&b, tags);
    else
        pt_buf_puts(&b, err.what);
    if (!CHECK_STR(pt_buf_view(&b), want))
        printf("#   for  %s\n", json);
    pt_buf_release(&b);
    pt_arena_release(&arena);
}

static void canonical_form(void)
{
    check_form("", "{}");
    check_form("{}", "{}");
    check_form("{ \"b\" : \"2\" ,\n\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"2\"}");
    check_form("{\"\\u0062\":\"\\u0032\",\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"2\"}");
    check_form("{\"a\":\"\\/\\\"\\\\\\b\\f\\n\\r\\t\"}",
               "{\"a\":\"/\\\"\\\\\\u0008\\u000c\\n\\r\\t\"}");
    check_form("{\"a\":\"\\u00e9\\ud83d\\ude00\"}", "{\"a\":\"\xC3\xA9\xF0\x9F\x98\x80\"}");
    check_form("{\"a\":\"x\\u0000y\\u007f\"}", "{\"a\":\"x\\u0000y\x7F\"}");
    check_form("{\"ab\":\"1\",\"a\":\"2\",\"B\":\"3\"}", "{\"B\":\"3\",\"a\":\"2\",\"ab\":\"1\"}");
    check_form("{\"\":\"\"}", "{\"\":\"\"}");
}

static void refusals(void)
{
    check_form("[]", "tags: not an object");
    check_form("\"a\"", "tags: not an object");
    check_form("{\"a\":1}", "tags: the value of \"a\" is not a string");
    check_form("{\"a\":null}", "tags: the value of \"a\" is not a string");
    check_form("{\"a\":{\"b\":\"c\"}}", "tags: the value of \"a\" is not a string");
    check_form("{\"b\":\"\",\"a\":\"1\",\"\\u0061\":\"1\"}", "tags: the key \"a\" appears twice");
    check_form("{\"a\":\"1\"", "tags: not an object");
    check_form("{\"a\"}", "tags: not an object");
    check_form("{", "tags: not an object");
}

static void many_tags(void)
{
    struct pt_arena arena = {0};
    struct pt_buf json = {0}, again = {0};
    struct pt_tags tags;
    struct pt_err err = {0};
    for (int i = 999; i >= 0; i--)
        pt_buf_printf(&json, "%c\"k%03d\":\"%d\"", i == 999 ? '{' : ',', i, i);
    pt_buf_putc(&json, '}');
    CHECK(pt_tags_parse(pt_buf_view(&json), &arena, &tags, &err) == 0);
    CHECK_INT((int64_t)tags.n, 1000);
    CHECK_STR(tags.v[7].key, "k007");
    CHECK_STR(pt_tags_get(tags, PT_STR("k512")), "512");
    CHECK_INT((int64_t)pt_tags_get(tags, PT_STR("k1000")).n, 0);
    pt_tags_write(&again, tags);
    CHECK_INT((int64_t)again.n, (int64_t)json.n);
    pt_buf_release(&json);
    pt_buf_release(&again);
    pt_arena_release(&arena);
}

static int check(size_t n, size_t key, size_t value, struct pt_limits limits, struct pt_err *err)
{
    static char text[4096];
    struct pt_tag tags[80];
    *err = (struct pt_err){0};
    memset(text, 'k', sizeof text);
    for (size_t i = 0; i < n; i++)
        tags[i] = (struct pt_tag){{text, key}, {text, value}};
    return pt_tags_check((struct pt_tags){tags, n}, &limits, err);
}

static void limits(void)
{
    struct pt_err err;
    CHECK_INT(check(0, 0, 0, (struct pt_limits){0}, &err), 0);
    CHECK_INT(check(64, 2048, 2048, (struct pt_limits){0}, &err), 0);
    CHECK_INT(check(65, 1, 1, (struct pt_limits){0}, &err), -1);
    CHECK_INT(err.code, PT_DATA);
    CHECK_INT(check(1, 2049, 1, (struct pt_limits){0}, &err), -1);
    CHECK_INT(check(1, 1, 2049, (struct pt_limits){0}, &err), -1);
    CHECK_INT(check(80, 1, 4096, (struct pt_limits){.tags = 80, .tag = 4096}, &err), 0);
    CHECK_INT(check(2, 1, 1, (struct pt_limits){.tags = 1}, &err), -1);
    CHECK_INT(check(1, 2, 1, (struct pt_limits){.tag = 1}, &err), -1);
    CHECK(strstr(err.what, "the key \"kk\" has 2 bytes; at most 1") != NULL);
}

/* What pt_line_metric writes, pt_record_parse reads as the same metric. */
static void lines_read_back(void)
{
    static const double VALUES[] = {0,
                                    -0.0,
                                    1,
                                    -1.5,
                                    0.1,
                                    1e-300,
                                    123456789.125,
                                    1e22,
                                    5e-324,
                                    1e6,
                                    1e-6,
                                    2.0 / 3,
                                    9007199254740992.0};
    struct pt_record_reader reader = {0};
    struct pt_record r;
    struct pt_err err = {0};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        struct pt_buf b = {0};
        int64_t ts = INT64_C(-4000000000000000001) + (int64_t)i * INT64_C(600000000000000007);
        pt_line_metric(&b, ts, PT_STR("a\"\\b\xC3\xA9"), pt_num_real(VALUES[i]), PT_KIND_COUNTER,
                       PT_STR("\"s\""), PT_STR("{\"h\":\"x\"}"));
        CHECK(b.n && b.p[b.n - 1] == '\n');
        if (CHECK(pt_record_parse(&reader, pt_buf_view(&b), &r, &err) == 0)) {
            CHECK(r.ts == ts && r.kind == PT_KIND_COUNTER && r.value.wide == 0);
            CHECK(memcmp(&r.value.d, &VALUES[i], sizeof(double)) == 0);
            CHECK_STR(r.name, "a\"\\b\xC3\xA9");
            CHECK_STR(r.unit, "\"s\"");
            CHECK_STR(r.tags, "{\"h\":\"x\"}");
        }
        pt_buf_release(&b);
    }
    pt_record_reader_release(&reader);
}

TEST_MAIN({"canonical form", canonical_form}, {"refusals", refusals}, {"many tags", many_tags},
          {"limits", limits}, {"lines read back", lines_read_back})
