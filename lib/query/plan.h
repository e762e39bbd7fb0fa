/* plan.h - what a query did to find its answer, counted while it ran. */
#ifndef PT_QUERY_PLAN_H
#define PT_QUERY_PLAN_H

#include "store/store.h"

struct pt_plan {
    uint64_t series; /* that matched */
    uint64_t groups; /* they make, also those without points */
    struct pt_store_effort effort;
    int64_t find_ns;    /* looking for the series */
    int64_t read_ns;    /* reading their points, with sums */
    int64_t compute_ns; /* making rows of them, with quantiles */
};

/* Adds what another query did. */
void pt_plan_add(struct pt_plan *to, const struct pt_plan *from);

#endif
