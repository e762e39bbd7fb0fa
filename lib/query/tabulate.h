/* tabulate.h - the rows of one group of an answer, from its panes. */
#ifndef PT_QUERY_TABULATE_H
#define PT_QUERY_TABULATE_H

#include "query/query.h"
#include "query/window.h"

/* What the windows must gather for the query's aggregates. */
struct pt_windows_need pt_tabulate_need(const struct pt_query *query);

/* The shares of the query's quantiles into share[PT_AGGS_MOST]; how many. */
size_t pt_tabulate_shares(const struct pt_query *query, double *share);

/* Whether the values are for nothing but quantiles that rank.h can find. */
bool pt_tabulate_may_rank(const struct pt_query *query);

/* Gives the group, which has none, a row for each window and a value for each aggregate of the
 * query.  The windows have come to their end; their values may be reordered.  `quantiles` are those
 * of the one row, where they were found already, else NULL.  -1 with err (PT_USAGE) when there
 * would be more than `most` rows of windows that overlap. */
int pt_tabulate(struct pt_group *g, const struct pt_query *query, struct pt_windows *windows,
                const double *quantiles, size_t most, struct pt_arena *texts, struct pt_err *err);

#endif
