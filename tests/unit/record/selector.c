/* selector.c - the grammar, its errors with their places, and what selectors match. */
#include "record/selector.h"

#include "../test.h"

static void check_error(const char *text, const char *want)
{
    struct pt_selector *s = NULL;
    struct pt_err err = {0};
    if (!CHECK(pt_selector_parse(text, &s, &err) == -1)) {
        printf("#   accepts %s\n", text);
        pt_selector_free(s);
        return;
    }
    CHECK(err.code == PT_USAGE);
    if (!CHECK(strncmp(err.what, want, strlen(want)) == 0))
        printf("#   got  %s\n#   want %s\n", err.what, want);
}

static void errors_have_places(void)
{
    check_error("a{h=~\"((x{255}){255}){255}\"}",
                "selector: the expression repeats too much at character 6");
    check_error("a{h=~\"x++++k?+++++++++++++\"}",
                "selector: the expression repeats too much at character 6");
    check_error("a{h=~\"x{2}?\"}", "selector: the expression repeats too much at character 6");
    check_error("a{h=~\"x+++++++++++++++++\"}",
                "selector: the expression repeats too much at character 6");
    check_error("", "selector: expected a name or '{' at character 1 of: (nothing)");
    check_error("  ", "selector: expected a name or '{' at character 3");
    check_error("a b", "selector: unexpected character at character 3 of: a b");
    check_error("a}", "selector: unexpected character at character 2");
    check_error("a{", "selector: expected a tag's key at character 3");
    check_error("a{,}", "selector: expected a tag's key at character 3");
    check_error("a{h}", "selector: expected =, !=, =~ or !~ at character 4");
    check_error("a{h<\"x\"}", "selector: expected =, !=, =~ or !~ at character 4");
    check_error("a{h=x}", "selector: expected a value in quotes at character 5");
    check_error("a{h=\"x}", "selector: the quoted value does not end at character 5");
    check_error("a{h=\"x'}", "selector: the quoted value does not end at character 5");
    check_error("a{h=\"x\" k=\"y\"}", "selector: expected ',' or '}' at character 9");
    check_error("a{h=\"x\"", "selector: expected ',' or '}' at character 8");
    check_error("a{h=\"x\"} b", "selector: unexpected character at character 10");
    check_error("a{h=~\"(\"}", "selector: ");
    check_error("a{h=~\"a)|(b\"}", "selector: ");
    check_error("a{h=~\"[z-a]\"}", "selector: ");
    check_error("a{h!~\"*(\"}", "selector: ");
    check_error("a\033[31m{", "selector: unexpected character at character 3 of: a\\x1b[31m{");
}

static bool match(const char *text, const char *name, const char *json)
{
    struct pt_arena arena = {0};
    struct pt_selector *s = NULL;
    struct pt_tags tags = {0};
    struct pt_err err = {0};
    bool yes;
    if (pt_selector_parse(text, &s, &err) != 0) {
        printf("#   %s\n", err.what);
        return false;
    }
    CHECK(pt_tags_parse(pt_str(json), &arena, &tags, &err) == 0);
    CHECK_STR(pt_selector_text(s), text);
    yes = pt_selector_match(s, pt_str(name), tags);
    pt_selector_free(s);
    pt_arena_release(&arena);
    return yes;
}

static void names(void)
{
    CHECK(match("cpu.busy", "cpu.busy", "{}"));
    CHECK(!match("cpu.busy", "cpu.busy2", "{}"));
    CHECK(match("*", "anything", "{}"));
    CHECK(match("{h=\"x\"}", "anything", "{\"h\":\"x\"}"));
    CHECK(match("cpu.*", "cpu.a/b", "{}"));
    CHECK(!match("cpu.*", "mem.used", "{}"));
    CHECK(match("cpu?", "cpu1", "{}"));
    CHECK(match("cpu[a-c]", "cpub", "{}"));
    CHECK(!match("cpu[a-c]", "cpud", "{}"));
    CHECK(match("cpu[0-9]", "cpu7", "{}"));
    CHECK(match("a\\*", "a*", "{}"));
    CHECK(!match("a\\*", "ab", "{}"));
}

