/* merge.h - private to store/: points of any time into the chunks of a series.
 *
 * Keeps the invariant that chunks do not overlap.  Points that fall into a chunk, or that fit into
 * the one before their gap, are merged with it; others become chunks of their own.  Costs one
 * decode and one encode for each chunk that is touched. */
#ifndef PT_STORE_MERGE_H
#define PT_STORE_MERGE_H

#include "store/db.h"

/* c: in order, out of the batches batch0 to batch1.  Of points that were there already the largest
 * value stays, and the other one is added to *lost (may be NULL). */
int pt_merge_points(struct pt_store *s, int64_t series, const struct pt_column *c, int64_t batch0,
                    int64_t batch1, struct pt_column *lost, struct pt_err *err);

/* Writes all of c (in order, any length) as chunks of about the same length. */
int pt_merge_write(struct pt_store *s, int64_t series, const struct pt_column *c, int64_t batch0,
                   int64_t batch1, struct pt_err *err);

/* The end of the series' last chunk and how many points it has; PT_TIME_MIN and 0 without one. */
int pt_merge_last_chunk(struct pt_store *s, int64_t series, int64_t *end, uint64_t *n,
                        struct pt_err *err);

/* Moves the points of the series' last chunk to the front of c, whose points are later, and its row
 * to *taken: 1, 0 when there is none, -1. */
int pt_merge_take_chunk(struct pt_store *s, int64_t series, struct pt_column *c,
                        struct pt_db_chunk *taken, struct pt_err *err);

/* Moves the series' tail to the end of out; *batch0 and *batch1 widen to its batches. */
int pt_merge_take_tail(struct pt_store *s, int64_t series, struct pt_column *out, int64_t *batch0,
                       int64_t *batch1, struct pt_err *err);

#endif
