/* hash.c - see hash.h.  Words are read little-endian so that stored digests are portable. */
#include "base/hash.h"

#include <endian.h>
#include <string.h>

static const uint64_t GOLDEN = 0x9E3779B97F4A7C15u; /* 2^64 / phi, odd */
static const uint64_t MIX_A = 0xBF58476D1CE4E5B9u;
static const uint64_t MIX_B = 0x94D049BB133111EBu;

static uint64_t word(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

static uint64_t finish(uint64_t z)
{
    z = (z ^ (z >> 30)) * MIX_A;
    z = (z ^ (z >> 27)) * MIX_B;
    return z ^ (z >> 31);
}

uint64_t pt_hash_bytes(const void *p, size_t n, uint64_t seed)
{
    const unsigned char *s = p;
    uint64_t h = seed + n * GOLDEN;
    for (; n >= 8; n -= 8, s += 8) {
        h = (h ^ word(s)) * GOLDEN;
        h ^= h >> 29;
    }
    if (n) {
        uint64_t w = 0;
        memcpy(&w, s, n);
        h = (h ^ le64toh(w)) * GOLDEN;
        h ^= h >> 29;
    }
    return finish(h);
}

void pt_chain_init(struct pt_chain *c)
{
    *c = (struct pt_chain){.a = MIX_A, .b = MIX_B};
}

/* The two halves do not wait for each other. */
static struct pt_chain mix(struct pt_chain c, uint64_t x, uint64_t y)
{
    c.a = (c.a ^ x) * GOLDEN + y;
    c.a ^= c.a >> 32;
    c.b = (c.b ^ y) * MIX_B + x;
    c.b ^= c.b >> 29;
    return c;
}

void pt_chain_add(struct pt_chain *c, const void *line, size_t n)
{
    const unsigned char *s = line;
    struct pt_chain now = mix(*c, n, ~(uint64_t)n);
    unsigned char last[16] = {0};
    for (; n >= 16; n -= 16, s += 16)
        now = mix(now, word(s), word(s + 8));
    if (n) {
        memcpy(last, s, n);
        now = mix(now, word(last), word(last + 8));
    }
    *c = now;
}

uint64_t pt_chain_mark(const struct pt_chain *c)
{
    return finish(c->a + finish(c->b));
}

void pt_chain_save(const struct pt_chain *c, unsigned char out[PT_CHAIN_BYTES])
{
    uint64_t a = htole64(c->a), b = htole64(c->b);
    memcpy(out, &a, 8);
    memcpy(out + 8, &b, 8);
}

void pt_chain_load(struct pt_chain *c, const unsigned char in[PT_CHAIN_BYTES])
{
    *c = (struct pt_chain){.a = word(in), .b = word(in + 8)};
}
