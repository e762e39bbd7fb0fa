/* gaps.h - stretches of a series without points that are longer than they should be.
 *
 * The interval of a series is the median of the steps between consecutive points, of an even number
 * of them the lower middle one; exact up to 2^53 ns (104 days), beyond that to a microsecond.  A
 * gap is a step that is longer than `times` intervals, or than a length that is given.  From it as
 * many points are missing as intervals fit into it, rounded, less one.  Before the first point and
 * behind the last there are no gaps. */
#ifndef PT_QUERY_GAPS_H
#define PT_QUERY_GAPS_H

#include "store/store.h"

struct pt_gaps_rule {
    int64_t since, until; /* half-open: only points in it are looked at */
    double times;         /* of the interval */
    int64_t longer;       /* ns; where it is not 0 it counts instead */
};

struct pt_gap {
    int64_t from, to; /* the points around it */
    uint64_t missing;
};

/* The zero value is ready, and may be used for one series after the other. */
struct pt_gaps {
    uint64_t points;
    uint64_t interval; /* ns; 0 with fewer than two points */
    uint64_t longest;  /* ns; 0 without a gap */
    uint64_t missing;
    struct pt_gap *v;  /* n of them, in order of time */
    size_t n, cap;
    int64_t *ts;       /* of the points */
    double *steps;
    size_t ts_cap, steps_cap;
};

/* Reads the points of one series.  Takes memory for their times, twice. */
int pt_gaps_find(struct pt_gaps *g, struct pt_store *store, int64_t series,
                 const struct pt_gaps_rule *rule, struct pt_err *err);

/* Points there are, of those there should be: from 0 to 1. */
double pt_gaps_coverage(const struct pt_gaps *g);

void pt_gaps_release(struct pt_gaps *g);

#endif
