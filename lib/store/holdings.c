/* holdings.c - see holdings.h.
 *
 * Types and sources are counted by SQL, from indexes and rows; names stand in documents, which are
 * read one by one into a census. */
#include "store/holdings.h"

#include "base/mem.h"
#include "store/document.h"

#include <stdlib.h>

int pt_holdings_types(struct pt_store *s,
                      int (*each)(void *ctx, const struct pt_holding *holding), void *ctx,
                      struct pt_err *err)
{
    static const char SQL[] =
        "SELECT type, sum(n), min(t0), max(t1) FROM"
        " (SELECT type, count(*) n, min(ts) t0, max(ts) t1 FROM document GROUP BY type UNION ALL"
        "  SELECT type, sum(n), min(t0), max(t1) FROM block GROUP BY type)"
        " GROUP BY type ORDER BY type";
    sqlite3_stmt *stmt = pt_db_borrow(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_holding h = {.type = pt_db_str(stmt, 0),
                               .documents = (uint64_t)sqlite3_column_int64(stmt, 1),
                               .first = sqlite3_column_int64(stmt, 2),
                               .last = sqlite3_column_int64(stmt, 3)};
        if ((rc = each(ctx, &h)) != 0)
            break;
    }
    pt_db_return(s, stmt);
    return rc;
}

int pt_holdings_sources(struct pt_store *s,
                        int (*each)(void *ctx, const struct pt_holding_source *source), void *ctx,
                        struct pt_err *err)
{
    static const char SQL[] =
        "SELECT s.kind, s.name, s.format, count(b.id), max(b.lines), sum(b.points),"
        " sum(b.documents), sum(b.duplicates), sum(b.late), sum(b.rejects), max(b.at)"
        " FROM source s JOIN batch b ON b.source = s.id GROUP BY s.id"
        " ORDER BY s.kind, s.name, s.id";
    sqlite3_stmt *stmt = pt_db_borrow(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_holding_source h = {.kind = pt_db_str(stmt, 0),
                                      .name = pt_db_str(stmt, 1),
                                      .format = pt_db_str(stmt, 2),
                                      .at = sqlite3_column_int64(stmt, 10)};
        uint64_t *const counts[] = {&h.batches,    &h.lines, &h.points, &h.documents,
                                    &h.duplicates, &h.late,  &h.rejects};
        for (int i = 0; i < 7; i++)
            *counts[i] = (uint64_t)sqlite3_column_int64(stmt, 3 + i);
        if ((rc = each(ctx, &h)) != 0)
            break;
    }
    pt_db_return(s, stmt);
    return rc;
}

/* --- census ---------------------------------------------------------------------------------- */

static const char SEPARATOR = '\xff'; /* of type and name: no byte of UTF-8 */

void pt_census_add(struct pt_census *c, const struct pt_store_document *d)
{
    struct pt_holding *h;
    bool added;
    uint32_t at;
    pt_buf_clear(&c->key);
    pt_buf_str(&c->key, d->type);
    pt_buf_putc(&c->key, SEPARATOR);
    if (c->names)
        pt_buf_str(&c->key, d->name);
    at = pt_map_add(&c->kinds, pt_buf_view(&c->key), &added);
    if (added) {
        struct pt_str key = pt_map_key(&c->kinds, at);
        c->v = pt_mem_grow(c->v, &c->cap, (size_t)at + 1, sizeof *c->v);
        c->v[at] = (struct pt_holding){.type = {key.p, d->type.n},
                                       .name = {key.p + d->type.n + 1, key.n - d->type.n - 1},
                                       .first = d->ts,
                                       .last = d->ts};
    }
    h = &c->v[at];
    h->documents++;
    h->first = d->ts < h->first ? d->ts : h->first;
    h->last = d->ts > h->last ? d->ts : h->last;
}

static int by_type_then_name(const void *a, const void *b)
{
    const struct pt_holding *x = a, *y = b;
    int c = pt_str_cmp(x->type, y->type);
    return c ? c : pt_str_cmp(x->name, y->name);
}

int pt_census_each(struct pt_census *c, int (*each)(void *ctx, const struct pt_holding *holding),
                   void *ctx)
{
    int rc = 0;
    if (c->kinds.n)
        qsort(c->v, c->kinds.n, sizeof *c->v, by_type_then_name);
    for (size_t i = 0; i < c->kinds.n && rc == 0; i++)
        rc = each(ctx, &c->v[i]);
    return rc;
}

void pt_census_release(struct pt_census *c)
{
    pt_map_release(&c->kinds);
    pt_buf_release(&c->key);
    free(c->v);
    *c = (struct pt_census){0};
}

struct counting {
    struct pt_census *census;
    const struct pt_store_filter *filter;
    struct pt_arena scratch;
};

static int count(void *ctx, const struct pt_document *doc)
{
    struct counting *k = ctx;
    if (pt_document_match(k->filter, &doc->d, &k->scratch))
        pt_census_add(k->census, &doc->d);
    return 0;
}

int pt_census_store(struct pt_census *c, struct pt_store *s, const struct pt_store_filter *filter,
                    struct pt_err *err)
{
    struct counting k = {.census = c, .filter = filter};
    int rc = pt_document_each(s, filter, count, &k, err);
    pt_arena_release(&k.scratch);
    return rc;
}
