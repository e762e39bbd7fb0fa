/* origin.c - see origin.h.
 *
 * Batches are gathered as spans of ids, in three sets: those that hold something that matches, those
 * between the ends of merged chunks, and those between the ends of blocks.  Ids are given in order of
 * time, so what was stored together makes few spans.  Of the last two sets only batches that brought
 * points, or documents, are told.  Duplicates count as points: one that is larger than what was there
 * stays, and its batch may have no other.
 *
 * A chunk or block whose batches are in its set already says nothing new, so it is never opened. */
#include "store/origin.h"

#include "base/arena.h"
#include "base/mem.h"
#include "store/document.h"

#include <stdlib.h>

/* --- spans ------------------------------------------------------------------------------------- */

enum { SPANS_SLACK = 64 }; /* how many may wait to be settled, beyond as many as are */

struct span {
    int64_t lo, hi;
};

/* The first `settled` are in order, without gaps of less than one id between them. */
struct spans {
    struct span *v;
    size_t n, cap, settled;
};

static int by_lo(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->lo > y->lo) - (x->lo < y->lo);
}

static void settle(struct spans *s)
{
    size_t n = 0;
    if (s->n == s->settled)
        return;
    qsort(s->v, s->n, sizeof *s->v, by_lo);
    for (size_t i = 0; i < s->n; i++) {
        if (n && s->v[i].lo - 1 <= s->v[n - 1].hi)
            s->v[n - 1].hi = s->v[i].hi > s->v[n - 1].hi ? s->v[i].hi : s->v[n - 1].hi;
        else
            s->v[n++] = s->v[i];
    }
    s->n = s->settled = n;
}

/* Ids that no batch has stand for 0, which none has either. */
static void add(struct spans *s, int64_t lo, int64_t hi)
{
    lo = lo < 0 ? 0 : lo;
    hi = hi < lo ? lo : hi;
    if (s->n > 2 * s->settled + SPANS_SLACK)
        settle(s);
    s->v = pt_mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
    s->v[s->n++] = (struct span){lo, hi};
}

/* The first settled span that does not end before the id. */
static size_t lower(const struct spans *s, int64_t id)
{
    size_t begin = 0, end = s->settled;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (s->v[middle].hi < id)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* Whether all of them are in, as far as is settled; the last one that was added is looked at, too. */
static bool covers(const struct spans *s, int64_t lo, int64_t hi)
{
    size_t at = lower(s, lo);
    if (s->n > s->settled && s->v[s->n - 1].lo <= lo && s->v[s->n - 1].hi >= hi)
        return true;
    return at < s->settled && s->v[at].lo <= lo && s->v[at].hi >= hi;
}

/* --- gathering --------------------------------------------------------------------------------- */

struct gather {
    struct pt_store *store;
    const struct pt_store_filter *filter;
    struct spans exact, points, documents;
    struct pt_arena block, scratch; /* the block in hand, unpacked; tags while matching */
    struct pt_err *err;
};

static struct spans *set_for(struct gather *g, struct spans *merged, int64_t batch0,
                             int64_t batch1)
{
    return batch0 == batch1 ? &g->exact : merged;
}

/* Whether a chunk that overlaps the range has a point in it: 1, 0, -1.  Its ends are points, so only
 * one that begins before and ends behind is opened. */
static int has_points(struct gather *g, const struct pt_db_chunk *chunk)
{
    const struct pt_store_filter *f = g->filter;
    struct pt_column c = {0};
    int rc = 1;
    if (chunk->summary.t0 >= f->since || chunk->summary.t1 < f->until)
        return 1;
    if (pt_db_load_chunk(g->store, chunk, &c, g->err) != 0)
        rc = -1;
    else
        rc = pt_column_lower(&c, f->since) < pt_column_lower(&c, f->until);
    pt_column_release(&c);
    return rc;
}

static int gather_chunks(struct gather *g, int64_t series)
{
    static const char SQL[] =
        "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 < ?3 AND t0 >= coalesce("
        " (SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2) AND t1 >= ?2";
    sqlite3_stmt *stmt = pt_db_statement(g->store, SQL, g->err);
    struct pt_db_chunk chunk;
    int rc, has;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, g->filter->since);
    sqlite3_bind_int64(stmt, 3, g->filter->until);
    while ((rc = pt_db_step(g->store, stmt, g->err)) == 1) {
        struct spans *set;
        pt_db_read_chunk(stmt, &chunk);
        set = set_for(g, &g->points, chunk.batch0, chunk.batch1);
        if (covers(set, chunk.batch0, chunk.batch1))
            continue;
        if ((has = has_points(g, &chunk)) < 0)
            break;
        if (has)
            add(set, chunk.batch0, chunk.batch1);
    }
    sqlite3_reset(stmt);
    return rc ? -1 : 0;
}

