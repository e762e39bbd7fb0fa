/* nothing.c - why a query found nothing, or what it could have asked for: see query.h.
 *
 * This walks the whole catalogue, which a query that finds something never does. */
#include "query/query.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "query/join.h"
#include "query/reach.h"

#include <inttypes.h>
#include <stdlib.h>

/* What the catalogue holds, seen from the selector. */
struct look {
    struct pt_map names;
    struct pt_str wanted;  /* the selector's exact name, or empty */
    uint64_t namesakes;    /* series of that name, whatever their tags */
    struct pt_buf example; /* the tags of the first of them, as in a selector */
};

static void write_tags(struct pt_str json, struct pt_buf *out)
{
    struct pt_arena arena = {0};
    struct pt_err ignored = {0};
    struct pt_tags tags = {0};
    if (pt_tags_parse(json, &arena, &tags, &ignored) == 0)
        for (size_t i = 0; i < tags.n; i++) {
            pt_buf_puts(out, i ? "," : "{");
            pt_text_terminal(out, tags.v[i].key);
            pt_buf_puts(out, "=\"");
            pt_text_terminal(out, tags.v[i].value);
            pt_buf_puts(out, i + 1 < tags.n ? "\"" : "\"}");
        }
    pt_arena_release(&arena);
}

static int look_at(void *ctx, const struct pt_store_series *s)
{
    struct look *l = ctx;
    pt_map_add(&l->names, s->name, NULL);
    if (!l->wanted.n || !pt_str_eq(s->name, l->wanted))
        return 0;
    if (!l->namesakes++)
        write_tags(s->tags, &l->example);
    return 0;
}

/* The known name that was probably meant; owned by the map. */
static const char *nearest_name(const struct look *l)
{
    const char **names = pt_mem_array(l->names.n, sizeof *names);
    char *wanted = pt_mem_strndup(l->wanted.p, l->wanted.n);
    const char *best;
    for (size_t i = 0; i < l->names.n; i++)
        names[i] = pt_map_key(&l->names, (uint32_t)i).p;
    best = l->wanted.n ? pt_text_nearest(wanted, names, l->names.n) : NULL;
    free(wanted);
    free(names);
    return best;
}

/* a/b is a name, in which there may be any sign, and a / b a calculation. */
static bool is_calculation(const struct look *l)
{
    size_t n = 0;
    while (n < l->wanted.n && !strchr("+-*/", l->wanted.p[n]))
        n++;
    return n > 0 && n < l->wanted.n &&
           pt_map_find(&l->names, (struct pt_str){l->wanted.p, n}) != PT_MAP_NONE;
}

static int no_namesake(const struct look *l, const char *selector, struct pt_err *err)
{
    bool one = l->namesakes == 1;
    if (!l->example.n)
        return pt_err_set(err, PT_FOUND, "no series matches %.200s; that of this name has no tags",
                          selector);
    return pt_err_set(
        err, PT_FOUND, "no series matches %.200s; %" PRIu64 " of that name %s other tags%s %.200s",
        selector, l->namesakes, one ? "has" : "have", one ? ":" : ", such as", l->example.p);
}

static int no_series(const struct look *l, const char *selector, struct pt_err *err)
{
    const char *nearest = nearest_name(l);
    struct pt_buf name = {0};
    if (!l->names.n)
        return pt_err_set(err, PT_FOUND, "no series matches %.200s; there are no series at all",
                          selector);
    if (l->namesakes)
        return no_namesake(l, selector, err);
    if (is_calculation(l))
        return pt_err_set(err, PT_FOUND,
                          "no series matches %.200s; to calculate, put spaces around the sign",
                          selector);
    if (!nearest)
        return pt_err_set(err, PT_FOUND, "no series matches %.200s", selector);
    pt_text_terminal(&name, pt_str(nearest));
    pt_err_set(err, PT_FOUND, "no series matches %.200s; nearest name: %.100s", selector, name.p);
    pt_buf_release(&name);
    return -1;
}

/* Of more series it would take longer to tell when they have points than to find that there are
 * none in the range, which some ask once a minute. */
enum { TOLD_MOST = 1000 };

/* From when to when the series that match have points. */
struct span {
    struct pt_store *store;
    struct pt_err *err;
    uint64_t series, most; /* of more than these it is not told */
    struct pt_reach reach;
};

