/* bag.c - see bag.h.
 *
 * A binary indexed tree (Fenwick, "A new data structure for cumulative frequency tables", 1994)
 * over the ranks of the distinct values.  tree[i] counts the values of the kinds i - (i & -i) to
 * i - 1. */
#include "query/bag.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many kinds are not above v. */
static size_t kinds_up_to(const struct pt_bag *b, double v)
{
    size_t low = 0, high = b->nkinds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->kinds[middle] <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void pt_bag_begin(struct pt_bag *b, const double *v, size_t n)
{
    *b = (struct pt_bag){.kinds = pt_mem_array(n, sizeof *b->kinds)};
    b->kind = pt_mem_array(n, sizeof *b->kind);
    if (n)
        memcpy(b->kinds, v, n * sizeof *v);
    qsort(b->kinds, n, sizeof *b->kinds, by_value);
    for (size_t i = 0; i < n; i++)
        if (!b->nkinds || b->kinds[i] > b->kinds[b->nkinds - 1])
            b->kinds[b->nkinds++] = b->kinds[i];
    for (size_t i = 0; i < n; i++)
        b->kind[i] = (uint32_t)(kinds_up_to(b, v[i]) - 1);
    b->count = pt_mem_array(b->nkinds, sizeof *b->count);
    b->tree = pt_mem_array(b->nkinds + 1, sizeof *b->tree);
}

void pt_bag_release(struct pt_bag *b)
{
    free(b->kinds);
    free(b->kind);
    free(b->count);
    free(b->tree);
    *b = (struct pt_bag){0};
}

void pt_bag_add(struct pt_bag *b, size_t at, size_t n)
{
    b->n += n;
    for (; n > 0; n--, at++) {
        b->distinct += b->count[b->kind[at]]++ == 0;
        for (size_t i = b->kind[at] + (size_t)1; i <= b->nkinds; i += i & -i)
            b->tree[i]++;
    }
}

void pt_bag_take(struct pt_bag *b, size_t at, size_t n)
{
    b->n -= n;
    for (; n > 0; n--, at++) {
        b->distinct -= --b->count[b->kind[at]] == 0;
        for (size_t i = b->kind[at] + (size_t)1; i <= b->nkinds; i += i & -i)
            b->tree[i]--;
    }
}

double pt_bag_nth(const struct pt_bag *b, size_t k)
{
    size_t at = 0, step = 1;
    while (step <= b->nkinds / 2)
        step *= 2;
    for (; step > 0; step /= 2)
        if (at + step <= b->nkinds && b->tree[at + step] <= k) {
            at += step;
            k -= b->tree[at];
        }
    return b->kinds[at];
}

size_t pt_bag_up_to(const struct pt_bag *b, double most)
{
    size_t n = 0;
    for (size_t i = kinds_up_to(b, most); i > 0; i -= i & -i)
        n += b->tree[i];
    return n;
}
