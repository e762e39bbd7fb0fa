/* source.c - see source.h.
 *
 * A source is one of two things and every call goes straight to it; with two kinds, both known
 * here, a table of functions would only hide where a call ends up. */
#include "query/source.h"

#include "base/mem.h"
#include "query/memory.h"

#include <stdlib.h>

struct pt_source {
    struct pt_store *store;   /* borrowed; NULL for a source in memory */
    struct pt_memory *memory; /* owned; NULL for a store */
};

struct pt_source *pt_source_store(struct pt_store *store)
{
    struct pt_source *s = pt_mem_alloc(sizeof *s);
    s->store = store;
    return s;
}

struct pt_source *pt_source_memory(void)
{
    struct pt_source *s = pt_mem_alloc(sizeof *s);
    s->memory = pt_memory_new();
    return s;
}

void pt_source_free(struct pt_source *s)
{
    if (!s)
        return;
    pt_memory_free(s->memory);
    free(s);
}

int pt_source_add(struct pt_source *s, const struct pt_record *record, struct pt_err *err)
{
    return pt_memory_add(s->memory, record, err);
}

void pt_source_want(struct pt_source *s, const struct pt_selector *selector)
{
    pt_memory_want(s->memory, selector);
}

int pt_source_each_series(struct pt_source *s, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err)
{
    return s->store ? pt_store_each_series(s->store, selector, each, ctx, err)
                    : pt_memory_each_series(s->memory, selector, each, ctx, err);
}

int pt_source_each_run(struct pt_source *s, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                       struct pt_err *err)
{
    return s->store ? pt_store_each_run(s->store, series, range, each, ctx, err)
                    : pt_memory_each_run(s->memory, series, range, each, ctx);
}

int pt_source_point_before(struct pt_source *s, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value, struct pt_err *err)
{
    return s->store ? pt_store_point_before(s->store, series, t, ts, value, err)
                    : pt_memory_point_before(s->memory, series, t, ts, value);
}
