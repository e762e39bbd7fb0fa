/* expr.c - expressions: arithmetic, comparison, and what is absent. */
#include "detect/expr.h"
#include "../test.h"

/* The verdict over terms of the given values, -1 where the text does not parse. */
static int holds(const char *text, double a, double b, double *value, double *threshold)
{
    struct pt_expr e;
    struct pt_err err = {0};
    double values[PT_EXPR_TERMS] = {a, b};
    bool yes;
    if (pt_expr_parse(text, &e, &err) != 0)
        return -1;
    yes = pt_expr_holds(&e, values, value, threshold);
    pt_expr_release(&e);
    return yes;
}

static void computes(void)
{
    static const struct {
        const char *left;
        double want; /* with x = 3, y = 4 */
    } CASES[] = {
        {"avg(x[1m]) + avg(y[1m]) * 2", 11},    {"(avg(x[1m]) + avg(y[1m])) * 2", 14},
        {"avg(x[1m]) - avg(y[1m]) - 1", -2},    {"24 / avg(x[1m]) / avg(y[1m])", 2},
        {"-avg(x[1m]) * -avg(y[1m])", 12},      {"1 - -avg(x[1m]) + avg(y[1m])", 8},
        {"avg(x[1m])*.5-1e1+avg(y[1m])", -4.5}, {"avg(x[1m]) / (avg(y[1m]) - 4)", INFINITY},
        {"abs(min(x[1m]) - max(y[1m])) + 1", 2}, {"sqrt(avg(x[1m])+1)-log10(100)", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[128];
        double value = 0, threshold = 0;
        snprintf(text, sizeof text, "%s != 1000", CASES[i].left);
        CHECK_INT(holds(text, 3, 4, &value, &threshold), 1);
        CHECK(value >= CASES[i].want && value <= CASES[i].want);
        CHECK_NEAR(threshold, 1000, 0);
    }
}

static void compares(void)
{
    static const struct {
        const char *op;
        int less, equal, more;
    } CASES[] = {{"<", 1, 0, 0},  {"<=", 1, 1, 0}, {">", 0, 0, 1},
                 {">=", 0, 1, 1}, {"==", 0, 1, 0}, {"!=", 1, 0, 1}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[64];
        double v, t;
        snprintf(text, sizeof text, "last(x[1s]) %s 5", CASES[i].op);
        CHECK_INT(holds(text, 4, 0, &v, &t), CASES[i].less);
        CHECK_INT(holds(text, 5, 0, &v, &t), CASES[i].equal);
        CHECK_INT(holds(text, 6, 0, &v, &t), CASES[i].more);
        CHECK_INT(holds(text, NAN, 0, &v, &t), 0);
    }
}

static void measures_the_side_with_terms(void)
{
    double v, t;
    CHECK_INT(holds("5 < avg(x[1m])", 6, 0, &v, &t), 1);
    CHECK_NEAR(v, 6, 0);
    CHECK_NEAR(t, 5, 0);
    CHECK_INT(holds("avg(x[1m]) > avg(y[1m])", 6, 2, &v, &t), 1);
    CHECK_NEAR(v, 6, 0);
    CHECK_NEAR(t, 2, 0);
}

static void absent_is_not_true(void)
{
    double v, t;
    CHECK_INT(holds("avg(x[1m]) + avg(y[1m]) != 1", 6, NAN, &v, &t), 0);
    CHECK_INT(holds("avg(x[1m]) / avg(y[1m]) >= 0", 0, 0, &v, &t), 0);
    CHECK_INT(holds("1 != avg(x[1m])", NAN, 0, &v, &t), 0);
}

static void reads_terms(void)
{
    struct pt_expr e;
    struct pt_err err = {0};
    CHECK_INT(
        pt_expr_parse("rate(a.*{v=~\"X|Y\"}[30s]) by (v, h) / rate(b[1h30m])by(h,v)>0", &e, &err),
        0);
    CHECK_INT((int64_t)e.nterms, 2);
    CHECK_INT(e.terms[0].agg.kind, PT_AGG_RATE);
    CHECK_INT(e.terms[0].window, 30 * INT64_C(1000000000));
    CHECK_INT(e.terms[1].window, 5400 * INT64_C(1000000000));
    CHECK_STR(pt_selector_text(e.terms[0].selector), "a.*{v=~\"X|Y\"}");
    CHECK_INT((int64_t)e.nby, 2);
    CHECK_STR(pt_str(e.by[0]), "v");
    pt_expr_release(&e);
}

TEST_MAIN({"computes", computes}, {"compares", compares},
          {"measures the side with terms", measures_the_side_with_terms},
          {"absent is not true", absent_is_not_true}, {"reads terms", reads_terms})
