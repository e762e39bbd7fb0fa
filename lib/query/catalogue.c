/* catalogue.c - see catalogue.h. */
#include "query/catalogue.h"

#include "base/mem.h"

#include <stdlib.h>

static int take(void *ctx, const struct pt_store_series *s)
{
    struct pt_catalogue *c = ctx;
    c->series = pt_mem_grow(c->series, &c->cap, c->n + 1, sizeof *c->series);
    c->series[c->n++] = pt_store_series_keep(s, &c->arena);
    return 0;
}

int pt_catalogue_read(struct pt_catalogue *c, struct pt_store *store,
                      const struct pt_selector *selector, struct pt_err *err)
{
    return pt_store_each_series(store, selector, take, c, err);
}

void pt_catalogue_release(struct pt_catalogue *c)
{
    free(c->series);
    pt_arena_release(&c->arena);
    *c = (struct pt_catalogue){0};
}
