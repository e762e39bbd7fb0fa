/* catalogue.c - what a store holds: its series, and how much of everything; see store.h.
 *
 * A selector with an exact name is answered by the index over names and tags; tags, and names with
 * wildcards, are matched one series after another, but for a quick look for bytes that the tags of
 * all that match have. */
#include "store/db.h"
#include "store/store.h"

static void read_series(sqlite3_stmt *stmt, struct pt_store_series *out)
{
    *out = (struct pt_store_series){.id = sqlite3_column_int64(stmt, 0),
                                    .name = pt_db_str(stmt, 1),
                                    .tags = pt_db_str(stmt, 2),
                                    .unit = pt_db_str(stmt, 4)};
    pt_kind_parse(pt_db_str(stmt, 3), &out->kind);
}

static int offer_series(const struct pt_store_series *series, const struct pt_selector *selector,
                        struct pt_arena *arena, int (*each)(void *, const struct pt_store_series *),
                        void *ctx, struct pt_err *err)
{
    int rc;
    pt_arena_reset(arena);
    rc = pt_selector_series(selector, series->name, series->tags, arena, err);
    return rc == 1 ? each(ctx, series) : rc;
}

struct pt_store_series pt_store_series_keep(const struct pt_store_series *s, struct pt_arena *a)
{
    struct pt_store_series kept = *s;
    kept.name = pt_arena_str(a, s->name);
    kept.tags = pt_arena_str(a, s->tags);
    kept.unit = pt_arena_str(a, s->unit);
    return kept;
}

/* By whether the name is one and whether bytes of the tags are known.  Both are in an index, so
 * rows are read of those that remain only. */
#define SELECT_SERIES "SELECT id, name, tags, kind, unit FROM series "
static const char *const SERIES[2][2] = {{SELECT_SERIES "ORDER BY name, tags", SELECT_SERIES
                                          "WHERE instr(tags, ?2) ORDER BY name, tags"},
                                         {SELECT_SERIES "WHERE name = ?1 ORDER BY tags",
                                          SELECT_SERIES
                                          "WHERE name = ?1 AND instr(tags, ?2) ORDER BY tags"}};

int pt_store_each_series(struct pt_store *s, const struct pt_selector *selector,
                         int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                         struct pt_err *err)
{
    struct pt_str name = {0}, spelling = {0};
    struct pt_arena arena = {0};
    sqlite3_stmt *stmt;
    int rc;
    if (selector) {
        name = pt_selector_exact_name(selector);
        spelling = pt_selector_spelling(selector);
    }
    stmt = pt_db_borrow(s, SERIES[name.n > 0][spelling.n > 0], err);
    if (!stmt)
        return -1;
    if (name.n)
        pt_db_bind_str(stmt, 1, name);
    if (spelling.n)
        pt_db_bind_str(stmt, 2, spelling);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_store_series series;
        read_series(stmt, &series);
        if ((rc = offer_series(&series, selector, &arena, each, ctx, err)) != 0)
            break;
    }
    pt_db_return(s, stmt);
    pt_arena_release(&arena);
    return rc;
}

int pt_store_one_series(struct pt_store *s, int64_t id,
                        int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                        struct pt_err *err)
{
    static const char SQL[] = SELECT_SERIES "WHERE id = ?1";
    sqlite3_stmt *stmt = pt_db_borrow(s, SQL, err);
    struct pt_store_series series;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    if ((rc = pt_db_step(s, stmt, err)) == 1) {
        read_series(stmt, &series);
        rc = each(ctx, &series);
    }
    pt_db_return(s, stmt);
    return rc;
}

int pt_store_totals(struct pt_store *s, struct pt_store_stats *out, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT (SELECT count(*) FROM series),"
        " (SELECT coalesce(sum(n), 0) FROM chunk), (SELECT count(*) FROM chunk),"
        " (SELECT count(*) FROM tail),"
        " (SELECT count(*) FROM document) + (SELECT coalesce(sum(n), 0) FROM block),"
        " (SELECT count(*) FROM reject WHERE state IS NULL), (SELECT count(*) FROM source),"
        " (SELECT count(*) FROM batch),"
        " (SELECT min(t) FROM (SELECT min(t0) t FROM chunk UNION ALL SELECT min(ts) FROM tail"
        "  UNION ALL SELECT min(ts) FROM document UNION ALL SELECT min(t0) FROM block)),"
        " (SELECT max(t) FROM (SELECT max(t1) t FROM chunk UNION ALL SELECT max(ts) FROM tail"
        "  UNION ALL SELECT max(ts) FROM document UNION ALL SELECT max(t1) FROM block)),"
        " (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    uint64_t *const fields[] = {&out->series,    &out->points,  &out->chunks,  &out->tail_points,
                                &out->documents, &out->rejects, &out->sources, &out->batches};
    if (!stmt || pt_db_step(s, stmt, err) != 1)
        return -1;
    for (int i = 0; i < 8; i++)
        *fields[i] = (uint64_t)sqlite3_column_int64(stmt, i);
    out->points += out->tail_points;
    out->first = sqlite3_column_int64(stmt, 8);
    out->last = sqlite3_column_int64(stmt, 9);
    out->file_bytes = (uint64_t)sqlite3_column_int64(stmt, 10);
    sqlite3_reset(stmt);
    return 0;
}
