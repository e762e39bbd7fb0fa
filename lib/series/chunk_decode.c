/* chunk_decode.c - see chunk.h: reads what chunk_encode.c writes, and trusts none of it.
 *
 * The cursor remembers that it ran short, so damage shows once, at the end; counts are bounded
 * before memory is taken for them. */
#include "series/codec.h"

#include "base/mem.h"
#include "base/wide.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>

struct pt_chunk_coder *pt_chunk_coder_with(enum pt_deflate_engine engine)
{
    struct pt_chunk_coder *c = pt_mem_alloc(sizeof *c);
    pt_integers_init(&c->integers, engine);
    return c;
}

struct pt_chunk_coder *pt_chunk_coder_new(void)
{
    return pt_chunk_coder_with(PT_DEFLATE_BEST);
}

void pt_chunk_coder_free(struct pt_chunk_coder *c)
{
    if (!c)
        return;
    pt_integers_release(&c->integers);
    free(c->scratch);
    free(c);
}

PT_WIDE static bool ascending(const int64_t *ts, size_t n)
{
    unsigned bad = 0;
    for (size_t i = 1; i < n; i++)
        bad |= ts[i] <= ts[i - 1];
    return !bad;
}

static void add_wide(struct pt_column *out, size_t at, int64_t wide)
{
    if (!out->wide)
        out->wide = pt_mem_array(out->cap, sizeof *out->wide);
    out->wide[at] = wide;
}

/* Integers that no double holds go to the wide ones. */
static void mark_wide(struct pt_column *out, const uint64_t *k, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(out->v[out->n + i]) >= PT_CODEC_EXACT) {
            struct pt_num num = pt_num_int((int64_t)k[i]);
            if (num.wide)
                add_wide(out, out->n + i, num.wide);
        }
}

/* Whether all are from -2^51 up to 2^51, less one. */
static bool all_small(const uint64_t *k, size_t n)
{
    const uint64_t half = UINT64_C(1) << 51;
    uint64_t high = 0;
    for (size_t i = 0; i < n; i++)
        high |= k[i] + half;
    return !(high >> 52);
}

/* Few processors turn integers of 64 bits to doubles but one by one.  A small one, added to the
 * bits of 1.5 * 2^52, whose last bit is worth 1, makes the double that is as much larger. */
static void from_small(double *restrict v, const uint64_t *k, size_t n, double scale)
{
    const double ground = 0x1.8p52;
    for (size_t i = 0; i < n; i++)
        v[i] = (pt_codec_double(pt_codec_bits(ground) + k[i]) - ground) / scale;
}

PT_WIDE static void from_decimals(struct pt_column *out, const uint64_t *k, size_t n,
                                  unsigned places)
{
    double *v = out->v + out->n, scale = PT_CODEC_POW10[places];
    if (all_small(k, n)) {
        from_small(v, k, n, scale);
    } else if (places) {
        for (size_t i = 0; i < n; i++)
            v[i] = (double)(int64_t)k[i] / scale;
    } else {
        for (size_t i = 0; i < n; i++)
            v[i] = (double)(int64_t)k[i];
        mark_wide(out, k, n);
    }
}

static bool from_bits(struct pt_column *out, const uint64_t *k, size_t n)
{
    static const uint64_t INFINITE = UINT64_C(0x7ff) << 52;
    double *v = out->v + out->n;
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t u = pt_codec_fold(k[i]);
        bad |= (u & INFINITE) == INFINITE;
        v[i] = pt_codec_double(u);
    }
    return !bad;
}

/* Exceptions: a double or a wide integer in place of a value. */
static void get_exceptions(struct pt_unpack *in, struct pt_column *out, size_t n)
{
    uint64_t count = pt_unpack_varint(in), at = 0;
    for (; count > 0 && !in->bad; count--, at++) {
        uint64_t gap = pt_unpack_varint(in), u;
        const unsigned char *p = pt_unpack_bytes(in, sizeof u);
        struct pt_num num;
        if (!p || gap / 2 >= n - at) {
            in->bad = true;
            return;
        }
        memcpy(&u, p, sizeof u);
        u = le64toh(u);
        num = gap & 1 ? pt_num_int((int64_t)u) : pt_num_real(pt_codec_double(u));
        at += gap / 2;
        in->bad = !isfinite(num.d);
        out->v[out->n + at] = num.d;
        if (num.wide || out->wide)
            add_wide(out, out->n + at, num.wide);
    }
}

static void get_values(struct pt_chunk_coder *c, struct pt_unpack *in, unsigned kind,
                       struct pt_column *out, size_t n)
{
    c->scratch = pt_mem_grow(c->scratch, &c->scratch_cap, n, sizeof *c->scratch);
    pt_integers_decode(&c->integers, in, c->scratch, n);
    if (in->bad)
        return;
    if (kind != PT_CODEC_BITS)
        from_decimals(out, c->scratch, n, kind);
    else if (!from_bits(out, c->scratch, n))
        in->bad = true;
    get_exceptions(in, out, n);
}

int pt_chunk_decode(struct pt_chunk_coder *c, struct pt_str chunk, struct pt_column *out,
                    struct pt_err *err)
{
    struct pt_unpack in = {(const unsigned char *)chunk.p, (const unsigned char *)chunk.p + chunk.n,
                           false};
    unsigned head = pt_unpack_u8(&in), kind = head & PT_CODEC_KIND;
    uint64_t n = pt_unpack_varint(&in);
    if (in.bad || (head & ~(unsigned)PT_CODEC_KIND) != PT_CODEC_VERSION || kind > PT_CODEC_BITS ||
        n < 1 || n > PT_CHUNK_POINTS_MOST)
        return pt_err_set(err, PT_SYSTEM, "damaged chunk: not a chunk's head");
    pt_column_reserve(out, out->n + n);
    if (out->wide)
        memset(out->wide + out->n, 0, n * sizeof *out->wide);
    pt_integers_decode(&c->integers, &in, (uint64_t *)(out->ts + out->n), n);
    if (!in.bad)
        get_values(c, &in, kind, out, n);
    if (in.bad || in.p != in.end || !ascending(out->ts + out->n, n))
        return pt_err_set(err, PT_SYSTEM, "damaged chunk: its body does not decode");
    out->n += n;
    return 0;
}
