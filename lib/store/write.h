/* write.h - the one way into a store.
 *
 * Points, documents and rejects are gathered in memory; pt_writer_commit puts them into the file in
 * one transaction together with the position in their source, so that after any interruption the
 * store holds exactly what its recorded positions say.  Between commits no lock is held.
 *
 * Full runs of in-order points are encoded as they fill (16 bytes a point become one or two), and
 * when the series themselves take much, the writer is full, and forgets them behind the commit: so
 * memory stays small whatever comes.  At commit a series' points go, in time order:
 *   - into chunks they overlap (late and duplicate points): those are decoded, merged, rewritten;
 *   - behind the last chunk as a new one, when there are enough of them;
 *   - else into the tail.
 * Points with the same series and time collapse, the largest value stays: the same final answer in
 * any order of arrival. */
#ifndef PT_STORE_WRITE_H
#define PT_STORE_WRITE_H

#include "store/reject.h"
#include "store/store.h"

struct pt_writer;

/* Borrows the store, which must be open for writing; the limits are the defaults. */
struct pt_writer *pt_writer_new(struct pt_store *store);

/* The limits of tags, and how many series the store may have.  Of several writers each counts what
 * the others have when it first meets a new series, and then its own. */
void pt_writer_limit(struct pt_writer *w, const struct pt_limits *limits);
void pt_writer_free(struct pt_writer *w); /* drops what was not committed; NULL is fine */

/* From now on the points of new series that the selector (borrowed; NULL: all) does not match are
 * passed over; that there are such series is stored. */
void pt_writer_want(struct pt_writer *w, const struct pt_selector *selector);

/* What adding a metric would do. */
enum pt_writer_prospect {
    PT_WRITER_IGNORES = 0, /* nothing: its series is not wanted */
    PT_WRITER_EXTENDS = 1, /* one more point of a series that is known */
    PT_WRITER_LEARNS = 2   /* the series, or what is said of it, may be new */
};

/* One of these, or -1 with err (PT_DATA) when its tags are no tags. */
int pt_writer_foresee(struct pt_writer *w, const struct pt_record *metric, struct pt_err *err);

/* Adds a record; those that have a spelling (record.h) must all be of one reader.  -1 with err: PT_DATA when its tags are no tags, its series would be one too many,
 * or its time is PT_TIME_MIN or PT_TIME_MAX, which mean "none" (nothing was added). */
int pt_writer_add(struct pt_writer *w, const struct pt_record *record, struct pt_err *err);

/* Adds a line that is no good record; all is copied. */
void pt_writer_reject(struct pt_writer *w, const struct pt_reject *reject);

/* Notes that the record that was added last, of this time, was added though a schema warns of it. */
void pt_writer_warn(struct pt_writer *w, int64_t ts);

/* Notes that what was added since the last call stands for this reject.  The commit marks it
 * replayed; if it is not open any more, the commit fails with PT_FOUND and stores nothing.  A
 * writer either mends rejects or takes an input, never both. */
void pt_writer_mend(struct pt_writer *w, int64_t reject);

/* Whether anything waits for a commit, and whether so much that it is time for one. */
bool pt_writer_pending(const struct pt_writer *w);
bool pt_writer_full(const struct pt_writer *w);

/* Forgets all that waits. */
void pt_writer_discard(struct pt_writer *w);

/* Forgets what waits and is stored already behind this mark of the lineage: the first documents
 * that have their equals there, in order (mark->document moves along), and the first rejects; and
 * the points, when all are there and nothing else is left.  *left says whether anything still
 * waits.  For a few lines: it looks for every record by itself. */
struct pt_mark;
int pt_writer_drop_stored(struct pt_writer *w, struct pt_mark *mark, bool *left,
                          struct pt_err *err);

/* What became of the records since the writer was made. */
struct pt_receipt {
    uint64_t read, points, documents, duplicates, late, rejects, warned;
    uint64_t series; /* new ones */
};
const struct pt_receipt *pt_writer_receipt(const struct pt_writer *w);

/* Puts all that waits into the store, in one transaction with the position its source has then.  On
 * failure nothing is in the store, and the writer is good for pt_writer_free only, since what
 * waited may be rearranged already, or, when commit->met, for pt_writer_discard.  See lineage.h. */
struct pt_commit;
int pt_writer_commit(struct pt_writer *w, struct pt_commit *commit, struct pt_err *err);

/* What is stored was changed (pt_scratch_forget) while nothing waited. */
void pt_writer_reread(struct pt_writer *w);

/* Puts the points and series that wait into a scratch store (scratch.h), which knows no sources. */
int pt_writer_flush(struct pt_writer *w, struct pt_err *err);

#endif
