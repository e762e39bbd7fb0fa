/* chunk.c - the codecs of chunk.h.
 *
 * Encoding: times and values are each turned into 64-bit integers by a few transforms (differences,
 * differences of differences, offsets from the least; doubles by decimal scaling or XOR).  The cost
 * of each is estimated as the order-0 entropy of its byte planes, one pass and a table look-up per
 * byte value, and the cheapest is written.  Then zlib packs the body, if that makes it shorter.
 * Gorilla's bit packing (Pelkonen et al., VLDB 2015) was measured at more than twice the bytes of
 * planes under zlib on decimal data, so it is not here.
 *
 * Decimal scaling: v is k / 10^d with |k| < 2^53 for the least d that fits all values of the chunk.
 * Decoding divides, which rounds correctly; multiplying by 10^-d would not.  Negative zero and
 * values with too many digits fall to the XOR codec.
 *
 * All arithmetic on integers wraps modulo 2^64, so that differences of any values invert exactly. */
#include "series/chunk.h"

#include "base/mem.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { VERSION = 1 << 4, PACKED = 1, ZLIB_LEVEL = 6, PACK_LEAST = 32, MOST_PLACES = 12 };

enum time_codec { T_REGULAR, T_DELTA, T_DELTA2 };
enum value_codec { V_CONSTANT, V_PLAIN, V_DELTA, V_DELTA2, V_XOR, V_MIXED };

static const double POW10[MOST_PLACES + 1] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                              1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
static const double EXACT = 9007199254740992.0; /* 2^53 */

struct pt_chunk_coder {
    z_stream deflate, inflate;
    struct pt_buf body;                      /* before packing, or after unpacking */
    uint64_t k[PT_CHUNK_POINTS];             /* values as integers */
    uint64_t best[PT_CHUNK_POINTS], trial[PT_CHUNK_POINTS];
    float entropy[PT_CHUNK_POINTS + 1];      /* entropy[c] = c * log2(c) */
    uint64_t *wide_k;                        /* decoding scratch, wide_cap of them */
    size_t wide_cap;
};

struct pt_chunk_coder *pt_chunk_coder_new(void)
{
    struct pt_chunk_coder *c = pt_mem_alloc(sizeof *c);
    if (deflateInit(&c->deflate, ZLIB_LEVEL) != Z_OK || inflateInit(&c->inflate) != Z_OK)
        abort(); /* only for a mismatched zlib; its memory failures end in the same way */
    for (int i = 1; i <= PT_CHUNK_POINTS; i++)
        c->entropy[i] = (float)i * log2f((float)i);
    return c;
}

void pt_chunk_coder_free(struct pt_chunk_coder *c)
{
    if (!c)
        return;
    deflateEnd(&c->deflate);
    inflateEnd(&c->inflate);
    pt_buf_release(&c->body);
    free(c->wide_k);
    free(c);
}

/* --- integers ---------------------------------------------------------------------------------- */

static uint64_t zigzag(uint64_t x)
{
    return x << 1 ^ (0 - (x >> 63));
}

static uint64_t unzigzag(uint64_t u)
{
    return u >> 1 ^ (0 - (u & 1));
}

static void put_varint(struct pt_buf *b, uint64_t u)
{
    for (; u >= 128; u >>= 7)
        pt_buf_putc(b, (char)(u | 128));
    pt_buf_putc(b, (char)u);
}

static void put_u64(struct pt_buf *b, uint64_t u)
{
    u = htole64(u);
    pt_buf_add(b, &u, sizeof u);
}

static uint64_t bits_of(double d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}

