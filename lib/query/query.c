/* query.c - see query.h.
 *
 * First the catalogue: every matching series is put into its group, and the groups are put in
 * order.  Then the points, group by group, so that only one group's windows (and values, for
 * quantiles) are in memory at a time.  Where no quantile is asked for, the source may answer with
 * summaries, and chunks that lie inside one window are never decoded.
 *
 * A group with more values than memory is to hold is read over again, for a sketch and then for the
 * values around the wanted ranks: rank.h. */
#include "query/query.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/time.h"
#include "query/rank.h"
#include "query/reading.h"
#include "query/window.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>

struct member {
    int64_t series;
    uint32_t group; /* its place in order of arrival, later its rank */
};

struct run {
    struct pt_source *source;
    const struct pt_query *query;
    struct pt_answer *answer;
    struct pt_err *err;
    bool by_name, by_series, by_tags, steps; /* steps: increase or rate is asked for */
    struct pt_map keys;             /* of the groups; position = place in `groups` */
    struct pt_group *groups;
    size_t groups_cap;
    struct member *members; /* in order of name, then tags; later by group */
    size_t n, cap;
    struct pt_reading reading;
    struct pt_windows windows;
    struct pt_windows_need need;
    double ranked[PT_AGGS_MOST]; /* the quantiles of the group in hand, if found by rank.h */
    struct pt_map told;          /* damage */
    bool damaged;                /* something was of the group in hand */
    struct pt_arena arena; /* tags of the series in hand */
    struct pt_buf key, tags;
};

/* --- groups ---------------------------------------------------------------------------------- */

/* The tags that the group of a series has, canonical, in r->tags. */
static int group_tags(struct run *r, const struct pt_store_series *s)
{
    struct pt_tags all;
    struct pt_tag *tags;
    size_t n = 0;
    pt_buf_clear(&r->tags);
    if (r->by_series) {
        pt_buf_str(&r->tags, s->tags);
        return 0;
    }
    if (!r->by_tags) {
        pt_buf_puts(&r->tags, "{}");
        return 0;
    }
    pt_arena_reset(&r->arena);
    if (pt_tags_parse(s->tags, &r->arena, &all, r->err) != 0)
        return -1;
    tags = pt_arena_alloc(&r->arena, (r->query->nby + 1) * sizeof *tags);
    for (size_t i = 0; i < r->query->nby; i++) {
        struct pt_str key = pt_str(r->query->by[i]), value = pt_tags_get(all, key);
        if (value.n)
            tags[n++] = (struct pt_tag){key, value};
    }
    if (pt_tags_sort(tags, n, r->err) != 0)
        return -1;
    pt_tags_write(&r->tags, (struct pt_tags){tags, n});
    return 0;
}

static struct pt_str group_key(struct run *r, const struct pt_store_series *s)
{
    pt_buf_clear(&r->key);
    if (r->by_name || r->by_series) {
        pt_buf_add(&r->key, &s->name.n, sizeof s->name.n);
        pt_buf_str(&r->key, s->name);
    }
    pt_buf_str(&r->key, pt_buf_view(&r->tags));
    return pt_buf_view(&r->key);
}

/* What is not the same for all series of a group is not said of the group. */
static void describe(struct run *r, struct pt_group *g, const struct pt_store_series *s, bool added)
{
    struct pt_arena *arena = &r->answer->arena;
    if (added)
        *g = (struct pt_group){.name = pt_arena_str(arena, s->name),
                               .unit = pt_arena_str(arena, s->unit),
                               .tags = pt_arena_str(arena, pt_buf_view(&r->tags))};
    if (!pt_str_eq(g->name, s->name))
        g->name = (struct pt_str){0};
    if (!pt_str_eq(g->unit, s->unit))
        g->unit = (struct pt_str){0};
}

