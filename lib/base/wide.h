/* wide.h - loops over columns, also for processors with wider registers.
 *
 * What is made for any x86-64 has vectors of two doubles, and none for much that is done to 64-bit
 * integers.  A function that is PT_WIDE is there twice, and the loader picks the one that suits the
 * processor.  It gives the same results to the bit: nothing is fused or reordered.  It cannot be
 * inlined, so it is to have a whole loop.  Elsewhere the word means nothing. */
#ifndef PT_BASE_WIDE_H
#define PT_BASE_WIDE_H

#include <limits.h> /* says whose C library it is */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PT_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define PT_WIDE
#endif

#endif
