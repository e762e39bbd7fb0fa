/* sheet.h - rows of named columns, shown as an aligned table, jsonl, csv, tsv or markdown.
 *
 * Build it with pt_sheet_column once per column, then for each row one pt_sheet_* per column in
 * order.  jsonl, csv and tsv are written as rows are completed; a table and markdown wait for
 * pt_sheet_end, to know the widths, so they take memory for all rows.  A head is written even when
 * no rows follow (jsonl has none).  Text, names included, is escaped for where it goes. */
#ifndef PT_FORMAT_SHEET_H
#define PT_FORMAT_SHEET_H

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"

enum pt_sheet_format {
    PT_SHEET_TABLE, PT_SHEET_JSONL, PT_SHEET_CSV, PT_SHEET_TSV, PT_SHEET_MD,
    PT_SHEET_OPENMETRICS, PT_SHEET_INFLUX /* no sheets, but points: emit.h */
};

/* For PT_OPT_OUTPUT: the choices, in the order of the enum. */
#define PT_SHEET_CHOICES "table|jsonl|csv|tsv|md"

struct pt_sheet;

/* Rows are appended to `out` (borrowed), which the caller writes out when it likes. */
struct pt_sheet *pt_sheet_new(enum pt_sheet_format format, bool color, struct pt_buf *out);
void pt_sheet_free(struct pt_sheet *s);

/* unit (may be NULL) is shown in a table's head; numbers align right. */
void pt_sheet_column(struct pt_sheet *s, const char *name, const char *unit);

/* Put before every row of jsonl as it is: "\"type\":\"stat\"," so that rows are records. */
void pt_sheet_prefix(struct pt_sheet *s, const char *members);

void pt_sheet_null(struct pt_sheet *s); /* jsonl: the member is left out */
/* NaN and infinities count as null.  Tables and markdown round to 6 significant digits but keep all
 * digits before the point; the other formats never round. */
void pt_sheet_num(struct pt_sheet *s, struct pt_num v);
void pt_sheet_int(struct pt_sheet *s, int64_t v);
void pt_sheet_text(struct pt_sheet *s, struct pt_str v);
void pt_sheet_text_or_null(struct pt_sheet *s, struct pt_str v); /* empty: null */
void pt_sheet_time(struct pt_sheet *s, int64_t ts);

/* An object, valid JSON: as it is in jsonl, its text in csv and tsv; tables and markdown show
 * {"a":"b","c":"d"} as a=b,c=d. */
void pt_sheet_json(struct pt_sheet *s, struct pt_str json);

void pt_sheet_end(struct pt_sheet *s); /* once, behind the last row: writes what waits */

#endif
