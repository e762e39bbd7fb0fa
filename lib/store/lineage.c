/* lineage.c - see lineage.h. */
#include "store/lineage.h"

#include "base/time.h"
#include "store/db.h"

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

/* The last batch of a source. */
#define LAST "(SELECT id FROM batch WHERE source = s.id ORDER BY stop DESC, id DESC LIMIT 1)"

unsigned pt_lineage_stretch(uint64_t offset)
{
    enum { FIRST = 256, NEAR = 9 /* the first line, and the powers of two */ };
    unsigned n = offset > 0;
    if (offset >= PT_LINEAGE_FAR)
        return NEAR + PT_LINEAGE_FAR / PT_LINEAGE_GRAIN +
               (unsigned)((offset - PT_LINEAGE_FAR) / PT_LINEAGE_WIDE);
    if (offset >= PT_LINEAGE_GRAIN)
        return NEAR + (unsigned)(offset / PT_LINEAGE_GRAIN);
    for (; offset >= FIRST; offset /= 2)
        n++;
    return n;
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

int pt_lineage_named(struct pt_store *s, const char *kind, const char *name, struct pt_batch *out,
                     struct pt_err *err)
{
    static const char SQL[] = "SELECT " BATCH " FROM source s JOIN batch b ON b.id = " LAST
                              " WHERE s.kind = ?1 AND s.name = ?2 ORDER BY s.id DESC LIMIT 1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_text(stmt, 1, kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
    return find_batch(s, stmt, out, err);
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

int pt_lineage_mark(struct pt_store *s, uint64_t hash, struct pt_mark *out, struct pt_err *err)
{
    static const char SQL[] = "SELECT source, document FROM mark WHERE hash = ?1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, (int64_t)hash);
    if ((rc = pt_db_step(s, stmt, err)) == 1)
        *out = (struct pt_mark){.hash = hash,
                                .source = sqlite3_column_int64(stmt, 0),
                                .document = sqlite3_column_int64(stmt, 1)};
    sqlite3_reset(stmt);
    return rc;
}

static int each_end(struct pt_store *s, const char *sql, uint64_t mark,
                    int (*each)(void *ctx, const struct pt_lineage_end *end), void *ctx,
                    struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(s, sql, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, (int64_t)mark);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_lineage_end end = {.anchor = pt_db_str(stmt, 6), .format = pt_db_str(stmt, 7)};
        read_batch(stmt, &end.last);
        if ((rc = each(ctx, &end)) != 0)
            break;
    }
    sqlite3_reset(stmt);
    return rc;
}

#define ENDS "SELECT " BATCH ", b.anchor, s.format FROM source s JOIN batch b ON b.id = " LAST

int pt_lineage_ends(struct pt_store *s, uint64_t last,
                    int (*each)(void *ctx, const struct pt_lineage_end *end), void *ctx,
                    struct pt_err *err)
{
    static const char SQL[] = ENDS " WHERE s.last = ?1";
    return each_end(s, SQL, last, each, ctx, err);
}

int pt_lineage_files(struct pt_store *s, uint64_t head,
                     int (*each)(void *ctx, const struct pt_lineage_end *end), void *ctx,
                     struct pt_err *err)
{
    static const char SQL[] =
        ENDS " WHERE s.head = ?1 AND b.anchor IS NOT NULL ORDER BY s.id DESC";
    return each_end(s, SQL, head, each, ctx, err);
}
