/* summary.c - see summary.h.
 *
 * A sum beyond the largest double is an infinity with nothing behind it, never a NaN: a store keeps
 * infinities, but not NaN. */
#include "series/summary.h"

#include <math.h>

/* Knuth's TwoSum: s + e is exactly a + b. */
static inline struct pt_dd two_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return (struct pt_dd){s, (a - (s - t)) + (b - t)};
}

static inline struct pt_dd normal(double hi, double lo)
{
    double s = hi + lo;
    return (struct pt_dd){s, lo - (s - hi)};
}

struct pt_dd pt_dd_add(struct pt_dd a, double b)
{
    struct pt_dd s = two_sum(a.hi, b);
    if (!isfinite(s.hi))
        return (struct pt_dd){s.hi, 0};
    return normal(s.hi, s.lo + a.lo);
}

struct pt_dd pt_dd_merge(struct pt_dd a, struct pt_dd b)
{
    struct pt_dd s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);
    if (!isfinite(s.hi))
        return (struct pt_dd){s.hi, 0};
    s = normal(s.hi, s.lo + t.hi);
    return normal(s.hi, s.lo + t.lo);
}

/* v * v exactly, by fused multiply-add. */
static inline struct pt_dd square(double v)
{
    double p = v * v;
    return (struct pt_dd){p, fma(v, v, -p)};
}

/* By halves of 32 bits, each of which is a double. */
struct pt_dd pt_dd_of(struct pt_num v)
{
    const int64_t half = INT64_C(1) << 32;
    if (!v.wide)
        return (struct pt_dd){v.d, 0};
    return two_sum((double)(v.wide / half) * (double)half, (double)(v.wide % half));
}

static inline struct pt_dd minus(struct pt_dd a)
{
    return (struct pt_dd){-a.hi, -a.lo};
}

struct pt_num pt_dd_num(struct pt_dd a)
{
    int64_t high, sum;
    if (fabs(a.hi) < 0x1p53 || fabs(a.hi) > 0x1p63 || a.lo != trunc(a.lo))
        return pt_num_real(a.hi);
    high = (int64_t)(a.hi / 2); /* also of 2^63; what is beyond 2^53 has halves that are integers */
    if (__builtin_add_overflow(high, (int64_t)a.lo, &sum) ||
        __builtin_add_overflow(sum, (int64_t)(a.hi - (double)high), &sum))
        return pt_num_real(a.hi);
    return pt_num_int(sum);
}

struct pt_dd pt_summary_change(struct pt_num a, struct pt_num b)
{
    return pt_dd_merge(pt_dd_of(b), minus(pt_dd_of(a)));
}

struct pt_dd pt_summary_rise(struct pt_num a, struct pt_num b)
{
    if (!a.wide && !b.wide)
        return (struct pt_dd){pt_summary_step(a.d, b.d), 0};
    return pt_num_cmp(b, a) >= 0 ? pt_summary_change(a, b) : pt_dd_of(b);
}

/* What needs no arithmetic, of points there are. */
static struct pt_summary outline(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_num first = pt_column_value(c, begin);
    return (struct pt_summary){.n = end - begin, .t0 = c->ts[begin], .t1 = c->ts[end - 1],
                               .first = first, .min = first, .max = first,
                               .last = pt_column_value(c, end - 1)};
}

static inline void note_extremes(struct pt_summary *s, const struct pt_column *c, size_t i)
{
    double v = c->v[i];
    if (v <= s->min.d && pt_num_cmp(pt_column_value(c, i), s->min) < 0)
        s->min = pt_column_value(c, i);
    if (v >= s->max.d && pt_num_cmp(pt_column_value(c, i), s->max) > 0)
        s->max = pt_column_value(c, i);
}

/* (h + l)^2 of a wide integer. */
static struct pt_dd square_of(struct pt_num v)
{
    struct pt_dd w = pt_dd_of(v), cross = {2 * w.hi * w.lo, 0};
    if (!v.wide)
        return square(v.d);
    cross.lo = fma(2 * w.hi, w.lo, -cross.hi);
    return pt_dd_add(pt_dd_merge(square(w.hi), cross), w.lo * w.lo);
}

/* Where there may be integers that no double holds. */
static struct pt_summary summary_of_wide(const struct pt_column *c, size_t begin, size_t end,
                                         bool all)
{
    struct pt_summary s = outline(c, begin, end);
    for (size_t i = begin; i < end; i++) {
        struct pt_num v = pt_column_value(c, i);
        s.sum = pt_dd_merge(s.sum, pt_dd_of(v));
        note_extremes(&s, c, i);
        if (!all)
            continue;
        s.squares = pt_dd_merge(s.squares, square_of(v));
        if (i > begin)
            s.increase = pt_dd_merge(s.increase, pt_summary_rise(pt_column_value(c, i - 1), v));
    }
    return s;
}