static int gather_tail(struct gather *g, int64_t series)
{
    static const char SQL[] =
        "SELECT batch FROM tail WHERE series = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts";
    sqlite3_stmt *stmt = pt_db_statement(g->store, SQL, g->err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, g->filter->since);
    sqlite3_bind_int64(stmt, 3, g->filter->until);
    while ((rc = pt_db_step(g->store, stmt, g->err)) == 1) {
        int64_t batch = sqlite3_column_int64(stmt, 0);
        if (!covers(&g->exact, batch, batch))
            add(&g->exact, batch, batch);
    }
    return rc;
}

static int gather_series(void *ctx, const struct pt_store_series *series)
{
    struct gather *g = ctx;
    return gather_chunks(g, series->id) != 0 || gather_tail(g, series->id) != 0 ? -1 : 0;
}

static int gather_row(void *ctx, const struct pt_document *doc)
{
    struct gather *g = ctx;
    if (!covers(&g->exact, doc->d.batch, doc->d.batch) &&
        pt_document_match(g->filter, &doc->d, &g->scratch))
        add(&g->exact, doc->d.batch, doc->d.batch);
    return 0;
}

static int matches(void *ctx, const struct pt_document *doc)
{
    struct gather *g = ctx;
    return pt_document_match(g->filter, &doc->d, &g->scratch);
}

/* Whether a document of the block matches: 1, 0, -1. */
static int block_matches(struct gather *g, int64_t id)
{
    static const char SQL[] = "SELECT " PT_BLOCK " FROM block WHERE id = ?1";
    sqlite3_stmt *stmt = pt_db_statement(g->store, SQL, g->err);
    struct pt_block block;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    if ((rc = pt_db_step(g->store, stmt, g->err)) != 1)
        return rc;
    pt_arena_reset(&g->block);
    pt_block_read(stmt, &block);
    rc = pt_block_open(g->store, &block, &g->block, matches, g, g->err);
    sqlite3_reset(stmt);
    return rc;
}

/* One found by the index, of which its row may tell that something in it matches.  The times of a row
 * are those of its first and its last document, of whatever trace. */
static int gather_block(struct gather *g, sqlite3_stmt *stmt)
{
    const struct pt_store_filter *f = g->filter;
    int64_t t0 = sqlite3_column_int64(stmt, 1), t1 = sqlite3_column_int64(stmt, 2);
    int64_t batch0 = sqlite3_column_int64(stmt, 3), batch1 = sqlite3_column_int64(stmt, 4);
    struct spans *set = set_for(g, &g->documents, batch0, batch1);
    bool all = t0 >= f->since && t1 < f->until, some = t0 >= f->since || t1 < f->until;
    int rc = 1;
    if (covers(set, batch0, batch1))
        return 0;
    if (f->selector || f->where || !(f->trace ? all && !f->type : some))
        rc = block_matches(g, sqlite3_column_int64(stmt, 0));
    if (rc == 1)
        add(set, batch0, batch1);
    return rc < 0 ? -1 : 0;
}

static int gather_blocks(struct gather *g)
{
#define COLUMNS "SELECT id, t0, t1, batch0, batch1 FROM block WHERE "
    static const char TRACE[] =
        COLUMNS "id IN (SELECT block FROM block_trace WHERE trace = ?1) AND t1 >= ?2 AND t0 < ?3";
    static const char TYPE[] = COLUMNS "type = ?1 AND t1 >= ?2 AND t0 < ?3";
    static const char ALL[] = COLUMNS "t1 >= ?2 AND t0 < ?3";
#undef COLUMNS
    sqlite3_stmt *stmt = pt_document_statement(g->store, g->filter, TRACE, TYPE, ALL, g->err);
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(g->store, stmt, g->err)) == 1)
        if ((rc = gather_block(g, stmt)) != 0)
            break;
    pt_db_return(g->store, stmt);
    return rc;
}

static int gather_all(struct gather *g)
{
    const struct pt_store_filter *f = g->filter;
    bool metric = f->type && strcmp(f->type, "metric") == 0;
    if ((!f->type || metric) && !f->trace && !f->where &&
        pt_store_each_series(g->store, f->selector, gather_series, g, g->err) != 0)
        return -1;
    if (!metric && (pt_document_each_row(g->store, f, gather_row, g, g->err) != 0 ||
                    gather_blocks(g) != 0))
        return -1;
    settle(&g->exact);
    settle(&g->points);
    settle(&g->documents);
    return 0;
}

/* --- telling ----------------------------------------------------------------------------------- */

struct telling {
    const struct gather *gather;
    int (*each)(void *ctx, const struct pt_origin *origin);
    void *ctx;
};

