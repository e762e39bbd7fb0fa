/* window.c - see window.h.
 *
 * A run is cut where panes end, or where a session does, and each piece is summed up over the
 * arrays before it is merged into its cell, so the work a point costs is the inner loop of
 * pt_summary_of and nothing else.  The cell of a piece is nearly always the one after the last
 * piece's: that is tried first, and only a gap or a new series pays for a hash.  Sessions are those
 * of each series at first, and those that meet are made one: at the end, and between series when
 * there have become twice as many, so that they take no more than twice the memory of the answer.
 *
 * Values for quantiles are copied in the order of arrival with a note of whose they are.  At the
 * end they are dealt out to their cells in one pass, unless they stand in that order already (one
 * window, or one series), which costs nothing.  Rejected: an array a cell, grown as values come,
 * because thousands of small arrays fragment the heap and copy every value about as often. */
#include "query/window.h"

#include "base/mem.h"
#include "base/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SLOTS = 256,
    SESSIONS_APART = 4096 /* so many of single series wait before those that meet are joined */
};

struct pt_windows_piece {
    uint32_t cell;
    size_t n;
};

static void forget_sketch(struct pt_cell *cell)
{
    if (cell->sketch)
        pt_sketch_release(cell->sketch);
    free(cell->sketch);
}

static void forget_sketches(struct pt_windows *w)
{
    for (size_t i = 0; i < w->n; i++)
        forget_sketch(&w->cells[i]);
}

void pt_windows_begin(struct pt_windows *w, struct pt_grid *grid, struct pt_windows_need need)
{
    forget_sketches(w);
    w->grid = grid;
    w->need = need;
    w->n = w->nvalues = w->npieces = w->now = w->joined = 0;
    w->mixed = w->follows = w->open = false;
    if (w->slots)
        memset(w->slots, 0, (w->mask + 1) * sizeof *w->slots);
    pt_held_begin(&w->held);
}

void pt_windows_release(struct pt_windows *w)
{
    forget_sketches(w);
    free(w->cells);
    free(w->values);
    free(w->steps);
    free(w->slots);
    free(w->pieces);
    pt_held_release(&w->held);
    *w = (struct pt_windows){0};
}

/* --- sessions -------------------------------------------------------------------------------- */

void pt_cell_merge(struct pt_cell *a, const struct pt_cell *b)
{
    pt_summary_merge(&a->sum, &b->sum);
    a->delta = pt_dd_merge(a->delta, b->delta);
    a->wide |= b->wide;
}

