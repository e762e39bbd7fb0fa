/* summary.c - sums, means and deviations against the certified values of the Statistical Reference
 * Datasets of NIST (itl.nist.gov/div898/strd/univ), and whatever split against the whole. */
#include "series/summary.h"

#include "../test.h"

static uint64_t seed = 3;

static const double MICHELSON[] = {
    299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.00, 299.98,
    299.93, 299.65, 299.76, 299.81, 300.00, 300.00, 299.96, 299.96, 299.96, 299.94, 299.96, 299.94,
    299.88, 299.80, 299.85, 299.88, 299.90, 299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83,
    299.80, 299.79, 299.76, 299.80, 299.88, 299.88, 299.88, 299.86, 299.72, 299.72, 299.62, 299.86,
    299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84, 299.85, 299.84, 299.84, 299.84,
    299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74, 299.75, 299.76, 299.91, 299.92,
    299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94,
    299.95, 299.80, 299.81, 299.87};

static const double LOTTERY[] = {
    162, 671, 933, 414, 788, 730, 817, 33,  536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456,
    92,  517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562,
    964, 791, 28,  97,  848, 281, 858, 538, 660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847,
    659, 754, 243, 122, 455, 195, 968, 793, 59,  730, 361, 574, 522, 97,  762, 431, 158, 429, 414,
    22,  629, 788, 999, 187, 215, 810, 782, 47,  34,  108, 986, 25,  644, 829, 630, 315, 567, 919,
    331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372, 63,  458, 777, 416, 340,
    436, 140, 919, 350, 510, 572, 905, 900, 85,  389, 473, 758, 444, 169, 625, 692, 140, 897, 672,
    288, 312, 860, 724, 226, 884, 508, 976, 741, 476, 417, 831, 15,  318, 432, 241, 114, 799, 955,
    833, 358, 935, 146, 630, 830, 440, 642, 356, 373, 271, 715, 367, 393, 190, 669, 8,   861, 108,
    795, 269, 590, 326, 866, 64,  523, 862, 840, 219, 382, 998, 4,   628, 305, 747, 247, 34,  747,
    729, 645, 856, 974, 24,  568, 24,  694, 608, 480, 410, 729, 947, 293, 53,  930, 223, 203, 677,
    227, 62,  455, 387, 318, 562, 242, 428, 968};

static void add_all(struct pt_column *c, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pt_column_add(c, (int64_t)i, pt_num_real(v[i]));
}

/* base, then high and low in turn, n values in all: NumAcc2 to NumAcc4. */
static void add_turns(struct pt_column *c, double base, double low, double high, size_t n)
{
    pt_column_add(c, 0, pt_num_real(base));
    for (size_t i = 1; i < n; i++)
        pt_column_add(c, (int64_t)i, pt_num_real(i % 2 ? low : high));
}

/* The certified values hold for the decimal numbers; their doubles are off by half a unit in the
 * last place each, which for NumAcc4 is 1e-9 of the deviation. */
static void check_certified(struct pt_column *c, double mean, double sd, double tolerance)
{
    struct pt_summary s = pt_summary_of(c, 0, c->n);
    CHECK_NEAR(pt_summary_mean(&s), mean, 1e-15 * fabs(mean));
    CHECK_NEAR(pt_summary_stddev(&s), sd, tolerance * sd);
    pt_column_release(c);
}

static void certified(void)
{
    static const double NUMACC1[] = {10000001, 10000003, 10000002};
    struct pt_column c = {0};
    add_all(&c, NUMACC1, 3);
    check_certified(&c, 10000002, 1, 0);
    add_turns(&c, 1.2, 1.1, 1.3, 1001);
    check_certified(&c, 1.2, 0.1, 1e-14);
    add_turns(&c, 1000000.2, 1000000.1, 1000000.3, 1001);
    check_certified(&c, 1000000.2, 0.1, 1e-9);
    add_turns(&c, 10000000.2, 10000000.1, 10000000.3, 1001);
    check_certified(&c, 10000000.2, 0.1, 1e-8);
    add_all(&c, MICHELSON, sizeof MICHELSON / sizeof *MICHELSON);
    check_certified(&c, 299.8524, 0.0790105478190518, 1e-12);
    add_all(&c, LOTTERY, sizeof LOTTERY / sizeof *LOTTERY);
    check_certified(&c, 518.958715596330, 291.699727470969, 1e-14);
}

static struct pt_num some_value(int kind)
{
    uint64_t r = test_random(&seed);
    switch (kind) {
    case 0: return pt_num_real((double)(r % 100000) / 100);
    case 1: return pt_num_real(1e9 + (double)(r % 1000) / 1e6);
    case 2: return pt_num_int((int64_t)r);
    default: return pt_num_real(ldexp((double)(int64_t)r, (int)(r % 60) - 90));
    }
}

