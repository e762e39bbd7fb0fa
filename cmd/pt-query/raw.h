/* raw.h - the points themselves, series by series. */
#ifndef PT_QUERY_CMD_RAW_H
#define PT_QUERY_CMD_RAW_H

#include "input.h"
#include "query/query.h"

/* Writes the points of the query's selector and range in the format asked for (-1: none was).  0;
 * or -1 with err, PT_FOUND when there are none. */
int query_raw(struct query_input *in, int output, const struct pt_query *q, struct pt_err *err);

#endif
