/* grid.h - where windows begin and end, and how they are cut so that each point is seen once.
 *
 * A grid's windows are [k slide + origin, k slide + origin + length) for all whole k, in
 * nanoseconds or in days of the local calendar.  They are cut into panes wherever one begins or
 * ends, which is twice in a slide at most; so a window is a row of whole panes, whatever the common
 * divisor of length and slide (Traub and others, "Scotty", ACM TODS 46, 2021):
 *
 *     windows   |--------------|            slide 3, length 5: panes of 2 and 1
 *                        |--------------|
 *     panes     |-----|--|-----|--|-----|
 *
 * Without a length there is one window over all time.  With a gap windows are sessions: they are
 * where the points are, and only window.h knows them. */
#ifndef PT_QUERY_GRID_H
#define PT_QUERY_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pt_grid {
    int64_t length, slide; /* ns, or days; both 0: one window over all time */
    int64_t gap;           /* ns; > 0: sessions */
    bool calendar;         /* length, slide and phase are days */
    /* private */
    int64_t phase;            /* of the origin: 0..slide - 1 */
    int64_t rest;             /* length modulo slide */
    struct pt_grid_day *days; /* midnights looked up before */
};

/* What the numbers of a query say (query.h). */
struct pt_grid_plan {
    int64_t window, slide, gap, origin;
    bool calendar;
};

void pt_grid_begin(struct pt_grid *g, const struct pt_grid_plan *plan);
void pt_grid_release(struct pt_grid *g);

/* True when windows overlap, so that they have several panes. */
static inline bool pt_grid_overlaps(const struct pt_grid *g)
{
    return g->slide < g->length;
}

struct pt_pane {
    int64_t start, last; /* its first and its last instant */
};

/* The pane of t; false when t lies between windows. */
bool pt_grid_pane(struct pt_grid *g, int64_t t, struct pt_pane *out);

/* Whether a run of points of one series from t0 to t1 lies in one pane or session, whatever is
 * between; `grid` is a struct pt_grid (it is a callback of pt_store_range). */
bool pt_grid_together(void *grid, int64_t t0, int64_t t1);

struct pt_grid_window {
    int64_t start, stop; /* half-open */
    int64_t at;          /* private: start as a number of ns or days */
};

/* The first window that ends behind t, which holds t unless that lies between windows; windows that
 * begin before PT_TIME_MIN are not given.  False when there is none. */
bool pt_grid_first(struct pt_grid *g, int64_t t, struct pt_grid_window *out);
bool pt_grid_next(struct pt_grid *g, struct pt_grid_window *w);

#endif
