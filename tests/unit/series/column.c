/* column.c - sorting, the rule for points at the same time, and searching. */
#include "series/column.h"

#include "../test.h"

static uint64_t seed = 2;

static void fill(struct pt_column *c, size_t n, int64_t times)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t r = test_random(&seed);
        int64_t ts = (int64_t)(r % (uint64_t)times) - times / 2;
        pt_column_add(c, ts,
                      r % 7 ? pt_num_real((double)(r >> 40) / 3)
                            : pt_num_int(INT64_MAX - (int64_t)(r >> 60)));
    }
}

/* The largest value at a time, looked for one by one. */
static bool largest(const struct pt_column *c, int64_t ts, struct pt_num v)
{
    bool found = false;
    for (size_t i = 0; i < c->n; i++) {
        if (c->ts[i] != ts)
            continue;
        if (pt_num_cmp(pt_column_value(c, i), v) > 0)
            return false;
        found |= pt_num_cmp(pt_column_value(c, i), v) == 0;
    }
    return found;
}

static void sorts(void)
{
    for (size_t n = 0; n < 300; n = n * 3 / 2 + 1) {
        struct pt_column c = {0}, copy = {0};
        size_t gone;
        fill(&c, n, n % 2 ? 50 : 100000);
        pt_column_append(&copy, &c, 0, c.n);
        gone = pt_column_sort(&c);
        CHECK(pt_column_ordered(&c));
        CHECK(c.n + gone == copy.n);
        for (size_t i = 0; i < c.n; i++)
            CHECK(largest(&copy, c.ts[i], pt_column_value(&c, i)));
        for (size_t i = 0; i < copy.n; i++)
            CHECK(c.ts[pt_column_lower(&c, copy.ts[i])] == copy.ts[i]);
        CHECK(pt_column_sort(&c) == 0);
        pt_column_release(&c);
        pt_column_release(&copy);
    }
}

/* Two values at one time, both ways round: the same bits stay. */
static void check_stays(struct pt_num a, struct pt_num b, struct pt_num want)
{
    for (int swap = 0; swap < 2; swap++) {
        struct pt_column c = {0};
        struct pt_num got;
        pt_column_add(&c, 5, swap ? b : a);
        pt_column_add(&c, 5, swap ? a : b);
        CHECK(pt_column_sort(&c) == 1);
        got = pt_column_value(&c, 0);
        CHECK(c.n == 1 && memcmp(&got.d, &want.d, sizeof want.d) == 0 && got.wide == want.wide);
        pt_column_release(&c);
    }
}

static void arrival_does_not_matter(void)
{
    struct pt_num wide = pt_num_int(INT64_C(1) << 60), same = pt_num_real(0x1p60);
    check_stays(pt_num_real(1), pt_num_real(2), pt_num_real(2));
    check_stays(pt_num_real(-1), pt_num_real(-2), pt_num_real(-1));
    check_stays(pt_num_real(0.0), pt_num_real(-0.0), pt_num_real(0.0));
    check_stays(wide, same, wide);
    check_stays(pt_num_int((INT64_C(1) << 60) + 1), same, pt_num_int((INT64_C(1) << 60) + 1));
    check_stays(pt_num_int((INT64_C(1) << 60) - 1), same, same);
    check_stays(pt_num_int(INT64_MAX), pt_num_real(0x1p63), pt_num_real(0x1p63));
}

static void lower(void)
{
    struct pt_column c = {0};
    CHECK(pt_column_lower(&c, 0) == 0);
    pt_column_add(&c, INT64_MIN, pt_num_real(1));
    pt_column_add(&c, 10, pt_num_real(2));
    pt_column_add(&c, INT64_MAX, pt_num_real(3));
    CHECK(pt_column_lower(&c, INT64_MIN) == 0);
    CHECK(pt_column_lower(&c, INT64_MIN + 1) == 1);
    CHECK(pt_column_lower(&c, 10) == 1);
    CHECK(pt_column_lower(&c, 11) == 2);
    CHECK(pt_column_lower(&c, INT64_MAX) == 2);
    pt_column_release(&c);
}

/* Wide integers that come late, go and come again leave the others alone. */
static void wide_values(void)
{
    struct pt_column c = {0}, d = {0};
    for (int i = 0; i < 100; i++)
        pt_column_add(&c, i, i == 57 ? pt_num_int(INT64_MIN) : pt_num_real(i));
    CHECK(c.wide && c.wide[57] == INT64_MIN && c.wide[56] == 0);
    pt_column_append(&d, &c, 0, 57);
    CHECK(d.n == 57 && pt_column_value(&d, 56).wide == 0);
    pt_column_append(&d, &c, 50, 60);
    CHECK(d.n == 67 && d.wide[64] == INT64_MIN && d.wide[65] == 0);
    pt_column_clear(&c);
    for (int i = 0; i < 100; i++)
        pt_column_add(&c, i, pt_num_real(i));
    CHECK(pt_column_value(&c, 57).wide == 0);
    pt_column_release(&c);
    pt_column_release(&d);
}

TEST_MAIN({"sorts", sorts}, {"arrival does not matter", arrival_does_not_matter}, {"lower", lower},
          {"wide values", wide_values})
