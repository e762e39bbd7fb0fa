/* map.h - bytes to a small number: the position of the key in order of insertion.
 *
 * Open addressing over 64-bit hashes with linear probing, at most half full; keys are copied into
 * the map and never removed.  The caller keeps its own array of values, indexed by the position.
 * The zero value is an empty map.  Find and add cost O(1) expected and one comparison of bytes. */
#ifndef PT_BASE_MAP_H
#define PT_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

#define PT_MAP_NONE UINT32_MAX

struct pt_map_key {
    uint64_t hash;
    struct pt_str key;
};

struct pt_map {
    struct pt_map_key *keys; /* n of them, in order of insertion */
    uint32_t *slots;         /* position + 1, 0 = free; mask + 1 of them */
    size_t n, cap, mask;
    struct pt_arena bytes;
};

uint32_t pt_map_find(const struct pt_map *m, struct pt_str key); /* or PT_MAP_NONE */

/* Finds or adds; *added (may be NULL) says which. */
uint32_t pt_map_add(struct pt_map *m, struct pt_str key, bool *added);

/* The stored copy of key number i, valid until release. */
static inline struct pt_str pt_map_key(const struct pt_map *m, uint32_t i)
{
    return m->keys[i].key;
}

void pt_map_release(struct pt_map *m);

#endif
