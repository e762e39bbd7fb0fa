/* intake.h - records of a stream, put where they can be asked like those of a store.
 *
 * They go through the store's own writer into a scratch store (store/scratch.h).  So memory is
 * bounded by the writer's buffers and a page cache, not by the stream; and the order of arrival,
 * repetitions and late points matter as little as they do in a store. */
#ifndef PT_QUERY_INTAKE_H
#define PT_QUERY_INTAKE_H

#include "query/formula.h"
#include "record/record.h"
#include "store/store.h"

struct pt_intake;

/* Of series that the selector (borrowed; NULL: all) does not match only the names are kept.  0, or
 * -1 with err (PT_SYSTEM); *out is to be freed either way. */
int pt_intake_open(struct pt_intake **out, const struct pt_selector *selector, struct pt_err *err);
void pt_intake_free(struct pt_intake *i); /* NULL is fine */

/* Adds a metric, or the numbers of a `stat` record (stat.h); other documents are passed over.  -1
 * with err: PT_DATA when tags are no tags or the time means "none", and the next may be added;
 * PT_SYSTEM when there is no room. */
int pt_intake_add(struct pt_intake *i, const struct pt_record *record, struct pt_err *err);

/* Asks `admit` of each point that the selector matches before it is added, from now on: 1 adds it,
 * 0 leaves it out, -1 fails.  news: its series, or something that it says of it, may be new.
 * `admit` may flush. */
void pt_intake_gate(struct pt_intake *i,
                    int (*admit)(void *ctx, const struct pt_record *point, bool news,
                                 struct pt_err *err),
                    void *ctx);

/* Forgets the points before t, but of each series the last one, or the last one for whose value
 * `where` (NULL: any) holds; after a flush. */
int pt_intake_forget(struct pt_intake *i, int64_t t, const struct pt_formula *where,
                     struct pt_err *err);

/* Makes what was added visible in the store. */
int pt_intake_flush(struct pt_intake *i, struct pt_err *err);

/* What may be asked; owned by the intake. */
struct pt_store *pt_intake_store(struct pt_intake *i);

#endif