static double double_of(uint64_t u)
{
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

static int planes_needed(const uint64_t *x, size_t n)
{
    uint64_t all = 0;
    int planes = 0;
    for (size_t i = 0; i < n; i++)
        all |= x[i];
    for (; all; all >>= 8)
        planes++;
    return planes;
}

static void put_planes(struct pt_buf *b, const uint64_t *x, size_t n)
{
    int planes = planes_needed(x, n);
    char *to;
    pt_buf_putc(b, (char)planes);
    to = pt_buf_reserve(b, (size_t)planes * n);
    for (int p = 0; p < planes; p++)
        for (size_t i = 0; i < n; i++)
            *to++ = (char)(x[i] >> (8 * p));
    b->n += (size_t)planes * n;
}

/* Bits that an ideal order-0 coder would take for the planes of x. */
static double plane_cost(const struct pt_chunk_coder *c, const uint64_t *x, size_t n)
{
    int planes = planes_needed(x, n);
    double bits = 0;
    for (int p = 0; p < planes; p++) {
        unsigned count[256] = {0};
        double used = 0;
        for (size_t i = 0; i < n; i++)
            count[(unsigned char)(x[i] >> (8 * p))]++;
        for (int v = 0; v < 256; v++)
            used += (double)c->entropy[count[v]];
        bits += (double)c->entropy[n] - used;
    }
    return bits;
}

/* --- transforms: each leaves n - lost integers in out -------------------------------------------- */

static void offsets(const uint64_t *k, size_t n, uint64_t least, uint64_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = k[i] - least;
}

static void deltas(const uint64_t *k, size_t n, uint64_t *out)
{
    for (size_t i = 1; i < n; i++)
        out[i - 1] = zigzag(k[i] - k[i - 1]);
}

static void deltas2(const uint64_t *k, size_t n, uint64_t *out)
{
    for (size_t i = 2; i < n; i++)
        out[i - 2] = zigzag((k[i] - k[i - 1]) - (k[i - 1] - k[i - 2]));
}

static uint64_t least_signed(const uint64_t *k, size_t n)
{
    int64_t least = (int64_t)k[0];
    for (size_t i = 1; i < n; i++)
        if ((int64_t)k[i] < least)
            least = (int64_t)k[i];
    return (uint64_t)least;
}

/* --- times ------------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Steps between times in units of their greatest common divisor go to coder->k. */
static uint64_t time_steps(struct pt_chunk_coder *c, const int64_t *ts, size_t n)
{
    uint64_t unit = 0;
    for (size_t i = 1; i < n; i++) {
        c->k[i - 1] = (uint64_t)ts[i] - (uint64_t)ts[i - 1];
        if (unit != 1)
            unit = gcd(unit, c->k[i - 1]);
    }
    for (size_t i = 0; unit > 1 && i + 1 < n; i++)
        c->k[i] /= unit;
    return unit ? unit : 1;
}

static void put_times(struct pt_chunk_coder *c, const int64_t *ts, size_t n)
{
    struct pt_buf *b = &c->body;
    size_t steps = n - 1;
    uint64_t unit = time_steps(c, ts, n), least = UINT64_MAX, most = 0;
    bool second;
    for (size_t i = 0; i < steps; i++) {
        least = c->k[i] < least ? c->k[i] : least;
        most = c->k[i] > most ? c->k[i] : most;
    }
    if (steps == 0 || least == most) {
        pt_buf_putc(b, T_REGULAR);
        put_varint(b, zigzag((uint64_t)ts[0]));
        put_varint(b, steps ? unit * least : 0);
        return;
    }
    offsets(c->k, steps, least, c->best);
    deltas(c->k, steps, c->trial);
    second = plane_cost(c, c->trial, steps - 1) < plane_cost(c, c->best, steps);
    pt_buf_putc(b, second ? T_DELTA2 : T_DELTA);
    put_varint(b, zigzag((uint64_t)ts[0]));
    put_varint(b, unit);
    put_varint(b, second ? c->k[0] : least);
    put_planes(b, second ? c->trial : c->best, second ? steps - 1 : steps);
}

/* --- values ------------------------------------------------------------------------------------ */

/* Whether v is k / 10^places exactly, k below 2^53 and no negative zero. */
static bool fits(double v, int places)
{
    double k = rint(v * POW10[places]);
    return fabs(k) < EXACT && k / POW10[places] == v && !(v == 0 && signbit(v));
}

/* The least number of places that fits all values, or -1. */
static int places_for(const double *v, size_t n)
{
    int places = 0;
    for (size_t i = 0; i < n; i++)
        while (!fits(v[i], places))
            if (++places > MOST_PLACES)
                return -1;
    for (size_t i = 0; places && i < n; i++)
        if (!fits(v[i], places))
            return -1;
    return places;
}

/* Values as integers in coder->k; the decimal places, or -1 if they are not such. */
static int scale_values(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin,
                        size_t n)
{
    const double *v = col->v + begin;
    int places;
    if (!col->wide) {
        places = places_for(v, n);
        for (size_t i = 0; places >= 0 && i < n; i++)
            c->k[i] = (uint64_t)(int64_t)rint(v[i] * POW10[places]);
        return places;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t wide = col->wide[begin + i];
        if (!wide && !fits(v[i], 0))
            return -1;
        c->k[i] = wide ? (uint64_t)wide : (uint64_t)(int64_t)v[i];
    }
    return 0;
}

static void keep_if_cheaper(struct pt_chunk_coder *c, enum value_codec codec, size_t n,
                            enum value_codec *best, double *cost)
{
    double bits = plane_cost(c, c->trial, n);
    if (bits < *cost) {
        *cost = bits;
        *best = codec;
        memcpy(c->best, c->trial, n * sizeof *c->best);
    }
}

static void put_decimal(struct pt_chunk_coder *c, size_t n, int places)
{
    struct pt_buf *b = &c->body;
    uint64_t least = least_signed(c->k, n);
    enum value_codec best = V_PLAIN;
    double cost;
    offsets(c->k, n, least, c->best);
    cost = plane_cost(c, c->best, n);
    deltas(c->k, n, c->trial);
    keep_if_cheaper(c, V_DELTA, n - 1, &best, &cost);
    if (n > 2) {
        deltas2(c->k, n, c->trial);
        keep_if_cheaper(c, V_DELTA2, n - 2, &best, &cost);
    }
    pt_buf_putc(b, (char)best);
    pt_buf_putc(b, (char)places);
    put_varint(b, zigzag(best == V_PLAIN ? least : c->k[0]));
    if (best == V_DELTA2)
        put_varint(b, zigzag(c->k[1] - c->k[0]));
    put_planes(b, c->best, best == V_PLAIN ? n : best == V_DELTA ? n - 1 : n - 2);
}

static void put_xor(struct pt_chunk_coder *c, const double *v, size_t n)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = bits_of(v[i]);
        c->best[i] = bits ^ previous;
        previous = bits;
    }
    pt_buf_putc(&c->body, V_XOR);
    put_planes(&c->body, c->best, n);
}

