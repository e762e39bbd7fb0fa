/* compare.c - see compare.h.
 *
 * The earlier period is asked first, and its values are kept by group and window.  When the later
 * one is asked, each window's values meet those of its counterpart and leave a p behind.  Then the
 * two answers, both in order of group and window, are merged. */
#include "query/compare.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/time.h"
#include "stats/ranks.h"

#include <math.h>
#include <stdlib.h>

struct sample {
    double *v;
    size_t n;
    double p;
};

struct comparison {
    int64_t back;
    bool windows;
    struct pt_map places; /* group and the later window's start: place in `samples` */
    struct sample *samples;
    size_t cap;
    struct pt_buf key;
};

/* --- samples --------------------------------------------------------------------------------- */

/* Without windows a group has one row, whenever its first point was. */
static struct pt_str place_key(struct comparison *c, const struct pt_group *g, int64_t start)
{
    if (!c->windows)
        start = 0;
    pt_buf_clear(&c->key);
    pt_buf_add(&c->key, &start, sizeof start);
    pt_buf_add(&c->key, &g->name.n, sizeof g->name.n);
    pt_buf_str(&c->key, g->name);
    pt_buf_str(&c->key, g->tags);
    return pt_buf_view(&c->key);
}

static void keep_sample(void *comparison, const struct pt_group *g, size_t row, double *v, size_t n)
{
    struct comparison *c = comparison;
    uint32_t at = pt_map_add(&c->places, place_key(c, g, g->start[row] + c->back), NULL);
    c->samples = pt_mem_grow(c->samples, &c->cap, (size_t)at + 1, sizeof *c->samples);
    c->samples[at] = (struct sample){pt_mem_array(n, sizeof *v), n, NAN};
    if (n)
        memcpy(c->samples[at].v, v, n * sizeof *v);
}

static void judge_sample(void *comparison, const struct pt_group *g, size_t row, double *v,
                         size_t n)
{
    struct comparison *c = comparison;
    uint32_t at = pt_map_find(&c->places, place_key(c, g, g->start[row]));
    struct sample *s;
    if (at == PT_MAP_NONE)
        return;
    s = &c->samples[at];
    s->p = pt_mann_whitney(v, n, s->v, s->n).p;
    free(s->v);
    s->v = NULL;
}

static void release(struct comparison *c)
{
    for (size_t i = 0; i < c->places.n; i++)
        free(c->samples[i].v);
    free(c->samples);
    pt_map_release(&c->places);
    pt_buf_release(&c->key);
}

/* --- columns --------------------------------------------------------------------------------- */

enum { PER_COLUMN = 3 }; /* X, X.before, X.change */

static struct pt_answer_column named(struct pt_answer *a, struct pt_str name, const char *suffix,
                                     struct pt_str unit)
{
    struct pt_buf text = {0};
    struct pt_answer_column column;
    pt_buf_str(&text, name);
    pt_buf_puts(&text, suffix);
    column.name = pt_arena_str(&a->arena, pt_buf_view(&text));
    column.unit = pt_arena_str(&a->arena, unit);
    pt_buf_release(&text);
    return column;
}

static void add_columns(struct pt_answer *out, const struct pt_answer *now)
{
    size_t n = 0;
    out->ncolumns = now->ncolumns * PER_COLUMN + 1;
    out->columns = pt_arena_alloc(&out->arena, out->ncolumns * sizeof *out->columns);
    for (size_t i = 0; i < now->ncolumns; i++) {
        const struct pt_answer_column *c = &now->columns[i];
        out->columns[n++] = named(out, c->name, "", c->unit);
        out->columns[n++] = named(out, c->name, ".before", c->unit);
        out->columns[n++] = named(out, c->name, ".change", PT_STR("%"));
    }
    out->columns[n] = named(out, PT_STR("p"), "", (struct pt_str){0});
}

static const char *suffixed(struct pt_arena *arena, const char *name, const char *suffix)
{
    struct pt_buf text = {0};
    const char *kept;
    pt_buf_puts(&text, name);
    pt_buf_puts(&text, suffix);
    kept = pt_arena_str(arena, pt_buf_view(&text)).p;
    pt_buf_release(&text);
    return kept;
}

size_t pt_compare_columns(const char **names, size_t n, struct pt_arena *arena)
{
    for (size_t i = n; i-- > 0;) {
        const char *name = names[i];
        names[i * PER_COLUMN] = name;
        names[i * PER_COLUMN + 1] = suffixed(arena, name, ".before");
        names[i * PER_COLUMN + 2] = suffixed(arena, name, ".change");
    }
    names[n * PER_COLUMN] = "p";
    return PT_COMPARE_COLUMNS(n);
}

/* --- merging --------------------------------------------------------------------------------- */

static double change(double now, double before)
{
    double by = (now - before) / fabs(before) * 100;
    return isfinite(by) ? by : NAN;
}

