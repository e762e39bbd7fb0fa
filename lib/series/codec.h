/* codec.h - private to series/: what encoding and decoding of a chunk have in common.
 *
 * chunk_encode.c chooses and writes, chunk_decode.c reads; pt-store(5) explains the numbers. */
#ifndef PT_SERIES_CODEC_H
#define PT_SERIES_CODEC_H

#include "series/chunk.h"
#include "series/integers.h"

#include <string.h>

/* The first byte of a chunk: its version, and how its values are integers: decimals with so many
 * places, or the bits of doubles in the order of their values. */
enum {
    PT_CODEC_VERSION = 2 << 4,
    PT_CODEC_PLACES = 12, /* decimal places at most */
    PT_CODEC_BITS = 13,
    PT_CODEC_KIND = 15
};

static const double PT_CODEC_POW10[PT_CODEC_PLACES + 1] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                                           1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
static const double PT_CODEC_EXACT = 9007199254740992.0; /* 2^53 */

_Static_assert((int)PT_INTEGERS_MOST >= (int)PT_CHUNK_POINTS, "a chunk is written at once");

struct pt_chunk_coder {
    struct pt_integers integers;
    uint64_t k[PT_CHUNK_POINTS]; /* encoding: values as integers */
    uint64_t *scratch;           /* decoding, scratch_cap of them */
    size_t scratch_cap;
};

static inline double pt_codec_double(uint64_t u)
{
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

static inline uint64_t pt_codec_bits(double d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}

/* The bits of a double, so that as signed integers they are in the order of the values; and back,
 * which is the same. */
static inline uint64_t pt_codec_fold(uint64_t u)
{
    return u ^ (0 - (u >> 63)) >> 1;
}

#endif
