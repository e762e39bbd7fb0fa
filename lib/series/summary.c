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

struct pt_summary pt_summary_sum(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_summary s = {0};
    if (begin >= end)
        return s;
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
    a->increase = pt_dd_add(a->increase, pt_summary_step(a->last.d, b->first.d));
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

double pt_summary_mean(const struct pt_summary *s)
{
    double n = (double)s->n, q = s->sum.hi / n;
    return s->n ? q + (fma(-q, n, s->sum.hi) + s->sum.lo) / n : NAN;
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
