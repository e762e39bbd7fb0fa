/* render_text.c - see render_text.h.
 *
 * A page is written top to bottom into one buffer.  Tables are laid out in two passes: all cells
 * become escaped text in one buffer (so that a width is the width of what is shown), then the
 * columns are sized, text columns giving way when the page is too narrow, and the rows written.
 * A sparkline has one character for a stretch of time, as high as the highest point in it, between
 * the line's own lowest and highest; where nothing was measured there is a space. */
#include "report/render_text.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "report/value.h"

#include <math.h>
#include <stdlib.h>

enum {
    INDENT = 2,
    GAP = 2,         /* between columns */
    TEXT_LEAST = 8,  /* a text column is not cut below this */
    SPARK_MOST = 60, /* characters of a sparkline */
    SPARK_LEAST = 10,
    NAME_MOST = 24, /* of a chart's line */
    NAME_LINE = 7,  /* longer names of columns are broken */
    SPARK_LEVELS = 8,
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"
#define ELLIPSIS "\xE2\x80\xA6"

struct page {
    struct pt_buf *b;
    const struct pt_report *r;
    size_t width;
    bool color;
};

static void style(struct page *p, const char *sgr)
{
    if (p->color)
        pt_buf_puts(p->b, sgr);
}

static void spaces(struct pt_buf *b, size_t n)
{
    while (n--)
        pt_buf_putc(b, ' ');
}

/* Bytes of the first character of s (at least one), which was made by pt_text_terminal. */
static size_t char_bytes(struct pt_str s)
{
    size_t n = 1;
    while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Appends safe text in exactly `width` columns, cut with an ellipsis or padded. */
static void fit(struct pt_buf *b, struct pt_str s, size_t width, bool right)
{
    size_t have = pt_text_width(s), used = 0, at = 0;
    if (have <= width) {
        spaces(b, right ? width - have : 0);
        pt_buf_str(b, s);
        spaces(b, right ? 0 : width - have);
        return;
    }
    while (at < s.n) {
        struct pt_str one = {s.p + at, char_bytes((struct pt_str){s.p + at, s.n - at})};
        size_t w = pt_text_width(one);
        if (used + w + 1 > width)
            break;
        used += w;
        at += one.n;
    }
    pt_buf_add(b, s.p, at);
    pt_buf_puts(b, ELLIPSIS);
    spaces(b, width - used - 1);
}

/* Text from data on one line: line breaks and tabs become spaces, the rest is made safe. */
static void safe(struct pt_buf *b, struct pt_str s)
{
    size_t from = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\t')
            continue;
        pt_text_terminal(b, (struct pt_str){s.p + from, i - from});
        if (i < s.n)
            pt_buf_putc(b, ' ');
        from = i + 1;
    }
}

/* A paragraph of safe words, broken at spaces. */
static void paragraph(struct page *p, struct pt_str text)
{
    struct pt_buf safe_text = {0};
    size_t column = 0;
    safe(&safe_text, text);
    for (size_t i = 0; i < safe_text.n;) {
        struct pt_str word = {safe_text.p + i, strcspn(safe_text.p + i, " ")};
        size_t w = pt_text_width(word);
        if (column && column + 1 + w > p->width) {
            pt_buf_putc(p->b, '\n');
            column = 0;
        } else if (column) {
            pt_buf_putc(p->b, ' ');
            column++;
        }
        pt_buf_str(p->b, word);
        column += w;
        i += word.n + strspn(safe_text.p + i + word.n, " ");
    }
    pt_buf_putc(p->b, '\n');
    pt_buf_release(&safe_text);
}

static void heading(struct page *p, struct pt_str title, char under)
{
    struct pt_buf t = {0};
    safe(&t, title);
    style(p, BOLD);
    pt_buf_str(p->b, pt_buf_view(&t));
    style(p, PLAIN);
    pt_buf_putc(p->b, '\n');
    for (size_t n = pt_text_width(pt_buf_view(&t)); n; n--)
        pt_buf_putc(p->b, under);
    pt_buf_putc(p->b, '\n');
    pt_buf_release(&t);
}

static void subheading(struct page *p, const char *title, const char *unit, struct pt_str note)
{
    pt_buf_putc(p->b, '\n');
    spaces(p->b, INDENT);
    style(p, BOLD);
    safe(p->b, pt_str(title));
    style(p, PLAIN);
    if (unit && *unit) {
        pt_buf_puts(p->b, ", ");
        safe(p->b, pt_str(unit));
    }
    if (note.n) {
        style(p, DIM);
        pt_buf_puts(p->b, " (");
        safe(p->b, note);
        pt_buf_putc(p->b, ')');
        style(p, PLAIN);
    }
    pt_buf_putc(p->b, '\n');
}

/* --- figures --------------------------------------------------------------------------------- */

static void change(struct page *p, const struct pt_figure *f)
{
    double c = pt_figure_change(f);
    bool good = f->better == PT_BETTER_LOWER ? c < 0 : c > 0;
    if (!isfinite(c))
        return;
    spaces(p->b, GAP);
    if (f->better != PT_BETTER_NEITHER && (c > 0 || c < 0))
        style(p, good ? GREEN : RED);
    pt_value_put_change(p->b, c);
    style(p, PLAIN);
    pt_buf_puts(p->b, " on the period before");
}

/* The value with its unit, which may come from data. */
static void figure_value(struct pt_buf *out, const struct pt_figure *f)
{
    struct pt_buf raw = {0};
    pt_buf_clear(out);
    pt_value_put_unit(&raw, f->value, f->unit, f->decimals);
    safe(out, pt_buf_view(&raw));
    pt_buf_release(&raw);
}

static void figures(struct page *p, const struct pt_section *s)
{
    struct pt_buf value = {0};
    size_t names = 0, values = 0;
    for (const struct pt_figure *f = s->figures; f; f = f->next) {
        size_t n = pt_text_width(pt_str(f->name));
        names = n > names ? n : names;
        figure_value(&value, f);
        n = pt_text_width(pt_buf_view(&value));
        values = n > values ? n : values;
    }
    if (s->figures)
        pt_buf_putc(p->b, '\n');
    for (const struct pt_figure *f = s->figures; f; f = f->next) {
        figure_value(&value, f);
        spaces(p->b, INDENT);
        fit(p->b, pt_str(f->name), names, false);
        spaces(p->b, GAP);
        style(p, BOLD);
        fit(p->b, pt_buf_view(&value), values, true);
        style(p, PLAIN);
        change(p, f);
        pt_buf_putc(p->b, '\n');
    }
    pt_buf_release(&value);
}

/* --- sparklines ------------------------------------------------------------------------------ */

struct extent {
    double low, high, last;
};

static struct extent extent_of(const struct pt_curve *c)
{
    struct extent e = {NAN, NAN, NAN};
    for (size_t i = 0; i < c->n; i++) {
        if (!isfinite(c->v[i]))
            continue;
        e.low = fmin(e.low, c->v[i]); /* fmin and fmax pass over a NaN */
        e.high = fmax(e.high, c->v[i]);
        e.last = c->v[i];
    }
    return e;
}

/* The cell of a time; those before the first and behind the last fall into the outermost. */
static size_t spark_cell(const struct pt_chart *c, int64_t ts, size_t cells)
{
    double span = (double)(c->to - c->from) + 1;
    double x = (double)(ts - c->from) / span * (double)cells;
    size_t k = x > 0 ? (size_t)x : 0;
    return k < cells ? k : cells - 1;
}

/* A point stands for the whole step that it begins. */
static void spark(struct page *p, const struct pt_chart *chart, const struct pt_curve *c,
                  struct extent e, size_t cells)
{
    double highest[SPARK_MOST];
    for (size_t i = 0; i < cells; i++)
        highest[i] = NAN;
    for (size_t i = 0; i < c->n; i++) {
        size_t last = spark_cell(chart, c->ts[i] + (chart->step > 0 ? chart->step - 1 : 0), cells);
        for (size_t k = spark_cell(chart, c->ts[i], cells); k <= last; k++)
            highest[k] = fmax(highest[k], c->v[i]);
    }
    for (size_t i = 0; i < cells; i++) {
        double level = e.high > e.low ? (highest[i] - e.low) / (e.high - e.low) : 0;
        if (!isfinite(highest[i]))
            pt_buf_putc(p->b, ' ');
        else /* U+2581 .. U+2588 */
            pt_buf_printf(p->b, "\xE2\x96%c",
                          (char)(0x81 + (int)(level * (SPARK_LEVELS - 1) + 0.5)));
    }
}

static size_t value_width(const struct pt_chart *c, int decimals)
{
    struct pt_buf t = {0};
    size_t most = 4;
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        struct extent e = extent_of(k);
        for (int i = 0; i < 3; i++) {
            pt_buf_clear(&t);
            pt_value_put(&t, i == 0 ? e.low : i == 1 ? e.high : e.last, decimals);
            most = t.n > most ? t.n : most;
        }
    }
    pt_buf_release(&t);
    return most;
}

