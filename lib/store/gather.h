/* gather.h - documents that are kept: all that come, or only the earliest or the latest of them.
 *
 *      struct pt_gather g = {.most = 10, .newest = true};
 *      pt_gather_add(&g, &document) ...
 *      pt_gather_order(&g);    g.v[0] to g.v[g.n - 1] in order of time, then of arrival
 *      pt_gather_release(&g);
 *
 * The zero value keeps all.  With `most` it takes memory for about twice as many, however many
 * come. */
#ifndef PT_STORE_GATHER_H
#define PT_STORE_GATHER_H

#include "base/arena.h"
#include "store/store.h"

struct pt_gather {
    uint64_t most; /* 0: all */
    bool newest;   /* the latest, else the earliest */
    struct pt_store_document *v; /* n of them; the texts live as long as the gathering */
    size_t n, cap;
    bool bounded; /* as many as asked for were there: what lies beyond this time is none of them */
    int64_t bound;
    struct pt_arena arena;
};

/* Whether a document of this time may be one of those that stay. */
bool pt_gather_wants(const struct pt_gather *g, int64_t ts);

void pt_gather_add(struct pt_gather *g, const struct pt_store_document *d); /* makes a copy */
void pt_gather_order(struct pt_gather *g);
void pt_gather_release(struct pt_gather *g);

/* Adds what the filter matches, and puts all in order.  Of one type, the earliest and the latest
 * are found without reading the others.  0 or -1 with err. */
int pt_store_gather(struct pt_store *s, const struct pt_store_filter *filter, struct pt_gather *g,
                    struct pt_err *err);

#endif
