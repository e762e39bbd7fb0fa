/* answer.h - what a query found: for each group of series a table of rows, a row a window.
 *
 * All groups have the same columns.  A query makes a column for each aggregate; what is done with
 * answers afterwards may leave out rows and groups, and add columns. */
#ifndef PT_QUERY_ANSWER_H
#define PT_QUERY_ANSWER_H

#include "base/arena.h"
#include "base/num.h"
#include "base/str.h"
#include "query/plan.h"

#include <stdbool.h>
#include <string.h>

struct pt_answer_column {
    struct pt_str name; /* "avg", "p99" */
    struct pt_str unit; /* of its numbers, when all groups agree */
};

/* Rows in order of time; values row-major (rows x columns), NaN where undefined. */
struct pt_group {
    struct pt_str name; /* the series' name; empty when the group spans several */
    struct pt_str unit; /* of the points, when all series agree */
    struct pt_str tags; /* the tags grouped by that the series have, canonical JSON */
    size_t n, cap;
    int64_t *start; /* windows are half-open, [start, stop); without windows start is the time */
    int64_t *stop;  /* of the group's first point, and stop one behind that of its last */
    struct pt_num *values;
    struct pt_str *texts; /* as values, for what is no number, JSON in the answer's arena; NULL when
                           * no column has any */
    bool partial; /* damaged chunks were left out */
};

struct pt_answer {
    struct pt_group *groups; /* ordered by name, then tags */
    size_t n;
    struct pt_answer_column *columns;
    size_t ncolumns;
    const char *const *by; /* what was grouped by, as in the query (borrowed) */
    size_t nby;
    bool windows;          /* rows are windows; else there is one a group, over the whole range */
    int64_t window;        /* their length in ns, 0 when they differ */
    bool sessions;         /* rows are sessions: start is the first point, stop one behind the
                            * last */
    double quantile_error; /* of its size, that a quantile may be off by; 0: they are exact */
    struct pt_plan plan;   /* how it was found */
    struct pt_arena arena; /* holds the text and the columns */
};

/* The keys to group by that are no tags: the metric's name; the name and all tags. */
static inline bool pt_answer_by_name(const char *key)
{
    return strcmp(key, "name") == 0;
}

static inline bool pt_answer_by_series(const char *key)
{
    return strcmp(key, "series") == 0;
}

void pt_answer_release(struct pt_answer *a);
void pt_group_release(struct pt_group *g); /* its rows */

/* The same rows in order of their end, their start and their group: a group of the view is one row.
 * The view borrows all from a; free view->groups when it is done with. */
void pt_answer_by_time(const struct pt_answer *a, struct pt_answer *view);

/* Leaves the n groups whose number in the first column is greatest (with `least`: least), of
 * several rows the greatest (least) one, in that order; equal ones stay in order of name and tags.
 * Groups without a number come last. */
void pt_answer_top(struct pt_answer *a, size_t n, bool least);

#endif
