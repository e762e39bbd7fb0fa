/* histogram.h - how many values lie in each bucket, as a JSON object from upper bound to count.
 *
 * A value lies in the first bucket whose bound is not below it; what is above the last bound is in
 * the bucket "+Inf".  Without given bounds they are 1, 2 and 5 times the powers of ten, their
 * negatives and 0, and only buckets that hold values are named. */
#ifndef PT_QUERY_HISTOGRAM_H
#define PT_QUERY_HISTOGRAM_H

#include "base/buf.h"
#include "base/err.h"
#include "query/bag.h"

enum { PT_BUCKETS_MOST = 1000 };

/* Reads "1,2.5,10", ascending, into bounds[PT_BUCKETS_MOST]; how many, or -1 with err (PT_USAGE).
 */
int pt_buckets_parse(const char *list, double *bounds, struct pt_err *err);

/* Appends the histogram of the bag; bounds may be NULL. */
void pt_histogram_write(const struct pt_bag *bag, const double *bounds, size_t nbounds,
                        struct pt_buf *out);

/* The least of the bounds without given ones that is not below v; infinity behind the last. */
double pt_histogram_bound(double v);

#endif
