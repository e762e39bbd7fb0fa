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

/* The nine types of Hyndman & Fan, by the formulas of their paper in exact fractions. */
static void nine_types(void)
{
    static const double Q[] = {0, 0.05, 0.125, 0.25, 0.312, 0.5, 0.75, 0.9, 0.99, 1};
    enum { NQ = sizeof Q / sizeof *Q };
    static const double WANT[PT_QUANTILE_TYPES][NQ] = {
        {1, 1, 1, 2, 4, 8, 32, 128, 128, 128},
        {1, 1, 1.5, 3, 4, 12, 48, 128, 128, 128},
        {1, 1, 1, 2, 2, 8, 32, 64, 128, 128},
        {1, 1, 1, 2, 2.992, 8, 32, 76.8, 122.88, 128},
        {1, 1, 1.5, 3, 3.992, 12, 48, 108.8, 128, 128},
        {1, 1, 1.125, 2.5, 3.616, 12, 56, 128, 128, 128},
        {1, 1.35, 1.875, 3.5, 4.736, 12, 40, 83.2, 123.52, 128},
        {1, 1, 1.375, 2.8333333333333335, 3.8666666666666667, 12, 50.666666666666664,
         117.33333333333333, 128, 128},
        {1, 1, 1.40625, 2.875, 3.898, 12, 50, 115.2, 128, 128}};
    for (int type = 1; type <= PT_QUANTILE_TYPES; type++) {
        double v[] = {64, 1, 128, 2, 32, 8, 16, 4}, out[NQ];
        pt_quantile_select_as(type, v, 8, Q, NQ, out);
        for (size_t i = 0; i < NQ; i++)
            if (!CHECK_NEAR(out[i], WANT[type - 1][i], 1e-13 * WANT[type - 1][i]))
                printf("#   type %d, quantile %g\n", type, Q[i]);
    }
}

/* Types 1 to 3 give a value that there is, or the mean of two, to the last bit. */
static void types_that_jump(void)
{
    static const double Q[] = {0.1, 0.29, 0.3, 1.0 / 3, 0.5, 0.7, 0.99};
    for (int type = 1; type <= 3; type++)
        for (size_t n = 1; n < 200; n++) {
            double v[200], out[sizeof Q / sizeof *Q];
            for (size_t i = 0; i < n; i++)
                v[i] = 0.1 * (double)(i * 7 % n);
            pt_quantile_select_as(type, v, n, Q, sizeof Q / sizeof *Q, out);
            qsort(v, n, sizeof *v, by_value);
            for (size_t i = 0; i < sizeof Q / sizeof *Q; i++) {
                bool there = bsearch(&out[i], v, n, sizeof *v, by_value) != NULL;
                for (size_t k = 1; type == 2 && k < n; k++)
                    there = there || out[i] == v[k - 1] + (v[k] - v[k - 1]) / 2;
                CHECK(there);
            }
        }
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

TEST_MAIN({"against sorting", against_sorting}, {"published", published},
          {"nine types", nine_types}, {"types that jump", types_that_jump}, {"edges", edges})
