/* sheet.c - rows of named columns in five formats.
 *
 * Formats differ in two ways only: how one value looks (`value_*`), and what stands around it.  The
 * streaming ones (jsonl, csv, tsv) append to the output at once.  A table and markdown keep each
 * cell's escaped text in one buffer, with its offset and its width on a terminal, and lay them out
 * at the end.
 *
 * In a table, numbers align at the decimal point: a column knows the longest fraction, and shorter
 * ones are padded behind. */
#include "format/sheet.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TABLE_DIGITS = 6, GAP = 2, RULE_LEAST = 3 };
#define EXACT_BELOW 1e15 /* an integral double is printed with all its digits below this */
#define FIXED_FROM 1e-4  /* smaller magnitudes are printed with an exponent */
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct column {
    char *name, *unit;
    bool numeric;    /* aligns right */
    size_t width;    /* of the widest cell or the head, on a terminal */
    size_t fraction; /* of the longest fraction, with its point */
};

struct cell {
    size_t at, n; /* in `text` */
    size_t width;
    size_t fraction;
};

struct pt_sheet {
    enum pt_sheet_format format;
    bool color, headed;
    struct pt_buf *out;
    struct column *columns;
    size_t n, cap;
    size_t at; /* the column whose value comes next */
    char *prefix;
    struct pt_buf text, scratch;
    struct cell *cells; /* row-major */
    size_t ncells, cells_cap;
};

struct pt_sheet *pt_sheet_new(enum pt_sheet_format format, bool color, struct pt_buf *out)
{
    struct pt_sheet *s = pt_mem_alloc(sizeof *s);
    assert(format <= PT_SHEET_MD);
    s->format = format;
    s->color = color;
    s->out = out;
    return s;
}

void pt_sheet_free(struct pt_sheet *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        free(s->columns[i].name);
        free(s->columns[i].unit);
    }
    free(s->columns);
    free(s->cells);
    free(s->prefix);
    pt_buf_release(&s->text);
    pt_buf_release(&s->scratch);
    free(s);
}

void pt_sheet_column(struct pt_sheet *s, const char *name, const char *unit)
{
    s->columns = pt_mem_grow(s->columns, &s->cap, s->n + 1, sizeof *s->columns);
    s->columns[s->n++] = (struct column){.name = pt_mem_strdup(name),
                                         .unit = unit && *unit ? pt_mem_strdup(unit) : NULL};
}

void pt_sheet_prefix(struct pt_sheet *s, const char *members)
{
    free(s->prefix);
    s->prefix = pt_mem_strdup(members);
}

static char separator(const struct pt_sheet *s)
{
    return s->format == PT_SHEET_TSV ? '\t' : ',';
}

static bool waits(const struct pt_sheet *s)
{
    return s->format == PT_SHEET_TABLE || s->format == PT_SHEET_MD;
}

/* Markdown shows raw HTML and links, and ends cells at a bar: a backslash takes the meaning away.
 */
static void markdown(struct pt_buf *b, struct pt_str text)
{
    struct pt_buf plain = {0};
    pt_text_terminal(&plain, text);
    for (size_t i = 0; i < plain.n; i++) {
        if (strchr("\\`*[]<>|&", plain.p[i]))
            pt_buf_putc(b, '\\');
        pt_buf_putc(b, plain.p[i]);
    }
    pt_buf_release(&plain);
}

static void escaped(const struct pt_sheet *s, struct pt_buf *b, struct pt_str text)
{
    switch (s->format) {
    case PT_SHEET_TABLE: pt_text_terminal(b, text); break;
    case PT_SHEET_MD: markdown(b, text); break;
    case PT_SHEET_JSONL: pt_text_json(b, text); break;
    case PT_SHEET_CSV:
    case PT_SHEET_TSV: pt_text_csv(b, text, separator(s)); break;
    case PT_SHEET_OPENMETRICS:
    case PT_SHEET_INFLUX: break;
    }
}

static void csv_head(struct pt_sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            pt_buf_putc(s->out, separator(s));
        escaped(s, s->out, pt_str(s->columns[i].name));
    }
    pt_buf_putc(s->out, '\n');
    s->headed = true;
}

static void member(struct pt_sheet *s, struct pt_str value)
{
    pt_text_json(s->out, pt_str(s->columns[s->at].name));
    pt_buf_putc(s->out, ':');
    pt_buf_str(s->out, value);
    pt_buf_putc(s->out, ','); /* the row's end takes the last one back */
}