static int by_start(const void *a, const void *b)
{
    const struct pt_cell *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Merges b into a, its sketch too. */
static void take_over(struct pt_cell *a, struct pt_cell *b)
{
    pt_cell_merge(a, b);
    if (b->sketch)
        pt_sketch_join(a->sketch, b->sketch);
    forget_sketch(b);
}

/* Puts the sessions of all series in order, joins those less than the gap apart, and moves their
 * values' pieces along. */
static void join_sessions(struct pt_windows *w)
{
    uint32_t *to = pt_mem_array(w->n, sizeof *to);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        w->cells[i].at = i;
    qsort(w->cells, w->n, sizeof *w->cells, by_start);
    for (size_t i = 0; i < w->n; i++) {
        size_t arrived = w->cells[i].at;
        if (n && (w->cells[i].start <= w->cells[n - 1].sum.t1 ||
                  pt_grid_together(w->grid, w->cells[n - 1].sum.t1, w->cells[i].start)))
            take_over(&w->cells[n - 1], &w->cells[i]);
        else
            w->cells[n++] = w->cells[i];
        to[arrived] = (uint32_t)n - 1;
    }
    for (size_t i = 0; i < w->npieces; i++)
        w->pieces[i].cell = to[w->pieces[i].cell];
    for (size_t i = 0; i < n; i++)
        w->cells[i].stop = pt_time_after(w->cells[i].sum.t1, 1);
    w->n = w->joined = n;
    w->mixed = true;
    free(to);
}

void pt_windows_series(struct pt_windows *w, const struct pt_num *before, int64_t when,
                       int64_t since)
{
    w->follows = before != NULL;
    w->previous = before ? *before : pt_num_real(0);
    w->latest = when;
    w->open = false;
    if (w->grid->gap && w->n > 2 * w->joined + SESSIONS_APART)
        join_sessions(w);
    if (w->need.held)
        pt_held_series(&w->held, before, since);
}

/* --- the cell of a time ---------------------------------------------------------------------- */

/* Starts are multiples of the length, so the low bits alone would collide (the finaliser is that of
 * base/hash.h, in one step). */
static size_t slot_of(const struct pt_windows *w, int64_t start)
{
    uint64_t h = (uint64_t)start;
    h = (h ^ (h >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h ^ (h >> 29)) & w->mask;
}

static size_t probe(const struct pt_windows *w, int64_t start)
{
    size_t i = slot_of(w, start);
    while (w->slots[i] && w->cells[w->slots[i] - 1].start != start)
        i = (i + 1) & w->mask;
    return i;
}

static void widen(struct pt_windows *w)
{
    size_t size = w->slots ? (w->mask + 1) * 2 : FIRST_SLOTS;
    free(w->slots);
    w->slots = pt_mem_array(size, sizeof *w->slots);
    w->mask = size - 1;
    for (size_t k = 0; k < w->n; k++)
        w->slots[probe(w, w->cells[k].start)] = (uint32_t)k + 1;
}

static size_t add_cell(struct pt_windows *w, int64_t start, int64_t stop)
{
    w->cells = pt_mem_grow(w->cells, &w->cap, w->n + 1, sizeof *w->cells);
    w->cells[w->n] = (struct pt_cell){
        .start = start,
        .stop = stop,
        .sketch = w->need.sketches ? pt_mem_alloc(sizeof(struct pt_sketch)) : NULL};
    return w->n++;
}

static size_t hashed_cell(struct pt_windows *w, const struct pt_pane *pane)
{
    size_t i;
    if (!w->slots || (w->n + 1) * 2 > w->mask + 1)
        widen(w);
    i = probe(w, pane->start);
    if (!w->slots[i])
        w->slots[i] = (uint32_t)add_cell(w, pane->start, pt_time_after(pane->last, 1)) + 1;
    return w->slots[i] - 1;
}

/* The cell of the pane becomes w->now. */
static struct pt_cell *cell_at(struct pt_windows *w, const struct pt_pane *pane)
{
    if (w->now < w->n && w->cells[w->now].start == pane->start)
        return &w->cells[w->now];
    if (w->now + 1 < w->n && w->cells[w->now + 1].start == pane->start)
        w->now++;
    else
        w->now = hashed_cell(w, pane);
    return &w->cells[w->now];
}

/* The cell of the session that a point at t continues or begins becomes w->now. */
static struct pt_cell *session_at(struct pt_windows *w, int64_t t)
{
    if (!w->open || !pt_grid_together(w->grid, w->latest, t))
        w->now = add_cell(w, t, t);
    w->open = true;
    return &w->cells[w->now];
}

/* --- taking points --------------------------------------------------------------------------- */

/* Adds a piece of the series in hand to its cell (NULL: it lies between windows), with the step
 * that leads to it. */
static void merge_piece(struct pt_windows *w, struct pt_cell *cell, struct pt_summary *piece)
{
    struct pt_num from = w->follows ? w->previous : piece->first;
    if (w->follows)
        piece->increase = pt_dd_merge(piece->increase, pt_summary_rise(from, piece->first));
    w->follows = true;
    w->previous = piece->last;
    w->latest = piece->t1;
    if (!cell)
        return;
    cell->delta = pt_dd_merge(cell->delta, pt_summary_change(from, piece->last));
    cell->wide |= from.wide || piece->last.wide || piece->min.wide || piece->max.wide;
    pt_summary_merge(&cell->sum, piece);
}

static void gather(struct pt_windows *w, const double *v, size_t n)
{
    uint32_t cell = (uint32_t)w->now;
    struct pt_windows_piece *tail = w->npieces ? &w->pieces[w->npieces - 1] : NULL;
    w->values = pt_mem_grow(w->values, &w->values_cap, w->nvalues + n, sizeof *w->values);
    memcpy(w->values + w->nvalues, v, n * sizeof *v);
    w->nvalues += n;
    if (tail && tail->cell == cell) {
        tail->n += n;
        return;
    }
    w->mixed |= tail && tail->cell > cell;
    w->pieces = pt_mem_grow(w->pieces, &w->pieces_cap, w->npieces + 1, sizeof *w->pieces);
    w->pieces[w->npieces++] = (struct pt_windows_piece){cell, n};
}

/* For each point the step to it, beside where its value will be. */
static void gather_steps(struct pt_windows *w, const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_num from = w->previous;
    int64_t since = w->latest;
    bool follows = w->follows;
    w->steps = pt_mem_grow(w->steps, &w->steps_cap, w->nvalues + (end - begin), sizeof *w->steps);
    for (size_t i = begin; i < end; i++) {
        struct pt_num to = pt_column_value(c, i);
        struct pt_dd by = w->need.steps == PT_STEPS_RISE ? pt_summary_rise(from, to)
                                                         : pt_summary_change(from, to);
        double time = (double)((uint64_t)c->ts[i] - (uint64_t)since) / (double)PT_S;
        w->steps[w->nvalues + (i - begin)] = follows ? by.hi / time : NAN;
        from = to;
        since = c->ts[i];
        follows = true;
    }
}

/* As much of a summary as count and quantiles need. */
static struct pt_summary extent(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_num first = pt_column_value(c, begin), last = pt_column_value(c, end - 1);
    return (struct pt_summary){.n = end - begin,
                               .t0 = c->ts[begin],
                               .t1 = c->ts[end - 1],
                               .first = first,
                               .min = first,
                               .max = first,
                               .last = last};
}

/* The cell of the series' next piece, which begins at t (NULL: between windows), and the last
 * instant that belongs to it. */
static struct pt_cell *next_cell(struct pt_windows *w, int64_t t, int64_t *last)
{
    struct pt_pane pane;
    bool inside;
    if (w->grid->gap)
        return session_at(w, t);
    inside = pt_grid_pane(w->grid, t, &pane);
    *last = pane.last;
    return inside ? cell_at(w, &pane) : NULL;
}

static size_t end_of_session(const struct pt_windows *w, const struct pt_column *c, size_t begin)
{
    size_t end = begin + 1;
    while (end < c->n && pt_grid_together(w->grid, c->ts[end - 1], c->ts[end]))
        end++;
    return end;
}

void pt_windows_points(struct pt_windows *w, const struct pt_column *points)
{
    for (size_t begin = 0, end; begin < points->n; begin = end) {
        int64_t last = 0;
        struct pt_cell *cell = next_cell(w, points->ts[begin], &last);
        struct pt_summary piece;
        end = begin + 1;
        if (w->grid->gap)
            end = end_of_session(w, points, begin);
        else
            while (end < points->n && points->ts[end] <= last)
                end++;
        piece = !w->need.moments ? extent(points, begin, end)
                : w->need.sum    ? pt_summary_sum(points, begin, end)
                                 : pt_summary_of(points, begin, end);
        if (w->need.steps && cell)
            gather_steps(w, points, begin, end);
        merge_piece(w, cell, &piece);
        if (w->need.values && cell)
            gather(w, points->v + begin, end - begin);
        if (w->need.held)
            pt_held_points(&w->held, points, begin, end);
        if (w->need.sketches && cell)
            pt_sketch_add(cell->sketch, points->v + begin, end - begin);
    }
}

void pt_windows_sketch(struct pt_windows *w, const struct pt_summary *summary,
                       const struct pt_sketch *sketch)
{
    struct pt_summary piece = *summary;
    struct pt_cell *cell;
    int64_t last;
    if (!piece.n)
        return;
    cell = next_cell(w, piece.t0, &last);
    merge_piece(w, cell, &piece);
    if (sketch && cell)
        pt_sketch_join(cell->sketch, sketch);
}

void pt_windows_summary(struct pt_windows *w, const struct pt_summary *summary)
{
    pt_windows_sketch(w, summary, NULL);
}

/* --- the end --------------------------------------------------------------------------------- */

/* Gives each cell its place among the values, in order of the cells' arrival. */
static void place_values(struct pt_windows *w)
{
    size_t at = 0;
    for (size_t i = 0; i < w->n; i++) {
        w->cells[i].at = at;
        at += w->cells[i].sum.n;
    }
}

static double *dealt_out(const struct pt_windows *w, double *values)
{
    double *dealt = pt_mem_array(w->nvalues, sizeof *dealt);
    size_t *to = pt_mem_array(w->n, sizeof *to), from = 0;
    for (size_t i = 0; i < w->n; i++)
        to[i] = w->cells[i].at;
    for (size_t k = 0; k < w->npieces; k++) {
        const struct pt_windows_piece *p = &w->pieces[k];
        memcpy(dealt + to[p->cell], values + from, p->n * sizeof *dealt);
        to[p->cell] += p->n;
        from += p->n;
    }
    free(to);
    free(values);
    return dealt;
}

static void deal_values(struct pt_windows *w)
{
    w->values = dealt_out(w, w->values);
    w->values_cap = w->nvalues;
    if (!w->need.steps)
        return;
    w->steps = dealt_out(w, w->steps);
    w->steps_cap = w->nvalues;
}

void pt_windows_end(struct pt_windows *w)
{
    bool ordered = true;
    if (w->grid->gap && w->n)
        join_sessions(w);
    place_values(w);
    if (w->need.values && w->mixed)
        deal_values(w);
    for (size_t i = 1; i < w->n && ordered; i++)
        ordered = w->cells[i - 1].start < w->cells[i].start;
    if (!ordered)
        qsort(w->cells, w->n, sizeof *w->cells, by_start);
}
