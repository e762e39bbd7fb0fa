/* commit.c - see write.h: what waits goes into the file, in one transaction.
 *
 * The order: the batch's row (its id goes into every row that comes from it), the series, their
 * points (place.c), documents, rejects, counts by day, and last the batch's counts and position.
 * Any failure rolls all of it back. */
#include "store/batch.h"
#include "store/document.h"
#include "store/lineage.h"
#include "store/turn.h"
#include "store/writer.h"

static int insert_series(struct pt_writer *w, uint32_t at, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO series(name, tags) VALUES(?1, ?2)"
                              " ON CONFLICT DO NOTHING RETURNING id";
    struct pt_slot *slot = &w->slots[at];
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    pt_writer_bind_series(w, at, stmt);
    if (pt_db_int(w->store, stmt, 0, &slot->id, err) != 0)
        return -1;
    if (slot->id) {
        w->receipt.series++;
        slot->describe = slot->kind != PT_KIND_NONE || slot->unit[0];
        return 0;
    }
    return pt_writer_find_row(w, at, err); /* another program was faster */
}

static int update_series(struct pt_writer *w, struct pt_slot *slot, struct pt_err *err)
{
    static const char SQL[] = "UPDATE series SET kind = coalesce(kind, ?2),"
                              " unit = coalesce(unit, ?3) WHERE id = ?1";
    const char *kind = pt_kind_name(slot->kind);
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, slot->id);
    pt_db_bind_str(stmt, 2, pt_str(kind));
    pt_db_bind_str(stmt, 3, pt_str(slot->unit));
    slot->describe = false;
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

/* Every dirty series gets its row; what is known of it is read again when it is stale.  Series that
 * are not dirty stay stale until they are. */
static int refresh(struct pt_writer *w, int64_t version, struct pt_err *err)
{
    for (size_t i = 0; i < w->ndirty; i++) {
        struct pt_slot *slot = &w->slots[w->dirty[i]];
        int64_t newest = slot->newest;
        if (!slot->id && insert_series(w, w->dirty[i], err) != 0)
            return -1;
        if (slot->describe && update_series(w, slot, err) != 0)
            return -1;
        if (slot->version != version && pt_writer_load_facts(w, slot, err) != 0)
            return -1;
        slot->version = version;
        if (newest > slot->newest)
            slot->newest = newest;
    }
    return 0;
}

static int insert_documents(struct pt_writer *w, int64_t batch, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO document(ts, type, name, trace, batch, crc, body)"
                              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    const char *text = w->text.p;
    for (size_t i = 0; i < w->ndocuments; i++) {
        const struct pt_held_document *d = &w->documents[i];
        const struct pt_store_document doc = {.ts = d->ts,
                                              .type = {text + d->type, d->type_n},
                                              .name = {text + d->name, d->name_n},
                                              .trace = {text + d->trace, d->trace_n},
                                              .body = {text + d->body, d->body_n}};
        sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
        if (!stmt)
            return -1;
        sqlite3_bind_int64(stmt, 1, d->ts);
        pt_db_bind_str(stmt, 2, doc.type);
        pt_db_bind_str(stmt, 3, doc.name);
        pt_db_bind_str(stmt, 4, doc.trace);
        sqlite3_bind_int64(stmt, 5, batch);
        sqlite3_bind_int64(stmt, 6, pt_document_crc(&doc));
        pt_db_bind_str(stmt, 7, doc.body);
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
    }
    return 0;
}

/* The row of a context, made where it is new. */
static int find_context(struct pt_writer *w, struct pt_str context, int64_t *id,
                        struct pt_err *err)
{
    static const char INSERT[] =
        "INSERT INTO reject_context(body) VALUES(?1) ON CONFLICT DO NOTHING";
    static const char FIND[] = "SELECT id FROM reject_context WHERE body = ?1";
    sqlite3_stmt *stmt = pt_db_statement(w->store, INSERT, err);
    if (!stmt)
        return -1;
    pt_db_bind_str(stmt, 1, context);
    if (pt_db_step(w->store, stmt, err) < 0 || !(stmt = pt_db_statement(w->store, FIND, err)))
        return -1;
    pt_db_bind_str(stmt, 1, context);
    return pt_db_int(w->store, stmt, 0, id, err);
}

static int insert_reject(struct pt_writer *w, const struct pt_held_reject *r, int64_t batch,
                         int64_t context, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO reject(batch, line, position, reason, raw, fault, at, day, context)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, batch);
    sqlite3_bind_int64(stmt, 2, (int64_t)r->line);
    sqlite3_bind_int64(stmt, 3, (int64_t)r->offset);
    sqlite3_bind_text(stmt, 4, w->text.p + r->reason, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(stmt, 5, w->text.p + r->raw, r->raw_n, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 6, pt_fault_name(r->fault), -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 7, r->at);
    sqlite3_bind_int64(stmt, 8, r->day);
    if (context)
        sqlite3_bind_int64(stmt, 9, context);
    return pt_db_step(w->store, stmt, err) < 0 ? -1 : 0;
}

