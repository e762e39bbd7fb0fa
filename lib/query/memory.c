/* memory.c - see memory.h.
 *
 * A line's series is looked up twice at most: first by its name and tags as they were spelled,
 * which is one hash for all lines but the first of each spelling; then, for a new spelling, by the
 * canonical form.  Points are appended as they come; a column is put in order when it is first
 * asked for after that, which costs nothing for a stream in time order.
 *
 * The walk by name is over an array of pointers that is sorted again only when series were added.
 * */
#include "query/memory.h"

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "query/agg.h"

#include <stdlib.h>

struct series {
    struct pt_store_series info; /* name and tags point into the map of series */
    struct pt_column points;
    bool ordered;
    bool wanted; /* its points are kept */
    char *unit;
};

struct pt_memory {
    const struct pt_selector *selector; /* of the series wanted; NULL: all */
    struct pt_map series;    /* name and canonical tags; position = id - 1 */
    struct series **v;       /* by position */
    struct pt_map spellings; /* name and tags as written */
    uint32_t *spelled;       /* the series of each spelling */
    size_t cap, spelled_cap;
    struct series **by_name; /* v in order of name, then tags; sorted_n of them */
    size_t sorted_n;
    struct pt_buf key, tags;
    struct pt_arena arena;   /* the tags of the record or series in hand */
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
    for (size_t i = 0; i < m->series.n; i++) {
        pt_column_release(&m->v[i]->points);
        free(m->v[i]->unit);
        free(m->v[i]);
    }
    pt_map_release(&m->series);
    pt_map_release(&m->spellings);
    pt_buf_release(&m->key);
    pt_buf_release(&m->tags);
    pt_arena_release(&m->arena);
    free(m->v);
    free(m->spelled);
    free(m->by_name);
    free(m);
}

/* --- finding the series of a record ---------------------------------------------------------- */

/* Names may hold any byte, so the key begins with the name's length. */
static struct pt_str key_of(struct pt_memory *m, struct pt_str name, struct pt_str tags)
{
    pt_buf_clear(&m->key);
    pt_buf_add(&m->key, &name.n, sizeof name.n);
    pt_buf_str(&m->key, name);
    pt_buf_str(&m->key, tags);
    return pt_buf_view(&m->key);
}

static uint32_t canonical_series(struct pt_memory *m, struct pt_str name, struct pt_tags tags)
{
    struct series *s;
    struct pt_str key;
    uint32_t at;
    bool added;
    pt_buf_clear(&m->tags);
    pt_tags_write(&m->tags, tags);
    at = pt_map_add(&m->series, key_of(m, name, pt_buf_view(&m->tags)), &added);
    if (!added)
        return at;
    s = pt_mem_alloc(sizeof *s);
    key = pt_map_key(&m->series, at);
    s->info.id = (int64_t)at + 1;
    s->info.name = (struct pt_str){key.p + sizeof name.n, name.n};
    s->info.tags = (struct pt_str){s->info.name.p + name.n, key.n - sizeof name.n - name.n};
    s->ordered = true;
    s->wanted = !m->selector || pt_selector_match(m->selector, name, tags);
    m->v = pt_mem_grow(m->v, &m->cap, (size_t)at + 1, sizeof(struct series *));
    m->v[at] = s;
    return at;
}

