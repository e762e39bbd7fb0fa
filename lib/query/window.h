/* window.h - the panes of one group: points or summaries of many series in, a cell a pane or
 * session out (grid.h).
 *
 * The order of calls: pt_windows_begin, then for each series pt_windows_series and its runs in time
 * order, then pt_windows_end; after that the cells may be read.  pt_windows_begin starts over for
 * the next group and keeps the memory; pt_windows_release frees it. */
#ifndef PT_QUERY_WINDOW_H
#define PT_QUERY_WINDOW_H

#include "query/grid.h"
#include "query/held.h"
#include "series/sketch.h"
#include "series/summary.h"

struct pt_cell {
    int64_t start, stop;   /* of the pane, half-open; for one window over all time 0 and no end */
    struct pt_summary sum; /* over all series; increase counts the steps that end in the pane */
    struct pt_dd delta;    /* of the same steps, down as well as up */
    bool wide;             /* integers that no double holds are among the values or the steps */
    size_t at;             /* its values: windows.values[at .. at + sum.n - 1] */
    struct pt_sketch *sketch; /* of its values, where asked for; else NULL */
};

/* Which steps between consecutive points of a series (series/summary.h). */
enum pt_steps { PT_STEPS_NONE, PT_STEPS_RISE, PT_STEPS_CHANGE };

/* What will be asked of the cells; asking for less is faster. */
struct pt_windows_need {
    enum pt_steps steps; /* each for a second; with values */
    bool values;  /* the values themselves, for quantiles */
    bool sketches; /* sketches of them */
    bool moments; /* more of the summary than n, t0 and t1 */
    bool sum;     /* ... but not squares and increase */
    bool held;    /* spans over which values hold, for time-weighted averages */
};

struct pt_windows {
    struct pt_grid *grid; /* borrowed */
    struct pt_windows_need need;
    struct pt_cell *cells;
    size_t n, cap;
    double *values; /* unordered within a cell; for the reader to reorder */
    size_t nvalues, values_cap;
    double *steps; /* those that lead to the values; NaN to a series' first one; NULL: not needed */
    size_t steps_cap;
    struct pt_held held;
    /* private */
    size_t now;      /* the cell that took the last points */
    bool follows;    /* the series in hand has an earlier point ... */
    struct pt_num previous; /* ... of this value */
    bool open;       /* w->now is a session of the series in hand */
    int64_t latest;  /* time of the last point of the series in hand */
    size_t joined;   /* cells that were left when sessions were last joined */
    uint32_t *slots; /* hash of starts: cell + 1, 0 = free; mask + 1 of them */
    size_t mask;
    struct pt_windows_piece *pieces; /* which cell the values belong to, in order of arrival */
    size_t npieces, pieces_cap;
    bool mixed; /* the values do not stand in order of their cells */
};

void pt_windows_begin(struct pt_windows *w, struct pt_grid *grid, struct pt_windows_need need);

/* Begins a series; `before` (may be NULL) is its last value before `since`, the range's begin, and
 * `when` the time of that. */
void pt_windows_series(struct pt_windows *w, const struct pt_num *before, int64_t when,
                       int64_t since);

void pt_windows_points(struct pt_windows *w, const struct pt_column *points);

/* All of its points must lie in one pane (pt_grid_together); not for need.values and need.held. */
void pt_windows_summary(struct pt_windows *w, const struct pt_summary *summary);

/* As above with a sketch of the same points; for need.sketches. */
void pt_windows_sketch(struct pt_windows *w, const struct pt_summary *summary,
                       const struct pt_sketch *sketch);

/* Makes one of sessions of several series that meet, puts the cells in order of time, and each
 * cell's values side by side. */
void pt_windows_end(struct pt_windows *w);
void pt_windows_release(struct pt_windows *w);

/* Adds to one cell what another one holds, but for its values. */
void pt_cell_merge(struct pt_cell *a, const struct pt_cell *b);

#endif
