/* catalogue.c - see catalogue.h. */
#include "query/catalogue.h"

#include "base/mem.h"

#include <stdlib.h>

static struct pt_str keep(struct pt_arena *a, struct pt_str s)
{
    char *p = pt_arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (struct pt_str){p, s.n};
}

static int take(void *ctx, const struct pt_store_series *s)
{
    struct pt_catalogue *c = ctx;
    c->series = pt_mem_grow(c->series, &c->cap, c->n + 1, sizeof *c->series);
    c->series[c->n++] = (struct pt_store_series){.id = s->id, .kind = s->kind,
                                                 .name = keep(&c->arena, s->name),
                                                 .tags = keep(&c->arena, s->tags),
                                                 .unit = keep(&c->arena, s->unit)};
    return 0;
}

int pt_catalogue_read(struct pt_catalogue *c, struct pt_source *source,
                      const struct pt_selector *selector, struct pt_err *err)
{
    return pt_source_each_series(source, selector, take, c, err);
}

void pt_catalogue_release(struct pt_catalogue *c)
{
    free(c->series);
    pt_arena_release(&c->arena);
    *c = (struct pt_catalogue){0};
}
