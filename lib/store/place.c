/* place.c - where the points of a commit go: pt-store(5), "Invariants".
 *
 * Of each series, in order of time: points that fall into what is sealed are merged with it; few
 * new ones go behind the tail; more become a chunk.  Chunks that were encoded while the points came
 * go in as they are, if nothing has come before them since.
 *
 * A series that gets few points at a time would leave many small chunks.  So a run of new points
 * takes in the chunk before it when that is not much larger, and so on backwards, up to a full
 * chunk: a point is rewritten about as often as a chunk can be doubled, not once for every commit
 * (O'Neil et al., "The log-structured merge-tree", 1996). */
#include "base/mem.h"
#include "store/merge.h"
#include "store/writer.h"

enum {
    SEAL_LEAST = 64, /* fewer new points of a series than these stay in the tail */
    MUCH_LARGER = 2  /* a chunk of more than so many times the points of the next is left alone */
};

/* An encoded chunk goes in with the next insert_waiting. */
static void let_wait(struct pt_writer *w, size_t i)
{
    const struct pt_encoded e = pt_encoder_chunk(w->encoder, i);
    w->waiting = pt_mem_grow(w->waiting, &w->waiting_cap, w->nwaiting + 1, sizeof *w->waiting);
    w->waiting[w->nwaiting++] = (struct pt_fill){(uint32_t)i, (uint32_t)e.bytes.n};
}

static int insert_waiting(struct pt_writer *w, struct pt_err *err)
{
    pt_fill_order(w->waiting, w->nwaiting);
    for (size_t i = 0; i < w->nwaiting; i++) {
        const struct pt_encoded e = pt_encoder_chunk(w->encoder, w->waiting[i].item);
        const struct pt_slot *slot = &w->slots[e.owner];
        const struct pt_db_chunk chunk = {.series = slot->id,
                                          .batch0 = slot->batch0,
                                          .batch1 = slot->batch1,
                                          .summary = e.summary};
        if (pt_db_insert_encoded(w->store, &chunk, e.bytes, e.sketch, err) != 0)
            return -1;
    }
    w->nwaiting = 0;
    return 0;
}

/* Encoded chunks whose place is still free go in as they are; others back to their points. */
static int place_encoded(struct pt_writer *w, size_t n, int64_t batch, struct pt_err *err)
{
    w->nwaiting = 0;
    for (size_t i = 0; i < n; i++) {
        const struct pt_encoded e = pt_encoder_chunk(w->encoder, i);
        struct pt_slot *slot = &w->slots[e.owner];
        if (!slot->tail && e.summary.t0 > slot->sealed) {
            let_wait(w, i);
            slot->batch0 = slot->batch1 = batch;
            slot->sealed = e.summary.t1;
            slot->sealed_n = e.summary.n;
        } else if (pt_chunk_decode(w->store->coder, e.bytes, &slot->points, err) != 0) {
            return -1;
        }
    }
    return insert_waiting(w, err);
}

/* Points that come among those of the tail: those that are there already are duplicates, and do not
 * count as the tail's any more. */
static int meet_tail(struct pt_writer *w, struct pt_slot *slot, struct pt_err *err)
{
    static const char SQL[] = "SELECT ts FROM tail WHERE series = ?1 AND ts >= ?2";
    const struct pt_column *c = &slot->points;
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    size_t before = w->lost.n;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, slot->id);
    sqlite3_bind_int64(stmt, 2, c->ts[0]);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1) {
        size_t at = pt_column_lower(c, sqlite3_column_int64(stmt, 0));
        if (at < c->n && c->ts[at] == sqlite3_column_int64(stmt, 0))
            pt_column_add(&w->lost, c->ts[at], pt_column_value(c, at));
    }
    slot->tail -= w->lost.n - before;
    return rc;
}

/* Which of two stays is as in a column: the larger, of equal ones the integer: zero rather than
 * negative zero, a wide one rather than its double. */
static int extend_tail(struct pt_writer *w, struct pt_slot *slot, int64_t batch,
                       struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO tail(series, ts, value, batch) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, batch = excluded.batch"
        " WHERE excluded.value > value OR (excluded.value = value AND"
        " typeof(excluded.value) = 'integer' AND typeof(value) = 'real')";
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
    slot->tail += c->n;
    if (c->ts[c->n - 1] > slot->tail_end)
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
                      struct pt_err *err)
{
    struct pt_column late = {0};
    size_t n = slot->sealed == PT_TIME_MIN ? 0 : first_after(&slot->points, slot->sealed);
    int rc = 0;
    if (n) {
        take_front(&slot->points, n, &late);
        rc = pt_merge_points(w->store, slot->id, &late, batch, batch, &w->lost, err);
    }
    pt_column_release(&late);
    return rc;
}

