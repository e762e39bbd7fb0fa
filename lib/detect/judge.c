/* judge.c - see judge.h.
 *
 * Three tables.  A track holds the recent points of one series, once, however many rules look at
 * it.  A watch is a rule at work: its next tick and its groups.  A group is one set of `by` tags:
 * its alert, and as members the (term, series) pairs that give its values.  A series is matched
 * against the rules once, when it is first seen; after that a point costs one append.
 *
 * At a tick each term is computed anew from the points of its window rather than updated by what
 * came and went: subtraction would leave rounding behind, quantiles need the points anyway, and a
 * window is a few ticks long, so that a point is walked over a few times only.
 *
 * A track drops the points that no coming tick can see, but one: the last before the window, from
 * which an increase is counted.  `head` moves over dropped points, and the column is moved together
 * when half of it is dead, which costs O(1) for each point.
 *
 * Groups are kept in order of their tags, so that transitions at one tick come in the same order
 * whatever the order of arrival.  When nothing is pending or firing and all windows have run empty,
 * ticks cannot change anything and are jumped over: a gap of a year costs nothing. */
#include "detect/judge.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "series/quantile.h"
#include "series/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMPACT_FROM = 64 }; /* dead points before a column is worth moving */

struct track {
    struct pt_column points;
    size_t head;   /* points before it are dead */
    int64_t reach; /* longest window that looks at it */
    bool known, wanted, unsorted;
};

struct member {
    size_t term;
    uint32_t series;
};

struct group {
    struct pt_str tags; /* with the rule's labels, canonical */
    struct pt_tags parsed;
    char id[PT_ALERT_ID];
    struct pt_alert alert;
    double value, threshold; /* when the condition last held */
    struct member *members;
    size_t nmembers, members_cap;
};

struct watch {
    const struct pt_rule *rule;
    int64_t next;        /* tick to be evaluated; PT_TIME_MAX when there is none left */
    struct pt_map index; /* canonical tags to position in groups */
    struct group *groups;
    size_t groups_cap;
    uint32_t *order; /* positions in order of tags */
    size_t order_cap;
};

struct pt_judge {
    const struct pt_feed *feed;
    struct pt_judge_options options;
    struct watch *watches;
    size_t nwatches;
    struct track *tracks; /* by series number */
    size_t ntracks, tracks_cap;
    int64_t reach; /* longest window of all */
    bool started;
    int64_t now;    /* all ticks before it have been evaluated */
    int64_t judged; /* the latest of them */
    int64_t next;   /* the earliest `next` of the watches */
    int64_t newest; /* latest point of any track */
    size_t active;  /* alerts pending or firing */
    uint64_t late, fired;
    struct pt_column spare; /* for moving columns together */
    double *values;         /* scratch for quantiles */
    size_t nvalues, values_cap;
    struct pt_buf summary;
    struct pt_arena arena; /* text and tags of groups */
};

/* a - b for b >= 0, down to the earliest time. */
static int64_t before(int64_t a, int64_t b)
{
    return a < PT_TIME_MIN + b ? PT_TIME_MIN : a - b;
}

/* The first multiple of step at or after t. */
static int64_t tick_from(int64_t t, int64_t step)
{
    int64_t floor = pt_time_floor(t, step);
    if (floor == t)
        return t;
    return floor > PT_TIME_MAX - step ? PT_TIME_MAX : floor + step;
}

struct pt_judge *pt_judge_new(const struct pt_rules *rules, const struct pt_feed *feed,
                              const struct pt_judge_options *options)
{
    struct pt_judge *j = pt_mem_alloc(sizeof *j);
    j->feed = feed;
    j->options = *options;
    j->now = j->judged = j->next = j->newest = PT_TIME_MIN;
    j->watches = pt_mem_array(rules->n, sizeof *j->watches);
    j->nwatches = rules->n;
    for (size_t i = 0; i < rules->n; i++) {
        const struct pt_expr *e = &rules->v[i].expr;
        j->watches[i].rule = &rules->v[i];
        for (size_t k = 0; k < e->nterms; k++)
            if (e->terms[k].window > j->reach)
                j->reach = e->terms[k].window;
    }
    return j;
}

static void free_watch(struct watch *w)
{
    for (size_t i = 0; i < w->index.n; i++)
        free(w->groups[i].members);
    free(w->groups);
    free(w->order);
    pt_map_release(&w->index);
}

