/* verify.c - keep.h: whether a store is what it says.
 *
 * A finding never ends the check; a statement that fails on a damaged page is a finding, too. */
#include "base/mem.h"
#include "store/document.h"
#include "store/keep.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
    struct pt_store *store;
    void (*problem)(void *ctx, const char *text);
    void *ctx;
    struct pt_verify_result *out;
};

__attribute__((format(printf, 2, 3))) static void found(struct check *k, const char *fmt, ...)
{
    char text[640];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    k->out->problems++;
    k->problem(k->ctx, text);
}

/* Steps through a statement; a failure of SQLite's becomes a finding and ends the walk. */
static bool next_row(struct check *k, sqlite3_stmt *stmt, const char *what)
{
    struct pt_err err = {0};
    int rc = stmt ? pt_db_step(k->store, stmt, &err) : -1;
    if (rc < 0)
        found(k, "%s cannot be read: %s", what,
              err.what[0] ? err.what : sqlite3_errmsg(k->store->db));
    return rc == 1;
}

static sqlite3_stmt *prepare(struct check *k, const char *sql)
{
    struct pt_err err = {0};
    return pt_db_statement(k->store, sql, &err);
}

static void check_structure(struct check *k)
{
    static const char SQL[] = "PRAGMA integrity_check";
    sqlite3_stmt *stmt = prepare(k, SQL);
    while (next_row(k, stmt, "the database")) {
        const char *line = (const char *)sqlite3_column_text(stmt, 0);
        if (line && strcmp(line, "ok") != 0)
            found(k, "structure: %s", line);
    }
}

