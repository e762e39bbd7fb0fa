/* quality.c - see quality.h. */
#include "store/quality.h"

#include "store/db.h"

static void read_row(sqlite3_stmt *stmt, struct pt_quality_row *out)
{
    uint64_t *const counts[] = {&out->records, &out->warned, &out->duplicates, &out->late,
                                &out->replayed};
    enum { COUNTS = sizeof counts / sizeof counts[0], FIRST = 4 };
    *out = (struct pt_quality_row){.kind = pt_db_str(stmt, 0),
                                   .name = pt_db_str(stmt, 1),
                                   .day = sqlite3_column_int64(stmt, 2),
                                   .last = PT_TIME_MIN};
    if (sqlite3_column_type(stmt, 3) != SQLITE_NULL)
        out->last = sqlite3_column_int64(stmt, 3);
    for (int i = 0; i < COUNTS; i++)
        *counts[i] = (uint64_t)sqlite3_column_int64(stmt, FIRST + i);
    for (int i = 0; i < PT_FAULTS; i++)
        out->faults[i] = (uint64_t)sqlite3_column_int64(stmt, FIRST + COUNTS + i);
}

int pt_quality_each(struct pt_store *s, int64_t since, int64_t until,
                    int (*each)(void *ctx, const struct pt_quality_row *row), void *ctx,
                    struct pt_err *err)
{
    static const char SQL[] =
        "SELECT s.kind, s.name, q.day, max(q.last), sum(records), sum(warned), sum(duplicates),"
        " sum(late), sum(replayed), sum(syntax), sum(time), sum(type), sum(range), sum(unit),"
        " sum(tags), sum(fields), sum(sequence) FROM quality q JOIN source s ON s.id = q.source"
        " WHERE q.day >= ?1 AND q.day < ?2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, since < PT_TIME_MIN + PT_DAY ? PT_TIME_MIN : since - PT_DAY + 1);
    sqlite3_bind_int64(stmt, 2, until);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_quality_row row;
        read_row(stmt, &row);
        if ((rc = each(ctx, &row)) != 0)
            break;
    }
    sqlite3_reset(stmt);
    return rc;
}

int pt_quality_each_series(struct pt_store *s, struct pt_str kind, struct pt_str name,
                           int (*each)(void *ctx, const struct pt_store_series *series,
                                       int64_t first, int64_t last),
                           void *ctx, struct pt_err *err)
{
    static const char SQL[] =
        "WITH own AS (SELECT b.id FROM batch b JOIN source x ON x.id = b.source"
        "  WHERE x.kind = ?1 AND x.name = ?2)"
        "SELECT id, name, tags,"
        " coalesce((SELECT min(t0) FROM chunk WHERE series = s.id),"
        "  (SELECT min(ts) FROM tail WHERE series = s.id)),"
        " coalesce((SELECT max(ts) FROM tail WHERE series = s.id),"
        "  (SELECT max(t1) FROM chunk WHERE series = s.id))"
        " FROM series s WHERE id IN (SELECT series FROM chunk WHERE batch0 IN own OR batch1 IN own"
        "  UNION SELECT series FROM tail WHERE batch IN own) ORDER BY name, tags";
    sqlite3_stmt *stmt = pt_db_borrow(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    pt_db_bind_str(stmt, 1, kind);
    pt_db_bind_str(stmt, 2, name);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_store_series series = {.id = sqlite3_column_int64(stmt, 0),
                                         .name = pt_db_str(stmt, 1),
                                         .tags = pt_db_str(stmt, 2)};
        rc = each(ctx, &series, sqlite3_column_int64(stmt, 3), sqlite3_column_int64(stmt, 4));
        if (rc != 0)
            break;
    }
    pt_db_return(s, stmt);
    return rc;
}

int pt_quality_last_point(struct pt_store *s, struct pt_str name, struct pt_str tags, int64_t *ts,
                          struct pt_num *value, struct pt_err *err)
{
    static const char SQL[] = "SELECT id FROM series WHERE name = ?1 AND tags = ?2";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int64_t id;
    if (!stmt)
        return -1;
    sqlite3_bind_text64(stmt, 1, name.p, name.n, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_text64(stmt, 2, tags.p, tags.n, SQLITE_STATIC, SQLITE_UTF8);
    if (pt_db_int(s, stmt, 0, &id, err) != 0)
        return -1;
    return id ? pt_store_point_before(s, id, PT_TIME_MAX, ts, value, err) : 0;
}
