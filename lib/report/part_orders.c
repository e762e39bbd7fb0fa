/* part_orders.c - the orders: how long they took, how many there were, how many failed.
 *
 * Latency is asked three times (over all, by venue and window, by venue and host), because
 * quantiles of parts do not add up to quantiles of the whole.  Counters are asked once each, by
 * venue and window: increases of windows do add up. */
#include "report/part.h"
#include "report/value.h"

#include <math.h>
#include <stdlib.h>

/* --- latency --------------------------------------------------------------------------------- */

enum { COUNT, P50, P95, P99, MAX };

static const struct pt_table_column LATENCY_COLUMNS[] = {
    {.name = "venue", .kind = PT_CELL_TEXT},   {.name = "host", .kind = PT_CELL_TEXT},
    {.name = "count", .kind = PT_CELL_NUMBER}, {.name = "p50", .kind = PT_CELL_NUMBER},
    {.name = "p95", .kind = PT_CELL_NUMBER},   {.name = "p99", .kind = PT_CELL_NUMBER},
    {.name = "max", .kind = PT_CELL_NUMBER},
};
enum { LATENCY_NCOLUMNS = sizeof LATENCY_COLUMNS / sizeof LATENCY_COLUMNS[0] };

/* The highest p99 first.  An answer of one window has one row a group. */
static int slower(const void *a, const void *b)
{
    const struct pt_group *x = a, *y = b;
    double p = x->values[P99].d, q = y->values[P99].d;
    return (q > p) - (q < p);
}

static void latency_figures(struct pt_daily *d, struct pt_section *s, const struct pt_answer *all)
{
    static const struct {
        const char *name;
        size_t agg;
        bool headline;
    } FIGURES[] = {{"order latency p50", P50, false},
                   {"order latency p95", P95, false},
                   {"order latency p99", P99, true},
                   {"order latency max", MAX, false}};
    const struct pt_group *g = &all->groups[0];
    const char *unit = pt_report_name(d->report, g->unit);
    pt_section_figure(d->report, s, "orders measured", "", pt_part_value(all, g, 0, COUNT));
    for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++) {
        struct pt_figure *f = pt_section_figure(d->report, s, FIGURES[i].name, unit,
                                                pt_part_value(all, g, 0, FIGURES[i].agg));
        f->better = PT_BETTER_LOWER;
        f->headline = FIGURES[i].headline;
    }
}

static int latency_table(struct pt_daily *d, struct pt_section *s, struct pt_err *err)
{
    const struct pt_ask ask = {"order.latency", "count,p50,p95,p99,max", {"venue", "host"}, 0};
    struct pt_answer a;
    struct pt_table *t;
    const char *unit;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    unit = a.n ? pt_report_name(d->report, a.groups[0].unit) : "";
    qsort(a.groups, a.n, sizeof *a.groups, slower);
    t = pt_section_table(d->report, s, "By venue and host, the slowest first", LATENCY_COLUMNS,
                         LATENCY_NCOLUMNS);
    for (size_t k = P50; k <= MAX; k++)
        t->columns[2 + k].unit = unit;
    for (size_t i = 0; i < a.n && i < PT_PART_ROWS_MOST; i++) {
        pt_table_text(d->report, t, pt_part_tag(d, &a.groups[i], "venue"));
        pt_table_text(d->report, t, pt_part_tag(d, &a.groups[i], "host"));
        for (size_t k = COUNT; k <= MAX; k++)
            pt_table_number(d->report, t, pt_part_value(&a, &a.groups[i], 0, k));
    }
    pt_part_note(d, t, PT_PART_ROWS_MOST, a.n, "those of the highest p99");
    if (a.n > 1) {
        const struct pt_group *worst = &a.groups[0];
        pt_buf_puts(&d->text, " The highest p99 is that of ");
        pt_buf_str(&d->text, pt_part_label(d, worst));
        pt_buf_puts(&d->text, ": ");
        pt_value_put_unit(&d->text, pt_part_value(&a, worst, 0, P99), unit, PT_DECIMALS_AUTO);
        pt_buf_putc(&d->text, '.');
    }
    pt_answer_release(&a);
    return 0;
}

static int latency_chart(struct pt_daily *d, struct pt_section *s, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "order.latency");
    const struct pt_ask ask = {"order.latency", "p99,p50", {"venue"}, e.window};
    struct pt_answer a;
    struct pt_chart *c;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    c = pt_section_chart(d->report, s, "Order latency by venue",
                         a.n ? pt_report_name(d->report, a.groups[0].unit) : "");
    c->value_name = "p99";
    c->band_name = "p50 to p99";
    c->watched = true;
    pt_part_curves(d, c, &a, (struct pt_drawn){0, 1, 0}, &e);
    pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "p99");
    pt_answer_release(&a);
    return 0;
}

