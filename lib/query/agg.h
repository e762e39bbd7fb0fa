/* agg.h - the aggregates: their names, their definitions, and the units of what they give.
 *
 *  count          points
 *  sum avg        double-double inside, rounded once
 *  min max        by value; 64-bit integers exactly
 *  first last     the earliest and the latest value; of several at one time the largest
 *  range          max - min
 *  stddev         sample standard deviation, n - 1; undefined for fewer than two points
 *  variance       its square
 *  pN median      quantile N / 100 (median: 1/2), of one of the nine types of Hyndman & Fan (1996)
 *  distinct       how many different values, as doubles
 *  histogram      counts by upper bound (query/histogram.h); a text, the only one
 *  increase       of counters: the sum of the steps up of each series; a step down is a reset to
 *                 zero, so the new value counts.  The step to a window's first point comes from
 *                 the series' last point before it and counts in the window of its later point;
 *                 windows that do not overlap therefore add up to the whole.  Nothing is
 *                 extrapolated.
 *  delta          of gauges: the sum of the same steps, those down too and without resets
 *  rate           increase / seconds: the window's length, or without windows that of the range,
 *                 or where the range is open the time from the group's first to its last point; of
 *                 a session the time from its first to its last point
 *  derivative     delta / the same seconds
 *  twa            the average over time, each value holding until its series' next point
 *                 (query/held.h) */
#ifndef PT_QUERY_AGG_H
#define PT_QUERY_AGG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum pt_agg_kind {
    PT_AGG_COUNT, PT_AGG_SUM, PT_AGG_AVG, PT_AGG_MIN, PT_AGG_MAX, PT_AGG_FIRST, PT_AGG_LAST,
    PT_AGG_STDDEV, PT_AGG_QUANTILE, PT_AGG_INCREASE, PT_AGG_RATE,
    PT_AGG_RANGE, PT_AGG_VARIANCE, PT_AGG_DISTINCT, PT_AGG_HISTOGRAM, PT_AGG_DELTA,
    PT_AGG_DERIVATIVE, PT_AGG_TWA
};

struct pt_agg {
    enum pt_agg_kind kind;
    double q;      /* PT_AGG_QUANTILE: 0..1 */
    char name[16]; /* as it is written: "avg", "p99", "p99.9", "median" */
};

enum { PT_AGGS_MOST = 32 };

/* One aggregate by its name; false when there is none of that name. */
bool pt_agg_named(struct pt_str name, struct pt_agg *out);

/* The name that a word was probably meant to be; NULL if there is none near, and for a quantile. */
const char *pt_agg_nearest(const char *word);

/* Whether a pt_summary tells it, or for a quantile the values alone. */
bool pt_agg_plain(const struct pt_agg *agg);

/* Reads "avg,p95,max" into out[PT_AGGS_MOST]; the count, or -1 with err (PT_USAGE) that points at
 * the character. */
int pt_agg_parse(const char *list, struct pt_agg *out, struct pt_err *err);

/* Appends the unit of the aggregate of values in `unit`: none for a count or a histogram, "1/s" or
 * "ms/s" for a rate or a derivative, "ms^2" for a variance, else the unit itself. */
void pt_agg_unit(const struct pt_agg *agg, struct pt_str unit, struct pt_buf *out);

#endif
