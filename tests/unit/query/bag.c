/* bag.c - values that come and go, against sorting those that are there; histograms of them. */
#include "query/bag.h"
#include "../test.h"

#include "query/histogram.h"

#include <stdlib.h>

enum { N = 300 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(const struct pt_bag *bag, const double *v, const bool *in)
{
    double sorted[N];
    size_t n = 0, distinct = 0;
    for (size_t i = 0; i < N; i++)
        if (in[i])
            sorted[n++] = v[i];
    qsort(sorted, n, sizeof *sorted, by_value);
    CHECK_INT((int64_t)bag->n, (int64_t)n);
    for (size_t k = 0; k < n; k++) {
        size_t above = k + 1;
        while (above < n && sorted[above] <= sorted[k])
            above++;
        distinct += above == k + 1;
        CHECK_NEAR(pt_bag_nth(bag, k), sorted[k], 0);
        CHECK_INT((int64_t)pt_bag_up_to(bag, sorted[k]), (int64_t)above);
    }
    CHECK_INT((int64_t)bag->distinct, (int64_t)distinct);
    CHECK_INT((int64_t)pt_bag_up_to(bag, INFINITY), (int64_t)n);
    CHECK_INT((int64_t)pt_bag_up_to(bag, -INFINITY), 0);
}

static void comes_and_goes(void)
{
    static const uint64_t KINDS[] = {1, 2, 7, 1000};
    for (size_t r = 0; r < sizeof KINDS / sizeof *KINDS; r++) {
        uint64_t state = r + 1;
        double v[N];
        bool in[N] = {0};
        struct pt_bag bag;
        for (size_t i = 0; i < N; i++)
            v[i] = (double)(test_random(&state) % KINDS[r]) / 4 - 50;
        pt_bag_begin(&bag, v, N);
        for (int round = 0; round < 60; round++) {
            size_t at = test_random(&state) % N, n = test_random(&state) % (N - at) % 40 + 1;
            for (size_t i = at; i < at + n; i++) {
                if (in[i])
                    pt_bag_take(&bag, i, 1);
                else
                    pt_bag_add(&bag, i, 1);
                in[i] = !in[i];
            }
            check(&bag, v, in);
        }
        pt_bag_release(&bag);
    }
}

static void bounds(void)
{
    static const double CASES[][2] = {{0, 0},
                                      {-0.0, 0},
                                      {1, 1},
                                      {1.0000000000000002, 2},
                                      {2.1, 5},
                                      {5.5, 10},
                                      {0.3, 0.5},
                                      {0.1, 0.1},
                                      {99, 100},
                                      {1e15, 1e15},
                                      {-1, -1},
                                      {-1.5, -1},
                                      {-7, -5},
                                      {-0.3, -0.2},
                                      {5e-324, 5e-324},
                                      {-5e-324, -5e-324},
                                      {3e300, 5e300},
                                      {1e308, 1e308},
                                      {-1.7e308, -1e308}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (!CHECK(pt_histogram_bound(CASES[i][0]) == CASES[i][1]))
            printf("#   of %g: %g\n", CASES[i][0], pt_histogram_bound(CASES[i][0]));
    CHECK(isinf(pt_histogram_bound(1.5e308)));
}

static void histograms(void)
{
    static const double V[] = {-3, 0, 0.15, 2, 2, 7, 100, 1.6e308}, BOUNDS[] = {0, 2, 50};
    struct pt_buf text = {0};
    struct pt_bag bag;
    pt_bag_begin(&bag, V, 8);
    pt_bag_add(&bag, 0, 8);
    pt_histogram_write(&bag, NULL, 0, &text);
    CHECK_STR(pt_buf_view(&text),
              "{\"-2\":1,\"0\":1,\"0.2\":1,\"2\":2,\"10\":1,\"100\":1,\"+Inf\":1}");
    pt_buf_clear(&text);
    pt_histogram_write(&bag, BOUNDS, 3, &text);
    CHECK_STR(pt_buf_view(&text), "{\"0\":2,\"2\":3,\"50\":1,\"+Inf\":2}");
    pt_buf_release(&text);
    pt_bag_release(&bag);
}

TEST_MAIN({"comes and goes", comes_and_goes}, {"bounds", bounds}, {"histograms", histograms})