void pt_judge_free(struct pt_judge *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->nwatches; i++)
        free_watch(&j->watches[i]);
    for (size_t i = 0; i < j->ntracks; i++)
        pt_column_release(&j->tracks[i].points);
    free(j->watches);
    free(j->tracks);
    pt_column_release(&j->spare);
    free(j->values);
    pt_buf_release(&j->summary);
    pt_arena_release(&j->arena);
    free(j);
}

int64_t pt_judge_reach(const struct pt_judge *j)
{
    return j->reach;
}

size_t pt_judge_groups(const struct pt_judge *j, size_t i)
{
    return j->watches[i].index.n;
}

uint64_t pt_judge_late(const struct pt_judge *j)
{
    return j->late;
}

uint64_t pt_judge_fired(const struct pt_judge *j)
{
    return j->fired;
}

/* --- which series belong to which groups ----------------------------------------------------- */

/* The tags of the group that a series falls into, with the rule's labels, canonical.  As in
 * Prometheus a tag that the series does not have is left out. */
static void group_tags(const struct pt_rule *r, const struct pt_feed_series *s, struct pt_buf *out)
{
    struct pt_tag v[PT_EXPR_BY + PT_RULE_LABELS];
    struct pt_err twice = {0};
    size_t n = 0;
    for (size_t i = 0; i < r->expr.nby; i++) {
        struct pt_str key = pt_str(r->expr.by[i]), value = pt_tags_get(s->parsed, key);
        if (!value.n && pt_str_is(key, "name"))
            value = s->name;
        if (value.n)
            v[n++] = (struct pt_tag){key, value};
    }
    for (size_t i = 0; i < r->nlabels; i++)
        v[n++] = r->labels[i];
    (void)pt_tags_sort(v, n, &twice); /* the parser saw to it that no key comes twice */
    pt_tags_write(out, (struct pt_tags){v, n});
}

/* Puts group number g where its tags belong in the order. */
static void insert_in_order(struct watch *w, uint32_t g)
{
    size_t k = w->index.n - 1;
    w->order = pt_mem_grow(w->order, &w->order_cap, w->index.n, sizeof *w->order);
    for (; k > 0; k--) {
        if (pt_str_cmp(w->groups[w->order[k - 1]].tags, w->groups[g].tags) < 0)
            break;
        w->order[k] = w->order[k - 1];
    }
    w->order[k] = g;
}

static void name_group(struct group *g, const struct pt_rule *r)
{
    struct pt_buf b = {0};
    pt_buf_str(&b, r->name);
    pt_buf_putc(&b, '\0');
    pt_buf_str(&b, g->tags);
    snprintf(g->id, sizeof g->id, "%016llx", (unsigned long long)pt_hash_bytes(b.p, b.n, 0));
    pt_buf_release(&b);
}

static struct group *group_of(struct pt_judge *j, struct watch *w, const struct pt_feed_series *s)
{
    struct pt_buf tags = {0};
    struct pt_err ignored = {0};
    bool added;
    uint32_t at;
    group_tags(w->rule, s, &tags);
    at = pt_map_add(&w->index, pt_buf_view(&tags), &added);
    pt_buf_release(&tags);
    if (added) {
        w->groups = pt_mem_grow(w->groups, &w->groups_cap, w->index.n, sizeof *w->groups);
        w->groups[at] = (struct group){.tags = pt_map_key(&w->index, at)};
        (void)pt_tags_parse(w->groups[at].tags, &j->arena, &w->groups[at].parsed, &ignored);
        name_group(&w->groups[at], w->rule);
        insert_in_order(w, at);
    }
    return &w->groups[at];
}

static void enlist_term(struct pt_judge *j, struct watch *w, size_t term, uint32_t series)
{
    const struct pt_feed_series *s = pt_feed_series(j->feed, series);
    const struct pt_term *t = &w->rule->expr.terms[term];
    struct track *track = &j->tracks[series];
    struct group *g;
    if (!pt_selector_match(t->selector, s->name, s->parsed))
        return;
    g = group_of(j, w, s);
    g->members = pt_mem_grow(g->members, &g->members_cap, g->nmembers + 1, sizeof *g->members);
    g->members[g->nmembers++] = (struct member){term, series};
    track->wanted = true;
    if (t->window > track->reach)
        track->reach = t->window;
}

static void enlist(struct pt_judge *j, uint32_t series)
{
    j->tracks[series].known = true;
    for (size_t i = 0; i < j->nwatches; i++)
        for (size_t k = 0; k < j->watches[i].rule->expr.nterms; k++)
            enlist_term(j, &j->watches[i], k, series);
}

