/* repack.h - private to store/: chunks put anew onto full pages.
 *
 * SQLite does not fill the room that deleted rows leave among rows of other ids.  So where much was
 * rewritten, chunk_data stands on half-empty pages; written once more, in the order that fills pages
 * (fill.h), it leaves them free.  The rows of chunk, which are ingested a bit of each series at a
 * time, fill pages when they are written anew in their own order. */
#ifndef PT_STORE_REPACK_H
#define PT_STORE_REPACK_H

#include "store/db.h"

/* The zero value with the store set is ready. */
struct pt_repack {
    struct pt_store *store;
    uint64_t rewritten; /* chunks that were written since their pages were last full */
    bool begun, moved;  /* moved: all bytes are where they are to be, the rows come next */
    int64_t newest;     /* rows up to this id are moved */
    int64_t series, t0; /* chunks up to this one are done */
};

/* One step, in a transaction of the caller's: 1 there is more to do, 0 when done or not worth doing,
 * -1. */
int pt_repack_step(struct pt_repack *r, struct pt_err *err);

#endif
