/* scratch.h - a private store for the time of one question.
 *
 * It is written by a pt_writer (pt_writer_flush) and read like any other store, by the same
 * connection, so what is asked of it gets the answer that a store of the same records gives.  What
 * does not fit its page cache goes into a file in $TMPDIR (else /var/tmp or /tmp) that has no name:
 * nothing is left of it, whatever ends the program.  There is no journal and no lineage: after an
 * error it is good for pt_store_close only. */
#ifndef PT_STORE_SCRATCH_H
#define PT_STORE_SCRATCH_H

#include "store/store.h"

/* 0, *out to be closed with pt_store_close; or -1 with err (PT_SYSTEM). */
int pt_scratch_open(struct pt_store **out, struct pt_err *err);

/* Deletes the points before t as far as whole chunks go, but of each series the last one, which
 * what comes after it is counted from; with a judge, the last one that it wants.  A chunk of which
 * it wants some points, but neither the least nor the largest, does not pass for one that has it:
 * then more stays.  Costs a look at every chunk; writers are to be told (pt_writer_reread). */
struct pt_scratch_judge {
    enum pt_store_verdict (*judge)(void *ctx, double min, double max);
    void *ctx;
};
int pt_scratch_forget(struct pt_store *s, int64_t t, const struct pt_scratch_judge *judge,
                      struct pt_err *err);

#endif
