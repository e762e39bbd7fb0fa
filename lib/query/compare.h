/* compare.h - a period beside an earlier one: what changed, and whether that means anything. */
#ifndef PT_QUERY_COMPARE_H
#define PT_QUERY_COMPARE_H

#include "query/query.h"

/* Answers the query for its range, which is to be closed and at most `back` ns long, and for the
 * one `back` earlier.  For each aggregate X the answer has the columns X, X.before, and X.change:
 * the change in percent of the size of X.before.  The column p is that of the test of Mann and
 * Whitney (stats/ranks.h) on the samples of both periods (pt_query_tap): the values of the points, or
 * the rates of single steps where the first aggregate is one of steps.  Windows meet those that begin `back`
 * earlier; a group or a window that only one period has is there with no numbers for the other.
 *
 * Memory: both answers and all values of the earlier period. */
int pt_compare_run(struct pt_store *store, const struct pt_query *query, int64_t back,
                   struct pt_answer *out, struct pt_err *err);

/* The columns of such an answer for n aggregates: how many there are, and their names, which take
 * the place of the aggregates' names; X.before, X.change live in the arena. */
#define PT_COMPARE_COLUMNS(n) ((n) * 3 + 1)
size_t pt_compare_columns(const char **names, size_t n, struct pt_arena *arena);

#endif
