/* chunk.h - a run of points of one series as a few bytes: pt-store(5), "Chunks", to the bit.
 *
 *      +------+--------+---------+---------+------------+
 *      | kind | count  | times   | values  | exceptions |
 *      | u8   | varint | numbers | numbers |            |
 *      +------+--------+---------+---------+------------+
 *
 * Values become integers, by decimal scaling or as the bits of doubles; times are integers as they
 * are; both are then written alike (integers.h).  Every double and every 64-bit integer comes back
 * bit for bit.  See tests/bench/codec.c for what it takes and how fast it is. */
#ifndef PT_SERIES_CHUNK_H
#define PT_SERIES_CHUNK_H

#include "base/buf.h"
#include "base/err.h"
#include "series/column.h"
#include "series/deflate.h"

enum {
    PT_CHUNK_POINTS = 1024,      /* what writers put into one chunk at most */
    PT_CHUNK_POINTS_MOST = 65536 /* what readers accept */
};

/* Working memory for encoding and decoding, reused from chunk to chunk; one per thread. */
struct pt_chunk_coder;
struct pt_chunk_coder *pt_chunk_coder_new(void);
struct pt_chunk_coder *pt_chunk_coder_with(enum pt_deflate_engine engine); /* for tests */
void pt_chunk_coder_free(struct pt_chunk_coder *coder);                    /* NULL is fine */

/* Appends the chunk of points begin..end (1 to PT_CHUNK_POINTS of them, in order) to out. */
void pt_chunk_encode(struct pt_chunk_coder *coder, const struct pt_column *c, size_t begin,
                     size_t end, struct pt_buf *out);

/* Appends the points to out.  -1 with err (PT_SYSTEM) when the bytes are no chunk; out may then
 * hold some points.  Never reads beyond the bytes, whatever they are. */
int pt_chunk_decode(struct pt_chunk_coder *coder, struct pt_str chunk, struct pt_column *out,
                    struct pt_err *err);

#endif
