/* rank.h - exact quantiles of more values than memory is to hold, in two passes over them.
 *
 * A sketch of all values, made in the first pass, counts the values of each of its buckets exactly,
 * so it tells which buckets hold the wanted ranks.  The second pass keeps those buckets' values
 * only: of values that vary one or two in a hundred for each quantile.
 *
 * Order of calls: pt_rank_begin, pt_rank_add for all values, pt_rank_end, pt_rank_release. */
#ifndef PT_QUERY_RANK_H
#define PT_QUERY_RANK_H

#include "series/quantile.h"
#include "series/sketch.h"

struct pt_rank_bucket {
    struct pt_sketch_bucket is;
    double *values;
    size_t n, cap;
};

/* The zero value is empty. */
struct pt_rank {
    int type; /* of the quantiles, 1..9; 0: 7 */
    struct pt_rank_bucket buckets[2 * PT_QUANTILES_MOST]; /* n of them, in ascending order */
    size_t n;
    uint64_t of; /* values */
};

/* q: nq (at most PT_QUANTILES_MOST) shares from 0 to 1, in any order; the sketch is not empty. */
void pt_rank_begin(struct pt_rank *r, const struct pt_sketch *sketch, const double *q, size_t nq);

/* n values, at most a pass's.  O(n) for each bucket. */
void pt_rank_add(struct pt_rank *r, const double *v, size_t n);

/* The quantiles as pt_quantile_select_as gives them; q and nq as before.  -1 with err (PT_SYSTEM) when
 * the values are not those that the sketch was made of. */
int pt_rank_end(struct pt_rank *r, const double *q, size_t nq, double *out, struct pt_err *err);

void pt_rank_release(struct pt_rank *r);

#endif