struct pt_summary pt_summary_sum(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_summary s = {0};
    if (begin >= end)
        return s;
    if (c->wide)
        return summary_of_wide(c, begin, end, false);
    s = outline(c, begin, end);
    for (size_t i = begin; i < end; i++) {
        s.sum = pt_dd_add(s.sum, c->v[i]);
        note_extremes(&s, c, i);
    }
    return s;
}

struct pt_summary pt_summary_of(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_summary s = {0};
    if (begin >= end)
        return s;
    if (c->wide)
        return summary_of_wide(c, begin, end, true);
    s = outline(c, begin, end);
    for (size_t i = begin; i < end; i++) {
        double v = c->v[i];
        s.sum = pt_dd_add(s.sum, v);
        s.squares = pt_dd_merge(s.squares, square(v));
        if (i > begin)
            s.increase = pt_dd_add(s.increase, pt_summary_step(c->v[i - 1], v));
        note_extremes(&s, c, i);
    }
    return s;
}

/* The part of merging that knows no order.  False when there is no other: one of them is empty. */
static bool merge_moments(struct pt_summary *a, const struct pt_summary *b)
{
    if (!b->n)
        return false;
    if (!a->n) {
        *a = *b;
        return false;
    }
    a->n += b->n;
    a->increase = pt_dd_merge(a->increase, b->increase);
    a->sum = pt_dd_merge(a->sum, b->sum);
    a->squares = pt_dd_merge(a->squares, b->squares);
    if (pt_num_cmp(b->min, a->min) < 0)
        a->min = b->min;
    if (pt_num_cmp(b->max, a->max) > 0)
        a->max = b->max;
    return true;
}

void pt_summary_append(struct pt_summary *a, const struct pt_summary *b)
{
    if (!merge_moments(a, b))
        return;
    a->increase = pt_dd_merge(a->increase, pt_summary_rise(a->last, b->first));
    a->t1 = b->t1;
    a->last = b->last;
}

void pt_summary_merge(struct pt_summary *a, const struct pt_summary *b)
{
    if (!merge_moments(a, b))
        return;
    if (b->t0 < a->t0 || (b->t0 == a->t0 && pt_num_cmp(b->first, a->first) > 0)) {
        a->t0 = b->t0;
        a->first = b->first;
    }
    if (b->t1 > a->t1 || (b->t1 == a->t1 && pt_num_cmp(b->last, a->last) > 0)) {
        a->t1 = b->t1;
        a->last = b->last;
    }
}

/* Quotient and remainder. */
struct pt_dd pt_summary_average(const struct pt_summary *s)
{
    double n = (double)s->n, q = s->sum.hi / n;
    if (!s->n || !isfinite(q))
        return (struct pt_dd){s->n ? q : NAN, 0};
    return two_sum(q, (fma(-q, n, s->sum.hi) + s->sum.lo) / n);
}

double pt_summary_mean(const struct pt_summary *s)
{
    return pt_summary_average(s).hi;
}

/* (sum of squares - sum^2 / n) / (n - 1).  The subtraction cancels, but over 106 bits: with a mean
 * 1e8 times the deviation, sixteen good digits remain. */
double pt_summary_variance(const struct pt_summary *s)
{
    double n = (double)s->n, mean, rest;
    struct pt_dd p, square_over_n, dev;
    if (s->n < 2 || !isfinite(s->squares.hi) || !isfinite(s->sum.hi * s->sum.hi))
        return NAN;
    mean = s->sum.hi / n; /* sum / n as a double-double: quotient and remainder */
    rest = (fma(-mean, n, s->sum.hi) + s->sum.lo) / n;
    p = (struct pt_dd){s->sum.hi * mean, fma(s->sum.hi, mean, -(s->sum.hi * mean))};
    square_over_n = normal(p.hi, p.lo + s->sum.hi * rest + s->sum.lo * mean);
    dev = pt_dd_merge(s->squares, (struct pt_dd){-square_over_n.hi, -square_over_n.lo});
    return dev.hi > 0 ? (dev.hi + dev.lo) / (n - 1) : 0;
}

double pt_summary_stddev(const struct pt_summary *s)
{
    return sqrt(pt_summary_variance(s));
}
