/* json.c - the strict reader against RFC 8259, after the cases of JSONTestSuite (Seriot, "Parsing
 * JSON is a minefield", 2016). */
#include "base/json.h"

#include "../test.h"

#include <stdlib.h>

/* Works on a copy of exactly n bytes, so that an overrun is seen by a sanitizer. */
static bool valid_bytes(const char *text, size_t n)
{
    char *copy = calloc(1, n ? n : 1);
    const char *why = NULL, *where = NULL, *after;
    bool whole;
    if (n)
        memcpy(copy, text, n);
    after = pt_json_value(copy, copy + n, &why, &where);
    whole = after && pt_json_space(after, copy + n) == copy + n;
    if (!after)
        CHECK(why && where >= copy && where <= copy + n);
    free(copy);
    return whole;
}

static const char *const GOOD[] = {
    "null",
    "true",
    " false ",
    "0",
    "-0",
    "123e65",
    "0e+1",
    "20e1",
    "-123",
    "1E-2",
    "123.456e78",
    "[]",
    "{}",
    "[1,null,\"a\"]",
    "[[] ]",
    "{\"a\":[]}",
    "{\"a\":\"b\",\"a\":\"c\"}",
    "{\"\":0}",
    "[\"\\u0060\\u012a\\u12AB\"]",
    "[\"\\uD801\\udc37\"]",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    "[\"\\u0000\"]",
    "[\"\xCE\xA9\"]",
    "[\"\xF0\x9D\x84\x9E\"]",
    "\"\x7F\"",
    "[\"\xEF\xBB\xBF\"]",
    "\t[ 1 ,\r\n2 ]\n",
    "[\"asd\xE2\x80\xA8\"]",
    "\"\\uD800\"",
    "[\"new\\u000Aline\"]",
};

static const char *const BAD[] = {
    "",
    " ",
    "nul",
    "True",
    "[",
    "]",
    "[1",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1}",
    "{",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "01",
    "-01",
    "+1",
    ".1",
    "1.",
    "1.e1",
    "1e",
    "1e+",
    "0x1",
    "1_0",
    "-",
    "--1",
    "NaN",
    "-NaN",
    "Infinity",
    "1e400",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12G4\"",
    "\"\\a\"",
    "\"\t\"",
    "\"\n\"",
    "\"\x1f\"",
    "\"\xff\"",
    "\"\xC0\xAF\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xE2\x82\"",
    "\"\x80\"",
    "\"\xC3\"",
    "'a'",
    "[\"a\",\n4\n,1,",
    "nullx",
    "truefalse",
    "1 2",
    "{}}",
    "[]]",
    "/**/1",
    "1//",
    "\xEF\xBB\xBF{}",
    "\"\\",
    "[\"\\",
    "\"\\u",
    "\"\\uD8",
    "[\xC2\xA0]",
    "\v1",
    "\f1",
};

static void accepts(void)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        if (!CHECK(valid_bytes(GOOD[i], strlen(GOOD[i]))))
            printf("#   refused: %s\n", GOOD[i]);
}

static void refuses(void)
{
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (!CHECK(!valid_bytes(BAD[i], strlen(BAD[i]))))
            printf("#   accepted: %s\n", BAD[i]);
    CHECK(!valid_bytes("\"a\0b\"", 5));
    CHECK(!valid_bytes("\0", 1));
}

/* Every proper prefix of a document is refused, wherever it is cut. */
static void refuses_every_prefix(void)
{
    static const char TEXT[] = "{\"key\":[true,null,-1.5e3,\"\\u00e9\xC3\xA9 and long plain text\","
                               "{\"deep\":{}}],\"n\":[[]]}";
    CHECK(valid_bytes(TEXT, sizeof TEXT - 1));
    for (size_t n = 0; n < sizeof TEXT - 1; n++)
        if (!CHECK(!valid_bytes(TEXT, n)))
            printf("#   accepted %zu bytes\n", n);
}

/* A byte that must end the fast path, at each place of its eight-byte steps. */
static void finds_every_byte_in_long_strings(void)
{
    char text[64];
    for (size_t at = 1; at < 40; at++) {
        memset(text, 'x', sizeof text);
        text[0] = '"';
        text[41] = '"';
        CHECK(valid_bytes(text, 42));
        text[at] = '\x01';
        CHECK(!valid_bytes(text, 42));
        text[at] = '\xff';
        CHECK(!valid_bytes(text, 42));
        text[at] = '"';
        CHECK(!valid_bytes(text, 42));
        text[at] = '\\';
        CHECK(!valid_bytes(text, 42));
    }
}

static void depth_is_limited(void)
{
    char text[4 * PT_JSON_DEPTH];
    size_t n = PT_JSON_DEPTH;
    memset(text, '[', n);
    memset(text + n, ']', n);
    CHECK(valid_bytes(text, 2 * n));
    n += 2;
    memset(text, '[', n);
    memset(text + n, ']', n);
    CHECK(!valid_bytes(text, 2 * n));
}

static bool unescapes(const char *raw, const char *want)
{
    struct pt_buf b = {0};
    bool same;
    pt_buf_puts(&b, "");
    pt_json_unescape(&b, pt_str(raw));
    same = pt_str_is(pt_buf_view(&b), want);
    pt_buf_release(&b);
    return same;
}

