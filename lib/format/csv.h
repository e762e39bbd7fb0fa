/* csv.h - CSV and TSV rows to records.
 *
 * The first line names the columns, in any case.  "ts" (or "time", "timestamp", "date", "datetime") is
 * required.  With columns "name" (or "metric") and "value" a row is one record and every other column
 * a tag, besides "unit", "kind" and "tags" (a JSON object).  Without them the table is wide: each
 * column of values is a metric named by its head, the others are tags; which is which the caller
 * says, or else the first row: its numbers are values.  Empty cells are absent, spaces around cells
 * without quotes do not count.  Quoting is RFC 4180's, in TSV too. */
#ifndef PT_FORMAT_CSV_H
#define PT_FORMAT_CSV_H

#include "base/err.h"
#include "record/record.h"

struct pt_csv;

/* tags and values (may be NULL, borrowed): heads, separated by commas, of a wide table's columns.  With
 * values, all others are tags. */
struct pt_csv *pt_csv_new(char separator, enum pt_time_unit ts_unit, const char *tags,
                          const char *values);
void pt_csv_free(struct pt_csv *c); /* NULL is fine */

/* Whether a quoted cell is open at the end of the line, given whether one was at its start: then the
 * next line belongs to the row. */
bool pt_csv_open_quote(const struct pt_csv *c, struct pt_str line, bool open);

/* The header is due until it was given. */
bool pt_csv_has_header(const struct pt_csv *c);
int pt_csv_header(struct pt_csv *c, struct pt_str row, struct pt_err *err);

/* Begins a row (borrowed until its last record); then pt_csv_next delivers its records: 1, 0 at the
 * end, -1 with err (PT_DATA) for a cell that does not fit, after which it can go on. */
int pt_csv_row(struct pt_csv *c, struct pt_str row, struct pt_err *err);
int pt_csv_next(struct pt_csv *c, struct pt_record *out, struct pt_err *err);

#endif
