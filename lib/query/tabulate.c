/* tabulate.c - see tabulate.h.
 *
 * Quantiles are selected from the values of a row's one pane, which costs O(n) and no memory.
 * Where windows overlap, that would go over each point once for every window that holds it, so
 * there the values go through a bag instead (bag.h), which they enter and leave once.  Distinct
 * values and histograms are asked of a bag in any case. */
#include "query/tabulate.h"

#include "base/mem.h"
#include "base/time.h"
#include "query/histogram.h"
#include "query/rows.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>

/* What one group takes. */
struct work {
    struct pt_table *table;
    const struct pt_query *query;
    struct pt_windows *windows;
    struct pt_group *group;
    bool bagged;
    struct pt_bag bag; /* holds the values of panes from .. to - 1 */
    size_t from, to;
    double *values; /* of a row of several panes */
    size_t values_cap, columns_cap, texts_cap, stop_cap;
};

/* --- what is asked for ----------------------------------------------------------------------- */

static bool asked_for(const struct pt_query *q, enum pt_agg_kind kind)
{
    for (size_t i = 0; i < q->naggs; i++)
        if (q->aggs[i].kind == kind)
            return true;
    return false;
}

static bool counts_values(const struct pt_query *q)
{
    return asked_for(q, PT_AGG_DISTINCT) || asked_for(q, PT_AGG_HISTOGRAM);
}

/* What a tap is shown. */
static enum pt_steps steps_for_tap(const struct pt_query *q)
{
    if (!q->tap)
        return PT_STEPS_NONE;
    switch (q->aggs[0].kind) {
    case PT_AGG_INCREASE:
    case PT_AGG_RATE: return PT_STEPS_RISE;
    case PT_AGG_DELTA:
    case PT_AGG_DERIVATIVE: return PT_STEPS_CHANGE;
    default: return PT_STEPS_NONE;
    }
}

struct pt_windows_need pt_tabulate_need(const struct pt_query *q)
{
    struct pt_windows_need need = {.steps = steps_for_tap(q),
                                   .values = q->tap != NULL || counts_values(q),
                                   .held = asked_for(q, PT_AGG_TWA)};
    for (size_t i = 0; i < q->naggs; i++) {
        enum pt_agg_kind kind = q->aggs[i].kind;
        if (kind == PT_AGG_QUANTILE)
            need.values = true;
        else if (kind != PT_AGG_COUNT && kind != PT_AGG_FIRST && kind != PT_AGG_LAST &&
                 kind != PT_AGG_DISTINCT && kind != PT_AGG_HISTOGRAM)
            need.moments = true;
    }
    if (q->sketch && pt_tabulate_ranks(q)) { /* cut at the least and the greatest */
        need.sketches = need.moments = true;
        need.values = false;
    }
    return need;
}

bool pt_tabulate_ranks(const struct pt_query *q)
{
    return asked_for(q, PT_AGG_QUANTILE) && !counts_values(q) && !q->tap;
}

size_t pt_tabulate_shares(const struct pt_query *q, double share[PT_AGGS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < q->naggs; i++)
        if (q->aggs[i].kind == PT_AGG_QUANTILE)
            share[n++] = q->aggs[i].q;
    return n;
}

/* --- from summaries -------------------------------------------------------------------------- */

static double length_of(int64_t from, int64_t to)
{
    return (double)((uint64_t)to - (uint64_t)from) / (double)PT_S;
}

/* The time that a rate is over. */
static double seconds(const struct pt_query *q, const struct pt_row *row)
{
    if (q->calendar)
        return length_of(row->start, row->stop);
    if (q->window)
        return (double)q->window / (double)PT_S;
    if (!q->gap && q->since > PT_TIME_MIN && q->until < PT_TIME_MAX)
        return length_of(q->since, q->until);
    return length_of(row->all.sum.t0, row->all.sum.t1);
}

static struct pt_num each_second(double amount, double time)
{
    return pt_num_real(time > 0 ? amount / time : NAN);
}

/* As exact as the values are. */
static struct pt_num number(struct pt_dd a, const struct pt_row *row)
{
    return row->all.wide ? pt_dd_num(a) : pt_num_real(a.hi);
}

