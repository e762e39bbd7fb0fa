/* seal.c - keep.h: hot rows become chunks and blocks.
 *
 * Each transaction does a bounded amount of work, so that writers beside it wait for moments, not
 * for the whole. */
#include "base/mem.h"
#include "store/document.h"
#include "store/keep.h"
#include "store/merge.h"
#include "store/turn.h"

#include <stdlib.h>

enum {
    SERIES_AT_ONCE = 64,    /* series that one transaction seals */
    BLOCK_DOCUMENTS = 1024, /* documents in a block */
    BLOCK_BYTES = 4 << 20   /* ... unless they are long */
};

/* --- points ------------------------------------------------------------------------------------ */

static int seal_tail(struct pt_store *s, int64_t series, uint64_t *points, struct pt_err *err)
{
    struct pt_column c = {0};
    int64_t batch0 = INT64_MAX, batch1 = 0;
    uint64_t duplicates = 0;
    int rc = pt_merge_take_tail(s, series, &c, &batch0, &batch1, err);
    if (rc == 0 && c.n)
        rc = pt_merge_points(s, series, &c, batch0, batch1, &duplicates, err);
    *points += c.n;
    pt_column_release(&c);
    return rc;
}

static int load_chunks(struct pt_store *s, int64_t series, struct pt_db_chunk **out, size_t *n,
                       struct pt_err *err)
{
    static const char SQL[] =
        "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 ORDER BY t0";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    size_t cap = 0;
    int rc;
    *out = NULL;
    *n = 0;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        *out = pt_mem_grow(*out, &cap, *n + 1, sizeof **out);
        pt_db_read_chunk(stmt, &(*out)[(*n)++]);
    }
    return rc;
}

/* Chunks begin..end, whose points fit one chunk together, become one. */
static int join_chunks(struct pt_store *s, const struct pt_db_chunk *chunks, size_t begin,
                       size_t end, struct pt_err *err)
{
    struct pt_column all = {0};
    int64_t batch0 = chunks[begin].batch0, batch1 = chunks[begin].batch1;
    int rc = 0;
    for (size_t i = begin; i < end && rc == 0; i++) {
        rc = pt_db_load_chunk(s, &chunks[i], &all, err);
        batch0 = chunks[i].batch0 < batch0 ? chunks[i].batch0 : batch0;
        batch1 = chunks[i].batch1 > batch1 ? chunks[i].batch1 : batch1;
    }
    for (size_t i = begin; i < end && rc == 0; i++)
        rc = pt_db_delete_chunk(s, &chunks[i], err);
    if (rc == 0)
        rc = pt_merge_write(s, chunks[begin].series, &all, batch0, batch1, err);
    pt_column_release(&all);
    return rc;
}

static int compact(struct pt_store *s, int64_t series, struct pt_err *err)
{
    struct pt_db_chunk *chunks;
    size_t n;
    int rc = load_chunks(s, series, &chunks, &n, err);
    for (size_t begin = 0, end; begin < n && rc == 0; begin = end) {
        uint64_t points = chunks[begin].summary.n;
        for (end = begin + 1;
             end < n && points + chunks[end].summary.n <= PT_CHUNK_POINTS; end++)
            points += chunks[end].summary.n;
        if (end > begin + 1)
            rc = join_chunks(s, chunks, begin, end, err);
    }
    free(chunks);
    return rc;
}

/* The next series after *last that has something to seal: those with a tail, and those with a chunk
 * that would fit into its neighbour. */
static int next_series(struct pt_store *s, int64_t *last, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT min(id) FROM (SELECT min(series) AS id FROM tail WHERE series > ?1"
        " UNION ALL SELECT * FROM (SELECT series FROM chunk a WHERE series > ?1 AND series <="
        "  coalesce((SELECT min(series) FROM tail WHERE series > ?1), 9223372036854775807)"
        "  AND n + (SELECT n FROM chunk b WHERE b.series = a.series AND b.t0 > a.t0"
        "   ORDER BY b.t0 LIMIT 1) <= ?2 ORDER BY series, t0 LIMIT 1))";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, *last);
    sqlite3_bind_int64(stmt, 2, PT_CHUNK_POINTS);
    return pt_db_int(s, stmt, INT64_MAX, last, err);
}

