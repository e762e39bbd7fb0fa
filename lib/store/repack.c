/* repack.c - see repack.h.
 *
 * Chunks are gone through by series and time, so a chunk that another program rewrites meanwhile is
 * met or not, and right either way.  Their bytes, and their sketches, go to new ids behind all
 * others. */
#include "store/repack.h"

#include "base/mem.h"
#include "store/fill.h"

#include <stdlib.h>

enum {
    AT_ONCE = 2048,         /* chunks that one step moves: about three megabytes */
    ROWS_AT_ONCE = 1 << 18, /* chunk rows that are written anew: 30 megabytes, in one step */
    WORTH = 8 /* one row in so many gone, or written out of order, makes it worth the while */
};

struct moved {
    int64_t series, t0, data;
};

/* Whether rows are missing among the ids, or in the order they were written in; the newest one is
 * noted. */
static int begin(struct pt_repack *r, bool *worth, struct pt_err *err)
{
    static const char SQL[] = "SELECT count(*), max(id) - min(id) + 1, max(id) FROM chunk_data";
    sqlite3_stmt *stmt = pt_db_statement(r->store, SQL, err);
    int64_t rows, ids;
    if (!stmt || pt_db_step(r->store, stmt, err) != 1)
        return -1;
    rows = sqlite3_column_int64(stmt, 0);
    ids = sqlite3_column_int64(stmt, 1);
    r->newest = sqlite3_column_int64(stmt, 2);
    sqlite3_reset(stmt);
    r->begun = true;
    r->series = r->t0 = INT64_MIN;
    *worth = ids - rows > rows / WORTH || (int64_t)r->rewritten > rows / WORTH;
    return 0;
}

/* The next chunks whose bytes are to be moved. */
static int gather(struct pt_repack *r, struct moved out[AT_ONCE], struct pt_fill fill[AT_ONCE],
                  size_t *n, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT c.series, c.t0, c.data, length(d.bytes) FROM chunk c JOIN chunk_data d ON d.id = "
        "c.data"
        " WHERE (c.series, c.t0) > (?1, ?2) AND c.data <= ?3 ORDER BY c.series, c.t0 LIMIT ?4";
    sqlite3_stmt *stmt = pt_db_statement(r->store, SQL, err);
    int rc;
    *n = 0;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, r->series);
    sqlite3_bind_int64(stmt, 2, r->t0);
    sqlite3_bind_int64(stmt, 3, r->newest);
    sqlite3_bind_int(stmt, 4, AT_ONCE);
    while ((rc = pt_db_step(r->store, stmt, err)) == 1) {
        out[*n] = (struct moved){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                                 sqlite3_column_int64(stmt, 2)};
        fill[*n] = (struct pt_fill){(uint32_t)*n, (uint32_t)sqlite3_column_int64(stmt, 3)};
        ++*n;
    }
    return rc;
}

/* Runs a statement with up to three numbers. */
static int run(struct pt_repack *r, const char *sql, int64_t a, int64_t b, int64_t c,
               struct pt_err *err)
{
    const int64_t values[] = {a, b, c};
    sqlite3_stmt *stmt = pt_db_statement(r->store, sql, err);
    if (!stmt)
        return -1;
    for (int i = 0; i < sqlite3_bind_parameter_count(stmt); i++)
        sqlite3_bind_int64(stmt, i + 1, values[i]);
    return pt_db_step(r->store, stmt, err) < 0 ? -1 : 0;
}

static int move(struct pt_repack *r, const struct moved *m, struct pt_err *err)
{
    static const char COPY[] =
        "INSERT INTO chunk_data(bytes) SELECT bytes FROM chunk_data WHERE id = ?1";
    static const char POINT[] = "UPDATE chunk SET data = ?3 WHERE series = ?1 AND t0 = ?2";
    static const char SKETCH[] = "UPDATE sketch SET id = ?2 WHERE id = ?1";
    static const char DROP[] = "DELETE FROM chunk_data WHERE id = ?1";
    int64_t id;
    if (run(r, COPY, m->data, 0, 0, err) != 0)
        return -1;
    id = sqlite3_last_insert_rowid(r->store->db);
    return run(r, POINT, m->series, m->t0, id, err) != 0 ||
                   run(r, SKETCH, m->data, id, 0, err) != 0 || run(r, DROP, m->data, 0, 0, err) != 0
               ? -1
               : 0;
}

/* The temporary table is declared as the real one, so that SQLite copies rows without looking into
 * them, and appends them. */
static int declare_copy(struct pt_store *s, struct pt_err *err)
{
    static const char SQL[] = "SELECT replace(sql, 'TABLE chunk(', 'TEMP TABLE packed(')"
                              " FROM sqlite_schema WHERE name = 'chunk'";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    char *declaration;
    int rc;
    if (!stmt || pt_db_step(s, stmt, err) != 1)
        return -1;
    declaration = pt_mem_strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_reset(stmt);
    rc = pt_db_exec(s, declaration, err);
    free(declaration);
    return rc;
}

/* More rows than that stay as they are: nobody is to wait for them. */
static int pack_rows(struct pt_repack *r, struct pt_err *err)
{
    static const char COUNT[] = "SELECT count(*) FROM chunk";
    sqlite3_stmt *stmt = pt_db_statement(r->store, COUNT, err);
    int64_t rows;
    if (!stmt || pt_db_int(r->store, stmt, 0, &rows, err) != 0)
        return -1;
    if (rows > ROWS_AT_ONCE)
        return 0;
    return declare_copy(r->store, err) != 0
               ? -1
               : pt_db_exec(r->store,
                            "INSERT INTO temp.packed SELECT * FROM chunk;"
                            "DELETE FROM chunk;"
                            "INSERT INTO chunk SELECT * FROM temp.packed;"
                            "DROP TABLE temp.packed;",
                            err);
}

int pt_repack_step(struct pt_repack *r, struct pt_err *err)
{
    struct moved chunks[AT_ONCE];
    struct pt_fill fill[AT_ONCE];
    bool worth = true;
    size_t n;
    if (r->moved)
        return pack_rows(r, err);
    if (!r->begun && begin(r, &worth, err) != 0)
        return -1;
    if (!worth || gather(r, chunks, fill, &n, err) != 0)
        return worth ? -1 : 0;
    if (n) {
        r->series = chunks[n - 1].series;
        r->t0 = chunks[n - 1].t0;
    }
    pt_fill_order(fill, n);
    for (size_t i = 0; i < n; i++)
        if (move(r, &chunks[fill[i].item], err) != 0)
            return -1;
    r->moved = n < AT_ONCE;
    return 1;
}
