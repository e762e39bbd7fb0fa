/* query.c - see query.h.
 *
 * First the catalogue: every matching series is put into its group, and the groups are put in
 * order.  Then the points, group by group, so that only one group's windows (and values, for
 * quantiles) are in memory at a time.  Where no quantile is asked for, the store may answer with
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
#include "query/tabulate.h"
#include "query/window.h"

#include <stdlib.h>

struct member {
    int64_t series;
    uint32_t group; /* its place in order of arrival, later its rank */
};

struct run {
    struct pt_store *store;
    const struct pt_query *query;
    struct pt_answer *answer;
    struct pt_err *err;
    bool by_name, by_series, by_tags;
    bool steps;             /* the point before the range matters */
    struct pt_map keys;     /* of the groups; position = place in `groups` */
    struct pt_group *groups;
    size_t groups_cap;
    struct member *members; /* in order of name, then tags; later by group */
    size_t n, cap;
    struct pt_reading reading;
    struct pt_grid grid;
    struct pt_windows windows;
    struct pt_windows_need need;
    bool rankable; /* quantiles are all that the values are for, and there is one window */
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
    return r->rankable && r->windows.nvalues > PT_QUERY_VALUES ? TOO_MANY : 0;
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
    int64_t when = 0;
    int found = r->steps ? pt_reading_before(&r->reading, series, &when, &before, r->err) : 0;
    if (found < 0)
        return -1;
    pt_windows_series(&r->windows, found ? &before : NULL, when, r->query->since);
    return pt_reading_each_run(&r->reading, series, take_run, r, r->err);
}

/* How much of summaries the aggregates need. */
static enum pt_store_detail detail_of(const struct pt_query *q)
{
    enum pt_store_detail detail = PT_STORE_EXTENT;
    for (size_t i = 0; i < q->naggs; i++)
        switch (q->aggs[i].kind) {
        case PT_AGG_COUNT:
        case PT_AGG_QUANTILE: break;
        case PT_AGG_FIRST:
        case PT_AGG_DELTA:
        case PT_AGG_DERIVATIVE:
        case PT_AGG_LAST: detail = detail == PT_STORE_SUM ? detail : PT_STORE_ENDS; break;
        case PT_AGG_SUM:
        case PT_AGG_AVG:
        case PT_AGG_MIN:
        case PT_AGG_MAX:
        case PT_AGG_RANGE: detail = PT_STORE_SUM; break;
        default: return PT_STORE_ALL;
        }
    return detail;
}

/* Whether only the first and the last point matter. */
static bool only_ends(const struct pt_query *q)
{
    for (size_t i = 0; i < q->naggs; i++)
        if (q->aggs[i].kind != PT_AGG_FIRST && q->aggs[i].kind != PT_AGG_LAST &&
            q->aggs[i].kind != PT_AGG_DELTA && q->aggs[i].kind != PT_AGG_DERIVATIVE)
            return false;
    return !q->window && !q->gap && !q->where && !q->tap;
}