struct spark_layout {
    size_t name, cells, value;
    int decimals;
};

static void spark_values(struct page *p, const struct spark_layout *l, const char *const *texts,
                         const struct extent *e)
{
    struct pt_buf t = {0};
    for (int i = 0; i < 3; i++) {
        pt_buf_clear(&t);
        if (texts)
            pt_buf_puts(&t, texts[i]);
        else
            pt_value_put(&t, i == 0 ? e->low : i == 1 ? e->high : e->last, l->decimals);
        spaces(p->b, GAP);
        fit(p->b, pt_buf_view(&t), l->value, true);
    }
    pt_buf_putc(p->b, '\n');
    pt_buf_release(&t);
}

/* How to write the ends of a chart's time axis. */
static enum pt_clock ends_clock(const struct pt_chart *c)
{
    int64_t span = c->to - c->from;
    return span > PT_DAY ? PT_CLOCK_DATE : span > PT_HOUR ? PT_CLOCK_MINUTE : PT_CLOCK_SECOND;
}

static void spark_head(struct page *p, const struct pt_chart *c, const struct spark_layout *l)
{
    static const char *const names[3] = {"low", "high", "last"};
    struct pt_buf from = {0}, to = {0};
    pt_clock_put(&from, c->from, ends_clock(c));
    pt_clock_put(&to, c->to, ends_clock(c));
    style(p, DIM);
    spaces(p->b, INDENT + l->name + GAP);
    if (from.n + to.n < l->cells) {
        pt_buf_str(p->b, pt_buf_view(&from));
        spaces(p->b, l->cells - from.n - to.n);
        pt_buf_str(p->b, pt_buf_view(&to));
    } else {
        spaces(p->b, l->cells);
    }
    spark_values(p, l, names, NULL);
    style(p, PLAIN);
    pt_buf_release(&from);
    pt_buf_release(&to);
}

