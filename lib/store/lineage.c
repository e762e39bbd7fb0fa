/* lineage.c - see lineage.h. */
#include "store/lineage.h"

#include "base/time.h"
#include "store/db.h"

#include <stdio.h>
#include <unistd.h>

int pt_lineage_run(struct pt_store *s, const char *command, int64_t *run, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO run(at, command, host, version) VALUES(?1, ?2, ?3, ?4)";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    char host[256] = "";
    if (!stmt)
        return -1;
    gethostname(host, sizeof host - 1);
    sqlite3_bind_int64(stmt, 1, pt_time_now());
    sqlite3_bind_text(stmt, 2, command, -1, SQLITE_STATIC);
    pt_db_bind_str(stmt, 3, pt_str(host));
    sqlite3_bind_text(stmt, 4, PT_VERSION, -1, SQLITE_STATIC);
    if (pt_db_step(s, stmt, err) < 0)
        return -1;
    *run = sqlite3_last_insert_rowid(s->db);
    return 0;
}

#define BATCH "b.source, b.id, b.start, b.stop, b.lines, b.digest"

static void read_batch(sqlite3_stmt *stmt, struct pt_batch *out)
{
    struct pt_str digest = pt_db_str(stmt, 5);
    *out = (struct pt_batch){.source = sqlite3_column_int64(stmt, 0),
                             .id = sqlite3_column_int64(stmt, 1),
                             .start = (uint64_t)sqlite3_column_int64(stmt, 2),
                             .stop = (uint64_t)sqlite3_column_int64(stmt, 3),
                             .lines = (uint64_t)sqlite3_column_int64(stmt, 4)};
    if (digest.n == sizeof out->digest)
        memcpy(out->digest, digest.p, digest.n);
}

int pt_lineage_named(struct pt_store *s, const char *name, int64_t *source, struct pt_err *err)
{
    static const char SQL[] = "SELECT max(id) FROM source WHERE kind = 'file' AND name = ?1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    return pt_db_int(s, stmt, 0, source, err);
}

/* One batch and one text of each source that the statement finds for this first line. */
static int each_source(struct pt_store *s, const char *sql, const unsigned char first_line[8],
                       int (*each)(void *ctx, const struct pt_batch *batch, struct pt_str text),
                       void *ctx, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(s, sql, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_blob(stmt, 1, first_line, 8, SQLITE_STATIC);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_batch batch;
        read_batch(stmt, &batch);
        if ((rc = each(ctx, &batch, pt_db_str(stmt, 6))) != 0)
            break;
    }
    sqlite3_reset(stmt);
    return rc;
}

int pt_lineage_files(struct pt_store *s, const unsigned char first_line[8],
                     int (*each)(void *ctx, const struct pt_batch *last, struct pt_str format),
                     void *ctx, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT " BATCH ", s.format FROM source s JOIN batch b ON b.id ="
        " (SELECT id FROM batch WHERE source = s.id ORDER BY stop DESC LIMIT 1)"
        " WHERE s.kind = 'file' AND s.head IS NOT NULL AND substr(s.head, 1, 8) = ?1"
        " ORDER BY s.id DESC";
    return each_source(s, SQL, first_line, each, ctx, err);
}

int pt_lineage_streams(struct pt_store *s, const unsigned char first_line[8],
                       int (*each)(void *ctx, const struct pt_batch *first, struct pt_str head),
                       void *ctx, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT " BATCH ", s.head FROM source s JOIN batch b ON b.source = s.id AND b.start = 0"
        " WHERE s.kind = 'stream' AND s.head IS NOT NULL AND substr(s.head, 1, 8) = ?1";
    return each_source(s, SQL, first_line, each, ctx, err);
}

/* One batch or none. */
static int find_batch(struct pt_store *s, sqlite3_stmt *stmt, struct pt_batch *out,
                      struct pt_err *err)
{
    int rc = pt_db_step(s, stmt, err);
    if (rc == 1)
        read_batch(stmt, out);
    sqlite3_reset(stmt);
    return rc;
}

int pt_lineage_last(struct pt_store *s, int64_t source, struct pt_batch *out, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT " BATCH " FROM batch b WHERE source = ?1 ORDER BY stop DESC, id DESC LIMIT 1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, source);
    return find_batch(s, stmt, out, err);
}

int pt_lineage_batch(struct pt_store *s, int64_t source, uint64_t start, struct pt_batch *out,
                     struct pt_err *err)
{
    static const char SQL[] = "SELECT " BATCH " FROM batch b WHERE source = ?1 AND start = ?2"
                              " AND stop > start";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, source);
    sqlite3_bind_int64(stmt, 2, (int64_t)start);
    return find_batch(s, stmt, out, err);
}