static void latency_sentence(struct pt_daily *d, const struct pt_answer *all)
{
    const struct pt_group *g = &all->groups[0];
    const char *unit = pt_report_name(d->report, g->unit);
    pt_buf_clear(&d->text);
    pt_buf_puts(&d->text, "Of ");
    pt_value_put_count(&d->text, pt_part_value(all, g, 0, COUNT), "order", "orders");
    pt_buf_puts(&d->text, " measured half took ");
    pt_value_put_unit(&d->text, pt_part_value(all, g, 0, P50), unit, PT_DECIMALS_AUTO);
    pt_buf_puts(&d->text, " or less, and one in a hundred ");
    pt_value_put_unit(&d->text, pt_part_value(all, g, 0, P99), unit, PT_DECIMALS_AUTO);
    pt_buf_puts(&d->text, " or more.");
}

static int build_latency(struct pt_daily *d, void *state, struct pt_err *err)
{
    const struct pt_ask ask = {"order.latency", "count,p50,p95,p99,max", {NULL}, 0};
    struct pt_section *s;
    struct pt_answer all;
    int rc = 0;
    (void)state;
    if (pt_part_ask(d, &ask, &all, err) < 0)
        return -1;
    if (all.n) {
        s = pt_report_section(d->report, "latency", "Latency");
        latency_figures(d, s, &all);
        latency_sentence(d, &all);
        if (!d->brief)
            rc = latency_chart(d, s, err) < 0 ? -1 : latency_table(d, s, err);
        pt_section_say(d->report, s, &d->text);
    }
    pt_answer_release(&all);
    return rc;
}

const struct pt_part pt_part_latency = {.build = build_latency};

/* --- throughput and errors ------------------------------------------------------------------- */

static const struct pt_table_column THROUGHPUT_COLUMNS[] = {
    {.name = "venue", .kind = PT_CELL_TEXT},
    {.name = "requests", .kind = PT_CELL_NUMBER},
    {.name = "errors", .kind = PT_CELL_NUMBER},
    {.name = "error rate", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 3},
    {.name = "highest rate", .unit = "1/s", .kind = PT_CELL_NUMBER},
    {.name = "highest error rate", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 3},
};
enum { THROUGHPUT_NCOLUMNS = sizeof THROUGHPUT_COLUMNS / sizeof THROUGHPUT_COLUMNS[0] };

/* What one venue did. */
struct venue {
    double requests, errors, peak, worst; /* peak in requests/s, worst in per cent, of a window */
};

static const struct pt_group *same_tags(const struct pt_answer *a, const struct pt_group *g)
{
    for (size_t i = 0; i < a->n; i++)
        if (pt_str_eq(a->groups[i].tags, g->tags))
            return &a->groups[i];
    return NULL;
}

/* Errors of the window at `start`; *at runs along the rows of g. */
static double errors_at(const struct pt_answer *a, const struct pt_group *g, int64_t start,
                        size_t *at)
{
    while (g && *at < g->n && g->start[*at] < start)
        ++*at;
    return g && *at < g->n && g->start[*at] == start ? pt_part_value(a, g, *at, 0) : 0;
}

/* Goes through the windows of a venue: totals, and its line of error rates. */
static struct venue walk_errors(struct pt_daily *d, const struct pt_answer *requests,
                                const struct pt_group *g, const struct pt_answer *errors,
                                struct pt_chart *failing)
{
    const struct pt_group *e = same_tags(errors, g);
    struct venue v = {.worst = NAN, .peak = NAN};
    struct pt_curve *f =
        failing ? pt_chart_curve(d->report, failing, pt_part_label(d, g), g->n, false) : NULL;
    for (size_t row = 0, at = 0; row < g->n; row++) {
        double n = pt_part_value(requests, g, row, 0);
        double bad = errors_at(errors, e, g->start[row], &at), percent = pt_part_percent(bad, n);
        v.requests += n;
        v.errors += bad;
        v.worst = fmax(v.worst, percent);
        if (f)
            pt_curve_add(f, g->start[row], percent);
    }
    if (f)
        f->rank = v.worst;
    return v;
}

