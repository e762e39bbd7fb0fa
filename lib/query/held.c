/* held.c - see held.h.
 *
 * A series becomes a row of spans: what its points in one pane come to, and the stretches between
 * panes, over which one value holds.  Only the latter can be cut by a window, and where they are
 * cut they are a rectangle, so the integral up to any begin or end of a window is known.  A
 * window's integral is the difference of two such sums, kept in double-double, whose cancellation
 * leaves what a double can hold.  Times are split into halves of 32 bits, so that each product with
 * a value is exact. */
#include "query/held.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

void pt_held_begin(struct pt_held *h)
{
    h->n = h->nseries = 0;
    h->holds = false;
}

void pt_held_release(struct pt_held *h)
{
    free(h->spans);
    free(h->series);
    *h = (struct pt_held){0};
}

void pt_held_series(struct pt_held *h, const struct pt_num *before, int64_t since)
{
    h->series = pt_mem_grow(h->series, &h->series_cap, h->nseries + 1, sizeof *h->series);
    h->series[h->nseries++] = h->n;
    h->holds = before != NULL;
    h->value = before ? before->d : 0;
    h->since = since;
}

/* Adds v * (to - from). */
static struct pt_dd add_area(struct pt_dd sum, double v, int64_t from, int64_t to)
{
    uint64_t time = (uint64_t)to - (uint64_t)from;
    double high = (double)(time >> 32) * 0x1p32, low = (double)(time & UINT32_MAX);
    sum = pt_dd_merge(sum, (struct pt_dd){v * high, fma(v, high, -(v * high))});
    return pt_dd_merge(sum, (struct pt_dd){v * low, fma(v, low, -(v * low))});
}

static void add_span(struct pt_held *h, struct pt_held_span span)
{
    if (span.from == span.to)
        return;
    h->spans = pt_mem_grow(h->spans, &h->cap, h->n + 1, sizeof *h->spans);
    h->spans[h->n++] = span;
}

void pt_held_points(struct pt_held *h, const struct pt_column *points, size_t begin, size_t end)
{
    const int64_t *ts = points->ts;
    const double *v = points->v;
    struct pt_held_span span = {.from = h->since, .to = ts[begin], .value = h->value};
    span.integral = add_area(span.integral, span.value, span.from, span.to);
    if (h->holds)
        add_span(h, span);
    span = (struct pt_held_span){.from = ts[begin], .to = ts[end - 1]};
    for (size_t i = begin; i + 1 < end; i++)
        span.integral = add_area(span.integral, v[i], ts[i], ts[i + 1]);
    add_span(h, span);
    h->holds = true;
    h->since = ts[end - 1];
    h->value = v[end - 1];
}

/* --- averages -------------------------------------------------------------------------------- */

/* What the values of a window, or of all time before an instant, come to. */
struct area {
    struct pt_dd integral, time; /* time in ns */
};

static struct area merge(struct area a, struct area b, double sign)
{
    a.integral =
        pt_dd_merge(a.integral, (struct pt_dd){sign * b.integral.hi, sign * b.integral.lo});
    a.time = pt_dd_merge(a.time, (struct pt_dd){sign * b.time.hi, sign * b.time.lo});
    return a;
}

/* Adds to each area that of the spans of one series before edge[i], or takes it away. */
static void sweep(const struct pt_held *h, size_t series, const int64_t *edge, size_t n,
                  double sign, struct area *areas)
{
    size_t at = h->series[series];
    size_t end = series + 1 < h->nseries ? h->series[series + 1] : h->n;
    struct area before = {0};
    for (size_t i = 0; i < n; i++) {
        struct area here;
        for (; at < end && h->spans[at].to <= edge[i]; at++) {
            const struct pt_held_span *s = &h->spans[at];
            before.integral = pt_dd_merge(before.integral, s->integral);
            before.time = add_area(before.time, 1, s->from, s->to);
        }
        here = before;
        if (at < end && h->spans[at].from < edge[i]) {
            here.integral = add_area(here.integral, h->spans[at].value, h->spans[at].from, edge[i]);
            here.time = add_area(here.time, 1, h->spans[at].from, edge[i]);
        }
        areas[i] = merge(areas[i], here, sign);
    }
}

/* integral / time, rounded once. */
static double average(const struct area *a)
{
    double q = a->integral.hi / a->time.hi;
    double rest = fma(-q, a->time.hi, a->integral.hi) + a->integral.lo - q * a->time.lo;
    return a->time.hi > 0 ? q + rest / a->time.hi : NAN;
}

void pt_held_average(const struct pt_held *h, const int64_t *start, const int64_t *stop, size_t n,
                     double *out)
{
    struct area *areas = pt_mem_array(n, sizeof *areas);
    for (size_t s = 0; s < h->nseries; s++) {
        sweep(h, s, stop, n, 1, areas);
        sweep(h, s, start, n, -1, areas);
    }
    for (size_t i = 0; i < n; i++)
        out[i] = average(&areas[i]);
    free(areas);
}