static void marks(struct page *p, const struct pt_chart *c)
{
    for (const struct pt_mark *m = c->marks; m; m = m->next) {
        spaces(p->b, INDENT);
        pt_clock_put(p->b, m->ts, PT_CLOCK_SECOND);
        spaces(p->b, GAP);
        safe(p->b, m->text);
        pt_buf_putc(p->b, '\n');
    }
}

static void chart(struct page *p, const struct pt_chart *c)
{
    struct spark_layout l = {.decimals = pt_chart_decimals(c)};
    struct pt_buf name = {0};
    size_t taken;
    subheading(p, c->title, c->unit, c->note);
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        pt_buf_clear(&name);
        safe(&name, k->name);
        taken = pt_text_width(pt_buf_view(&name));
        l.name = taken > l.name ? taken : l.name;
    }
    l.name = l.name < NAME_MOST ? l.name : NAME_MOST;
    l.value = value_width(c, l.decimals);
    taken = INDENT + l.name + GAP + 3 * (GAP + l.value);
    l.cells = p->width > taken + SPARK_LEAST ? p->width - taken : SPARK_LEAST;
    l.cells = l.cells < SPARK_MOST ? l.cells : SPARK_MOST;
    spark_head(p, c, &l);
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        struct extent e = extent_of(k);
        pt_buf_clear(&name);
        safe(&name, k->name);
        spaces(p->b, INDENT);
        fit(p->b, pt_buf_view(&name), l.name, false);
        spaces(p->b, GAP);
        spark(p, c, k, e, l.cells);
        spark_values(p, &l, NULL, &e);
    }
    marks(p, c);
    pt_buf_release(&name);
}

/* --- tables ---------------------------------------------------------------------------------- */

/* Every cell as safe text: cell (row, column) is text[at[i] .. at[i + 1]), i = row * columns +
 * column; rows 0 and 1 hold the names, broken in two where they are long, row 2 the units. */
enum { HEAD_ROWS = 3 };
struct grid {
    struct pt_buf text;
    size_t *at;
    size_t rows, columns, n;
    size_t width[PT_TABLE_COLUMNS_MOST];
    enum pt_clock clock;
};

static void grid_close(struct grid *g)
{
    g->at[++g->n] = g->text.n;
}

static struct pt_str grid_cell(const struct grid *g, size_t row, size_t column)
{
    size_t i = row * g->columns + column;
    return (struct pt_str){g->text.p + g->at[i], g->at[i + 1] - g->at[i]};
}

static void grid_add(struct grid *g, const struct pt_table_column *column, const struct pt_cell *c,
                     int decimals)
{
    switch (column->kind) {
    case PT_CELL_TEXT: safe(&g->text, c->text); break;
    case PT_CELL_NUMBER: pt_value_put(&g->text, c->number, decimals); break;
    case PT_CELL_TIME: pt_clock_put(&g->text, c->ts, g->clock); break;
    }
    grid_close(g);
}

/* Where a long name is broken: the space nearest to its middle; 0 when it is not. */
static size_t name_break(const char *name)
{
    size_t n = strlen(name), best = 0;
    for (size_t i = 1; n > NAME_LINE && i < n; i++)
        if (name[i] == ' ' &&
            (best == 0 || labs((long)(2 * i) - (long)n) < labs((long)(2 * best) - (long)n)))
            best = i;
    return best;
}

