/* detector.c - detectors: hand-made series with known expectations, and what all methods share. */
#include "detect/detector.h"
#include "../test.h"

static const struct pt_detector_method *method(const char *name)
{
    for (size_t i = 0; i < pt_detector_method_count; i++)
        if (strcmp(pt_detector_methods[i].name, name) == 0)
            return &pt_detector_methods[i];
    return NULL;
}

/* The verdict on x after the n values. */
static struct pt_verdict after(const char *name, size_t window, const double *v, size_t n, double x)
{
    struct pt_detector_options o = {.window = window};
    struct pt_detector *d = pt_detector_new(method(name), &o);
    struct pt_verdict out = {0};
    for (size_t i = 0; i < n; i++)
        pt_detector_step(d, v[i], &out);
    pt_detector_step(d, x, &out);
    pt_detector_free(d);
    return out;
}

/* 1 2 3 4 5 6 7 8 and 9: median 4.5, deviations .5 .5 1.5 1.5 2.5 2.5 3.5 3.5, MAD 2. */
static void known_values(void)
{
    static const double V[] = {5, 1, 8, 3, 6, 2, 7, 4};
    struct pt_verdict v = after("mad", 16, V, 8, 40);
    CHECK(v.ready && v.anomaly);
    CHECK_NEAR(v.expected, 4.5, 0);
    CHECK_NEAR(v.upper, 4.5 + 6 * 1.4826 * 2, 1e-12);
    CHECK_NEAR(v.score, 35.5 / (6 * 1.4826 * 2), 1e-12);
    v = after("z", 16, V, 8, 4.5);
    CHECK(v.ready && !v.anomaly);
    CHECK_NEAR(v.lower, 4.5 - 3 * sqrt(6), 1e-12); /* squares sum to 42, over 7 */
    v = after("ewma", 16, V, 8, 4.5);
    CHECK_NEAR(v.expected, 4.5, 1e-12); /* weights 1/n: the plain mean */
    CHECK_NEAR(v.upper, 4.5 + 3 * sqrt(42.0 / 8), 1e-12);
}

/* Where the MAD is zero the mean deviation stands in: one 4 among nine 0s gives 0.4. */
static void mad_of_ties(void)
{
    static const double V[] = {0, 0, 0, 0, 4, 0, 0, 0, 0, 0};
    struct pt_verdict v = after("mad", 20, V, 10, 4);
    CHECK_NEAR(v.expected, 0, 0);
    CHECK_NEAR(v.upper, 6 * 1.2533 * 0.4, 1e-12);
    CHECK(v.anomaly);
}

static void warms_up(void)
{
    for (size_t m = 0; m < pt_detector_method_count; m++) {
        struct pt_detector_options o = {.window = 9};
        struct pt_detector *d = pt_detector_new(&pt_detector_methods[m], &o);
        struct pt_verdict v;
        CHECK_INT((int64_t)pt_detector_warm_up(d), 4);
        for (int i = 0; i < 4; i++) {
            pt_detector_step(d, 1e6 * i, &v);
            CHECK(!v.ready && !v.anomaly);
        }
        pt_detector_step(d, 0, &v);
        CHECK(v.ready);
        pt_detector_free(d);
    }
}

/* Values of every size: no verdict is ever infinite. */
static void stays_finite(void)
{
    uint64_t seed = 7;
    for (size_t m = 0; m < pt_detector_method_count; m++) {
        struct pt_detector_options o = {.window = 8 + m};
        struct pt_detector *d = pt_detector_new(&pt_detector_methods[m], &o);
        bool finite = true;
        for (int i = 0; i < 20000; i++) {
            uint64_t r = test_random(&seed);
            double x = ldexp((double)(int64_t)r, (int)(r % 1900) - 950);
            struct pt_verdict v;
            pt_detector_step(d, isfinite(x) ? x : 0, &v);
            finite = finite && isfinite(v.expected) && isfinite(v.lower) && isfinite(v.upper) &&
                     isfinite(v.score);
        }
        CHECK(finite);
        pt_detector_free(d);
    }
}

TEST_MAIN({"known values", known_values}, {"MAD of ties", mad_of_ties}, {"warms up", warms_up},
          {"stays finite", stays_finite})
