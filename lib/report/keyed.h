/* keyed.h - tallies by name: a map from a key to a zeroed item of the caller's.
 *
 * Every item begins with `struct pt_str key`, which is set when it is made and lives as long as the
 * table.  Items move when one is added, so a pointer to one is good until the next pt_keyed_get.
 * A key of several parts is joined by a byte that UTF-8 never has. */
#ifndef PT_REPORT_KEYED_H
#define PT_REPORT_KEYED_H

#include "base/buf.h"
#include "base/map.h"

#include <stddef.h>

struct pt_keyed {
    size_t size; /* of an item; set by the caller, all else zero */
    struct pt_map map;
    unsigned char *items;
    size_t cap;
};

#define PT_KEYED(type) ((struct pt_keyed){.size = sizeof(type)})

/* The item of the key, made if it is new; its number in order of arrival. */
void *pt_keyed_get(struct pt_keyed *k, struct pt_str key, uint32_t *number);
void *pt_keyed_at(const struct pt_keyed *k, size_t number);
size_t pt_keyed_count(const struct pt_keyed *k);

/* All items in the order of `compare`, which gets pointers to pointers to items, as qsort gives
 * them; NULL: by key.  To be freed by the caller. */
void **pt_keyed_sorted(const struct pt_keyed *k, int (*compare)(const void *a, const void *b));

/* Joins the parts of a key in `b`, and takes one out of it. */
struct pt_str pt_keyed_join(struct pt_buf *b, const struct pt_str *parts, size_t n);
struct pt_str pt_keyed_part(struct pt_str key, size_t part);

void pt_keyed_release(struct pt_keyed *k);

#endif
