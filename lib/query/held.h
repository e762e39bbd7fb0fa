/* held.h - time-weighted averages: each value holds until its series' next point.
 *
 * The average of a window is the sum over the series of the integrals of their values over it,
 * divided by the sum of the times they had one.  The value of a series' last point before the range
 * holds from the range's begin; nothing holds behind the last point in the range.
 *
 * The order of calls: pt_held_begin, then for each series pt_held_series and its pieces in order of
 * time, then pt_held_average.  Memory: two spans for each piece of a series. */
#ifndef PT_QUERY_HELD_H
#define PT_QUERY_HELD_H

#include "series/column.h"
#include "series/summary.h"

struct pt_held_span {
    int64_t from, to;
    double value;          /* that holds, for a span that a window may cut */
    struct pt_dd integral; /* of the whole, in its unit times ns */
};

struct pt_held {
    struct pt_held_span *spans; /* in order of time within a series */
    size_t n, cap;
    size_t *series; /* where their spans begin */
    size_t nseries, series_cap;
    /* private */
    bool holds; /* the series in hand has the value `value` from `since` on */
    int64_t since;
    double value;
};

void pt_held_begin(struct pt_held *h);

/* `before` (may be NULL) is the series' last value before `since`. */
void pt_held_series(struct pt_held *h, const struct pt_num *before, int64_t since);

/* Points begin..end - 1, between which no window begins or ends. */
void pt_held_points(struct pt_held *h, const struct pt_column *points, size_t begin, size_t end);

/* The averages over start[i] to stop[i], both ascending; NaN where no value held for any time.
 * O(spans + n x series), and room for n sums. */
void pt_held_average(const struct pt_held *h, const int64_t *start, const int64_t *stop, size_t n,
                     double *out);

void pt_held_release(struct pt_held *h);

#endif
