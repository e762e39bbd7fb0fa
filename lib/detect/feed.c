/* feed.c - see feed.h.
 *
 * Two maps: `spellings` from raw bytes (name, tags as written, aggregate) to a position in
 * number_of[], and `series` from canonical bytes (name, tags) to the series' number.  A hostile
 * stream can spell one series in many ways, so after SPELLINGS_MOST only the second map grows. */
#include "detect/feed.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "query/agg.h"

#include <stdlib.h>

enum { SPELLINGS_MOST = 1 << 20 };
#define SEPARATOR '\x1f'

struct pt_feed {
    struct pt_map spellings, by_identity;
    uint32_t *number_of; /* of each spelling */
    size_t number_cap;
    struct pt_feed_series *series; /* by_identity.n of them */
    size_t series_cap;
    struct pt_arena arena;   /* text and tags of series */
    struct pt_arena scratch; /* tags of the record in hand */
    struct pt_buf key;
    struct pt_feed_point *points;
    size_t npoints, points_cap;
};

struct pt_feed *pt_feed_new(void)
{
    return pt_mem_alloc(sizeof(struct pt_feed));
}

void pt_feed_free(struct pt_feed *f)
{
    if (!f)
        return;
    pt_map_release(&f->spellings);
    pt_map_release(&f->by_identity);
    free(f->number_of);
    free(f->series);
    pt_arena_release(&f->arena);
    pt_arena_release(&f->scratch);
    pt_buf_release(&f->key);
    free(f->points);
    free(f);
}

