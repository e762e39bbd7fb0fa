/* daily.c - see daily.h.
 *
 * A report is built in this order: the extent of the data (a walk over the series that takes chunk
 * summaries and decodes next to nothing), one walk over the documents that feeds the parts, then
 * the parts one by one.  The summary and the findings come first on the page but are filled last,
 * from what the parts have made; tables of what there is come near the end, where they are looked
 * up.
 *
 * The period before is built the same way into a second report, figures only, and compared. */
#include "report/daily.h"

#include "base/time.h"
#include "report/part.h"
#include "report/value.h"

#include <stdlib.h>

enum { HOLDINGS_MOST = 12 }; /* rows of the tables of what there is */

static const struct pt_part *const PARTS[] = {
    &pt_part_latency, &pt_part_throughput, &pt_part_market, &pt_part_trading, &pt_part_decisions,
    &pt_part_models,  &pt_part_traces,     &pt_part_events, &pt_part_machine,
};
enum { NPARTS = sizeof PARTS / sizeof PARTS[0] };

struct builder {
    struct pt_daily daily;
    struct pt_holding *metric; /* the one being scanned */
    int64_t first, last;       /* of all data in the period */
    void *states[NPARTS];
    struct pt_err *err;
};

static void hold(struct builder *b, struct pt_holding *h, uint64_t n, int64_t first, int64_t last)
{
    h->first = h->n == 0 || first < h->first ? first : h->first;
    h->last = h->n == 0 || last > h->last ? last : h->last;
    h->n += n;
    b->first = first < b->first ? first : b->first;
    b->last = last > b->last ? last : b->last;
}

/* --- the extent of the points ---------------------------------------------------------------- */

static int scan_run(void *ctx, const struct pt_store_run *run)
{
    struct builder *b = ctx;
    const struct pt_column *c = run->points;
    if (c && c->n)
        hold(b, b->metric, c->n, c->ts[0], c->ts[c->n - 1]);
    else if (!c && run->summary->n)
        hold(b, b->metric, run->summary->n, run->summary->t0, run->summary->t1);
    return 0;
}

static int scan_series(void *ctx, const struct pt_store_series *series)
{
    struct builder *b = ctx;
    const struct pt_store_range range = {.since = b->daily.since, .until = b->daily.until,
                                         .summaries = true, .detail = PT_STORE_EXTENT};
    uint64_t before;
    b->metric = pt_keyed_get(&b->daily.metrics, series->name, NULL);
    before = b->metric->n;
    if (pt_store_each_run(b->daily.store, series->id, &range, scan_run, b, b->err) < 0)
        return -1;
    b->metric->series += b->metric->n > before;
    return 0;
}

/* --- the documents --------------------------------------------------------------------------- */

static int feed_document(void *ctx, const struct pt_store_document *doc)
{
    struct builder *b = ctx;
    hold(b, pt_keyed_get(&b->daily.types, doc->type, NULL), 1, doc->ts, doc->ts);
    for (int i = 0; i < NPARTS; i++)
        if (PARTS[i]->type && pt_str_is(doc->type, PARTS[i]->type))
            PARTS[i]->feed(&b->daily, b->states[i], doc);
    pt_arena_reset(&b->daily.scratch);
    return 0;
}

static int gather(struct builder *b)
{
    const struct pt_store_filter filter = {.since = b->daily.since, .until = b->daily.until};
    if (pt_store_each_series(b->daily.store, NULL, scan_series, b, b->err) < 0)
        return -1;
    return pt_store_each_document(b->daily.store, &filter, feed_document, b, b->err);
}

/* --- the summary ----------------------------------------------------------------------------- */

static uint64_t held(const struct pt_keyed *k, uint64_t *series)
{
    uint64_t n = 0;
    for (size_t i = 0; i < pt_keyed_count(k); i++) {
        const struct pt_holding *h = pt_keyed_at(k, i);
        n += h->n;
        if (series)
            *series += h->series;
    }
    return n;
}

static void headlines(struct pt_report *r, struct pt_section *summary)
{
    for (const struct pt_section *s = r->sections; s; s = s->next)
        for (const struct pt_figure *f = s == summary ? NULL : s->figures; f; f = f->next)
            if (f->headline) {
                struct pt_figure *copy = pt_section_figure(r, summary, f->name, f->unit, f->value);
                copy->decimals = f->decimals;
                copy->better = f->better;
            }
}

static void summarise(struct builder *b, struct pt_section *s)
{
    struct pt_daily *d = &b->daily;
    uint64_t series = 0, points = held(&d->metrics, &series);
    uint64_t documents = held(&d->types, NULL);
    pt_section_figure(d->report, s, "records", "", (double)(points + documents));
    pt_section_figure(d->report, s, "series", "", (double)series);
    headlines(d->report, s);
    pt_buf_clear(&d->text);
    pt_buf_puts(&d->text, "Data from ");
    pt_clock_put(&d->text, b->first, PT_CLOCK_FULL);
    pt_buf_puts(&d->text, " to ");
    pt_clock_put(&d->text, b->last, PT_CLOCK_FULL);
    pt_buf_puts(&d->text, ": ");
    pt_value_put_count(&d->text, (double)points, "point of ", "points of ");
    pt_value_put(&d->text, (double)series, 0);
    pt_buf_puts(&d->text, " series and ");
    pt_value_put_count(&d->text, (double)documents, "document.", "documents.");
    pt_section_say(d->report, s, &d->text);
}

