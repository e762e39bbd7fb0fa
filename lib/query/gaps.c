/* gaps.c - see gaps.h.
 *
 * The interval is known only when all steps are, so the times of a series are kept and looked at a
 * second time.  The median is selected from doubles, by what selects quantiles; that is exact for
 * steps of up to 104 days.  The differences of times may need 64 bits without a sign. */
#include "query/gaps.h"

#include "base/mem.h"
#include "series/quantile.h"

#include <stdlib.h>

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct pt_gaps *g = ctx;
    const struct pt_column *c = run->points;
    g->ts = pt_mem_grow(g->ts, &g->ts_cap, g->points + c->n, sizeof *g->ts);
    memcpy(g->ts + g->points, c->ts, c->n * sizeof *g->ts);
    g->points += c->n;
    return 0;
}

static uint64_t step(const struct pt_gaps *g, size_t i)
{
    return (uint64_t)g->ts[i + 1] - (uint64_t)g->ts[i];
}

static uint64_t median_step(struct pt_gaps *g)
{
    size_t n = g->points - 1;
    double median;
    g->steps = pt_mem_grow(g->steps, &g->steps_cap, n, sizeof *g->steps);
    for (size_t i = 0; i < n; i++)
        g->steps[i] = (double)step(g, i);
    median = pt_quantile_nth(g->steps, n, (n - 1) / 2);
    return median < 0x1p64 ? (uint64_t)median : UINT64_MAX; /* rounded up to what does not fit */
}

static bool too_long(const struct pt_gaps *g, const struct pt_gaps_rule *rule, uint64_t length)
{
    return rule->longer ? length > (uint64_t)rule->longer
                        : (double)length > rule->times * (double)g->interval;
}

static void add_gap(struct pt_gaps *g, size_t i)
{
    uint64_t length = step(g, i), fit = length / g->interval;
    fit += length % g->interval >= g->interval - g->interval / 2;
    g->v = pt_mem_grow(g->v, &g->cap, g->n + 1, sizeof *g->v);
    g->v[g->n++] = (struct pt_gap){g->ts[i], g->ts[i + 1], fit > 1 ? fit - 1 : 0};
    g->missing += g->v[g->n - 1].missing;
    g->longest = length > g->longest ? length : g->longest;
}

int pt_gaps_find(struct pt_gaps *g, struct pt_store *store, int64_t series,
                 const struct pt_gaps_rule *rule, struct pt_err *err)
{
    const struct pt_store_range range = {.since = rule->since, .until = rule->until};
    g->points = g->interval = g->longest = g->missing = 0;
    g->n = 0;
    if (pt_store_each_run(store, series, &range, take_run, g, err) != 0)
        return -1;
    if (g->points < 2)
        return 0;
    g->interval = median_step(g);
    for (size_t i = 0; i + 1 < g->points; i++)
        if (too_long(g, rule, step(g, i)))
            add_gap(g, i);
    return 0;
}

double pt_gaps_coverage(const struct pt_gaps *g)
{
    return (double)g->points / ((double)g->points + (double)g->missing);
}

void pt_gaps_release(struct pt_gaps *g)
{
    free(g->v);
    free(g->ts);
    free(g->steps);
    *g = (struct pt_gaps){0};
}