/* Rejects that came before any record of this run take the day of their source's last one. */
static int settle_days(struct pt_writer *w, int64_t source, int64_t *day, struct pt_err *err)
{
    static const char SQL[] = "SELECT day FROM batch WHERE source = ?1 AND day IS NOT NULL"
                              " ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *stmt;
    *day = PT_TIME_MIN;
    if (!pt_tally_unsettled(&w->tally))
        return 0;
    if (!(stmt = pt_db_statement(w->store, SQL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, source);
    if (pt_db_int(w->store, stmt, PT_TIME_MIN, day, err) != 0)
        return -1;
    *day = pt_tally_settle(&w->tally, *day);
    return 0;
}

static int insert_rejects(struct pt_writer *w, const struct pt_batch *batch, struct pt_err *err)
{
    int64_t day, context = 0;
    struct pt_str last = {0};
    if (settle_days(w, batch->source, &day, err) != 0)
        return -1;
    for (size_t i = 0; i < w->nrejects; i++) {
        struct pt_held_reject *r = &w->rejects[i];
        struct pt_str own = {w->text.p + r->context, r->context_n};
        if (!pt_str_eq(own, last) && find_context(w, own, &context, err) != 0)
            return -1;
        last = own;
        if (r->day == PT_TIME_MIN)
            r->day = day;
        if (insert_reject(w, r, batch->id, own.n ? context : 0, err) != 0)
            return -1;
    }
    return 0;
}

/* What is replayed counts as such where its line was refused. */
static int mark_mended(struct pt_writer *w, int64_t batch, struct pt_err *err)
{
    static const char MARK[] = "UPDATE reject SET state = 'replayed', changed = ?2, replay = ?3"
                               " WHERE id = ?1 AND state IS NULL";
    static const char COUNT[] =
        "UPDATE quality SET replayed = replayed + 1 WHERE (source, day) ="
        " (SELECT b.source, r.day FROM reject r JOIN batch b ON b.id = r.batch WHERE r.id = ?1)";
    for (size_t i = 0; i < w->nmended; i++) {
        sqlite3_stmt *stmt = pt_db_statement(w->store, MARK, err);
        if (!stmt)
            return -1;
        sqlite3_bind_int64(stmt, 1, w->mended[i]);
        sqlite3_bind_int64(stmt, 2, pt_time_now());
        sqlite3_bind_int64(stmt, 3, batch);
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
        if (!sqlite3_changes(w->store->db))
            return pt_err_set(err, PT_FOUND, "reject %lld is not open any more",
                              (long long)w->mended[i]);
        if (!(stmt = pt_db_statement(w->store, COUNT, err)))
            return -1;
        sqlite3_bind_int64(stmt, 1, w->mended[i]);
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
    }
    return 0;
}

/* By source and day; not where the records stand for lines that counted before. */
static int count_quality(struct pt_writer *w, int64_t source, struct pt_err *err)
{
    w->receipt.duplicates += w->lost.n;
    w->receipt.points -= w->lost.n;
    for (size_t i = 0; i < w->lost.n; i++)
        pt_tally_add(&w->tally, PT_TALLY_DUPLICATES, w->lost.ts[i]);
    return w->nmended ? 0 : pt_tally_write(&w->tally, w->store, source, err);
}

static int data_version(struct pt_writer *w, int64_t *out, struct pt_err *err)
{
    static const char SQL[] = "PRAGMA data_version";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    return stmt ? pt_db_int(w->store, stmt, 0, out, err) : -1;
}

static int write_all(struct pt_writer *w, struct pt_commit *c, struct pt_err *err)
{
    int64_t version;
    if (data_version(w, &version, err) != 0 || pt_batch_open(w, c, err) != 0 ||
        refresh(w, version, err) != 0)
        return -1;
    w->data_version = version;
    if (pt_writer_place_points(w, c->batch.id, err) != 0 ||
        insert_documents(w, c->batch.id, err) != 0 || insert_rejects(w, &c->batch, err) != 0 ||
        mark_mended(w, c->batch.id, err) != 0 || count_quality(w, c->batch.source, err) != 0)
        return -1;
    return pt_batch_close(w, c, err);
}

int pt_writer_flush(struct pt_writer *w, struct pt_err *err)
{
    if (pt_db_begin(w->store, err) != 0)
        return -1;
    if (refresh(w, w->data_version, err) != 0 || pt_writer_place_points(w, 0, err) != 0 ||
        pt_db_commit(w->store, err) != 0) {
        pt_db_rollback(w->store);
        return -1;
    }
    w->receipt.duplicates += w->lost.n;
    w->receipt.points -= w->lost.n;
    w->committed = w->receipt;
    pt_writer_clear(w);
    return 0;
}

int pt_writer_commit(struct pt_writer *w, struct pt_commit *commit, struct pt_err *err)
{
    struct pt_commit before = *commit;
    if (pt_db_begin(w->store, err) != 0)
        return -1;
    if (write_all(w, commit, err) != 0 || pt_db_commit(w->store, err) != 0) {
        pt_db_rollback(w->store);
        before.met = commit->met;
        *commit = before;
        w->receipt = w->committed;
        return -1;
    }
    commit->last_stop = commit->batch.stop;
    w->committed = w->receipt;
    pt_writer_clear(w);
    return 0;
}
