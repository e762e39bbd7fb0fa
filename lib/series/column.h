/* column.h - points of one series, as parallel arrays.
 *
 * The zero value is an empty column.  `wide` is NULL unless some value needs more than a double
 * (see num.h); then wide[i] is non-zero exactly for those.  "In order" means ts strictly
 * ascending. */
#ifndef PT_SERIES_COLUMN_H
#define PT_SERIES_COLUMN_H

#include "base/num.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pt_column {
    size_t n, cap;
    int64_t *ts; /* nanoseconds since the epoch */
    double *v;
    int64_t *wide;
};

void pt_column_add(struct pt_column *c, int64_t ts, struct pt_num v);
void pt_column_append(struct pt_column *c, const struct pt_column *from, size_t begin, size_t end);
void pt_column_reserve(struct pt_column *c, size_t n); /* room for n points in all */
void pt_column_clear(struct pt_column *c);
void pt_column_release(struct pt_column *c);

static inline struct pt_num pt_column_value(const struct pt_column *c, size_t i)
{
    return (struct pt_num){c->v[i], c->wide ? c->wide[i] : 0};
}

bool pt_column_ordered(const struct pt_column *c);

/* Puts the column in order.  Of points with the same ts the largest value stays, so the answer does
 * not depend on the order of arrival; returns how many points went.  O(n) when already in order. */
size_t pt_column_sort(struct pt_column *c);

/* As above; the points that went are added to *lost (NULL: they are not asked for). */
size_t pt_column_sort_gone(struct pt_column *c, struct pt_column *lost);

/* The first index with ts >= t in an ordered column. */
size_t pt_column_lower(const struct pt_column *c, int64_t t);

#endif
