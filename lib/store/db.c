/* db.c - see db.h. */
#include "store/db.h"

#include <endian.h>
#include <string.h>

/* A temporary file has no name to speak of, and nothing in it is to be saved. */
static int fail_scratch(struct pt_store *s, struct pt_err *err)
{
    switch (sqlite3_errcode(s->db)) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return pt_err_set(err, PT_SYSTEM,
                          "no room for temporary files (%s); free some space, or name a directory "
                          "that has more in TMPDIR", sqlite3_errmsg(s->db));
    default: return pt_err_set(err, PT_SYSTEM, "a temporary file: %s", sqlite3_errmsg(s->db));
    }
}

int pt_db_fail(struct pt_store *s, struct pt_err *err)
{
    int rc = sqlite3_errcode(s->db) & 0xff; /* an adopted connection may give extended codes */
    if (s->scratch)
        return fail_scratch(s, err);
    switch (rc) {
    case SQLITE_BUSY:
        return pt_err_set(err, PT_SYSTEM,
                          "%s: another program holds the store locked for too long; end it or try "
                          "again later", s->path);
    case SQLITE_FULL:
        return pt_err_set(err, PT_SYSTEM,
                          "%s: the disk is full; what was committed before is safe, free some "
                          "space and run the same command again", s->path);
    case SQLITE_READONLY:
        return pt_err_set(err, PT_SYSTEM, "%s: the store is read-only; check its permissions",
                          s->path);
    case SQLITE_CANTOPEN:
        return pt_err_set(err, PT_SYSTEM,
                          "%s: cannot open the store, or the -wal and -shm files beside it; check "
                          "their permissions", s->path);
    case SQLITE_NOTADB:
        return pt_err_set(err, PT_SYSTEM, "%s: not a pt store", s->path);
    case SQLITE_CORRUPT:
        return pt_err_set(err, PT_SYSTEM,
                          "%s: the store is damaged (%s); run pt-archive repair, with -n to see first "
                          "what would be lost", s->path, sqlite3_errmsg(s->db));
    case SQLITE_IOERR:
        return pt_err_set(err, PT_SYSTEM, "%s: input/output error; check the disk", s->path);
    default: return pt_err_set(err, PT_SYSTEM, "%s: %s", s->path, sqlite3_errmsg(s->db));
    }
}

static sqlite3_stmt *kept(const struct pt_store *s, const char *sql)
{
    for (size_t i = 0; i < s->ncached; i++)
        if (s->cache[i].sql == sql)
            return s->cache[i].stmt;
    return NULL;
}

sqlite3_stmt *pt_db_statement(struct pt_store *s, const char *sql, struct pt_err *err)
{
    sqlite3_stmt *stmt = kept(s, sql);
    if (stmt) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
        return stmt;
    }
    if (s->ncached == PT_DB_STATEMENTS) {
        pt_err_set(err, PT_SYSTEM, "too many kinds of statements");
        return NULL;
    }
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->cache[s->ncached].stmt,
                           NULL) != SQLITE_OK) {
        pt_db_fail(s, err);
        return NULL;
    }
    s->cache[s->ncached].sql = sql;
    return s->cache[s->ncached++].stmt;
}

sqlite3_stmt *pt_db_borrow(struct pt_store *s, const char *sql, struct pt_err *err)
{
    sqlite3_stmt *stmt = kept(s, sql);
    if (!stmt || !sqlite3_stmt_busy(stmt))
        return pt_db_statement(s, sql, err);
    if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK)
        return stmt;
    pt_db_fail(s, err);
    return NULL;
}

void pt_db_return(struct pt_store *s, sqlite3_stmt *stmt)
{
    for (size_t i = 0; i < s->ncached; i++)
        if (s->cache[i].stmt == stmt) {
            sqlite3_reset(stmt);
            return;
        }
    sqlite3_finalize(stmt);
}

int pt_db_step(struct pt_store *s, sqlite3_stmt *stmt, struct pt_err *err)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE) {
        sqlite3_reset(stmt);
        return 0;
    }
    pt_db_fail(s, err);
    sqlite3_reset(stmt);
    return -1;
}

int pt_db_exec(struct pt_store *s, const char *sql, struct pt_err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : pt_db_fail(s, err);
}

int pt_db_int(struct pt_store *s, sqlite3_stmt *stmt, int64_t none, int64_t *out,
              struct pt_err *err)
{
    int rc = pt_db_step(s, stmt, err);
    *out = rc == 1 && sqlite3_column_type(stmt, 0) != SQLITE_NULL ? sqlite3_column_int64(stmt, 0)
                                                                   : none;
    sqlite3_reset(stmt);
    return rc < 0 ? -1 : 0;
}

