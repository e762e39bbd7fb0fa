/* plan.h - what is told of an answer beside it: how it was found, and what was left out of it. */
#ifndef PT_QUERY_CMD_PLAN_H
#define PT_QUERY_CMD_PLAN_H

#include "base/buf.h"
#include "base/err.h"
#include "query/plan.h"

/* Writes the plan as a sheet in the format asked for (-1: none was): a row a figure. */
void query_explain(const struct pt_plan *plan, int output, struct pt_buf *out);

/* Damaged chunks that were left out; the zero value is none. */
struct query_damage {
    uint64_t n;
};

/* Counts one, and tells it unless so many were told already: for struct pt_query. */
void query_damage_take(void *damage, const char *what);

/* How it went: rc and err as they are; or, when chunks were left out and err says no worse than
 * PT_FOUND, -1 with err (PT_DATA). */
int query_damage_end(const struct query_damage *damage, int rc, struct pt_err *err);

#endif
