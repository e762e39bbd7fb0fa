/* buf.c - see buf.h. */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *pt_buf_reserve(struct pt_buf *b, size_t n)
{
    b->p = pt_mem_grow(b->p, &b->cap, b->n + n + 1, 1);
    return b->p + b->n;
}

void pt_buf_add(struct pt_buf *b, const void *p, size_t n)
{
    char *to = pt_buf_reserve(b, n);
    if (n)
        memcpy(to, p, n);
    to[n] = '\0';
    b->n += n;
}

void pt_buf_str(struct pt_buf *b, struct pt_str s)
{
    pt_buf_add(b, s.p, s.n);
}

void pt_buf_puts(struct pt_buf *b, const char *s)
{
    pt_buf_add(b, s, strlen(s));
}

void pt_buf_putc(struct pt_buf *b, char c)
{
    pt_buf_add(b, &c, 1);
}

void pt_buf_printf(struct pt_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    int n;
    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0) {
        vsnprintf(pt_buf_reserve(b, (size_t)n), (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void pt_buf_clear(struct pt_buf *b)
{
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

void pt_buf_release(struct pt_buf *b)
{
    free(b->p);
    *b = (struct pt_buf){0};
}