/* Whole numbers are kept as SQLite integers, which take the fewest bytes; negative zero is none. */
void pt_db_bind_num(sqlite3_stmt *stmt, int at, struct pt_num v)
{
    static const double EXACT = 9007199254740992.0;
    uint64_t bits;
    memcpy(&bits, &v.d, sizeof bits);
    if (v.wide)
        sqlite3_bind_int64(stmt, at, v.wide);
    else if (v.d >= -EXACT && v.d <= EXACT && (double)(int64_t)v.d == v.d &&
             bits != UINT64_C(1) << 63)
        sqlite3_bind_int64(stmt, at, (int64_t)v.d);
    else
        sqlite3_bind_double(stmt, at, v.d);
}

void pt_db_bind_str(sqlite3_stmt *stmt, int at, struct pt_str s)
{
    if (s.n)
        sqlite3_bind_text64(stmt, at, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(stmt, at);
}

struct pt_num pt_db_num(sqlite3_stmt *stmt, int at)
{
    if (sqlite3_column_type(stmt, at) == SQLITE_INTEGER)
        return pt_num_int(sqlite3_column_int64(stmt, at));
    return pt_num_real(sqlite3_column_double(stmt, at));
}

struct pt_str pt_db_str(sqlite3_stmt *stmt, int at)
{
    const char *p = (const char *)sqlite3_column_blob(stmt, at);
    return (struct pt_str){p, (size_t)sqlite3_column_bytes(stmt, at)};
}

static struct pt_dd dd(sqlite3_stmt *stmt, int at)
{
    return (struct pt_dd){sqlite3_column_double(stmt, at), sqlite3_column_double(stmt, at + 1)};
}

/* In the order of PT_DB_CHUNK, whose beginnings are the shorter selections. */
void pt_db_read_chunk(sqlite3_stmt *stmt, struct pt_db_chunk *out)
{
    struct pt_summary *s = &out->summary;
    int n = sqlite3_column_count(stmt);
    s->t0 = sqlite3_column_int64(stmt, 0);
    s->t1 = sqlite3_column_int64(stmt, 1);
    s->n = (uint64_t)sqlite3_column_int64(stmt, 2);
    if (n > 3) {
        s->first = pt_db_num(stmt, 3);
        s->last = pt_db_num(stmt, 4);
    }
    if (n > 5) {
        s->min = pt_db_num(stmt, 5);
        s->max = pt_db_num(stmt, 6);
        s->sum = dd(stmt, 7);
    }
    if (n > 9) {
        s->squares = dd(stmt, 9);
        s->increase = dd(stmt, 11);
        out->batch0 = sqlite3_column_int64(stmt, 13);
        out->batch1 = sqlite3_column_int64(stmt, 14);
        out->data = sqlite3_column_int64(stmt, 15);
        out->crc = (uint32_t)sqlite3_column_int64(stmt, 16);
        out->series = sqlite3_column_int64(stmt, 17);
    }
}

int pt_db_find_chunk(struct pt_store *s, int64_t series, int64_t t0, struct pt_db_chunk *out,
                     struct pt_err *err)
{
    static const char SQL[] =
        "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 = ?2";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t0);
    if ((rc = pt_db_step(s, stmt, err)) == 1) {
        pt_db_read_chunk(stmt, out);
        sqlite3_reset(stmt);
        return 0;
    }
    return rc < 0 ? -1
                  : pt_err_set(err, PT_SYSTEM,
                               "%s: a chunk of series %lld is gone; run pt-archive verify", s->path,
                               (long long)series);
}

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static uint64_t bits_of_num(struct pt_num v)
{
    return v.wide ? (uint64_t)v.wide : bits_of(v.d);
}

/* Of numbers of 8 bytes, little-endian, and of what stands behind them. */
static uint32_t crc_of(uint64_t *head, size_t n, struct pt_str bytes)
{
    for (size_t i = 0; i < n; i++)
        head[i] = htole64(head[i]);
    return pt_deflate_crc(pt_deflate_crc(0, head, n * sizeof *head), bytes.p, bytes.n);
}

