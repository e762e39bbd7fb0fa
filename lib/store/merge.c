/* merge.c - see merge.h. */
#include "store/merge.h"

#include "base/time.h"

#include <math.h>

/* The chunk that begins last at or before t: 1, 0, -1. */
static int chunk_at(struct pt_store *s, int64_t series, int64_t t, struct pt_db_chunk *out,
                    struct pt_err *err)
{
    static const char SQL[] = "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 <= ?2"
                              " ORDER BY t0 DESC LIMIT 1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    rc = pt_db_step(s, stmt, err);
    if (rc == 1)
        pt_db_read_chunk(stmt, out);
    sqlite3_reset(stmt);
    return rc;
}

/* The beginning of the first chunk after t, or INT64_MAX. */
static int next_begin(struct pt_store *s, int64_t series, int64_t t, int64_t *out,
                      struct pt_err *err)
{
    static const char SQL[] = "SELECT min(t0) FROM chunk WHERE series = ?1 AND t0 > ?2";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    return pt_db_int(s, stmt, INT64_MAX, out, err);
}

int pt_merge_write(struct pt_store *s, int64_t series, const struct pt_column *c, int64_t batch0,
                   int64_t batch1, struct pt_err *err)
{
    size_t pieces = (c->n + PT_CHUNK_POINTS - 1) / PT_CHUNK_POINTS;
    for (size_t i = 0; i < pieces; i++)
        if (pt_db_insert_chunk(s, series, c, c->n * i / pieces, c->n * (i + 1) / pieces, batch0,
                               batch1, err) != 0)
            return -1;
    return 0;
}

static int merge_into(struct pt_store *s, const struct pt_db_chunk *chunk,
                      const struct pt_column *c, size_t begin, size_t end, int64_t batch0,
                      int64_t batch1, struct pt_column *lost, struct pt_err *err)
{
    struct pt_column all = {0};
    int rc = -1;
    if (pt_db_load_chunk(s, chunk, &all, err) == 0) {
        pt_column_append(&all, c, begin, end);
        pt_column_sort_gone(&all, lost);
        if (pt_db_delete_chunk(s, chunk, err) == 0)
            rc = pt_merge_write(s, chunk->series, &all,
                                batch0 < chunk->batch0 ? batch0 : chunk->batch0,
                                batch1 > chunk->batch1 ? batch1 : chunk->batch1, err);
    }
    pt_column_release(&all);
    return rc;
}

static int write_apart(struct pt_store *s, int64_t series, const struct pt_column *c, size_t begin,
                       size_t end, int64_t batch0, int64_t batch1, struct pt_err *err)
{
    struct pt_column part = {0};
    int rc;
    pt_column_append(&part, c, begin, end);
    rc = pt_merge_write(s, series, &part, batch0, batch1, err);
    pt_column_release(&part);
    return rc;
}

int pt_merge_points(struct pt_store *s, int64_t series, const struct pt_column *c, int64_t batch0,
                    int64_t batch1, struct pt_column *lost, struct pt_err *err)
{
    for (size_t begin = 0, end; begin < c->n; begin = end) {
        struct pt_db_chunk chunk;
        int64_t next;
        int found = chunk_at(s, series, c->ts[begin], &chunk, err);
        bool join;
        if (found < 0 || next_begin(s, series, c->ts[begin], &next, err) != 0)
            return -1;
        end = pt_column_lower(c, next);
        if (end == begin) /* only for a point at the end of time */
            end = c->n;
        join = found && (c->ts[begin] <= chunk.summary.t1 ||
                         chunk.summary.n + (end - begin) <= PT_CHUNK_POINTS);
        if ((join ? merge_into(s, &chunk, c, begin, end, batch0, batch1, lost, err)
                  : write_apart(s, series, c, begin, end, batch0, batch1, err)) != 0)
            return -1;
    }
    return 0;
}

int pt_merge_last_chunk(struct pt_store *s, int64_t series, int64_t *end, uint64_t *n,
                        struct pt_err *err)
{
    static const char SQL[] = "SELECT t1, n FROM chunk WHERE series = ?1 ORDER BY t0 DESC LIMIT 1";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    rc = pt_db_step(s, stmt, err);
    *end = rc == 1 ? sqlite3_column_int64(stmt, 0) : PT_TIME_MIN;
    *n = rc == 1 ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
    sqlite3_reset(stmt);
    return rc < 0 ? -1 : 0;
}

int pt_merge_take_chunk(struct pt_store *s, int64_t series, struct pt_column *c,
                        struct pt_db_chunk *taken, struct pt_err *err)
{
    struct pt_column all = {0};
    int rc = chunk_at(s, series, PT_TIME_MAX, taken, err);
    if (rc != 1)
        return rc;
    if (pt_db_load_chunk(s, taken, &all, err) != 0 || pt_db_delete_chunk(s, taken, err) != 0) {
        pt_column_release(&all);
        return -1;
    }
    pt_column_append(&all, c, 0, c->n);
    pt_column_release(c);
    *c = all;
    return 1;
}

static int read_tail(struct pt_store *s, int64_t series, struct pt_column *out, int64_t *batch0,
                     int64_t *batch1, struct pt_err *err)
{
    static const char SQL[] = "SELECT ts, value, batch FROM tail WHERE series = ?1 ORDER BY ts";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        int64_t batch = sqlite3_column_int64(stmt, 2);
        struct pt_num value = pt_db_num(stmt, 1);
        int type = sqlite3_column_type(stmt, 1);
        if ((type != SQLITE_INTEGER && type != SQLITE_FLOAT) || !isfinite(value.d)) {
            sqlite3_reset(stmt);
            return pt_err_set(err, PT_SYSTEM,
                              "%s: a point in the tail of series %lld is damaged; run pt-archive "
                              "verify",
                              s->path, (long long)series);
        }
        pt_column_add(out, sqlite3_column_int64(stmt, 0), value);
        *batch0 = batch < *batch0 ? batch : *batch0;
        *batch1 = batch > *batch1 ? batch : *batch1;
    }
    return rc;
}

int pt_merge_take_tail(struct pt_store *s, int64_t series, struct pt_column *out, int64_t *batch0,
                       int64_t *batch1, struct pt_err *err)
{
    static const char SQL[] = "DELETE FROM tail WHERE series = ?1";
    sqlite3_stmt *stmt;
    if (read_tail(s, series, out, batch0, batch1, err) != 0 ||
        !(stmt = pt_db_statement(s, SQL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    return pt_db_step(s, stmt, err) < 0 ? -1 : 0;
}
