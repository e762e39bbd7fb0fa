/* score.c - see score.h.
 *
 * The counts of all days are read first, since they are few; then each day looks at the series of
 * its source, which are read once for all days of the source. */
#include "quality/score.h"

#include "base/mem.h"
#include "quality/rules.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct fed {
    struct pt_store_series series; /* texts in the arena */
    struct pt_tags tags;
    int64_t first, last;
};

struct judge {
    struct pt_store *store;
    const struct pt_score_options *options;
    struct pt_quality_row *days; /* texts in the arena */
    size_t ndays, days_cap;
    struct fed *fed; /* the series of the source in hand */
    size_t nfed, fed_cap;
    struct pt_arena arena;
    struct pt_buf broken;
    struct pt_err *err;
};

/* --- what there is --------------------------------------------------------------------------- */

static int keep_day(void *ctx, const struct pt_quality_row *row)
{
    struct judge *j = ctx;
    struct pt_quality_row *d;
    struct pt_str name = pt_arena_str(&j->arena, row->name);
    if (pt_str_is(row->kind, "replay") ||
        (j->options->source && fnmatch(j->options->source, name.p, 0) != 0))
        return 0;
    j->days = pt_mem_grow(j->days, &j->days_cap, j->ndays + 1, sizeof *j->days);
    d = &j->days[j->ndays++];
    *d = *row;
    d->name = name;
    d->kind = pt_arena_str(&j->arena, row->kind);
    return 0;
}

static int keep_series(void *ctx, const struct pt_store_series *series, int64_t first, int64_t last)
{
    struct judge *j = ctx;
    struct fed *f;
    j->fed = pt_mem_grow(j->fed, &j->fed_cap, j->nfed + 1, sizeof *j->fed);
    f = &j->fed[j->nfed++];
    *f = (struct fed){
        .series = pt_store_series_keep(series, &j->arena), .first = first, .last = last};
    return pt_tags_parse(f->series.tags, &j->arena, &f->tags, j->err);
}

static bool same_source(const struct pt_quality_row *a, const struct pt_quality_row *b)
{
    return pt_str_eq(a->name, b->name) && pt_str_eq(a->kind, b->kind);
}

/* --- rules of periods ------------------------------------------------------------------------ */

__attribute__((format(printf, 3, 4))) static void
broke(struct judge *j, const struct pt_schema_use *use, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    pt_buf_printf(&j->broken, "%s%s (%s:%llu)", j->broken.n ? "; " : "", text,
                  j->options->schema->file.p, (unsigned long long)use->rule->line);
}

