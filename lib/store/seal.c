/* seal.c - keep.h: hot rows become chunks and blocks.
 *
 * Each transaction does a bounded amount of work, so that writers beside it wait for moments, not
 * for the whole.  compact.c uses the same loop. */
#include "store/seal.h"

#include "base/mem.h"
#include "store/document.h"
#include "store/merge.h"
#include "store/turn.h"

#include <stdlib.h>

enum {
    SERIES_AT_ONCE = 64,    /* series that one transaction seals */
    BLOCK_DOCUMENTS = 1024, /* documents in a block */
    BLOCK_BYTES = 4 << 20   /* ... unless they are long */
};

/* --- points ---------------------------------------------------------------------------------- */

static int seal_tail(struct pt_store *s, int64_t series, uint64_t *points, struct pt_err *err)
{
    struct pt_column c = {0};
    int64_t batch0 = INT64_MAX, batch1 = 0;
    int rc = pt_merge_take_tail(s, series, &c, &batch0, &batch1, err);
    if (rc == 0 && c.n)
        rc = pt_merge_points(s, series, &c, batch0, batch1, NULL, err);
    *points += c.n;
    pt_column_release(&c);
    return rc;
}

/* The next series after *last that has a tail. */
static int next_series(struct pt_store *s, int64_t *last, struct pt_err *err)
{
    static const char SQL[] = "SELECT min(series) FROM tail WHERE series > ?1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, *last);
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
        if (seal_tail(s, *last, &out->points, err) != 0)
            return -1;
    }
    return 0;
}

/* --- documents ------------------------------------------------------------------------------- */

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

/* --- the whole ------------------------------------------------------------------------------- */

struct step {
    struct pt_store *store;
    struct pt_seal_result *out;
    int64_t last_series;
};

static int series_step(void *ctx, struct pt_err *err)
{
    struct step *st = ctx;
    if (seal_series(st->store, &st->last_series, st->out, err) != 0)
        return -1;
    return st->last_series != INT64_MAX;
}

static int block_step(void *ctx, struct pt_err *err)
{
    struct step *st = ctx;
    return seal_block(st->store, st->out, err);
}

int pt_seal_steps(struct pt_store *s, int (*step)(void *ctx, struct pt_err *err), void *ctx,
                  bool (*stopping)(void), struct pt_err *err)
{
    int rc = 1;
    while (rc == 1 && !(stopping && stopping())) {
        if (pt_db_begin(s, err) != 0)
            return -1;
        rc = step(ctx, err);
        if (rc < 0 || pt_db_commit(s, err) != 0) {
            pt_db_rollback(s);
            return -1;
        }
    }
    return rc < 0 ? -1 : 0;
}

int pt_seal_hot(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                struct pt_err *err)
{
    struct step st = {s, out, INT64_MIN};
    return pt_seal_steps(s, series_step, &st, stopping, err) == 0
               ? pt_seal_steps(s, block_step, &st, stopping, err)
               : -1;
}

int pt_seal_measure(struct pt_store *s, uint64_t *chunks, uint64_t *bytes, struct pt_err *err)
{
    struct pt_store_stats stats;
    if (pt_store_totals(s, &stats, err) != 0)
        return -1;
    *chunks = stats.chunks;
    *bytes = stats.file_bytes;
    return 0;
}

int pt_store_seal(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                  struct pt_err *err)
{
    *out = (struct pt_seal_result){0};
    return pt_seal_measure(s, &out->chunks_before, &out->bytes_before, err) == 0 &&
                   pt_seal_hot(s, stopping, out, err) == 0 &&
                   pt_db_exec(s, "PRAGMA wal_checkpoint(PASSIVE)", err) == 0
               ? pt_seal_measure(s, &out->chunks_after, &out->bytes_after, err)
               : -1;
}
