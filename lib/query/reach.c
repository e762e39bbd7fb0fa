/* reach.c - see reach.h. */
#include "query/reach.h"

void pt_reach_join(struct pt_reach *e, const struct pt_reach *with)
{
    if (!with->n)
        return;
    if (!e->n || with->first < e->first)
        e->first = with->first;
    if (!e->n || with->last > e->last)
        e->last = with->last;
    e->n += with->n;
}

static int take_run(void *reach, const struct pt_store_run *run)
{
    const struct pt_column *c = run->points;
    const struct pt_summary *s = run->summary;
    pt_reach_join(reach, c ? &(struct pt_reach){c->n, c->ts[0], c->ts[c->n - 1]}
                             : &(struct pt_reach){s->n, s->t0, s->t1});
    return 0;
}

int pt_reach_read(struct pt_reach *e, struct pt_store *store, int64_t series,
                   struct pt_err *err)
{
    const struct pt_store_range all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX,
                                       .summaries = true, .detail = PT_STORE_EXTENT};
    *e = (struct pt_reach){0};
    return pt_store_each_run(store, series, &all, take_run, e, err);
}
