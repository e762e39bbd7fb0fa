/* scratch.c - see scratch.h.
 *
 * SQLite's database without a name is what is wanted: it makes its file when the page cache is full
 * for the first time, and takes it out of its directory at once.  A page of it is written once and
 * hardly ever changed, so the cache need not be large: it is there for the series, the summaries
 * and the tails. */
#include "store/scratch.h"

#include "base/mem.h"
#include "store/db.h"
#include "store/schema.h"
#include "store/turn.h"

#include <stdio.h>

enum { CACHE_KIB = 16 * 1024 };

static int prepare(struct pt_store *s, struct pt_err *err)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA page_size = %d; PRAGMA cache_size = -%d; PRAGMA journal_mode = OFF;"
             " PRAGMA synchronous = OFF;",
             PT_SCHEMA_PAGE, CACHE_KIB);
    return pt_db_exec(s, sql, err) == 0 ? pt_db_exec(s, PT_SCHEMA_SQL, err) : -1;
}

int pt_scratch_open(struct pt_store **out, struct pt_err *err)
{
    struct pt_store *s = pt_mem_alloc(sizeof *s);
    s->path = pt_mem_strdup("a temporary file");
    s->scratch = true;
    s->turn = -1;
    s->coder = pt_chunk_coder_new();
    *out = s;
    if (sqlite3_open_v2("", &s->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        pt_db_fail(s, err);
    else if (prepare(s, err) == 0)
        return 0;
    pt_store_close(s);
    *out = NULL;
    return -1;
}

/* --- forgetting ------------------------------------------------------------------------------ */

/* wanted(min, max): 0 when none of such points are wanted, 1 when some may be, 2 when at least one
 * is, since both the least and the largest are points themselves. */
static void wanted(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    const struct pt_scratch_judge *j = sqlite3_user_data(ctx);
    double min = sqlite3_value_double(v[0]), max = sqlite3_value_double(v[n - 1]);
    int sure = 2;
    if (j && j->judge(j->ctx, min, min) != PT_STORE_EVERY &&
        j->judge(j->ctx, max, max) != PT_STORE_EVERY)
        sure = j->judge(j->ctx, min, max) == PT_STORE_NONE ? 0 : 1;
    sqlite3_result_int(ctx, sure);
}

static int run(struct pt_store *s, const char *sql, int64_t t, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(s, sql, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, t);
    return pt_db_step(s, stmt, err) < 0 ? -1 : 0;
}

/* A chunk can go when nothing of it is wanted, or when a later one of its series, which begins
 * before t with a point that is wanted or ends before t and has one, stands for it. */
#define OLD_CHUNK                                                                              \
    " t1 < ?1 AND (wanted(c.min, c.max) = 0 OR EXISTS (SELECT 1 FROM chunk d"                  \
    " WHERE d.series = c.series AND d.t0 > c.t0 AND d.t0 < ?1 AND (wanted(d.first, d.first) = 2" \
    " OR (d.t1 < ?1 AND wanted(d.min, d.max) = 2))))"
#define OLD_CHUNKS "(SELECT data FROM chunk c WHERE" OLD_CHUNK ")"

static int forget(struct pt_store *s, int64_t t, struct pt_err *err)
{
    static const char DATA[] = "DELETE FROM chunk_data WHERE id IN " OLD_CHUNKS;
    static const char SKETCH[] = "DELETE FROM sketch WHERE id IN " OLD_CHUNKS;
    static const char CHUNK[] = "DELETE FROM chunk AS c WHERE" OLD_CHUNK;
    static const char TAIL[] =
        "DELETE FROM tail AS c WHERE ts < ?1 AND (wanted(value, value) = 0 OR EXISTS (SELECT 1"
        " FROM tail d WHERE d.series = c.series AND d.ts > c.ts AND d.ts < ?1"
        " AND wanted(d.value, d.value) = 2))";
    return run(s, DATA, t, err) == 0 && run(s, SKETCH, t, err) == 0 &&
                   run(s, CHUNK, t, err) == 0 && run(s, TAIL, t, err) == 0
               ? 0
               : -1;
}

int pt_scratch_forget(struct pt_store *s, int64_t t, const struct pt_scratch_judge *judge,
                      struct pt_err *err)
{
    if (sqlite3_create_function(s->db, "wanted", 2, SQLITE_UTF8, (void *)judge, wanted, NULL,
                                NULL) != SQLITE_OK)
        return pt_db_fail(s, err);
    if (pt_db_begin(s, err) != 0)
        return -1;
    if (forget(s, t, err) == 0 && pt_db_commit(s, err) == 0)
        return 0;
    pt_db_rollback(s);
    return -1;
}