static void jsonl_value(struct pt_sheet *s, struct pt_str value)
{
    if (s->at == 0) {
        pt_buf_putc(s->out, '{');
        pt_buf_puts(s->out, s->prefix ? s->prefix : "");
    }
    if (value.n)
        member(s, value);
    if (s->at + 1 < s->n)
        return;
    if (s->out->p[s->out->n - 1] == ',')
        s->out->n--;
    pt_buf_puts(s->out, "}\n");
}

static void csv_value(struct pt_sheet *s, struct pt_str value)
{
    if (!s->headed)
        csv_head(s);
    if (s->at)
        pt_buf_putc(s->out, separator(s));
    pt_buf_str(s->out, value);
    if (s->at + 1 == s->n)
        pt_buf_putc(s->out, '\n');
}

static void keep_value(struct pt_sheet *s, struct pt_str value, bool number)
{
    struct column *c = &s->columns[s->at];
    const char *point = number ? memchr(value.p, '.', value.n) : NULL;
    struct cell cell = {s->text.n, value.n, pt_text_width(value), 0};
    if (point)
        cell.fraction = (size_t)(value.p + value.n - point);
    if (cell.fraction > c->fraction)
        c->fraction = cell.fraction;
    c->numeric |= number;
    pt_buf_str(&s->text, value);
    s->cells = pt_mem_grow(s->cells, &s->cells_cap, s->ncells + 1, sizeof *s->cells);
    s->cells[s->ncells++] = cell;
}

/* One value in its final form; empty for null. */
static void put(struct pt_sheet *s, struct pt_str value, bool number)
{
    assert(s->at < s->n);
    if (s->format == PT_SHEET_JSONL)
        jsonl_value(s, value);
    else if (waits(s))
        keep_value(s, value, number);
    else
        csv_value(s, value);
    s->at = (s->at + 1) % s->n;
}

void pt_sheet_null(struct pt_sheet *s)
{
    put(s, (struct pt_str){"", 0}, false);
}

/* Six significant digits, more if that many stand before the point, and no zeros at the end. */
static int rounded(char *out, size_t size, double v)
{
    double mag = fabs(v);
    int places, n;
    if (mag >= EXACT_BELOW || (mag < FIXED_FROM && mag > 0))
        return snprintf(out, size, "%.*g", TABLE_DIGITS, v);
    places = TABLE_DIGITS - 1 - (mag > 0 ? (int)floor(log10(mag)) : 0);
    n = snprintf(out, size, "%.*f", places > 0 ? places : 0, v);
    if (places > 0) {
        while (out[n - 1] == '0')
            n--;
        if (out[n - 1] == '.')
            n--;
        out[n] = '\0';
    }
    return n;
}

void pt_sheet_num(struct pt_sheet *s, struct pt_num v)
{
    char text[64];
    int n;
    if (!isfinite(v.d)) {
        pt_sheet_null(s);
        return;
    }
    if (waits(s) && !v.wide)
        n = rounded(text, sizeof text, v.d);
    else
        n = pt_num_format(text, v);
    put(s, (struct pt_str){text, (size_t)n}, true);
}

void pt_sheet_int(struct pt_sheet *s, int64_t v)
{
    char text[PT_NUM_MAX];
    int n = snprintf(text, sizeof text, "%lld", (long long)v);
    put(s, (struct pt_str){text, (size_t)n}, true);
}

void pt_sheet_text(struct pt_sheet *s, struct pt_str v)
{
    pt_buf_clear(&s->scratch);
    escaped(s, &s->scratch, v);
    put(s, pt_buf_view(&s->scratch), false);
}

void pt_sheet_text_or_null(struct pt_sheet *s, struct pt_str v)
{
    if (v.n)
        pt_sheet_text(s, v);
    else
        pt_sheet_null(s);
}

void pt_sheet_time(struct pt_sheet *s, int64_t ts)
{
    char text[PT_TIME_TEXT];
    int n = pt_time_format(text, ts);
    pt_sheet_text(s, (struct pt_str){text, (size_t)n});
}

/* {"a":"b","c":"d"} as a=b,c=d, unescaped. */
static void pairs(struct pt_buf *b, struct pt_str json)
{
    struct pt_json_iter it;
    struct pt_str key, value;
    bool first = true;
    if (pt_json_open(&it, json) != 0 || it.close != '}') {
        pt_buf_str(b, json);
        return;
    }
    for (; pt_json_next(&it, &key, &value) == 1; first = false) {
        if (!first)
            pt_buf_putc(b, ',');
        pt_json_unescape(b, key);
        pt_buf_putc(b, '=');
        if (value.p[0] == '"')
            pt_json_unescape(b, pt_json_raw(value));
        else
            pt_buf_str(b, value);
    }
}

