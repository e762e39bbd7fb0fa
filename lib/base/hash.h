/* hash.h - fast non-cryptographic hashes of bytes.
 *
 * Both consume the input in 8-byte words by multiply and xor-shift (the finaliser is that of
 * Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014).  They name bytes
 * and find them again; they do not resist an adversary. */
#ifndef PT_BASE_HASH_H
#define PT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t pt_hash_bytes(const void *p, size_t n, uint64_t seed);

/* A 128-bit digest fed in pieces: equal bytes give equal digests however they were cut. */
struct pt_digest {
    uint64_t a, b;
    uint64_t total;
    unsigned char part[16]; /* bytes that do not fill a block yet: total % 16 of them */
};

void pt_digest_init(struct pt_digest *d);
void pt_digest_add(struct pt_digest *d, const void *p, size_t n);
void pt_digest_end(const struct pt_digest *d, unsigned char out[16]);

#endif
