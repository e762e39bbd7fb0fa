/* agg.c - the names of aggregates, and the units of what they give. */
#include "query/agg.h"
#include "../test.h"

static void reads_names(void)
{
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_err err = {0};
    CHECK_INT(pt_agg_parse("count, p99.9 ,median,rate", aggs, &err), 4);
    CHECK_INT(aggs[0].kind, PT_AGG_COUNT);
    CHECK_INT(aggs[1].kind, PT_AGG_QUANTILE);
    CHECK_NEAR(aggs[1].q, 0.999, 0);
    CHECK_STR(pt_str(aggs[1].name), "p99.9");
    CHECK_NEAR(aggs[2].q, 0.5, 0);
    CHECK_INT(aggs[3].kind, PT_AGG_RATE);
}

static void quantiles_are_percent(void)
{
    static const struct {
        const char *name;
        double q;
    } CASES[] = {{"p0", 0},       {"p100", 1},       {"p29", 0.29},
                 {"p99", 0.99},   {"p0.1", 0.001},   {"p99.99", 0.9999}};
    struct pt_agg agg;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CHECK(pt_agg_named(pt_str(CASES[i].name), &agg));
        CHECK_NEAR(agg.q, CASES[i].q, 0);
    }
}

static void refuses(void)
{
    static const char *const LISTS[] = {
        "",     "avg,", ",avg",  "p",     "p101", "p-1",   "p1e1", "px",
        "p9.",  "AVG",  "p 99",  "p99.9.9", "p00", "p99999999999999999", "avg,avg"};
    struct pt_agg aggs[PT_AGGS_MOST];
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        struct pt_err err = {0};
        CHECK_INT(pt_agg_parse(LISTS[i], aggs, &err), -1);
        CHECK_INT(err.code, PT_USAGE);
        CHECK(strstr(err.what, "at character") != NULL);
    }
}

static void at_most_so_many(void)
{
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_err err = {0};
    struct pt_buf list = {0};
    for (int i = 0; i < PT_AGGS_MOST; i++)
        pt_buf_printf(&list, "%sp%d", i ? "," : "", i + 1);
    CHECK_INT(pt_agg_parse(list.p, aggs, &err), PT_AGGS_MOST);
    pt_buf_puts(&list, ",max");
    CHECK_INT(pt_agg_parse(list.p, aggs, &err), -1);
    pt_buf_release(&list);
}

static void units(void)
{
    static const struct {
        const char *agg, *unit, *want;
    } CASES[] = {{"count", "ms", ""},   {"avg", "ms", "ms"},       {"p99", "", ""},
                 {"rate", "", "1/s"},   {"rate", "bytes", "bytes/s"}, {"increase", "x", "x"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct pt_buf b = {0};
        struct pt_agg agg;
        CHECK(pt_agg_named(pt_str(CASES[i].agg), &agg));
        pt_agg_unit(&agg, pt_str(CASES[i].unit), &b);
        CHECK_STR(pt_buf_view(&b), CASES[i].want);
        pt_buf_release(&b);
    }
}

TEST_MAIN({"reads names", reads_names}, {"quantiles are percent", quantiles_are_percent},
          {"refuses", refuses}, {"at most so many", at_most_so_many}, {"units", units})
