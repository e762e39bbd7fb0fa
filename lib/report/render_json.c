/* render_json.c - see render_json.h for the shape.
 *
 * Commas: a member or element that may be the first of its object or array asks comma(), which adds
 * one unless the text so far ends with an opening bracket. */
#include "report/render_json.h"

#include "base/num.h"
#include "base/text.h"
#include "base/time.h"

#include <math.h>

static void comma(struct pt_buf *b)
{
    char last = b->n ? b->p[b->n - 1] : '{';
    if (last != '{' && last != '[')
        pt_buf_putc(b, ',');
}

/* Begins a member; its value, or the bracket that opens it, follows. */
static void member(struct pt_buf *b, const char *key, const char *open)
{
    comma(b);
    pt_buf_printf(b, "\"%s\":%s", key, open);
}

static void number(struct pt_buf *b, double v)
{
    char text[PT_NUM_MAX];
    if (isfinite(v))
        pt_buf_add(b, text, (size_t)pt_num_format(text, pt_num_real(v)));
    else
        pt_buf_puts(b, "null");
}

static void text_member(struct pt_buf *b, const char *key, struct pt_str v)
{
    member(b, key, "");
    pt_text_json(b, v);
}

static void number_member(struct pt_buf *b, const char *key, double v)
{
    member(b, key, "");
    number(b, v);
}

static void time_value(struct pt_buf *b, int64_t ts)
{
    char text[PT_TIME_TEXT];
    pt_time_format(text, ts);
    pt_buf_printf(b, "\"%s\"", text);
}

static void numbers(struct pt_buf *b, const char *key, const double *v, size_t n)
{
    member(b, key, "[");
    for (size_t i = 0; i < n; i++) {
        comma(b);
        number(b, v[i]);
    }
    pt_buf_putc(b, ']');
}

static void figures(struct pt_buf *b, const struct pt_section *s)
{
    member(b, "figures", "[");
    for (const struct pt_figure *f = s->figures; f; f = f->next) {
        comma(b);
        pt_buf_putc(b, '{');
        text_member(b, "name", pt_str(f->name));
        number_member(b, "value", f->value);
        text_member(b, "unit", pt_str(f->unit));
        number_member(b, "change", pt_figure_change(f));
        pt_buf_putc(b, '}');
    }
    pt_buf_putc(b, ']');
}

static void cell(struct pt_buf *b, enum pt_cell_kind kind, const struct pt_cell *c)
{
    comma(b);
    switch (kind) {
    case PT_CELL_TEXT: pt_text_json(b, c->text); break;
    case PT_CELL_NUMBER: number(b, c->number); break;
    case PT_CELL_TIME: time_value(b, c->ts); break;
    }
}

static void table(struct pt_buf *b, const struct pt_table *t)
{
    comma(b);
    pt_buf_putc(b, '{');
    text_member(b, "title", pt_str(t->title));
    if (t->note.n)
        text_member(b, "note", t->note);
    member(b, "columns", "[");
    for (size_t i = 0; i < t->ncolumns; i++) {
        comma(b);
        pt_buf_putc(b, '{');
        text_member(b, "name", pt_str(t->columns[i].name));
        text_member(b, "unit", pt_str(t->columns[i].unit));
        pt_buf_putc(b, '}');
    }
    pt_buf_putc(b, ']');
    member(b, "rows", "[");
    for (const struct pt_row *row = t->rows; row; row = row->next) {
        comma(b);
        pt_buf_putc(b, '[');
        for (size_t i = 0; i < t->ncolumns; i++)
            cell(b, t->columns[i].kind, &row->cells[i]);
        pt_buf_putc(b, ']');
    }
    pt_buf_puts(b, "]}");
}

static void curve(struct pt_buf *b, const struct pt_curve *c)
{
    comma(b);
    pt_buf_putc(b, '{');
    text_member(b, "name", c->name);
    member(b, "ts", "[");
    for (size_t i = 0; i < c->n; i++) {
        comma(b);
        time_value(b, c->ts[i]);
    }
    pt_buf_putc(b, ']');
    numbers(b, "value", c->v, c->n);
    if (c->low) {
        numbers(b, "low", c->low, c->n);
        numbers(b, "high", c->high, c->n);
    }
    pt_buf_putc(b, '}');
}

static void chart(struct pt_buf *b, const struct pt_chart *c)
{
    comma(b);
    pt_buf_putc(b, '{');
    text_member(b, "id", pt_str(c->id));
    text_member(b, "title", pt_str(c->title));
    text_member(b, "unit", pt_str(c->unit));
    if (c->value_name)
        text_member(b, "value", pt_str(c->value_name));
    if (c->band_name)
        text_member(b, "band", pt_str(c->band_name));
    if (c->note.n)
        text_member(b, "note", c->note);
    member(b, "lines", "[");
    for (const struct pt_curve *k = c->curves; k; k = k->next)
        curve(b, k);
    pt_buf_putc(b, ']');
    member(b, "marks", "[");
    for (const struct pt_mark *m = c->marks; m; m = m->next) {
        comma(b);
        pt_buf_puts(b, "{\"ts\":");
        time_value(b, m->ts);
        text_member(b, "text", m->text);
        pt_buf_putc(b, '}');
    }
    pt_buf_puts(b, "]}");
}

static void section(struct pt_buf *b, const struct pt_section *s)
{
    comma(b);
    pt_buf_putc(b, '{');
    text_member(b, "id", pt_str(s->id));
    text_member(b, "title", pt_str(s->title));
    text_member(b, "text", s->text);
    figures(b, s);
    member(b, "tables", "[");
    for (const struct pt_table *t = s->tables; t; t = t->next)
        table(b, t);
    pt_buf_putc(b, ']');
    member(b, "charts", "[");
    for (const struct pt_chart *c = s->charts; c; c = c->next)
        chart(b, c);
    pt_buf_puts(b, "]}");
}

void pt_render_json(struct pt_buf *b, const struct pt_report *r)
{
    pt_buf_putc(b, '{');
    text_member(b, "report", pt_str(r->kind));
    text_member(b, "title", r->title);
    member(b, "period", "{\"since\":");
    time_value(b, r->since);
    pt_buf_puts(b, ",\"until\":");
    time_value(b, r->until);
    pt_buf_putc(b, '}');
    member(b, "sections", "[");
    for (const struct pt_section *s = r->sections; s; s = s->next)
        section(b, s);
    pt_buf_puts(b, "]}\n");
}