static int widen(void *ctx, const struct pt_store_series *s)
{
    struct span *span = ctx;
    struct pt_reach reach;
    if (++span->series > span->most) {
        span->reach = (struct pt_reach){0};
        return 1;
    }
    if (pt_reach_read(&reach, span->store, s->id, span->err) != 0)
        return -1;
    pt_reach_join(&span->reach, &reach);
    return 0;
}

static int no_points(const struct pt_reach *reach, const char *selector, int64_t since,
                     int64_t until, struct pt_err *err)
{
    char from[PT_TIME_TEXT], to[PT_TIME_TEXT], first[PT_TIME_TEXT], last[PT_TIME_TEXT];
    pt_time_format(from, since);
    pt_time_format(to, until);
    pt_time_format(first, reach->first);
    pt_time_format(last, reach->last);
    return pt_err_set(err, PT_FOUND, "no points of %.200s in [%s, %s)%s%s%s%s", selector,
                      since == PT_TIME_MIN ? "the beginning" : from,
                      until == PT_TIME_MAX ? "the end" : to,
                      reach->n ? "; there are some from " : "", reach->n ? first : "",
                      reach->n ? " to " : "", reach->n ? last : "");
}

/* `all`: whether it is to be told when there are points. */
static int nothing(struct pt_store *store, const struct pt_selector *selector, int64_t since,
                   int64_t until, bool all, struct pt_err *err)
{
    struct look l = {0};
    struct span span = {.store = store, .err = err, .most = all ? TOLD_MOST : 0};
    struct pt_buf shown = {0};
    int rc = pt_store_each_series(store, selector, widen, &span, err);
    pt_text_terminal(&shown, selector ? pt_selector_text(selector) : PT_STR("*"));
    if (selector)
        l.wanted = pt_selector_exact_name(selector);
    if (rc >= 0 && span.series)
        rc = no_points(&span.reach, shown.p, since, until, err);
    else if (rc == 0 && pt_store_each_series(store, NULL, look_at, &l, err) == 0)
        rc = no_series(&l, shown.p, err);
    pt_buf_release(&shown);
    pt_map_release(&l.names);
    pt_buf_release(&l.example);
    return rc ? -1 : rc;
}

int pt_query_nothing(struct pt_store *store, const struct pt_selector *selector, int64_t since,
                     int64_t until, struct pt_err *err)
{
    return nothing(store, selector, since, until, false, err);
}

int pt_query_nothing_of_all(struct pt_store *store, const struct pt_selector *selector,
                            int64_t since, int64_t until, struct pt_err *err)
{
    return nothing(store, selector, since, until, true, err);
}

struct keys {
    struct pt_map seen;
    struct pt_arena arena;
};

static int note_keys(void *ctx, const struct pt_store_series *s)
{
    struct keys *k = ctx;
    struct pt_err ignored = {0};
    struct pt_tags tags;
    pt_arena_reset(&k->arena);
    if (pt_tags_parse(s->tags, &k->arena, &tags, &ignored) != 0)
        return 0;
    for (size_t i = 0; i < tags.n; i++)
        pt_map_add(&k->seen, tags.v[i].key, NULL);
    return 0;
}

/* Writes the keys that were seen, and ends. */
static void write_keys(struct keys *k, struct pt_buf *out)
{
    for (size_t i = 0; i < k->seen.n; i++) {
        if (i)
            pt_buf_puts(out, ", ");
        pt_text_terminal(out, pt_map_key(&k->seen, (uint32_t)i));
    }
    pt_map_release(&k->seen);
    pt_arena_release(&k->arena);
}

int pt_query_tag_keys(struct pt_store *store, const struct pt_selector *selector,
                      struct pt_buf *out, struct pt_err *err)
{
    struct keys k = {0};
    int rc = pt_store_each_series(store, selector, note_keys, &k, err);
    write_keys(&k, out);
    return rc;
}

int pt_join_tag_keys(struct pt_store *store, const struct pt_join *j, struct pt_buf *out,
                     struct pt_err *err)
{
    struct keys k = {0};
    int rc = 0;
    for (size_t i = 0; i < j->nquestions && rc == 0; i++)
        rc = pt_store_each_series(store, j->questions[i].selector, note_keys, &k, err);
    write_keys(&k, out);
    return rc;
}