static bool same_num(struct pt_num a, struct pt_num b)
{
    return a.d == b.d && a.wide == b.wide;
}

/* hi must be equal; what lo may lose is far below the last place of hi. */
static bool same_dd(struct pt_dd a, struct pt_dd b)
{
    return a.hi == b.hi && fabs(a.lo - b.lo) <= 0x1p-90 * fabs(a.hi);
}

static bool same_summary(const struct pt_summary *a, const struct pt_summary *b)
{
    return a->n == b->n && a->t0 == b->t0 && a->t1 == b->t1 && same_num(a->min, b->min) &&
           same_num(a->max, b->max) && same_num(a->first, b->first) && same_num(a->last, b->last) &&
           same_dd(a->sum, b->sum) && same_dd(a->squares, b->squares) &&
           same_dd(a->increase, b->increase);
}

static void any_split(void)
{
    for (int kind = 0; kind < 4; kind++)
        for (int round = 0; round < 300; round++) {
            struct pt_column c = {0};
            struct pt_summary whole, sum = {0};
            size_t n = 1 + test_random(&seed) % 200;
            for (size_t i = 0; i < n; i++)
                pt_column_add(&c, (int64_t)i * 10, some_value(kind));
            whole = pt_summary_of(&c, 0, n);
            for (size_t begin = 0, end; begin < n; begin = end) {
                struct pt_summary part;
                end = begin + test_random(&seed) % (n - begin + 1);
                part = pt_summary_of(&c, begin, end);
                pt_summary_append(&sum, &part);
            }
            CHECK(same_summary(&sum, &whole));
            CHECK(pt_summary_mean(&sum) == pt_summary_mean(&whole));
            pt_column_release(&c);
        }
}

/* The same sum from integers, in a long double whose 64 bits hold it exactly. */
static void exact_sums(void)
{
    for (int round = 0; round < 100; round++) {
        struct pt_column c = {0};
        struct pt_summary s;
        long double sum = 0;
        for (int i = 0; i < 1000; i++) {
            int64_t k = (int64_t)(test_random(&seed) >> 14) - (INT64_C(1) << 49);
            pt_column_add(&c, i, pt_num_real((double)k));
            sum += (long double)k; /* below 2^60 */
        }
        s = pt_summary_of(&c, 0, c.n);
        CHECK((long double)s.sum.hi + (long double)s.sum.lo == sum);
        pt_column_release(&c);
    }
}

static void cancellation(void)
{
    static const double VALUES[] = {1e16, 1, -1e16, 1e-3};
    struct pt_column c = {0};
    struct pt_summary s;
    add_all(&c, VALUES, 4);
    s = pt_summary_of(&c, 0, 4);
    CHECK_NEAR(s.sum.hi, 1.001, 1e-15);
    pt_column_release(&c);
    for (int i = 0; i < 1000; i++) /* a mean 1e8 times the deviation */
        pt_column_add(&c, i, pt_num_real(1e8 + (i % 2 ? 0.5 : -0.5)));
    s = pt_summary_of(&c, 0, c.n);
    CHECK_NEAR(pt_summary_stddev(&s), 0.5 * sqrt(1000.0 / 999), 1e-15);
    pt_column_release(&c);
    for (int i = 0; i < 1000; i++)
        pt_column_add(&c, i, pt_num_real(0.1));
    s = pt_summary_of(&c, 0, c.n);
    CHECK(pt_summary_stddev(&s) < 1e-16);
    pt_column_release(&c);
}

/* Integers that no double holds count in full, however they are split. */
static void wide(void)
{
    static const int64_t VALUES[] = {9007199254740992, 9007199254740993, 9007199254740995,
                                     -9007199254740993};
    struct pt_column c = {0};
    struct pt_summary s, head;
    for (int i = 0; i < 4; i++)
        pt_column_add(&c, i, pt_num_int(VALUES[i]));
    s = pt_summary_of(&c, 0, 3);
    CHECK(pt_dd_num(s.sum).wide == 27021597764222980);
    CHECK(pt_dd_num(s.increase).d == 3);
    s = pt_summary_of(&c, 2, 4);
    CHECK(pt_dd_num(s.sum).d == 2 && pt_dd_num(s.increase).wide == -9007199254740993);
    head = pt_summary_of(&c, 0, 1);
    s = pt_summary_of(&c, 1, 2);
    pt_summary_append(&head, &s);
    CHECK(pt_dd_num(head.increase).d == 1);
    CHECK(pt_dd_num(pt_dd_of(pt_num_int(INT64_MAX))).wide == INT64_MAX);
    CHECK(pt_dd_num(pt_dd_of(pt_num_int(INT64_MIN))).wide == INT64_MIN);
    CHECK(pt_dd_num((struct pt_dd){0x1p63, 0}).wide == 0);
    CHECK(pt_dd_num((struct pt_dd){0x1p53, 0.5}).wide == 0);
    pt_column_release(&c);
}

