/* part.c - see part.h. */
#include "report/part.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"
#include "record/tags.h"
#include "report/scale.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>

static const char NONE[] = "-"; /* a name that is not there */

enum { WINDOWS_LEAST = 300 }; /* of a chart: a tenth of them warms up the findings' detector */

/* --- the time that data cover ---------------------------------------------------------------- */

struct pt_extent pt_part_extent(const struct pt_keyed *holdings, const char *name)
{
    struct pt_extent e = {.window = PT_PART_WINDOW_LEAST};
    for (size_t i = 0; i < pt_keyed_count(holdings); i++) {
        const struct pt_holding *h = pt_keyed_at(holdings, i);
        if (h->n == 0 || !pt_str_is(h->key, name))
            continue;
        e.first = h->first;
        e.last = h->last;
        e.window = pt_scale_window_within(e.last - e.first + 1, WINDOWS_LEAST);
        if (e.window < PT_PART_WINDOW_LEAST)
            e.window = PT_PART_WINDOW_LEAST;
    }
    return e;
}

/* The median distance of ascending times, 0 for fewer than three of them. */
static double usual_distance(const int64_t *ts, size_t all)
{
    size_t n = all < 3 ? 0 : all - 1;
    double *distances = pt_mem_array(n + 1, sizeof *distances), usual;
    for (size_t i = 0; i < n; i++)
        distances[i] = (double)(ts[i + 1] - ts[i]);
    usual = n ? pt_quantile_nth(distances, n, n / 2) : 0;
    free(distances);
    return usual;
}

void pt_part_span(struct pt_chart *c, const struct pt_extent *e)
{
    c->from = pt_time_floor(e->first, e->window);
    c->to = e->last;
    c->step = e->window;
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        double usual = usual_distance(k->ts, k->n);
        if (usual > (double)c->step)
            c->step = (int64_t)usual;
    }
}

/* --- questions to the store ------------------------------------------------------------------ */

int pt_part_ask(struct pt_daily *d, const struct pt_ask *ask, struct pt_answer *out,
                struct pt_err *err)
{
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_selector *selector = NULL;
    struct pt_query q = {
        .since = d->since, .until = d->until, .window = ask->window, .by = ask->by};
    int n = pt_agg_parse(ask->aggs, aggs, err), rc;
    *out = (struct pt_answer){0};
    if (n < 0 || pt_selector_parse(ask->selector, &selector, err) < 0)
        return -1;
    while (q.nby < PT_PART_BY_MOST && ask->by[q.nby])
        q.nby++;
    q.selector = selector;
    q.aggs = aggs;
    q.naggs = (size_t)n;
    rc = pt_query_run(d->store, &q, out, err);
    pt_selector_free(selector);
    if (rc < 0)
        pt_answer_release(out);
    return rc;
}

/* The canonical tags of a group were checked when they were stored, so errors cannot be. */
static struct pt_tags group_tags(struct pt_daily *d, const struct pt_group *g)
{
    struct pt_tags tags = {0};
    struct pt_err ignored = {0};
    if (g->tags.n && pt_tags_parse(g->tags, &d->report->arena, &tags, &ignored) < 0)
        tags.n = 0;
    return tags;
}

struct pt_str pt_part_tag(struct pt_daily *d, const struct pt_group *g, const char *key)
{
    struct pt_str v = pt_tags_get(group_tags(d, g), pt_str(key));
    return v.n ? v : pt_str(NONE);
}

struct pt_str pt_part_label(struct pt_daily *d, const struct pt_group *g)
{
    struct pt_tags tags = group_tags(d, g);
    struct pt_buf b = {0};
    struct pt_str label;
    for (size_t i = 0; i < tags.n; i++) {
        if (b.n && tags.v[i].value.n)
            pt_buf_putc(&b, ' ');
        pt_buf_str(&b, tags.v[i].value);
    }
    label = b.n ? pt_report_text(d->report, pt_buf_view(&b)) : pt_str("all");
    pt_buf_release(&b);
    return label;
}

void pt_part_curves(struct pt_daily *d, struct pt_chart *c, const struct pt_answer *a,
                    struct pt_drawn drawn, const struct pt_extent *e)
{
    bool band = drawn.low != drawn.high;
    for (size_t i = 0; i < a->n; i++) {
        const struct pt_group *g = &a->groups[i];
        struct pt_str name = pt_part_label(d, g);
        struct pt_curve *k = pt_chart_curve(d->report, c, name, g->n, band);
        k->rank = -INFINITY;
        for (size_t row = 0; row < g->n; row++) {
            double v = pt_part_value(a, g, row, drawn.value);
            if (band)
                pt_curve_add_band(k, g->start[row], v, pt_part_value(a, g, row, drawn.low),
                                  pt_part_value(a, g, row, drawn.high));
            else
                pt_curve_add(k, g->start[row], v);
            k->rank = fmax(k->rank, v);
        }
    }
    pt_part_span(c, e);
}

