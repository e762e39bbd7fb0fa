/* deflate.h - DEFLATE (RFC 1951) without a wrapper, by libdeflate where the program was built with
 * it (PT_HAVE_LIBDEFLATE), else by zlib.  Either reads what the other wrote.
 *
 * Whoever packs checks the bytes by other means, such as the CRC-32 that both have.  One packer per thread;
 * its memory is taken on first use, so that a reader pays for no compressor. */
#ifndef PT_SERIES_DEFLATE_H
#define PT_SERIES_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

enum pt_deflate_engine {
    PT_DEFLATE_BEST, /* whichever does the job best */
    PT_DEFLATE_ZLIB,
    PT_DEFLATE_NONE /* packs nothing, and still unpacks as the best */
};

struct pt_deflate;

enum { PT_DEFLATE_HUFFMAN = 0 }; /* a level: no search for repetitions, for noise */

/* level: PT_DEFLATE_HUFFMAN, or 1 (fast) to 9 (small) as zlib means it. */
struct pt_deflate *pt_deflate_new(enum pt_deflate_engine engine, int level);
void pt_deflate_free(struct pt_deflate *d); /* NULL is fine */

/* Packs n bytes into at most `room`; how many it took, or 0 when that is not enough. */
size_t pt_deflate_pack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t room);

/* Unpacks all n bytes to exactly `size`; -1 when they are no such stream. */
int pt_deflate_unpack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t size);

/* The CRC-32 of RFC 1952 of n more bytes behind those with this one; it begins with 0. */
uint32_t pt_deflate_crc(uint32_t crc, const void *bytes, size_t n);

#endif
