/* commit.c - see write.h: what waits goes into the file, in one transaction.
 *
 * The order: the batch's row (its id goes into every row that comes from it), the series, their points
 * (place.c), documents, rejects, and last the batch's counts and position.  Any failure rolls all of
 * it back. */
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

static int insert_rejects(struct pt_writer *w, int64_t batch, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO reject(batch, line, position, reason, raw) VALUES(?1, ?2, ?3, ?4, ?5)";
    for (size_t i = 0; i < w->nrejects; i++) {
        const struct pt_held_reject *r = &w->rejects[i];
        sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
        if (!stmt)
            return -1;
        sqlite3_bind_int64(stmt, 1, batch);
        sqlite3_bind_int64(stmt, 2, (int64_t)r->line);
        sqlite3_bind_int64(stmt, 3, (int64_t)r->offset);
        sqlite3_bind_text(stmt, 4, w->text.p + r->reason, -1, SQLITE_STATIC);
        sqlite3_bind_blob64(stmt, 5, w->text.p + r->raw, r->raw_n, SQLITE_STATIC);
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
    }
    return 0;
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
        insert_documents(w, c->batch.id, err) != 0 ||
        insert_rejects(w, c->batch.id, err) != 0)
        return -1;
    return pt_batch_close(w, c, err);
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