/* 0 and the series of a metric; -1 when its tags are no tags. */
static int series_of(struct pt_memory *m, struct pt_str name, struct pt_str tags,
                     struct series **out, struct pt_err *err)
{
    struct pt_str key = key_of(m, name, tags);
    uint32_t at = pt_map_find(&m->spellings, key);
    struct pt_tags parsed;
    if (at == PT_MAP_NONE) {
        pt_arena_reset(&m->arena);
        if (pt_tags_parse(tags, &m->arena, &parsed, err) != 0)
            return -1;
        at = pt_map_add(&m->spellings, key, NULL);
        m->spelled = pt_mem_grow(m->spelled, &m->spelled_cap, (size_t)at + 1, sizeof *m->spelled);
        m->spelled[at] = canonical_series(m, name, parsed);
    }
    *out = m->v[m->spelled[at]];
    return 0;
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

/* --- stat records ---------------------------------------------------------------------------- */

/* The tags with agg="..." added; a stat over stats says both: agg="p99.max". */
static int stat_tags(struct pt_memory *m, const struct pt_record *r, struct pt_str agg,
                     struct pt_tags *out, struct pt_err *err)
{
    struct pt_buf both = {0};
    struct pt_tag *tags;
    size_t n = 0;
    char *value;
    if (pt_tags_parse(r->tags, &m->arena, out, err) != 0)
        return -1;
    tags = pt_arena_alloc(&m->arena, (out->n + 1) * sizeof *tags);
    for (size_t i = 0; i < out->n; i++)
        if (pt_str_is(out->v[i].key, "agg"))
            pt_buf_printf(&both, "%.*s.", (int)out->v[i].value.n, out->v[i].value.p);
        else
            tags[n++] = out->v[i];
    pt_buf_str(&both, agg);
    value = pt_arena_alloc(&m->arena, both.n + 1);
    memcpy(value, both.p, both.n);
    tags[n++] = (struct pt_tag){PT_STR("agg"), {value, both.n}};
    pt_buf_release(&both);
    *out = (struct pt_tags){tags, n};
    return pt_tags_sort(tags, n, err);
}

static int add_stat_value(struct pt_memory *m, const struct pt_record *r, struct pt_str agg,
                          struct pt_num value, struct pt_str unit, struct pt_err *err)
{
    struct pt_buf shown = {0};
    struct pt_agg known;
    struct pt_tags tags;
    struct series *s;
    uint32_t at;
    pt_arena_reset(&m->arena);
    if (stat_tags(m, r, agg, &tags, err) != 0)
        return -1;
    at = canonical_series(m, r->name.n ? r->name : PT_STR("stat"), tags); /* may move m->v */
    s = m->v[at];
    if (pt_agg_named(agg, &known))
        pt_agg_unit(&known, unit, &shown);
    else
        pt_buf_str(&shown, unit);
    describe(s, pt_buf_view(&shown), PT_KIND_NONE);
    append(s, r->ts, value);
    pt_buf_release(&shown);
    return 0;
}

/* Every number in the body is a value, but for the envelope's. */
static int add_stat(struct pt_memory *m, const struct pt_record *r, struct pt_err *err)
{
    struct pt_json_iter it;
    struct pt_str key, value, raw;
    struct pt_buf unit = {0};
    struct pt_num num;
    int rc = 0;
    if (pt_json_open(&it, r->body) != 0)
        return 0;
    if (pt_json_get(r->body, "unit", &raw))
        pt_json_unescape(&unit, pt_json_raw(raw));
    while (rc == 0 && pt_json_next(&it, &key, &value) == 1)
        if (!pt_str_is(key, "ts") && !pt_str_is(key, "window") &&
            pt_num_parse(value.p, value.p + value.n, &num) == value.p + value.n)
            rc = add_stat_value(m, r, key, num, pt_buf_view(&unit), err);
    pt_buf_release(&unit);
    return rc;
}

int pt_memory_add(struct pt_memory *m, const struct pt_record *record, struct pt_err *err)
{
    struct series *s;
    if (!record->metric)
        return pt_str_is(record->type, "stat") ? add_stat(m, record, err) : 0;
    if (series_of(m, record->name, record->tags, &s, err) != 0)
        return -1;
    describe(s, record->unit, record->kind);
    append(s, record->ts, record->value);
    return 0;
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
    if (m->sorted_n == m->series.n)
        return;
    free(m->by_name);
    m->by_name = pt_mem_array(m->series.n, sizeof(struct series *));
    memcpy(m->by_name, m->v, m->series.n * sizeof(struct series *));
    qsort(m->by_name, m->series.n, sizeof(struct series *), by_name_then_tags);
    m->sorted_n = m->series.n;
}

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