static void unescaping(void)
{
    CHECK(unescapes("plain", "plain") && unescapes("", ""));
    CHECK(unescapes("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"));
    CHECK(unescapes("\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC"));
    CHECK(unescapes("\\ud834\\udd1e", "\xF0\x9D\x84\x9E"));
    CHECK(unescapes("\\ud834x", "\xEF\xBF\xBDx") && unescapes("\\udd1e", "\xEF\xBF\xBD"));
    CHECK(unescapes("\\ud834\\u0041", "\xEF\xBF\xBD"
                                      "A"));
    CHECK(unescapes("cut\\", "cut") && unescapes("cut\\u12", "cut"));
}

static void walking(void)
{
    struct pt_str object = PT_STR("{ \"a\" : 1 , \"b\":[2, {\"c\":3}],\"d\":\"x\" }"), key, value;
    struct pt_json_iter it;
    CHECK_INT(pt_json_open(&it, object), 0);
    CHECK_INT(pt_json_next(&it, &key, &value), 1);
    CHECK_STR(key, "a");
    CHECK_STR(value, "1");
    CHECK_INT(pt_json_next(&it, &key, &value), 1);
    CHECK_STR(value, "[2, {\"c\":3}]");
    CHECK_INT(pt_json_next(&it, &key, &value), 1);
    CHECK_STR(pt_json_raw(value), "x");
    CHECK_INT(pt_json_next(&it, &key, &value), 0);
    CHECK_INT(pt_json_next(&it, &key, &value), 0);
    CHECK_INT(pt_json_open(&it, PT_STR("1")), -1);
    CHECK_INT(pt_json_open(&it, PT_STR("")), -1);
    CHECK_INT(pt_json_open(&it, PT_STR("{\"a\" 1}")), 0);
    CHECK_INT(pt_json_next(&it, &key, &value), -1);
    CHECK(pt_json_get(object, "b", &value) && !pt_json_get(object, "c", &value));
    CHECK(!pt_json_get(PT_STR("[1]"), "a", &value));
}

static uint32_t get(const struct pt_json_tree *t, uint32_t object, const char *key,
                    const char *want)
{
    uint32_t i = pt_json_tree_get(t, object, key);
    CHECK_STR(t->v[i].text, want);
    return i;
}

static void trees(void)
{
    static const char TEXT[] =
        " { \"a\" : [ 1 , {\"c\":\"x\"} , [] , {} ] , \"n\":null, \"b\":2.5, \"b\":3 } ";
    static const char *const ELEMENTS[] = {"1", "{\"c\":\"x\"}", "[]", "{}"};
    struct pt_json_tree t = {0};
    const char *why, *where;
    uint32_t a;
    size_t n = 0;
    CHECK_INT(pt_json_tree_read(&t, pt_str(TEXT), &why, &where), 0);
    CHECK_INT(t.v[PT_JSON_ROOT].after, t.n);
    CHECK(pt_json_tree_kind(&t, PT_JSON_ROOT) == '{');
    a = get(&t, PT_JSON_ROOT, "a", "[ 1 , {\"c\":\"x\"} , [] , {} ]");
    CHECK_STR(t.v[a].key, "a");
    for (uint32_t i = a + 1; i < t.v[a].after; i = t.v[i].after) {
        CHECK(n < 4 && !t.v[i].key.n);
        CHECK_STR(t.v[i].text, ELEMENTS[n++ % 4]);
    }
    CHECK_INT(n, 4);
    get(&t, a + 2, "c", "\"x\"");
    get(&t, PT_JSON_ROOT, "b", "2.5"); /* the first */
    get(&t, PT_JSON_ROOT, "c", "");
    get(&t, a, "a", "");
    CHECK_INT(pt_json_tree_get(&t, PT_JSON_ROOT, "n"), PT_JSON_NOTHING);
    CHECK_INT(pt_json_tree_get(&t, PT_JSON_NOTHING, "a"), PT_JSON_NOTHING);
    CHECK_INT(pt_json_tree_read(&t, PT_STR("7"), &why, &where), 0);
    CHECK_INT(t.n, 2);
    get(&t, PT_JSON_ROOT, "a", "");
    pt_json_tree_release(&t);
}

static void trees_of_nothing(void)
{
    static const char *const BROKEN[] = {"", " ", "{", "{\"a\":1", "[1,]", "1 2", "{}x", "nul"};
    struct pt_json_tree t = {0};
    const char *why = NULL, *where = NULL;
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        CHECK_INT(pt_json_tree_read(&t, pt_str(BROKEN[i]), &why, &where), -1);
        CHECK(why && where >= BROKEN[i] && where <= BROKEN[i] + strlen(BROKEN[i]));
        CHECK_INT(t.n, 1);
        CHECK_INT(t.v[PT_JSON_NOTHING].after, 1);
    }
    pt_json_tree_release(&t);
}

TEST_MAIN({"accepts what the RFC does", accepts}, {"refuses the rest", refuses},
          {"refuses every prefix", refuses_every_prefix},
          {"long strings", finds_every_byte_in_long_strings}, {"depth", depth_is_limited},
          {"unescaping", unescaping}, {"walking", walking}, {"trees", trees},
          {"trees of nothing", trees_of_nothing})
