/* show.c - see show.h. */
#include "show.h"

#include "base/mem.h"
#include "cli/program.h"
#include "format/emit.h"
#include "record/write.h"

#include <math.h>
#include <stdlib.h>

static bool has_text(const struct pt_answer *a, const struct pt_group *g, size_t row, size_t column)
{
    return g->texts && g->texts[row * a->ncolumns + column].n > 0;
}

/* --- as stat records ------------------------------------------------------------------------- */

/* The length of a row's window in seconds; of a session, from its first point to its last. */
static double length_of(const struct pt_answer *a, const struct pt_group *g, size_t row)
{
    int64_t ns = a->window ? a->window : g->stop[row] - g->start[row] - a->sessions;
    return (double)ns / (double)PT_S;
}

static void write_stat(struct pt_buf *out, const struct pt_answer *a, const struct pt_group *g,
                       size_t row)
{
    const struct pt_num *values = g->values + row * a->ncolumns;
    pt_line_open(out, "stat", g->start[row]);
    if (g->name.n)
        pt_line_text(out, "name", g->name);
    if (a->windows)
        pt_line_num(out, "window", pt_num_real(length_of(a, g, row)));
    if (g->tags.n > 2)
        pt_line_json(out, "tags", g->tags);
    if (g->unit.n)
        pt_line_text(out, "unit", g->unit);
    for (size_t i = 0; i < a->ncolumns; i++)
        if (has_text(a, g, row, i))
            pt_line_json(out, a->columns[i].name.p, g->texts[row * a->ncolumns + i]);
        else if (isfinite(values[i].d))
            pt_line_named(out, a->columns[i].name, values[i]);
    if (a->quantile_error > 0)
        pt_line_num(out, "quantile_error", pt_num_real(a->quantile_error));
    if (g->partial)
        pt_line_bool(out, "partial", true);
    pt_line_close(out);
}

static int write_stats(const struct pt_answer *a, struct pt_buf *out, struct pt_err *err)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t row = 0; row < a->groups[i].n; row++) {
            write_stat(out, a, &a->groups[i], row);
            if (pt_program_flush(out, err) != 0)
                return -1;
        }
    return 0;
}

/* --- as a sheet ------------------------------------------------------------------------------ */

static void add_columns(struct pt_sheet *s, const struct pt_answer *a)
{
    if (a->windows)
        pt_sheet_column(s, "ts", NULL);
    if (a->sessions)
        pt_sheet_column(s, "window", "s");
    for (size_t i = 0; i < a->nby; i++) {
        if (pt_answer_by_series(a->by[i]))
            pt_sheet_column(s, "name", NULL);
        pt_sheet_column(s, pt_answer_by_series(a->by[i]) ? "tags" : a->by[i], NULL);
    }
    for (size_t i = 0; i < a->ncolumns; i++)
        pt_sheet_column(s, a->columns[i].name.p,
                        a->columns[i].unit.n ? a->columns[i].unit.p : NULL);
}

static void add_keys(struct pt_sheet *s, const struct pt_answer *a, const struct pt_group *g,
                     struct pt_tags tags)
{
    for (size_t i = 0; i < a->nby; i++) {
        if (pt_answer_by_series(a->by[i])) {
            pt_sheet_text(s, g->name);
            pt_sheet_json(s, g->tags);
        } else {
            pt_sheet_text(s, pt_answer_by_name(a->by[i]) ? g->name
                                                         : pt_tags_get(tags, pt_str(a->by[i])));
        }
    }
}

static int add_group(struct pt_sheet *s, const struct pt_answer *a, const struct pt_group *g,
                     struct pt_buf *out, struct pt_err *err)
{
    struct pt_arena arena = {0};
    struct pt_tags tags;
    int rc = pt_tags_parse(g->tags, &arena, &tags, err);
    for (size_t row = 0; row < g->n && rc == 0; row++) {
        if (a->windows)
            pt_sheet_time(s, g->start[row]);
        if (a->sessions)
            pt_sheet_num(s, pt_num_real(length_of(a, g, row)));
        add_keys(s, a, g, tags);
        for (size_t i = 0; i < a->ncolumns; i++)
            if (has_text(a, g, row, i))
                pt_sheet_json(s, g->texts[row * a->ncolumns + i]);
            else
                pt_sheet_num(s, g->values[row * a->ncolumns + i]);
        rc = pt_program_flush(out, err);
    }
    pt_arena_release(&arena);
    return rc;
}

