/* model.c - building a report: nodes in one arena, strung together in the order they are made.
 *
 * Nothing is ever removed except curves (pt_chart_keep unlinks them), so there is nothing to free
 * but the arena.  Arrays of points are sized once by their maker, who knows how many there will be;
 * pt_curve_add past that room is a programming error and asserted. */
#include "report/model.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void pt_report_release(struct pt_report *r)
{
    pt_arena_release(&r->arena);
    *r = (struct pt_report){0};
}

static void *node(struct pt_report *r, size_t size)
{
    void *p = pt_arena_alloc(&r->arena, size);
    memset(p, 0, size);
    return p;
}

/* Appends to a list that is kept by its head and its last node. */
#define APPEND(head, tail, item)   \
    do {                           \
        if (tail)                  \
            (tail)->next = (item); \
        else                       \
            (head) = (item);       \
        (tail) = (item);           \
    } while (0)

const char *pt_report_name(struct pt_report *r, struct pt_str s)
{
    return pt_report_text(r, s).p;
}

struct pt_str pt_report_text(struct pt_report *r, struct pt_str s)
{
    return pt_arena_str(&r->arena, s);
}

static const char *name_of(struct pt_report *r, const char *s)
{
    return pt_report_name(r, pt_str(s ? s : ""));
}

struct pt_section *pt_report_section(struct pt_report *r, const char *id, const char *title)
{
    struct pt_section *s = node(r, sizeof *s);
    s->id = name_of(r, id);
    s->title = name_of(r, title);
    APPEND(r->sections, r->last_section, s);
    return s;
}

void pt_report_drop(struct pt_report *r, const struct pt_section *s)
{
    struct pt_section **at = &r->sections;
    r->last_section = NULL;
    while (*at) {
        if (*at == s) {
            *at = s->next;
            continue;
        }
        r->last_section = *at;
        at = &(*at)->next;
    }
}

void pt_section_say(struct pt_report *r, struct pt_section *s, struct pt_buf *text)
{
    s->text = pt_report_text(r, pt_buf_view(text));
}

struct pt_figure *pt_section_figure(struct pt_report *r, struct pt_section *s, const char *name,
                                    const char *unit, double value)
{
    struct pt_figure *f = node(r, sizeof *f);
    f->name = name_of(r, name);
    f->unit = name_of(r, unit);
    f->value = value;
    f->before = NAN;
    f->decimals = PT_DECIMALS_AUTO;
    APPEND(s->figures, s->last_figure, f);
    return f;
}

/* --- tables ---------------------------------------------------------------------------------- */

struct pt_table *pt_section_table(struct pt_report *r, struct pt_section *s, const char *title,
                                  const struct pt_table_column *columns, size_t n)
{
    struct pt_table *t = node(r, sizeof *t);
    assert(n <= PT_TABLE_COLUMNS_MOST);
    t->title = name_of(r, title);
    t->ncolumns = n;
    for (size_t i = 0; i < n; i++) {
        t->columns[i] = columns[i];
        t->columns[i].name = name_of(r, columns[i].name);
        t->columns[i].unit = name_of(r, columns[i].unit);
        if (columns[i].decimals == 0)
            t->columns[i].decimals = PT_DECIMALS_AUTO;
    }
    APPEND(s->tables, s->last_table, t);
    return t;
}

/* The next cell to fill, in a new row when the last one is full. */
static struct pt_cell *next_cell(struct pt_report *r, struct pt_table *t, enum pt_cell_kind kind)
{
    if (!t->last || t->filled == t->ncolumns) {
        struct pt_row *row = node(r, sizeof *row);
        row->cells = node(r, t->ncolumns * sizeof *row->cells);
        APPEND(t->rows, t->last, row);
        t->nrows++;
        t->filled = 0;
    }
    assert(t->columns[t->filled].kind == kind);
    (void)kind;
    return &t->last->cells[t->filled++];
}

void pt_table_text(struct pt_report *r, struct pt_table *t, struct pt_str v)
{
    next_cell(r, t, PT_CELL_TEXT)->text = pt_report_text(r, v);
}

void pt_table_number(struct pt_report *r, struct pt_table *t, double v)
{
    next_cell(r, t, PT_CELL_NUMBER)->number = v;
}

