/* source.h - where points come from: a store, or records read from a stream into memory.
 *
 * Both sides offer the same walks (series, the runs of a series in time order, the point before a
 * time), so that whatever is asked of one can be asked of the other and gives the same answer. */
#ifndef PT_QUERY_SOURCE_H
#define PT_QUERY_SOURCE_H

#include "record/record.h"
#include "store/store.h"

struct pt_source;

struct pt_source *pt_source_store(struct pt_store *store); /* borrows the store */

/* An empty one in memory; fill it with pt_source_add.  Points with the same series and ts collapse
 * as in the store: the largest value stays. */
struct pt_source *pt_source_memory(void);

/* Adds a metric, or the numbers of a `stat` record (one series per aggregate, tag "agg" added; name
 * "stat" where it has none); other documents are passed over.  Only for a source in memory.  -1
 * with err (PT_DATA) for tags that are not strings. */
int pt_source_add(struct pt_source *s, const struct pt_record *record, struct pt_err *err);

/* From now on the points of new series that the selector (borrowed; NULL: all) does not match are
 * not kept; the series themselves are.  Only for a source in memory. */
void pt_source_want(struct pt_source *s, const struct pt_selector *selector);

void pt_source_free(struct pt_source *s); /* NULL is fine */

/* Calls each for every series the selector (NULL: all) matches, ordered by name, then tags; what it
 * is given is borrowed until it returns.  A non-zero return ends the walk and is returned. */
int pt_source_each_series(struct pt_source *s, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err);

/* Calls each for the runs of a series (its id) in time order, cut to the range; as above.  A source
 * in memory gives points even where summaries would do. */
int pt_source_each_run(struct pt_source *s, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                       struct pt_err *err);

/* The last point of the series before t: 1, 0 when there is none, -1. */
int pt_source_point_before(struct pt_source *s, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value, struct pt_err *err);

#endif
