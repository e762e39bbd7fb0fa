/* series.c - see series.h.
 *
 * How many points a series has and from when to when, the store knows from the rows that describe
 * its chunks: none is opened. */
#include "series.h"

#include "cli/program.h"
#include "input.h"
#include "query/catalogue.h"
#include "query/query.h"

static struct query_options opt = {.output = -1};

const struct pt_option query_series_options[] = {
    QUERY_INPUT_OPTIONS(&opt),
    PT_OPT_OUTPUT(&opt.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

/* The extent of one series' points. */
struct extent {
    uint64_t n;
    int64_t first, last;
};

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct extent *e = ctx;
    const struct pt_column *c = run->points;
    int64_t first = c ? c->ts[0] : run->summary->t0;
    if (!e->n)
        e->first = first;
    e->n += c ? c->n : run->summary->n;
    e->last = c ? c->ts[c->n - 1] : run->summary->t1;
    return 0;
}

static void text_if(struct pt_sheet *s, struct pt_str text)
{
    if (text.n)
        pt_sheet_text(s, text);
    else
        pt_sheet_null(s);
}

static void time_if(struct pt_sheet *s, bool given, int64_t ts)
{
    if (given)
        pt_sheet_time(s, ts);
    else
        pt_sheet_null(s);
}

static void write_series(struct pt_sheet *s, const struct pt_store_series *series,
                         const struct extent *e)
{
    pt_sheet_text(s, series->name);
    pt_sheet_json(s, series->tags);
    text_if(s, pt_str(pt_kind_name(series->kind)));
    text_if(s, series->unit);
    pt_sheet_int(s, (int64_t)e->n);
    time_if(s, e->n > 0, e->first);
    time_if(s, e->n > 0, e->last);
}

static int write_list(struct pt_source *source, const struct pt_catalogue *l, struct pt_err *err)
{
    static const char *const COLUMNS[] = {"name",   "tags",  "kind", "unit",
                                          "points", "first", "last"};
    const struct pt_store_range all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX,
                                       .summaries = true};
    struct pt_buf out = {0};
    struct pt_sheet *s = pt_sheet_new(pt_program_format(opt.output), pt_program_color(1), &out);
    int rc = 0;
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_column(s, COLUMNS[i], NULL);
    for (size_t i = 0; i < l->n && rc == 0; i++) {
        struct extent e = {0};
        rc = pt_source_each_run(source, l->series[i].id, &all, take_run, &e, err);
        if (rc == 0) {
            write_series(s, &l->series[i], &e);
            rc = pt_program_flush(&out, err);
        }
    }
    if (rc == 0) {
        pt_sheet_end(s);
        rc = pt_program_write(&out, err);
    }
    pt_sheet_free(s);
    pt_buf_release(&out);
    return rc;
}

int query_series_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_selector *selector;
    struct query_input in = {0};
    struct pt_catalogue l = {0};
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = query_input_open(&in, &opt, selector, err);
    if (rc == 0)
        rc = pt_catalogue_read(&l, in.source, selector, err);
    if (rc == 0)
        rc = l.n ? write_list(in.source, &l, err)
                 : pt_query_nothing(in.source, selector, PT_TIME_MIN, PT_TIME_MAX, err);
    rc = query_input_close(&in, rc, err);
    pt_selector_free(selector);
    pt_catalogue_release(&l);
    return rc;
}
