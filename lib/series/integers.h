/* integers.h - private to series/: a run of 64-bit integers as few bytes; pt-store(5), "Numbers".
 *
 *      +------+-------+------+-------+------+-----+--------+----------+--------+---------+
 *      | head | first | unit | slope | base | low | planes | low bits | planes | patches |
 *      +------+-------+------+-------+------+-----+--------+----------+--------+---------+
 *
 * The first number stands by itself.  The others are differences from it in multiples of their
 * common unit, then by one of three forms become x: what is left of a straight line, steps, or
 * changes of the step.  x less the base, the least of them, is cut in two: its low bits, which are
 * noise, are packed as they are, and only what stands above them is worth an entropy coder and goes
 * to planes of bytes, deflated.  The few x outside of the usual range are patched in: so numbers
 * that rarely change, clocks that tick evenly but for a gap, and counters with a reset cost next to
 * nothing beside the rest.
 *
 * All arithmetic wraps modulo 2^64, so any integers come back. */
#ifndef PT_SERIES_INTEGERS_H
#define PT_SERIES_INTEGERS_H

#include "base/buf.h"
#include "base/pack.h"
#include "series/deflate.h"

enum { PT_INTEGERS_MOST = 1024 }; /* written at once */

/* Bits of the head: the form, and which parts are there. */
enum {
    PT_INTEGERS_LINE,
    PT_INTEGERS_STEPS,
    PT_INTEGERS_CHANGES,
    PT_INTEGERS_FORM = 3,
    PT_INTEGERS_UNIT = 4,
    PT_INTEGERS_SLOPE = 8,
    PT_INTEGERS_PACKED = 16,
    PT_INTEGERS_PATCHED = 32,
    PT_INTEGERS_HEAD = 63
};

/* Working memory, one per thread, between init and release. */
struct pt_integers {
    struct pt_deflate *huffman, *search;  /* for planes of noise, and of repetitions */
    float surprise[PT_INTEGERS_MOST + 1]; /* i * log2(i) */
    uint64_t y[PT_INTEGERS_MOST], x[PT_INTEGERS_MOST];
    unsigned char planes[8 * PT_INTEGERS_MOST], packed[8 * PT_INTEGERS_MOST];
    unsigned char *unpacked; /* decoding: planes, cap bytes of them */
    size_t cap;
};

void pt_integers_init(struct pt_integers *w, enum pt_deflate_engine engine);
void pt_integers_release(struct pt_integers *w);

/* Appends k[0..n-1], 1 to PT_INTEGERS_MOST of them. */
void pt_integers_encode(struct pt_integers *w, const uint64_t *k, size_t n, struct pt_buf *out);

/* Reads n numbers, at least 1, into k; in->bad when the bytes hold no such. */
void pt_integers_decode(struct pt_integers *w, struct pt_unpack *in, uint64_t *k, size_t n);

#endif