static void operators(void)
{
    CHECK(match("a{h=\"x\"}", "a", "{\"h\":\"x\"}"));
    CHECK(!match("a{h=\"x\"}", "a", "{\"h\":\"y\"}"));
    CHECK(!match("a{h=\"x\"}", "a", "{}"));
    CHECK(match("a{h=\"\"}", "a", "{}"));
    CHECK(match("a{h!=\"x\"}", "a", "{}"));
    CHECK(!match("a{h!=\"\"}", "a", "{}"));
    CHECK(match("a{h=~\"x|y\"}", "a", "{\"h\":\"y\"}"));
    CHECK(!match("a{h!~\"x|y\"}", "a", "{\"h\":\"y\"}"));
    CHECK(match("a{h!~\"x\"}", "a", "{}"));
    CHECK(match("a{h=~\".*\"}", "a", "{}"));
    CHECK(match("a{h=~\"(x[+{]{2}y+){1,3}z+\"}", "a", "{\"h\":\"x+{yx{+yyzz\"}"));
    CHECK(!match("a{h=~\".+\"}", "a", "{}"));
    CHECK(match("a{ h = 'x' , k != \"y\" , }", "a", "{\"h\":\"x\"}"));
    CHECK(match("a{h=\"q\\\"\\\\\"}", "a", "{\"h\":\"q\\\"\\\\\"}"));
    CHECK(match("a{h='q\"'}", "a", "{\"h\":\"q\\\"\"}"));
    CHECK(match("a{http.url-path/x:y=\"1\"}", "a", "{\"http.url-path/x:y\":\"1\"}"));
    CHECK(match("a {}", "a", "{}"));
}

/* Expressions match the whole value, whatever is in them. */
static void whole_values(void)
{
    CHECK(!match("a{h=~\"x\"}", "a", "{\"h\":\"xx\"}"));
    CHECK(!match("a{h=~\"a|b\"}", "a", "{\"h\":\"ab\"}"));
    CHECK(match("a{h=~\"a|ab\"}", "a", "{\"h\":\"ab\"}"));
    CHECK(!match("a{h=~\"a)|b\"}", "a", "{\"h\":\"xb)\"}"));
    CHECK(!match("a{h=~\"a)|b\"}", "a", "{\"h\":\"a-more\"}"));
    CHECK(match("a{h=~\"^a$\"}", "a", "{\"h\":\"a\"}"));
    CHECK(!match("a{h=~\"a\"}", "a", "{\"h\":\"a\\u0000b\"}"));
    CHECK(!match("a{h=~\"a\"}", "a", "{\"h\":\"a\\nb\"}"));
    CHECK(match("a{h=~\"(x+x+)+y\"}", "a", "{\"h\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy\"}"));
}

/* Inside an expression the selector ends where its grammar does. */
static void parse_at(void)
{
    static const char TEXT[] = " avg ( cpu{h=\"x\"} [5m] )";
    const char *at = TEXT + 6;
    struct pt_selector *s = NULL;
    struct pt_err err = {0};
    CHECK(pt_selector_parse_at(TEXT, &at, &s, &err) == 0);
    CHECK_STR(pt_selector_text(s), "cpu{h=\"x\"}");
    CHECK_STR(pt_selector_exact_name(s), "cpu");
    CHECK_STR(pt_str(at), " [5m] )");
    pt_selector_free(s);
    at = "up[5m]";
    CHECK(pt_selector_parse_at("up[5m]", &at, &s, &err) == 0);
    CHECK_STR(pt_selector_text(s), "up");
    CHECK_STR(pt_str(at), "[5m]");
    pt_selector_free(s);
}

TEST_MAIN({"errors have places", errors_have_places}, {"names", names}, {"operators", operators},
          {"whole values", whole_values}, {"parse at", parse_at})
