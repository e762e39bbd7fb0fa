/* gather.c - see gather.h.
 *
 * A heap would keep exactly as many as were asked for, but its texts would have to be allocated one
 * by one.  Instead documents are added until there are twice as many; then they are sorted, and the
 * half that stays moves to a new arena.  Each document is so sorted and copied a bounded number of
 * times on average, and those that lie beyond the half that stayed are refused at once. */
#include "store/gather.h"

#include "base/mem.h"

#include <stdlib.h>

enum { PRUNE_FROM = 256 }; /* documents; fewer are not worth it */

static int by_time(const void *a, const void *b)
{
    const struct pt_store_document *x = a, *y = b;
    if (x->ts != y->ts)
        return x->ts < y->ts ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Sorts, and drops those that are too many. */
void pt_gather_order(struct pt_gather *g)
{
    if (g->n)
        qsort(g->v, g->n, sizeof *g->v, by_time);
    if (!g->most || g->n <= g->most)
        return;
    if (g->newest)
        memmove(g->v, g->v + (g->n - g->most), g->most * sizeof *g->v);
    g->n = g->most;
}

static void prune(struct pt_gather *g)
{
    struct pt_arena kept = {0};
    pt_gather_order(g);
    for (size_t i = 0; i < g->n; i++)
        g->v[i] = pt_store_document_keep(&g->v[i], &kept);
    pt_arena_release(&g->arena);
    g->arena = kept;
    g->bounded = true;
    g->bound = g->v[g->newest ? 0 : g->n - 1].ts;
}

bool pt_gather_wants(const struct pt_gather *g, int64_t ts)
{
    return !g->bounded || (g->newest ? ts >= g->bound : ts <= g->bound);
}

void pt_gather_add(struct pt_gather *g, const struct pt_store_document *d)
{
    g->v = pt_mem_grow(g->v, &g->cap, g->n + 1, sizeof *g->v);
    g->v[g->n++] = pt_store_document_keep(d, &g->arena);
    if (g->most && g->n >= PRUNE_FROM && g->n / 2 >= g->most)
        prune(g);
}

void pt_gather_release(struct pt_gather *g)
{
    free(g->v);
    pt_arena_release(&g->arena);
    *g = (struct pt_gather){0};
}