/* Whole slots of a day, half-open. */
struct slots {
    int64_t begin, end, every;
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct slots slots_of(const struct judge *j, const struct pt_check_complete *c, int64_t day,
                             int64_t first)
{
    const struct pt_score_options *o = j->options;
    struct slots s = {.every = c->every};
    int64_t until = day > PT_TIME_MAX - c->to ? PT_TIME_MAX : day + c->to;
    int64_t since = day > PT_TIME_MAX - c->from ? PT_TIME_MAX : day + c->from;
    int64_t begin = later(later(since, o->since), pt_time_floor(first, c->every));
    int64_t end = earlier(earlier(until, o->until), o->now);
    s.end = pt_time_floor(end, c->every);
    s.begin = pt_time_floor(begin, c->every);
    if (s.begin < begin)
        s.begin += c->every;
    if (s.end < s.begin)
        s.end = s.begin;
    return s;
}

struct count {
    const struct slots *slots;
    int64_t last; /* the slot that was counted last */
    uint64_t n;
};

static int count_slots(void *ctx, const struct pt_store_run *run)
{
    struct count *c = ctx;
    for (size_t i = 0; i < run->points->n; i++) {
        int64_t slot = (run->points->ts[i] - c->slots->begin) / c->slots->every;
        c->n += slot != c->last;
        c->last = slot;
    }
    return 0;
}

static int judge_complete(struct judge *j, struct pt_score *s, const struct pt_schema_use *use,
                          const struct fed *f, uint64_t *expected, uint64_t *present)
{
    struct slots slots = slots_of(j, &use->rule->complete, s->counts.day, f->first);
    struct pt_store_range range = {.since = slots.begin, .until = slots.end};
    struct count count = {.slots = &slots, .last = -1};
    if (slots.begin == slots.end)
        return 0;
    if (pt_store_each_run(j->store, f->series.id, &range, count_slots, &count, j->err) != 0)
        return -1;
    *expected += (uint64_t)((slots.end - slots.begin) / slots.every);
    *present += count.n;
    return 0;
}

static bool stale(const struct judge *j, const struct fed *f, int64_t limit)
{
    int64_t age;
    return !__builtin_sub_overflow(j->options->now, f->last, &age) && age > limit;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* One rule over all series of the source that its block is for. */
static int judge_series(struct judge *j, struct pt_score *s, const struct pt_schema_use *use)
{
    const struct pt_schema_rule *rule = use->rule;
    uint64_t watched = 0, old = 0, expected = 0, present = 0;
    char limit[PT_DURATION_TEXT];
    bool few;
    for (size_t i = 0; i < j->nfed; i++) {
        const struct fed *f = &j->fed[i];
        if (!pt_selector_match(use->block->selector, f->series.name, f->tags))
            continue;
        if (rule->kind == PT_CHECK_FRESH && s->age != PT_TIME_MIN) {
            watched++;
            old += stale(j, f, rule->duration);
        }
        if (rule->kind == PT_CHECK_COMPLETE &&
            judge_complete(j, s, use, f, &expected, &present) != 0)
            return -1;
    }
    few = expected && share(present, expected) < rule->complete.share;
    pt_duration_format(limit, rule->kind == PT_CHECK_FRESH ? rule->duration : 0);
    if (old)
        broke(j, use, "fresh %s: %llu of %llu series are older", limit, (unsigned long long)old,
              (unsigned long long)watched);
    if (few)
        broke(j, use, "complete %.6g%%: %.6g%%, %llu of %llu slots", 100 * rule->complete.share,
              100 * share(present, expected), (unsigned long long)present,
              (unsigned long long)expected);
    s->failed |= !use->block->warn && (old || few);
    s->watched += watched;
    s->stale += old;
    s->expected += expected;
    s->present += present;
    return 0;
}

static void judge_counts(struct judge *j, struct pt_score *s, const struct pt_schema_use *use)
{
    const struct pt_quality_row *c = &s->counts;
    uint64_t lost = s->rejected > c->replayed ? s->rejected - c->replayed : 0;
    double found = use->rule->kind == PT_CHECK_LATE         ? share(c->late, c->records)
                   : use->rule->kind == PT_CHECK_DUPLICATES ? share(c->duplicates, c->records)
                                                           : share(lost, c->records + s->rejected);
    const char *what = use->rule->kind == PT_CHECK_LATE         ? "late"
                       : use->rule->kind == PT_CHECK_DUPLICATES ? "duplicates"
                                                               : "rejects";
    if (found <= use->rule->share)
        return;
    broke(j, use, "%s %.6g%%: %.6g%%", what, 100 * use->rule->share, 100 * found);
    s->failed |= !use->block->warn;
}

static int judge_rules(struct judge *j, struct pt_score *s)
{
    const struct pt_schema *schema = j->options->schema;
    for (size_t i = 0; schema && i < schema->n; i++) {
        const struct pt_schema_block *b = &schema->v[i];
        bool named =
            b->subject == PT_BLOCK_SOURCE && fnmatch(b->pattern.p, s->counts.name.p, 0) == 0;
        for (size_t k = 0; k < b->n; k++) {
            struct pt_schema_use use = {b, &b->rules[k]};
            if (named && use.rule->kind != PT_CHECK_SEVERITY)
                judge_counts(j, s, &use);
            if ((use.rule->kind == PT_CHECK_FRESH || use.rule->kind == PT_CHECK_COMPLETE) &&
                judge_series(j, s, &use) != 0)
                return -1;
        }
    }
    return 0;
}

/* --- the score ------------------------------------------------------------------------------- */

static double but(double part)
{
    return part < 1 ? 1 - part : 0;
}

static void add_up(struct pt_score *s)
{
    const struct pt_quality_row *c = &s->counts;
    uint64_t lost = s->rejected > c->replayed ? s->rejected - c->replayed : 0;
    s->validity = but(share(lost + c->warned, c->records + s->rejected));
    s->uniqueness = but(share(c->duplicates, c->records));
    s->timeliness = but(share(c->late, c->records)) * but(share(s->stale, s->watched));
    s->completeness = s->expected ? share(s->present, s->expected) : 1;
    s->score = 100 * (s->validity * s->uniqueness * s->timeliness * s->completeness);
}

static int score_day(struct judge *j, size_t i, struct pt_score *s)
{
    bool last = i + 1 == j->ndays || !same_source(&j->days[i], &j->days[i + 1]);
    *s = (struct pt_score){.counts = j->days[i], .age = PT_TIME_MIN};
    for (int k = 0; k < PT_FAULTS; k++)
        s->rejected += s->counts.faults[k];
    if (last && s->counts.last != PT_TIME_MIN &&
        __builtin_sub_overflow(j->options->now, s->counts.last, &s->age))
        s->age = PT_TIME_MIN;
    pt_buf_clear(&j->broken);
    if (judge_rules(j, s) != 0)
        return -1;
    s->broken = pt_buf_view(&j->broken);
    add_up(s);
    return 0;
}

static int each_day(struct judge *j, int (*each)(void *ctx, const struct pt_score *score),
                    void *ctx)
{
    for (size_t i = 0; i < j->ndays; i++) {
        struct pt_score score;
        int rc;
        if (j->options->schema && (i == 0 || !same_source(&j->days[i], &j->days[i - 1]))) {
            j->nfed = 0;
            if (pt_quality_each_series(j->store, j->days[i].kind, j->days[i].name, keep_series, j,
                                       j->err) != 0)
                return -1;
        }
        if (score_day(j, i, &score) != 0)
            return -1;
        if ((rc = each(ctx, &score)) != 0)
            return rc;
    }
    return 0;
}

int pt_score_each(struct pt_store *store, const struct pt_score_options *options,
                  int (*each)(void *ctx, const struct pt_score *score), void *ctx,
                  struct pt_err *err)
{
    struct judge j = {.store = store, .options = options, .err = err};
    int rc = pt_quality_each(store, options->since, options->until, keep_day, &j, err);
    if (rc == 0)
        rc = each_day(&j, each, ctx);
    free(j.days);
    free(j.fed);
    pt_buf_release(&j.broken);
    pt_arena_release(&j.arena);
    return rc;
}
