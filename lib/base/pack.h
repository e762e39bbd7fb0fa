/* pack.h - integers as few bytes, and reading them back from bytes that may be damaged.
 *
 * A varint is 7 bits a byte, the lowest first, the top bit set in all but the last (LEB128).
 * Zigzag maps 0, -1, 1, -2, ... to 0, 1, 2, 3, ..., modulo 2^64, so small negatives stay short. */
#ifndef PT_BASE_PACK_H
#define PT_BASE_PACK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t pt_pack_zigzag(uint64_t x)
{
    return x << 1 ^ (0 - (x >> 63));
}

static inline uint64_t pt_unpack_zigzag(uint64_t u)
{
    return u >> 1 ^ (0 - (u & 1));
}

void pt_pack_varint(struct pt_buf *b, uint64_t u);

/* A cursor over borrowed bytes that remembers that it ran short instead of failing at every step:
 * what is read then is 0 or NULL, and `bad` stays set. */
struct pt_unpack {
    const unsigned char *p, *end;
    bool bad;
};

unsigned pt_unpack_u8(struct pt_unpack *in);
uint64_t pt_unpack_varint(struct pt_unpack *in);
const unsigned char *pt_unpack_bytes(struct pt_unpack *in, uint64_t n);

#endif