/* Wide integers among fractions: a bitmap says which of the 64-bit patterns are integers. */
static void put_mixed(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin, size_t n)
{
    unsigned char bitmap[PT_CHUNK_POINTS / 8] = {0};
    for (size_t i = 0; i < n; i++) {
        int64_t wide = col->wide[begin + i];
        if (wide)
            bitmap[i / 8] |= (unsigned char)(1u << i % 8);
        c->best[i] = wide ? (uint64_t)wide : bits_of(col->v[begin + i]);
    }
    pt_buf_putc(&c->body, V_MIXED);
    pt_buf_add(&c->body, bitmap, (n + 7) / 8);
    put_planes(&c->body, c->best, n);
}

static bool constant(const struct pt_column *col, size_t begin, size_t n)
{
    for (size_t i = begin; i < begin + n; i++)
        if (bits_of(col->v[i]) != bits_of(col->v[begin]) || (col->wide && col->wide[i]))
            return false;
    return true;
}

static void put_values(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin, size_t n)
{
    int places;
    if (constant(col, begin, n)) {
        pt_buf_putc(&c->body, V_CONSTANT);
        put_u64(&c->body, bits_of(col->v[begin]));
        return;
    }
    places = scale_values(c, col, begin, n);
    if (places >= 0 && n > 1)
        put_decimal(c, n, places);
    else if (col->wide)
        put_mixed(c, col, begin, n);
    else
        put_xor(c, col->v + begin, n);
}