static int add_member(void *ctx, const struct pt_store_series *s)
{
    struct run *r = ctx;
    uint32_t at;
    bool added;
    if (group_tags(r, s) != 0)
        return -1;
    at = pt_map_add(&r->keys, group_key(r, s), &added);
    if (added)
        r->groups = pt_mem_grow(r->groups, &r->groups_cap, (size_t)at + 1, sizeof *r->groups);
    describe(r, &r->groups[at], s, added);
    r->members = pt_mem_grow(r->members, &r->cap, r->n + 1, sizeof *r->members);
    r->members[r->n++] = (struct member){s->id, at};
    return 0;
}

struct ranked {
    struct pt_group group;
    uint32_t place;
};

static int by_name_then_tags(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int c = pt_str_cmp(x->group.name, y->group.name);
    if (c == 0)
        c = pt_str_cmp(x->group.tags, y->group.tags);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

/* Members by group; within a group the order stays (a counting sort). */
static void sort_members(struct run *r, const uint32_t *rank, size_t ngroups)
{
    size_t *to = pt_mem_array(ngroups + 1, sizeof *to);
    struct member *sorted = pt_mem_array(r->n, sizeof *sorted);
    for (size_t i = 0; i < r->n; i++)
        to[(r->members[i].group = rank[r->members[i].group]) + 1]++;
    for (size_t g = 0; g < ngroups; g++)
        to[g + 1] += to[g];
    for (size_t i = 0; i < r->n; i++)
        sorted[to[r->members[i].group]++] = r->members[i];
    free(to);
    free(r->members);
    r->members = sorted;
    r->cap = r->n;
}

static void sort_groups(struct run *r)
{
    size_t n = r->keys.n;
    struct ranked *ranked = pt_mem_array(n, sizeof *ranked);
    uint32_t *rank = pt_mem_array(n, sizeof *rank);
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){r->groups[i], (uint32_t)i};
    qsort(ranked, n, sizeof *ranked, by_name_then_tags);
    for (size_t i = 0; i < n; i++) {
        r->groups[i] = ranked[i].group;
        rank[ranked[i].place] = (uint32_t)i;
    }
    sort_members(r, rank, n);
    free(rank);
    free(ranked);
}

/* --- points ---------------------------------------------------------------------------------- */

enum { TOO_MANY = 1 }; /* values: what ends a walk over runs */

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct run *r = ctx;
    if (run->points)
        pt_windows_points(&r->windows, run->points);
    else if (run->sketch)
        pt_windows_sketch(&r->windows, run->summary, run->sketch);
    else
        pt_windows_summary(&r->windows, run->summary);
    return r->windows.nvalues > PT_QUERY_VALUES && !r->query->window && !r->query->tap ? TOO_MANY
                                                                                         : 0;
}

/* A chunk that is looked at again is told once. */
static void take_damage(void *ctx, const char *what)
{
    struct run *r = ctx;
    bool added;
    r->damaged = true;
    pt_map_add(&r->told, pt_str(what), &added);
    if (added && r->query->damaged)
        r->query->damaged(r->query->damaged_ctx, what);
}

static void ignore_damage(void *ctx, const char *what)
{
    (void)ctx;
    (void)what;
}

static int take_series(struct run *r, int64_t series)
{
    struct pt_num before;
    int found = r->steps ? pt_reading_before(&r->reading, series, &before, r->err) : 0;
    if (found < 0)
        return -1;
    pt_windows_series(&r->windows, found ? &before : NULL);
    return pt_reading_each_run(&r->reading, series, take_run, r, r->err);
}

/* How much of summaries the aggregates need. */
static enum pt_store_detail detail_of(const struct pt_query *q)
{
    enum pt_store_detail detail = PT_STORE_EXTENT;
    for (size_t i = 0; i < q->naggs; i++)
        switch (q->aggs[i].kind) {
        case PT_AGG_COUNT: break;
        case PT_AGG_FIRST:
        case PT_AGG_LAST: detail = detail == PT_STORE_SUM ? detail : PT_STORE_ENDS; break;
        case PT_AGG_SUM:
        case PT_AGG_AVG:
        case PT_AGG_MIN:
        case PT_AGG_MAX: detail = PT_STORE_SUM; break;
        default: return PT_STORE_ALL;
        }
    return detail;
}

