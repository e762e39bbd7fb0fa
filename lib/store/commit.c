/* commit.c - see write.h: what waits goes into the file, in one transaction.
 *
 * The order: the batch's row (its id goes into every row that comes from it), the series, encoded
 * chunks, points, documents, rejects, and last the batch's counts and position.  Any failure rolls
 * all of it back. */
#include "store/batch.h"
#include "store/document.h"
#include "store/lineage.h"
#include "store/merge.h"
#include "store/writer.h"

enum { SEAL_LEAST = 64 }; /* fewer new points of a series than these stay in the tail */

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

/* Encoded chunks whose place is still free go in as they are; others back to their points. */
static int place_encoded(struct pt_writer *w, int64_t batch, struct pt_err *err)
{
    for (size_t i = 0; i < w->nencoded; i++) {
        const struct pt_encoded *e = &w->encoded[i];
        struct pt_slot *slot = &w->slots[e->slot];
        struct pt_str bytes = {w->bytes.p + e->at, e->n};
        struct pt_db_chunk chunk = {
            .series = slot->id, .batch0 = batch, .batch1 = batch, .summary = e->summary};
        if (!slot->tail && e->summary.t0 > slot->sealed) {
            if (pt_db_insert_encoded(w->store, &chunk, bytes, err) != 0)
                return -1;
            slot->sealed = e->summary.t1;
        } else if (pt_chunk_decode(w->store->coder, bytes, &slot->points, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* After points came among those of the tail: those that were there already are duplicates. */
static int recount_tail(struct pt_writer *w, struct pt_slot *slot, uint64_t *duplicates,
                        struct pt_err *err)
{
    uint64_t expected = slot->tail + slot->points.n;
    int64_t newest = slot->newest;
    if (pt_writer_load_facts(w, slot, err) != 0)
        return -1;
    slot->newest = newest > slot->newest ? newest : slot->newest;
    *duplicates += expected - slot->tail;
    return 0;
}

static int extend_tail(struct pt_writer *w, struct pt_slot *slot, int64_t batch,
                       uint64_t *duplicates, struct pt_err *err)
{
    static const char SQL[] = "INSERT INTO tail(series, ts, value, batch) VALUES(?1, ?2, ?3, ?4)"
                              " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)";
    const struct pt_column *c = &slot->points;
    for (size_t i = 0; i < c->n; i++) {
        sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
        if (!stmt)
            return -1;
        sqlite3_bind_int64(stmt, 1, slot->id);
        sqlite3_bind_int64(stmt, 2, c->ts[i]);
        pt_db_bind_num(stmt, 3, pt_column_value(c, i));
        sqlite3_bind_int64(stmt, 4, batch);
        if (pt_db_step(w->store, stmt, err) < 0)
            return -1;
    }
    if (c->ts[0] <= slot->tail_end)
        return recount_tail(w, slot, duplicates, err);
    slot->tail += c->n;
    slot->tail_end = c->ts[c->n - 1];
    return 0;
}

/* Takes the first n points off the column into *out. */
static void take_front(struct pt_column *c, size_t n, struct pt_column *out)
{
    struct pt_column rest = {0};
    pt_column_append(out, c, 0, n);
    pt_column_append(&rest, c, n, c->n);
    pt_column_release(c);
    *c = rest;
}

/* The first point later than t. */
static size_t first_after(const struct pt_column *c, int64_t t)
{
    return t == PT_TIME_MAX ? c->n : pt_column_lower(c, t + 1);
}

/* Points that are not newer than what is sealed go into the chunks they belong to. */
static int place_late(struct pt_writer *w, struct pt_slot *slot, int64_t batch,
                      uint64_t *duplicates, struct pt_err *err)
{
    struct pt_column late = {0};
    size_t n = slot->sealed == PT_TIME_MIN ? 0 : first_after(&slot->points, slot->sealed);
    int rc = 0;
    if (n) {
        take_front(&slot->points, n, &late);
        rc = pt_merge_points(w->store, slot->id, &late, batch, batch, duplicates, err);
    }
    pt_column_release(&late);
    return rc;
}

/* Points newer than what is sealed: with the tail's into a chunk, or behind the tail. */
static int place_new(struct pt_writer *w, struct pt_slot *slot, int64_t batch,
                     uint64_t *duplicates, struct pt_err *err)
{
    struct pt_column *points = &slot->points;
    int64_t batch0 = batch;
    if (!points->n)
        return 0;
    if (slot->tail && points->n + slot->tail >= SEAL_LEAST) {
        int64_t newest = batch;
        if (pt_merge_take_tail(w->store, slot->id, points, &batch0, &newest, err) != 0)
            return -1;
        slot->tail = 0;
        slot->tail_end = PT_TIME_MIN;
        *duplicates += pt_column_sort(points);
    }
    if (points->n < SEAL_LEAST)
        return extend_tail(w, slot, batch0, duplicates, err);
    slot->sealed = points->ts[points->n - 1];
    return pt_merge_points(w->store, slot->id, points, batch0, batch, duplicates, err);
}

static int place_points(struct pt_writer *w, struct pt_slot *slot, int64_t batch,
                        struct pt_err *err)
{
    uint64_t duplicates = pt_column_sort(&slot->points);
    if (place_late(w, slot, batch, &duplicates, err) != 0 ||
        place_new(w, slot, batch, &duplicates, err) != 0)
        return -1;
    slot->ahead = slot->sealed;
    w->receipt.duplicates += duplicates;
    w->receipt.points -= duplicates;
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
        refresh(w, version, err) != 0 ||
        place_encoded(w, c->batch.id, err) != 0)
        return -1;
    w->data_version = version;
    for (size_t i = 0; i < w->ndirty; i++)
        if (place_points(w, &w->slots[w->dirty[i]], c->batch.id, err) != 0)
            return -1;
    if (insert_documents(w, c->batch.id, err) != 0 || insert_rejects(w, c->batch.id, err) != 0)
        return -1;
    return pt_batch_close(w, c, err);
}

int pt_writer_commit(struct pt_writer *w, struct pt_commit *commit, struct pt_err *err)
{
    struct pt_commit before = *commit;
    if (pt_db_exec(w->store, "BEGIN IMMEDIATE", err) != 0)
        return -1;
    if (write_all(w, commit, err) != 0 || pt_db_exec(w->store, "COMMIT", err) != 0) {
        sqlite3_exec(w->store->db, "ROLLBACK", NULL, NULL, NULL);
        *commit = before;
        w->receipt = w->committed;
        return -1;
    }
    commit->last_stop = commit->batch.stop;
    commit->head_kept = commit->head_n;
    w->committed = w->receipt;
    pt_writer_clear(w);
    return 0;
}
