/* quantile.c - see quantile.h.
 *
 * Selection is quickselect (Hoare, "Algorithm 65: Find", 1961) with two guards.  The partition is
 * Lomuto's written without a branch on the comparison, because a mispredicted branch costs more
 * than the swap that it saves; since that partition sends ties to one side, a second pass parts the
 * ties off when the wanted rank is among them, so equal values cost no more than others.  And, as
 * in Musser's introselect (1997), an unlucky series of pivots is cut short: after 2 log2 n of them
 * the rest is sorted by heap.
 *
 * Several quantiles of one array go in ascending order of rank.  What stands behind a selected rank
 * is not below it, so each following rank is looked for only there: p50, p95, p99 together cost
 * little more than p50 alone. */
#include "series/quantile.h"

#include <float.h>
#include <math.h>

enum { NINTHER_FROM = 128 }; /* from this size on the pivot is chosen with more care */

static inline void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

static double median3(double a, double b, double c)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Tukey's ninther for long arrays: the median of the medians of three threes, spread evenly. */
static double choose_pivot(const double *v, size_t n)
{
    size_t step = n / 9;
    if (n < NINTHER_FROM)
        return median3(v[0], v[n / 2], v[n - 1]);
    return median3(median3(v[0], v[step], v[2 * step]),
                   median3(v[3 * step], v[4 * step], v[5 * step]),
                   median3(v[6 * step], v[7 * step], v[n - 1]));
}

/* Moves what is below the pivot to the front; returns how many. */
static size_t part_below(double *v, size_t n, double pivot)
{
    size_t below = 0;
    for (size_t i = 0; i < n; i++) {
        double x = v[i];
        v[i] = v[below];
        v[below] = x;
        below += x < pivot;
    }
    return below;
}

/* The same for what equals the pivot, in an array that holds nothing below it. */
static size_t part_equal(double *v, size_t n, double pivot)
{
    size_t equal = 0;
    for (size_t i = 0; i < n; i++) {
        double x = v[i];
        v[i] = v[equal];
        v[equal] = x;
        equal += x <= pivot;
    }
    return equal;
}

static void sift(double *v, size_t n, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && v[child + 1] > v[child])
            child++;
        if (v[child] <= v[i])
            return;
        swap(&v[child], &v[i]);
    }
}

static void heap_sort(double *v, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift(v, n, i);
    for (size_t end = n; end-- > 1;) {
        swap(&v[0], &v[end]);
        sift(v, end, 0);
    }
}

static double take_least(double *v, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (v[i] < v[least])
            least = i;
    swap(&v[0], &v[least]);
    return v[0];
}

double pt_quantile_nth(double *v, size_t n, size_t k)
{
    int tries = 4;
    for (size_t i = n; i > 1; i /= 2)
        tries += 2;
    while (k > 0 && tries-- > 0) {
        double pivot = choose_pivot(v, n);
        size_t below = part_below(v, n, pivot), equal;
        if (k < below) {
            n = below;
            continue;
        }
        equal = part_equal(v + below, n - below, pivot);
        if (k < below + equal)
            return pivot;
        v += below + equal;
        n -= below + equal;
        k -= below + equal;
    }
    if (k == 0)
        return take_least(v, n);
    heap_sort(v, n);
    return v[k];
}

/* The place h of the quantile, from 0, of the types that are continuous in q: between x[0] and
 * x[n-1], h = n q + m - 1 with the m of Hyndman & Fan's table. */
static double place(int type, double q, double n)
{
    switch (type) {
    case 5: return n * q - 0.5;
    case 6: return (n + 1) * q - 1;
    case 7: return (n - 1) * q;
    case 8: return (n + 1.0 / 3) * q - 2.0 / 3;
    case 9: return (n + 0.25) * q - 0.625;
    default: return n * q - 1; /* 4; and 1 to 3, which jump there or beside */
    }
}

/* Where types 1 to 3 jump: to the left at a step itself, but for the mean of both sides of type 2
 * and the even one of type 3. */
static double jump(int type, double k, double fraction)
{
    if (fraction > 0)
        return 1;
    if (type == 2)
        return 0.5;
    return type == 3 && fmod(k, 2) == 0 ? 1 : 0; /* x[k] is the odd one when counted from 1 */
}

size_t pt_quantile_rank_as(int type, double q, size_t n, double *fraction)
{
    double h = place(type, q, (double)n) - (type == 3 ? 0.5 : 0), near = rint(h), k;
    if (type != PT_QUANTILE_TYPE && fabs(h - near) <= 2 * DBL_EPSILON * (fabs(near) + 1))
        h = near;
    k = floor(h);
    *fraction = type <= 3 ? jump(type, k, h - k) : h - k;
    if (k < 0 || k + 1 >= (double)n || *fraction >= 1) {
        k += *fraction >= 1;
        *fraction = 0;
    }
    if (k < 0)
        return 0;
    return k < (double)n ? (size_t)k : n - 1;
}

size_t pt_quantile_rank(double q, size_t n, double *fraction)
{
    return pt_quantile_rank_as(PT_QUANTILE_TYPE, q, n, fraction);
}

double pt_quantile_between(double a, double b, double fraction)
{
    return a * (1 - fraction) + b * fraction;
}

/* The indices of q in ascending order of q, by insertion. */
static void order(const double *q, size_t nq, size_t *by_rank)
{
    for (size_t i = 0; i < nq; i++) {
        size_t k = i;
        for (; k > 0 && q[by_rank[k - 1]] > q[i]; k--)
            by_rank[k] = by_rank[k - 1];
        by_rank[k] = i;
    }
}

void pt_quantile_select_as(int type, double *v, size_t n, const double *q, size_t nq, double *out)
{
    size_t by_rank[PT_QUANTILES_MOST], done = 0; /* nothing from v[done] on is below v[done - 1] */
    order(q, nq, by_rank);
    for (size_t i = 0; i < nq; i++) {
        double fraction, low;
        size_t k;
        if (n == 0) {
            out[by_rank[i]] = NAN;
            continue;
        }
        k = pt_quantile_rank_as(type, q[by_rank[i]], n, &fraction);
        low = k < done ? v[k] : pt_quantile_nth(v + done, n - done, k - done);
        if (k >= done)
            done = k + 1;
        if (fraction > 0 && done < k + 2) {
            pt_quantile_nth(v + done, n - done, 0);
            done = k + 2;
        }
        out[by_rank[i]] = fraction > 0 ? pt_quantile_between(low, v[k + 1], fraction) : low;
    }
}

void pt_quantile_select(double *v, size_t n, const double *q, size_t nq, double *out)
{
    pt_quantile_select_as(PT_QUANTILE_TYPE, v, n, q, nq, out);
}