/* Takes in the chunks before the points that are small beside them.  Their batches may be later than
 * this commit's, which goes on in one that began before those of other programs. */
static int take_small_chunks(struct pt_writer *w, struct pt_slot *slot, struct pt_err *err)
{
    struct pt_column *points = &slot->points;
    while (slot->sealed_n && slot->sealed_n <= MUCH_LARGER * points->n &&
           slot->sealed_n + points->n <= PT_CHUNK_POINTS) {
        struct pt_db_chunk chunk;
        int rc = pt_merge_take_chunk(w->store, slot->id, points, &chunk, err);
        if (rc < 0)
            return -1;
        if (rc == 0)
            break;
        slot->batch0 = chunk.batch0 < slot->batch0 ? chunk.batch0 : slot->batch0;
        slot->batch1 = chunk.batch1 > slot->batch1 ? chunk.batch1 : slot->batch1;
        if (pt_merge_last_chunk(w->store, slot->id, &slot->sealed, &slot->sealed_n, err) != 0)
            return -1;
    }
    return 0;
}

/* Gives the points, in order and later than all chunks, to the encoder: in equal parts when they
 * are more than a chunk. */
static void encode_new(struct pt_writer *w, uint32_t at)
{
    struct pt_slot *slot = &w->slots[at];
    struct pt_column *points = &slot->points, part = {0};
    size_t n = points->n, pieces = (n + PT_CHUNK_POINTS - 1) / PT_CHUNK_POINTS;
    slot->sealed = points->ts[n - 1];
    slot->sealed_n = n / pieces;
    for (size_t i = 0; pieces > 1 && i < pieces; i++) {
        pt_column_append(&part, points, n * i / pieces, n * (i + 1) / pieces);
        pt_encoder_put(w->encoder, at, &part);
    }
    if (pieces == 1)
        pt_encoder_put(w->encoder, at, points);
    pt_writer_empty(w, slot);
    pt_column_release(&part);
}

/* Points newer than what is sealed: with the tail's into a chunk, or behind the tail. */
static int place_new(struct pt_writer *w, uint32_t at, int64_t batch, struct pt_err *err)
{
    struct pt_slot *slot = &w->slots[at];
    struct pt_column *points = &slot->points;
    bool tail = slot->tail > 0;
    slot->batch0 = slot->batch1 = batch;
    if (!points->n)
        return 0;
    if (tail && points->ts[0] <= slot->tail_end && meet_tail(w, slot, err) != 0)
        return -1;
    if (points->n + slot->tail < SEAL_LEAST)
        return extend_tail(w, slot, batch, err);
    if (tail) {
        if (pt_merge_take_tail(w->store, slot->id, points, &slot->batch0, &slot->batch1, err) != 0)
            return -1;
        slot->tail = 0;
        slot->tail_end = PT_TIME_MIN;
        pt_column_sort(points);
    }
    if (take_small_chunks(w, slot, err) != 0)
        return -1;
    encode_new(w, at);
    return 0;
}

static int place_slot(struct pt_writer *w, uint32_t at, int64_t batch, struct pt_err *err)
{
    struct pt_slot *slot = &w->slots[at];
    pt_column_sort_gone(&slot->points, &w->lost);
    if (place_late(w, slot, batch, err) != 0 || place_new(w, at, batch, err) != 0)
        return -1;
    slot->ahead = slot->sealed;
    return 0;
}

int pt_writer_place_points(struct pt_writer *w, int64_t batch, struct pt_err *err)
{
    size_t before = pt_encoder_finish(w->encoder), n;
    if (place_encoded(w, before, batch, err) != 0)
        return -1;
    for (size_t i = 0; i < w->ndirty; i++)
        if (place_slot(w, w->dirty[i], batch, err) != 0)
            return -1;
    n = pt_encoder_finish(w->encoder);
    for (size_t i = before; i < n; i++)
        let_wait(w, i);
    return insert_waiting(w, err);
}
