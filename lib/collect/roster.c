/* roster.c - see roster.h. */
#include "collect/roster.h"

#include "base/mem.h"

#include <stdlib.h>

static bool named(const struct pt_roster *r, size_t i, struct pt_str name)
{
    return i < r->n && pt_str_is(name, r->v[i]->name);
}

static size_t find(const struct pt_roster *r, struct pt_str name)
{
    size_t i = 0;
    if (named(r, r->next, name))
        return r->next;
    while (i < r->n && !named(r, i, name))
        i++;
    return i;
}

void *pt_roster_see(struct pt_roster *r, struct pt_str name)
{
    size_t i = find(r, name);
    if (i == r->n) {
        r->v = pt_mem_grow(r->v, &r->cap, r->n + 1, sizeof(struct pt_roster_item *));
        r->v[r->n] = pt_mem_alloc(r->item_size);
        *r->v[r->n++] = (struct pt_roster_item){pt_mem_strndup(name.p, name.n), true, false};
    }
    if (r->v[i]->seen)
        return NULL;
    r->v[i]->seen = true;
    r->next = i + 1;
    return r->v[i];
}

static void forget(struct pt_roster *r, struct pt_roster_item *item)
{
    if (r->release)
        r->release(item);
    free(item->name);
    free(item);
}

void pt_roster_sweep(struct pt_roster *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct pt_roster_item *item = r->v[i];
        if (!item->seen) {
            forget(r, item);
            continue;
        }
        item->seen = item->fresh = false;
        r->v[kept++] = item;
    }
    r->n = kept;
    r->next = 0;
}

void pt_roster_release(struct pt_roster *r)
{
    for (size_t i = 0; i < r->n; i++)
        forget(r, r->v[i]);
    free(r->v);
    r->v = NULL;
    r->n = r->cap = r->next = 0;
}
