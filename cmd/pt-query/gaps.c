/* gaps.c - see gaps.h: lib/query finds them, this shows them. */
#include "gaps.h"

#include "cli/program.h"
#include "input.h"
#include "listing.h"
#include "query/catalogue.h"
#include "query/gaps.h"
#include "query/query.h"

static struct {
    struct query_options common;
    int64_t longer;
    double times;
    bool list;
} opt = {.common.output = -1, .longer = INT64_MIN};

const struct pt_option query_gaps_options[] = {
    {PT_OPTION_DURATION, 0, "longer-than", "DURATION", &opt.longer, NULL, NULL,
     "a gap is longer than this, whatever the series' interval"},
    {PT_OPTION_NUMBER, 0, "times", "K", &opt.times, "1.5", NULL,
     "a gap is longer than so many intervals"},
    {PT_OPTION_FLAG, 0, "list", NULL, &opt.list, NULL, NULL, "one row for each gap"},
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_RANGE_OPTIONS(&opt.common),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
static const struct query_column SERIES[] = {
    {"name", NULL}, {"tags", NULL},   {"points", NULL},  {"interval", "s"},
    {"gaps", NULL}, {"longest", "s"}, {"missing", NULL}, {"coverage", "%"}};
static const struct query_column GAPS[] = {{"name", NULL}, {"tags", NULL},   {"from", NULL},
                                           {"to", NULL},   {"length", "s"}, {"missing", NULL}};

static void write_seconds(struct pt_sheet *s, uint64_t ns)
{
    if (ns)
        pt_sheet_num(s, pt_num_real((double)ns / PT_S));
    else
        pt_sheet_null(s);
}

static int write_series(struct query_listing *l, const struct pt_store_series *series,
                        const struct pt_gaps *g, struct pt_err *err)
{
    if (!g->points)
        return 0;
    pt_sheet_text(l->sheet, series->name);
    pt_sheet_json(l->sheet, series->tags);
    pt_sheet_int(l->sheet, (int64_t)g->points);
    write_seconds(l->sheet, g->interval);
    pt_sheet_int(l->sheet, (int64_t)g->n);
    write_seconds(l->sheet, g->longest);
    pt_sheet_int(l->sheet, (int64_t)g->missing);
    pt_sheet_num(l->sheet, pt_num_real(100 * pt_gaps_coverage(g)));
    return query_listing_row(l, err);
}

static int write_gaps(struct query_listing *l, const struct pt_store_series *series,
                      const struct pt_gaps *g, struct pt_err *err)
{
    for (size_t i = 0; i < g->n; i++) {
        pt_sheet_text(l->sheet, series->name);
        pt_sheet_json(l->sheet, series->tags);
        pt_sheet_time(l->sheet, g->v[i].from);
        pt_sheet_time(l->sheet, g->v[i].to);
        write_seconds(l->sheet, (uint64_t)g->v[i].to - (uint64_t)g->v[i].from);
        pt_sheet_int(l->sheet, (int64_t)g->v[i].missing);
        if (query_listing_row(l, err) != 0)
            return -1;
    }
    return 0;
}

static int list(struct pt_store *source, const struct pt_selector *selector,
                const struct pt_gaps_rule *rule, struct pt_err *err)
{
    struct query_listing l = {0};
    struct pt_catalogue c = {0};
    struct pt_gaps g = {0};
    uint64_t points = 0;
    int rc = pt_catalogue_read(&c, source, selector, err);
    query_listing_open(&l, opt.common.output, opt.list ? GAPS : SERIES,
                       opt.list ? COUNT(GAPS) : COUNT(SERIES));
    for (size_t i = 0; i < c.n && rc == 0; i++) {
        rc = pt_gaps_find(&g, source, c.series[i].id, rule, err);
        points += g.points;
        if (rc == 0)
            rc = (opt.list ? write_gaps : write_series)(&l, &c.series[i], &g, err);
    }
    if (rc == 0 && !points)
        rc = pt_query_nothing_of_all(source, selector, rule->since, rule->until, err);
    pt_gaps_release(&g);
    pt_catalogue_release(&c);
    return query_listing_close(&l, rc, err);
}

static int read_rule(struct pt_gaps_rule *rule, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    bool given = opt.longer != INT64_MIN;
    if (given && opt.longer <= 0)
        return pt_err_set(err, PT_USAGE, "--longer-than: a duration above 0, such as 5m");
    if (!(opt.times >= 1))
        return pt_err_set(err, PT_USAGE, "--times: a number from 1 up");
    rule->longer = given ? opt.longer : 0;
    rule->times = opt.times;
    return pt_program_range(o->since, o->until, o->tz, &rule->since, &rule->until, err);
}

int query_gaps_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_gaps_rule rule;
    struct pt_selector *selector;
    struct query_input in = {0};
    int rc;
    if (read_rule(&rule, err) != 0 || query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = query_input_open(&in, &opt.common, selector, err);
    if (rc == 0)
        rc = list(in.source, selector, &rule, err);
    rc = query_input_close(&in, rc, err);
    pt_selector_free(selector);
    return rc;
}
