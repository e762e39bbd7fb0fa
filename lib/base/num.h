/* num.h - numbers to and from text, without loss and without the locale.
 *
 * A value is a finite double, or an integer that needs more than a double's 53 bits.  pt_num holds
 * either: `wide` is non-zero only for integers outside +-2^53 that fit 64 bits, and then it is the
 * value and `d` the double nearest to it.  So arithmetic uses d, and text and storage keep wide. */
#ifndef PT_BASE_NUM_H
#define PT_BASE_NUM_H

#include <stdint.h>

struct pt_num {
    double d;
    int64_t wide;
};

enum { PT_NUM_MAX = 32 }; /* room for any number as text, with its NUL */

struct pt_num pt_num_int(int64_t i);

static inline struct pt_num pt_num_real(double d)
{
    return (struct pt_num){d, 0};
}

/* Reads a number as RFC 8259 spells it, from p up to end at most.  Returns the byte after it, or
 * NULL if there is none or it overflows a double. */
const char *pt_num_parse(const char *p, const char *end, struct pt_num *out);

/* As pt_num_parse, for other formats' spellings: also a leading '+' or '.', a trailing '.', and
 * leading zeros.  Inf and NaN are not numbers here either. */
const char *pt_num_parse_loose(const char *p, const char *end, struct pt_num *out);

/* Writes the shortest decimal text that reads back to the same value; returns its length. */
int pt_num_format(char out[PT_NUM_MAX], struct pt_num v);

/* Orders by value, exactly even where two wide integers share their double: <0, 0, >0. */
int pt_num_cmp(struct pt_num a, struct pt_num b);

/* Reads all of s as a non-negative decimal integer; 0, or -1 if it is not one or overflows. */
int pt_num_count(const char *s, uint64_t *out);

#endif