static int add_groups(struct pt_sheet *s, const struct pt_answer *a, struct pt_buf *out,
                      struct pt_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < a->n && rc == 0; i++)
        rc = add_group(s, a, &a->groups[i], out, err);
    return rc;
}

static int write_sheet(const struct pt_answer *a, enum pt_sheet_format format, struct pt_buf *out,
                       struct pt_err *err)
{
    struct pt_sheet *s = pt_sheet_new(format, pt_program_color(1), out);
    int rc;
    add_columns(s, a);
    rc = add_groups(s, a, out, err);
    if (rc == 0)
        pt_sheet_end(s);
    pt_sheet_free(s);
    return rc;
}

/* --- as points ------------------------------------------------------------------------------- */

/* Columns first..first + n - 1 of every row of the group. */
static int emit_columns(struct pt_emitter *e, const struct pt_answer *a, const struct pt_group *g,
                        size_t first, size_t n, struct pt_buf *out, struct pt_err *err)
{
    struct pt_emit_field *fields = pt_mem_array(n, sizeof *fields);
    struct pt_emit_point p = {.name = g->name.n ? g->name : PT_STR("stat"),
                              .tags = g->tags,
                              .unit = a->columns[first].unit,
                              .fields = fields,
                              .n = n};
    int rc = 0;
    for (size_t row = 0; row < g->n && rc == 0; row++) {
        for (size_t i = 0; i < n; i++)
            fields[i] = (struct pt_emit_field){a->columns[first + i].name,
                                               g->values[row * a->ncolumns + first + i]};
        p.ts = g->start[row];
        rc = pt_emitter_point(e, &p, err);
        if (rc == 0)
            rc = pt_program_flush(out, err);
    }
    free(fields);
    return rc;
}

/* In line protocol a row is a point with a field a column; OpenMetrics wants the samples of each
 * column together. */
static int write_points(const struct pt_answer *a, enum pt_sheet_format format, struct pt_buf *out,
                        struct pt_err *err)
{
    struct pt_emitter *e = pt_emitter_new(format, out);
    size_t n = format == PT_SHEET_INFLUX ? a->ncolumns : 1;
    int rc = 0;
    for (size_t i = 0; i < a->n && rc == 0; i++)
        for (size_t c = 0; c < a->ncolumns && rc == 0; c += n)
            rc = emit_columns(e, a, &a->groups[i], c, n, out, err);
    if (rc == 0)
        pt_emitter_end(e);
    pt_emitter_free(e);
    return rc;
}

int query_show(const struct pt_answer *answer, int output, struct pt_buf *out, struct pt_err *err)
{
    enum pt_sheet_format format = pt_program_format(output);
    if (pt_emit_format(format))
        return write_points(answer, format, out, err);
    return format == PT_SHEET_JSONL ? write_stats(answer, out, err)
                                    : write_sheet(answer, format, out, err);
}

/* --- rows that come little by little --------------------------------------------------------- */

struct query_rows {
    enum pt_sheet_format format;
    struct pt_sheet *sheet; /* NULL before the first answer, and for formats without a head */
    struct pt_buf *out;
};

bool query_show_streams(enum pt_sheet_format format)
{
    return format == PT_SHEET_JSONL || format == PT_SHEET_CSV || format == PT_SHEET_TSV ||
           format == PT_SHEET_INFLUX;
}

struct query_rows *query_rows_new(int output, struct pt_buf *out)
{
    struct query_rows *r = pt_mem_alloc(sizeof *r);
    r->format = pt_program_format(output);
    if (!query_show_streams(r->format))
        r->format = PT_SHEET_TSV;
    r->out = out;
    return r;
}

int query_rows_add(struct query_rows *r, const struct pt_answer *answer, struct pt_err *err)
{
    if (r->format == PT_SHEET_JSONL)
        return write_stats(answer, r->out, err);
    if (pt_emit_format(r->format))
        return write_points(answer, r->format, r->out, err);
    if (!r->sheet) {
        r->sheet = pt_sheet_new(r->format, false, r->out);
        add_columns(r->sheet, answer);
    }
    return add_groups(r->sheet, answer, r->out, err);
}

void query_rows_end(struct query_rows *r)
{
    if (r->sheet)
        pt_sheet_end(r->sheet);
}

void query_rows_free(struct query_rows *r)
{
    pt_sheet_free(r->sheet);
    free(r);
}
