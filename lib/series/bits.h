/* bits.h - numbers of a fixed width in bits, packed one after the other.
 *
 * The lowest bit comes first: number i of width w is bits i * w to i * w + w - 1 of the run, and
 * bit b of the run is bit b mod 8 of byte b / 8, 0 being the lowest.  What is behind the last is
 * 0. */
#ifndef PT_SERIES_BITS_H
#define PT_SERIES_BITS_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PT_BITS_MOST = 56 }; /* the widest, so that one load of 64 bits holds any number */

static inline size_t pt_bits_size(size_t n, unsigned width)
{
    return (n * width + 7) / 8;
}

static inline uint64_t pt_bits_load(const unsigned char *p)
{
    uint64_t u;
    memcpy(&u, p, sizeof u);
    return le64toh(u);
}

/* Packs the low `width` bits of each number; writes pt_bits_size bytes, and up to 8 behind them. */
void pt_bits_pack(const uint64_t *x, size_t n, unsigned width, unsigned char *out);

/* The reverse; reads pt_bits_size bytes and no more. */
void pt_bits_unpack(const unsigned char *p, size_t n, unsigned width, uint64_t *x);

#endif
