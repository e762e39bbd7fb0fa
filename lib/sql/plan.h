/* plan.h - private to sql/: how a table's constraints go from xBestIndex to xFilter.
 *
 * A plan is the text in idxStr: the columns that are read, the order of rows that was promised, and
 * a term for each constraint, whose value is in argv at the same place:
 *
 *      1f|+2,-9,|=2,>0,            bits of colUsed | columns by which rows are in order | terms
 *
 * A constraint that a table answers to the letter is not checked again by SQLite, which saves a
 * comparison for each row and lets times be compared with text; one that only narrows what is
 * looked at is.  SQLite lets that be said of the first 16 constraints alone: where one behind them
 * would be compared otherwise by SQLite than by the table, there is an error instead. */
#ifndef PT_SQL_PLAN_H
#define PT_SQL_PLAN_H

#include "base/err.h"
#include "base/str.h"
#include "record/selector.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Letters of the operators; [ is <= and ] is >=. */
#define PT_PLAN_EQUAL "="
#define PT_PLAN_RANGE "=<[>]"
#define PT_PLAN_TEXT "=gl" /* also GLOB and LIKE */

/* How a table compares, beside SQLite. */
enum pt_plan_sense {
    PT_PLAN_ALIKE, /* as SQLite does */
    PT_PLAN_TEXTS, /* text with text; with a number SQLite does so or compares as numbers, by what
                    * the other side is made of, and so it has to look */
    PT_PLAN_OWN    /* otherwise: times with text, arguments */
};

/* What a table does with the constraints on a column. */
struct pt_plan_use {
    const char *letters; /* of the operators; NULL: nothing */
    const char *exact;   /* of those which are answered to the letter */
    double keep;         /* the share of rows that an equality leaves */
    bool must;           /* a hidden argument: no plan without its value */
    enum pt_plan_sense sense;
};

/* Writes the terms into `plan` and assigns their values; *rows are those left of as many.  Returns
 * SQLITE_OK, SQLITE_CONSTRAINT when there is no such plan, or SQLITE_ERROR with the table's
 * message. */
int pt_plan_take(sqlite3_vtab *table, sqlite3_index_info *info,
                 struct pt_plan_use (*use)(const sqlite3_vtab *table, int column),
                 sqlite3_str *plan, double *rows);

/* Hands the text over; SQLITE_OK or SQLITE_NOMEM. */
int pt_plan_end(sqlite3_index_info *info, sqlite3_str *plan, double rows);

/* Reads the next "letter number," at *at: false at the end of the part, and *at is then behind
 * it. */
bool pt_plan_next(const char **at, char *letter, int *column);

/* The selector that matches this name and any tags, to be freed; NULL when the name is empty or
 * cannot be spelled as one, and must be looked for otherwise. */
struct pt_selector *pt_plan_selector(struct pt_str name);

/* --- times ----------------------------------------------------------------------------------- */

struct pt_plan_range {
    int64_t since, until; /* half-open */
    bool none;            /* nothing can match: a comparison with NULL */
};

/* Narrows the range by "OP value", exactly: a number is nanoseconds, a text what pt_plan_read_time
 * takes.  -1 with err (PT_USAGE) for other text. */
int pt_plan_narrow(char op, sqlite3_value *value, struct pt_plan_range *range, struct pt_err *err);

/* RFC 3339; or in UTC a date, or a date with a time; or an integer of nanoseconds.  -1 with err
 * (PT_USAGE). */
int pt_plan_read_time(struct pt_str text, int64_t *out, struct pt_err *err);

#endif
