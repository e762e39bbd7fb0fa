/* keyed.c - see keyed.h. */
#include "report/keyed.h"

#include "base/mem.h"

#include <stdlib.h>

static const char JOINT = '\xFF';

void *pt_keyed_at(const struct pt_keyed *k, size_t number)
{
    return k->items + number * k->size;
}

size_t pt_keyed_count(const struct pt_keyed *k)
{
    return k->map.n;
}

void *pt_keyed_get(struct pt_keyed *k, struct pt_str key, uint32_t *number)
{
    bool added;
    uint32_t i = pt_map_add(&k->map, key, &added);
    if (added) {
        struct pt_str own = pt_map_key(&k->map, i);
        k->items = pt_mem_grow(k->items, &k->cap, k->map.n, k->size);
        memset(pt_keyed_at(k, i), 0, k->size);
        memcpy(pt_keyed_at(k, i), &own, sizeof own);
    }
    if (number)
        *number = i;
    return pt_keyed_at(k, i);
}

static int by_key(const void *a, const void *b)
{
    const struct pt_str *x = *(void *const *)a, *y = *(void *const *)b;
    return pt_str_cmp(*x, *y);
}

void **pt_keyed_sorted(const struct pt_keyed *k, int (*compare)(const void *a, const void *b))
{
    size_t n = pt_keyed_count(k);
    void **all = pt_mem_array(n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = pt_keyed_at(k, i);
    qsort(all, n, sizeof *all, compare ? compare : by_key);
    return all;
}

struct pt_str pt_keyed_join(struct pt_buf *b, const struct pt_str *parts, size_t n)
{
    pt_buf_clear(b);
    for (size_t i = 0; i < n; i++) {
        if (i)
            pt_buf_putc(b, JOINT);
        pt_buf_str(b, parts[i]);
    }
    return pt_buf_view(b);
}

struct pt_str pt_keyed_part(struct pt_str key, size_t part)
{
    struct pt_str s = key;
    for (;; part--) {
        const char *joint = s.n ? memchr(s.p, JOINT, s.n) : NULL;
        size_t n = joint ? (size_t)(joint - s.p) : s.n;
        if (part == 0)
            return (struct pt_str){s.p, n};
        if (!joint)
            return (struct pt_str){s.p, 0};
        s = (struct pt_str){joint + 1, s.n - n - 1};
    }
}

void pt_keyed_release(struct pt_keyed *k)
{
    pt_map_release(&k->map);
    free(k->items);
    *k = (struct pt_keyed){.size = k->size};
}
