/* str.h - a borrowed run of bytes.
 *
 * A pt_str owns nothing: it lives as long as what it points into, which every function that hands
 * one out states.  The bytes need no NUL at the end. */
#ifndef PT_BASE_STR_H
#define PT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pt_str {
    const char *p;
    size_t n;
};

#define PT_STR(literal) ((struct pt_str){("" literal), sizeof(literal) - 1})

static inline struct pt_str pt_str(const char *s)
{
    return (struct pt_str){s, s ? strlen(s) : 0};
}

static inline bool pt_str_eq(struct pt_str a, struct pt_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool pt_str_is(struct pt_str a, const char *s)
{
    return pt_str_eq(a, pt_str(s));
}

/* Whether n bytes are the same: as memcmp, but without a call, for the short runs that lines are
 * made of.  Words, of which the last two may overlap. */
static inline bool pt_str_same(const char *a, const char *b, size_t n)
{
    uint64_t x, y;
    uint32_t u, v;
    if (n < sizeof u)
        return n == 0 || (*a == *b && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
    if (n < sizeof x) {
        memcpy(&u, a, sizeof u);
        memcpy(&v, b, sizeof v);
        x = u ^ v;
        memcpy(&u, a + n - sizeof u, sizeof u);
        memcpy(&v, b + n - sizeof v, sizeof v);
        return !(x | (u ^ v));
    }
    for (size_t i = 0; i < n - sizeof x; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (x != y)
            return false;
    }
    memcpy(&x, a + n - sizeof x, sizeof x);
    memcpy(&y, b + n - sizeof y, sizeof y);
    return x == y;
}

/* Bytewise order, a shorter prefix first: <0, 0, >0. */
static inline int pt_str_cmp(struct pt_str a, struct pt_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

#endif
