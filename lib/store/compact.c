/* compact.c - keep.h: chunks that are not full become fewer, full ones.
 *
 * Commits, and late points, leave chunks of any length.  Where a run of neighbours fits into fewer
 * chunks it is written anew, as full chunks and a rest, which is looked at together with what
 * follows.  A run is at most WINDOW chunks, so memory is bounded and a transaction short.
 *
 * What that leaves half empty is put onto full pages then (repack.h).
 *
 * Chunks stay at PT_CHUNK_POINTS: on ten million points of a thousand series, chunks of 2048
 * points made the file 4 percent smaller and those of 4096 three, as fewer of them fill a page as
 * well, while whoever wants a minute has to decode two to four times as much. */
#include "store/merge.h"
#include "store/repack.h"
#include "store/seal.h"

enum {
    WINDOW = 16,         /* chunks that are held against each other */
    JOINS_AT_ONCE = 64,  /* runs that one transaction rewrites */
    LOOKS_AT_ONCE = 4096 /* windows that it looks at */
};

struct compaction {
    struct pt_store *store;
    int64_t series, t0; /* chunks up to this one are done */
    uint64_t looked, all, written;
    const struct pt_compact *how;
};

/* The next chunks of the series in hand. */
static int load_window(struct compaction *k, struct pt_db_chunk out[WINDOW], size_t *n,
                       struct pt_err *err)
{
    static const char SQL[] = "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 > ?2"
                              " ORDER BY t0 LIMIT ?3";
    sqlite3_stmt *stmt = pt_db_statement(k->store, SQL, err);
    int rc;
    *n = 0;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, k->series);
    sqlite3_bind_int64(stmt, 2, k->t0);
    sqlite3_bind_int(stmt, 3, WINDOW);
    while ((rc = pt_db_step(k->store, stmt, err)) == 1)
        pt_db_read_chunk(stmt, &out[(*n)++]);
    return rc;
}

/* How many chunks, from the first on, fit into three quarters as many; 0 when none do.  To save fewer is
 * not worth the room that rewriting them leaves on their pages. */
static size_t worth_joining(const struct pt_db_chunk *chunks, size_t n)
{
    uint64_t points = 0;
    for (size_t i = 0; i < n; i++) {
        points += chunks[i].summary.n;
        if ((points + PT_CHUNK_POINTS - 1) / PT_CHUNK_POINTS * 4 <= (i + 1) * 3)
            return i + 1;
    }
    return 0;
}

/* Points begin..end of all, as chunks. */
static int write_part(struct pt_store *s, int64_t series, const struct pt_column *all,
                      size_t begin, size_t end, int64_t batch0, int64_t batch1,
                      struct pt_err *err)
{
    struct pt_column part = {0};
    int rc;
    pt_column_append(&part, all, begin, end);
    rc = pt_merge_write(s, series, &part, batch0, batch1, err);
    pt_column_release(&part);
    return rc;
}

static int join(struct compaction *k, const struct pt_db_chunk *chunks, size_t n,
                struct pt_err *err)
{
    struct pt_column all = {0};
    int64_t batch0 = chunks[0].batch0, batch1 = chunks[0].batch1;
    size_t full;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = pt_db_load_chunk(k->store, &chunks[i], &all, err);
        batch0 = chunks[i].batch0 < batch0 ? chunks[i].batch0 : batch0;
        batch1 = chunks[i].batch1 > batch1 ? chunks[i].batch1 : batch1;
    }
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = pt_db_delete_chunk(k->store, &chunks[i], err);
    full = all.n / PT_CHUNK_POINTS * PT_CHUNK_POINTS;
    k->written += all.n / PT_CHUNK_POINTS + 1;
    if (rc == 0)
        rc = write_part(k->store, k->series, &all, 0, full, batch0, batch1, err);
    if (rc == 0)
        rc = write_part(k->store, k->series, &all, full, all.n, batch0, batch1, err);
    if (rc == 0) /* the rest is looked at again */
        k->t0 = full < all.n ? all.ts[full] - 1 : chunks[n - 1].summary.t0;
    pt_column_release(&all);
    return rc;
}

static int next_series(struct compaction *k, struct pt_err *err)
{
    static const char SQL[] = "SELECT min(series) FROM chunk WHERE series > ?1";
    sqlite3_stmt *stmt = pt_db_statement(k->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, k->series);
    k->t0 = INT64_MIN;
    return pt_db_int(k->store, stmt, INT64_MAX, &k->series, err);
}

/* 1 when a run was rewritten, 0 when not, -1. */
static int look(struct compaction *k, struct pt_err *err)
{
    struct pt_db_chunk chunks[WINDOW];
    size_t n, most;
    if (load_window(k, chunks, &n, err) != 0)
        return -1;
    if (n == 0)
        return next_series(k, err);
    if ((most = worth_joining(chunks, n)) > 0) {
        k->looked += most - 1;
        return join(k, chunks, most, err) == 0 ? 1 : -1;
    }
    k->t0 = chunks[0].summary.t0;
    k->looked++;
    return 0;
}

static int compact_step(void *ctx, struct pt_err *err)
{
    struct compaction *k = ctx;
    int joins = 0;
    for (int i = 0; i < LOOKS_AT_ONCE && joins < JOINS_AT_ONCE; i++) {
        int rc = k->series == INT64_MAX ? 0 : look(k, err);
        if (rc < 0)
            return -1;
        joins += rc;
    }
    if (k->how->progress)
        k->how->progress(k->how->ctx, k->looked < k->all ? k->looked : k->all, k->all);
    return k->series != INT64_MAX;
}

static int repack_step(void *ctx, struct pt_err *err)
{
    return pt_repack_step(ctx, err);
}

/* Free pages go back to the file system, a few at a time. */
static int give_back_step(void *ctx, struct pt_err *err)
{
    static const char FREE[] = "PRAGMA freelist_count";
    struct compaction *k = ctx;
    sqlite3_stmt *stmt = pt_db_statement(k->store, FREE, err);
    int64_t before = (int64_t)k->all, pages;
    if (!stmt || pt_db_int(k->store, stmt, 0, &pages, err) != 0)
        return -1;
    k->all = (uint64_t)pages;
    if (pages == 0 || pages >= before)
        return 0;
    return pt_db_exec(k->store, "PRAGMA incremental_vacuum(512)", err) == 0 ? 1 : -1;
}

int pt_store_compact(struct pt_store *s, const struct pt_compact *how, struct pt_seal_result *out,
                     struct pt_err *err)
{
    struct compaction k = {.store = s, .series = INT64_MIN, .how = how};
    struct pt_repack repack = {.store = s};
    *out = (struct pt_seal_result){0};
    if (pt_seal_measure(s, &out->chunks_before, &out->bytes_before, err) != 0 ||
        pt_seal_hot(s, how->stopping, out, err) != 0 || next_series(&k, err) != 0 ||
        pt_seal_measure(s, &k.all, &out->bytes_after, err) != 0 ||
        pt_seal_steps(s, compact_step, &k, how->stopping, err) != 0)
        return -1;
    repack.rewritten = k.written;
    if (pt_seal_steps(s, repack_step, &repack, how->stopping, err) != 0)
        return -1;
    k.all = INT64_MAX;
    if (pt_seal_steps(s, give_back_step, &k, how->stopping, err) != 0 ||
        pt_db_exec(s, "PRAGMA wal_checkpoint(PASSIVE)", err) != 0)
        return -1;
    return pt_seal_measure(s, &out->chunks_after, &out->bytes_after, err);
}
