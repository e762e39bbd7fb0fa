/* rows.c - see rows.h.
 *
 * Panes enter a window at its late end and leave it at its early one.  Summaries can be merged but
 * not taken apart, so they are kept as a queue is in two stacks: of the older panes, for each one
 * what it and all up to the middle come to; of the later ones, what they come to together.  When
 * the older ones are used up, the middle moves to the late end. */
#include "query/rows.h"

#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

void pt_rows_begin(struct pt_rows *r, const struct pt_windows *windows)
{
    *r = (struct pt_rows){.windows = windows};
    if (windows->n && pt_grid_overlaps(windows->grid)) {
        r->rest = pt_mem_array(windows->n, sizeof *r->rest);
        r->more = pt_grid_first(windows->grid, windows->cells[0].start, &r->window);
    }
}

void pt_rows_release(struct pt_rows *r)
{
    free(r->rest);
    *r = (struct pt_rows){0};
}

static bool next_pane(struct pt_rows *r, struct pt_row *out)
{
    const struct pt_windows *w = r->windows;
    const struct pt_cell *cell = &w->cells[r->from];
    bool windows = w->grid->length || w->grid->gap;
    if (r->from == w->n)
        return false;
    *out = (struct pt_row){.start = windows ? cell->start : cell->sum.t0,
                           .stop = windows ? cell->stop : pt_time_after(cell->sum.t1, 1),
                           .all = *cell,
                           .from = r->from,
                           .to = r->from + 1};
    r->from++;
    return true;
}

/* Lets panes in and out; false when there are none in the window. */
static bool slide(struct pt_rows *r)
{
    const struct pt_windows *w = r->windows;
    while (r->to < w->n && w->cells[r->to].start < r->window.stop)
        pt_cell_merge(&r->late, &w->cells[r->to++]);
    while (r->from < r->to && w->cells[r->from].start < r->window.start)
        r->from++;
    if (r->from < r->middle || r->from == r->to)
        return r->from < r->to;
    for (size_t i = r->to; i-- > r->from;) {
        r->rest[i] = w->cells[i];
        if (i + 1 < r->to)
            pt_cell_merge(&r->rest[i], &r->rest[i + 1]);
    }
    r->middle = r->to;
    r->late = (struct pt_cell){0};
    return true;
}

bool pt_rows_next(struct pt_rows *r, struct pt_row *out)
{
    const struct pt_windows *w = r->windows;
    if (!r->rest)
        return next_pane(r, out);
    if (r->begun)
        r->more = r->more && pt_grid_next(w->grid, &r->window);
    r->begun = true;
    while (r->more && !slide(r)) {
        if (r->to == w->n)
            return false;
        r->late = (struct pt_cell){0};
        r->more = pt_grid_first(w->grid, w->cells[r->to].start, &r->window);
    }
    if (!r->more)
        return false;
    *out = (struct pt_row){r->window.start, r->window.stop, r->rest[r->from], r->from, r->to};
    pt_cell_merge(&out->all, &r->late);
    return true;
}
