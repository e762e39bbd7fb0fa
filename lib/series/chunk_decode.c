/* chunk_decode.c - see chunk.h: reads what chunk_encode.c writes, and trusts none of it.
 *
 * The cursor remembers that it ran short, so damage shows once, at the end; counts are bounded
 * before memory is taken for them. */
#include "series/codec.h"

#include "base/mem.h"
#include "base/pack.h"

#include <endian.h>
#include <math.h>

static double double_of(uint64_t u)
{
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

static void get_planes(struct pt_unpack *in, uint64_t *x, size_t n)
{
    unsigned planes = pt_unpack_u8(in);
    const unsigned char *p = planes <= 8 ? pt_unpack_bytes(in, planes * n) : NULL;
    memset(x, 0, n * sizeof *x);
    if (!p) {
        in->bad = true;
        return;
    }
    for (unsigned k = 0; k < planes; k++, p += n)
        for (size_t i = 0; i < n; i++)
            x[i] |= (uint64_t)p[i] << (8 * k);
}

static void get_times(struct pt_chunk_coder *c, struct pt_unpack *in, int64_t *ts, size_t n)
{
    unsigned codec = pt_unpack_u8(in);
    uint64_t t = pt_unpack_zigzag(pt_unpack_varint(in)), unit, step, *x = c->wide_k;
    ts[0] = (int64_t)t;
    if (codec == PT_TIMES_REGULAR) {
        step = pt_unpack_varint(in);
        for (size_t i = 1; i < n; i++)
            ts[i] = (int64_t)(t += step);
        return;
    }
    unit = pt_unpack_varint(in);
    step = pt_unpack_varint(in);
    if ((codec != PT_TIMES_DELTA && codec != PT_TIMES_DELTA2) || n < 2) {
        in->bad = true;
        return;
    }
    get_planes(in, x, codec == PT_TIMES_DELTA ? n - 1 : n - 2);
    if (codec == PT_TIMES_DELTA) {
        for (size_t i = 1; i < n; i++)
            ts[i] = (int64_t)(t += (x[i - 1] + step) * unit);
        return;
    }
    ts[1] = (int64_t)(t += step * unit);
    for (size_t i = 2; i < n; i++) {
        step += pt_unpack_zigzag(x[i - 2]);
        ts[i] = (int64_t)(t += step * unit);
    }
}

static void add_wide(struct pt_column *out, size_t at, int64_t wide)
{
    if (!out->wide)
        out->wide = pt_mem_array(out->cap, sizeof *out->wide);
    out->wide[at] = wide;
}

static void from_integers(struct pt_column *out, const uint64_t *k, size_t n, unsigned places)
{
    double *v = out->v + out->n, scale = PT_CODEC_POW10[places];
    for (size_t i = 0; i < n; i++)
        v[i] = (double)(int64_t)k[i] / scale;
    if (places)
        return;
    for (size_t i = 0; i < n; i++)
        if (fabs(v[i]) >= PT_CODEC_EXACT) {
            struct pt_num num = pt_num_int((int64_t)k[i]);
            if (num.wide)
                add_wide(out, out->n + i, num.wide);
        }
}

static void get_decimal(struct pt_unpack *in, uint64_t *k, unsigned codec, struct pt_column *out,
                        size_t n)
{
    unsigned places = pt_unpack_u8(in);
    uint64_t first = pt_unpack_zigzag(pt_unpack_varint(in)), step;
    if (places > PT_CODEC_PLACES || (codec != PT_VALUES_PLAIN && n < 2) ||
        (codec == PT_VALUES_DELTA2 && n < 3)) {
        in->bad = true;
        return;
    }
    if (codec == PT_VALUES_PLAIN) {
        get_planes(in, k, n);
        for (size_t i = 0; i < n; i++)
            k[i] += first;
    } else if (codec == PT_VALUES_DELTA) {
        get_planes(in, k + 1, n - 1);
        k[0] = first;
        for (size_t i = 1; i < n; i++)
            k[i] = k[i - 1] + pt_unpack_zigzag(k[i]);
    } else {
        step = pt_unpack_zigzag(pt_unpack_varint(in));
        get_planes(in, k + 2, n - 2);
        k[0] = first;
        k[1] = first + step;
        for (size_t i = 2; i < n; i++)
            k[i] = k[i - 1] + (step += pt_unpack_zigzag(k[i]));
    }
    from_integers(out, k, n, places);
}

static void get_xor(struct pt_unpack *in, uint64_t *k, double *v, size_t n)
{
    uint64_t bits = 0;
    get_planes(in, k, n);
    for (size_t i = 0; i < n; i++)
        v[i] = double_of(bits ^= k[i]);
}

static void get_mixed(struct pt_unpack *in, uint64_t *k, struct pt_column *out, size_t n)
{
    const unsigned char *bitmap = pt_unpack_bytes(in, (n + 7) / 8);
    get_planes(in, k, n);
    for (size_t i = 0; bitmap && i < n; i++) {
        if (bitmap[i / 8] >> i % 8 & 1) {
            struct pt_num num = pt_num_int((int64_t)k[i]);
            out->v[out->n + i] = num.d;
            add_wide(out, out->n + i, num.wide);
        } else {
            out->v[out->n + i] = double_of(k[i]);
        }
    }
}

static void get_values(struct pt_chunk_coder *c, struct pt_unpack *in, struct pt_column *out,
                       size_t n)
{
    unsigned codec = pt_unpack_u8(in);
    const unsigned char *p;
    uint64_t u;
    switch (codec) {
    case PT_VALUES_CONSTANT:
        if (!(p = pt_unpack_bytes(in, sizeof u)))
            return;
        memcpy(&u, p, sizeof u);
        for (size_t i = 0; i < n; i++)
            out->v[out->n + i] = double_of(le64toh(u));
        return;
    case PT_VALUES_PLAIN:
    case PT_VALUES_DELTA:
    case PT_VALUES_DELTA2: get_decimal(in, c->wide_k, codec, out, n); return;
    case PT_VALUES_XOR: get_xor(in, c->wide_k, out->v + out->n, n); return;
    case PT_VALUES_MIXED: get_mixed(in, c->wide_k, out, n); return;
    default: in->bad = true;
    }
}

/* Unpacks the body of n points into coder->body and lets the cursor read there. */
static void unpack(struct pt_chunk_coder *c, struct pt_unpack *in, size_t n)
{
    static const size_t HEAD = 64, WORST = 17; /* bytes: fixed parts; a point in any codec */
    uint64_t raw = pt_unpack_varint(in);
    z_stream *z = &c->inflate;
    if (in->bad || raw > HEAD + WORST * n) {
        in->bad = true;
        return;
    }
    pt_buf_clear(&c->body);
    inflateReset(z);
    z->next_in = (Bytef *)(uintptr_t)in->p;
    z->avail_in = (uInt)(in->end - in->p);
    z->next_out = (Bytef *)pt_buf_reserve(&c->body, raw);
    z->avail_out = (uInt)raw;
    if (inflate(z, Z_FINISH) != Z_STREAM_END || z->total_out != raw || z->avail_in) {
        in->bad = true;
        return;
    }
    in->p = (const unsigned char *)c->body.p;
    in->end = in->p + raw;
}

static bool acceptable(const struct pt_column *out, size_t n)
{
    for (size_t i = out->n; i < out->n + n; i++)
        if (!isfinite(out->v[i]) || (i > out->n && out->ts[i] <= out->ts[i - 1]))
            return false;
    return true;
}

int pt_chunk_decode(struct pt_chunk_coder *c, struct pt_str chunk, struct pt_column *out,
                    struct pt_err *err)
{
    struct pt_unpack in = {(const unsigned char *)chunk.p, (const unsigned char *)chunk.p + chunk.n,
                        false};
    unsigned flags = pt_unpack_u8(&in);
    uint64_t n = pt_unpack_varint(&in);
    if (in.bad || (flags & ~(unsigned)PT_CODEC_PACKED) != PT_CODEC_VERSION || n < 1 ||
        n > PT_CHUNK_POINTS_MOST)
        return pt_err_set(err, PT_SYSTEM, "damaged chunk: not a chunk's head");
    if (flags & PT_CODEC_PACKED)
        unpack(c, &in, n);
    c->wide_k = pt_mem_grow(c->wide_k, &c->wide_cap, n, sizeof *c->wide_k);
    pt_column_reserve(out, out->n + n);
    if (out->wide)
        memset(out->wide + out->n, 0, n * sizeof *out->wide);
    if (!in.bad)
        get_times(c, &in, out->ts + out->n, n);
    if (!in.bad)
        get_values(c, &in, out, n);
    if (in.bad || in.p != in.end || !acceptable(out, n))
        return pt_err_set(err, PT_SYSTEM, "damaged chunk: its body does not decode");
    out->n += n;
    return 0;
}
