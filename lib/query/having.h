/* having.h - leaves the rows of an answer for which a condition holds: "p99 > 20 and count >= 10".
 *
 * The condition (formula.h) is on the answer's columns, which are called by their names, bare or in
 * quotes.  The name of an aggregate that is no column has it computed, and not shown. */
#ifndef PT_QUERY_HAVING_H
#define PT_QUERY_HAVING_H

#include "query/agg.h"
#include "query/answer.h"
#include "query/formula.h"

/* The zero value leaves all rows. */
struct pt_having {
    struct pt_formula *formula; /* variable i is column i */
    size_t shown;               /* columns; those behind them are there for the condition alone */
};

/* Reads a condition on the n columns.  Aggregates that are none of them, but named, are put behind
 * aggs[*naggs], which has room for PT_AGGS_MOST; NULL: there can be no others.  0, *out to be
 * released; or -1 with err (PT_USAGE). */
int pt_having_parse(const char *text, const char *const *columns, size_t n, struct pt_agg *aggs,
                    size_t *naggs, struct pt_having *out, struct pt_err *err);

/* Leaves out the rows for which it does not hold, groups that have none left, and the columns that
 * are not shown. */
void pt_having_keep(const struct pt_having *h, struct pt_answer *a);

void pt_having_release(struct pt_having *h);

#endif
