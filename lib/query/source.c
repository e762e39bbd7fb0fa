/* source.c - see source.h. */
#include "query/source.h"

#include "base/mem.h"

#include <stdlib.h>

struct pt_source {
    struct pt_store *store; /* borrowed */
};

struct pt_source *pt_source_store(struct pt_store *store)
{
    struct pt_source *s = pt_mem_alloc(sizeof *s);
    s->store = store;
    return s;
}

void pt_source_free(struct pt_source *s)
{
    free(s);
}

int pt_source_each_series(struct pt_source *s, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err)
{
    return pt_store_each_series(s->store, selector, each, ctx, err);
}

int pt_source_each_run(struct pt_source *s, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                       struct pt_err *err)
{
    return pt_store_each_run(s->store, series, range, each, ctx, err);
}

int pt_source_point_before(struct pt_source *s, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value, struct pt_err *err)
{
    return pt_store_point_before(s->store, series, t, ts, value, err);
}