/* The highest rate of a venue, and its line of rates; the increases of g become rates. */
static double walk_rates(struct pt_daily *d, const struct pt_answer *requests, struct pt_group *g,
                         struct pt_chart *rate, int64_t window)
{
    struct pt_curve *r =
        rate ? pt_chart_curve(d->report, rate, pt_part_label(d, g), g->n, false) : NULL;
    double peak = NAN;
    pt_part_rates(requests, g, window);
    for (size_t row = 0; row < g->n; row++) {
        double v = pt_part_value(requests, g, row, 0);
        peak = fmax(peak, v);
        if (r)
            pt_curve_add(r, g->start[row], v);
    }
    if (r)
        r->rank = peak;
    return peak;
}

static void throughput_row(struct pt_daily *d, struct pt_table *t, struct pt_str name,
                           const struct venue *v)
{
    pt_table_text(d->report, t, name);
    pt_table_number(d->report, t, v->requests);
    pt_table_number(d->report, t, v->errors);
    pt_table_number(d->report, t, pt_part_percent(v->errors, v->requests));
    pt_table_number(d->report, t, v->peak);
    pt_table_number(d->report, t, v->worst);
}

static struct venue throughput_detail(struct pt_daily *d, struct pt_section *s,
                                      const struct pt_answer *requests,
                                      const struct pt_answer *errors, const struct pt_extent *e)
{
    struct pt_chart *rate = NULL, *failing = NULL;
    struct pt_table *t = NULL;
    struct venue all = {0};
    if (!d->brief) {
        rate = pt_section_chart(d->report, s, "Requests by venue", "1/s");
        failing = pt_section_chart(d->report, s, "Error rate by venue", "%");
        failing->watched = true;
        t = pt_section_table(d->report, s, "By venue", THROUGHPUT_COLUMNS, THROUGHPUT_NCOLUMNS);
    }
    for (size_t i = 0; i < requests->n; i++) {
        struct venue v = walk_errors(d, requests, &requests->groups[i], errors, failing);
        v.peak = walk_rates(d, requests, &requests->groups[i], rate, e->window);
        all.requests += v.requests;
        all.errors += v.errors;
        if (t && i < PT_PART_ROWS_MOST)
            throughput_row(d, t, pt_part_tag(d, &requests->groups[i], "venue"), &v);
    }
    if (!d->brief) {
        pt_part_note(d, t, PT_PART_ROWS_MOST, requests->n, "the first");
        pt_part_span(rate, e);
        pt_part_span(failing, e);
        pt_chart_keep(d->report, rate, PT_PART_CURVES_MOST, "rate");
        pt_chart_keep(d->report, failing, PT_PART_CURVES_MOST, "error rate of a window");
    }
    return all;
}

static void throughput_section(struct pt_daily *d, const struct pt_answer *requests,
                               const struct pt_answer *errors, const struct pt_extent *e)
{
    struct pt_section *s = pt_report_section(d->report, "throughput", "Throughput and errors");
    struct venue all = throughput_detail(d, s, requests, errors, e);
    double percent = pt_part_percent(all.errors, all.requests);
    struct pt_figure *f = pt_section_figure(d->report, s, "requests", "", all.requests);
    f->headline = true;
    f = pt_section_figure(d->report, s, "errors", "", all.errors);
    f->better = PT_BETTER_LOWER;
    f = pt_section_figure(d->report, s, "error rate", "%", percent);
    f->better = PT_BETTER_LOWER;
    f->headline = true;
    f->decimals = 3;
    pt_buf_clear(&d->text);
    pt_buf_puts(&d->text, "The counters rose by ");
    pt_value_put(&d->text, all.requests, 0);
    pt_buf_puts(&d->text, " requests and ");
    pt_value_put(&d->text, all.errors, 0);
    pt_buf_puts(&d->text, " errors (");
    pt_value_put_unit(&d->text, percent, "%", 3);
    pt_buf_puts(&d->text, "), restarts counted exactly.");
    pt_section_say(d->report, s, &d->text);
}

static int build_throughput(struct pt_daily *d, void *state, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "order.requests");
    const struct pt_ask ask_requests = {"order.requests", "increase,count", {"venue"}, e.window};
    const struct pt_ask ask_errors = {"order.errors", "increase", {"venue"}, e.window};
    struct pt_answer requests, errors;
    (void)state;
    if (pt_part_ask(d, &ask_requests, &requests, err) < 0)
        return -1;
    if (pt_part_ask(d, &ask_errors, &errors, err) < 0) {
        pt_answer_release(&requests);
        return -1;
    }
    if (requests.n)
        throughput_section(d, &requests, &errors, &e);
    pt_answer_release(&requests);
    pt_answer_release(&errors);
    return 0;
}

const struct pt_part pt_part_throughput = {.build = build_throughput};
