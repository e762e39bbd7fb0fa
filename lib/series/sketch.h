/* sketch.h - how values are distributed, in few bytes, mergeable: pt-store(5), "Sketches".
 *
 * A histogram whose buckets are the sign, the exponent and the top six bits of the mantissa of a
 * double: 64 buckets of equal width for each power of two, as in HdrHistogram (Tene, 2012), and
 * with the promise of DDSketch (Masson, Rim & Lee, "DDSketch", VLDB 2019): every value is known to
 * a relative error.  Proof: a bucket of magnitudes from 2^e has the width 2^e / 64, so its middle
 * is within 2^e / 128 of each value in it, whose magnitude is at least 2^e; the error is at most
 * PT_SKETCH_ERROR = 2^-7 of the value.  Zero is kept by itself and exact.  Below 2^-1022, where
 * doubles lose bits, the error is at most 2^-1029 instead.
 *
 * Unlike DDSketch there is no logarithm to take, and merging is the addition of counts: exact, in
 * any order, with no loss however often. */
#ifndef PT_SERIES_SKETCH_H
#define PT_SERIES_SKETCH_H

#include "base/buf.h"
#include "base/err.h"
#include "series/column.h"

#define PT_SKETCH_ERROR 0x1p-7

/* Counts of buckets first .. first + n - 1; all others are 0. */
struct pt_sketch_side {
    uint32_t first, n;
    uint64_t *count;
};

/* The zero value is an empty sketch.  Sides take 8 bytes a bucket between the least and the
 * greatest magnitude: 512 bytes for each power of two, 1 MiB at most. */
struct pt_sketch {
    uint64_t n, zeros;
    struct pt_sketch_side negative, positive; /* by magnitude */
};

void pt_sketch_add(struct pt_sketch *s, const double *v, size_t n); /* finite values */
void pt_sketch_clear(struct pt_sketch *s);   /* empties it and keeps its memory */
void pt_sketch_release(struct pt_sketch *s);

/* Adds another one's values. */
void pt_sketch_join(struct pt_sketch *s, const struct pt_sketch *other);

/* Appends the sketch as bytes. */
void pt_sketch_write(const struct pt_sketch *s, struct pt_buf *out);

/* Adds a sketch that was written.  -1 with err (PT_SYSTEM) when the bytes are no sketch; s then
 * holds some of it.  Never reads beyond the bytes. */
int pt_sketch_merge(struct pt_sketch *s, struct pt_str bytes, struct pt_err *err);

/* About the k-th smallest value, k < n: the middle of the bucket that holds it.  So within
 * PT_SKETCH_ERROR of the true one; it may lie beyond the least or the greatest value, and whoever
 * knows those cuts it there. */
double pt_sketch_nth(const struct pt_sketch *s, uint64_t k);

/* The bucket that holds the k-th smallest value, k < n: all values from `least` to `most` are in it,
 * `n` of them, and `below` are less. */
struct pt_sketch_bucket {
    double least, most;
    uint64_t below, n;
};
struct pt_sketch_bucket pt_sketch_find(const struct pt_sketch *s, uint64_t k);

/* The q-quantile of type 7 (quantile.h) with both order statistics by pt_sketch_nth: where these
 * have one sign, within PT_SKETCH_ERROR of the true quantile, else within PT_SKETCH_ERROR of the
 * larger magnitude of the two.  NaN when empty. */
double pt_sketch_quantile(const struct pt_sketch *s, double q);

/* Whether a sketch of points begin..end is likely to be asked for and cheap: not of few points, of
 * values that hardly change, or of a counter, whose values only rise. */
bool pt_sketch_worth(const struct pt_column *c, size_t begin, size_t end);

/* Appends the sketch of points begin..end to out, if it is worth having and takes less than
 * half a byte a point; returns how many bytes that were. */
size_t pt_sketch_put(const struct pt_column *c, size_t begin, size_t end, struct pt_buf *out);

#endif
