/* fill.h - rows for the windows in which a group has no points. */
#ifndef PT_QUERY_FILL_H
#define PT_QUERY_FILL_H

#include "query/query.h"

struct pt_fill {
    enum {
        PT_FILL_NONE,     /* no rows */
        PT_FILL_NULL,     /* rows without values */
        PT_FILL_PREVIOUS, /* with those of the last window that has points */
        PT_FILL_LINEAR,   /* on the straight line from those to the next ones, by time */
        PT_FILL_NUMBER    /* with this one: */
    } kind;
    double number;
};

enum { PT_FILL_MOST = 10000000 }; /* rows that an answer may have with those added */

/* Reads none, null, previous, linear or a number.  0; or -1 with err (PT_USAGE). */
int pt_fill_parse(const char *text, struct pt_fill *out, struct pt_err *err);

/* Adds rows to the query's answer for all windows from the range's begin to its end; where the
 * range is open, from the answer's first window to its last, so that all groups have the same rows.
 * What lies before a group's first row, or for lines behind its last one, has no value.  -1 with
 * err (PT_USAGE) when there would be too many.  An answer without windows stays as it is. */
int pt_fill_answer(struct pt_answer *a, const struct pt_query *q, const struct pt_fill *fill,
                   struct pt_err *err);

#endif
