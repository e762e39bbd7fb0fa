/* codec.h - private to series/: what encoding and decoding of a chunk have in common.
 *
 * chunk_encode.c chooses and writes, chunk_decode.c reads; pt-store(5) explains the numbers. */
#ifndef PT_SERIES_CODEC_H
#define PT_SERIES_CODEC_H

#include "series/chunk.h"

#include <zlib.h>

enum { PT_CODEC_VERSION = 1 << 4, PT_CODEC_PACKED = 1 }; /* flags: PACKED when zlib helped */

enum { PT_TIMES_REGULAR, PT_TIMES_DELTA, PT_TIMES_DELTA2 };
enum {
    PT_VALUES_CONSTANT, PT_VALUES_PLAIN, PT_VALUES_DELTA, PT_VALUES_DELTA2, PT_VALUES_XOR,
    PT_VALUES_MIXED
};

enum { PT_CODEC_PLACES = 12 }; /* decimal places at most */
static const double PT_CODEC_POW10[PT_CODEC_PLACES + 1] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                                           1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
static const double PT_CODEC_EXACT = 9007199254740992.0; /* 2^53 */

struct pt_chunk_coder {
    z_stream deflate, inflate;
    struct pt_buf body;                      /* before packing, or after unpacking */
    uint64_t k[PT_CHUNK_POINTS];             /* values as integers */
    uint64_t best[PT_CHUNK_POINTS], trial[PT_CHUNK_POINTS];
    float entropy[PT_CHUNK_POINTS + 1];      /* entropy[c] = c * log2(c) */
    uint64_t *wide_k;                        /* decoding scratch, wide_cap of them */
    size_t wide_cap;
};

#endif