/* Whether only the first and the last point matter. */
static bool only_ends(const struct pt_query *q)
{
    for (size_t i = 0; i < q->naggs; i++)
        if (q->aggs[i].kind != PT_AGG_FIRST && q->aggs[i].kind != PT_AGG_LAST)
            return false;
    return !q->window && !q->where && !q->tap;
}

static void set_reading(struct run *r)
{
    const struct pt_query *q = r->query;
    r->reading.source = r->source;
    r->reading.where = q->where;
    r->reading.range = (struct pt_store_range){.since = q->since,
                                               .until = q->until,
                                               .window = q->window,
                                               .detail = detail_of(q),
                                               .ends = only_ends(q),
                                               .damaged = q->partial ? take_damage : NULL,
                                               .damaged_ctx = r,
                                               .effort = &r->answer->plan.effort};
}

/* Fills the windows with what members begin..end have.  A sketch that stands for a chunk which is
 * opened afterwards may turn out to be all that is left of it: so not where damage is passed
 * over. */
static int fill_windows(struct run *r, size_t begin, size_t end, struct pt_windows_need need)
{
    int rc = 0;
    r->reading.range.summaries = !need.values && !need.sketches;
    r->reading.range.sketches = need.sketches && !(r->need.values && r->query->partial);
    pt_windows_begin(&r->windows, r->query->window, need);
    for (size_t i = begin; i < end && rc == 0; i++)
        rc = take_series(r, r->members[i].series);
    pt_windows_end(&r->windows);
    return rc;
}

/* The shares of the quantiles asked for; how many. */
static size_t shares_of(const struct pt_query *q, double *share)
{
    size_t n = 0;
    for (size_t i = 0; i < q->naggs; i++)
        if (q->aggs[i].kind == PT_AGG_QUANTILE)
            share[n++] = q->aggs[i].q;
    return n;
}

static int take_ranked(void *ctx, const struct pt_store_run *run)
{
    pt_rank_add(ctx, run->points->v, run->points->n);
    return 0;
}

/* The same group twice over, for its sums and a sketch, and for r->ranked. */
static int rank_group(struct run *r, size_t begin, size_t end)
{
    struct pt_windows_need need = {.sketches = true, .moments = r->need.moments};
    struct pt_reading again = {.source = r->source, .where = r->query->where};
    struct pt_rank rank = {0};
    double share[PT_AGGS_MOST];
    size_t n = shares_of(r->query, share);
    int rc = fill_windows(r, begin, end, need);
    again.range = r->reading.range;
    again.range.sketches = false;
    again.range.damaged = r->query->partial ? ignore_damage : NULL;
    if (rc == 0)
        pt_rank_begin(&rank, r->windows.cells[0].sketch, share, n);
    for (size_t i = begin; i < end && rc == 0; i++)
        rc = pt_reading_each_run(&again, r->members[i].series, take_ranked, &rank, r->err);
    if (rc == 0)
        rc = pt_rank_end(&rank, share, n, r->ranked, r->err);
    pt_rank_release(&rank);
    pt_reading_release(&again);
    return rc;
}

static int take_group(struct run *r, size_t begin, size_t end)
{
    int rc;
    r->damaged = false;
    rc = fill_windows(r, begin, end, r->need);
    return rc == TOO_MANY ? rank_group(r, begin, end) : rc;
}

/* --- values ---------------------------------------------------------------------------------- */

static double length_of(int64_t from, int64_t to)
{
    return (double)((uint64_t)to - (uint64_t)from) / (double)PT_S;
}

static double rate(const struct pt_query *q, const struct pt_summary *s)
{
    double seconds = q->window ? (double)q->window / (double)PT_S
                     : q->since > PT_TIME_MIN && q->until < PT_TIME_MAX
                         ? length_of(q->since, q->until)
                         : length_of(s->t0, s->t1);
    return seconds > 0 ? s->increase.hi / seconds : NAN;
}

