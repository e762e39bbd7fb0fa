/* show.h - an answer as people and programs read it: stat records in jsonl; points in the formats
 * of emit.h; else a sheet with a column for the window's start, for each tag grouped by, and for
 * each column of the answer. */
#ifndef PT_QUERY_CMD_SHOW_H
#define PT_QUERY_CMD_SHOW_H

#include "format/sheet.h"
#include "query/answer.h"

#include "base/buf.h"
#include "base/err.h"

/* Writes the rows in the format asked for (-1: none was) to out, and out where it goes when it is
 * full; the last of it is the caller's to write.  0 or -1 with err. */
int query_show(const struct pt_answer *answer, int output, struct pt_buf *out, struct pt_err *err);

/* --- rows that come little by little --------------------------------------------------------- */

/* Whether the format writes rows as they come. */
bool query_show_streams(enum pt_sheet_format format);

/* The order of calls: new, add for each answer, all of the same query, end, free.  On a terminal the
 * format is tsv where none was asked for, since a table waits for its last row. */
struct query_rows *query_rows_new(int output, struct pt_buf *out);
int query_rows_add(struct query_rows *r, const struct pt_answer *answer, struct pt_err *err);
void query_rows_end(struct query_rows *r);
void query_rows_free(struct query_rows *r);

#endif
