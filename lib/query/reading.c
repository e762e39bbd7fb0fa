/* reading.c - see reading.h.
 *
 * Points are sifted run by run into a column that is kept from run to run.
 *
 * The last point before the range for which the condition holds may lie far back.  It is looked for
 * in stretches that end where the last one began, each twice as long as that, so that no more than
 * about as much is read as lies between. */
#include "query/reading.h"

#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

static const int64_t FIRST_STRETCH = 60 * PT_S;

enum pt_store_verdict pt_reading_judge(void *where, double min, double max)
{
    switch (pt_formula_over(where, &min, &max)) {
    case PT_NEVER: return PT_STORE_NONE;
    case PT_ALWAYS: return PT_STORE_EVERY;
    case PT_SOMETIMES: break;
    }
    return PT_STORE_SOME;
}

/* Leaves in r->kept the points for which the condition holds. */
static void sift(struct pt_reading *r, const struct pt_column *c)
{
    struct pt_column *kept = &r->kept;
    size_t n = 0;
    r->holds = pt_mem_grow(r->holds, &r->cap, c->n, sizeof *r->holds);
    pt_formula_holds_each(r->where, c->v, c->n, r->holds);
    pt_column_clear(kept);
    if (c->wide || kept->wide) { /* rare, so as it comes */
        for (size_t i = 0; i < c->n; i++)
            if (r->holds[i])
                pt_column_add(kept, c->ts[i], pt_column_value(c, i));
        return;
    }
    pt_column_reserve(kept, c->n);
    for (size_t i = 0; i < c->n; i++) { /* without a branch that is hard to foresee */
        kept->ts[n] = c->ts[i];
        kept->v[n] = c->v[i];
        n += r->holds[i];
    }
    kept->n = n;
}

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct pt_reading *r = ctx;
    struct pt_store_run sifted = {.points = &r->kept, .certain = true};
    if (!run->points || run->certain)
        return r->each(r->ctx, run);
    sift(r, run->points);
    return r->kept.n ? r->each(r->ctx, &sifted) : 0;
}

static int each_run(struct pt_reading *r, int64_t series, const struct pt_store_range *range,
                    int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                    struct pt_err *err)
{
    struct pt_store_range judged = *range;
    if (!r->where)
        return pt_store_each_run(r->store, series, range, each, ctx, err);
    judged.judge = pt_reading_judge;
    judged.judge_ctx = (void *)r->where;
    r->each = each;
    r->ctx = ctx;
    return pt_store_each_run(r->store, series, &judged, take_run, r, err);
}

int pt_reading_each_run(struct pt_reading *r, int64_t series,
                        int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                        struct pt_err *err)
{
    return each_run(r, series, &r->range, each, ctx, err);
}

struct last {
    bool found;
    int64_t ts;
    struct pt_num value;
};

static int note_last(void *ctx, const struct pt_store_run *run)
{
    const struct pt_column *c = run->points;
    *(struct last *)ctx =
        c ? (struct last){true, c->ts[c->n - 1], pt_column_value(c, c->n - 1)}
          : (struct last){true, run->summary->t1, run->summary->last};
    return 0;
}

/* Without a condition, and where damage is an error, the store knows. */
int pt_reading_before(struct pt_reading *r, int64_t series, int64_t *ts, struct pt_num *value,
                      struct pt_err *err)
{
    struct pt_store_range range = {.until = r->range.since, .summaries = true,
                                   .detail = PT_STORE_ENDS, .damaged = r->range.damaged,
                                   .damaged_ctx = r->range.damaged_ctx, .effort = r->range.effort};
    struct last last = {0};
    int64_t stretch = FIRST_STRETCH;
    if (range.until == PT_TIME_MIN)
        return 0;
    if (!r->where && !range.damaged)
        return pt_store_point_before(r->store, series, range.until, ts, value, err);
    do {
        range.since = range.until < PT_TIME_MIN + stretch ? PT_TIME_MIN : range.until - stretch;
        if (each_run(r, series, &range, note_last, &last, err) != 0)
            return -1;
        range.until = range.since;
        stretch = stretch > INT64_MAX / 2 ? stretch : stretch * 2;
    } while (!last.found && range.since > PT_TIME_MIN);
    *ts = last.ts;
    *value = last.value;
    return last.found;
}

void pt_reading_release(struct pt_reading *r)
{
    pt_column_release(&r->kept);
    free(r->holds);
    r->holds = NULL;
    r->cap = 0;
}
