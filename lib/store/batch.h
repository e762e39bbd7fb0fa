/* batch.h - private to store/: the lineage half of a commit.
 *
 * Both run inside the commit's transaction: pt_batch_open first, since the batch's id goes into
 * every row that comes from it; pt_batch_close last, since it writes what the rest has counted. */
#ifndef PT_STORE_BATCH_H
#define PT_STORE_BATCH_H

#include "store/lineage.h"
#include "store/writer.h"

/* Makes the run, the source and the batch where they do not exist yet, and fills in their ids.  -1
 * also when another program has read on in the source since (PT_SYSTEM, see pt_commit.met); then
 * nothing of what waits was touched. */
int pt_batch_open(struct pt_writer *w, struct pt_commit *c, struct pt_err *err);

/* Writes the marks, and the batch's stop, lines, digest and counts. */
int pt_batch_close(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err);

#endif
