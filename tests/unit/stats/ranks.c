/* ranks.c - the test of Mann and Whitney against published values and SciPy's. */
#include "stats/ranks.h"
#include "../test.h"

#include <stdlib.h>

static void near(double got, double want, double relative)
{
    if (!CHECK(fabs(got - want) <= relative * fabs(want)))
        printf("#   got %.17g, want %.17g\n", got, want);
}

/* Permeability of the human chorioamnion (Hollander & Wolfe, "Nonparametric Statistical Methods",
 * 1973, table 4.1), as in R's help for wilcox.test: W = 35, one-sided p = 0.1272. */
static void published(void)
{
    double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    struct pt_mann_whitney t = pt_mann_whitney(x, 10, y, 5), back = pt_mann_whitney(y, 5, x, 10);
    near(t.u, 35, 0);
    near(t.p, 2 * 0.1272061272061272, 1e-12);
    CHECK(t.exact);
    near(back.u, 15, 0);
    near(back.p, t.p, 0);
}

static void fill(double *v, size_t n, size_t step, size_t mod, double add)
{
    for (size_t i = 0; i < n; i++)
        v[i] = (double)(i * step % mod) / 10 + add;
}

/* scipy.stats.mannwhitneyu 1.10.1 of (i * 7919 % mod) / 10 + add and (i * 6101 % mod) / 10. */
static void agrees_with_scipy(void)
{
    static const struct {
        size_t na, nb, mod;
        double add, u, p;
        bool exact;
    } T[] = {
        {8, 64, 10007, 100, 314.0, 0.30907590643782346, true},
        {8, 64, 10007, -300, 141.0, 0.038535357351456606, true},
        {40, 50, 10007, 30, 1076.0, 0.53983769441885698, false},
        {200, 300, 10, 0.1, 35700.0, 0.00030003060710331343, false},
        {1000, 17, 50, 1, 16510.0, 2.5430716118086885e-11, false},
        {5000, 5000, 100003, 100, 12767170.5, 0.064181708352588018, false},
    };
    for (size_t i = 0; i < sizeof T / sizeof T[0]; i++) {
        double *a = calloc(T[i].na, sizeof *a), *b = calloc(T[i].nb, sizeof *b);
        struct pt_mann_whitney t;
        fill(a, T[i].na, 7919, T[i].mod, T[i].add);
        fill(b, T[i].nb, 6101, T[i].mod, 0);
        t = pt_mann_whitney(a, T[i].na, b, T[i].nb);
        near(t.u, T[i].u, 0);
        near(t.p, T[i].p, 1e-11);
        CHECK(t.exact == T[i].exact);
        free(a);
        free(b);
    }
}

/* All orders of m + n different values, by the bits of a mask: the exact distribution itself. */
static void counted_out(void)
{
    enum { M = 4, N = 6 };
    uint64_t of_u[M * N + 1] = {0}, all = 0;
    for (unsigned mask = 0; mask < 1u << (M + N); mask++) {
        unsigned u = 0, bs = 0;
        if (__builtin_popcount(mask) != M)
            continue;
        for (int i = 0; i < M + N; i++) {
            if (mask >> i & 1)
                u += bs;
            else
                bs++;
        }
        of_u[u]++;
        all++;
    }
    for (unsigned below = 0; below <= N; below++) { /* the a's stand above the first `below` b's */
        double a[M], b[N], p = 0;
        struct pt_mann_whitney t;
        for (int i = 0; i < M; i++)
            a[i] = below + 0.1 * (i + 1);
        for (int i = 0; i < N; i++)
            b[i] = i + 0.9;
        t = pt_mann_whitney(a, M, b, N);
        near(t.u, M * below, 0);
        for (unsigned u = 0; u <= M * (below <= N / 2 ? below : N - below); u++)
            p += 2 * (double)of_u[u] / (double)all;
        near(t.p, p > 1 ? 1 : p, 1e-13);
    }
}

static void edges(void)
{
    double a[] = {1, 1, 1}, b[] = {1, 1}, c[] = {2};
    CHECK(isnan(pt_mann_whitney(a, 0, b, 2).p));
    CHECK(isnan(pt_mann_whitney(a, 3, b, 0).p));
    near(pt_mann_whitney(a, 3, b, 2).p, 1, 0);
    near(pt_mann_whitney(a, 1, c, 1).p, 1, 0);
}

TEST_MAIN({"published example", published}, {"agrees with SciPy", agrees_with_scipy},
          {"counted out", counted_out}, {"edges", edges})