static struct pt_num value_of(const struct pt_query *q, const struct pt_agg *agg,
                              const struct pt_row *row)
{
    const struct pt_summary *s = &row->all.sum;
    switch (agg->kind) {
    case PT_AGG_COUNT: return pt_num_int((int64_t)s->n);
    case PT_AGG_SUM: return number(s->sum, row);
    case PT_AGG_AVG: return number(pt_summary_average(s), row);
    case PT_AGG_MIN: return s->min;
    case PT_AGG_MAX: return s->max;
    case PT_AGG_RANGE: return number(pt_summary_change(s->min, s->max), row);
    case PT_AGG_FIRST: return s->first;
    case PT_AGG_LAST: return s->last;
    case PT_AGG_STDDEV: return pt_num_real(pt_summary_stddev(s));
    case PT_AGG_VARIANCE: return pt_num_real(pt_summary_variance(s));
    case PT_AGG_INCREASE: return number(s->increase, row);
    case PT_AGG_RATE: return each_second(s->increase.hi, seconds(q, row));
    case PT_AGG_DELTA: return number(row->all.delta, row);
    case PT_AGG_DERIVATIVE: return each_second(row->all.delta.hi, seconds(q, row));
    case PT_AGG_QUANTILE:
    case PT_AGG_DISTINCT:
    case PT_AGG_HISTOGRAM:
    case PT_AGG_TWA: break; /* from more than the summary */
    }
    return pt_num_real(NAN);
}

/* --- from values ----------------------------------------------------------------------------- */

/* Fills the bag with the values of the row. */
static void move_bag(struct work *t, const struct pt_row *row)
{
    const struct pt_cell *cells = t->windows->cells;
    for (; t->from < row->from; t->from++)
        if (t->from < t->to)
            pt_bag_take(&t->bag, cells[t->from].at, cells[t->from].sum.n);
    if (t->to < t->from)
        t->to = t->from;
    for (; t->to < row->to; t->to++)
        pt_bag_add(&t->bag, cells[t->to].at, cells[t->to].sum.n);
}

/* The values of the row side by side. */
static double *values_of(struct work *t, const struct pt_row *row)
{
    const struct pt_cell *cells = t->windows->cells;
    size_t n = 0;
    if (row->to - row->from == 1)
        return t->windows->values + cells[row->from].at;
    t->values = pt_mem_grow(t->values, &t->values_cap, row->all.sum.n, sizeof *t->values);
    for (size_t i = row->from; i < row->to; i++) {
        memcpy(t->values + n, t->windows->values + cells[i].at, cells[i].sum.n * sizeof *t->values);
        n += cells[i].sum.n;
    }
    return t->values;
}

/* The steps of the row side by side; *n becomes how many there are. */
static double *steps_of(struct work *t, const struct pt_row *row, size_t *n)
{
    const struct pt_cell *cells = t->windows->cells;
    t->values = pt_mem_grow(t->values, &t->values_cap, row->all.sum.n, sizeof *t->values);
    *n = 0;
    for (size_t i = row->from; i < row->to; i++)
        for (size_t k = 0; k < cells[i].sum.n; k++) {
            double step = t->windows->steps[cells[i].at + k];
            t->values[*n] = step;
            *n += !isnan(step);
        }
    return t->values;
}

static void show_samples(struct work *t, const struct pt_row *row)
{
    const struct pt_query_tap *tap = t->query->tap;
    size_t n = row->all.sum.n;
    double *v = t->windows->need.steps ? steps_of(t, row, &n) : values_of(t, row);
    tap->samples(tap->ctx, t->group, t->group->n, v, n);
}

static double bag_quantile(const struct pt_bag *bag, int type, double q)
{
    double fraction, low;
    size_t k = pt_quantile_rank_as(type, q, bag->n, &fraction);
    low = pt_bag_nth(bag, k);
    return fraction > 0 ? pt_quantile_between(low, pt_bag_nth(bag, k + 1), fraction) : low;
}

