/* quality.h - what the store knows of how well its sources did. */
#ifndef PT_STORE_QUALITY_H
#define PT_STORE_QUALITY_H

#include "store/reject.h"

/* The counts of all sources of one kind and name, for one day of UTC; texts are borrowed until the
 * callback returns. */
struct pt_quality_row {
    struct pt_str kind, name;
    int64_t day, last; /* last: the latest time of a record; PT_TIME_MIN when there was none */
    uint64_t records, warned, duplicates, late, replayed, faults[PT_FAULTS];
};

/* Calls each for the days that overlap [since, until), by kind and name, then day. */
int pt_quality_each(struct pt_store *s, int64_t since, int64_t until,
                    int (*each)(void *ctx, const struct pt_quality_row *row), void *ctx,
                    struct pt_err *err);

/* Calls each for the series that sources of this kind and name fed, with the times of their first
 * and last points: those of which a run of points begins or ends with a batch of such a source.
 * Looks at every chunk's row. */
int pt_quality_each_series(struct pt_store *s, struct pt_str kind, struct pt_str name,
                           int (*each)(void *ctx, const struct pt_store_series *series,
                                       int64_t first, int64_t last),
                           void *ctx, struct pt_err *err);

/* The last point of a series, by name and canonical tags: 1, 0 when there is none, -1. */
int pt_quality_last_point(struct pt_store *s, struct pt_str name, struct pt_str tags, int64_t *ts,
                          struct pt_num *value, struct pt_err *err);

#endif
