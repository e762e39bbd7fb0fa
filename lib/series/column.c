/* column.c - see column.h.
 *
 * Sorting permutes an array of (ts, index) so that the three columns move once. */
#include "series/column.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void grow(struct pt_column *c, size_t need)
{
    size_t cap_v = c->cap, cap_w = c->cap;
    if (need <= c->cap)
        return;
    c->v = pt_mem_grow(c->v, &cap_v, need, sizeof *c->v);
    if (c->wide)
        c->wide = pt_mem_grow(c->wide, &cap_w, need, sizeof *c->wide);
    c->ts = pt_mem_grow(c->ts, &c->cap, need, sizeof *c->ts);
}

void pt_column_reserve(struct pt_column *c, size_t n)
{
    grow(c, n);
}

static void add_wide(struct pt_column *c, int64_t wide)
{
    if (!c->wide)
        c->wide = pt_mem_array(c->cap, sizeof *c->wide);
    c->wide[c->n] = wide;
}

void pt_column_add(struct pt_column *c, int64_t ts, struct pt_num v)
{
    if (c->n == c->cap)
        grow(c, c->n + 1);
    c->ts[c->n] = ts;
    c->v[c->n] = v.d;
    if (v.wide || c->wide)
        add_wide(c, v.wide);
    c->n++;
}

void pt_column_append(struct pt_column *c, const struct pt_column *from, size_t begin, size_t end)
{
    if (from->wide || c->wide) {
        for (size_t i = begin; i < end; i++)
            pt_column_add(c, from->ts[i], pt_column_value(from, i));
        return;
    }
    if (begin >= end)
        return;
    grow(c, c->n + (end - begin));
    memcpy(c->ts + c->n, from->ts + begin, (end - begin) * sizeof *c->ts);
    memcpy(c->v + c->n, from->v + begin, (end - begin) * sizeof *c->v);
    c->n += end - begin;
}

void pt_column_clear(struct pt_column *c)
{
    c->n = 0;
}

void pt_column_release(struct pt_column *c)
{
    free(c->ts);
    free(c->v);
    free(c->wide);
    *c = (struct pt_column){0};
}

bool pt_column_ordered(const struct pt_column *c)
{
    for (size_t i = 1; i < c->n; i++)
        if (c->ts[i] <= c->ts[i - 1])
            return false;
    return true;
}

struct slot {
    int64_t ts;
    size_t at;
};

static int by_time(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    if (x->ts != y->ts)
        return x->ts < y->ts ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static struct slot *sorted_slots(const struct pt_column *c)
{
    struct slot *slots = pt_mem_array(c->n, sizeof *slots);
    for (size_t i = 0; i < c->n; i++)
        slots[i] = (struct slot){c->ts[i], i};
    qsort(slots, c->n, sizeof *slots, by_time);
    return slots;
}

/* Whether a stays rather than b: the larger; of equal ones plain zero rather than negative zero and
 * an integer rather than its double, so that here, too, the order of arrival does not matter. */
static bool prevails(struct pt_num a, struct pt_num b)
{
    int c = pt_num_cmp(a, b);
    if (c == 0)
        return (signbit(b.d) && !signbit(a.d)) || (a.wide && !b.wide);
    return c > 0;
}

size_t pt_column_sort(struct pt_column *c)
{
    return pt_column_sort_gone(c, NULL);
}

size_t pt_column_sort_gone(struct pt_column *c, struct pt_column *lost)
{
    struct pt_column sorted = {0};
    struct slot *slots;
    size_t gone;
    if (pt_column_ordered(c))
        return 0;
    slots = sorted_slots(c);
    grow(&sorted, c->n);
    for (size_t i = 0; i < c->n; i++) {
        struct pt_num v = pt_column_value(c, slots[i].at);
        bool same = sorted.n && sorted.ts[sorted.n - 1] == slots[i].ts;
        struct pt_num held = same ? pt_column_value(&sorted, sorted.n - 1) : v;
        bool better = same && prevails(v, held);
        if (same && lost)
            pt_column_add(lost, slots[i].ts, better ? held : v);
        if (same && !better)
            continue;
        sorted.n -= same;
        pt_column_add(&sorted, slots[i].ts, v);
    }
    gone = c->n - sorted.n;
    free(slots);
    pt_column_release(c);
    *c = sorted;
    return gone;
}

size_t pt_column_lower(const struct pt_column *c, int64_t t)
{
    size_t lo = 0, hi = c->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->ts[mid] < t)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}