static struct pt_num value_of(const struct pt_query *q, const struct pt_agg *agg,
                              const struct pt_summary *s)
{
    switch (agg->kind) {
    case PT_AGG_COUNT: return pt_num_int((int64_t)s->n);
    case PT_AGG_SUM: return pt_num_real(s->sum.hi);
    case PT_AGG_AVG: return pt_num_real(pt_summary_mean(s));
    case PT_AGG_MIN: return s->min;
    case PT_AGG_MAX: return s->max;
    case PT_AGG_FIRST: return s->first;
    case PT_AGG_LAST: return s->last;
    case PT_AGG_STDDEV: return pt_num_real(pt_summary_stddev(s));
    case PT_AGG_INCREASE: return pt_num_real(s->increase.hi);
    case PT_AGG_RATE: return pt_num_real(rate(q, s));
    case PT_AGG_QUANTILE: break; /* from the values */
    }
    return pt_num_real(NAN);
}

/* From the values, from a sketch when that was asked for, or as they were found already. */
static void find_quantiles(struct run *r, const struct pt_cell *cell, const double *share, size_t n,
                           double *out)
{
    if (r->need.values && cell->sketch)
        memcpy(out, r->ranked, n * sizeof *out);
    else if (!cell->sketch)
        pt_quantile_select(r->windows.values + cell->at, cell->sum.n, share, n, out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = fmin(fmax(pt_sketch_quantile(cell->sketch, share[i]), cell->sum.min.d),
                          cell->sum.max.d);
}

static void add_quantiles(struct run *r, const struct pt_cell *cell, struct pt_num *row)
{
    const struct pt_query *q = r->query;
    double share[PT_AGGS_MOST], out[PT_AGGS_MOST];
    size_t n = shares_of(q, share);
    if (!n)
        return;
    find_quantiles(r, cell, share, n, out);
    for (size_t i = q->naggs; i-- > 0;)
        if (q->aggs[i].kind == PT_AGG_QUANTILE)
            row[i] = pt_num_real(out[--n]);
}

static void add_rows(struct run *r, struct pt_group *g)
{
    const struct pt_query *q = r->query;
    g->partial = r->damaged;
    g->n = g->cap = r->windows.n;
    g->start = pt_mem_array(g->n, sizeof *g->start);
    g->stop = pt_mem_array(g->n, sizeof *g->stop);
    g->values = pt_mem_array(g->n * q->naggs, sizeof *g->values);
    for (size_t i = 0; i < g->n; i++) {
        const struct pt_cell *cell = &r->windows.cells[i];
        struct pt_num *row = g->values + i * q->naggs;
        g->start[i] = q->window ? cell->start : cell->sum.t0;
        g->stop[i] =
            q->window ? pt_time_after(cell->start, q->window) : pt_time_after(cell->sum.t1, 1);
        for (size_t k = 0; k < q->naggs; k++)
            row[k] = value_of(q, &q->aggs[k], &cell->sum);
        add_quantiles(r, cell, row);
        if (q->tap)
            q->tap->values(q->tap->ctx, g, i, r->windows.values + cell->at, cell->sum.n);
    }
}

/* --- the whole ------------------------------------------------------------------------------- */

/* What the sources and the windows must provide for the aggregates asked for. */
static struct pt_windows_need need_of(struct run *r)
{
    struct pt_windows_need need = {.values = r->query->tap != NULL};
    for (size_t i = 0; i < r->query->naggs; i++) {
        enum pt_agg_kind kind = r->query->aggs[i].kind;
        if (kind == PT_AGG_QUANTILE)
            need.values = true;
        else if (kind != PT_AGG_COUNT)
            need.moments = true;
        if (kind == PT_AGG_INCREASE || kind == PT_AGG_RATE)
            r->steps = true;
    }
    if (need.values && r->query->sketch && !r->query->tap) /* cut at the least and the greatest */
        return (struct pt_windows_need){.sketches = true, .moments = true};
    return need;
}

/* Adds the time since *clock, which becomes now. */
static void spend(int64_t *on, int64_t *clock)
{
    int64_t now = pt_time_monotonic();
    *on += now - *clock;
    *clock = now;
}

/* Groups come out one after another; those without points are left out of the answer. */
static int take_groups(struct run *r)
{
    struct pt_answer *a = r->answer;
    int64_t clock = pt_time_monotonic();
    size_t at = 0;
    a->groups = pt_mem_array(r->keys.n, sizeof *a->groups);
    for (uint32_t g = 0; g < r->keys.n; g++) {
        size_t begin = at;
        int rc;
        while (at < r->n && r->members[at].group == g)
            at++;
        rc = take_group(r, begin, at);
        spend(&a->plan.read_ns, &clock);
        if (rc != 0)
            return -1;
        if (!r->windows.n)
            continue;
        a->groups[a->n] = r->groups[g];
        add_rows(r, &a->groups[a->n++]);
        spend(&a->plan.compute_ns, &clock);
    }
    return 0;
}

/* The unit of the groups' points; empty when they differ. */
static struct pt_str common_unit(const struct pt_answer *a)
{
    for (size_t i = 1; i < a->n; i++)
        if (!pt_str_eq(a->groups[i].unit, a->groups[0].unit))
            return (struct pt_str){0};
    return a->n ? a->groups[0].unit : (struct pt_str){0};
}

static void add_columns(const struct pt_query *q, struct pt_answer *a)
{
    struct pt_str unit = common_unit(a);
    struct pt_buf text = {0};
    a->ncolumns = q->naggs;
    a->columns = pt_arena_alloc(&a->arena, q->naggs * sizeof *a->columns);
    for (size_t i = 0; i < q->naggs; i++) {
        pt_buf_clear(&text);
        pt_agg_unit(&q->aggs[i], unit, &text);
        a->columns[i] =
            (struct pt_answer_column){.name = pt_arena_str(&a->arena, pt_str(q->aggs[i].name)),
                                      .unit = pt_arena_str(&a->arena, pt_buf_view(&text))};
    }
    pt_buf_release(&text);
}

static void release(struct run *r)
{
    pt_map_release(&r->keys);
    pt_windows_release(&r->windows);
    pt_reading_release(&r->reading);
    pt_map_release(&r->told);
    pt_arena_release(&r->arena);
    pt_buf_release(&r->key);
    pt_buf_release(&r->tags);
    free(r->groups);
    free(r->members);
}

int pt_query_run(struct pt_source *source, const struct pt_query *query, struct pt_answer *out,
                 struct pt_err *err)
{
    struct run r = {.source = source, .query = query, .answer = out, .err = err};
    int64_t clock = pt_time_monotonic();
    int rc;
    *out = (struct pt_answer){
        .by = query->by, .nby = query->nby, .windows = query->window != 0, .window = query->window};
    for (size_t i = 0; i < query->nby; i++) {
        r.by_name |= pt_answer_by_name(query->by[i]);
        r.by_series |= pt_answer_by_series(query->by[i]);
        r.by_tags |= !pt_answer_by_name(query->by[i]) && !pt_answer_by_series(query->by[i]);
    }
    rc = pt_source_each_series(source, query->selector, add_member, &r, err);
    if (rc == 0 && r.n)
        sort_groups(&r);
    spend(&out->plan.find_ns, &clock);
    out->plan.series = r.n;
    out->plan.groups = r.keys.n;
    r.need = need_of(&r);
    out->quantile_error = r.need.sketches ? PT_SKETCH_ERROR : 0;
    set_reading(&r);
    if (rc == 0 && r.n)
        rc = take_groups(&r);
    add_columns(query, out);
    release(&r);
    return rc;
}
