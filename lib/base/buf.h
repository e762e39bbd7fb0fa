/* buf.h - a growing run of bytes.
 *
 * The zero value ({0}) is an empty buffer.  A buffer owns its bytes: pt_buf_release frees them and
 * leaves an empty buffer.  Appending may move the bytes, so pointers into them do not survive it.
 * There is always room for, and always a NUL after, the last byte once anything was appended. */
#ifndef PT_BASE_BUF_H
#define PT_BASE_BUF_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct pt_buf {
    char *p;
    size_t n;
    size_t cap;
};

/* Makes room for n more bytes (and the NUL) and returns where they go; the caller adds to b->n. */
char *pt_buf_reserve(struct pt_buf *b, size_t n);
void pt_buf_add(struct pt_buf *b, const void *p, size_t n);
void pt_buf_str(struct pt_buf *b, struct pt_str s);
void pt_buf_puts(struct pt_buf *b, const char *s);
void pt_buf_putc(struct pt_buf *b, char c);
void pt_buf_printf(struct pt_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pt_buf_clear(struct pt_buf *b); /* empty, keeps the memory */
void pt_buf_release(struct pt_buf *b);

/* The bytes as a borrowed run, valid until the next call on b. */
static inline struct pt_str pt_buf_view(const struct pt_buf *b)
{
    return (struct pt_str){b->p, b->n};
}

#endif
