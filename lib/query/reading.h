/* reading.h - the points that a query is about: of a series, in a range, for which a condition
 * holds.  The condition takes points away before anything else sees them.
 *
 * Chunks for whose values it never holds are not opened, and where it always holds what stands for
 * a chunk still does. */
#ifndef PT_QUERY_READING_H
#define PT_QUERY_READING_H

#include "query/formula.h"
#include "store/store.h"

/* Set what is public and zero the rest; pt_reading_release when done. */
struct pt_reading {
    struct pt_store *store;
    struct pt_store_range range;    /* all but the judge */
    const struct pt_formula *where; /* of the value, its variable 0; NULL: all points */
    /* private */
    int (*each)(void *ctx, const struct pt_store_run *run);
    void *ctx;
    struct pt_column kept;
    bool *holds;
    size_t cap;
};

/* A judge for pt_store_range: what the condition says of values from min to max. */
enum pt_store_verdict pt_reading_judge(void *where, double min, double max);

/* As pt_store_each_run; runs are never empty. */
int pt_reading_each_run(struct pt_reading *r, int64_t series,
                        int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                        struct pt_err *err);

/* The last point before the range: 1, 0 when there is none, -1. */
int pt_reading_before(struct pt_reading *r, int64_t series, int64_t *ts, struct pt_num *value,
                      struct pt_err *err);

void pt_reading_release(struct pt_reading *r);

#endif