static struct track *track_of(struct pt_judge *j, uint32_t series)
{
    if (series >= j->ntracks) {
        j->tracks = pt_mem_grow(j->tracks, &j->tracks_cap, series + 1, sizeof *j->tracks);
        memset(j->tracks + j->ntracks, 0, (series + 1 - j->ntracks) * sizeof *j->tracks);
        j->ntracks = series + 1;
    }
    if (!j->tracks[series].known)
        enlist(j, series);
    return &j->tracks[series];
}

bool pt_judge_wants(struct pt_judge *j, uint32_t series)
{
    return track_of(j, series)->wanted;
}

/* --- points ---------------------------------------------------------------------------------- */

static void drop_dead(struct pt_judge *j, struct track *t)
{
    int64_t dead = before(j->now, t->reach);
    struct pt_column moved = j->spare;
    while (t->head + 1 < t->points.n && t->points.ts[t->head + 1] <= dead)
        t->head++;
    if (t->head < COMPACT_FROM || t->head * 2 < t->points.n)
        return;
    pt_column_clear(&moved);
    pt_column_append(&moved, &t->points, t->head, t->points.n);
    j->spare = t->points;
    t->points = moved;
    t->head = 0;
}

void pt_judge_point(struct pt_judge *j, const struct pt_feed_point *point)
{
    struct track *t = track_of(j, point->series);
    if (!t->wanted)
        return;
    if (point->ts <= j->judged && point->ts >= j->options.since)
        j->late++;
    if (t->points.n && point->ts <= t->points.ts[t->points.n - 1])
        t->unsorted = true;
    pt_column_add(&t->points, point->ts, point->value);
    if (point->ts > j->newest)
        j->newest = point->ts;
    if (!t->unsorted)
        drop_dead(j, t);
}

static const struct pt_column *sorted_points(struct track *t)
{
    if (t->unsorted) {
        pt_column_sort(&t->points);
        t->head = 0;
        t->unsorted = false;
    }
    return &t->points;
}

/* --- one tick of one rule -------------------------------------------------------------------- */

/* What a term's members amount to in its window. */
struct sight {
    struct pt_summary all;
    bool stepped; /* some series had two points to step between */
};

static void add_values(struct pt_judge *j, const struct pt_column *c, size_t begin, size_t end)
{
    size_t n = end - begin;
    j->values = pt_mem_grow(j->values, &j->values_cap, j->nvalues + n, sizeof *j->values);
    memcpy(j->values + j->nvalues, c->v + begin, n * sizeof *j->values);
    j->nvalues += n;
}

static void look(struct pt_judge *j, const struct pt_term *term, struct track *t, int64_t tick,
                 struct sight *out)
{
    const struct pt_column *c = sorted_points(t);
    size_t begin = pt_column_lower(c, before(tick, term->window - 1));
    size_t end = pt_column_lower(c, tick == PT_TIME_MAX ? tick : tick + 1);
    struct pt_summary s;
    if (begin >= end)
        return;
    if (term->agg.kind == PT_AGG_QUANTILE) {
        add_values(j, c, begin, end);
        return;
    }
    s = pt_summary_of(c, begin, end);
    if (begin > 0)
        s.increase = pt_dd_merge(s.increase, pt_summary_rise(pt_column_value(c, begin - 1),
                                                             pt_column_value(c, begin)));
    out->stepped = out->stepped || begin > 0 || end - begin > 1;
    pt_summary_merge(&out->all, &s);
}

static double aggregate(struct pt_judge *j, const struct pt_term *term, const struct sight *s)
{
    const struct pt_summary *all = &s->all;
    double increase, quantile;
    if (term->agg.kind == PT_AGG_QUANTILE) {
        pt_quantile_select(j->values, j->nvalues, &term->agg.q, 1, &quantile);
        return quantile;
    }
    if (!all->n)
        return NAN;
    increase = s->stepped ? all->increase.hi + all->increase.lo : NAN;
    switch (term->agg.kind) {
    case PT_AGG_COUNT: return (double)all->n;
    case PT_AGG_SUM: return all->sum.hi + all->sum.lo;
    case PT_AGG_AVG: return pt_summary_mean(all);
    case PT_AGG_MIN: return all->min.d;
    case PT_AGG_MAX: return all->max.d;
    case PT_AGG_FIRST: return all->first.d;
    case PT_AGG_LAST: return all->last.d;
    case PT_AGG_RANGE: return all->max.d - all->min.d;
    case PT_AGG_STDDEV: return pt_summary_stddev(all);
    case PT_AGG_VARIANCE: return pt_summary_variance(all);
    case PT_AGG_INCREASE: return increase;
    case PT_AGG_RATE: return increase / ((double)term->window / (double)PT_S);
    default: break; /* quantiles, from the values; others are not for rules (pt_agg_plain) */
    }
    return NAN;
}