void pt_sheet_json(struct pt_sheet *s, struct pt_str json)
{
    struct pt_buf text = {0};
    if (s->format == PT_SHEET_JSONL) {
        put(s, json, false);
        return;
    }
    if (waits(s))
        pairs(&text, json);
    else
        pt_buf_str(&text, json);
    pt_sheet_text(s, pt_buf_view(&text));
    pt_buf_release(&text);
}

/* --- the table ------------------------------------------------------------------------------- */

static void head_text(const struct pt_sheet *s, size_t i, struct pt_buf *b)
{
    pt_buf_clear(b);
    escaped(s, b, pt_str(s->columns[i].name));
    if (!s->columns[i].unit)
        return;
    pt_buf_puts(b, " (");
    escaped(s, b, pt_str(s->columns[i].unit));
    pt_buf_putc(b, ')');
}

/* How far right of its own end a number's column ends, so that the points stand in line. */
static size_t behind(const struct column *c, const struct cell *cell)
{
    return c->numeric && cell->n ? c->fraction - cell->fraction : 0;
}

static void measure(struct pt_sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        head_text(s, i, &s->scratch);
        s->columns[i].width = pt_text_width(pt_buf_view(&s->scratch));
    }
    for (size_t k = 0; k < s->ncells; k++) {
        struct column *c = &s->columns[k % s->n];
        size_t width = s->cells[k].width + behind(c, &s->cells[k]);
        if (width > c->width)
            c->width = width;
    }
    for (size_t i = 0; i < s->n; i++) /* what the rule of markdown needs */
        if (s->format == PT_SHEET_MD && s->columns[i].width < RULE_LEAST)
            s->columns[i].width = RULE_LEAST;
}

static void spaces(struct pt_buf *b, size_t n)
{
    while (n--)
        pt_buf_putc(b, ' ');
}

/* One cell padded to its column; `after` columns of it are kept free behind the text. */
static void pad(struct pt_sheet *s, size_t i, struct pt_str text, size_t width, size_t after)
{
    const struct column *c = &s->columns[i];
    size_t rest = c->width - width - after;
    pt_buf_puts(s->out, s->format == PT_SHEET_MD ? (i ? " | " : "| ") : "");
    if (s->format == PT_SHEET_TABLE && i)
        spaces(s->out, GAP);
    if (c->numeric)
        spaces(s->out, rest);
    pt_buf_str(s->out, text);
    spaces(s->out, after + (c->numeric ? 0 : rest));
}

static void end_line(struct pt_sheet *s)
{
    if (s->format == PT_SHEET_MD)
        pt_buf_puts(s->out, " |");
    while (s->out->n && s->out->p[s->out->n - 1] == ' ')
        s->out->n--;
    pt_buf_putc(s->out, '\n');
}

static void write_head(struct pt_sheet *s)
{
    bool bold = s->color && s->format == PT_SHEET_TABLE;
    pt_buf_puts(s->out, bold ? BOLD : "");
    for (size_t i = 0; i < s->n; i++) {
        head_text(s, i, &s->scratch);
        pad(s, i, pt_buf_view(&s->scratch), pt_text_width(pt_buf_view(&s->scratch)), 0);
    }
    pt_buf_puts(s->out, bold ? PLAIN : "");
    end_line(s);
}

/* Markdown wants at least three dashes; a colon at the end aligns the column right. */
static void write_rule(struct pt_sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        pt_buf_puts(s->out, i ? " | " : "| ");
        for (size_t k = 1; k < s->columns[i].width; k++)
            pt_buf_putc(s->out, '-');
        pt_buf_putc(s->out, s->columns[i].numeric ? ':' : '-');
    }
    end_line(s);
}

static void write_table(struct pt_sheet *s)
{
    measure(s);
    write_head(s);
    if (s->format == PT_SHEET_MD)
        write_rule(s);
    for (size_t k = 0; k < s->ncells; k++) {
        const struct cell *cell = &s->cells[k];
        struct pt_str text = {s->text.p + cell->at, cell->n};
        pad(s, k % s->n, text, cell->width, behind(&s->columns[k % s->n], cell));
        if ((k + 1) % s->n == 0)
            end_line(s);
    }
}

void pt_sheet_end(struct pt_sheet *s)
{
    assert(s->at == 0); /* the last row is complete */
    if (waits(s))
        write_table(s);
    else if (s->format != PT_SHEET_JSONL && !s->headed)
        csv_head(s);
}