uint32_t pt_db_chunk_crc(const struct pt_db_chunk *chunk, struct pt_str bytes)
{
    const struct pt_summary *s = &chunk->summary;
    uint64_t row[] = {(uint64_t)chunk->series, (uint64_t)s->t0, (uint64_t)s->t1, s->n,
                      bits_of_num(s->min), bits_of_num(s->max), bits_of_num(s->first),
                      bits_of_num(s->last), bits_of(s->sum.hi), bits_of(s->sum.lo),
                      bits_of(s->squares.hi), bits_of(s->squares.lo), bits_of(s->increase.hi),
                      bits_of(s->increase.lo), (uint64_t)chunk->batch0, (uint64_t)chunk->batch1};
    return crc_of(row, sizeof row / sizeof row[0], bytes);
}

int pt_db_check_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_column *out,
                      const char **damage, struct pt_err *err)
{
    static const char SQL[] = "SELECT bytes FROM chunk_data WHERE id = ?1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    struct pt_err ignored = {0};
    struct pt_str bytes;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, chunk->data);
    if ((rc = pt_db_step(s, stmt, err)) < 0)
        return -1;
    bytes = rc ? pt_db_str(stmt, 0) : (struct pt_str){0};
    s->loaded += bytes.n;
    *damage = NULL;
    if (!rc)
        *damage = "its bytes are missing";
    else if (pt_db_chunk_crc(chunk, bytes) != chunk->crc)
        *damage = "its checksum does not agree";
    else if (pt_chunk_decode(s->coder, bytes, out, &ignored) != 0)
        *damage = "it does not decode";
    sqlite3_reset(stmt);
    return 0;
}

int pt_db_load_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_column *out,
                     struct pt_err *err)
{
    const char *damage;
    if (pt_db_check_chunk(s, chunk, out, &damage, err) != 0)
        return -1;
    return damage ? pt_err_set(err, PT_SYSTEM,
                               "%s: damaged chunk %lld of series %lld: %s; run pt-archive verify",
                               s->path, (long long)chunk->data, (long long)chunk->series, damage)
                  : 0;
}

/* A sketch is found by its chunk, and is of that chunk alone: so its checksum begins with the
 * chunk's. */
static uint32_t sketch_crc(uint32_t chunk, struct pt_str bytes)
{
    uint64_t head = chunk;
    return crc_of(&head, 1, bytes);
}

/* The bytes of the chunk's sketch, until *stmt is reset; 1, 0 when it has none, -1. */
static int find_sketch(struct pt_store *s, const struct pt_db_chunk *chunk, sqlite3_stmt **stmt,
                       struct pt_str *bytes, const char **damage, struct pt_err *err)
{
    static const char SQL[] = "SELECT crc, bytes FROM sketch WHERE id = ?1";
    int rc;
    *damage = NULL;
    if (!(*stmt = pt_db_statement(s, SQL, err)))
        return -1;
    sqlite3_bind_int64(*stmt, 1, chunk->data);
    if ((rc = pt_db_step(s, *stmt, err)) != 1)
        return rc;
    *bytes = pt_db_str(*stmt, 1);
    s->loaded += bytes->n;
    if (sqlite3_column_int64(*stmt, 0) != sketch_crc(chunk->crc, *bytes))
        *damage = "the checksum of its sketch does not agree";
    return 1;
}

int pt_db_load_sketch(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_sketch *out,
                      struct pt_err *err)
{
    struct pt_err ignored = {0};
    struct pt_str bytes;
    sqlite3_stmt *stmt;
    const char *damage;
    int rc = find_sketch(s, chunk, &stmt, &bytes, &damage, err);
    if (rc != 1)
        return rc;
    if (!damage && pt_sketch_merge(out, bytes, &ignored) != 0)
        damage = "its sketch does not decode";
    sqlite3_reset(stmt);
    return damage ? pt_err_set(err, PT_SYSTEM,
                               "%s: damaged chunk %lld of series %lld: %s; run pt-archive verify",
                               s->path, (long long)chunk->data, (long long)chunk->series, damage)
                  : 1;
}

int pt_db_check_sketch(struct pt_store *s, const struct pt_db_chunk *chunk,
                       const struct pt_column *points, const char **damage, struct pt_err *err)
{
    struct pt_buf again = {0};
    struct pt_str bytes;
    sqlite3_stmt *stmt;
    int rc = find_sketch(s, chunk, &stmt, &bytes, damage, err);
    if (rc != 1)
        return rc;
    if (!*damage) {
        struct pt_sketch sketch = {0};
        pt_sketch_add(&sketch, points->v, points->n);
        pt_sketch_write(&sketch, &again);
        pt_sketch_release(&sketch);
        if (again.n != bytes.n || memcmp(again.p, bytes.p, bytes.n) != 0)
            *damage = "its sketch does not agree with its points";
    }
    sqlite3_reset(stmt);
    pt_buf_release(&again);
    return 0;
}

