/* encoder.h - chunks encoded by a thread of its own, while the caller gathers more points.
 *
 * Legal order: any number of puts, finish, then the chunks can be looked at; clear, and again.  A
 * put waits while QUEUE_MOST chunks are queued, so memory stays bounded by that and by the encoded
 * bytes, which the caller watches.  The thread starts with the first put; where none can be had,
 * put encodes by itself. */
#ifndef PT_SERIES_ENCODER_H
#define PT_SERIES_ENCODER_H

#include "series/chunk.h"
#include "series/sketch.h"
#include "series/summary.h"

struct pt_encoder;

/* An encoded chunk; its bytes are borrowed until the encoder is cleared. */
struct pt_encoded {
    uint32_t owner;
    struct pt_summary summary;
    struct pt_str bytes, sketch; /* the sketch is empty when the points are worth none */
};

struct pt_encoder *pt_encoder_new(void);
void pt_encoder_free(struct pt_encoder *e); /* drops what is queued; NULL is fine */

/* Takes the points (1 to PT_CHUNK_POINTS, in order) out of the column, which is empty then.  The
 * owner is whatever the caller knows them by. */
void pt_encoder_put(struct pt_encoder *e, uint32_t owner, struct pt_column *points);

/* Bytes encoded so far, from any state. */
size_t pt_encoder_bytes(struct pt_encoder *e);

/* Waits until all is encoded; how many chunks there are, in the order of their puts. */
size_t pt_encoder_finish(struct pt_encoder *e);
struct pt_encoded pt_encoder_chunk(const struct pt_encoder *e, size_t i);

/* Forgets all, also what is queued. */
void pt_encoder_clear(struct pt_encoder *e);

#endif
