/* nothing.c - why a query found nothing, or what it could have asked for: see query.h.
 *
 * This walks the whole catalogue, which a query that finds something never does. */
#include "query/query.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "query/join.h"

#include <inttypes.h>
#include <stdlib.h>

/* What the catalogue holds, seen from the selector. */
struct look {
    struct pt_map names;
    struct pt_str wanted;  /* the selector's exact name, or empty */
    uint64_t namesakes;    /* series of that name, whatever their tags */
};

static int look_at(void *ctx, const struct pt_store_series *s)
{
    struct look *l = ctx;
    pt_map_add(&l->names, s->name, NULL);
    l->namesakes += l->wanted.n && pt_str_eq(s->name, l->wanted);
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

static int no_series(const struct look *l, const char *selector, struct pt_err *err)
{
    const char *nearest = nearest_name(l);
    struct pt_buf name = {0};
    if (!l->names.n)
        return pt_err_set(err, PT_FOUND, "no series matches %.200s; there are no series at all",
                          selector);
    if (l->namesakes)
        return pt_err_set(err, PT_FOUND,
                          "no series matches %.200s; %" PRIu64 " of that name have other tags",
                          selector, l->namesakes);
    if (!nearest)
        return pt_err_set(err, PT_FOUND, "no series matches %.200s", selector);
    pt_text_terminal(&name, pt_str(nearest));
    pt_err_set(err, PT_FOUND, "no series matches %.200s; nearest name: %.100s", selector, name.p);
    pt_buf_release(&name);
    return -1;
}

static int no_points(const char *selector, int64_t since, int64_t until, struct pt_err *err)
{
    char from[PT_TIME_TEXT], to[PT_TIME_TEXT];
    pt_time_format(from, since);
    pt_time_format(to, until);
    return pt_err_set(err, PT_FOUND, "no points of %.200s in [%s, %s)", selector,
                      since == PT_TIME_MIN ? "the beginning" : from,
                      until == PT_TIME_MAX ? "the end" : to);
}

static int end_walk(void *ctx, const struct pt_store_series *s)
{
    (void)ctx;
    (void)s;
    return 1;
}

int pt_query_nothing(struct pt_store *store, const struct pt_selector *selector, int64_t since,
                     int64_t until, struct pt_err *err)
{
    struct look l = {0};
    struct pt_buf shown = {0};
    int rc = pt_store_each_series(store, selector, end_walk, NULL, err);
    pt_text_terminal(&shown, selector ? pt_selector_text(selector) : PT_STR("*"));
    if (selector)
        l.wanted = pt_selector_exact_name(selector);
    if (rc == 1)
        rc = no_points(shown.p, since, until, err);
    else if (rc == 0 && pt_store_each_series(store, NULL, look_at, &l, err) == 0)
        rc = no_series(&l, shown.p, err);
    pt_buf_release(&shown);
    pt_map_release(&l.names);
    return rc ? -1 : rc;
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
