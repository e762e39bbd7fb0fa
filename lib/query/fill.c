/* fill.c - see fill.h.
 *
 * The starts of all windows are listed once.  Each group's rows are then copied to their places in
 * that list, and what lies between them is computed from its two neighbours. */
#include "query/fill.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"

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
    int64_t *start;
    size_t n, cap;
};

static int64_t next_start(const struct pt_query *q, int64_t start)
{
    return pt_time_after(start, q->window);
}

/* The first and the last start; the answer has at least one row. */
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
    if (q->since > PT_TIME_MIN && pt_time_floor(q->since, q->window) < *first)
        *first = pt_time_floor(q->since, q->window);
    if (q->until < PT_TIME_MAX && q->until - 1 > *last)
        *last = q->until - 1;
}

static int list_windows(const struct pt_answer *a, const struct pt_query *q, struct windows *w,
                        struct pt_err *err)
{
    int64_t first, last;
    find_ends(a, q, &first, &last);
    for (int64_t t = first; t <= last; t = next_start(q, t)) {
        if ((w->n + 1) * a->n > PT_FILL_MOST)
            return pt_err_set(
                err, PT_USAGE,
                "--fill: more than %d rows; ask for longer windows, fewer groups or a "
                "shorter range",
                PT_FILL_MOST);
        w->start = pt_mem_grow(w->start, &w->cap, w->n + 1, sizeof *w->start);
        w->start[w->n++] = t;
        if (t == PT_TIME_MAX)
            break;
    }
    return 0;
}

/* --- one group ------------------------------------------------------------------------------- */

/* A group's new rows, and which of them had points. */
struct filling {
    struct pt_group to;
    bool *real;
    size_t columns;
};

static struct filling spread(const struct pt_group *g, const struct windows *w, size_t columns,
                             const struct pt_query *q)
{
    struct filling f = {.to = *g, .columns = columns};
    f.to.n = f.to.cap = w->n;
    f.to.start = pt_mem_array(w->n, sizeof *f.to.start);
    f.to.stop = pt_mem_array(w->n, sizeof *f.to.stop);
    f.to.values = pt_mem_array(w->n * columns, sizeof *f.to.values);
    f.real = pt_mem_array(w->n, sizeof *f.real);
    for (size_t i = 0, from = 0; i < w->n; i++) {
        f.to.start[i] = w->start[i];
        f.to.stop[i] = next_start(q, w->start[i]);
        f.real[i] = from < g->n && g->start[from] == w->start[i];
        for (size_t c = 0; c < columns; c++)
            f.to.values[i * columns + c] =
                f.real[i] ? g->values[from * columns + c] : pt_num_real(NAN);
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
        double share = (double)(t[i] - t[before]) / (double)(t[after] - t[before]);
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

/* --- all ------------------------------------------------------------------------------------- */

int pt_fill_answer(struct pt_answer *a, const struct pt_query *q, const struct pt_fill *fill,
                   struct pt_err *err)
{
    struct windows w = {0};
    int rc;
    if (fill->kind == PT_FILL_NONE || !a->n || !a->windows)
        return 0;
    rc = list_windows(a, q, &w, err);
    for (size_t i = 0; i < a->n && rc == 0; i++) {
        struct filling f = spread(&a->groups[i], &w, a->ncolumns, q);
        fill_rows(&f, fill);
        pt_group_release(&a->groups[i]);
        a->groups[i] = f.to;
        free(f.real);
    }
    free(w.start);
    return rc;
}
