/* memory.c - see memory.h.
 *
 * Points are appended as they come; a column is put in order when it is first asked for after that,
 * which costs nothing for a stream in time order.  The walk by name is over an array of pointers
 * that is sorted again only when series were added. */
#include "query/memory.h"

#include "base/mem.h"
#include "query/stat.h"
#include "record/identity.h"

#include <stdlib.h>

struct series {
    struct pt_store_series info; /* name and tags are the identity's */
    struct pt_column points;
    bool ordered;
    bool wanted; /* its points are kept */
    char *unit;
};

struct pt_memory {
    const struct pt_selector *selector; /* of the series wanted; NULL: all */
    struct pt_identity series; /* numbers them: id - 1 */
    struct series **v;         /* by number */
    size_t cap;
    struct series **by_name; /* v in order of name, then tags; sorted_n of them */
    size_t sorted_n;
    struct pt_arena arena; /* the tags of the series in hand */
    struct pt_arena stat;  /* the numbers of the stat record in hand */
};

struct pt_memory *pt_memory_new(void)
{
    return pt_mem_alloc(sizeof(struct pt_memory));
}

void pt_memory_want(struct pt_memory *m, const struct pt_selector *selector)
{
    m->selector = selector;
}

void pt_memory_free(struct pt_memory *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < pt_identity_count(&m->series); i++) {
        pt_column_release(&m->v[i]->points);
        free(m->v[i]->unit);
        free(m->v[i]);
    }
    pt_identity_release(&m->series);
    pt_arena_release(&m->arena);
    pt_arena_release(&m->stat);
    free(m->v);
    free(m->by_name);
    free(m);
}

/* --- adding ---------------------------------------------------------------------------------- */

static int matches(struct pt_memory *m, const struct pt_selector *selector,
                   const struct pt_store_series *s, struct pt_err *err)
{
    struct pt_tags tags;
    if (!selector)
        return 1;
    if (!pt_selector_name(selector, s->name))
        return 0;
    pt_arena_reset(&m->arena);
    if (pt_tags_parse(s->tags, &m->arena, &tags, err) != 0)
        return -1;
    return pt_selector_match(selector, s->name, tags);
}

static struct series *new_series(struct pt_memory *m, uint32_t at)
{
    struct series *s = pt_mem_alloc(sizeof *s);
    struct pt_err ignored = {0}; /* the tags are canonical, so they are valid */
    s->info.id = (int64_t)at + 1;
    s->info.name = pt_identity_name(&m->series, at);
    s->info.tags = pt_identity_tags(&m->series, at);
    s->ordered = true;
    s->wanted = matches(m, m->selector, &s->info, &ignored) > 0;
    return s;
}

/* What a series is, is what its first record that says so says. */
static void describe(struct series *s, struct pt_str unit, enum pt_kind kind)
{
    if (unit.n && !s->unit) {
        s->unit = pt_mem_strndup(unit.p, unit.n);
        s->info.unit = (struct pt_str){s->unit, unit.n};
    }
    if (kind != PT_KIND_NONE && s->info.kind == PT_KIND_NONE)
        s->info.kind = kind;
}

static void append(struct series *s, int64_t ts, struct pt_num value)
{
    if (!s->wanted)
        return;
    if (s->points.n && ts <= s->points.ts[s->points.n - 1])
        s->ordered = false;
    pt_column_add(&s->points, ts, value);
}

static int add_metric(void *memory, const struct pt_record *r, struct pt_err *err)
{
    struct pt_memory *m = memory;
    struct series *s;
    uint32_t at;
    bool added;
    if (pt_identity_of(&m->series, r->name, r->tags, &at, &added, err) != 0)
        return -1;
    if (added) {
        m->v = pt_mem_grow(m->v, &m->cap, (size_t)at + 1, sizeof(struct series *));
        m->v[at] = new_series(m, at);
    }
    s = m->v[at];
    describe(s, r->unit, r->kind);
    append(s, r->ts, r->value);
    return 0;
}

int pt_memory_add(struct pt_memory *m, const struct pt_record *record, struct pt_err *err)
{
    if (record->metric)
        return add_metric(m, record, err);
    if (!pt_str_is(record->type, "stat"))
        return 0;
    pt_arena_reset(&m->stat);
    return pt_stat_each(record, &m->stat, add_metric, m, err);
}

/* --- walking --------------------------------------------------------------------------------- */

static int by_name_then_tags(const void *a, const void *b)
{
    const struct series *x = *(struct series *const *)a, *y = *(struct series *const *)b;
    int c = pt_str_cmp(x->info.name, y->info.name);
    return c ? c : pt_str_cmp(x->info.tags, y->info.tags);
}

static void sort_by_name(struct pt_memory *m)
{
    size_t n = pt_identity_count(&m->series);
    if (m->sorted_n == n)
        return;
    free(m->by_name);
    m->by_name = pt_mem_array(n, sizeof(struct series *));
    memcpy(m->by_name, m->v, n * sizeof(struct series *));
    qsort(m->by_name, n, sizeof(struct series *), by_name_then_tags);
    m->sorted_n = n;
}

int pt_memory_each_series(struct pt_memory *m, const struct pt_selector *selector,
                          int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                          struct pt_err *err)
{
    int rc;
    sort_by_name(m);
    for (size_t i = 0; i < m->sorted_n; i++) {
        rc = matches(m, selector, &m->by_name[i]->info, err);
        if (rc > 0)
            rc = each(ctx, &m->by_name[i]->info);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static const struct pt_column *ordered_points(struct pt_memory *m, int64_t id)
{
    struct series *s = m->v[id - 1];
    if (!s->ordered)
        pt_column_sort(&s->points);
    s->ordered = true;
    return &s->points;
}

int pt_memory_each_run(struct pt_memory *m, int64_t series, const struct pt_store_range *range,
                       int (*each)(void *ctx, const struct pt_store_run *run), void *ctx)
{
    const struct pt_column *all = ordered_points(m, series);
    size_t begin = pt_column_lower(all, range->since);
    size_t end = pt_column_lower(all, range->until);
    struct pt_column cut;
    struct pt_store_run run = {&cut, NULL};
    if (begin >= end)
        return 0;
    cut = (struct pt_column){.n = end - begin, .cap = end - begin, .ts = all->ts + begin,
                             .v = all->v + begin, .wide = all->wide ? all->wide + begin : NULL};
    return each(ctx, &run);
}

int pt_memory_point_before(struct pt_memory *m, int64_t series, int64_t t, int64_t *ts,
                           struct pt_num *value)
{
    const struct pt_column *all = ordered_points(m, series);
    size_t end = pt_column_lower(all, t);
    if (!end)
        return 0;
    *ts = all->ts[end - 1];
    *value = pt_column_value(all, end - 1);
    return 1;
}
