/* tags.c - see tags.h.
 *
 * Tag sets are small, so they are sorted by insertion; but a hostile line can hold a hundred
 * thousand tags, for which that would take seconds, so many are sorted by the C library first. */
#include "record/tags.h"

#include "base/json.h"
#include "base/text.h"

#include <stdlib.h>

enum {
    FIRST_TAGS = 8,
    INSERTION_MOST = 64, /* more tags than these are sorted by qsort */
    EXCERPT = 64         /* bytes of a key quoted in a message */
};

/* "%.*s" of a key in messages. */
#define SHOWN(key) ((key).n > EXCERPT ? EXCERPT : (int)(key).n), (key).p

static int by_key(const void *a, const void *b)
{
    return pt_str_cmp(((const struct pt_tag *)a)->key, ((const struct pt_tag *)b)->key);
}

int pt_tags_sort(struct pt_tag *tags, size_t n, struct pt_err *err)
{
    if (n > INSERTION_MOST)
        qsort(tags, n, sizeof *tags, by_key);
    for (size_t i = 1; i < n; i++) {
        struct pt_tag t = tags[i];
        size_t k = i;
        for (; k > 0 && pt_str_cmp(tags[k - 1].key, t.key) > 0; k--)
            tags[k] = tags[k - 1];
        tags[k] = t;
        if (k > 0 && pt_str_eq(tags[k - 1].key, t.key))
            return pt_err_set(err, PT_DATA, "tags: the key \"%.*s\" appears twice", SHOWN(t.key));
    }
    return 0;
}

static int check_length(struct pt_str text, const char *what, struct pt_str key, uint64_t most,
                        struct pt_err *err)
{
    if (text.n <= most)
        return 0;
    return pt_err_set(err, PT_DATA,
                      "tags: the %s \"%.*s\" has %zu bytes; at most %llu are taken "
                      "(see pt-ingest --max-tag)",
                      what, SHOWN(key), text.n, (unsigned long long)most);
}

int pt_tags_check(struct pt_tags tags, const struct pt_limits *limits, struct pt_err *err)
{
    uint64_t most = pt_limit(limits->tags, PT_LIMIT_TAGS);
    uint64_t longest = pt_limit(limits->tag, PT_LIMIT_TAG);
    if (tags.n > most)
        return pt_err_set(err, PT_DATA,
                          "tags: %zu of them; at most %llu are taken (see pt-ingest --max-tags)",
                          tags.n, (unsigned long long)most);
    for (size_t i = 0; i < tags.n; i++) {
        struct pt_tag t = tags.v[i];
        if (check_length(t.key, "key", t.key, longest, err) != 0 ||
            check_length(t.value, "value of", t.key, longest, err) != 0)
            return -1;
    }
    return 0;
}

int pt_tags_parse(struct pt_str json, struct pt_arena *arena, struct pt_tags *out,
                  struct pt_err *err)
{
    struct pt_json_iter it;
    struct pt_str key, value;
    struct pt_tag *tags = NULL;
    size_t n = 0, cap = 0;
    int more;
    *out = (struct pt_tags){0};
    if (!json.n)
        return 0;
    if (pt_json_open(&it, json) != 0 || it.close != '}')
        return pt_err_set(err, PT_DATA, "tags: not an object");
    while ((more = pt_json_next(&it, &key, &value)) == 1) {
        if (value.p[0] != '"')
            return pt_err_set(err, PT_DATA, "tags: the value of \"%.*s\" is not a string",
                              SHOWN(key));
        if (n == cap) {
            struct pt_tag *wider;
            cap = cap ? cap * 2 : FIRST_TAGS;
            wider = pt_arena_alloc(arena, cap * sizeof *wider);
            if (n)
                memcpy(wider, tags, n * sizeof *wider);
            tags = wider;
        }
        tags[n++] = (struct pt_tag){pt_json_text(key, arena),
                                    pt_json_text(pt_json_raw(value), arena)};
    }
    if (more < 0)
        return pt_err_set(err, PT_DATA, "tags: not an object");
    *out = (struct pt_tags){tags, n};
    return pt_tags_sort(tags, n, err);
}

void pt_tags_write(struct pt_buf *b, struct pt_tags tags)
{
    pt_buf_putc(b, '{');
    for (size_t i = 0; i < tags.n; i++) {
        if (i)
            pt_buf_putc(b, ',');
        pt_text_json(b, tags.v[i].key);
        pt_buf_putc(b, ':');
        pt_text_json(b, tags.v[i].value);
    }
    pt_buf_putc(b, '}');
}

struct pt_str pt_tags_get(struct pt_tags tags, struct pt_str key)
{
    for (size_t i = 0; i < tags.n; i++)
        if (pt_str_eq(tags.v[i].key, key))
            return tags.v[i].value;
    return (struct pt_str){0};
}