static void estimate(struct work *t, const struct pt_row *row, const double *share, size_t n,
                     double *out)
{
    const struct pt_cell *cells = t->windows->cells;
    const struct pt_sketch *sketch = cells[row->from].sketch;
    struct pt_sketch several = {0};
    if (row->to - row->from > 1) {
        for (size_t i = row->from; i < row->to; i++)
            pt_sketch_join(&several, cells[i].sketch);
        sketch = &several;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = fmin(fmax(pt_sketch_quantile(sketch, share[i]), row->all.sum.min.d),
                      row->all.sum.max.d);
    pt_sketch_release(&several);
}

static void find_quantiles(struct work *t, const struct pt_row *row, const double *share, size_t n,
                           double *out)
{
    int type = t->query->quantile_type ? t->query->quantile_type : PT_QUANTILE_TYPE;
    if (t->windows->need.sketches && t->table->ranked)
        memcpy(out, t->table->ranked, n * sizeof *out);
    else if (t->windows->need.sketches)
        estimate(t, row, share, n, out);
    else if (!t->bagged)
        pt_quantile_select_as(type, values_of(t, row), row->all.sum.n, share, n, out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = bag_quantile(&t->bag, type, share[i]);
}

static void add_quantiles(struct work *t, const struct pt_row *row, struct pt_num *out)
{
    const struct pt_query *q = t->query;
    double share[PT_AGGS_MOST], found[PT_AGGS_MOST];
    size_t n = pt_tabulate_shares(q, share);
    if (!n)
        return;
    find_quantiles(t, row, share, n, found);
    for (size_t i = q->naggs; i-- > 0;)
        if (q->aggs[i].kind == PT_AGG_QUANTILE)
            out[i] = pt_num_real(found[--n]);
}

static struct pt_str histogram(struct work *t)
{
    struct pt_buf text = {0};
    struct pt_str kept;
    pt_histogram_write(&t->bag, t->query->bounds, t->query->nbounds, &text);
    kept = pt_arena_str(t->table->texts, pt_buf_view(&text));
    pt_buf_release(&text);
    return kept;
}

static void add_values(struct work *t, const struct pt_row *row, size_t at)
{
    const struct pt_query *q = t->query;
    struct pt_group *g = t->group;
    if (t->bagged)
        move_bag(t, row);
    add_quantiles(t, row, g->values + at);
    for (size_t i = 0; i < q->naggs; i++) {
        if (q->aggs[i].kind == PT_AGG_DISTINCT)
            g->values[at + i] = pt_num_int((int64_t)t->bag.distinct);
        if (q->aggs[i].kind == PT_AGG_HISTOGRAM)
            g->texts[at + i] = histogram(t);
    }
}

/* --- from the time that values hold ---------------------------------------------------------- */

static void add_held(const struct pt_query *q, const struct pt_held *held, struct pt_group *g)
{
    int64_t *from = pt_mem_array(g->n, sizeof *from), *to = pt_mem_array(g->n, sizeof *to);
    double *averages = pt_mem_array(g->n, sizeof *averages);
    for (size_t i = 0; i < g->n; i++) {
        from[i] = q->window || q->gap ? g->start[i] : PT_TIME_MIN;
        to[i] = q->window ? g->stop[i] : q->gap ? g->stop[i] - 1 : PT_TIME_MAX;
    }
    pt_held_average(held, from, to, g->n, averages);
    for (size_t i = 0; i < g->n * q->naggs; i++)
        if (q->aggs[i % q->naggs].kind == PT_AGG_TWA)
            g->values[i] = pt_num_real(averages[i / q->naggs]);
    free(from);
    free(to);
    free(averages);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void make_room(struct work *t)
{
    struct pt_group *g = t->group;
    size_t columns = t->query->naggs, n = g->n + 1;
    g->start = pt_mem_grow(g->start, &g->cap, n, sizeof *g->start);
    g->stop = pt_mem_grow(g->stop, &t->stop_cap, n, sizeof *g->stop);
    g->values = pt_mem_grow(g->values, &t->columns_cap, n * columns, sizeof *g->values);
    if (!asked_for(t->query, PT_AGG_HISTOGRAM))
        return;
    g->texts = pt_mem_grow(g->texts, &t->texts_cap, n * columns, sizeof *g->texts);
    memset(g->texts + g->n * columns, 0, columns * sizeof *g->texts);
}

static void add_row(struct work *t, const struct pt_row *row)
{
    const struct pt_query *q = t->query;
    struct pt_group *g = t->group;
    size_t at = g->n * q->naggs;
    make_room(t);
    g->start[g->n] = row->start;
    g->stop[g->n] = row->stop;
    for (size_t i = 0; i < q->naggs; i++)
        g->values[at + i] = value_of(q, &q->aggs[i], row);
    add_values(t, row, at);
    if (q->tap)
        show_samples(t, row);
    g->n++;
}

int pt_tabulate(struct pt_group *g, struct pt_table *table, struct pt_err *err)
{
    struct pt_windows *windows = table->windows;
    struct work t = {.table = table, .query = table->query, .windows = windows, .group = g};
    bool overlap = pt_grid_overlaps(windows->grid);
    struct pt_rows rows;
    struct pt_row row;
    int rc = 0;
    t.bagged = windows->need.values && (overlap || counts_values(t.query));
    if (t.bagged)
        pt_bag_begin(&t.bag, windows->values, windows->nvalues);
    pt_rows_begin(&rows, windows);
    while (rc == 0 && pt_rows_next(&rows, &row)) {
        if (overlap && !table->rows_left--)
            rc = pt_err_set(err, PT_USAGE,
                            "--slide: more than %d windows; ask for a longer slide, fewer groups "
                            "or a shorter range",
                            PT_QUERY_ROWS_MOST);
        else
            add_row(&t, &row);
    }
    if (rc == 0 && windows->need.held)
        add_held(t.query, &windows->held, g);
    pt_rows_release(&rows);
    pt_bag_release(&t.bag);
    free(t.values);
    return rc;
}