static void read_origin(sqlite3_stmt *stmt, struct pt_origin *out)
{
    *out = (struct pt_origin){.batch = sqlite3_column_int64(stmt, 0),
                              .known = true,
                              .start = (uint64_t)sqlite3_column_int64(stmt, 1),
                              .stop = (uint64_t)sqlite3_column_int64(stmt, 2),
                              .lines = (uint64_t)sqlite3_column_int64(stmt, 3),
                              .points = (uint64_t)sqlite3_column_int64(stmt, 4),
                              .documents = (uint64_t)sqlite3_column_int64(stmt, 5),
                              .duplicates = (uint64_t)sqlite3_column_int64(stmt, 6),
                              .late = (uint64_t)sqlite3_column_int64(stmt, 7),
                              .rejects = (uint64_t)sqlite3_column_int64(stmt, 8),
                              .at = sqlite3_column_int64(stmt, 9),
                              .kind = pt_db_str(stmt, 10),
                              .source = pt_db_str(stmt, 11),
                              .format = pt_db_str(stmt, 12),
                              .run = sqlite3_column_int64(stmt, 13),
                              .command = pt_db_str(stmt, 14),
                              .host = pt_db_str(stmt, 15),
                              .version = pt_db_str(stmt, 16)};
}

/* Batches that are named for certain, from lo up to but not including hi, but have no row. */
static int tell_missing(const struct telling *t, int64_t lo, int64_t hi)
{
    const struct spans *s = &t->gather->exact;
    int rc = 0;
    for (size_t i = lower(s, lo); i < s->n && s->v[i].lo < hi; i++)
        for (int64_t id = s->v[i].lo > lo ? s->v[i].lo : lo; id <= s->v[i].hi && id < hi; id++)
            if ((rc = t->each(t->ctx, &(struct pt_origin){.batch = id, .exact = true})) != 0)
                return rc;
    return 0;
}

static int tell(const struct telling *t, struct pt_origin *o)
{
    const struct gather *g = t->gather;
    o->exact = covers(&g->exact, o->batch, o->batch);
    if (!o->exact &&
        !(o->points + o->duplicates && covers(&g->points, o->batch, o->batch)) &&
        !(o->documents && covers(&g->documents, o->batch, o->batch)))
        return 0;
    return t->each(t->ctx, o);
}

static int tell_span(const struct telling *t, const struct span *span)
{
    static const char SQL[] =
        "SELECT b.id, b.start, b.stop, b.lines, b.points, b.documents, b.duplicates, b.late,"
        " b.rejects, b.at, s.kind, s.name, s.format, r.at, r.command, r.host, r.version"
        " FROM batch b LEFT JOIN source s ON s.id = b.source LEFT JOIN run r ON r.id = b.run"
        " WHERE b.id BETWEEN ?1 AND ?2 ORDER BY b.id";
    const struct gather *g = t->gather;
    sqlite3_stmt *stmt = pt_db_borrow(g->store, SQL, g->err);
    int64_t next = span->lo;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, span->lo);
    sqlite3_bind_int64(stmt, 2, span->hi);
    while ((rc = pt_db_step(g->store, stmt, g->err)) == 1) {
        struct pt_origin o;
        read_origin(stmt, &o);
        if ((rc = tell_missing(t, next, o.batch)) != 0 || (rc = tell(t, &o)) != 0)
            break;
        next = o.batch + 1;
    }
    pt_db_return(g->store, stmt);
    return rc ? rc : tell_missing(t, next, span->hi == INT64_MAX ? span->hi : span->hi + 1);
}

static int tell_all(const struct telling *t)
{
    const struct spans *sets[] = {&t->gather->exact, &t->gather->points, &t->gather->documents};
    struct spans all = {0};
    int rc = 0;
    for (size_t k = 0; k < sizeof sets / sizeof sets[0]; k++)
        for (size_t i = 0; i < sets[k]->n; i++)
            add(&all, sets[k]->v[i].lo, sets[k]->v[i].hi);
    settle(&all);
    for (size_t i = 0; i < all.n && rc == 0; i++)
        rc = tell_span(t, &all.v[i]);
    free(all.v);
    return rc;
}

int pt_origin_each(struct pt_store *s, const struct pt_store_filter *filter,
                   int (*each)(void *ctx, const struct pt_origin *origin), void *ctx,
                   struct pt_err *err)
{
    struct gather g = {.store = s, .filter = filter, .err = err};
    int rc = gather_all(&g);
    if (rc == 0)
        rc = tell_all(&(struct telling){.gather = &g, .each = each, .ctx = ctx});
    free(g.exact.v);
    free(g.points.v);
    free(g.documents.v);
    pt_arena_release(&g.block);
    pt_arena_release(&g.scratch);
    return rc;
}
