/* ahead.c - see ahead.h.  The buffer is emptied when all that was read ahead is taken, and closed up
 * when most of it is. */
#include "format/ahead.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static struct pt_line line_at(const struct pt_ahead *a, size_t i)
{
    struct pt_line line = a->v[i].line;
    line.text.p = a->text.p + a->v[i].at;
    return line;
}

static void forget_taken(struct pt_ahead *a)
{
    if (a->next < a->n)
        return;
    a->next = a->n = 0;
    pt_buf_clear(&a->text);
}

/* Some lines may always be ahead; those behind must not stay for that. */
static void close_up(struct pt_ahead *a)
{
    enum { FEW = 1024 };
    size_t begin;
    if (a->next < FEW || a->next < a->n / 2)
        return;
    begin = a->v[a->next].at;
    memmove(a->text.p, a->text.p + begin, a->text.n - begin);
    a->text.n -= begin;
    a->n -= a->next;
    memmove(a->v, a->v + a->next, a->n * sizeof *a->v);
    for (size_t i = 0; i < a->n; i++)
        a->v[i].at -= begin;
    a->next = 0;
}

int pt_ahead_take(struct pt_ahead *a, int wait_ms, struct pt_line *line, struct pt_err *err)
{
    if (a->n)
        forget_taken(a);
    if (!a->n)
        return pt_input_next(a->in, wait_ms, line, err);
    close_up(a);
    *line = line_at(a, a->next++);
    return 1;
}

int pt_ahead_look(struct pt_ahead *a, size_t k, int wait_ms, struct pt_line *line,
                  struct pt_err *err)
{
    forget_taken(a);
    while (a->n - a->next <= k) {
        struct pt_line read;
        int rc = pt_input_next(a->in, wait_ms, &read, err);
        if (rc != 1)
            return rc;
        a->v = pt_mem_grow(a->v, &a->cap, a->n + 1, sizeof *a->v);
        a->v[a->n++] = (struct pt_ahead_line){read, a->text.n};
        pt_buf_str(&a->text, read.text);
    }
    *line = line_at(a, a->next + k);
    return 1;
}

void pt_ahead_drop(struct pt_ahead *a, size_t k)
{
    a->next += k;
}

void pt_ahead_release(struct pt_ahead *a)
{
    free(a->v);
    pt_buf_release(&a->text);
    *a = (struct pt_ahead){0};
}
