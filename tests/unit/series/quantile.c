/* quantile.c - type 7 quantiles against a sorted array, and published ones. */
#include "series/quantile.h"

#include "../test.h"

#include <stdlib.h>

static uint64_t seed = 4;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* By the definition, on values in order. */
static double expected(const double *sorted, size_t n, double q)
{
    double h = (double)(n - 1) * q;
    size_t k = (size_t)floor(h);
    if (k + 1 >= n)
        return sorted[n - 1];
    return sorted[k] + (h - (double)k) * (sorted[k + 1] - sorted[k]);
}

static void fill(double *v, size_t n, int kind)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t r = test_random(&seed);
        v[i] = kind == 0   ? (double)(r >> 11) / 1e9
               : kind == 1 ? (double)(r % 5)
               : kind == 2 ? (double)i
               : kind == 3 ? (double)(n - i)
               : kind == 4 ? (double)(i % 2 ? i : n - i)
                           : 7;
    }
}

static void against_sorting(void)
{
    static const double Q[] = {0.99, 0.5, 0, 1, 0.25, 0.5, 0.95, 0.001, 1.0 / 3};
    enum { NQ = sizeof Q / sizeof *Q, MOST = 3000 };
    static double v[MOST], sorted[MOST];
    for (int kind = 0; kind < 6; kind++)
        for (size_t n = 1; n <= MOST; n += 1 + n / 3) {
            double out[NQ];
            fill(v, n, kind);
            memcpy(sorted, v, n * sizeof *v);
            qsort(sorted, n, sizeof *sorted, by_value);
            pt_quantile_select(v, n, Q, NQ, out);
            for (size_t i = 0; i < NQ; i++) {
                double want = expected(sorted, n, Q[i]);
                CHECK_NEAR(out[i], want, 1e-9 * (1 + fabs(want)));
            }
            qsort(v, n, sizeof *v, by_value); /* still the same values */
            CHECK(memcmp(v, sorted, n * sizeof *v) == 0);
        }
}

/* R: quantile(c(1, 2, 4, 8, 16, 32), c(.1, .25, .5, .9)) */
static void published(void)
{
    static const double Q[] = {0.1, 0.25, 0.5, 0.9};
    double v[] = {32, 1, 16, 2, 8, 4}, out[4];
    pt_quantile_select(v, 6, Q, 4, out);
    CHECK_NEAR(out[0], 1.5, 1e-15);
    CHECK_NEAR(out[1], 2.5, 1e-15);
    CHECK_NEAR(out[2], 6, 1e-15);
    CHECK_NEAR(out[3], 24, 1e-14);
}

static void edges(void)
{
    double one[] = {3}, huge[] = {-1.7e308, 1.7e308}, half = 0.5, out;
    pt_quantile_select(NULL, 0, &half, 1, &out);
    CHECK(isnan(out));
    pt_quantile_select(one, 1, &half, 1, &out);
    CHECK(out == 3);
    pt_quantile_select(huge, 2, &half, 1, &out);
    CHECK_NEAR(out, 0, 1e293);
}

TEST_MAIN({"against sorting", against_sorting}, {"published", published}, {"edges", edges})
