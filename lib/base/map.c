/* map.c - see map.h. */
#include "base/map.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

static size_t probe(const struct pt_map *m, uint64_t hash, struct pt_str key)
{
    size_t i = (size_t)hash & m->mask;
    for (; m->slots[i]; i = (i + 1) & m->mask) {
        const struct pt_map_key *k = &m->keys[m->slots[i] - 1];
        if (k->hash == hash && pt_str_eq(k->key, key))
            break;
    }
    return i;
}

uint32_t pt_map_find(const struct pt_map *m, struct pt_str key)
{
    uint32_t slot;
    if (!m->n)
        return PT_MAP_NONE;
    slot = m->slots[probe(m, pt_hash_bytes(key.p, key.n, 0), key)];
    return slot ? slot - 1 : PT_MAP_NONE;
}

static void widen(struct pt_map *m)
{
    size_t size = m->slots ? (m->mask + 1) * 2 : FIRST_SLOTS;
    free(m->slots);
    m->slots = pt_mem_array(size, sizeof *m->slots);
    m->mask = size - 1;
    for (size_t k = 0; k < m->n; k++) {
        size_t i = (size_t)m->keys[k].hash & m->mask;
        while (m->slots[i])
            i = (i + 1) & m->mask;
        m->slots[i] = (uint32_t)k + 1;
    }
}

uint32_t pt_map_add(struct pt_map *m, struct pt_str key, bool *added)
{
    uint64_t hash = pt_hash_bytes(key.p, key.n, 0);
    size_t i;
    if (!m->slots || (m->n + 1) * 2 > m->mask + 1)
        widen(m);
    i = probe(m, hash, key);
    if (added)
        *added = m->slots[i] == 0;
    if (m->slots[i])
        return m->slots[i] - 1;
    m->keys = pt_mem_grow(m->keys, &m->cap, m->n + 1, sizeof *m->keys);
    m->keys[m->n] = (struct pt_map_key){hash, pt_arena_str(&m->bytes, key)};
    m->slots[i] = (uint32_t)++m->n;
    return (uint32_t)m->n - 1;
}

void pt_map_release(struct pt_map *m)
{
    free(m->keys);
    free(m->slots);
    pt_arena_release(&m->bytes);
    *m = (struct pt_map){0};
}
