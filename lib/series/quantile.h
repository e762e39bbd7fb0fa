/* quantile.h - exact quantiles of an array by selection, without sorting it.
 *
 * The definitions are the nine types of Hyndman & Fan, "Sample quantiles in statistical packages"
 * (The American Statistician 50, 1996).  Type 7 is the default of R and NumPy, and here: with the n
 * values in order as x[0..n-1] and h = (n - 1) q, the quantile is (1 - (h - k)) x[k] + (h - k) x[k+1],
 * k = floor(h): in this order of doubles, which is also that of DuckDB's quantile_cont, so that both
 * give the same bits. */
#ifndef PT_SERIES_QUANTILE_H
#define PT_SERIES_QUANTILE_H

#include <stddef.h>

enum {
    PT_QUANTILES_MOST = 32, /* asked for in one call */
    PT_QUANTILE_TYPE = 7,   /* where none is named */
    PT_QUANTILE_TYPES = 9
};

/* out[i] is the q[i]-quantile (0 <= q[i] <= 1) of v[0..n-1], in any order of q; NaN when n = 0.
 * Reorders v, which holds no NaN.  Expected O(n) for all the quantiles together, O(n log n) at
 * worst, and no memory. */
void pt_quantile_select(double *v, size_t n, const double *q, size_t nq, double *out);

/* The same of a type 1..9. */
void pt_quantile_select_as(int type, double *v, size_t n, const double *q, size_t nq, double *out);

/* x[k] for k < n, and v parted there: what stands before k is not above it, what stands behind is
 * not below. */
double pt_quantile_nth(double *v, size_t n, size_t k);

/* The k of quantile q of n values, and h - k. */
size_t pt_quantile_rank(double q, size_t n, double *fraction);

/* The same of a type 1..9: the quantile lies at this fraction between x[k] and x[k+1].  Of the types
 * but 7 an h within its rounding error of a whole number is that number, as in R. */
size_t pt_quantile_rank_as(int type, double q, size_t n, double *fraction);

/* (1 - fraction) a + fraction b. */
double pt_quantile_between(double a, double b, double fraction);

#endif
