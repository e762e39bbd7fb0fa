/* batch.c - see batch.h. */
#include "store/batch.h"

#include "base/time.h"

/* What a new stream has in common with an old one counts as the old one's. */
static int copy_batches(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO batch(source, run, start, stop, lines, digest, at, read, points, documents,"
        " duplicates, late, rejects) SELECT ?1, ?2, start, stop, lines, digest, at, 0, 0, 0, 0, 0, 0"
        " FROM batch WHERE source = ?3 AND stop <= ?4 ORDER BY start";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.source);
    sqlite3_bind_int64(stmt, 2, c->run);
    sqlite3_bind_int64(stmt, 3, c->fork);
    sqlite3_bind_int64(stmt, 4, (int64_t)c->batch.start);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

static int insert_source(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO source(kind, name, format, head) VALUES(?1, ?2, ?3, ?4)";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_text(stmt, 1, c->kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, c->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, c->format, -1, SQLITE_STATIC);
    if (c->head)
        sqlite3_bind_blob64(stmt, 4, c->head, c->head_n, SQLITE_STATIC);
    if (pt_db_step(w->store, stmt, err) < 0)
        return -1;
    c->batch.source = sqlite3_last_insert_rowid(w->store->db);
    c->head_kept = c->head_n;
    return c->fork ? copy_batches(w, c, err) : 0;
}

/* A stream that began with few lines has more of its head now. */
static int extend_head(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] = "UPDATE source SET head = ?2 WHERE id = ?1";
    sqlite3_stmt *stmt;
    if (!c->head || c->head_kept == c->head_n)
        return 0;
    if (!(stmt = pt_db_statement(w->store, SQL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.source);
    sqlite3_bind_blob64(stmt, 2, c->head, c->head_n, SQLITE_STATIC);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

/* The source must be as far as this program found or left it: another one may be reading the same
 * input into the store at the same time. */
static int check_source(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    struct pt_batch now = {0};
    int64_t named = c->last_named;
    bool goes_on = c->batch.source != 0;
    int rc = goes_on ? pt_lineage_last(w->store, c->batch.source, &now, err)
             : strcmp(c->kind, "file") == 0
                 ? pt_lineage_named(w->store, c->name, &named, err)
                 : 0;
    if (rc < 0)
        return -1;
    if (goes_on ? now.stop == c->last_stop : named == c->last_named)
        return 0;
    return pt_err_set(err, PT_SYSTEM,
                      "%s: another program is reading the same into this store; run this again when "
                      "it has ended", c->name);
}

/* The batch's row without its counts, so that its id is known. */
int pt_batch_open(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO batch(source, run, start, stop, lines, at, read, points, documents,"
        " duplicates, late, rejects) VALUES(?1, ?2, ?3, ?3, 0, 0, 0, 0, 0, 0, 0, 0)";
    sqlite3_stmt *stmt;
    if (check_source(w, c, err) != 0 ||
        (!c->run && pt_lineage_run(w->store, c->command, &c->run, err) != 0) ||
        (!c->batch.source && insert_source(w, c, err) != 0) || extend_head(w, c, err) != 0)
        return -1;
    if (c->batch.id)
        return 0;
    if (!(stmt = pt_db_statement(w->store, SQL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.source);
    sqlite3_bind_int64(stmt, 2, c->run);
    sqlite3_bind_int64(stmt, 3, (int64_t)c->batch.start);
    if (pt_db_step(w->store, stmt, err) < 0)
        return -1;
    c->batch.id = sqlite3_last_insert_rowid(w->store->db);
    return 0;
}

int pt_batch_close(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "UPDATE batch SET stop = ?2, lines = ?3, digest = ?4, at = ?5, read = read + ?6,"
        " points = points + ?7, documents = documents + ?8, duplicates = duplicates + ?9,"
        " late = late + ?10, rejects = rejects + ?11 WHERE id = ?1";
    const struct pt_receipt *now = &w->receipt, *old = &w->committed;
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.id);
    sqlite3_bind_int64(stmt, 2, (int64_t)c->batch.stop);
    sqlite3_bind_int64(stmt, 3, (int64_t)c->batch.lines);
    sqlite3_bind_blob(stmt, 4, c->batch.digest, sizeof c->batch.digest, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 5, pt_time_now());
    sqlite3_bind_int64(stmt, 6, (int64_t)(now->read - old->read));
    sqlite3_bind_int64(stmt, 7, (int64_t)(now->points - old->points));
    sqlite3_bind_int64(stmt, 8, (int64_t)(now->documents - old->documents));
    sqlite3_bind_int64(stmt, 9, (int64_t)(now->duplicates - old->duplicates));
    sqlite3_bind_int64(stmt, 10, (int64_t)(now->late - old->late));
    sqlite3_bind_int64(stmt, 11, (int64_t)(now->rejects - old->rejects));
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}