static int seal_series(struct pt_store *s, int64_t *last, struct pt_seal_result *out,
                       struct pt_err *err)
{
    for (int i = 0; i < SERIES_AT_ONCE; i++) {
        if (next_series(s, last, err) != 0)
            return -1;
        if (*last == INT64_MAX)
            return 0;
        if (seal_tail(s, *last, &out->points, err) != 0 || compact(s, *last, err) != 0)
            return -1;
    }
    return 0;
}

/* --- documents --------------------------------------------------------------------------------- */

struct gathered {
    struct pt_document *docs;
    size_t n, cap, bytes;
    int64_t batch0, batch1;
    struct pt_arena arena;
};

static struct pt_str keep_text(struct gathered *g, struct pt_str s)
{
    g->bytes += s.n;
    return pt_arena_str(&g->arena, s);
}

/* The oldest documents of a type, as many as make a block.  A damaged one stops the sealing. */
static int gather(struct pt_store *s, struct pt_str type, struct gathered *g, struct pt_err *err)
{
    static const char SQL[] = "SELECT id, ts, name, trace, body, batch, crc FROM document"
                              " WHERE type = ?1 ORDER BY ts, id LIMIT ?2";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    pt_db_bind_str(stmt, 1, type);
    sqlite3_bind_int(stmt, 2, BLOCK_DOCUMENTS);
    g->batch0 = INT64_MAX;
    while (g->bytes < BLOCK_BYTES && (rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_document doc = {.id = sqlite3_column_int64(stmt, 0),
                                  .d = {.ts = sqlite3_column_int64(stmt, 1),
                                        .type = type,
                                        .name = keep_text(g, pt_db_str(stmt, 2)),
                                        .trace = keep_text(g, pt_db_str(stmt, 3)),
                                        .body = keep_text(g, pt_db_str(stmt, 4))}};
        int64_t batch = sqlite3_column_int64(stmt, 5);
        if (pt_document_crc(&doc.d) != (uint32_t)sqlite3_column_int64(stmt, 6)) {
            rc = pt_err_set(err, PT_SYSTEM, "%s: damaged document %lld; run pt-archive verify",
                            s->path, (long long)doc.id);
            break;
        }
        g->batch0 = batch < g->batch0 ? batch : g->batch0;
        g->batch1 = batch > g->batch1 ? batch : g->batch1;
        g->docs = pt_mem_grow(g->docs, &g->cap, g->n + 1, sizeof *g->docs);
        g->docs[g->n++] = doc;
    }
    sqlite3_reset(stmt);
    return err->code ? -1 : 0;
}

static int insert_block(struct pt_store *s, struct pt_str type, const struct gathered *g,
                        int64_t *id, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO block(type, t0, t1, n, batch0, batch1, crc, bytes)"
                              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    struct pt_buf bytes = {0};
    struct pt_block b = {.t0 = g->docs[0].d.ts,
                         .t1 = g->docs[g->n - 1].d.ts,
                         .n = (int64_t)g->n,
                         .type = type};
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    pt_block_encode(g->docs, g->n, &bytes);
    b.bytes = pt_buf_view(&bytes);
    pt_db_bind_str(stmt, 1, type);
    sqlite3_bind_int64(stmt, 2, b.t0);
    sqlite3_bind_int64(stmt, 3, b.t1);
    sqlite3_bind_int64(stmt, 4, b.n);
    sqlite3_bind_int64(stmt, 5, g->batch0);
    sqlite3_bind_int64(stmt, 6, g->batch1);
    sqlite3_bind_int64(stmt, 7, pt_block_crc(&b));
    sqlite3_bind_blob64(stmt, 8, bytes.p, bytes.n, SQLITE_STATIC);
    rc = pt_db_step(s, stmt, err);
    *id = sqlite3_last_insert_rowid(s->db);
    pt_buf_release(&bytes);
    return rc < 0 ? -1 : 0;
}

static int move_row(struct pt_store *s, const struct pt_document *doc, int64_t block,
                    struct pt_err *err)
{
    static const char TRACE[] = "INSERT OR IGNORE INTO block_trace(trace, block) VALUES(?1, ?2)";
    static const char CLEAR[] = "DELETE FROM document WHERE id = ?1";
    sqlite3_stmt *stmt;
    if (doc->d.trace.n) {
        if (!(stmt = pt_db_statement(s, TRACE, err)))
            return -1;
        pt_db_bind_str(stmt, 1, doc->d.trace);
        sqlite3_bind_int64(stmt, 2, block);
        if (pt_db_step(s, stmt, err) < 0)
            return -1;
    }
    if (!(stmt = pt_db_statement(s, CLEAR, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, doc->id);
    return pt_db_step(s, stmt, err) < 0 ? -1 : 0;
}

/* Any hot document's type into *type; 1, 0 when there is none, -1. */
static int hot_type(struct pt_store *s, struct pt_buf *type, struct pt_err *err)
{
    static const char SQL[] = "SELECT min(type) FROM document";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt || (rc = pt_db_step(s, stmt, err)) < 0)
        return -1;
    pt_buf_clear(type);
    pt_buf_str(type, pt_db_str(stmt, 0));
    sqlite3_reset(stmt);
    return type->n > 0;
}

/* A type that no document answers to has been damaged. */
static bool no_documents(struct pt_store *s, const struct gathered *g, struct pt_err *err)
{
    if (!g->n)
        pt_err_set(err, PT_SYSTEM, "%s: a document's type is damaged; run pt-archive verify",
                   s->path);
    return !g->n;
}

/* 1 when a block was sealed, 0 when there was nothing left, -1. */
static int seal_block(struct pt_store *s, struct pt_seal_result *out, struct pt_err *err)
{
    struct pt_buf type = {0};
    struct gathered g = {0};
    int64_t block;
    int rc = hot_type(s, &type, err);
    if (rc == 1 && (gather(s, pt_buf_view(&type), &g, err) != 0 || no_documents(s, &g, err) ||
                    insert_block(s, pt_buf_view(&type), &g, &block, err) != 0))
        rc = -1;
    for (size_t i = 0; i < g.n && rc == 1; i++)
        if (move_row(s, &g.docs[i], block, err) != 0)
            rc = -1;
    if (rc == 1) {
        out->blocks++;
        out->documents += g.n;
    }
    free(g.docs);
    pt_arena_release(&g.arena);
    pt_buf_release(&type);
    return rc;
}

/* --- the whole --------------------------------------------------------------------------------- */

/* Runs one bounded step in a transaction: 1 more to do, 0 done, -1. */
struct step {
    struct pt_store *store;
    struct pt_seal_result *out;
    int64_t last_series;
};

static int series_step(struct step *st, struct pt_err *err)
{
    if (seal_series(st->store, &st->last_series, st->out, err) != 0)
        return -1;
    return st->last_series != INT64_MAX;
}

static int block_step(struct step *st, struct pt_err *err)
{
    return seal_block(st->store, st->out, err);
}

static int in_transactions(struct step *st, int (*step)(struct step *, struct pt_err *),
                           bool (*stopping)(void), struct pt_err *err)
{
    int rc = 1;
    while (rc == 1 && !(stopping && stopping())) {
        if (pt_db_begin(st->store, err) != 0)
            return -1;
        rc = step(st, err);
        if (rc < 0 || pt_db_commit(st->store, err) != 0) {
            pt_db_rollback(st->store);
            return -1;
        }
    }
    return rc < 0 ? -1 : 0;
}

/* Free pages go back to the file system, a few at a time. */
static int give_back(struct pt_store *s, bool (*stopping)(void), struct pt_err *err)
{
    static const char FREE[] = "PRAGMA freelist_count";
    int64_t before = INT64_MAX, pages;
    while (!(stopping && stopping())) {
        sqlite3_stmt *stmt = pt_db_statement(s, FREE, err);
        if (!stmt || pt_db_int(s, stmt, 0, &pages, err) != 0)
            return -1;
        if (pages == 0 || pages >= before)
            break;
        before = pages;
        if (pt_db_exec(s, "PRAGMA incremental_vacuum(512)", err) != 0)
            return -1;
    }
    return 0;
}

int pt_store_seal(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                  struct pt_err *err)
{
    struct step st = {s, out, INT64_MIN};
    struct pt_store_stats stats;
    *out = (struct pt_seal_result){0};
    if (pt_store_totals(s, &stats, err) != 0)
        return -1;
    out->chunks_before = stats.chunks;
    out->bytes_before = stats.file_bytes;
    if (in_transactions(&st, series_step, stopping, err) != 0 ||
        in_transactions(&st, block_step, stopping, err) != 0 ||
        give_back(s, stopping, err) != 0 ||
        pt_db_exec(s, "PRAGMA wal_checkpoint(PASSIVE)", err) != 0 ||
        pt_store_totals(s, &stats, err) != 0)
        return -1;
    out->chunks_after = stats.chunks;
    out->bytes_after = stats.file_bytes;
    return 0;
}
