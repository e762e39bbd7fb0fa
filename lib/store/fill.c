/* fill.c - see fill.h.
 *
 * Sorted by size, taken ones are skipped by links to the next smaller one that is left, which are
 * shortened as they are followed (a disjoint-set forest with path halving). */
#include "store/fill.h"

#include "base/mem.h"
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESERVED = 8, /* bytes of a page for its checksum */
    HEAD = 8,     /* ... for what SQLite says of it */
    ROW = 12,     /* ... for a row beside its blob: pointer, lengths, id, record header */
    ROOM = PT_SCHEMA_PAGE - RESERVED - HEAD
};

static int by_size(const void *a, const void *b)
{
    const struct pt_fill *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* The first from i on that is not taken, n when there is none. */
static size_t left_from(size_t *next, size_t i)
{
    while (next[i] != i) {
        next[i] = next[next[i]];
        i = next[i];
    }
    return i;
}

/* The first item, in order of size, that needs no more than `room`. */
static size_t first_within(const struct pt_fill *items, size_t n, size_t room)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].size + ROW > room)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void pt_fill_order(struct pt_fill *items, size_t n)
{
    struct pt_fill *sorted;
    size_t *next, room = ROOM;
    if (n < 2)
        return;
    sorted = pt_mem_array(n, sizeof *sorted);
    next = pt_mem_array(n + 1, sizeof *next);
    qsort(items, n, sizeof *items, by_size);
    memcpy(sorted, items, n * sizeof *sorted);
    for (size_t i = 0; i <= n; i++)
        next[i] = i;
    for (size_t out = 0; out < n; out++) {
        size_t i = left_from(next, first_within(sorted, n, room));
        if (i == n) { /* a new page */
            room = ROOM;
            i = left_from(next, first_within(sorted, n, room));
            if (i == n) /* larger than a page */
                i = left_from(next, 0);
        }
        next[i] = i + 1;
        room -= sorted[i].size + ROW < room ? sorted[i].size + ROW : room;
        items[out] = sorted[i];
    }
    free(sorted);
    free(next);
}