/* Beyond the largest double sums are infinite, never NaN, and what is not known is not 0. */
static void overflow(void)
{
    static const double VALUES[] = {1e308, 1e308, -1e308, 1e200};
    struct pt_column c = {0};
    struct pt_summary s, t;
    add_all(&c, VALUES, 4);
    s = pt_summary_of(&c, 0, 4);
    CHECK(isinf(s.sum.hi) && s.sum.hi > 0 && s.sum.lo == 0);
    CHECK(isinf(s.squares.hi) && s.squares.lo == 0);
    CHECK(s.min.d == -1e308 && s.max.d == 1e308);
    CHECK(isnan(pt_summary_stddev(&s)));
    t = pt_summary_of(&c, 3, 4);
    pt_summary_append(&s, &t);
    CHECK(isinf(s.sum.hi) && !isnan(s.sum.lo) && !isnan(s.squares.hi) && !isnan(s.increase.hi));
    s = pt_summary_of(&c, 2, 4);
    CHECK(s.sum.hi == -1e308 + 1e200 && isinf(s.squares.hi));
    CHECK(isnan(pt_summary_stddev(&s)));
    pt_column_release(&c);
}

static void counters(void)
{
    static const double VALUES[] = {5, 7, 7, 3, 4, 0, 10};
    struct pt_column c = {0};
    struct pt_summary s, other;
    add_all(&c, VALUES, 7);
    s = pt_summary_of(&c, 0, 7);
    CHECK(s.increase.hi == 2 + 0 + 3 + 1 + 0 + 10 && s.increase.lo == 0);
    s = pt_summary_of(&c, 0, 3);
    other = pt_summary_of(&c, 3, 7);
    CHECK(s.increase.hi == 2 && other.increase.hi == 11);
    pt_summary_append(&s, &other); /* with the step from 7 to 3 */
    CHECK(s.increase.hi == 16);
    s = pt_summary_of(&c, 0, 3);
    pt_summary_merge(&s, &other); /* of another series: without it */
    CHECK(s.increase.hi == 13);
    pt_column_release(&c);
}

static void merging(void)
{
    struct pt_column a = {0}, b = {0};
    struct pt_summary x, y, none = {0};
    pt_column_add(&a, 10, pt_num_real(1));
    pt_column_add(&a, 30, pt_num_real(2));
    pt_column_add(&b, 10, pt_num_real(5));
    pt_column_add(&b, 20, pt_num_real(-5));
    x = pt_summary_of(&a, 0, 2);
    y = pt_summary_of(&b, 0, 2);
    pt_summary_merge(&x, &y);
    CHECK(x.n == 4 && x.t0 == 10 && x.t1 == 30 && x.first.d == 5 && x.last.d == 2);
    CHECK(x.min.d == -5 && x.max.d == 5 && x.sum.hi == 3 && x.squares.hi == 55);
    pt_summary_merge(&x, &none);
    pt_summary_append(&x, &none);
    CHECK(x.n == 4);
    pt_summary_append(&none, &x);
    CHECK(none.n == 4 && none.first.d == 5);
    none = pt_summary_of(&a, 1, 1);
    CHECK(none.n == 0 && isnan(pt_summary_mean(&none)) && isnan(pt_summary_stddev(&none)));
    x = pt_summary_of(&a, 0, 1);
    CHECK(isnan(pt_summary_stddev(&x)) && pt_summary_mean(&x) == 1);
    pt_column_release(&a);
    pt_column_release(&b);
}

/* The shorter summary is that of all, without what it leaves out. */
static void only_the_sum(void)
{
    struct pt_column c = {0};
    struct pt_summary all, sum;
    for (int i = 0; i < 500; i++)
        pt_column_add(&c, i,
                      i % 50 == 7 ? pt_num_int(INT64_MAX - i)
                                  : pt_num_real((double)(test_random(&seed) % 99991) / 7 - 5000));
    for (size_t end = 0; end <= c.n; end += 125) {
        all = pt_summary_of(&c, end / 5, end);
        sum = pt_summary_sum(&c, end / 5, end);
        CHECK_INT(pt_num_cmp(all.min, sum.min), 0);
        CHECK(sum.squares.hi <= 0 && sum.squares.hi >= 0 && sum.increase.hi <= 0);
        all.squares = all.increase = (struct pt_dd){0, 0};
        CHECK(memcmp(&all, &sum, sizeof all) == 0);
    }
    pt_column_release(&c);
}

TEST_MAIN({"only the sum", only_the_sum}, {"certified values", certified}, {"any split", any_split}, {"exact sums", exact_sums},
          {"cancellation", cancellation}, {"overflow", overflow}, {"counters", counters},
          {"merging", merging}, {"wide integers", wide})
