/* settle.c - salvage.h: what was copied from a damaged store is made to keep the rules again.
 *
 * What breaks one is given up, and named; what only refers to something lost gets a stand-in: a
 * series without a name is called "lost", a gap between the batches of a source becomes a batch
 * without a digest, which no input is taken for. */
#include "store/salvage.h"

#include "base/mem.h"
#include "base/time.h"
#include "store/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pt_salvage_lost(struct pt_salvage *v, const struct pt_loss *loss)
{
    v->losses++;
    if (!strcmp(loss->what, "points"))
        v->lost_points += loss->n;
    else if (!strcmp(loss->what, "documents"))
        v->lost_documents += loss->n;
    v->how->lost(v->how->ctx, loss);
}

void pt_salvage_lost_points(struct pt_salvage *v, int64_t series, int64_t since, int64_t until,
                            uint64_t n, const char *why)
{
    static const char SQL[] = "SELECT name, tags FROM series WHERE id = ?1";
    struct pt_err ignored = {0};
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, &ignored);
    struct pt_buf name = {0}, tags = {0}, message = {0};
    char from[PT_TIME_TEXT], to[PT_TIME_TEXT];
    pt_buf_puts(&name, "");
    pt_buf_puts(&tags, "");
    if (stmt) {
        sqlite3_bind_int64(stmt, 1, series);
        if (pt_db_step(v->to, stmt, &ignored) == 1) {
            pt_buf_str(&name, pt_db_str(stmt, 0));
            pt_buf_str(&tags, pt_db_str(stmt, 1));
        }
        sqlite3_reset(stmt);
    }
    pt_time_format(from, since);
    pt_time_format(to, until);
    pt_buf_printf(&message, "%llu points of %s%s from %s to %s: %s", (unsigned long long)n,
                  name.n ? name.p : "a series that is not known", tags.p, from, to, why);
    pt_salvage_lost(v, &(struct pt_loss){.what = "points", .name = name.p, .tags = tags.p,
                                         .since = since, .until = until, .n = n,
                                         .message = message.p});
    pt_buf_release(&name);
    pt_buf_release(&tags);
    pt_buf_release(&message);
}

/* Runs a statement that has up to two numbers to bind. */
static int run(struct pt_salvage *v, const char *sql, int64_t a, int64_t b, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(v->to, sql, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, a);
    if (sqlite3_bind_parameter_count(stmt) > 1)
        sqlite3_bind_int64(stmt, 2, b);
    return pt_db_step(v->to, stmt, err) < 0 ? -1 : 0;
}

/* --- series ---------------------------------------------------------------------------------- */

static int name_series(struct pt_salvage *v, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT DISTINCT series FROM (SELECT series FROM chunk UNION ALL SELECT series FROM tail)"
        " WHERE series NOT IN (SELECT id FROM series)";
    static const char ADD[] = "INSERT INTO series(id, name, tags)"
                              " VALUES(?1, 'lost', json_object('series', CAST(?1 AS TEXT)))";
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(v->to, stmt, err)) == 1) {
        int64_t id = sqlite3_column_int64(stmt, 0);
        char message[96];
        if (run(v, ADD, id, 0, err) != 0)
            return -1;
        snprintf(message, sizeof message, "the name of series %lld; its points are kept as lost",
                 (long long)id);
        pt_salvage_lost(v, &(struct pt_loss){.what = "rows", .name = "", .tags = "", .n = 1,
                                             .since = PT_TIME_MIN, .until = PT_TIME_MIN,
                                             .message = message});
    }
    return rc;
}

/* --- chunks ---------------------------------------------------------------------------------- */

static int give_up_chunk(struct pt_salvage *v, const struct pt_db_chunk *c, const char *why,
                         struct pt_err *err)
{
    static const char ROW[] = "DELETE FROM chunk WHERE series = ?1 AND t0 = ?2";
    static const char DATA[] = "DELETE FROM chunk_data WHERE id = ?1"
                               " AND NOT EXISTS (SELECT 1 FROM chunk WHERE data = ?1)";
    pt_salvage_lost_points(v, c->series, c->summary.t0, c->summary.t1, c->summary.n, why);
    return run(v, ROW, c->series, c->summary.t0, err) == 0 ? run(v, DATA, c->data, 0, err) : -1;
}

struct doubt {
    struct pt_db_chunk chunk;
    const char *why;
};