/* Row `i` of one period and row `k` of the other; NULL where there is none. */
static void put_row(struct pt_num *to, size_t columns, const struct pt_num *now,
                    const struct pt_num *before)
{
    const struct pt_num none = pt_num_real(NAN);
    for (size_t c = 0; c < columns; c++) {
        to[c * PER_COLUMN] = now ? now[c] : none;
        to[c * PER_COLUMN + 1] = before ? before[c] : none;
        to[c * PER_COLUMN + 2] = now && before ? pt_num_real(change(now[c].d, before[c].d)) : none;
    }
}

static double p_of(struct comparison *c, const struct pt_group *g, int64_t start)
{
    uint32_t at = pt_map_find(&c->places, place_key(c, g, start));
    return at == PT_MAP_NONE ? NAN : c->samples[at].p;
}

/* The rows of a group in both periods (one of them may be NULL), by time. */
static struct pt_group merge_rows(struct comparison *c, struct pt_answer *out,
                                  const struct pt_group *now, const struct pt_group *before,
                                  size_t columns)
{
    size_t n = now ? now->n : 0, m = before ? before->n : 0;
    const struct pt_group *known = now ? now : before;
    struct pt_group g = {.name = pt_arena_str(&out->arena, known->name),
                         .unit = pt_arena_str(&out->arena, known->unit),
                         .tags = pt_arena_str(&out->arena, known->tags),
                         .partial = (now && now->partial) || (before && before->partial),
                         .cap = n + m};
    g.start = pt_mem_array(g.cap, sizeof *g.start);
    g.stop = pt_mem_array(g.cap, sizeof *g.stop);
    g.values = pt_mem_array(g.cap * out->ncolumns, sizeof *g.values);
    for (size_t i = 0, k = 0; i < n || k < m; g.n++) {
        int64_t a = i < n ? now->start[i] : PT_TIME_MAX;
        int64_t b = k < m ? before->start[k] + c->back : PT_TIME_MAX;
        bool both = i < n && k < m && (a == b || !out->windows);
        bool first = i < n && (both || k == m || a < b), second = k < m && (both || !first);
        struct pt_num *row = g.values + g.n * out->ncolumns;
        put_row(row, columns, first ? now->values + i * columns : NULL,
                second ? before->values + k * columns : NULL);
        g.start[g.n] = first ? a : b;
        g.stop[g.n] = first ? now->stop[i] : before->stop[k] + c->back;
        row[out->ncolumns - 1] = pt_num_real(both ? p_of(c, known, g.start[g.n]) : NAN);
        i += first;
        k += second;
    }
    return g;
}

static int order_of_groups(const struct pt_group *a, const struct pt_group *b)
{
    int c = pt_str_cmp(a->name, b->name);
    return c ? c : pt_str_cmp(a->tags, b->tags);
}

static void merge(struct comparison *c, const struct pt_answer *now, const struct pt_answer *before,
                  struct pt_answer *out)
{
    const struct pt_answer *known = now->n ? now : before;
    *out = (struct pt_answer){
        .by = now->by, .nby = now->nby, .windows = now->windows, .window = now->window};
    add_columns(out, known);
    pt_plan_add(&out->plan, &before->plan);
    pt_plan_add(&out->plan, &now->plan);
    out->groups = pt_mem_array(now->n + before->n, sizeof *out->groups);
    for (size_t i = 0, k = 0; i < now->n || k < before->n;) {
        const struct pt_group *a = i < now->n ? &now->groups[i] : NULL;
        const struct pt_group *b = k < before->n ? &before->groups[k] : NULL;
        int order = !a ? 1 : !b ? -1 : order_of_groups(a, b);
        out->groups[out->n++] =
            merge_rows(c, out, order <= 0 ? a : NULL, order >= 0 ? b : NULL, known->ncolumns);
        i += order <= 0;
        k += order >= 0;
    }
}

/* --- the whole ------------------------------------------------------------------------------- */

static int ask(struct pt_store *store, const struct pt_query *query, int64_t back,
               const struct pt_query_tap *tap, struct pt_answer *out, struct pt_err *err)
{
    struct pt_query q = *query;
    q.since -= back;
    q.until -= back;
    q.tap = tap;
    return pt_query_run(store, &q, out, err);
}

int pt_compare_run(struct pt_store *store, const struct pt_query *query, int64_t back,
                   struct pt_answer *out, struct pt_err *err)
{
    struct comparison c = {.back = back, .windows = query->window != 0};
    struct pt_query_tap keep = {keep_sample, &c}, judge = {judge_sample, &c};
    struct pt_answer now = {0}, before = {0};
    int rc = ask(store, query, back, &keep, &before, err);
    *out = (struct pt_answer){0};
    if (rc == 0)
        rc = ask(store, query, 0, &judge, &now, err);
    if (rc == 0)
        merge(&c, &now, &before, out);
    pt_answer_release(&now);
    pt_answer_release(&before);
    release(&c);
    return rc;
}
