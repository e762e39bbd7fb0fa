/* reach.h - how many points a series has, and from when to when.
 *
 * A store knows it from the rows that describe chunks: none is opened. */
#ifndef PT_QUERY_REACH_H
#define PT_QUERY_REACH_H

#include "store/store.h"

/* The zero value is that of no points. */
struct pt_reach {
    uint64_t n;
    int64_t first, last; /* times; nothing when n = 0 */
};

int pt_reach_read(struct pt_reach *e, struct pt_store *store, int64_t series,
                   struct pt_err *err);

void pt_reach_join(struct pt_reach *e, const struct pt_reach *with);

#endif
