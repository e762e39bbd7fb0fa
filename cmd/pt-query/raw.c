/* raw.c - see raw.h.
 *
 * Points are written run by run as the source hands them out, so that nothing waits. */
#include "raw.h"

#include "cli/program.h"
#include "format/emit.h"
#include "query/catalogue.h"
#include "query/reading.h"
#include "record/write.h"

struct raw {
    struct query_input *in;
    struct pt_buf *out;
    struct pt_sheet *sheet;            /* NULL: none, but ... */
    struct pt_emitter *emitter;        /* ... this; NULL too: jsonl */
    struct pt_catalogue list;          /* all series that match */
    const struct pt_store_series *now; /* the one in hand */
    uint64_t points;
    struct pt_err *err;
};

static int write_point(struct raw *r, int64_t ts, struct pt_num value)
{
    const struct pt_store_series *s = r->now;
    struct pt_emit_field field = {PT_STR("value"), value};
    if (r->emitter)
        return pt_emitter_point(
            r->emitter, &(struct pt_emit_point){ts, s->name, s->tags, s->unit, s->kind, &field, 1},
            r->err);
    if (!r->sheet) {
        pt_line_metric(r->out, ts, s->name, value, s->kind, s->unit, s->tags);
        return 0;
    }
    pt_sheet_time(r->sheet, ts);
    pt_sheet_text(r->sheet, s->name);
    pt_sheet_num(r->sheet, value);
    pt_sheet_text(r->sheet, s->unit);
    pt_sheet_json(r->sheet, s->tags);
    return 0;
}

static int write_run(void *ctx, const struct pt_store_run *run)
{
    struct raw *r = ctx;
    for (size_t i = 0; i < run->points->n; i++) {
        if (write_point(r, run->points->ts[i], pt_column_value(run->points, i)) != 0 ||
            pt_program_flush(r->out, r->err) != 0)
            return -1;
    }
    r->points += run->points->n;
    return pt_program_stopping() ? 1 : 0;
}

static int read_points(struct raw *r, const struct pt_query *q)
{
    struct pt_reading reading = {.store = r->in->source, .where = q->where};
    int rc = pt_catalogue_read(&r->list, r->in->source, q->selector, r->err);
    reading.range = (struct pt_store_range){.since = q->since,
                                            .until = q->until,
                                            .damaged = q->partial ? q->damaged : NULL,
                                            .damaged_ctx = q->damaged_ctx};
    for (size_t i = 0; i < r->list.n && rc == 0; i++) {
        r->now = &r->list.series[i];
        rc = pt_reading_each_run(&reading, r->now->id, write_run, r, r->err);
    }
    pt_reading_release(&reading);
    return rc;
}

static int write_points(struct raw *r, const struct pt_query *q)
{
    int rc = read_points(r, q);
    if (rc < 0)
        return -1;
    if (!r->points && r->list.n && q->where)
        return pt_err_set(r->err, PT_FOUND, "--where holds for no point");
    if (!r->points)
        return pt_query_nothing_of_all(r->in->source, q->selector, q->since, q->until, r->err);
    if (r->sheet)
        pt_sheet_end(r->sheet);
    if (r->emitter)
        pt_emitter_end(r->emitter);
    return pt_program_write(r->out, r->err);
}

int query_raw(struct query_input *in, int output, const struct pt_query *q, struct pt_err *err)
{
    static const char *const COLUMNS[] = {"ts", "name", "value", "unit", "tags"};
    enum pt_sheet_format format = pt_program_format(output);
    struct pt_buf out = {0};
    struct raw r = {.in = in, .out = &out, .err = err};
    int rc;
    if (pt_emit_format(format)) {
        r.emitter = pt_emitter_new(format, &out);
    } else if (format != PT_SHEET_JSONL) {
        r.sheet = pt_sheet_new(format, pt_program_color(1), &out);
        for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
            pt_sheet_column(r.sheet, COLUMNS[i], NULL);
    }
    rc = write_points(&r, q);
    pt_sheet_free(r.sheet);
    pt_emitter_free(r.emitter);
    pt_catalogue_release(&r.list);
    pt_buf_release(&out);
    return rc;
}