/* A sketch only repeats what the points say: one that does not is no loss. */
static int drop_bad_sketch(struct pt_salvage *v, const struct pt_db_chunk *chunk,
                           const struct pt_column *points, struct pt_err *err)
{
    static const char DROP[] = "DELETE FROM sketch WHERE id = ?1";
    const char *damage;
    if (pt_db_check_sketch(v->to, chunk, points, &damage, err) != 0)
        return -1;
    return damage ? run(v, DROP, chunk->data, 0, err) : 0;
}

static int doubt_chunks(struct pt_salvage *v, struct doubt **out, size_t *n, struct pt_err *err)
{
    static const char SQL[] = "SELECT " PT_DB_CHUNK " FROM chunk c ORDER BY series, t0";
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, err);
    struct pt_db_chunk chunk, before = {.series = INT64_MIN};
    struct pt_column points = {0};
    const char *damage = NULL;
    size_t cap = 0;
    int rc = stmt ? 1 : -1;
    while (rc == 1 && (rc = pt_db_step(v->to, stmt, err)) == 1) {
        pt_db_read_chunk(stmt, &chunk);
        pt_column_clear(&points);
        if (pt_db_check_chunk(v->to, &chunk, &points, &damage, err) != 0)
            rc = -1;
        else if (!damage && chunk.series == before.series &&
                 chunk.summary.t0 <= before.summary.t1)
            damage = "another chunk holds these times";
        if (rc == 1 && damage) {
            *out = pt_mem_grow(*out, &cap, *n + 1, sizeof **out);
            (*out)[(*n)++] = (struct doubt){chunk, damage};
        } else if (rc == 1) {
            before = chunk;
            rc = drop_bad_sketch(v, &chunk, &points, err) == 0 ? 1 : -1;
        }
    }
    pt_column_release(&points);
    return rc;
}

static int check_chunks(struct pt_salvage *v, struct pt_err *err)
{
    struct doubt *doubts = NULL;
    size_t n = 0;
    int rc = doubt_chunks(v, &doubts, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = give_up_chunk(v, &doubts[i].chunk, doubts[i].why, err);
    free(doubts);
    return rc;
}

/* Points whose row is lost: how many there are can still be said, not whose. */
static int drop_orphans(struct pt_salvage *v, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT id, bytes FROM chunk_data WHERE id NOT IN (SELECT data FROM chunk)";
    static const char DROP[] =
        "DELETE FROM chunk_data WHERE id NOT IN (SELECT data FROM chunk) AND ?1 = 0";
    static const char SKETCHES[] =
        "DELETE FROM sketch WHERE id NOT IN (SELECT data FROM chunk) AND ?1 = 0";
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, err);
    struct pt_column c = {0};
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(v->to, stmt, err)) == 1) {
        struct pt_err ignored = {0};
        pt_column_clear(&c);
        if (pt_chunk_decode(v->to->coder, pt_db_str(stmt, 1), &c, &ignored) == 0 && c.n)
            pt_salvage_lost_points(v, 0, c.ts[0], c.ts[c.n - 1], c.n,
                                   "what says to which series they belong is lost");
        else
            pt_salvage_lost_points(v, 0, PT_TIME_MIN, PT_TIME_MIN, 0, "they do not decode");
    }
    pt_column_release(&c);
    return rc < 0 || run(v, DROP, 0, 0, err) != 0 ? -1 : run(v, SKETCHES, 0, 0, err);
}

/* --- tails ----------------------------------------------------------------------------------- */

static int trim_tails(struct pt_salvage *v, struct pt_err *err)
{
#define WRONG                                                                                     \
    " WHERE typeof(ts) <> 'integer' OR typeof(value) NOT IN ('integer', 'real')"                  \
    " OR value IN (9e999, -9e999) OR ts <= (SELECT max(t1) FROM chunk c WHERE c.series ="         \
    " tail.series)"
    static const char SQL[] =
        "SELECT series, min(ts), max(ts), count(*) FROM tail" WRONG " GROUP BY series";
    static const char DROP[] = "DELETE FROM tail" WRONG " AND ?1 = 0";
#undef WRONG
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, err);
    int rc, found = 0;
    if (!stmt)
        return -1;
    for (; (rc = pt_db_step(v->to, stmt, err)) == 1; found++)
        pt_salvage_lost_points(v, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                               sqlite3_column_int64(stmt, 2),
                               (uint64_t)sqlite3_column_int64(stmt, 3),
                               "they are no numbers, or not later than the chunks");
    return rc < 0 ? -1 : found ? run(v, DROP, 0, 0, err) : 0;
}