/* --- what there is --------------------------------------------------------------------------- */

static int most_first(const void *a, const void *b)
{
    const struct pt_holding *x = *(void *const *)a, *y = *(void *const *)b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return pt_str_cmp(x->key, y->key);
}

/* Documents belong to no series: for them the second column is left out. */
static const struct pt_table_column METRIC_COLUMNS[] = {
    {.name = "name", .kind = PT_CELL_TEXT},     {.name = "series", .kind = PT_CELL_NUMBER},
    {.name = "points", .kind = PT_CELL_NUMBER}, {.name = "first", .kind = PT_CELL_TIME},
    {.name = "last", .kind = PT_CELL_TIME},
};
static const struct pt_table_column TYPE_COLUMNS[] = {
    {.name = "type", .kind = PT_CELL_TEXT},
    {.name = "documents", .kind = PT_CELL_NUMBER},
    {.name = "first", .kind = PT_CELL_TIME},
    {.name = "last", .kind = PT_CELL_TIME},
};

/* columns: METRIC_COLUMNS or TYPE_COLUMNS. */
static void holdings(struct builder *b, struct pt_section *s, const char *title,
                     const struct pt_keyed *k, const struct pt_table_column *columns)
{
    struct pt_daily *d = &b->daily;
    bool metrics = columns == METRIC_COLUMNS;
    void **sorted = pt_keyed_sorted(k, most_first);
    struct pt_table *t = NULL;
    size_t all = 0;
    for (size_t i = 0; i < pt_keyed_count(k); i++) {
        const struct pt_holding *h = sorted[i];
        if (h->n == 0 || ++all > HOLDINGS_MOST)
            continue;
        if (!t)
            t = pt_section_table(d->report, s, title, columns, metrics ? 5 : 4);
        pt_table_text(d->report, t, h->key);
        if (metrics)
            pt_table_number(d->report, t, (double)h->series);
        pt_table_number(d->report, t, (double)h->n);
        pt_table_time(d->report, t, h->first);
        pt_table_time(d->report, t, h->last);
    }
    if (t)
        pt_part_note(d, t, HOLDINGS_MOST, all, "those with the most records");
    free(sorted);
}

static void contents(struct builder *b)
{
    struct pt_daily *d = &b->daily;
    struct pt_section *s = pt_report_section(d->report, "contents", "Contents");
    pt_buf_clear(&d->text);
    pt_buf_puts(&d->text, "What the period holds, the names with the most records first.");
    pt_section_say(d->report, s, &d->text);
    holdings(b, s, "Metrics", &d->metrics, METRIC_COLUMNS);
    holdings(b, s, "Documents", &d->types, TYPE_COLUMNS);
}

/* --- data quality ---------------------------------------------------------------------------- */

static void quality(struct builder *b, const struct pt_store_stats *stats)
{
    struct pt_daily *d = &b->daily;
    struct pt_section *s = pt_report_section(d->report, "quality", "Data quality");
    uint64_t records = stats->points + stats->documents;
    pt_section_figure(d->report, s, "rejected lines", "", (double)stats->rejects);
    pt_section_figure(d->report, s, "batches", "", (double)stats->batches);
    pt_section_figure(d->report, s, "sources", "", (double)stats->sources);
    pt_section_figure(d->report, s, "points", "", (double)stats->points);
    pt_section_figure(d->report, s, "documents", "", (double)stats->documents);
    pt_section_figure(d->report, s, "bytes a record", "",
                      records ? (double)stats->file_bytes / (double)records : 0)
        ->decimals = 1;
    pt_buf_clear(&d->text);
    pt_buf_puts(&d->text, "Of the whole store, not of the period only. ");
    pt_buf_puts(&d->text, stats->rejects ? "The reject table says of each rejected line why."
                                         : "No line was rejected.");
    pt_section_say(d->report, s, &d->text);
}

/* --- building -------------------------------------------------------------------------------- */

static int build_parts(struct builder *b, const struct pt_store_stats *stats)
{
    struct pt_daily *d = &b->daily;
    struct pt_report *r = d->report;
    struct pt_section *summary = pt_report_section(r, "summary", "Summary");
    struct pt_section *findings = pt_report_section(r, "findings", "Findings");
    r->first = b->first;
    r->last = b->last;
    for (int i = 0; i < NPARTS; i++)
        if (PARTS[i]->build(d, b->states[i], b->err) < 0)
            return -1;
    if (!d->brief) {
        contents(b);
        quality(b, stats);
    }
    if (!pt_report_find(r, findings, d->findings))
        pt_report_drop(r, findings);
    summarise(b, summary);
    return 0;
}