/* Packs the body into out behind its raw length; false when that would not be shorter. */
static bool pack(struct pt_chunk_coder *c, struct pt_buf *out)
{
    size_t start = out->n;
    z_stream *z = &c->deflate;
    put_varint(out, c->body.n);
    deflateReset(z);
    z->next_in = (Bytef *)c->body.p;
    z->avail_in = (uInt)c->body.n;
    z->next_out = (Bytef *)pt_buf_reserve(out, c->body.n);
    z->avail_out = (uInt)c->body.n;
    if (deflate(z, Z_FINISH) != Z_STREAM_END || out->n + z->total_out >= start + c->body.n) {
        out->n = start;
        return false;
    }
    out->n += z->total_out;
    return true;
}

void pt_chunk_encode(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin,
                     size_t end, struct pt_buf *out)
{
    size_t n = end - begin, flags = out->n;
    pt_buf_clear(&c->body);
    put_times(c, col->ts + begin, n);
    put_values(c, col, begin, n);
    pt_buf_putc(out, VERSION);
    put_varint(out, n);
    if (c->body.n >= PACK_LEAST && pack(c, out))
        out->p[flags] = VERSION | PACKED;
    else
        pt_buf_str(out, pt_buf_view(&c->body));
}

/* --- decoding ---------------------------------------------------------------------------------- */

/* A cursor that remembers that it ran short instead of failing at every step. */
struct cursor {
    const unsigned char *p, *end;
    bool bad;
};

static unsigned get_u8(struct cursor *in)
{
    if (in->p < in->end)
        return *in->p++;
    in->bad = true;
    return 0;
}

static uint64_t get_varint(struct cursor *in)
{
    uint64_t u = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        unsigned b = get_u8(in);
        u |= (uint64_t)(b & 127) << shift;
        if (b < 128)
            return u;
    }
    in->bad = true;
    return 0;
}

static const unsigned char *get_bytes(struct cursor *in, size_t n)
{
    const unsigned char *p = in->p;
    if ((size_t)(in->end - in->p) < n) {
        in->bad = true;
        return NULL;
    }
    in->p += n;
    return p;
}

static void get_planes(struct cursor *in, uint64_t *x, size_t n)
{
    unsigned planes = get_u8(in);
    const unsigned char *p = planes <= 8 ? get_bytes(in, planes * n) : NULL;
    memset(x, 0, n * sizeof *x);
    if (!p) {
        in->bad = true;
        return;
    }
    for (unsigned k = 0; k < planes; k++, p += n)
        for (size_t i = 0; i < n; i++)
            x[i] |= (uint64_t)p[i] << (8 * k);
}

