/* chunk.h - a run of points of one series as a few bytes: pt-store(5), "Chunks", to the bit.
 *
 *      +-------+--------+-------------------+------------------------------+
 *      | flags | count  | raw length        | body                         |
 *      | u8    | varint | varint, if packed | times, values; maybe deflated|
 *      +-------+--------+-------------------+------------------------------+
 *
 * Times and values are each written by whichever of a few codecs is estimated smallest for this
 * chunk, as byte planes (all lowest bytes, then all second ones, ...), which zlib then packs well.
 * Every double and every 64-bit integer comes back bit for bit. */
#ifndef PT_SERIES_CHUNK_H
#define PT_SERIES_CHUNK_H

#include "base/buf.h"
#include "base/err.h"
#include "series/column.h"

enum {
    PT_CHUNK_POINTS = 1024,      /* what writers put into one chunk at most */
    PT_CHUNK_POINTS_MOST = 65536 /* what readers accept */
};

/* Working memory for encoding and decoding, reused from chunk to chunk; one per thread. */
struct pt_chunk_coder;
struct pt_chunk_coder *pt_chunk_coder_new(void);
void pt_chunk_coder_free(struct pt_chunk_coder *coder); /* NULL is fine */

/* Appends the chunk of points begin..end (1 to PT_CHUNK_POINTS of them, in order) to out. */
void pt_chunk_encode(struct pt_chunk_coder *coder, const struct pt_column *c, size_t begin,
                     size_t end, struct pt_buf *out);

/* Appends the points to out.  -1 with err (PT_SYSTEM) when the bytes are no chunk; out may then
 * hold some points.  Never reads beyond the bytes, whatever they are. */
int pt_chunk_decode(struct pt_chunk_coder *coder, struct pt_str chunk, struct pt_column *out,
                    struct pt_err *err);

#endif