static double term_value(struct pt_judge *j, const struct watch *w, const struct group *g,
                         size_t term, int64_t tick)
{
    const struct pt_term *t = &w->rule->expr.terms[term];
    struct sight s = {0};
    j->nvalues = 0;
    for (size_t i = 0; i < g->nmembers; i++)
        if (g->members[i].term == term)
            look(j, t, &j->tracks[g->members[i].series], tick, &s);
    return aggregate(j, t, &s);
}

static int report(struct pt_judge *j, const struct watch *w, const struct group *g, int64_t tick,
                  enum pt_alert_change change, struct pt_err *err)
{
    struct pt_judge_event event = {
        .rule = w->rule,
        .ts = tick,
        .change = change,
        .tags = g->tags,
        .id = g->id,
        .value = g->value,
        .threshold = g->threshold,
        .active_at = g->alert.active_at,
    };
    j->fired += change == PT_ALERT_FIRED;
    if (change == PT_ALERT_SAME || (change == PT_ALERT_DROPPED && !j->options.dropped))
        return 0;
    pt_buf_clear(&j->summary);
    pt_rule_summary(w->rule, g->parsed, g->value, g->threshold, &j->summary);
    event.summary = pt_buf_view(&j->summary);
    return j->options.each(j->options.ctx, &event, err);
}

static int judge_group(struct pt_judge *j, const struct watch *w, struct group *g, int64_t tick,
                       struct pt_err *err)
{
    const struct pt_rule *r = w->rule;
    bool was = g->alert.state != PT_ALERT_INACTIVE, holds;
    double values[PT_EXPR_TERMS], value, threshold;
    enum pt_alert_change change;
    for (size_t i = 0; i < r->expr.nterms; i++)
        values[i] = term_value(j, w, g, i, tick);
    holds = pt_expr_holds(&r->expr, values, &value, &threshold);
    if (holds) {
        g->value = value;
        g->threshold = threshold;
    }
    change = pt_alert_step(&g->alert, tick, holds, r->hold, r->keep);
    j->active += (g->alert.state != PT_ALERT_INACTIVE) - (size_t)was;
    return report(j, w, g, tick, change, err);
}

/* --- time ------------------------------------------------------------------------------------ */

static void find_next(struct pt_judge *j)
{
    j->next = PT_TIME_MAX;
    for (size_t i = 0; i < j->nwatches; i++)
        if (j->watches[i].next < j->next)
            j->next = j->watches[i].next;
}

/* Every rule goes on with its first tick from t on. */
static void move_to(struct pt_judge *j, int64_t t)
{
    for (size_t i = 0; i < j->nwatches; i++) {
        struct watch *w = &j->watches[i];
        int64_t next = tick_from(t, w->rule->every);
        if (next > w->next)
            w->next = next < j->options.until ? next : PT_TIME_MAX;
    }
    find_next(j);
}

static int judge_tick(struct pt_judge *j, int64_t tick, struct pt_err *err)
{
    for (size_t i = 0; i < j->nwatches; i++) {
        struct watch *w = &j->watches[i];
        if (w->next != tick)
            continue;
        for (size_t k = 0; k < w->index.n; k++)
            if (judge_group(j, w, &w->groups[w->order[k]], tick, err) != 0)
                return -1;
    }
    j->judged = tick;
    move_to(j, tick + 1);
    return 0;
}

static bool quiet(const struct pt_judge *j)
{
    return j->active == 0 && j->newest <= before(j->next, j->reach);
}

int pt_judge_advance(struct pt_judge *j, int64_t t, struct pt_err *err)
{
    if (!j->started) {
        j->started = true;
        for (size_t i = 0; i < j->nwatches; i++)
            j->watches[i].next = PT_TIME_MIN;
        move_to(j, t > j->options.since ? t : j->options.since);
    }
    while (j->next < t && !quiet(j))
        if (judge_tick(j, j->next, err) != 0)
            return -1;
    if (j->next < t) {
        move_to(j, t);
        j->judged = t - 1;
    }
    if (t > j->now)
        j->now = t;
    return 0;
}

int pt_judge_end(struct pt_judge *j, int64_t last, struct pt_err *err)
{
    return j->started ? pt_judge_advance(j, last == PT_TIME_MAX ? last : last + 1, err) : 0;
}
