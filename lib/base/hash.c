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

/* --- pages ----------------------------------------------------------------------------------- */

/* Four lanes, so that their multiplications overlap: lane i takes the words i, i + 4, i + 8, ...  A
 * step can be undone, and the sum, too, when three lanes are known.  So if all damage is in one
 * word, running the lane forward to it and backward from the sum gives what the word was; a word
 * that then differs from the one there in a single byte has been found. */

enum { LANES = 4, PAGE_STEPS = 65536 / 8 / LANES };

static const uint64_t GOLDEN_INVERSE = 0xF1DE83E19937733Du; /* GOLDEN * it = 1 modulo 2^64 */
static const uint64_t MIX_A_INVERSE = 0x96DE1B173F119089u;
static const uint64_t MIX_B_INVERSE = 0x319642B2D24D8EC3u;

static inline uint64_t lane_step(uint64_t h, uint64_t w)
{
    h = (h ^ w) * GOLDEN;
    return h ^ (h >> 29);
}

/* The h that lane_step(h ^ w, 0) made into `after` is w ^ lane_back(after). */
static uint64_t lane_back(uint64_t after)
{
    return (after ^ (after >> 29) ^ (after >> 58)) * GOLDEN_INVERSE;
}

static uint64_t lane_seed(int lane)
{
    return (uint64_t)(lane + 1) * MIX_B;
}

/* What the lanes are before the last step, which has the place of the sum. */
static void run_lanes(const unsigned char *s, size_t steps, uint64_t h[LANES])
{
    for (int i = 0; i < LANES; i++)
        h[i] = lane_seed(i);
    for (size_t k = 0; k < steps; k++, s += 8 * LANES)
        for (int i = 0; i < LANES; i++)
            h[i] = lane_step(h[i], word(s + 8 * i));
}

static void last_step(const unsigned char *s, uint64_t number, uint64_t h[LANES])
{
    for (int i = 0; i < LANES - 1; i++)
        h[i] = lane_step(h[i], word(s + 8 * i));
    h[LANES - 1] = lane_step(h[LANES - 1], number);
}

uint64_t pt_hash_page(const void *p, size_t n, uint64_t number)
{
    size_t steps = n / (8 * LANES) - 1;
    uint64_t h[LANES];
    run_lanes(p, steps, h);
    last_step((const unsigned char *)p + steps * 8 * LANES, number, h);
    return finish(h[0] ^ h[1] ^ h[2] ^ h[3]);
}

static uint64_t unfinish(uint64_t z)
{
    z = (z ^ (z >> 31) ^ (z >> 62)) * MIX_B_INVERSE;
    z = (z ^ (z >> 27) ^ (z >> 54)) * MIX_A_INVERSE;
    return z ^ (z >> 30) ^ (z >> 60);
}

static bool one_byte(uint64_t difference)
{
    while (difference && !(difference & 0xFF))
        difference >>= 8;
    return difference && difference <= 0xFF;
}

/* Tries each word of a lane that should end as `end`. */
static bool mend_lane(unsigned char *p, size_t steps, int lane, uint64_t number, uint64_t end)
{
    uint64_t before[PAGE_STEPS];
    bool whole = lane < LANES - 1; /* the last word of the last lane is the number */
    uint64_t h = lane_seed(lane);
    for (size_t k = 0; k < steps; k++) {
        before[k] = h;
        h = lane_step(h, word(p + (k * LANES + (size_t)lane) * 8));
    }
    for (size_t k = steps; k-- > 0;) {
        unsigned char *at = p + (k * LANES + (size_t)lane) * 8;
        uint64_t back = lane_back(end), was = before[k] ^ back;
        bool data = whole || k < steps - 1;
        if (data && one_byte(was ^ word(at))) {
            was = htole64(was);
            memcpy(at, &was, sizeof was);
            return true;
        }
        end = back ^ (data ? word(at) : number);
    }
    return false;
}

bool pt_hash_mend(void *p, size_t n, uint64_t number, uint64_t want)
{
    size_t steps = n / (8 * LANES);
    uint64_t h[LANES], all = unfinish(want);
    run_lanes(p, steps - 1, h);
    last_step((unsigned char *)p + (steps - 1) * 8 * LANES, number, h);
    for (int i = 0; i < LANES; i++)
        all ^= h[i];
    for (int i = 0; i < LANES; i++)
        if (mend_lane(p, steps, i, number, all ^ h[i]))
            return true;
    return false;
}

/* --- chains ---------------------------------------------------------------------------------- */

/* A line is hashed by itself, in two halves, and only what comes out goes into the chain: so the
 * multiplications of a line overlap, and those of the next one need not wait for them. */

enum { LINE_STEP = 32 };

static inline uint64_t fold(uint64_t x, uint64_t y)
{
    unsigned __int128 product = (unsigned __int128)x * y;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

void pt_chain_init(struct pt_chain *c)
{
    *c = (struct pt_chain){.a = MIX_A, .b = MIX_B};
}

static inline struct pt_chain line_step(struct pt_chain h, const unsigned char *s)
{
    return (struct pt_chain){.a = fold(h.a ^ word(s), MIX_A ^ word(s + 8)),
                             .b = fold(h.b ^ word(s + 16), MIX_B ^ word(s + 24))};
}

/* All of a line that is shorter than a step. */
static struct pt_chain short_step(struct pt_chain h, const unsigned char *s, size_t n)
{
    unsigned char filled[LINE_STEP] = {0};
    memcpy(filled, s, n);
    return line_step(h, filled);
}

void pt_chain_add(struct pt_chain *c, const void *line, size_t n)
{
    const unsigned char *s = line;
    struct pt_chain h = {.a = MIX_A + n * GOLDEN, .b = MIX_B + n * GOLDEN};
    for (size_t left = n; left >= LINE_STEP; left -= LINE_STEP)
        h = line_step(h, s + n - left);
    if (n % LINE_STEP)
        h = n > LINE_STEP ? line_step(h, s + n - LINE_STEP) : short_step(h, s, n);
    c->a = (c->a ^ h.a) * GOLDEN + h.b;
    c->a ^= c->a >> 32;
    c->b = (c->b ^ h.b) * MIX_B + h.a;
    c->b ^= c->b >> 29;
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
