/* room.c - see writer.h: whether the store has room for one more series.
 *
 * Where series explode, one tag is nearly always to blame, whose values are ids, times or whole
 * messages.  So the first series that is refused names the key with the most distinct values among
 * the newest: those that wait for a commit and those that came into the file last.  Both are
 * sampled, in bounded memory, only then; the ordinary way costs two additions a new series. */
#include "store/writer.h"

#include "base/mem.h"
#include "record/tags.h"

#include <stdlib.h>

enum {
    SAMPLE = 4096,               /* series looked at of each kind */
    SAMPLE_BYTES_MOST = 4 << 20, /* ... and bytes of their tags in all */
    EXCERPT = 64                 /* bytes of a key quoted in the message */
};

/* Distinct values by tag key. */
struct spread {
    struct pt_map keys;  /* key number 0 stands for the name */
    struct pt_map pairs; /* key, NUL, value */
    size_t *distinct;    /* by number of key */
    size_t cap, series, bytes;
    struct pt_arena arena; /* the series in hand */
};

static void add_value(struct spread *s, struct pt_str key, struct pt_str value)
{
    size_t n = key.n + 1 + value.n;
    char *pair = pt_arena_alloc(&s->arena, n);
    uint32_t at;
    bool added;
    memcpy(pair, key.n ? key.p : "", key.n);
    pair[key.n] = '\0';
    memcpy(pair + key.n + 1, value.n ? value.p : "", value.n);
    at = pt_map_add(&s->keys, key, &added);
    s->distinct = pt_mem_grow(s->distinct, &s->cap, (size_t)at + 1, sizeof *s->distinct);
    if (added)
        s->distinct[at] = 0;
    pt_map_add(&s->pairs, (struct pt_str){pair, n}, &added);
    s->distinct[at] += added;
}

static void add_series(struct spread *s, struct pt_str name, struct pt_str json)
{
    struct pt_err ignored = {0}; /* the tags are canonical, so they are valid */
    struct pt_tags tags;
    if (s->bytes > SAMPLE_BYTES_MOST)
        return;
    s->bytes += name.n + json.n;
    s->series++;
    pt_arena_reset(&s->arena);
    add_value(s, PT_STR("\0name"), name);
    if (pt_tags_parse(json, &s->arena, &tags, &ignored) == 0)
        for (size_t i = 0; i < tags.n; i++)
            add_value(s, tags.v[i].key, tags.v[i].value);
}

static void sample_waiting(const struct pt_writer *w, struct spread *s)
{
    size_t n = pt_identity_count(&w->series);
    for (size_t i = n > SAMPLE ? n - SAMPLE : 0; i < n; i++)
        if (!w->slots[i].id)
            add_series(s, pt_identity_name(&w->series, (uint32_t)i),
                       pt_identity_tags(&w->series, (uint32_t)i));
}

static int sample_stored(struct pt_writer *w, struct spread *s, struct pt_err *err)
{
    static const char SQL[] = "SELECT name, tags FROM series ORDER BY id DESC LIMIT ?1";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int(stmt, 1, SAMPLE);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1)
        add_series(s, pt_db_str(stmt, 0), pt_db_str(stmt, 1));
    return rc;
}

/* The tag's key; of equals a tag goes before the name. */
static uint32_t widest(const struct spread *s)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < s->keys.n; i++)
        if (s->distinct[i] > s->distinct[best] || (best == 0 && s->distinct[i] == s->distinct[0]))
            best = i;
    return best;
}

/* "; among the newest 4096 the tag "user" has the most values, 4096" */
static int blame(struct pt_writer *w, struct pt_buf *out, struct pt_err *err)
{
    struct spread s = {0};
    int rc;
    sample_waiting(w, &s);
    rc = sample_stored(w, &s, err);
    if (rc == 0 && s.keys.n) {
        uint32_t at = widest(&s);
        struct pt_str key = pt_map_key(&s.keys, at);
        pt_buf_printf(out, "; among the newest %zu ", s.series);
        if (at == 0)
            pt_buf_puts(out, "the name");
        else
            pt_buf_printf(out, "the tag \"%.*s\"", key.n < EXCERPT ? (int)key.n : EXCERPT, key.p);
        pt_buf_printf(out, " has the most values, %zu", s.distinct[at]);
    }
    pt_map_release(&s.keys);
    pt_map_release(&s.pairs);
    pt_arena_release(&s.arena);
    free(s.distinct);
    return rc;
}

static int count_series(struct pt_writer *w, struct pt_err *err)
{
    static const char SQL[] = "SELECT count(*) FROM series";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int64_t n;
    if (!stmt || pt_db_int(w->store, stmt, 0, &n, err) != 0)
        return -1;
    w->series_then = (uint64_t)n - w->receipt.series;
    w->counted = true;
    return 0;
}

int pt_writer_check_room(struct pt_writer *w, struct pt_err *err)
{
    uint64_t most = pt_limit(w->limits.series, PT_LIMIT_SERIES);
    struct pt_buf why = {0};
    int rc = w->counted ? 0 : count_series(w, err);
    if (rc != 0 || w->series_then + w->receipt.series + w->unborn < most)
        return rc;
    if (w->refused++ == 0)
        rc = blame(w, &why, err);
    if (rc == 0)
        pt_err_set(err, PT_DATA,
                   "series: a new one, and the store has the %llu that it may have "
                   "(--max-series)%s",
                   (unsigned long long)most, why.n ? why.p : "");
    pt_buf_release(&why);
    return -1;
}
