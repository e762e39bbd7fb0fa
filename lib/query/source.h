/* source.h - where points come from: a store, also the scratch store of an intake. */
#ifndef PT_QUERY_SOURCE_H
#define PT_QUERY_SOURCE_H

#include "store/store.h"

struct pt_source;

struct pt_source *pt_source_store(struct pt_store *store); /* borrows the store */
void pt_source_free(struct pt_source *s); /* NULL is fine */

/* As their namesakes in store.h. */
int pt_source_each_series(struct pt_source *s, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err);
int pt_source_each_run(struct pt_source *s, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                       struct pt_err *err);
int pt_source_point_before(struct pt_source *s, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value, struct pt_err *err);

#endif
