/* fill.c - see fill.h.
 *
 * The starts of all windows are listed once.  Each group's rows are then copied to their places in
 * that list, and what lies between them is computed from its two neighbours. */
#include "query/fill.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "query/grid.h"

#include <math.h>
#include <stdlib.h>

int pt_fill_parse(const char *text, struct pt_fill *out, struct pt_err *err)
{
    static const char *const WORDS[] = {"none", "null", "previous", "linear"};
    enum { NWORDS = sizeof WORDS / sizeof WORDS[0] };
    struct pt_num number;
    const char *after = pt_num_parse(text, text + strlen(text), &number), *nearest;
    for (int i = 0; i < NWORDS; i++)
        if (strcmp(text, WORDS[i]) == 0) {
            *out = (struct pt_fill){.kind = PT_FILL_NONE + (unsigned)i};
            return 0;
        }
    if (after && !*after) {
        *out = (struct pt_fill){.kind = PT_FILL_NUMBER, .number = number.d};
        return 0;
    }
    nearest = pt_text_nearest(text, WORDS, NWORDS);
    return pt_err_set(
        err, PT_USAGE,
        "--fill: expected none, null, previous, linear or a number, not: %.100s%s%s%s", text,
        nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
}

/* --- the list of windows --------------------------------------------------------------------- */

struct windows {
    struct pt_grid_window *v;
    size_t n, cap;
};

/* The instants that the first and the last window are to hold; the answer has at least one row. */
static void find_ends(const struct pt_answer *a, const struct pt_query *q, int64_t *first,
                      int64_t *last)
{
    *first = PT_TIME_MAX;
    *last = PT_TIME_MIN;
    for (size_t i = 0; i < a->n; i++) {
        const struct pt_group *g = &a->groups[i];
        *first = g->start[0] < *first ? g->start[0] : *first;
        *last = g->start[g->n - 1] > *last ? g->start[g->n - 1] : *last;
    }
    if (q->since > PT_TIME_MIN) /* also where the first row's window begins before it */
        *first = q->since;
    if (q->until < PT_TIME_MAX && q->until - 1 > *last)
        *last = q->until - 1;
}

/* Windows that overlap begin before the instant that they hold, and so before the first row. */
static bool first_window(struct pt_grid *g, const struct pt_query *q, int64_t first,
                         struct pt_grid_window *w)
{
    bool there = pt_grid_first(g, first, w);
    while (there && q->since == PT_TIME_MIN && w->start < first)
        there = pt_grid_next(g, w);
    return there;
}

/* A window that time begins within is not on the grid, but may have a row. */
static void list_first(const struct pt_answer *a, struct windows *w)
{
    for (size_t i = 0; i < a->n && !w->n; i++)
        if (a->groups[i].start[0] == PT_TIME_MIN) {
            w->v = pt_mem_grow(w->v, &w->cap, 1, sizeof *w->v);
            w->v[w->n++] = (struct pt_grid_window){PT_TIME_MIN, a->groups[i].stop[0], 0};
        }
}

static int list_windows(const struct pt_answer *a, const struct pt_query *q, struct windows *w,
                        struct pt_err *err)
{
    const struct pt_grid_plan plan = {q->window, q->slide, q->gap, q->origin, q->calendar};
    struct pt_grid grid;
    struct pt_grid_window at;
    int64_t first, last;
    int rc = 0;
    find_ends(a, q, &first, &last);
    list_first(a, w);
    if (w->n && first == PT_TIME_MIN) /* nothing else ends so early */
        first = w->v[0].stop;
    pt_grid_begin(&grid, &plan);
    for (bool there = first_window(&grid, q, first, &at); there && at.start <= last && rc == 0;
         there = pt_grid_next(&grid, &at)) {
        if ((w->n + 1) * a->n > PT_FILL_MOST)
            rc = pt_err_set(err, PT_USAGE,
                            "--fill: more than %d rows; ask for longer windows, fewer groups or a "
                            "shorter range",
                            PT_FILL_MOST);
        w->v = pt_mem_grow(w->v, &w->cap, w->n + 1, sizeof *w->v);
        w->v[w->n++] = at;
    }
    pt_grid_release(&grid);
    return rc;
}

/* --- one group ------------------------------------------------------------------------------- */

/* A group's new rows, and which of them had points. */
struct filling {
    struct pt_group to;
    bool *real;
    size_t columns;
};

static struct filling spread(const struct pt_group *g, const struct windows *w, size_t columns)
{
    struct filling f = {.to = *g, .columns = columns};
    f.to.n = f.to.cap = w->n;
    f.to.start = pt_mem_array(w->n, sizeof *f.to.start);
    f.to.stop = pt_mem_array(w->n, sizeof *f.to.stop);
    f.to.values = pt_mem_array(w->n * columns, sizeof *f.to.values);
    f.to.texts = g->texts ? pt_mem_array(w->n * columns, sizeof *f.to.texts) : NULL;
    f.real = pt_mem_array(w->n, sizeof *f.real);
    for (size_t i = 0, from = 0; i < w->n; i++) {
        f.to.start[i] = w->v[i].start;
        f.to.stop[i] = w->v[i].stop;
        f.real[i] = from < g->n && g->start[from] == w->v[i].start;
        for (size_t c = 0; c < columns; c++)
            f.to.values[i * columns + c] =
                f.real[i] ? g->values[from * columns + c] : pt_num_real(NAN);
        if (f.real[i] && g->texts)
            memcpy(f.to.texts + i * columns, g->texts + from * columns, columns * sizeof *g->texts);
        from += f.real[i];
    }
    return f;
}

/* The value for row i between the rows `before` and `after` that had points; w->n: there is none.
 */
static struct pt_num between(const struct filling *f, const struct pt_fill *fill, size_t c,
                             size_t i, size_t before, size_t after)
{
    const struct pt_num *v = f->to.values + c;
    size_t n = f->to.n;
    if (fill->kind == PT_FILL_NUMBER)
        return pt_num_real(fill->number);
    if (fill->kind == PT_FILL_PREVIOUS && before < n)
        return v[before * f->columns];
    if (fill->kind == PT_FILL_LINEAR && before < n && after < n) {
        const int64_t *t = f->to.start;
        double share = (double)((uint64_t)t[i] - (uint64_t)t[before]) /
                       (double)((uint64_t)t[after] - (uint64_t)t[before]);
        double a = v[before * f->columns].d, b = v[after * f->columns].d;
        return pt_num_real(a + share * (b - a));
    }
    return pt_num_real(NAN);
}

static void fill_rows(struct filling *f, const struct pt_fill *fill)
{
    size_t n = f->to.n, before = n, after = 0;
    for (size_t i = 0; i < n; i++) {
        if (f->real[i]) {
            before = i;
            continue;
        }
        if (after <= i)
            for (after = i + 1; after < n && !f->real[after];)
                after++;
        for (size_t c = 0; c < f->columns; c++)
            f->to.values[i * f->columns + c] = between(f, fill, c, i, before, after);
    }
}

/* A text lasts, but there is none between two, and no number in its place. */
static void fill_texts(struct filling *f, const struct pt_fill *fill, size_t c)
{
    struct pt_str last = {0};
    bool any = false;
    for (size_t i = 0; i < f->to.n; i++)
        any = any || f->to.texts[i * f->columns + c].n > 0;
    for (size_t i = 0; any && i < f->to.n; i++) {
        size_t at = i * f->columns + c;
        if (f->real[i])
            last = f->to.texts[at];
        else
            f->to.values[at] = pt_num_real(NAN);
        if (fill->kind == PT_FILL_PREVIOUS)
            f->to.texts[at] = last;
    }
}

/* --- all ------------------------------------------------------------------------------------- */

int pt_fill_answer(struct pt_answer *a, const struct pt_query *q, const struct pt_fill *fill,
                   struct pt_err *err)
{
    struct windows w = {0};
    int rc;
    if (fill->kind == PT_FILL_NONE || !a->n || !q->window)
        return 0;
    rc = list_windows(a, q, &w, err);
    for (size_t i = 0; i < a->n && rc == 0; i++) {
        struct filling f = spread(&a->groups[i], &w, a->ncolumns);
        fill_rows(&f, fill);
        for (size_t c = 0; f.to.texts && c < a->ncolumns; c++)
            fill_texts(&f, fill, c);
        pt_group_release(&a->groups[i]);
        a->groups[i] = f.to;
        free(f.real);
    }
    free(w.v);
    return rc;
}