static struct pt_str keep(struct pt_feed *f, struct pt_str s)
{
    char *copy = pt_arena_alloc(&f->arena, s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return (struct pt_str){copy, s.n};
}

static void set_key(struct pt_feed *f, struct pt_str name, struct pt_str tags, struct pt_str agg)
{
    pt_buf_clear(&f->key);
    pt_buf_str(&f->key, name);
    pt_buf_putc(&f->key, SEPARATOR);
    pt_buf_str(&f->key, tags);
    pt_buf_putc(&f->key, SEPARATOR);
    pt_buf_str(&f->key, agg);
}

uint32_t pt_feed_number(struct pt_feed *f, struct pt_str name, struct pt_str tags,
                        struct pt_str unit, enum pt_kind kind)
{
    struct pt_err ignored = {0};
    struct pt_feed_series *s;
    uint32_t number;
    bool added;
    set_key(f, name, tags, (struct pt_str){0});
    number = pt_map_add(&f->by_identity, pt_buf_view(&f->key), &added);
    if (!added)
        return number;
    f->series = pt_mem_grow(f->series, &f->series_cap, f->by_identity.n, sizeof *f->series);
    s = &f->series[number];
    *s = (struct pt_feed_series){keep(f, name), keep(f, tags), {0}, keep(f, unit), kind};
    (void)pt_tags_parse(s->tags, &f->arena, &s->parsed, &ignored); /* canonical, so it is valid */
    return number;
}

/* What a series of a stat record is called: agg="p99"; of a stat over stats agg="p99.max". */
static struct pt_str agg_value(struct pt_feed *f, struct pt_str before, struct pt_str agg)
{
    char *text = pt_arena_alloc(&f->scratch, before.n + agg.n + 1);
    size_t n = 0;
    if (before.n) {
        memcpy(text, before.p, before.n);
        n = before.n;
        text[n++] = '.';
    }
    memcpy(text + n, agg.p, agg.n);
    return (struct pt_str){text, n + agg.n};
}

/* The canonical tags of a new spelling, with agg="..." added when agg is not empty. */
static int canonical(struct pt_feed *f, struct pt_str tags, struct pt_str agg, struct pt_buf *out,
                     struct pt_err *err)
{
    struct pt_tags parsed, all;
    struct pt_str before;
    struct pt_tag *v;
    if (pt_tags_parse(tags, &f->scratch, &parsed, err) != 0)
        return -1;
    v = pt_arena_alloc(&f->scratch, (parsed.n + 1) * sizeof *v);
    all = (struct pt_tags){v, 0};
    for (size_t i = 0; i < parsed.n; i++)
        if (!agg.n || !pt_str_is(parsed.v[i].key, "agg"))
            v[all.n++] = parsed.v[i];
    before = pt_tags_get(parsed, PT_STR("agg"));
    if (agg.n)
        v[all.n++] = (struct pt_tag){PT_STR("agg"), agg_value(f, before, agg)};
    if (pt_tags_sort(v, all.n, err) != 0)
        return -1;
    pt_tags_write(out, all);
    return 0;
}

static int number_of(struct pt_feed *f, const struct pt_record *r, struct pt_str agg,
                     struct pt_str unit, uint32_t *number, struct pt_err *err)
{
    struct pt_buf tags = {0};
    uint32_t spelling;
    set_key(f, r->name, r->tags, agg);
    spelling = pt_map_find(&f->spellings, pt_buf_view(&f->key));
    if (spelling != PT_MAP_NONE) {
        *number = f->number_of[spelling];
        return 0;
    }
    pt_arena_reset(&f->scratch);
    if (canonical(f, r->tags, agg, &tags, err) != 0) {
        pt_buf_release(&tags);
        return -1;
    }
    *number = pt_feed_number(f, r->name, pt_buf_view(&tags), unit, r->kind);
    pt_buf_release(&tags);
    if (f->spellings.n < SPELLINGS_MOST) {
        set_key(f, r->name, r->tags, agg);
        spelling = pt_map_add(&f->spellings, pt_buf_view(&f->key), NULL);
        f->number_of =
            pt_mem_grow(f->number_of, &f->number_cap, f->spellings.n, sizeof *f->number_of);
        f->number_of[spelling] = *number;
    }
    return 0;
}

static int add_point(struct pt_feed *f, const struct pt_record *r, struct pt_str agg,
                     struct pt_str unit, struct pt_num value, struct pt_err *err)
{
    uint32_t number;
    if (number_of(f, r, agg, unit, &number, err) != 0)
        return -1;
    f->points = pt_mem_grow(f->points, &f->points_cap, f->npoints + 1, sizeof *f->points);
    f->points[f->npoints++] = (struct pt_feed_point){number, r->ts, value};
    return 0;
}

/* Members of a stat record that are numbers but no aggregates. */
static bool envelope(struct pt_str key)
{
    return pt_str_is(key, "ts") || pt_str_is(key, "window");
}

static int add_aggregate(struct pt_feed *f, const struct pt_record *r, struct pt_str agg,
                         struct pt_num value, struct pt_str unit, struct pt_err *err)
{
    struct pt_buf shown = {0};
    struct pt_agg known;
    int rc;
    if (pt_agg_named(agg, &known))
        pt_agg_unit(&known, unit, &shown);
    else
        pt_buf_str(&shown, unit);
    rc = add_point(f, r, agg, pt_buf_view(&shown), value, err);
    pt_buf_release(&shown);
    return rc;
}

static int add_stat(struct pt_feed *f, const struct pt_record *record, struct pt_err *err)
{
    struct pt_record r = *record;
    struct pt_json_iter it;
    struct pt_str key, text;
    struct pt_buf unit = {0};
    struct pt_num value;
    int rc = 0;
    if (!r.name.n)
        r.name = PT_STR("stat");
    if (pt_json_open(&it, r.body) != 0)
        return 0;
    if (pt_json_get(r.body, "unit", &text))
        pt_json_unescape(&unit, pt_json_raw(text));
    while (rc == 0 && pt_json_next(&it, &key, &text) == 1)
        if (!envelope(key) && pt_num_parse(text.p, text.p + text.n, &value) == text.p + text.n)
            rc = add_aggregate(f, &r, key, value, pt_buf_view(&unit), err);
    pt_buf_release(&unit);
    return rc;
}

/* A counter may say so in some of its records only. */
static void note_kind(struct pt_feed *f, enum pt_kind kind)
{
    struct pt_feed_series *s = &f->series[f->points[0].series];
    if (s->kind == PT_KIND_NONE)
        s->kind = kind;
}

int pt_feed_record(struct pt_feed *f, const struct pt_record *record,
                   const struct pt_feed_point **points, struct pt_err *err)
{
    int rc = 0;
    f->npoints = 0;
    if (record->metric)
        rc = add_point(f, record, (struct pt_str){0}, record->unit, record->value, err);
    else if (pt_str_is(record->type, "stat"))
        rc = add_stat(f, record, err);
    if (rc == 0 && record->metric)
        note_kind(f, record->kind);
    *points = f->points;
    return rc == 0 ? (int)f->npoints : -1;
}

size_t pt_feed_count(const struct pt_feed *f)
{
    return f->by_identity.n;
}

const struct pt_feed_series *pt_feed_series(const struct pt_feed *f, uint32_t number)
{
    return &f->series[number];
}