static void builder_init(struct builder *b, struct pt_report *r, struct pt_store *store,
                         struct pt_err *err)
{
    *b = (struct builder){.first = PT_TIME_MAX, .last = PT_TIME_MIN, .err = err};
    b->daily.metrics = b->daily.types = PT_KEYED(struct pt_holding);
    b->daily.findings = pt_findings_new();
    b->daily.report = r;
    b->daily.store = store;
    b->daily.since = r->since;
    b->daily.until = r->until;
    for (int i = 0; i < NPARTS; i++)
        b->states[i] = PARTS[i]->begin ? PARTS[i]->begin() : NULL;
}

static void builder_release(struct builder *b)
{
    for (int i = 0; i < NPARTS; i++)
        if (PARTS[i]->end)
            PARTS[i]->end(b->states[i]);
    pt_keyed_release(&b->daily.metrics);
    pt_keyed_release(&b->daily.types);
    pt_findings_free(b->daily.findings);
    pt_arena_release(&b->daily.scratch);
    pt_buf_release(&b->daily.text);
}

/* Fills r, whose period is set: 1, 0 when there is nothing in it, or -1. */
static int build(struct pt_report *r, struct pt_store *store, const struct pt_store_stats *stats,
                 bool brief, struct pt_err *err)
{
    struct builder b;
    int rc;
    builder_init(&b, r, store, err);
    b.daily.brief = brief;
    rc = gather(&b);
    if (rc == 0 && b.first <= b.last)
        rc = build_parts(&b, stats) < 0 ? -1 : 1;
    builder_release(&b);
    return rc;
}

static int compare(struct pt_report *r, struct pt_store *store, const struct pt_store_stats *stats,
                   struct pt_err *err)
{
    struct pt_report before = {.until = r->since};
    int rc = 0;
    if (pt_time_day(r->since, 0) == r->since && pt_time_day(r->since, 1) == r->until)
        before.since = pt_time_day(r->since, -1);
    else if (__builtin_sub_overflow(r->since, r->until - r->since, &before.since))
        return 0;
    if (stats->first < r->since)
        rc = build(&before, store, stats, true, err);
    if (rc > 0)
        pt_report_compare(r, &before);
    pt_report_release(&before);
    return rc < 0 ? -1 : 0;
}

static void choose_period(struct pt_report *r, const struct pt_store_stats *stats,
                          const struct pt_daily_options *o)
{
    r->since = o->since > PT_TIME_MIN ? o->since : stats->first;
    r->until = o->until < PT_TIME_MAX ? o->until : stats->last + 1;
    if (o->latest_day) {
        r->since = pt_time_day(stats->last, 0);
        r->until = pt_time_day(stats->last, 1);
    }
}

static void choose_title(struct pt_report *r, const char *title)
{
    struct pt_buf b = {0};
    if (title) {
        pt_buf_puts(&b, title);
    } else if (pt_time_day(r->since, 1) == r->until) {
        pt_buf_puts(&b, "Daily report, ");
        pt_clock_put(&b, r->since, PT_CLOCK_DATE);
    } else {
        pt_buf_puts(&b, "Report");
    }
    r->title = pt_report_text(r, pt_buf_view(&b));
    pt_buf_release(&b);
}

static int nothing(const struct pt_report *r, struct pt_store *store,
                   const struct pt_store_stats *stats, struct pt_err *err)
{
    struct pt_buf period = {0}, held_from = {0}, held_to = {0};
    pt_clock_put_period(&period, r->since, r->until);
    pt_clock_put(&held_from, stats->first, PT_CLOCK_FULL);
    pt_clock_put(&held_to, stats->last, PT_CLOCK_FULL);
    pt_err_set(err, PT_FOUND, "nothing on %s; the store holds data from %s to %s", period.p,
               held_from.p, held_to.p);
    pt_buf_release(&period);
    pt_buf_release(&held_from);
    pt_buf_release(&held_to);
    return pt_err_at(err, pt_store_path(store), 0);
}

static int build_and_compare(struct pt_report *r, struct pt_store *store,
                             const struct pt_daily_options *options, struct pt_err *err)
{
    struct pt_store_stats stats;
    int rc;
    if (pt_store_totals(store, &stats, err) < 0)
        return -1;
    if (stats.points + stats.documents == 0) {
        pt_err_set(err, PT_FOUND, "the store is empty (pt-ingest fills it)");
        return pt_err_at(err, pt_store_path(store), 0);
    }
    choose_period(r, &stats, options);
    choose_title(r, options->title);
    rc = build(r, store, &stats, false, err);
    if (rc == 0)
        return nothing(r, store, &stats, err);
    return rc < 0 ? -1 : compare(r, store, &stats, err);
}

int pt_report_daily(struct pt_report *out, struct pt_store *store,
                    const struct pt_daily_options *options, struct pt_err *err)
{
    int rc;
    *out = (struct pt_report){.kind = "daily"};
    if (pt_store_begin_read(store, err) < 0)
        return -1;
    rc = build_and_compare(out, store, options, err);
    pt_store_end_read(store);
    if (rc < 0)
        pt_report_release(out);
    return rc;
}
