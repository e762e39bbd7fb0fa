/* arena.h - memory that dies together.
 *
 * For everything whose life is one record: allocate freely, then reset once.  The zero value is an
 * empty arena.  pt_arena_reset keeps the largest block, so a steady stream stops allocating;
 * pt_arena_release frees all. */
#ifndef PT_BASE_ARENA_H
#define PT_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

struct pt_arena_block;

struct pt_arena {
    struct pt_arena_block *head;
};

/* Uninitialised, aligned for any scalar, valid until reset or release. */
void *pt_arena_alloc(struct pt_arena *a, size_t size);

/* A copy, with a NUL after it. */
struct pt_str pt_arena_str(struct pt_arena *a, struct pt_str s);

void pt_arena_reset(struct pt_arena *a);
void pt_arena_release(struct pt_arena *a);

#endif
