/* quantile.c - quantiles: against sorting, over shapes that are unkind to quickselect, and by the
 * definition. */
#include "series/quantile.h"
#include "../test.h"

#include <stdlib.h>

enum { MOST = 3000 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One of a few shapes: random, few distinct values, sorted, reversed, organ pipe, saw. */
static double shape(int kind, size_t i, size_t n, uint64_t *state)
{
    uint64_t r = test_random(state);
    switch (kind) {
    case 0: return (double)r;
    case 1: return (double)(r % 4);
    case 2: return (double)i;
    case 3: return (double)(n - i);
    case 4: return (double)(i < n / 2 ? i : n - i);
    case 5: return (double)(i % 7);
    default: return 1;
    }
}

static void agrees_with_sorting(void)
{
    static const size_t SIZES[] = {1, 2, 3, 9, 127, 128, 1000, MOST};
    static const double Q[] = {0.99, 0, 0.5, 1, 0.999, 0.5, 0.01};
    enum { NQ = sizeof Q / sizeof Q[0] };
    static double v[MOST], sorted[MOST];
    uint64_t state = 7;
    double out[NQ];
    for (int kind = 0; kind < 7; kind++)
        for (size_t s = 0; s < sizeof SIZES / sizeof SIZES[0]; s++) {
            size_t n = SIZES[s];
            for (size_t i = 0; i < n; i++)
                sorted[i] = v[i] = shape(kind, i, n, &state);
            qsort(sorted, n, sizeof *sorted, ascending);
            pt_quantile_select(v, n, Q, NQ, out);
            for (int i = 0; i < NQ; i++) {
                double h = (double)(n - 1) * Q[i];
                size_t k = (size_t)h;
                double next = sorted[k + 1 < n ? k + 1 : k];
                CHECK_NEAR(out[i], sorted[k] + (h - (double)k) * (next - sorted[k]),
                           1e-13 * fabs(sorted[k]) + 1e-9);
            }
            qsort(v, n, sizeof *v, ascending); /* reordered, not changed */
            CHECK(memcmp(v, sorted, n * sizeof *v) == 0);
        }
}

/* Hyndman & Fan's type 7 as R 4.2 gives it: quantile(c(1,2,4,8,16), p). */
static void is_type_7(void)
{
    static const double Q[] = {0, 0.1, 0.25, 0.5, 0.9, 1};
    static const double WANT[] = {1, 1.4, 2, 4, 12.8, 16};
    double v[] = {16, 1, 8, 2, 4}, out[6];
    pt_quantile_select(v, 5, Q, 6, out);
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(out[i], WANT[i], 1e-15 * WANT[i]);
}

/* The bits that DuckDB 1.5 gives for quantile_cont of these values. */
static void agrees_with_duckdb(void)
{
    static const struct {
        double q, want;
    } T[] = {{0.05, 0.030700000000000005},
             {0.2, 0.1},
             {0.29, 0.1},
             {0.45, 0.24000000000000005},
             {0.5, 0.3},
             {0.71, 10.655999999999993},
             {0.77, 21.672},
             {0.83, 32.68799999999998},
             {0.95, 7000000009.989993},
             {0.99, 9400000001.997993},
             {0.999, 9940000000.199799}};
    for (size_t i = 0; i < sizeof T / sizeof T[0]; i++) {
        double v[7] = {0.1, 0.1, 0.3, 2.7, 1e10, 1e-3, 33.3}, out;
        pt_quantile_select(v, 7, &T[i].q, 1, &out);
        CHECK_NEAR(out, T[i].want, 0);
    }
}

static void edges(void)
{
    double v[] = {1.7e308, -1.7e308}, q = 0.5, out;
    pt_quantile_select(v, 0, &q, 1, &out);
    CHECK(isnan(out));
    pt_quantile_select(v, 2, &q, 1, &out); /* the gap overflows, the answer does not */
    CHECK_NEAR(out, 0, 0);
}

/* Ranks of an array that is unkind to median-of-three; v is parted at each. */
static void parts_the_array(void)
{
    static double v[MOST];
    for (size_t k = 0; k < MOST; k += 97) {
        bool parted = true;
        double nth;
        for (size_t i = 0; i < MOST; i++)
            v[i] = (double)(i % 2 ? i : MOST - i);
        nth = pt_quantile_nth(v, MOST, k);
        CHECK_NEAR(v[k], nth, 0);
        for (size_t i = 0; i < MOST; i++)
            parted &= i < k ? v[i] <= nth : v[i] >= nth;
        CHECK(parted);
    }
}

TEST_MAIN({"agrees with sorting", agrees_with_sorting}, {"is type 7", is_type_7},
          {"agrees with DuckDB", agrees_with_duckdb}, {"edges", edges},
          {"parts the array", parts_the_array})
