/* chunk_encode.c - see chunk.h: how values become integers.
 *
 * Decimals: v is k / 10^d with |k| < 2^53, for the least d that fits (nearly) all values of the
 * chunk.  Decoding divides, which rounds correctly; multiplying by 10^-d would not.  What has more
 * digits, negative zero, and integers that no double holds are exceptions behind the others, if
 * there are few.  Else the values are the bits of doubles, in the order of the values, so that near
 * values are near integers also then.
 *
 * Gorilla's bit packing (Pelkonen et al., VLDB 2015) was measured at more than twice the bytes on
 * decimal data, so it is not here. */
#include "series/codec.h"

#include <endian.h>
#include <math.h>

enum {
    SAMPLE = 16,       /* values that the decimal places are guessed from */
    EXCEPTION_RATE = 4 /* values to an exception of 9 bytes; bits of doubles take 5 or 6 a value */
};

/* Whether v is k / 10^places exactly, |k| below 2^53, and no negative zero. */
static bool fits(double v, unsigned places)
{
    double k = rint(v * PT_CODEC_POW10[places]);
    return fabs(k) < PT_CODEC_EXACT && k / PT_CODEC_POW10[places] == v && !(v == 0 && signbit(v));
}

/* The least number of places that fits v, or PT_CODEC_BITS. */
static unsigned places_of(double v, unsigned from)
{
    while (from <= PT_CODEC_PLACES && !fits(v, from))
        from++;
    return from;
}

static int64_t wide_at(const struct pt_column *col, size_t i)
{
    return col->wide ? col->wide[i] : 0;
}

/* The places that most of a sample need, or PT_CODEC_BITS. */
static unsigned guess_places(const struct pt_column *col, size_t begin, size_t n)
{
    size_t count = n < SAMPLE ? n : SAMPLE, odd = 0;
    unsigned most = 0;
    for (size_t j = 0; j < count; j++) {
        size_t i = begin + j * n / count;
        unsigned places = wide_at(col, i) ? 0 : places_of(col->v[i], most);
        if (places <= PT_CODEC_PLACES)
            most = places;
        else
            odd++;
    }
    return 2 * odd > count ? PT_CODEC_BITS : most;
}

/* Values as integers in k; true when each is one.  Numbers below 2^51 are rounded by adding and
 * taking away 1.5 * 2^52, which leaves whole numbers in the low bits of the double: a loop without
 * calls and branches. */
static bool scale_all(const double *v, size_t n, unsigned places, uint64_t *k)
{
    static const double ROUND = 6755399441055744.0; /* 1.5 * 2^52 */
    static const uint64_t LIMIT = UINT64_C(1) << 51;
    const uint64_t zero = pt_codec_bits(ROUND);
    const double scale = PT_CODEC_POW10[places];
    uint64_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        double t = v[i] * scale + ROUND;
        uint64_t u = pt_codec_bits(t) - zero;
        bad |= (u + LIMIT) >> 52 | (pt_codec_bits((t - ROUND) / scale) ^ pt_codec_bits(v[i]));
        k[i] = u;
    }
    return !bad;
}

/* The same with care; what is no such integer repeats the one before.  Returns how many are not. */
static size_t scale_most(const struct pt_column *col, size_t begin, size_t n, unsigned places,
                         uint64_t *k)
{
    uint64_t before = 0;
    size_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        double v = col->v[begin + i];
        int64_t wide = wide_at(col, begin + i);
        if (wide && !places)
            before = (uint64_t)wide;
        else if (!wide && fits(v, places))
            before = (uint64_t)(int64_t)rint(v * PT_CODEC_POW10[places]);
        else
            odd++;
        k[i] = before;
    }
    return odd;
}

static size_t fold_bits(const struct pt_column *col, size_t begin, size_t n, uint64_t *k)
{
    uint64_t before = 0;
    size_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        if (wide_at(col, begin + i))
            odd++;
        else
            before = pt_codec_fold(pt_codec_bits(col->v[begin + i]));
        k[i] = before;
    }
    return odd;
}

/* The places, from a guess on, that leave the fewest exceptions.  What fits some places nearly
 * always fits more, so only the others are looked at again. */
static unsigned choose_places(const struct pt_column *col, size_t begin, size_t n, unsigned guess)
{
    uint16_t odd[PT_CHUNK_POINTS];
    size_t count = 0, wide = 0, least;
    unsigned best = guess;
    for (size_t i = 0; i < n; i++) {
        if (wide_at(col, begin + i))
            wide++;
        else if (!fits(col->v[begin + i], guess))
            odd[count++] = (uint16_t)i;
    }
    least = count + (guess ? wide : 0);
    for (unsigned places = guess + 1; places <= PT_CODEC_PLACES && count; places++) {
        size_t now = wide;
        for (size_t j = 0; j < count; j++)
            now += !fits(col->v[begin + odd[j]], places);
        if (now < least) {
            least = now;
            best = places;
        }
    }
    return best;
}

/* Values as integers in coder->k; their kind, and how many exceptions there are. */
static unsigned to_integers(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin,
                            size_t n, size_t *odd)
{
    unsigned places = guess_places(col, begin, n);
    size_t without;
    *odd = 0;
    if (places <= PT_CODEC_PLACES) {
        if (!col->wide && scale_all(col->v + begin, n, places, c->k))
            return places;
        places = choose_places(col, begin, n, places);
        *odd = scale_most(col, begin, n, places, c->k);
        if (*odd <= n / EXCEPTION_RATE)
            return places;
    }
    without = fold_bits(col, begin, n, c->k);
    if (places <= PT_CODEC_PLACES && *odd < without) {
        scale_most(col, begin, n, places, c->k);
        return places;
    }
    *odd = without;
    return PT_CODEC_BITS;
}

static void put_exceptions(const struct pt_column *col, size_t begin, size_t n, unsigned kind,
                           struct pt_buf *out)
{
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t wide = wide_at(col, begin + i);
        double v = col->v[begin + i];
        uint64_t u;
        if (kind == PT_CODEC_BITS ? !wide : wide ? !kind : fits(v, kind))
            continue;
        u = htole64(wide ? (uint64_t)wide : pt_codec_bits(v));
        pt_pack_varint(out, (i - next) * 2 + (wide != 0));
        pt_buf_add(out, &u, sizeof u);
        next = i + 1;
    }
}

void pt_chunk_encode(struct pt_chunk_coder *c, const struct pt_column *col, size_t begin,
                     size_t end, struct pt_buf *out)
{
    size_t n = end - begin, odd;
    unsigned kind = to_integers(c, col, begin, n, &odd);
    pt_buf_putc(out, (char)(PT_CODEC_VERSION | kind));
    pt_pack_varint(out, n);
    pt_integers_encode(&c->integers, (const uint64_t *)(col->ts + begin), n, out);
    pt_integers_encode(&c->integers, c->k, n, out);
    pt_pack_varint(out, odd);
    if (odd)
        put_exceptions(col, begin, n, kind, out);
}