static void bind_dd(sqlite3_stmt *stmt, int at, struct pt_dd v)
{
    sqlite3_bind_double(stmt, at, v.hi);
    if (v.lo != 0)
        sqlite3_bind_double(stmt, at + 1, v.lo);
}

static int insert_data(struct pt_store *s, struct pt_str bytes, int64_t *id, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO chunk_data(bytes) VALUES(?1)";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_blob64(stmt, 1, bytes.p, bytes.n, SQLITE_STATIC);
    if (pt_db_step(s, stmt, err) < 0)
        return -1;
    *id = sqlite3_last_insert_rowid(s->db);
    return 0;
}

static int insert_sketch(struct pt_store *s, int64_t id, uint32_t chunk, struct pt_str bytes,
                         struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO sketch(id, crc, bytes) VALUES(?1, ?2, ?3)";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, sketch_crc(chunk, bytes));
    sqlite3_bind_blob64(stmt, 3, bytes.p, bytes.n, SQLITE_STATIC);
    return pt_db_step(s, stmt, err) < 0 ? -1 : 0;
}

int pt_db_insert_encoded(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_str bytes,
                         struct pt_str sketch, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO chunk(series, t0, t1, n, min, max, first, last, sum, sum_lo, squares,"
        " squares_lo, increase, increase_lo, batch0, batch1, data, crc)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    const struct pt_summary *m = &chunk->summary;
    uint32_t crc = pt_db_chunk_crc(chunk, bytes);
    sqlite3_stmt *stmt;
    int64_t data;
    if (insert_data(s, bytes, &data, err) != 0 || !(stmt = pt_db_statement(s, SQL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, chunk->series);
    sqlite3_bind_int64(stmt, 2, m->t0);
    sqlite3_bind_int64(stmt, 3, m->t1);
    sqlite3_bind_int64(stmt, 4, (int64_t)m->n);
    pt_db_bind_num(stmt, 5, m->min);
    pt_db_bind_num(stmt, 6, m->max);
    pt_db_bind_num(stmt, 7, m->first);
    pt_db_bind_num(stmt, 8, m->last);
    bind_dd(stmt, 9, m->sum);
    bind_dd(stmt, 11, m->squares);
    bind_dd(stmt, 13, m->increase);
    sqlite3_bind_int64(stmt, 15, chunk->batch0);
    sqlite3_bind_int64(stmt, 16, chunk->batch1);
    sqlite3_bind_int64(stmt, 17, data);
    sqlite3_bind_int64(stmt, 18, crc);
    if (pt_db_step(s, stmt, err) < 0)
        return -1;
    return sketch.n ? insert_sketch(s, data, crc, sketch, err) : 0;
}

int pt_db_insert_chunk(struct pt_store *s, int64_t series, const struct pt_column *c, size_t begin,
                       size_t end, int64_t batch0, int64_t batch1, struct pt_err *err)
{
    struct pt_db_chunk chunk = {.series = series,
                                .batch0 = batch0,
                                .batch1 = batch1,
                                .summary = pt_summary_of(c, begin, end)};
    struct pt_buf bytes = {0}, sketch = {0};
    int rc;
    pt_chunk_encode(s->coder, c, begin, end, &bytes);
    pt_sketch_put(c, begin, end, &sketch);
    rc = pt_db_insert_encoded(s, &chunk, pt_buf_view(&bytes), pt_buf_view(&sketch), err);
    pt_buf_release(&bytes);
    pt_buf_release(&sketch);
    return rc;
}

static int delete_by_id(struct pt_store *s, const char *sql, int64_t id, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(s, sql, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    return pt_db_step(s, stmt, err) < 0 ? -1 : 0;
}

int pt_db_delete_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_err *err)
{
    static const char ROW[] = "DELETE FROM chunk WHERE series = ?1 AND t0 = ?2";
    static const char DATA[] = "DELETE FROM chunk_data WHERE id = ?1";
    static const char SKETCH[] = "DELETE FROM sketch WHERE id = ?1";
    sqlite3_stmt *stmt = pt_db_statement(s, ROW, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, chunk->series);
    sqlite3_bind_int64(stmt, 2, chunk->summary.t0);
    return pt_db_step(s, stmt, err) < 0 || delete_by_id(s, DATA, chunk->data, err) != 0
               ? -1
               : delete_by_id(s, SKETCH, chunk->data, err);
}
