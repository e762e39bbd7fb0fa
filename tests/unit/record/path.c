/* path.c - expressions on JSON texts: precedence, types, escapes, numbers, damaged texts. */
#include "record/path.h"
#include "../test.h"

static bool holds(const char *expression, const char *json)
{
    struct pt_path_filter *f;
    struct pt_err err = {0};
    bool yes;
    if (!CHECK_INT(pt_path_parse(expression, &f, &err), 0)) {
        printf("#   %s\n", err.what);
        return false;
    }
    yes = pt_path_match(f, pt_str(json));
    pt_path_free(f);
    return yes;
}

/* Every expression of up to three truth values, against C's own operators, which bind alike. */
static void precedence(void)
{
    static const char JSON[] = "{\"t\":true,\"f\":false}";
    static const char *const NOT[] = {"", "not "}, *const WORD[] = {"and", "or"};
    for (unsigned i = 0; i < 1u << 8; i++) {
        bool a = i & 1, b = i & 2, c = i & 4, x = i & 8, y = i & 16, or1 = i & 32, or2 = i & 64;
        bool grouped = i & 128, left, right;
        char text[100];
        snprintf(text, sizeof text, "%s%s = true %s %s%s%s = true %s %c = true%s", NOT[x],
                 a ? "t" : "f", WORD[or1], grouped ? "(" : "", NOT[y], b ? "t" : "f", WORD[or2],
                 c ? 't' : 'f', grouped ? ")" : "");
        a = a != x;
        b = b != y;
        if (grouped) {
            right = or2 ? b || c : b && c;
            left = or1 ? a || right : a && right;
        } else if (or1) {
            left = or2 ? a || b || c : a || (b && c);
        } else {
            left = or2 ? (a && b) || c : a && b && c;
        }
        if (!CHECK_INT(holds(text, JSON), left))
            printf("#   %s\n", text);
    }
}

static void check_all(const char *json, const char *const *yes, size_t nyes, const char *const *no,
                      size_t nno)
{
    for (size_t i = 0; i < nyes; i++)
        if (!CHECK(holds(yes[i], json)))
            printf("#   %s\n", yes[i]);
    for (size_t i = 0; i < nno; i++)
        if (!CHECK(!holds(no[i], json)))
            printf("#   %s\n", no[i]);
}
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* What is missing or of another type is neither equal nor less nor greater. */
static void types(void)
{
    static const char JSON[] = "{ \"n\" : 1 , \"s\" : \"1\" , \"z\" : null , \"b\" : true ,"
                               " \"o\" : { \"n\" : [ [ ] , { \"k\" : 2.50 } ] } }";
    static const char *const YES[] = {
        "n = 1", "n == 1.0", "n = 10e-1", "n != \"1\"", "s = \"1\"", "s != 1", "s > '0'",
        "z = null", "z != 0", "exists(z)", "b = true", "b != false", "b != 1", "missing != 1",
        "missing != null", "not missing = null", "not exists(missing)", "missing !~ 'a'",
        "n !~ '1'", "s =~ '[0-9]'", "o.n[1].k = 2.5", "$.o.n[1].k <= 2.5", "exists(o.n[0])",
        "exists($)", "exists( $.\"o\".'n' )", "n<2 and n>0", "s >= '1' and s <= '1'"};
    static const char *const NO[] = {
        "n = \"1\"", "s = 1", "s < 2", "n <= '2'", "z <= 0", "z = false", "b = 1", "missing = 1",
        "missing < 1", "missing > 1", "missing <= 1", "missing = null", "missing =~ '.*'",
        "n =~ '1'", "s =~ '[0-9][0-9]'", "s =~ ''", "o.n[2].k = 2.5", "o.n.k = 2.5", "o[0] = 1",
        "exists(n.n)", "exists(n[0])", "exists(s[0])", "$ = 1", "$ = 'x'", "o = 'x'"};
    check_all(JSON, YES, COUNT(YES), NO, COUNT(NO));
}

/* Integers beyond 2^53 stay apart, as everywhere. */
static void numbers(void)
{
    static const char JSON[] = "{\"a\":9007199254740993,\"b\":-0.0,\"c\":1e308,\"d\":-5}";
    static const char *const YES[] = {
        "a = 9007199254740993", "a > 9007199254740992", "a < 9007199254740994", "b = 0", "b >= 0",
        "c > 9223372036854775807", "d = -5", "d < -4.999", "d > -5.001", "d <= +5", "d < .5"};
    static const char *const NO[] = {"a = 9007199254740992", "a <= 9007199254740992", "b < 0",
                                     "d >= 5"};
    check_all(JSON, YES, COUNT(YES), NO, COUNT(NO));
}

static void escapes(void)
{
    static const char JSON[] = "{\"\\u0061\":\"\\u00e9\\n\\\"\",\"q\\\"k\":1,\"nul\":\"x\\u0000y\","
                               "\"a\":\"second\",\"not\":1,\"exists\":2,\"a.b\":3,\"u\":\"\\\\d\"}";
    static const char *const YES[] = {
        "a = 'é\n\"'", "a =~ '..\n\"'", "\"q\\\"k\" = 1", "'q\"k' = 1", "nul != 'x'", "nul > 'x'",
        "$.not = 1", "$.exists = 2", "'a.b' = 3", "u = '\\d'", "u = '\\\\d'", "u =~ '\\\\\\\\d'"};
    static const char *const NO[] = {"a = 'second'", "nul = 'x'", "a.b = 3", "nul < 'x'"};
    check_all(JSON, YES, COUNT(YES), NO, COUNT(NO));
}

/* A text that is no JSON has nothing where it cannot be read; nothing is read behind its end. */
static void damaged(void)
{
    static const char *const TEXTS[] = {
        "",  "{",  "{\"a\"", "{\"a\":",     "{\"a\":}",          "{\"a\":1",
        "[", "[1", "\"a",   "{\"b\":[1,}", "{\"b\":1 \"a\":1}", "nonsense"};
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        CHECK(!holds("exists(a.b) or exists(b[1]) or a > 1 or a = 'x'", TEXTS[i]));
        CHECK(holds("not exists(a.b[3])", TEXTS[i]));
    }
    CHECK(!holds("exists($)", ""));
}

TEST_MAIN({"precedence", precedence}, {"types", types}, {"numbers", numbers},
          {"escapes", escapes}, {"damaged", damaged})
