/* identity.c - see identity.h.
 *
 * Both maps have keys of the same form: the name, a NUL, the tags.  Names may hold any byte, tags
 * in JSON no NUL, so the last NUL is the one between them, and the key is unambiguous. */
#include "record/identity.h"

#include "base/mem.h"
#include "record/tags.h"

#include <stdlib.h>

enum {
    SPELLINGS_BYTES_MOST = 32 << 20,
    KEY_BYTES = 64 /* what a map takes for a key beside its bytes, about */
};

static struct pt_str key_of(struct pt_identity *id, struct pt_str name, struct pt_str tags)
{
    char *p;
    pt_buf_clear(&id->key);
    p = pt_buf_reserve(&id->key, name.n + 1 + tags.n);
    if (name.n)
        memcpy(p, name.p, name.n);
    p[name.n] = '\0';
    if (tags.n)
        memcpy(p + name.n + 1, tags.p, tags.n);
    return (struct pt_str){p, name.n + 1 + tags.n};
}

uint32_t pt_identity_canonical(struct pt_identity *id, struct pt_str name, struct pt_str tags,
                               bool *added)
{
    struct pt_str key = key_of(id, name, tags);
    uint32_t number = pt_map_add(&id->series, key, added);
    if (*added)
        id->series_bytes += key.n + KEY_BYTES;
    return number;
}

static int check_room(struct pt_identity *id, struct pt_str name, struct pt_str tags,
                      struct pt_err *err)
{
    uint64_t most = pt_limit(id->limits.series, PT_LIMIT_SERIES);
    if (id->series.n < most || pt_map_find(&id->series, key_of(id, name, tags)) != PT_MAP_NONE)
        return 0;
    return pt_err_set(err, PT_DATA,
                      "series: there are %llu already, the most that are held in memory; store the "
                      "stream with pt-ingest and read the store", (unsigned long long)most);
}

static void remember(struct pt_identity *id, struct pt_str spelling, uint32_t number)
{
    uint32_t at;
    if (id->spellings_bytes > SPELLINGS_BYTES_MOST) {
        pt_map_release(&id->spellings);
        id->spellings_bytes = 0;
    }
    at = pt_map_add(&id->spellings, spelling, NULL);
    id->spelled =
        pt_mem_grow(id->spelled, &id->spelled_cap, id->spellings.n, sizeof *id->spelled);
    id->spelled[at] = number;
    id->spellings_bytes += spelling.n + KEY_BYTES;
}

/* The slow way: a spelling that was not met yet. */
static int learn(struct pt_identity *id, struct pt_str name, struct pt_str tags, uint32_t *number,
                 bool *added, struct pt_err *err)
{
    struct pt_tags parsed;
    pt_arena_reset(&id->arena);
    if (pt_tags_parse(tags, &id->arena, &parsed, err) != 0 ||
        pt_tags_check(parsed, &id->limits, err) != 0)
        return -1;
    pt_buf_clear(&id->tags);
    pt_tags_write(&id->tags, parsed);
    if (check_room(id, name, pt_buf_view(&id->tags), err) != 0)
        return -1;
    *number = pt_identity_canonical(id, name, pt_buf_view(&id->tags), added);
    remember(id, key_of(id, name, tags), *number);
    return 0;
}

int pt_identity_of(struct pt_identity *id, struct pt_str name, struct pt_str tags, uint32_t *number,
                   bool *added, struct pt_err *err)
{
    uint32_t spelling = pt_map_find(&id->spellings, key_of(id, name, tags));
    if (spelling == PT_MAP_NONE)
        return learn(id, name, tags, number, added, err);
    *number = id->spelled[spelling];
    *added = false;
    return 0;
}

static size_t name_length(struct pt_str key)
{
    return (size_t)((const char *)memrchr(key.p, '\0', key.n) - key.p);
}

struct pt_str pt_identity_name(const struct pt_identity *id, uint32_t number)
{
    struct pt_str key = pt_map_key(&id->series, number);
    return (struct pt_str){key.p, name_length(key)};
}

struct pt_str pt_identity_tags(const struct pt_identity *id, uint32_t number)
{
    struct pt_str key = pt_map_key(&id->series, number);
    size_t n = name_length(key) + 1;
    return (struct pt_str){key.p + n, key.n - n};
}

void pt_identity_forget(struct pt_identity *id)
{
    pt_map_release(&id->spellings);
    pt_map_release(&id->series);
    id->spellings_bytes = id->series_bytes = 0;
}

void pt_identity_release(struct pt_identity *id)
{
    pt_map_release(&id->spellings);
    pt_map_release(&id->series);
    free(id->spelled);
    pt_buf_release(&id->key);
    pt_buf_release(&id->tags);
    pt_arena_release(&id->arena);
    *id = (struct pt_identity){0};
}
