/* series.c - see series.h.
 *
 * How many points a series has and from when to when, the store knows from the rows that describe
 * its chunks: none is opened. */
#include "series.h"

#include "cli/program.h"
#include "input.h"
#include "listing.h"
#include "query/catalogue.h"
#include "query/query.h"
#include "query/reach.h"

static struct {
    struct query_options common;
    int64_t stale;
} opt = {.common.output = -1, .stale = QUERY_STALE_NONE};

const struct pt_option query_series_options[] = {
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_STALE_OPTION(&opt.stale, "series whose last point is"),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

static void write_series(struct query_listing *l, const struct pt_store_series *series,
                         const struct pt_reach *r, int64_t now)
{
    pt_sheet_text(l->sheet, series->name);
    pt_sheet_json(l->sheet, series->tags);
    pt_sheet_text_or_null(l->sheet, pt_str(pt_kind_name(series->kind)));
    pt_sheet_text_or_null(l->sheet, series->unit);
    pt_sheet_int(l->sheet, (int64_t)r->n);
    query_listing_time(l, r->n > 0, r->first);
    query_listing_time(l, r->n > 0, r->last);
    if (opt.stale >= 0)
        query_listing_age(l, r->n > 0, r->last, now);
}

static bool is_wanted(const struct pt_reach *r, int64_t now)
{
    return opt.stale < 0 || !r->n || query_listing_older(r->last, opt.stale, now);
}

static int write_list(struct pt_store *source, const struct pt_catalogue *c, struct pt_err *err)
{
    static const struct query_column COLUMNS[] = {{"name", NULL},   {"tags", NULL},
                                                  {"kind", NULL},   {"unit", NULL},
                                                  {"points", NULL}, {"first", NULL},
                                                  {"last", NULL},   {"age", "s"}};
    size_t columns = sizeof COLUMNS / sizeof COLUMNS[0] - (opt.stale < 0);
    int64_t now = pt_time_now();
    struct query_listing l = {0};
    int rc = 0;
    query_listing_open(&l, opt.common.output, COLUMNS, columns);
    for (size_t i = 0; i < c->n && rc == 0; i++) {
        struct pt_reach r;
        rc = pt_reach_read(&r, source, c->series[i].id, err);
        if (rc != 0 || !is_wanted(&r, now))
            continue;
        write_series(&l, &c->series[i], &r, now);
        rc = query_listing_row(&l, err);
    }
    if (rc == 0 && opt.stale >= 0 && l.n)
        rc = PT_FOUND;
    return query_listing_close(&l, rc, err);
}

int query_series_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_selector *selector;
    struct query_input in = {0};
    struct pt_catalogue c = {0};
    int rc;
    if (query_listing_check_stale(opt.stale, err) != 0 ||
        query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = query_input_open(&in, &opt.common, selector, err);
    if (rc == 0)
        rc = pt_catalogue_read(&c, in.source, selector, err);
    if (rc == 0)
        rc = c.n ? write_list(in.source, &c, err)
                 : pt_query_nothing(in.source, selector, PT_TIME_MIN, PT_TIME_MAX, err);
    rc = query_input_close(&in, rc, err);
    pt_selector_free(selector);
    pt_catalogue_release(&c);
    return rc;
}
