/* sql.h - plain SQL over a store: read-only, bounded, and with the chunks out of sight.
 *
 * A pt_sql is a connection of its own.  It sees the store's tables and the virtual ones and the
 * functions that pt-sql(7) describes.  Only SELECT runs.  The order of calls: open, prepare, step
 * until 0, close. */
#ifndef PT_SQL_SQL_H
#define PT_SQL_SQL_H

#include "base/err.h"
#include "base/num.h"
#include "base/str.h"

struct pt_sql;

/* 0 or -1 (PT_SYSTEM), as pt_store_open.  memory: MiB that SQLite may take in this process, 0 for
 * no limit; it holds if nothing has used SQLite before. */
int pt_sql_open(struct pt_sql **out, const char *path, uint64_t memory, struct pt_err *err);
void pt_sql_close(struct pt_sql *s); /* NULL is fine */

/* Takes one statement.  -1 with err (PT_USAGE): SQLite's reason with the character it points at, a
 * statement that would do more than read, none, or more than one.  timeout: nanoseconds from now
 * that the statement may run in all; 0 for no limit. */
int pt_sql_prepare(struct pt_sql *s, const char *sql, int64_t timeout, struct pt_err *err);

/* 1 row, 0 done, -1 with err: PT_USAGE for what SQLite finds wrong in the statement only when it
 * runs, PT_SYSTEM for a damaged store or a statement that took too long. */
int pt_sql_step(struct pt_sql *s, struct pt_err *err);

/* A value of the current row; text is borrowed until the next call.  Of a blob, the text is its
 * bytes in hexadecimal. */
enum pt_sql_type { PT_SQL_NULL, PT_SQL_NUMBER, PT_SQL_TEXT };
struct pt_sql_value {
    enum pt_sql_type type;
    struct pt_num number;
    struct pt_str text;
};

int pt_sql_columns(const struct pt_sql *s);
const char *pt_sql_column_name(const struct pt_sql *s, int column); /* until close */
struct pt_sql_value pt_sql_value(struct pt_sql *s, int column);

#endif
