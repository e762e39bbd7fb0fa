/* show.h - an answer as people and programs read it: stat records in jsonl; points in the formats
 * of emit.h; else a sheet with a column for the window's start, for each tag grouped by, and for
 * each column of the answer. */
#ifndef PT_QUERY_CMD_SHOW_H
#define PT_QUERY_CMD_SHOW_H

#include "query/answer.h"

#include "base/buf.h"
#include "base/err.h"

/* Writes the rows in the format asked for (-1: none was) to out, and out where it goes when it is
 * full; the last of it is the caller's to write.  0 or -1 with err. */
int query_show(const struct pt_answer *answer, int output, struct pt_buf *out, struct pt_err *err);

#endif
