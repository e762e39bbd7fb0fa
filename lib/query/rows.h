/* rows.h - the windows of one group, one after another, from the panes its points fell into.
 *
 * Where windows overlap, the sums of a window are merged from those of its panes with two merges a
 * pane, however many panes a window has.  Windows without points are passed over. */
#ifndef PT_QUERY_ROWS_H
#define PT_QUERY_ROWS_H

#include "query/window.h"

struct pt_row {
    int64_t start, stop; /* half-open; without windows from the first point to the last */
    struct pt_cell all;  /* what the panes hold together, but for their values */
    size_t from, to;     /* the panes: windows.cells[from .. to - 1] */
};

struct pt_rows {
    const struct pt_windows *windows;
    /* private */
    struct pt_grid_window window;
    bool begun, more;
    size_t from, to, middle;
    struct pt_cell *rest; /* rest[i]: cells i to middle - 1 together */
    struct pt_cell late;  /* cells middle to `to` - 1 together */
};

/* Begins with the first window; the windows (borrowed) have come to their end. */
void pt_rows_begin(struct pt_rows *r, const struct pt_windows *windows);

bool pt_rows_next(struct pt_rows *r, struct pt_row *out);

void pt_rows_release(struct pt_rows *r);

#endif
