/* arena.c - a list of blocks, the newest first; only the newest is filled.
 *
 * Allocation is a bump of `used`; a full block is followed by one twice its size.  Reset frees all
 * but the newest block, which is the largest. */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096 };

struct pt_arena_block {
    struct pt_arena_block *next;
    size_t used, cap;
    alignas(max_align_t) unsigned char bytes[];
};

static struct pt_arena_block *add_block(struct pt_arena *a, size_t size)
{
    size_t cap = a->head ? a->head->cap * 2 : FIRST_BLOCK;
    struct pt_arena_block *b;
    while (cap < size)
        cap *= 2;
    b = pt_mem_alloc(sizeof *b + cap);
    b->cap = cap;
    b->next = a->head;
    a->head = b;
    return b;
}

void *pt_arena_alloc(struct pt_arena *a, size_t size)
{
    size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct pt_arena_block *b = a->head;
    void *p;
    if (!b || b->cap - b->used < need)
        b = add_block(a, need);
    p = b->bytes + b->used;
    b->used += need;
    return p;
}

struct pt_str pt_arena_str(struct pt_arena *a, struct pt_str s)
{
    char *copy = pt_arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return (struct pt_str){copy, s.n};
}

static void free_from(struct pt_arena_block *b)
{
    while (b) {
        struct pt_arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void pt_arena_reset(struct pt_arena *a)
{
    if (!a->head)
        return;
    free_from(a->head->next);
    a->head->next = NULL;
    a->head->used = 0;
}

void pt_arena_release(struct pt_arena *a)
{
    free_from(a->head);
    a->head = NULL;
}
