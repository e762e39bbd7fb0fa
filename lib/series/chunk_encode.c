/* chunk_encode.c - see chunk.h: the choice of codecs, and how they write.
 *
 * Times and values are each turned into 64-bit integers by a few transforms (differences,
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
 * All arithmetic on integers wraps modulo 2^64, so differences of any values invert exactly. */
#include "series/codec.h"

#include "base/mem.h"
#include "base/pack.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>

enum {
    ZLIB_LEVEL = 6,
    PACK_LEAST = 32 /* bytes of body that zlib is tried on */
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
        out[i - 1] = pt_pack_zigzag(k[i] - k[i - 1]);
}

static void deltas2(const uint64_t *k, size_t n, uint64_t *out)
{
    for (size_t i = 2; i < n; i++)
        out[i - 2] = pt_pack_zigzag((k[i] - k[i - 1]) - (k[i - 1] - k[i - 2]));
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
        pt_buf_putc(b, PT_TIMES_REGULAR);
        pt_pack_varint(b, pt_pack_zigzag((uint64_t)ts[0]));
        pt_pack_varint(b, steps ? unit * least : 0);
        return;
    }
    offsets(c->k, steps, least, c->best);
    deltas(c->k, steps, c->trial);
    second = plane_cost(c, c->trial, steps - 1) < plane_cost(c, c->best, steps);
    pt_buf_putc(b, second ? PT_TIMES_DELTA2 : PT_TIMES_DELTA);
    pt_pack_varint(b, pt_pack_zigzag((uint64_t)ts[0]));
    pt_pack_varint(b, unit);
    pt_pack_varint(b, second ? c->k[0] : least);
    put_planes(b, second ? c->trial : c->best, second ? steps - 1 : steps);
}

/* --- values ------------------------------------------------------------------------------------ */

/* Whether v is k / 10^places exactly, k below 2^53 and no negative zero. */
static bool fits(double v, int places)
{
    double k = rint(v * PT_CODEC_POW10[places]);
    return fabs(k) < PT_CODEC_EXACT && k / PT_CODEC_POW10[places] == v && !(v == 0 && signbit(v));
}

/* The least number of places that fits all values, or -1. */
static int places_for(const double *v, size_t n)
{
    int places = 0;
    for (size_t i = 0; i < n; i++)
        while (!fits(v[i], places))
            if (++places > PT_CODEC_PLACES)
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
            c->k[i] = (uint64_t)(int64_t)rint(v[i] * PT_CODEC_POW10[places]);
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

static void keep_if_cheaper(struct pt_chunk_coder *c, int codec, size_t n, int *best, double *cost)
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
    int best = PT_VALUES_PLAIN;
    double cost;
    offsets(c->k, n, least, c->best);
    cost = plane_cost(c, c->best, n);
    deltas(c->k, n, c->trial);
    keep_if_cheaper(c, PT_VALUES_DELTA, n - 1, &best, &cost);
    if (n > 2) {
        deltas2(c->k, n, c->trial);
        keep_if_cheaper(c, PT_VALUES_DELTA2, n - 2, &best, &cost);
    }
    pt_buf_putc(b, (char)best);
    pt_buf_putc(b, (char)places);
    pt_pack_varint(b, pt_pack_zigzag(best == PT_VALUES_PLAIN ? least : c->k[0]));
    if (best == PT_VALUES_DELTA2)
        pt_pack_varint(b, pt_pack_zigzag(c->k[1] - c->k[0]));
    put_planes(b, c->best, best == PT_VALUES_PLAIN ? n : best == PT_VALUES_DELTA ? n - 1 : n - 2);
}

static void put_xor(struct pt_chunk_coder *c, const double *v, size_t n)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = bits_of(v[i]);
        c->best[i] = bits ^ previous;
        previous = bits;
    }
    pt_buf_putc(&c->body, PT_VALUES_XOR);
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
    pt_buf_putc(&c->body, PT_VALUES_MIXED);
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

static void put_values(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin,
                       size_t n)
{
    int places;
    if (constant(col, begin, n)) {
        pt_buf_putc(&c->body, PT_VALUES_CONSTANT);
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
    pt_pack_varint(out, c->body.n);
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
    pt_buf_putc(out, PT_CODEC_VERSION);
    pt_pack_varint(out, n);
    if (c->body.n >= PACK_LEAST && pack(c, out))
        out->p[flags] = PT_CODEC_VERSION | PT_CODEC_PACKED;
    else
        pt_buf_str(out, pt_buf_view(&c->body));
}
