/* memory.h - series and their points in memory: the part of source.h that reads no store.
 *
 * The functions do what their namesakes in source.h and store.h say.  A series' id is its place in
 * order of arrival, from 1. */
#ifndef PT_QUERY_MEMORY_H
#define PT_QUERY_MEMORY_H

#include "record/record.h"
#include "store/store.h"

struct pt_memory;

struct pt_memory *pt_memory_new(void);
void pt_memory_free(struct pt_memory *m); /* NULL is fine */

int pt_memory_add(struct pt_memory *m, const struct pt_record *record, struct pt_err *err);

void pt_memory_want(struct pt_memory *m, const struct pt_selector *selector);

int pt_memory_each_series(struct pt_memory *m, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err);
int pt_memory_each_run(struct pt_memory *m, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx);
int pt_memory_point_before(struct pt_memory *m, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value);

#endif
