/* mend.h - rejects that were put right, stored in place of the lines that were refused.
 *
 * A corrected line is read as its reject was: in the format, with the options and behind the lines
 * that it depended on; a line without a time has that of the reading.  It goes through the same
 * check.  Its records and the mark that the reject is replayed are one transaction, so however
 * often it is replayed, by however many programs, it is stored once. */
#ifndef PT_INGEST_MEND_H
#define PT_INGEST_MEND_H

#include "ingest/ingest.h"

struct pt_mend;

/* Of the options `command`, `check`, `on_warning`, `ctx` and records.limits count, and records.format
 * unless it is auto: the corrected lines are then of that format, and nothing is put before them.
 * Borrows the store and what the options point to. */
struct pt_mend *pt_mend_new(struct pt_store *store, const struct pt_ingest_options *options);
void pt_mend_free(struct pt_mend *m); /* drops what is not committed; NULL is fine */

/* Takes the corrected line of a reject; a newline at its end does not count.  1; or 0 when the
 * reject is not open any more; or -1: with PT_DATA the line is no good record, or there is no such
 * reject, and the next one may be tried. */
int pt_mend_line(struct pt_mend *m, int64_t reject, struct pt_str line, struct pt_err *err);

/* Commits what waits; pt_mend_line does so, too, when much does.  Rejects that another program
 * replayed or dropped in the meantime are left out. */
int pt_mend_commit(struct pt_mend *m, struct pt_err *err);

struct pt_mend_result {
    uint64_t replayed, before; /* before: not open any more */
    struct pt_receipt receipt; /* of all that was stored */
};
const struct pt_mend_result *pt_mend_result(const struct pt_mend *m);

#endif