void pt_table_time(struct pt_report *r, struct pt_table *t, int64_t ts)
{
    next_cell(r, t, PT_CELL_TIME)->ts = ts;
}

/* --- charts ---------------------------------------------------------------------------------- */

struct pt_chart *pt_section_chart(struct pt_report *r, struct pt_section *s, const char *title,
                                  const char *unit)
{
    struct pt_chart *c = node(r, sizeof *c);
    char id[64];
    size_t k = 1;
    for (const struct pt_chart *o = s->charts; o; o = o->next)
        k++;
    snprintf(id, sizeof id, "%s-%zu", s->id, k);
    c->id = name_of(r, id);
    c->title = name_of(r, title);
    c->unit = name_of(r, unit);
    c->from_zero = true;
    c->decimals = PT_DECIMALS_AUTO;
    APPEND(s->charts, s->last_chart, c);
    return c;
}

struct pt_curve *pt_chart_curve(struct pt_report *r, struct pt_chart *c, struct pt_str name,
                                size_t most, bool band)
{
    struct pt_curve *curve = node(r, sizeof *curve);
    curve->name = pt_report_text(r, name);
    curve->cap = most;
    curve->ts = node(r, most * sizeof *curve->ts);
    curve->v = node(r, most * sizeof *curve->v);
    if (band) {
        curve->low = node(r, most * sizeof *curve->low);
        curve->high = node(r, most * sizeof *curve->high);
    }
    APPEND(c->curves, c->last, curve);
    c->ncurves++;
    return curve;
}

void pt_curve_add(struct pt_curve *curve, int64_t ts, double v)
{
    assert(curve->n < curve->cap);
    curve->ts[curve->n] = ts;
    curve->v[curve->n++] = v;
}

void pt_curve_add_band(struct pt_curve *curve, int64_t ts, double v, double low, double high)
{
    curve->low[curve->n] = low;
    curve->high[curve->n] = high;
    pt_curve_add(curve, ts, v);
}

void pt_chart_mark(struct pt_report *r, struct pt_chart *c, int64_t ts, struct pt_str text)
{
    struct pt_mark *m = node(r, sizeof *m);
    m->ts = ts;
    m->text = pt_report_text(r, text);
    APPEND(c->marks, c->last_mark, m);
}

/* Unlinks the curve of the lowest rank; of equals the last. */
static void drop_lowest(struct pt_chart *c)
{
    struct pt_curve **lowest = &c->curves, *before = NULL;
    for (struct pt_curve **at = &c->curves; *at; at = &(*at)->next)
        if (!((*at)->rank > (*lowest)->rank))
            lowest = at;
    *lowest = (*lowest)->next;
    c->ncurves--;
    for (struct pt_curve *k = c->curves; k; k = k->next)
        before = k;
    c->last = before;
}

void pt_chart_keep(struct pt_report *r, struct pt_chart *c, size_t most, const char *rank)
{
    size_t all = c->ncurves;
    struct pt_buf b = {0};
    if (all <= most)
        return;
    while (c->ncurves > most)
        drop_lowest(c);
    c->nleft_out = all - most;
    pt_buf_printf(&b, "%zu of %zu shown: those with the highest %s", most, all, rank);
    c->note = pt_report_text(r, pt_buf_view(&b));
    pt_buf_release(&b);
}

/* --- comparison ------------------------------------------------------------------------------ */

static const struct pt_section *find_section(const struct pt_report *r, const char *id)
{
    for (const struct pt_section *s = r->sections; s; s = s->next)
        if (strcmp(s->id, id) == 0)
            return s;
    return NULL;
}

static void compare_section(struct pt_section *s, const struct pt_section *earlier)
{
    for (struct pt_figure *f = s->figures; f; f = f->next)
        for (const struct pt_figure *e = earlier->figures; e; e = e->next)
            if (strcmp(f->name, e->name) == 0 && strcmp(f->unit, e->unit) == 0)
                f->before = e->value;
}

void pt_report_compare(struct pt_report *r, const struct pt_report *earlier)
{
    for (struct pt_section *s = r->sections; s; s = s->next) {
        const struct pt_section *e = find_section(earlier, s->id);
        if (e)
            compare_section(s, e);
    }
}

double pt_figure_change(const struct pt_figure *f)
{
    double change = (f->value - f->before) / fabs(f->before);
    return isfinite(change) ? change : NAN;
}
