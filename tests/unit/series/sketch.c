/* sketch.c - quantiles of a sketch are within the promised error of the exact ones, whatever the
 * values and however they were split, written and merged; damaged bytes are refused. */
#include "series/sketch.h"

#include "series/quantile.h"

#include "../test.h"

#include <stdlib.h>

enum { MOST = 4096 };

static uint64_t seed = 1;

static double uniform(void)
{
    return (double)(test_random(&seed) >> 11) * 0x1p-53;
}

enum shape { LOGNORMAL, BOTH_SIGNS, ANY_BITS, TIED, TINY, ZEROES, ONE, NSHAPES };

static double next_value(enum shape shape)
{
    double d;
    uint64_t u;
    switch (shape) {
    case LOGNORMAL: return exp(3 * (uniform() + uniform() + uniform() - 1.5));
    case BOTH_SIGNS: return 200 * uniform() - 100;
    case ANY_BITS:
        do {
            u = test_random(&seed);
            memcpy(&d, &u, sizeof d);
        } while (!isfinite(d));
        return d;
    case TIED: return floor(10 * uniform());
    case TINY: return (double)(test_random(&seed) % 1000) * 5e-324;
    case ZEROES: return uniform() < 0.9 ? 0.0 : -1.0;
    default: return 12.5;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool near(double got, double exact, double other)
{
    double magnitude = fmax(fabs(exact), fabs(other));
    return fabs(got - exact) <= fmax(PT_SKETCH_ERROR * magnitude, 0x1p-1029) * (1 + 1e-12);
}

/* Every order statistic and a few quantiles against the sorted values. */
static void check_quantiles(const struct pt_sketch *s, double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    CHECK(s->n == n);
    for (size_t k = 0; k < n; k++)
        if (!CHECK(near(pt_sketch_nth(s, k), v[k], v[k])))
            return;
    for (double q = 0; q <= 1; q += 0.05) {
        double fraction, exact;
        size_t k = pt_quantile_rank(q, n, &fraction), next = k + 1 < n ? k + 1 : k;
        exact = pt_quantile_between(v[k], v[next], fraction);
        if (v[k] < 0 && v[next] > 0)
            CHECK(near(pt_sketch_quantile(s, q), exact, fmax(-v[k], v[next])));
        else
            CHECK(near(pt_sketch_quantile(s, q), exact, fabs(exact)));
    }
}

/* Splits the values, writes a sketch of each part and merges them; from exactly the bytes. */
static void merge_parts(struct pt_sketch *all, const double *v, size_t n, size_t parts)
{
    for (size_t i = 0; i < parts; i++) {
        size_t begin = n * i / parts, end = n * (i + 1) / parts;
        struct pt_sketch part = {0};
        struct pt_buf bytes = {0};
        struct pt_err err = {0};
        char *copy;
        pt_sketch_add(&part, v + begin, end - begin);
        pt_sketch_write(&part, &bytes);
        copy = malloc(bytes.n);
        memcpy(copy, bytes.p, bytes.n);
        CHECK(pt_sketch_merge(all, (struct pt_str){copy, bytes.n}, &err) == 0);
        free(copy);
        pt_buf_release(&bytes);
        pt_sketch_release(&part);
    }
}

static void error_bound(void)
{
    static const size_t LENGTHS[] = {1, 2, 3, 100, MOST};
    static double v[MOST];
    for (int shape = 0; shape < NSHAPES; shape++)
        for (size_t l = 0; l < sizeof LENGTHS / sizeof *LENGTHS; l++) {
            struct pt_sketch direct = {0}, merged = {0};
            for (size_t i = 0; i < LENGTHS[l]; i++)
                v[i] = next_value((enum shape)shape);
            pt_sketch_add(&direct, v, LENGTHS[l]);
            merge_parts(&merged, v, LENGTHS[l], 1 + l);
            check_quantiles(&merged, v, LENGTHS[l]);
            check_quantiles(&direct, v, LENGTHS[l]);
            pt_sketch_release(&direct);
            pt_sketch_release(&merged);
        }
}

/* Worked by hand from pt-store(5): one zero; no negative; three times 1.0 (bucket 0x3ff << 6) and
 * twice 1.02 (the bucket after it). */
static void written(void)
{
    static const double V[] = {1.0, 0.0, 1.02, 1.0, 1.02, 1.0};
    static const unsigned char BYTES[] = {1, 0, 5, 0xc0, 0xff, 3, 0x37};
    struct pt_sketch s = {0};
    struct pt_buf b = {0};
    pt_sketch_add(&s, V, sizeof V / sizeof *V);
    pt_sketch_write(&s, &b);
    CHECK(b.n == sizeof BYTES && memcmp(b.p, BYTES, b.n) == 0);
    pt_buf_release(&b);
    pt_sketch_release(&s);
}

static void empty(void)
{
    struct pt_sketch s = {0};
    CHECK(isnan(pt_sketch_quantile(&s, 0.5)));
    pt_sketch_add(&s, NULL, 0);
    CHECK(s.n == 0);
    pt_sketch_release(&s);
}

static bool merges(const char *p, size_t n)
{
    struct pt_sketch s = {0};
    struct pt_err err = {0};
    char *copy = malloc(n ? n : 1);
    bool good;
    if (n)
        memcpy(copy, p, n);
    good = pt_sketch_merge(&s, (struct pt_str){copy, n}, &err) == 0;
    CHECK(good || err.code == PT_SYSTEM);
    if (good && s.n)
        pt_sketch_quantile(&s, 1);
    free(copy);
    pt_sketch_release(&s);
    return good;
}

static void damage(void)
{
    struct pt_sketch s = {0};
    struct pt_buf b = {0};
    double v[512];
    for (size_t i = 0; i < 512; i++)
        v[i] = next_value(i % 2 ? LOGNORMAL : BOTH_SIGNS);
    pt_sketch_add(&s, v, 512);
    pt_sketch_write(&s, &b);
    CHECK(merges(b.p, b.n));
    for (size_t cut = 0; cut < b.n; cut++)
        CHECK(!merges(b.p, cut));
    for (int i = 0; i < 20000; i++) {
        uint64_t r = test_random(&seed);
        char *at = b.p + (r >> 8) % b.n, old = *at;
        *at ^= (char)(1 << r % 8);
        merges(b.p, b.n);
        *at = old;
    }
    for (int i = 0; i < 20000; i++) {
        char noise[32];
        for (size_t k = 0; k < sizeof noise; k++)
            noise[k] = (char)(test_random(&seed) & (i % 2 ? 0xff : 0x0f));
        merges(noise, test_random(&seed) % sizeof noise);
    }
    pt_buf_release(&b);
    pt_sketch_release(&s);
}

static size_t bytes_of(const double *v, size_t n)
{
    int64_t ts[MOST] = {0};
    const struct pt_column c = {.n = n, .ts = ts, .v = (double *)(uintptr_t)v};
    struct pt_buf b = {0};
    size_t bytes = pt_sketch_put(&c, 0, n, &b);
    CHECK(bytes == b.n);
    pt_buf_release(&b);
    return bytes;
}

/* Latencies have one, of at most 0.3 bytes a point; constants, counters, short runs have none. */
static void worth(void)
{
    static double v[MOST];
    for (size_t i = 0; i < 1024; i++)
        v[i] = next_value(LOGNORMAL);
    CHECK(bytes_of(v, 1024) > 0 && bytes_of(v, 1024) <= 307);
    CHECK(bytes_of(v, 255) == 0);
    for (size_t i = 1; i < 1024; i++)
        v[i] += v[i - 1];
    CHECK(bytes_of(v, 1024) == 0);
    for (size_t i = 0; i < 1024; i++)
        v[i] = (double)(i / 100 % 2);
    CHECK(bytes_of(v, 1024) == 0);
    for (size_t i = 0; i < 1024; i++)
        v[i] = next_value(ANY_BITS);
    CHECK(bytes_of(v, 1024) == 0);
}

/* A bucket holds just the values between its bounds; sketches of two halves join to that of all. */
static void buckets(void)
{
    static double v[MOST];
    for (int shape = 0; shape < NSHAPES; shape++) {
        struct pt_sketch s = {0}, other = {0};
        for (size_t i = 0; i < MOST; i++)
            v[i] = next_value((enum shape)shape);
        pt_sketch_add(&other, v, 10); /* is forgotten */
        pt_sketch_clear(&other);
        pt_sketch_add(&s, v, MOST / 3);
        pt_sketch_add(&other, v + MOST / 3, MOST - MOST / 3);
        pt_sketch_join(&s, &other);
        check_quantiles(&s, v, MOST); /* sorts v */
        for (uint64_t k = 0; k < MOST; k += 5) {
            struct pt_sketch_bucket b = pt_sketch_find(&s, k);
            if (!CHECK(b.below <= k && k < b.below + b.n && v[k] >= b.least && v[k] <= b.most &&
                       v[b.below] >= b.least && v[b.below + b.n - 1] <= b.most) ||
                !CHECK(b.below == 0 || v[b.below - 1] < b.least) ||
                !CHECK(b.below + b.n == MOST || v[b.below + b.n] > b.most))
                break;
        }
        CHECK(isnan(pt_sketch_find(&s, MOST).least));
        pt_sketch_release(&s);
        pt_sketch_release(&other);
    }
}

TEST_MAIN({"error bound", error_bound}, {"written", written}, {"empty", empty}, {"damage", damage},
          {"worth", worth}, {"buckets", buckets})
