/* integers_decode.c - see integers.h: reads what integers_encode.c writes, and trusts none of it.
 *
 * Each loop does one thing to all numbers, so that compilers turn it into vector instructions; the
 * numbers of a chunk stay in the nearest cache between the loops. */
#include "series/integers.h"

#include "base/mem.h"
#include "base/wide.h"
#include "series/bits.h"

#include <string.h>

struct stream {
    unsigned head, low, planes;
    uint64_t first, unit, slope, base;
};

static uint64_t get_signed(struct pt_unpack *in)
{
    return pt_unpack_zigzag(pt_unpack_varint(in));
}

/* The bytes of all planes, unpacked; NULL when they are damaged. */
static const unsigned char *get_planes(struct pt_integers *w, struct pt_unpack *in,
                                       const struct stream *s, size_t n)
{
    size_t size = s->planes * n;
    const unsigned char *p;
    uint64_t packed;
    if (!(s->head & PT_INTEGERS_PACKED))
        return pt_unpack_bytes(in, size);
    packed = pt_unpack_varint(in);
    if (!(p = pt_unpack_bytes(in, packed)))
        return NULL;
    w->unpacked = pt_mem_grow(w->unpacked, &w->cap, size, 1);
    return pt_deflate_unpack(w->huffman, p, packed, w->unpacked, size) == 0 ? w->unpacked : NULL;
}

PT_WIDE static void add_plane(uint64_t *restrict x, const unsigned char *p, unsigned shift,
                              size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] |= (uint64_t)p[i] << shift;
}

/* Low bits and planes together, without the base. */
static void get_parts(struct pt_integers *w, struct pt_unpack *in, const struct stream *s,
                      uint64_t *x, size_t n)
{
    const unsigned char *low = pt_unpack_bytes(in, pt_bits_size(n, s->low)), *p;
    if (!low || !s->low)
        memset(x, 0, n * sizeof *x);
    else
        pt_bits_unpack(low, n, s->low, x);
    if (!s->planes)
        return;
    if (!(p = get_planes(w, in, s, n))) {
        in->bad = true;
        return;
    }
    for (unsigned k = 0; k < s->planes; k++, p += n)
        add_plane(x, p, s->low + 8 * k, n);
}

static void get_patches(struct pt_unpack *in, uint64_t *x, size_t n)
{
    uint64_t count = pt_unpack_varint(in), at = 0;
    for (; count > 0 && !in->bad; count--, at++) {
        uint64_t gap = pt_unpack_varint(in), value = get_signed(in);
        if (gap >= n - at || in->bad) {
            in->bad = true;
            return;
        }
        x[at += gap] = value;
    }
}

PT_WIDE static void from_line(const struct stream *s, uint64_t *k, size_t n)
{
    const uint64_t unit = s->unit, step = s->slope * unit, base = s->first + s->base * unit;
    if (unit == 1 && step == 0)
        for (size_t i = 1; i < n; i++)
            k[i] += base;
    else
        for (size_t i = 1; i < n; i++)
            k[i] = k[i] * unit + base + i * step;
}

static void from_steps(const struct stream *s, uint64_t *k, size_t n)
{
    const uint64_t unit = s->unit, base = s->base * unit;
    uint64_t at = s->first;
    if (unit == 1)
        for (size_t i = 1; i < n; i++)
            k[i] = at += k[i] + base;
    else
        for (size_t i = 1; i < n; i++)
            k[i] = at += k[i] * unit + base;
}

static void from_changes(const struct stream *s, uint64_t *k, size_t n)
{
    uint64_t at = s->first, step = s->slope;
    for (size_t i = 1; i < n; i++) {
        step += k[i] + s->base;
        k[i] = at += step * s->unit;
    }
}

/* Equal steps, as of a clock: nothing but an addition a number. */
PT_WIDE static void even(const struct stream *s, uint64_t *k, size_t n)
{
    const uint64_t step = s->base * s->unit, first = s->first;
    for (size_t i = 1; i < n; i++)
        k[i] = first + i * step;
}

static bool get_stream(struct pt_unpack *in, struct stream *s)
{
    s->unit = s->head & PT_INTEGERS_UNIT ? pt_unpack_varint(in) : 1;
    s->slope = s->head & PT_INTEGERS_SLOPE ? get_signed(in) : 0;
    s->base = get_signed(in);
    s->low = pt_unpack_u8(in);
    s->planes = pt_unpack_u8(in);
    return !in->bad && s->low <= PT_BITS_MOST && s->low + 8 * s->planes < 64 + 8 &&
           (s->head & PT_INTEGERS_FORM) <= PT_INTEGERS_CHANGES;
}

void pt_integers_decode(struct pt_integers *w, struct pt_unpack *in, uint64_t *k, size_t n)
{
    struct stream s = {.head = pt_unpack_u8(in), .first = get_signed(in)};
    unsigned form = s.head & PT_INTEGERS_FORM;
    k[0] = s.first;
    if (s.head & ~(unsigned)PT_INTEGERS_HEAD || (n == 1 && s.head)) {
        in->bad = true;
        return;
    }
    if (n == 1)
        return;
    if (!get_stream(in, &s)) {
        in->bad = true;
        return;
    }
    if (form == PT_INTEGERS_STEPS && !(s.low | s.planes) && !(s.head & PT_INTEGERS_PATCHED)) {
        even(&s, k, n);
        return;
    }
    get_parts(w, in, &s, k + 1, n - 1);
    if (s.head & PT_INTEGERS_PATCHED)
        get_patches(in, k + 1, n - 1);
    if (form == PT_INTEGERS_LINE)
        from_line(&s, k, n);
    else if (form == PT_INTEGERS_STEPS)
        from_steps(&s, k, n);
    else
        from_changes(&s, k, n);
}