static void get_times(struct pt_chunk_coder *c, struct cursor *in, int64_t *ts, size_t n)
{
    unsigned codec = get_u8(in);
    uint64_t t = unzigzag(get_varint(in)), unit, step, *x = c->wide_k;
    ts[0] = (int64_t)t;
    if (codec == T_REGULAR) {
        step = get_varint(in);
        for (size_t i = 1; i < n; i++)
            ts[i] = (int64_t)(t += step);
        return;
    }
    unit = get_varint(in);
    step = get_varint(in);
    if ((codec != T_DELTA && codec != T_DELTA2) || n < 2) {
        in->bad = true;
        return;
    }
    get_planes(in, x, codec == T_DELTA ? n - 1 : n - 2);
    if (codec == T_DELTA) {
        for (size_t i = 1; i < n; i++)
            ts[i] = (int64_t)(t += (x[i - 1] + step) * unit);
        return;
    }
    ts[1] = (int64_t)(t += step * unit);
    for (size_t i = 2; i < n; i++) {
        step += unzigzag(x[i - 2]);
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
    double *v = out->v + out->n, scale = POW10[places];
    for (size_t i = 0; i < n; i++)
        v[i] = (double)(int64_t)k[i] / scale;
    if (places)
        return;
    for (size_t i = 0; i < n; i++)
        if (fabs(v[i]) >= EXACT) {
            struct pt_num num = pt_num_int((int64_t)k[i]);
            if (num.wide)
                add_wide(out, out->n + i, num.wide);
        }
}

static void get_decimal(struct cursor *in, uint64_t *k, unsigned codec, struct pt_column *out,
                        size_t n)
{
    unsigned places = get_u8(in);
    uint64_t first = unzigzag(get_varint(in)), step;
    if (places > MOST_PLACES || (codec != V_PLAIN && n < 2) || (codec == V_DELTA2 && n < 3)) {
        in->bad = true;
        return;
    }
    if (codec == V_PLAIN) {
        get_planes(in, k, n);
        for (size_t i = 0; i < n; i++)
            k[i] += first;
    } else if (codec == V_DELTA) {
        get_planes(in, k + 1, n - 1);
        k[0] = first;
        for (size_t i = 1; i < n; i++)
            k[i] = k[i - 1] + unzigzag(k[i]);
    } else {
        step = unzigzag(get_varint(in));
        get_planes(in, k + 2, n - 2);
        k[0] = first;
        k[1] = first + step;
        for (size_t i = 2; i < n; i++)
            k[i] = k[i - 1] + (step += unzigzag(k[i]));
    }
    from_integers(out, k, n, places);
}

static void get_xor(struct cursor *in, uint64_t *k, double *v, size_t n)
{
    uint64_t bits = 0;
    get_planes(in, k, n);
    for (size_t i = 0; i < n; i++)
        v[i] = double_of(bits ^= k[i]);
}

static void get_mixed(struct cursor *in, uint64_t *k, struct pt_column *out, size_t n)
{
    const unsigned char *bitmap = get_bytes(in, (n + 7) / 8);
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

static void get_values(struct pt_chunk_coder *c, struct cursor *in, struct pt_column *out, size_t n)
{
    unsigned codec = get_u8(in);
    const unsigned char *p;
    uint64_t u;
    switch (codec) {
    case V_CONSTANT:
        if (!(p = get_bytes(in, sizeof u)))
            return;
        memcpy(&u, p, sizeof u);
        for (size_t i = 0; i < n; i++)
            out->v[out->n + i] = double_of(le64toh(u));
        return;
    case V_PLAIN:
    case V_DELTA:
    case V_DELTA2: get_decimal(in, c->wide_k, codec, out, n); return;
    case V_XOR: get_xor(in, c->wide_k, out->v + out->n, n); return;
    case V_MIXED: get_mixed(in, c->wide_k, out, n); return;
    default: in->bad = true;
    }
}

/* Unpacks the body of n points into coder->body and lets the cursor read there. */
static void unpack(struct pt_chunk_coder *c, struct cursor *in, size_t n)
{
    static const size_t HEAD = 64, WORST = 17; /* bytes: fixed parts; a point in any codec */
    uint64_t raw = get_varint(in);
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
    struct cursor in = {(const unsigned char *)chunk.p, (const unsigned char *)chunk.p + chunk.n,
                        false};
    unsigned flags = get_u8(&in);
    uint64_t n = get_varint(&in);
    if (in.bad || (flags & ~(unsigned)PACKED) != VERSION || n < 1 || n > PT_CHUNK_POINTS_MOST)
        return pt_err_set(err, PT_SYSTEM, "damaged chunk: not a chunk's head");
    if (flags & PACKED)
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
