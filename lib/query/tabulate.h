/* tabulate.h - the rows of one group of an answer, from its panes. */
#ifndef PT_QUERY_TABULATE_H
#define PT_QUERY_TABULATE_H

#include "query/query.h"
#include "query/window.h"

struct pt_table {
    const struct pt_query *query;
    struct pt_windows *windows; /* of the group in hand; their values may be reordered */
    const double *ranked;       /* its quantiles, where they are known while its panes hold only
                                 * sketches; NULL: they are to be estimated */
    size_t rows_left;           /* how many more there may be where windows overlap */
    struct pt_arena *texts;     /* where texts are kept */
};

/* Gives the group, which has none, a row for each window and a value for each aggregate of the
 * query.  The windows have come to their end.  -1 with err (PT_USAGE) when there are too many. */
int pt_tabulate(struct pt_group *g, struct pt_table *table, struct pt_err *err);

/* What the windows must gather for the query's aggregates. */
struct pt_windows_need pt_tabulate_need(const struct pt_query *query);

/* Whether values are gathered for quantiles alone. */
bool pt_tabulate_ranks(const struct pt_query *query);

/* The shares of the quantiles asked for; how many. */
size_t pt_tabulate_shares(const struct pt_query *query, double share[PT_AGGS_MOST]);

#endif
