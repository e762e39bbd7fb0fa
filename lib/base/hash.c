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

void pt_digest_init(struct pt_digest *d)
{
    *d = (struct pt_digest){.a = MIX_A, .b = MIX_B};
}

static void digest_block(struct pt_digest *d, const unsigned char *p)
{
    uint64_t x = word(p), y = word(p + 8);
    d->a = (d->a ^ x) * GOLDEN + y;
    d->a ^= d->a >> 32;
    d->b = (d->b ^ y) * MIX_B + x;
    d->b ^= d->b >> 29;
}

void pt_digest_add(struct pt_digest *d, const void *p, size_t n)
{
    const unsigned char *s = p;
    size_t held = d->total % sizeof d->part;
    d->total += n;
    if (held) {
        size_t take = sizeof d->part - held;
        if (take > n)
            take = n;
        memcpy(d->part + held, s, take);
        s += take;
        n -= take;
        if (held + take < sizeof d->part)
            return;
        digest_block(d, d->part);
    }
    for (; n >= sizeof d->part; n -= sizeof d->part, s += sizeof d->part)
        digest_block(d, s);
    if (n)
        memcpy(d->part, s, n);
}

void pt_digest_end(const struct pt_digest *d, unsigned char out[16])
{
    struct pt_digest e = *d;
    size_t held = e.total % sizeof e.part;
    uint64_t hi, lo;
    memset(e.part + held, 0, sizeof e.part - held);
    digest_block(&e, e.part);
    hi = htobe64(finish(e.a ^ e.total));
    lo = htobe64(finish(e.b + finish(e.a) + e.total * GOLDEN));
    memcpy(out, &hi, 8);
    memcpy(out + 8, &lo, 8);
}
