/* rank.c - quantiles found in two passes are those of selection, to the bit. */
#include "query/rank.h"
#include "../test.h"

#include <math.h>

enum { MOST = 5000, NQ = 6 };

static const double Q[NQ] = {0.99, 0, 0.5, 0.501, 1, 0.25};

static double next_value(int shape, uint64_t *state)
{
    double u = (double)(test_random(state) >> 11) * 0x1p-53;
    switch (shape) {
    case 0: return exp(8 * u - 4);
    case 1: return 200 * u - 100;
    case 2: return floor(4 * u) - 1; /* ties, zero among them */
    case 3: return (floor(9 * u) - 4) * 5e-324;
    case 4: return u < 0.5 ? 1e308 : -1e308;
    default: return 7;
    }
}

static void same(int shape, size_t n)
{
    static double v[MOST];
    struct pt_sketch sketch = {0};
    struct pt_rank rank = {0};
    struct pt_err err = {0};
    uint64_t state = (uint64_t)shape + n;
    double want[NQ], got[NQ];
    for (size_t i = 0; i < n; i++)
        v[i] = next_value(shape, &state);
    pt_sketch_add(&sketch, v, n);
    pt_rank_begin(&rank, &sketch, Q, NQ);
    pt_rank_add(&rank, v, n / 3);
    pt_rank_add(&rank, v + n / 3, n - n / 3);
    CHECK_INT(pt_rank_end(&rank, Q, NQ, got, &err), 0);
    pt_quantile_select(v, n, Q, NQ, want);
    CHECK(memcmp(got, want, sizeof got) == 0);
    pt_rank_release(&rank);
    pt_sketch_release(&sketch);
}

static void as_by_selection(void)
{
    static const size_t SIZES[] = {1, 2, 3, 10, 101, 1000, MOST};
    for (int shape = 0; shape < 6; shape++)
        for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
            same(shape, SIZES[i]);
}

static void keeps_little(void)
{
    static double v[MOST];
    struct pt_sketch sketch = {0};
    struct pt_rank rank = {0};
    uint64_t state = 1;
    size_t kept = 0;
    for (size_t i = 0; i < MOST; i++)
        v[i] = next_value(0, &state);
    pt_sketch_add(&sketch, v, MOST);
    pt_rank_begin(&rank, &sketch, Q, NQ);
    pt_rank_add(&rank, v, MOST);
    for (size_t b = 0; b < rank.n; b++)
        kept += rank.buckets[b].n;
    CHECK(rank.n <= NQ * 2 && kept < MOST / 50);
    pt_rank_release(&rank);
    pt_sketch_release(&sketch);
}

static void sees_other_values(void)
{
    double v[] = {1, 2, 3};
    struct pt_sketch sketch = {0};
    struct pt_rank rank = {0};
    struct pt_err err = {0};
    double out[NQ];
    pt_sketch_add(&sketch, v, 3);
    v[1] = 9;
    pt_rank_begin(&rank, &sketch, Q, NQ);
    pt_rank_add(&rank, v, 3);
    CHECK_INT(pt_rank_end(&rank, Q, NQ, out, &err), -1);
    CHECK_INT(err.code, PT_SYSTEM);
    pt_rank_release(&rank);
    pt_sketch_release(&sketch);
}

TEST_MAIN({"as by selection", as_by_selection}, {"keeps little", keeps_little},
          {"sees other values", sees_other_values})