static void grid_fill(struct grid *g, const struct pt_table *t)
{
    int decimals[PT_TABLE_COLUMNS_MOST];
    g->rows = t->nrows + HEAD_ROWS;
    g->columns = t->ncolumns;
    g->at = pt_mem_array(g->rows * g->columns + 1, sizeof *g->at);
    pt_buf_puts(&g->text, "");
    for (size_t i = 0; i < t->ncolumns; i++, grid_close(g))
        safe(&g->text, (struct pt_str){t->columns[i].name, name_break(t->columns[i].name)});
    for (size_t i = 0; i < t->ncolumns; i++, grid_close(g)) {
        const char *rest = t->columns[i].name + name_break(t->columns[i].name);
        safe(&g->text, pt_str(rest + (*rest == ' ')));
    }
    for (size_t i = 0; i < t->ncolumns; i++, grid_close(g))
        safe(&g->text, pt_str(t->columns[i].unit));
    for (size_t i = 0; i < t->ncolumns; i++)
        decimals[i] = pt_table_decimals(t, i);
    for (const struct pt_row *row = t->rows; row; row = row->next)
        for (size_t i = 0; i < t->ncolumns; i++)
            grid_add(g, &t->columns[i], &row->cells[i], decimals[i]);
}

/* The text column that can give way most, or the number of columns when none can. */
static size_t widest_text(const struct grid *g, const struct pt_table *t)
{
    size_t best = g->columns;
    for (size_t i = 0; i < g->columns; i++)
        if (t->columns[i].kind == PT_CELL_TEXT && !t->columns[i].whole &&
            g->width[i] > TEXT_LEAST && (best == g->columns || g->width[i] > g->width[best]))
            best = i;
    return best;
}

static void grid_size(struct grid *g, const struct pt_table *t, size_t page)
{
    size_t total = INDENT, i;
    for (i = 0; i < g->columns; i++) {
        for (size_t row = 0; row < g->rows; row++) {
            size_t w = pt_text_width(grid_cell(g, row, i));
            g->width[i] = w > g->width[i] ? w : g->width[i];
        }
        total += g->width[i] + (i ? GAP : 0);
    }
    while (total > page && (i = widest_text(g, t)) < g->columns) {
        g->width[i]--;
        total--;
    }
}

static void grid_row(struct page *p, const struct grid *g, const struct pt_table *t, size_t row)
{
    spaces(p->b, INDENT);
    for (size_t i = 0; i < g->columns; i++) {
        spaces(p->b, i ? GAP : 0);
        fit(p->b, grid_cell(g, row, i), g->width[i], t->columns[i].kind == PT_CELL_NUMBER);
    }
    while (p->b->n && p->b->p[p->b->n - 1] == ' ')
        p->b->p[--p->b->n] = '\0';
    pt_buf_putc(p->b, '\n');
}

static bool row_empty(const struct grid *g, size_t row)
{
    for (size_t i = 0; i < g->columns; i++)
        if (grid_cell(g, row, i).n)
            return false;
    return true;
}

static void table(struct page *p, const struct pt_table *t)
{
    struct grid g = {.clock = pt_clock_within(p->r->since, p->r->until)};
    subheading(p, t->title, NULL, t->note);
    grid_fill(&g, t);
    grid_size(&g, t, p->width);
    style(p, DIM);
    for (size_t row = 0; row < HEAD_ROWS; row++)
        if (!row_empty(&g, row))
            grid_row(p, &g, t, row);
    style(p, PLAIN);
    for (size_t row = HEAD_ROWS; row < g.rows; row++)
        grid_row(p, &g, t, row);
    pt_buf_release(&g.text);
    free(g.at);
}

static void section(struct page *p, const struct pt_section *s)
{
    pt_buf_putc(p->b, '\n');
    heading(p, pt_str(s->title), '-');
    if (s->text.n)
        paragraph(p, s->text);
    figures(p, s);
    for (const struct pt_chart *c = s->charts; c; c = c->next)
        chart(p, c);
    for (const struct pt_table *t = s->tables; t; t = t->next)
        table(p, t);
}

void pt_render_text(struct pt_buf *b, const struct pt_report *r, const struct pt_text_options *o)
{
    struct page p = {b, r, o->width, o->color};
    if (p.width < PT_TEXT_WIDTH_LEAST)
        p.width = PT_TEXT_WIDTH_LEAST;
    heading(&p, r->title, '=');
    pt_clock_put_period(b, r->since, r->until);
    pt_buf_putc(b, '\n');
    for (const struct pt_section *s = r->sections; s; s = s->next)
        section(&p, s);
}