static bool same_dd(struct pt_dd a, struct pt_dd b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static bool same_num(struct pt_num a, struct pt_num b)
{
    return a.d == b.d && a.wide == b.wide;
}

/* Sums are compared exactly: the writer made them with the same code from the same points. */
static bool same_summary(const struct pt_summary *a, const struct pt_summary *b)
{
    return a->n == b->n && a->t0 == b->t0 && a->t1 == b->t1 && same_num(a->min, b->min) &&
           same_num(a->max, b->max) && same_num(a->first, b->first) &&
           same_num(a->last, b->last) && same_dd(a->sum, b->sum) &&
           same_dd(a->squares, b->squares) && same_dd(a->increase, b->increase);
}

static void check_chunk(struct check *k, const struct pt_db_chunk *chunk, struct pt_column *points)
{
    struct pt_err err = {0};
    struct pt_summary again;
    const char *damage;
    pt_column_clear(points);
    if (pt_db_check_chunk(k->store, chunk, points, &damage, &err) != 0 ||
        (!damage && pt_db_check_sketch(k->store, chunk, points, &damage, &err) != 0))
        damage = err.what;
    if (damage) {
        found(k, "chunk %lld of series %lld: %s", (long long)chunk->data,
              (long long)chunk->series, damage);
        return;
    }
    again = pt_summary_of(points, 0, points->n);
    if (!same_summary(&again, &chunk->summary))
        found(k, "chunk %lld of series %lld: its row does not agree with its points",
              (long long)chunk->data, (long long)chunk->series);
    k->out->points += points->n;
}

static void check_chunks(struct check *k)
{
    static const char SQL[] = "SELECT " PT_DB_CHUNK " FROM chunk c ORDER BY series, t0";
    sqlite3_stmt *stmt = prepare(k, SQL);
    struct pt_column points = {0};
    struct pt_db_chunk chunk, before = {0};
    while (next_row(k, stmt, "the chunks")) {
        pt_db_read_chunk(stmt, &chunk);
        check_chunk(k, &chunk, &points);
        if (k->out->chunks && before.series == chunk.series &&
            chunk.summary.t0 <= before.summary.t1)
            found(k, "chunk %lld of series %lld begins before the one before it ends",
                  (long long)chunk.data, (long long)chunk.series);
        before = chunk;
        k->out->chunks++;
    }
    pt_column_release(&points);
}

/* A statement whose every row is a finding: "%lld" of its first column goes into the text. */
static void check_none(struct check *k, const char *sql, const char *what, const char *finding)
{
    sqlite3_stmt *stmt = prepare(k, sql);
    while (next_row(k, stmt, what))
        found(k, "%s %lld: %s", what, (long long)sqlite3_column_int64(stmt, 0), finding);
}

static void check_references(struct check *k)
{
    static const char TAIL[] =
        "SELECT series FROM tail t GROUP BY series HAVING min(ts) <="
        " (SELECT max(t1) FROM chunk c WHERE c.series = t.series)";
    static const char VALUE[] = "SELECT series FROM tail WHERE typeof(ts) <> 'integer' OR"
                                " typeof(value) NOT IN ('integer', 'real') OR value IN (9e999, -9e999)";
    static const char ORPHAN[] =
        "SELECT id FROM chunk_data WHERE id NOT IN (SELECT data FROM chunk)";
    static const char SKETCH[] = "SELECT id FROM sketch WHERE id NOT IN (SELECT data FROM chunk)";
    static const char SERIES[] = "SELECT series FROM (SELECT series FROM chunk UNION SELECT series"
                                 " FROM tail) WHERE series NOT IN (SELECT id FROM series)";
    static const char TRACE[] =
        "SELECT block FROM block_trace WHERE block NOT IN (SELECT id FROM block)";
    static const char BATCH[] =
        "SELECT id FROM (SELECT id, start, lag(stop) OVER (PARTITION BY source ORDER BY start, id)"
        " AS before FROM batch) WHERE before IS NOT NULL AND before <> start";
    check_none(k, TAIL, "tail of series", "it begins before the last chunk ends");
    check_none(k, VALUE, "tail of series", "a point of it is no number");
    check_none(k, ORPHAN, "chunk data", "no chunk refers to it");
    check_none(k, SKETCH, "sketch", "no chunk refers to it");
    check_none(k, SERIES, "series", "it has points but no name");
    check_none(k, TRACE, "trace index of block", "there is no such block");
    check_none(k, BATCH, "batch", "it does not begin where the one before it ends");
}

static void check_documents(struct check *k)
{
    static const char SQL[] = "SELECT id, ts, type, name, trace, body, crc FROM document";
    sqlite3_stmt *stmt = prepare(k, SQL);
    while (next_row(k, stmt, "the documents")) {
        const struct pt_store_document d = {.ts = sqlite3_column_int64(stmt, 1),
                                            .type = pt_db_str(stmt, 2),
                                            .name = pt_db_str(stmt, 3),
                                            .trace = pt_db_str(stmt, 4),
                                            .body = pt_db_str(stmt, 5)};
        if (pt_document_crc(&d) != (uint32_t)sqlite3_column_int64(stmt, 6))
            found(k, "document %lld: its checksum does not agree",
                  (long long)sqlite3_column_int64(stmt, 0));
        k->out->documents++;
    }
}

static int count_document(void *ctx, const struct pt_document *doc)
{
    struct check *k = ctx;
    (void)doc;
    k->out->documents++;
    return 0;
}

static void check_blocks(struct check *k)
{
    static const char SQL[] = "SELECT " PT_BLOCK " FROM block";
    sqlite3_stmt *stmt = prepare(k, SQL);
    struct pt_arena arena = {0};
    while (next_row(k, stmt, "the blocks")) {
        struct pt_block block;
        struct pt_err err = {0};
        pt_block_read(stmt, &block);
        pt_arena_reset(&arena);
        if (pt_block_crc(&block) != block.crc)
            found(k, "block %lld: its checksum does not agree", (long long)block.id);
        else if (pt_block_decode(&block, &arena, count_document, k, &err) != 0)
            found(k, "block %lld: %s", (long long)block.id, err.what);
        k->out->blocks++;
    }
    pt_arena_release(&arena);
}

static void count_rest(struct check *k)
{
    static const char SQL[] = "SELECT (SELECT count(*) FROM tail), (SELECT count(*) FROM batch)";
    sqlite3_stmt *stmt = prepare(k, SQL);
    if (!next_row(k, stmt, "the tail"))
        return;
    k->out->points += (uint64_t)sqlite3_column_int64(stmt, 0);
    k->out->batches = (uint64_t)sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
}

int pt_store_verify(struct pt_store *s, void (*problem)(void *ctx, const char *text), void *ctx,
                    struct pt_verify_result *out, struct pt_err *err)
{
    struct check k = {s, problem, ctx, out};
    *out = (struct pt_verify_result){0};
    if (pt_store_begin_read(s, err) != 0)
        return -1;
    check_structure(&k);
    check_chunks(&k);
    check_references(&k);
    check_documents(&k);
    check_blocks(&k);
    count_rest(&k);
    pt_store_end_read(s);
    return 0;
}
