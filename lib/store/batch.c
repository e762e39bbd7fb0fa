/* batch.c - see batch.h. */
#include "store/batch.h"

#include "base/time.h"

static bool is_log(const struct pt_commit *c)
{
    return strcmp(c->kind, "log") == 0;
}

static int conflict(const struct pt_commit *c, struct pt_err *err)
{
    return pt_err_set(err, PT_SYSTEM,
                      "%s: another program is reading the same into this store; run this again "
                      "when it has ended", c->name);
}

/* Whether more sources end behind the mark than were found. */
static int more_ends(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] = "SELECT count(*) FROM source WHERE last = ?1";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int64_t n;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, (int64_t)c->forked);
    return pt_db_int(w->store, stmt, 0, &n, err) != 0 ? -1 : (uint64_t)n > c->ends;
}

/* The source must be as far as this program found or left it, and what was new must still be:
 * another program may be reading the same into the store at the same time. */
static int check_source(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    struct pt_batch now = {0};
    struct pt_mark mark;
    int rc = 0;
    if (c->batch.source) {
        if (pt_lineage_last(w->store, c->batch.source, &now, err) < 0)
            return -1;
        return now.stop == c->last_stop ? 0 : conflict(c, err);
    }
    if (is_log(c))
        rc = pt_lineage_named(w->store, c->kind, c->name, &now, err);
    else if (c->missed)
        rc = pt_lineage_mark(w->store, c->missed, &mark, err);
    if (rc == 0 && c->shared.stop)
        rc = more_ends(w, c, err);
    c->met = rc == 1;
    return c->met ? conflict(c, err) : rc;
}

static void bind_mark(sqlite3_stmt *stmt, int at, uint64_t mark)
{
    if (mark)
        sqlite3_bind_int64(stmt, at, (int64_t)mark);
}

static int insert_source(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO source(kind, name, format) VALUES(?1, ?2, ?3)";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_text(stmt, 1, c->kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, c->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, c->format, -1, SQLITE_STATIC);
    if (pt_db_step(w->store, stmt, err) < 0)
        return -1;
    c->batch.source = sqlite3_last_insert_rowid(w->store->db);
    return 0;
}

/* The source is one of several that go on behind this mark. */
static int fork_at(struct pt_writer *w, uint64_t hash, struct pt_err *err)
{
    static const char SQL[] = "UPDATE mark SET source = NULL WHERE hash = ?1";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, (int64_t)hash);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

/* A batch's row without its counts; its id goes to batch->id. */
static int insert_batch(struct pt_writer *w, const struct pt_commit *c, struct pt_batch *batch,
                        struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO batch(source, run, start, stop, lines, digest, at, read, points, documents,"
        " duplicates, late, rejects) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0)";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.source);
    sqlite3_bind_int64(stmt, 2, c->run);
    sqlite3_bind_int64(stmt, 3, (int64_t)batch->start);
    sqlite3_bind_int64(stmt, 4, (int64_t)batch->stop);
    sqlite3_bind_int64(stmt, 5, (int64_t)batch->lines);
    if (!is_log(c))
        sqlite3_bind_blob(stmt, 6, batch->digest, sizeof batch->digest, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 7, pt_time_now());
    if (pt_db_step(w->store, stmt, err) < 0)
        return -1;
    batch->id = sqlite3_last_insert_rowid(w->store->db);
    return 0;
}

int pt_batch_open(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    bool new_source = !c->batch.source;
    if (check_source(w, c, err) != 0 ||
        (!c->run && pt_lineage_run(w->store, c->command, &c->run, err) != 0))
        return -1;
    if (new_source && (insert_source(w, c, err) != 0 ||
                       (c->shared.stop && (fork_at(w, c->forked, err) != 0 ||
                                           insert_batch(w, c, &c->shared, err) != 0))))
        return -1;
    return c->batch.id ? 0 : insert_batch(w, c, &c->batch, err);
}

/* The id of the document that was inserted last, by whomever. */
static int last_document(struct pt_writer *w, int64_t *id, struct pt_err *err)
{
    static const char SQL[] = "SELECT seq FROM sqlite_sequence WHERE name = 'document'";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    return stmt ? pt_db_int(w->store, stmt, 0, id, err) : -1;
}

static int insert_marks(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT OR IGNORE INTO mark(hash, source, document) VALUES(?1, ?2, ?3)";
    int64_t last;
    if (c->nmarks && last_document(w, &last, err) != 0)
        return -1;
    for (size_t i = 0; i < c->nmarks; i++) {
        sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
        if (!stmt)
            return -1;
        bind_mark(stmt, 1, c->marks[i].hash);
        sqlite3_bind_int64(stmt, 2, c->batch.source);
        sqlite3_bind_int64(stmt, 3, last - (int64_t)(w->receipt.documents - c->marks[i].documents));
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
    }
    return 0;
}

/* The marks by which the source is found.  They stay when no other was passed. */
static int update_source(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "UPDATE source SET head = coalesce(?2, head), last = coalesce(?3, last) WHERE id = ?1"
        " AND (head IS NOT coalesce(?2, head) OR last IS NOT coalesce(?3, last))";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.source);
    bind_mark(stmt, 2, c->head);
    bind_mark(stmt, 3, c->last);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

static int update_batch(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    static const char SQL[] =
        "UPDATE batch SET stop = ?2, lines = ?3, digest = ?4, anchor = ?5, at = ?6,"
        " read = read + ?7, points = points + ?8, documents = documents + ?9,"
        " duplicates = duplicates + ?10, late = late + ?11, rejects = rejects + ?12,"
        " day = coalesce(?13, day) WHERE id = ?1";
    const struct pt_receipt *now = &w->receipt, *old = &w->committed;
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, c->batch.id);
    sqlite3_bind_int64(stmt, 2, (int64_t)c->batch.stop);
    sqlite3_bind_int64(stmt, 3, (int64_t)c->batch.lines);
    if (!is_log(c))
        sqlite3_bind_blob(stmt, 4, c->batch.digest, sizeof c->batch.digest, SQLITE_STATIC);
    if (c->anchor)
        sqlite3_bind_blob(stmt, 5, c->anchor, PT_CHAIN_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 6, pt_time_now());
    sqlite3_bind_int64(stmt, 7, (int64_t)(now->read - old->read));
    sqlite3_bind_int64(stmt, 8, (int64_t)(now->points - old->points));
    sqlite3_bind_int64(stmt, 9, (int64_t)(now->documents - old->documents));
    sqlite3_bind_int64(stmt, 10, (int64_t)(now->duplicates - old->duplicates));
    sqlite3_bind_int64(stmt, 11, (int64_t)(now->late - old->late));
    sqlite3_bind_int64(stmt, 12, (int64_t)(now->rejects - old->rejects));
    if (w->tally.any)
        sqlite3_bind_int64(stmt, 13, w->tally.before);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

int pt_batch_close(struct pt_writer *w, const struct pt_commit *c, struct pt_err *err)
{
    return insert_marks(w, c, err) != 0 || update_source(w, c, err) != 0 ||
                   update_batch(w, c, err) != 0
               ? -1
               : 0;
}
