/* join.c - what arguments ask for: selectors stay selectors, operands are asked once, units. */
#include "query/join.h"
#include "../test.h"

#include "record/selector.h"

static int add(struct pt_join *j, const char *argument, const char *aggs)
{
    struct pt_agg list[PT_AGGS_MOST];
    struct pt_err err = {0};
    int n = pt_agg_parse(aggs, list, &err);
    int rc = pt_join_add(j, argument, list, (size_t)n, &err);
    if (rc != 0)
        printf("#   %s\n", err.what);
    return rc;
}

/* All that was a selector before there were expressions. */
static void selectors_stay(void)
{
    static const char *const TEXTS[] = {
        "m",   "md/lag", "a-b",         "a*b", "*",
        "-",   "/",      "-x",          "100", "-1.5e3",
        "5-x", "a+b",    "avg",         "max", "not",
        " m ", "a[a-z]", "{a=\"b\"}",   "*{}", "a/*",
        "1/2", "a-",     "m {a=\"(\"}", "+",   "m{a=\" / \",b!='x = y'}"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct pt_join j = {0};
        if (CHECK_INT(add(&j, TEXTS[i], "avg"), 0) && !CHECK(pt_join_is_selector(&j)))
            printf("#   %s\n", TEXTS[i]);
        pt_join_release(&j);
    }
}

static void expressions(void)
{
    static const char *const TEXTS[] = {
        "a / b",         "a - b",     "a -b",           "avg(a)",
        "(a)",           "- a",       "2 * a",          "2*avg(a)",
        "x = a",         "x=max(a*)", "a / b{c=\"d\"}", "* - *",
        "abs(a)",        "max(a, b)", "min((a), 2)",    "max(avg(a), a/b)",
        "rate(5-x) / 2", "-(a)",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct pt_join j = {0};
        if (CHECK_INT(add(&j, TEXTS[i], "avg"), 0) && !CHECK(!pt_join_is_selector(&j)))
            printf("#   %s\n", TEXTS[i]);
        pt_join_release(&j);
    }
}

/* The same selector is one question, and the same aggregate of it one operand. */
static void asks_once(void)
{
    struct pt_join j = {0};
    CHECK_INT(add(&j, "max(a{x=\"1\"}) / a{x=\"1\"} + max(a{x=\"1\"})", "p99"), 0);
    CHECK_INT(add(&j, "a{x=\"1\"}", "p99,max"), 0);
    CHECK_INT(add(&j, "named = b + 1", "p99,max"), 0);
    CHECK_INT((int64_t)j.nquestions, 2);
    CHECK_INT((int64_t)j.questions[0].naggs, 2);
    CHECK_INT((int64_t)j.noperands, 3);
    CHECK_INT((int64_t)j.ncolumns, 4);
    CHECK_STR(pt_str(j.columns[0].name), "max(a{x=\"1\"}) / a{x=\"1\"} + max(a{x=\"1\"})");
    CHECK_STR(pt_str(j.columns[1].name), "p99(a{x=\"1\"})");
    CHECK_INT((int64_t)j.columns[1].operand, 1);
    CHECK_INT((int64_t)j.columns[2].operand, 0);
    CHECK_STR(pt_str(j.columns[3].name), "named");
    CHECK(j.columns[3].named && !j.columns[0].named);
    CHECK_INT((int64_t)j.columns[2].questions, 1);
    CHECK_INT((int64_t)j.columns[3].questions, 2);
    CHECK_STR(pt_str(j.questions[1].aggs[0].name), "p99");
    pt_join_release(&j);
}

static void is_bounded(void)
{
    struct pt_join j = {0};
    struct pt_err err = {0};
    struct pt_agg avg;
    int rc = 0;
    CHECK(pt_agg_named(PT_STR("avg"), &avg));
    for (int i = 0; i <= PT_JOIN_COLUMNS && rc == 0; i++) {
        char text[16];
        snprintf(text, sizeof text, "m%d", i);
        rc = pt_join_add(&j, text, &avg, 1, &err);
        CHECK_INT(rc, i < PT_JOIN_COLUMNS ? 0 : -1);
    }
    CHECK_INT(err.code, PT_USAGE);
    pt_join_release(&j);
}

static void units(void)
{
    static const struct {
        const char *text, *unit; /* with a and b in ms, c in B, d without */
    } CASES[] = {
        {"a + b", "ms"},     {"a - b * 2", "ms"},  {"a + c", ""}, {"a / b", ""},
        {"100 * a / b", ""}, {"a / 1000", "ms"},   {"1 / a", ""}, {"a * b", ""},
        {"a + 5", "ms"},     {"max(1, a)", "ms"},  {"-a", "ms"},  {"abs(a - b)", "ms"},
        {"sqrt(a)", ""},     {"a / b * 100", ""},  {"2 + 3", ""}, {"(a + b) / 2", "ms"},
        {"a + d", ""},       {"exp(1) * a", "ms"}, {"a / c", ""}, {"round(a)", "ms"},
    };
    static const char *const NAMES[] = {"a", "b", "c", "d"};
    const struct pt_str of[] = {PT_STR("ms"), PT_STR("ms"), PT_STR("B"), PT_STR("")};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct pt_formula *f;
        struct pt_err err = {0};
        if (!CHECK_INT(pt_formula_parse_words(CASES[i].text, PT_FORMULA_NUMBER, "test", NAMES, 4,
                                              &f, &err),
                       0))
            continue;
        CHECK_STR(pt_formula_unit(f, of), CASES[i].unit);
        pt_formula_free(f);
    }
}

TEST_MAIN({"selectors stay selectors", selectors_stay}, {"expressions", expressions},
          {"asks once", asks_once}, {"is bounded", is_bounded}, {"units", units})