/* --- documents ------------------------------------------------------------------------------- */

struct traces {
    struct pt_salvage *v;
    int64_t block, newest; /* newest: the largest id of a document so far */
    struct pt_err *err;
};

static int add_trace(void *ctx, const struct pt_document *doc)
{
    static const char SQL[] = "INSERT OR IGNORE INTO block_trace(trace, block) VALUES(?1, ?2)";
    struct traces *t = ctx;
    sqlite3_stmt *stmt;
    if (doc->id > t->newest)
        t->newest = doc->id;
    if (!doc->d.trace.n)
        return 0;
    if (!(stmt = pt_db_statement(t->v->to, SQL, t->err)))
        return -1;
    pt_db_bind_str(stmt, 1, doc->d.trace);
    sqlite3_bind_int64(stmt, 2, t->block);
    return pt_db_step(t->v->to, stmt, t->err) < 0 ? -1 : 0;
}

/* The index of traces is made from the blocks, and the next document's id is higher than theirs. */
static int index_blocks(struct pt_salvage *v, struct pt_err *err)
{
    static const char SQL[] = "SELECT " PT_BLOCK " FROM block";
    static const char START[] = "INSERT INTO sqlite_sequence(name, seq) SELECT 'document', 0 WHERE"
                                " ?1 = 0 AND NOT EXISTS (SELECT 1 FROM sqlite_sequence)";
    static const char ID[] = "UPDATE sqlite_sequence SET seq = max(seq, ?1)";
    sqlite3_stmt *stmt = pt_db_statement(v->to, SQL, err);
    struct pt_arena arena = {0};
    struct traces t = {.v = v, .err = err};
    int rc = stmt ? 1 : -1;
    while (rc == 1 && (rc = pt_db_step(v->to, stmt, err)) == 1) {
        struct pt_block b;
        pt_block_read(stmt, &b);
        t.block = b.id;
        pt_arena_reset(&arena);
        if (pt_block_decode(&b, &arena, add_trace, &t, err) != 0)
            rc = -1;
    }
    pt_arena_release(&arena);
    if (rc == 0 && t.newest)
        rc = run(v, START, 0, 0, err) == 0 ? run(v, ID, t.newest, 0, err) : -1;
    return rc;
}

/* --- lineage --------------------------------------------------------------------------------- */

/* Batches that overlap others go, gaps are closed. */
static int join_batches(struct pt_salvage *v, struct pt_err *err)
{
#define ORDER " OVER (PARTITION BY source ORDER BY start, id)"
    static const char OVER[] =
        "DELETE FROM batch WHERE ?1 = 0 AND id IN (SELECT id FROM (SELECT id, start, lag(stop)"
        ORDER " AS before FROM batch) WHERE before > start)";
    static const char GAPS[] =
        "INSERT INTO batch(source, run, start, stop, lines, at, read, points, documents,"
        " duplicates, late, rejects) SELECT source, run, before, start, had, at, 0, 0, 0, 0, 0, 0"
        " FROM (SELECT source, run, start, at, lag(stop)" ORDER " AS before, lag(lines)" ORDER
        " AS had FROM batch) WHERE before < start AND ?1 = 0";
#undef ORDER
    char message[96];
    int changes;
    if (run(v, OVER, 0, 0, err) != 0 || (changes = sqlite3_changes(v->to->db)) < 0 ||
        run(v, GAPS, 0, 0, err) != 0)
        return -1;
    changes += sqlite3_changes(v->to->db);
    if (!changes)
        return 0;
    snprintf(message, sizeof message, "%d batches: where their records came from is not known",
             changes);
    pt_salvage_lost(v, &(struct pt_loss){.what = "rows", .name = "", .tags = "",
                                         .n = (uint64_t)changes, .since = PT_TIME_MIN,
                                         .until = PT_TIME_MIN, .message = message});
    return 0;
}

int pt_salvage_settle(struct pt_salvage *v, struct pt_err *err)
{
    return name_series(v, err) == 0 && check_chunks(v, err) == 0 && drop_orphans(v, err) == 0 &&
                   trim_tails(v, err) == 0 && index_blocks(v, err) == 0 &&
                   join_batches(v, err) == 0
               ? 0
               : -1;
}
