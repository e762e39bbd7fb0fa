/* hash.h - fast non-cryptographic hashes of bytes.
 *
 * They consume the input in 8-byte words by multiply and xor-shift (the finaliser is that of
 * Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014), lines in pairs of
 * words by a multiplication to 128 bits (Wang Yi, "wyhash", 2019).  They name bytes and find them
 * again; they do not resist an adversary. */
#ifndef PT_BASE_HASH_H
#define PT_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t pt_hash_bytes(const void *p, size_t n, uint64_t seed);

/* Checksum of a page of n bytes, a multiple of 32, whose last 8 bytes are its own place: in their
 * stead `number`, the page's, counts.  More than 5 GB/s.  Two pages that differ in one 8-byte word
 * never have the same sum; others do by a chance of 2^-64.  pt-store(5), "Page checksums". */
uint64_t pt_hash_page(const void *p, size_t n, uint64_t number);

/* Where the page differs in one byte from one whose sum is `want`, makes it that one; n as above,
 * at most 65536.  Whether it did: the chance of mending what was damaged otherwise is below
 * 2^-38.  Costs about four sums. */
bool pt_hash_mend(void *p, size_t n, uint64_t number, uint64_t want);

/* A chain over lines.  Its 128 bits of state stand for all lines that were added, in order,
 * with their lengths, and can be kept and gone on with.  pt-store(5), "Digests". */
struct pt_chain {
    uint64_t a, b;
};
enum { PT_CHAIN_BYTES = 16 };

void pt_chain_init(struct pt_chain *c);
void pt_chain_add(struct pt_chain *c, const void *line, size_t n);
uint64_t pt_chain_mark(const struct pt_chain *c); /* 64 bits of it, to be looked up by */
void pt_chain_save(const struct pt_chain *c, unsigned char out[PT_CHAIN_BYTES]);
void pt_chain_load(struct pt_chain *c, const unsigned char in[PT_CHAIN_BYTES]);

#endif