/* Rows further apart than this have a gap between them. */
static double gap_of(const struct pt_group *g, int64_t window)
{
    return 2 * fmax(usual_distance(g->start, g->n), (double)window);
}

/* The distance of two readings, in ns: over all rows that follow another without a gap. */
static double reading_distance(const struct pt_answer *a, const struct pt_group *g, int64_t window,
                               double gap)
{
    double time = 0, readings = 0;
    for (size_t row = 1; row < g->n; row++) {
        double since = (double)(g->start[row] - g->start[row - 1]);
        time += since <= gap ? since : 0;
        readings += since <= gap ? pt_part_value(a, g, row, 1) : 0;
    }
    return readings > 0 ? time / readings : (double)window / pt_part_value(a, g, 0, 1);
}

void pt_part_rates(const struct pt_answer *a, struct pt_group *g, int64_t window)
{
    double gap = gap_of(g, window), distance = reading_distance(a, g, window, gap);
    for (size_t row = 0; row < g->n; row++) {
        double since = row ? (double)(g->start[row] - g->start[row - 1]) : 0;
        double covered = since > gap ? since : pt_part_value(a, g, row, 1) * distance;
        double rate = pt_part_value(a, g, row, 0) / (covered / (double)PT_S);
        g->values[row * a->ncolumns] = pt_num_real(rate);
    }
    if (!(pt_part_value(a, g, 0, 0) > 0)) /* the very first reading has nothing to rise from */
        g->values[0] = pt_num_real(NAN);
}

struct pt_curve *pt_part_curve(struct pt_daily *d, struct pt_chart *c, struct pt_str name,
                               const struct pt_column *points)
{
    struct pt_curve *k = pt_chart_curve(d->report, c, name, points->n, false);
    for (size_t i = 0; i < points->n; i++)
        pt_curve_add(k, points->ts[i], points->v[i]);
    k->rank = points->n ? points->v[points->n - 1] : -INFINITY;
    return k;
}

void pt_part_note(struct pt_daily *d, struct pt_table *t, size_t shown, size_t all,
                  const char *which)
{
    struct pt_buf b = {0};
    if (shown >= all)
        return;
    pt_buf_printf(&b, "%zu of %zu: %s", shown, all, which);
    t->note = pt_report_text(d->report, pt_buf_view(&b));
    pt_buf_release(&b);
}

/* --- documents ------------------------------------------------------------------------------- */

void pt_part_members(struct pt_str body, const char *const *keys, size_t n, struct pt_str *out)
{
    struct pt_json_iter it;
    struct pt_str key, value;
    memset(out, 0, n * sizeof *out);
    if (pt_json_open(&it, body) < 0)
        return;
    while (pt_json_next(&it, &key, &value) > 0)
        for (size_t i = 0; i < n; i++)
            if (key.n && key.p[0] == keys[i][0] && pt_str_is(key, keys[i]))
                out[i] = value;
}

double pt_part_number(struct pt_str member)
{
    struct pt_num v;
    const char *end = member.p + member.n;
    return member.n && pt_num_parse(member.p, end, &v) == end ? v.d : NAN;
}

struct pt_str pt_part_text(struct pt_daily *d, struct pt_str member)
{
    struct pt_str raw = member.n && member.p[0] == '"' ? pt_json_raw(member) : member;
    return raw.n ? pt_json_text(raw, &d->scratch) : pt_str(NONE);
}

/* Adds v in the window of ts, or puts it in the place of what is there. */
static void window_put(struct pt_column *points, int64_t window, int64_t ts, double v, bool sum)
{
    int64_t start = pt_time_floor(ts, window);
    if (points->n && points->ts[points->n - 1] == start)
        points->v[points->n - 1] = v + (sum ? points->v[points->n - 1] : 0);
    else
        pt_column_add(points, start, pt_num_real(v));
}

/* In place: a column never has more windows than it had points. */
static void rewindow(struct pt_column *points, int64_t window, bool sum)
{
    size_t n = points->n;
    points->n = 0;
    for (size_t i = 0; i < n; i++)
        window_put(points, window, points->ts[i], points->v[i], sum);
}

void pt_part_count(struct pt_column *points, int64_t ts, double v)
{
    window_put(points, PT_PART_WINDOW_LEAST, ts, v, true);
}

void pt_part_note_last(struct pt_column *points, int64_t ts, double v)
{
    window_put(points, PT_PART_WINDOW_LEAST, ts, v, false);
}

void pt_part_count_by(struct pt_column *points, int64_t window)
{
    rewindow(points, window, true);
}

void pt_part_note_last_by(struct pt_column *points, int64_t window)
{
    rewindow(points, window, false);
}
