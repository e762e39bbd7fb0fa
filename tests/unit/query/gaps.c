/* gaps.c - gaps at the edges: no step, few steps, ties of the median, lengths that are just not too
 * long, halves of an interval, the ends of time. */
#include "query/gaps.h"
#include "query/intake.h"

#include "../test.h"

static const struct pt_gaps_rule HALF = {PT_TIME_MIN, PT_TIME_MAX, 1.5, 0};

/* Finds the gaps of points at these times. */
static void find(struct pt_gaps *g, const int64_t *ts, size_t n, const struct pt_gaps_rule *rule)
{
    struct pt_intake *intake;
    struct pt_store *source;
    struct pt_err err = {0};
    CHECK_INT(pt_intake_open(&intake, NULL, &err), 0);
    for (size_t i = 0; i < n; i++)
        pt_intake_add(intake,
                      &(struct pt_record){.metric = true, .type = PT_STR("metric"),
                                          .name = PT_STR("m"), .ts = ts[i]},
                      &err);
    CHECK_INT(pt_intake_flush(intake, &err), 0);
    source = pt_intake_store(intake);
    CHECK_INT(pt_gaps_find(g, source, 1, rule, &err), 0);
    CHECK_INT((int64_t)g->points, (int64_t)n);
    pt_intake_free(intake);
}
#define FIND(g, rule, ...)                                                                        \
    find(g, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / 8, rule)

static void few(void)
{
    struct pt_gaps g = {0};
    FIND(&g, &HALF, 5);
    CHECK(g.interval == 0 && g.n == 0 && g.longest == 0);
    CHECK(pt_gaps_coverage(&g) == 1);
    FIND(&g, &HALF, 5, 12);
    CHECK(g.interval == 7 && g.n == 0 && g.missing == 0);
    FIND(&g, &HALF, 0, 10, 30); /* steps 10 and 20: the lower middle one */
    CHECK(g.interval == 10 && g.n == 1 && g.missing == 1 && g.longest == 20);
    CHECK(g.v[0].from == 10 && g.v[0].to == 30);
    CHECK(pt_gaps_coverage(&g) == 0.75);
    FIND(&g, &HALF, 5); /* nothing stays of the series before */
    CHECK(g.interval == 0 && g.n == 0 && g.longest == 0 && g.missing == 0);
    pt_gaps_release(&g);
}

static void lengths(void)
{
    const struct pt_gaps_rule longer = {PT_TIME_MIN, PT_TIME_MAX, 1.5, 14};
    const struct pt_gaps_rule part = {20, 61, 1.5, 0};
    struct pt_gaps g = {0};
    FIND(&g, &HALF, 0, 10, 20, 30, 45, 55, 71, 81, 106);
    CHECK(g.interval == 10 && g.n == 2); /* 15 is 1.5 intervals, and no more */
    CHECK(g.v[0].from == 55 && g.v[0].missing == 1);
    CHECK(g.v[1].from == 81 && g.v[1].missing == 2); /* 2.5 rounds to 3 */
    FIND(&g, &longer, 0, 10, 20, 30, 45, 59, 74, 75);
    CHECK(g.interval == 10 && g.n == 2 && g.missing == 2 && g.longest == 15);
    find(&g, (const int64_t[]){20, 60}, 2, &part);
    CHECK(g.n == 0 && g.interval == 40);
    FIND(&g, &longer, 0, 100, 200, 300); /* long, and yet nothing is missing */
    CHECK(g.n == 3 && g.missing == 0 && g.longest == 100);
    pt_gaps_release(&g);
}

/* The whole of time is longer than a signed number says. */
static void ends_of_time(void)
{
    struct pt_gaps g = {0};
    FIND(&g, &HALF, INT64_MIN + 1, INT64_MIN + 2, INT64_MIN + 3, INT64_MAX - 1);
    CHECK(g.interval == 1 && g.n == 1);
    CHECK(g.longest == UINT64_MAX - 4);
    CHECK(g.missing == UINT64_MAX - 5);
    FIND(&g, &HALF, INT64_MIN + 1, INT64_MAX - 1);
    CHECK(g.n == 0 && g.interval > UINT64_MAX - 4096);
    pt_gaps_release(&g);
}

TEST_MAIN({"few", few}, {"lengths", lengths}, {"ends of time", ends_of_time})
