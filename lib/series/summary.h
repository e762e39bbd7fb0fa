/* summary.h - what can be said of a run of points without keeping them, mergeable.
 *
 * Sums are double-double (about 106 bits; Dekker, "A floating-point technique for extending the
 * available precision", 1971), so a sum, a mean or a variance comes out the same however the points
 * were split and merged; 64-bit integers count in full, also those that no double holds.  Increase
 * is that of a counter: the sum of the steps up, where a step down is a reset to zero (the new
 * value counts); exact, without extrapolation. */
#ifndef PT_SERIES_SUMMARY_H
#define PT_SERIES_SUMMARY_H

#include "series/column.h"

struct pt_dd {
    double hi, lo;
};

struct pt_dd pt_dd_add(struct pt_dd a, double b);
struct pt_dd pt_dd_merge(struct pt_dd a, struct pt_dd b);

struct pt_dd pt_dd_of(struct pt_num v); /* exactly */

/* The integer it is, if that is beyond +-2^53 and has 64 bits; else the nearest double. */
struct pt_num pt_dd_num(struct pt_dd a);

struct pt_summary {
    uint64_t n;
    int64_t t0, t1;          /* times of the first and the last point */
    struct pt_num min, max;
    struct pt_num first, last; /* values at t0 and t1 */
    struct pt_dd sum, squares; /* sum of v and of v * v */
    struct pt_dd increase;     /* over the steps between consecutive points of one series */
};

/* Points begin..end of an ordered column, n = 0 when empty. */
struct pt_summary pt_summary_of(const struct pt_column *c, size_t begin, size_t end);

/* The same without squares and increase, which take most of the time. */
struct pt_summary pt_summary_sum(const struct pt_column *c, size_t begin, size_t end);

/* Adds a later run of the same series: the step from a's last to b's first counts as increase. */
void pt_summary_append(struct pt_summary *a, const struct pt_summary *b);

/* Adds another series' points: increases add, first and last go by time (ties: the larger
 * value). */
void pt_summary_merge(struct pt_summary *a, const struct pt_summary *b);

double pt_summary_mean(const struct pt_summary *s);
struct pt_dd pt_summary_average(const struct pt_summary *s); /* the same before it is rounded */

/* Of a sample, n - 1; NaN for n < 2 or overflow. */
double pt_summary_variance(const struct pt_summary *s);
double pt_summary_stddev(const struct pt_summary *s);

/* The increase of one step from a to b. */
static inline double pt_summary_step(double a, double b)
{
    return b >= a ? b - a : b;
}

/* The same of values that may be integers beyond 2^53, then without rounding. */
struct pt_dd pt_summary_rise(struct pt_num a, struct pt_num b);

/* b - a, in a pair's precision. */
struct pt_dd pt_summary_change(struct pt_num a, struct pt_num b);

#endif
