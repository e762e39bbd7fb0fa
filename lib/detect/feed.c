/* feed.c - see feed.h.  An identity numbers the series; what else is known of each lives in an
 * array beside it, parsed once so that nobody parses tags a point. */
#include "detect/feed.h"

#include "base/arena.h"
#include "base/mem.h"
#include "query/stat.h"
#include "record/identity.h"

#include <stdlib.h>

struct pt_feed {
    struct pt_identity numbers;
    struct pt_feed_series *series; /* by number */
    size_t series_cap;
    struct pt_arena arena; /* parsed tags and units of series */
    struct pt_arena stat;  /* the numbers of the stat record in hand */
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
    pt_identity_release(&f->numbers);
    free(f->series);
    pt_arena_release(&f->arena);
    pt_arena_release(&f->stat);
    free(f->points);
    free(f);
}

/* What is kept of a series that is new. */
static void add_series(struct pt_feed *f, uint32_t number, struct pt_str unit, enum pt_kind kind)
{
    struct pt_err ignored = {0};
    struct pt_feed_series *s;
    f->series = pt_mem_grow(f->series, &f->series_cap, (size_t)number + 1, sizeof *f->series);
    s = &f->series[number];
    *s = (struct pt_feed_series){.name = pt_identity_name(&f->numbers, number),
                                 .tags = pt_identity_tags(&f->numbers, number),
                                 .unit = pt_arena_str(&f->arena, unit),
                                 .kind = kind};
    (void)pt_tags_parse(s->tags, &f->arena, &s->parsed, &ignored); /* canonical, so it is valid */
}

uint32_t pt_feed_number(struct pt_feed *f, struct pt_str name, struct pt_str tags,
                        struct pt_str unit, enum pt_kind kind)
{
    bool added;
    uint32_t number = pt_identity_canonical(&f->numbers, name, tags, &added);
    if (added)
        add_series(f, number, unit, kind);
    return number;
}

static int add_metric(void *feed, const struct pt_record *r, struct pt_err *err)
{
    struct pt_feed *f = feed;
    uint32_t number;
    bool added;
    if (pt_identity_of(&f->numbers, r->name, r->tags, &number, &added, err) != 0)
        return -1;
    if (added)
        add_series(f, number, r->unit, r->kind);
    else if (f->series[number].kind == PT_KIND_NONE)
        f->series[number].kind = r->kind; /* a counter may say so in some of its records only */
    f->points = pt_mem_grow(f->points, &f->points_cap, f->npoints + 1, sizeof *f->points);
    f->points[f->npoints++] = (struct pt_feed_point){number, r->ts, r->value};
    return 0;
}

int pt_feed_record(struct pt_feed *f, const struct pt_record *record,
                   const struct pt_feed_point **points, struct pt_err *err)
{
    int rc = 0;
    f->npoints = 0;
    if (record->metric) {
        rc = add_metric(f, record, err);
    } else if (pt_str_is(record->type, "stat")) {
        pt_arena_reset(&f->stat);
        rc = pt_stat_each(record, &f->stat, add_metric, f, err);
    }
    *points = f->points;
    return rc == 0 ? (int)f->npoints : -1;
}

size_t pt_feed_count(const struct pt_feed *f)
{
    return pt_identity_count(&f->numbers);
}

const struct pt_feed_series *pt_feed_series(const struct pt_feed *f, uint32_t number)
{
    return &f->series[number];
}
