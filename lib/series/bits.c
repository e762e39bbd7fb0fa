/* bits.c - see bits.h.
 *
 * Eight numbers of w bits are w bytes, so in every group of eight the numbers stand at the same
 * places: the loop over groups knows eight offsets and eight shifts, and each number is an
 * unaligned load, a shift and a mask, without a chain from one to the next.  A load may reach
 * beyond the bytes there are, so the last groups are read from a copy with zeros behind it. */
#include "series/bits.h"

#include "base/wide.h"

enum {
    GROUP = 8,
    REACH = 7 * PT_BITS_MOST / 8 + 8 /* bytes that the loads of a group reach at most */
};

void pt_bits_pack(const uint64_t *x, size_t n, unsigned width, unsigned char *out)
{
    const uint64_t mask = (UINT64_C(1) << width) - 1;
    uint64_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t word, u = x[i] & mask;
        held |= u << bits;
        bits += width;
        word = htole64(held);
        memcpy(out, &word, sizeof word);
        if (bits >= 64) {
            out += 8;
            bits -= 64;
            held = bits ? u >> (width - bits) : 0;
        }
    }
    for (; bits > 0; bits = bits > 8 ? bits - 8 : 0, held >>= 8)
        *out++ = (unsigned char)held;
}

struct group {
    unsigned offset[GROUP], shift[GROUP];
    uint64_t mask;
};

static inline void unpack_group(const struct group *g, const unsigned char *p, uint64_t *x)
{
    for (int j = 0; j < GROUP; j++)
        x[j] = pt_bits_load(p + g->offset[j]) >> g->shift[j] & g->mask;
}

PT_WIDE void pt_bits_unpack(const unsigned char *p, size_t n, unsigned width, uint64_t *x)
{
    size_t left = pt_bits_size(n, width), i = 0;
    unsigned char tail[2 * REACH] = {0};
    uint64_t last[GROUP];
    struct group g = {.mask = (UINT64_C(1) << width) - 1};
    for (unsigned j = 0; j < GROUP; j++) {
        g.offset[j] = j * width / 8;
        g.shift[j] = j * width % 8;
    }
    for (; i + GROUP <= n && g.offset[GROUP - 1] + 8 <= left; i += GROUP, p += width, left -= width)
        unpack_group(&g, p, x + i);
    if (i == n)
        return;
    memcpy(tail, p, left);
    for (p = tail; i + GROUP <= n; i += GROUP, p += width)
        unpack_group(&g, p, x + i);
    unpack_group(&g, p, last);
    memcpy(x + i, last, (n - i) * sizeof *x);
}
