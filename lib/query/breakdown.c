/* breakdown.c - see breakdown.h.  Each series adds to one row of each table for its name, and for
 * each of its tags; that a tag was new to its table makes one more value of its key. */
#include "query/breakdown.h"

#include "base/mem.h"
#include "query/catalogue.h"

#include <stdlib.h>

static const char SEPARATOR = '\xff'; /* of the parts of a key: no byte of UTF-8 */

/* "name\xffkey\xffvalue"; its parts stand in it. */
static struct pt_str join(struct pt_buf *b, struct pt_str name, struct pt_str key,
                          struct pt_str value)
{
    pt_buf_clear(b);
    pt_buf_str(b, name);
    pt_buf_putc(b, SEPARATOR);
    pt_buf_str(b, key);
    pt_buf_putc(b, SEPARATOR);
    pt_buf_str(b, value);
    return pt_buf_view(b);
}

static struct pt_breakdown_row *row_of(struct pt_breakdown *b, enum pt_breakdown_by by,
                                       struct pt_str name, struct pt_str key, struct pt_str value,
                                       bool *added)
{
    struct pt_breakdown_table *t = &b->by[by];
    uint32_t at = pt_map_add(&t->map, join(&b->key, name, key, value), added);
    if (*added) {
        const char *p = pt_map_key(&t->map, at).p;
        t->v = pt_mem_grow(t->v, &t->cap, (size_t)at + 1, sizeof *t->v);
        t->v[at] = (struct pt_breakdown_row){.name = {p, name.n},
                                             .key = {p + name.n + 1, key.n},
                                             .value = {p + name.n + key.n + 2, value.n}};
    }
    return &t->v[at];
}

static void count(struct pt_breakdown_row *row, const struct pt_reach *e)
{
    row->series++;
    pt_reach_join(&row->reach, e);
}

static void add_tag(struct pt_breakdown *b, struct pt_str name, const struct pt_tag *tag,
                    const struct pt_reach *e)
{
    const struct pt_str none = {"", 0};
    struct pt_breakdown_row *row;
    bool new_tag, ignored, new_value;
    count(row_of(b, PT_BREAKDOWN_TAG, none, tag->key, tag->value, &new_tag), e);
    row = row_of(b, PT_BREAKDOWN_KEY, none, tag->key, none, &ignored);
    count(row, e);
    row->values += new_tag;
    if (!b->labels)
        return;
    pt_map_add(&b->seen, join(&b->key, name, tag->key, tag->value), &new_value);
    row = row_of(b, PT_BREAKDOWN_LABEL, name, tag->key, none, &ignored);
    count(row, e);
    row->values += new_value;
}

/* What the series of a name do not agree about is not said. */
static void describe(struct pt_breakdown_row *row, const struct pt_store_series *s, bool first,
                     struct pt_arena *arena)
{
    if (first) {
        row->kind = s->kind;
        row->unit = pt_arena_str(arena, s->unit);
        return;
    }
    if (row->kind != s->kind)
        row->kind = PT_KIND_NONE;
    if (!pt_str_eq(row->unit, s->unit))
        row->unit = (struct pt_str){0};
}

static int add_series(struct pt_breakdown *b, const struct pt_store_series *s,
                      const struct pt_reach *e, struct pt_err *err)
{
    const struct pt_str none = {"", 0};
    struct pt_breakdown_row *row;
    struct pt_tags tags;
    bool first;
    pt_arena_reset(&b->arena);
    if (pt_tags_parse(s->tags, &b->arena, &tags, err) != 0)
        return -1;
    b->series++;
    row = row_of(b, PT_BREAKDOWN_NAME, s->name, none, none, &first);
    count(row, e);
    describe(row, s, first, &b->units);
    for (size_t i = 0; i < tags.n; i++)
        add_tag(b, s->name, &tags.v[i], e);
    return 0;
}

int pt_breakdown_read(struct pt_breakdown *b, struct pt_store *source,
                      const struct pt_selector *selector, struct pt_err *err)
{
    struct pt_catalogue c = {0};
    int rc = pt_catalogue_read(&c, source, selector, err);
    for (size_t i = 0; i < c.n && rc == 0; i++) {
        struct pt_reach e = {0};
        if (b->reaches)
            rc = pt_reach_read(&e, source, c.series[i].id, err);
        if (rc == 0)
            rc = add_series(b, &c.series[i], &e, err);
    }
    pt_catalogue_release(&c);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    const struct pt_breakdown_row *x = *(void *const *)a, *y = *(void *const *)b;
    int c = pt_str_cmp(x->name, y->name);
    c = c ? c : pt_str_cmp(x->key, y->key);
    return c ? c : pt_str_cmp(x->value, y->value);
}

static int by_weight(const void *a, const void *b)
{
    const struct pt_breakdown_row *x = *(void *const *)a, *y = *(void *const *)b;
    if (x->values != y->values)
        return x->values > y->values ? -1 : 1;
    if (x->series != y->series)
        return x->series > y->series ? -1 : 1;
    return by_text(a, b);
}

const struct pt_breakdown_row **pt_breakdown_rows(const struct pt_breakdown *b,
                                                  enum pt_breakdown_by by, bool heaviest,
                                                  size_t *n)
{
    const struct pt_breakdown_table *t = &b->by[by];
    const struct pt_breakdown_row **rows = pt_mem_array(t->map.n + 1, sizeof *rows);
    *n = t->map.n;
    for (size_t i = 0; i < *n; i++)
        rows[i] = &t->v[i];
    if (*n)
        qsort(rows, *n, sizeof *rows, heaviest ? by_weight : by_text);
    return rows;
}

void pt_breakdown_release(struct pt_breakdown *b)
{
    for (int i = 0; i < PT_BREAKDOWNS; i++) {
        pt_map_release(&b->by[i].map);
        free(b->by[i].v);
    }
    pt_map_release(&b->seen);
    pt_buf_release(&b->key);
    pt_arena_release(&b->arena);
    pt_arena_release(&b->units);
    *b = (struct pt_breakdown){0};
}
