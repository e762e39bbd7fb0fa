/* ranks.c - see ranks.h.
 *
 * Both samples are sorted and walked side by side, one group of ties at a time, which gives u and
 * the correction for ties at once.  Neither ranks nor a merged array are made. */
#include "stats/ranks.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

enum { FEW = 8, MANY = 64 }; /* sizes up to which the distribution is counted out */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many values from v[i] on equal `value`. */
static size_t tied(const double *v, size_t n, size_t i, double value)
{
    size_t end = i;
    while (end < n && v[end] == value)
        end++;
    return end - i;
}

/* u of two sorted samples, and the sum of t^3 - t over the groups of t ties. */
static double count_pairs(const double *a, size_t na, const double *b, size_t nb, double *ties)
{
    double u = 0;
    *ties = 0;
    for (size_t i = 0, k = 0; i < na || k < nb;) {
        double value = k == nb || (i < na && a[i] <= b[k]) ? a[i] : b[k];
        size_t ta = tied(a, na, i, value), tb = tied(b, nb, k, value);
        double t = (double)(ta + tb);
        u += (double)ta * ((double)k + (double)tb / 2);
        *ties += t * t * t - t;
        i += ta;
        k += tb;
    }
    return u;
}

/* P(U <= u) for samples of m and n without ties: of the orders of m a's and n b's, those with at
 * most u pairs (a, b) with a > b.  Row n of m holds how many orders have each number of pairs; the
 * last value is an a, above n b's, or a b (Mann & Whitney, equation 1). */
static double count_orders(size_t m, size_t n, size_t u)
{
    static const size_t PAIRS = FEW * MANY + 1;
    double *rows = pt_mem_array((n + 1) * PAIRS, sizeof *rows), all = 0, below = 0;
    for (size_t k = 0; k <= n; k++)
        rows[k * PAIRS] = 1;
    for (size_t i = 1; i <= m; i++)
        for (size_t k = 1; k <= n; k++)
            for (size_t pairs = i * k + 1; pairs-- > 0;)
                rows[k * PAIRS + pairs] = (pairs >= k ? rows[k * PAIRS + pairs - k] : 0) +
                                          rows[(k - 1) * PAIRS + pairs];
    for (size_t pairs = 0; pairs <= m * n; pairs++) {
        all += rows[n * PAIRS + pairs];
        below += pairs <= u ? rows[n * PAIRS + pairs] : 0;
    }
    free(rows);
    return below / all;
}

static double normal_p(double u, double na, double nb, double ties)
{
    double n = na + nb, middle = na * nb / 2;
    double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
    double distance = fabs(u - middle) - 0.5; /* continuity */
    if (!(variance > 0) || distance < 0)
        return 1;
    return erfc(distance / sqrt(2 * variance));
}

struct pt_mann_whitney pt_mann_whitney(double *a, size_t na, double *b, size_t nb)
{
    size_t few = na < nb ? na : nb, many = na < nb ? nb : na;
    struct pt_mann_whitney out = {0};
    double ties, least;
    if (few == 0)
        return (struct pt_mann_whitney){.p = NAN};
    qsort(a, na, sizeof *a, ascending);
    qsort(b, nb, sizeof *b, ascending);
    out.u = count_pairs(a, na, b, nb, &ties);
    out.exact = few <= FEW && many <= MANY && ties == 0;
    least = fmin(out.u, (double)na * (double)nb - out.u);
    out.p = out.exact ? fmin(1, 2 * count_orders(few, many, (size_t)least))
                      : normal_p(out.u, (double)na, (double)nb, ties);
    return out;
}