static void set_reading(struct run *r)
{
    const struct pt_query *q = r->query;
    r->reading.store = r->store;
    r->reading.where = q->where;
    r->reading.range = (struct pt_store_range){.since = q->since,
                                               .until = q->until,
                                               .together =
                                                   q->window || q->gap ? pt_grid_together : NULL,
                                               .together_ctx = &r->grid,
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
    r->reading.range.summaries = !need.values && !need.sketches && !need.held;
    r->reading.range.sketches =
        need.sketches && !need.held && !(r->need.values && r->query->partial);
    pt_windows_begin(&r->windows, &r->grid, need);
    for (size_t i = begin; i < end && rc == 0; i++)
        rc = take_series(r, r->members[i].series);
    pt_windows_end(&r->windows);
    return rc;
}

static int take_ranked(void *ctx, const struct pt_store_run *run)
{
    pt_rank_add(ctx, run->points->v, run->points->n);
    return 0;
}

/* The same group twice over, for its sums and a sketch, and for r->ranked. */
static int rank_group(struct run *r, size_t begin, size_t end)
{
    struct pt_windows_need need = {.sketches = true,
                                   .moments = r->need.moments,
                                   .sum = r->need.sum,
                                   .held = r->need.held};
    struct pt_reading again = {.store = r->store, .where = r->query->where};
    struct pt_rank rank = {.type = r->query->quantile_type};
    double share[PT_AGGS_MOST];
    size_t n = pt_tabulate_shares(r->query, share);
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

/* --- the whole ------------------------------------------------------------------------------- */

bool pt_query_steps(const struct pt_query *q)
{
    for (size_t i = 0; i < q->naggs; i++)
        switch (q->aggs[i].kind) {
        case PT_AGG_INCREASE:
        case PT_AGG_RATE:
        case PT_AGG_DELTA:
        case PT_AGG_DERIVATIVE:
        case PT_AGG_TWA: return true;
        default: break;
        }
    return false;
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
    struct pt_table table = {.query = r->query,
                             .windows = &r->windows,
                             .ranked = r->need.values ? r->ranked : NULL,
                             .rows_left = PT_QUERY_ROWS_MOST,
                             .texts = &a->arena};
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
        a->groups[a->n].partial = r->damaged;
        if (pt_tabulate(&a->groups[a->n++], &table, r->err) != 0)
            return -1;
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
    pt_grid_release(&r->grid);
    pt_reading_release(&r->reading);
    pt_map_release(&r->told);
    pt_arena_release(&r->arena);
    pt_buf_release(&r->key);
    pt_buf_release(&r->tags);
    free(r->groups);
    free(r->members);
}

static int check_slide(const struct pt_query *q, struct pt_err *err)
{
    if (!q->slide || q->window / q->slide <= PT_QUERY_SLIDES_MOST)
        return 0;
    return pt_err_set(err, PT_USAGE,
                      "--slide: one point would count in more than %d windows; ask "
                      "for a longer slide or a shorter window",
                      PT_QUERY_SLIDES_MOST);
}

/* What the store and windows must provide. */
static void prepare(struct run *r)
{
    const struct pt_query *q = r->query;
    pt_grid_begin(&r->grid, &(struct pt_grid_plan){q->window, q->slide, q->gap, q->origin,
                                                   q->calendar});
    r->steps = pt_query_steps(q);
    r->need = pt_tabulate_need(q);
    r->need.sum = detail_of(q) != PT_STORE_ALL;
    r->rankable = !q->window && !q->gap && pt_tabulate_ranks(q);
    r->answer->quantile_error = r->need.sketches ? PT_SKETCH_ERROR : 0;
    set_reading(r);
}

int pt_query_run(struct pt_store *store, const struct pt_query *query, struct pt_answer *out,
                 struct pt_err *err)
{
    struct run r = {.store = store, .query = query, .answer = out, .err = err};
    int64_t clock = pt_time_monotonic();
    int rc;
    *out = (struct pt_answer){.by = query->by,
                              .nby = query->nby,
                              .windows = query->window || query->gap,
                              .window = query->calendar ? 0 : query->window,
                              .sessions = query->gap != 0};
    if (check_slide(query, err) != 0)
        return -1;
    for (size_t i = 0; i < query->nby; i++) {
        r.by_name |= pt_answer_by_name(query->by[i]);
        r.by_series |= pt_answer_by_series(query->by[i]);
        r.by_tags |= !pt_answer_by_name(query->by[i]) && !pt_answer_by_series(query->by[i]);
    }
    rc = pt_store_each_series(store, query->selector, add_member, &r, err);
    if (rc == 0 && r.n)
        sort_groups(&r);
    spend(&out->plan.find_ns, &clock);
    out->plan.series = r.n;
    out->plan.groups = r.keys.n;
    prepare(&r);
    if (rc == 0 && r.n)
        rc = take_groups(&r);
    add_columns(query, out);
    release(&r);
    return rc;
}
