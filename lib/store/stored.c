/* stored.c - see write.h: what waits and is stored already.
 *
 * The marks of the lineage say at their places, and nowhere between, whether an input was stored
 * before.  The few lines behind the last mark are settled here, by looking for their records.  Ids
 * of documents are in order of arrival, so each document must have its equal behind that of the one
 * before it: of several that are alike no more are taken for stored than are. */
#include "store/lineage.h"
#include "store/writer.h"

static struct pt_str held(const struct pt_writer *w, size_t at, size_t n)
{
    return (struct pt_str){w->text.p + at, n};
}

struct search {
    struct pt_writer *w;
    const struct pt_mark *mark;
    struct pt_str body;
    int64_t found; /* the id of its equal, or 0 */
    struct pt_err *err;
};

/* Whether the batch is of the source that goes on behind the mark; of one that is not known (the
 * document was sealed, or there are several) that may be. */
static int eligible(struct search *s, int64_t batch)
{
    static const char SQL[] = "SELECT source FROM batch WHERE id = ?1";
    sqlite3_stmt *stmt;
    int64_t source;
    if (!batch || !s->mark->source)
        return 1;
    if (!(stmt = pt_db_statement(s->w->store, SQL, s->err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, batch);
    if (pt_db_int(s->w->store, stmt, 0, &source, s->err) != 0)
        return -1;
    return source == s->mark->source;
}

static int look_at(void *ctx, const struct pt_store_document *d)
{
    struct search *s = ctx;
    int rc;
    if (d->id <= s->mark->document || !pt_str_eq(d->body, s->body))
        return 0;
    if ((rc = eligible(s, d->batch)) == 1)
        s->found = d->id;
    return rc;
}

/* 1 when the store has the document behind the mark, which moves there; 0; -1. */
static int has_document(struct pt_writer *w, const struct pt_held_document *d, struct pt_mark *mark,
                        struct pt_err *err)
{
    struct search search = {w, mark, held(w, d->body, d->body_n), 0, err};
    struct pt_store_filter at = {.since = d->ts, .until = d->ts + 1};
    struct pt_buf type = {0};
    int rc;
    pt_buf_str(&type, held(w, d->type, d->type_n));
    pt_buf_putc(&type, '\0');
    at.type = type.p;
    rc = pt_store_each_document(w->store, &at, look_at, &search, err);
    pt_buf_release(&type);
    if (rc < 0)
        return -1;
    if (search.found)
        mark->document = search.found;
    return search.found != 0;
}

/* Likewise for a line that was refused, of which the batch is always known. */
static int has_reject(struct pt_writer *w, const struct pt_held_reject *r,
                      const struct pt_mark *mark, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT 1 FROM reject r JOIN batch b ON b.id = r.batch"
        " WHERE r.position = ?1 AND r.line = ?2 AND r.raw = ?3 AND ?4 IN (0, b.source) LIMIT 1";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int64_t found;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, (int64_t)r->offset);
    sqlite3_bind_int64(stmt, 2, (int64_t)r->line);
    sqlite3_bind_blob64(stmt, 3, w->text.p + r->raw, r->raw_n, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, mark->source);
    return pt_db_int(w->store, stmt, 0, &found, err) != 0 ? -1 : (int)found;
}

/* Gathers what the store has of a series. */
static int take_run(void *ctx, const struct pt_store_run *run)
{
    pt_column_append(ctx, run->points, 0, run->points->n);
    return 0;
}

/* Whether the points would change nothing: the store has one as large at each of their times. */
static int has_points(struct pt_writer *w, const struct pt_slot *slot, struct pt_column *points,
                      struct pt_err *err)
{
    struct pt_store_range range = {.since = 0};
    struct pt_column there = {0};
    int rc = 1;
    if (!points->n)
        return 1;
    if (!slot->id)
        return 0;
    pt_column_sort(points);
    range.since = points->ts[0];
    range.until = points->ts[points->n - 1] + 1;
    if (pt_store_each_run(w->store, slot->id, &range, take_run, &there, err) != 0)
        rc = -1;
    for (size_t i = 0; i < points->n && rc == 1; i++) {
        size_t at = pt_column_lower(&there, points->ts[i]);
        rc = at < there.n && there.ts[at] == points->ts[i] &&
             pt_num_cmp(pt_column_value(&there, at), pt_column_value(points, i)) >= 0;
    }
    pt_column_release(&there);
    return rc;
}

static int has_slot(struct pt_writer *w, uint32_t at, struct pt_err *err)
{
    const struct pt_slot *slot = &w->slots[at];
    struct pt_column points = {0};
    int rc = 1;
    for (size_t i = 0; i < pt_encoder_finish(w->encoder) && rc == 1; i++) {
        const struct pt_encoded e = pt_encoder_chunk(w->encoder, i);
        if (e.owner == at && pt_chunk_decode(w->store->coder, e.bytes, &points, err) != 0)
            rc = -1;
    }
    pt_column_append(&points, &slot->points, 0, slot->points.n);
    if (rc == 1)
        rc = has_points(w, slot, &points, err);
    pt_column_release(&points);
    return rc;
}

static int has_all_points(struct pt_writer *w, struct pt_err *err)
{
    int rc = 1;
    for (size_t i = 0; i < w->ndirty && rc == 1; i++)
        rc = has_slot(w, w->dirty[i], err);
    return rc;
}

static int drop_documents(struct pt_writer *w, struct pt_mark *mark, struct pt_err *err)
{
    size_t n = 0;
    int rc = 1;
    while (n < w->ndocuments && (rc = has_document(w, &w->documents[n], mark, err)) == 1)
        n++;
    if (!n || rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++) {
        pt_tally_take_back(&w->tally, PT_TALLY_RECORDS, w->documents[i].ts);
        if (w->documents[i].warned)
            pt_tally_take_back(&w->tally, PT_TALLY_WARNED, w->documents[i].ts);
        w->receipt.warned -= w->documents[i].warned;
    }
    w->ndocuments -= n;
    memmove(w->documents, w->documents + n, w->ndocuments * sizeof *w->documents);
    w->receipt.documents -= n;
    w->receipt.read -= n;
    return rc;
}

static int drop_rejects(struct pt_writer *w, const struct pt_mark *mark, struct pt_err *err)
{
    size_t n = 0;
    int rc = 1;
    while (n < w->nrejects && (rc = has_reject(w, &w->rejects[n], mark, err)) == 1)
        n++;
    if (!n || rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        pt_tally_take_back_reject(&w->tally, w->rejects[i].fault, w->rejects[i].day);
    w->nrejects -= n;
    memmove(w->rejects, w->rejects + n, w->nrejects * sizeof *w->rejects);
    w->receipt.rejects -= n;
    w->receipt.read -= n;
    return rc;
}

int pt_writer_drop_stored(struct pt_writer *w, struct pt_mark *mark, bool *left,
                          struct pt_err *err)
{
    int points = 0;
    if (drop_documents(w, mark, err) < 0 || drop_rejects(w, mark, err) < 0)
        return -1;
    *left = w->ndocuments || w->nrejects;
    if (!*left && (points = has_all_points(w, err)) == 1)
        pt_writer_discard(w);
    *left = *left || points == 0;
    return points < 0 ? -1 : 0;
}
