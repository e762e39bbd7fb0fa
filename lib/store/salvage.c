/* salvage.c - salvage.h: rows of a damaged store into a new one.
 *
 * The new store's schema says which tables there are, and how their rows are laid out, so a table
 * that a later version adds is copied without a line here.  Only what carries a checksum of its
 * own, or is a measured value, is judged; rows on good pages go first, so that a damaged one
 * never takes the place of its whole twin.  Indexes are made by SQLite as rows go in. */
#include "store/salvage.h"

#include "base/mem.h"
#include "base/time.h"
#include "store/document.h"

#include <stdio.h>
#include <stdlib.h>

/* A table or index of the new store. */
struct tree {
    char *name;
    uint32_t root;
    bool table, rowid;
};

/* Hot points of a series that stood on damaged pages. */
struct span {
    int64_t series, since, until;
    uint64_t n;
};

struct copy {
    struct pt_salvage *v;
    const char *table;
    sqlite3_stmt *insert;
    int place[PT_IMAGE_COLUMNS]; /* which column a stored value belongs to, from 0 */
    int columns, alias;          /* alias: the column that is the rowid, or -1 */
    bool sure;                   /* rows that are wanted now */
    uint64_t unchecked, refused; /* rows kept from damaged pages; not kept */
    struct span *spans;
    size_t nspans, spans_cap;
    struct pt_err *err;
};

/* --- what a row is worth --------------------------------------------------------------------- */

static struct pt_str text(const struct pt_image_row *row, int at)
{
    return row->v[at].s;
}

/* By their columns in the schema. */
static bool good_document(const struct pt_image_row *row)
{
    struct pt_store_document d;
    if (row->n < 8)
        return false;
    d = (struct pt_store_document){.ts = row->v[1].i,
                                   .type = text(row, 2),
                                   .name = text(row, 3),
                                   .trace = text(row, 4),
                                   .body = text(row, 7)};
    return pt_document_crc(&d) == (uint32_t)row->v[6].i;
}

static bool good_block(const struct pt_image_row *row)
{
    struct pt_block b;
    if (row->n < 9)
        return false;
    b = (struct pt_block){.type = text(row, 1),
                          .t0 = row->v[2].i,
                          .t1 = row->v[3].i,
                          .n = row->v[4].i,
                          .bytes = text(row, 8)};
    return pt_block_crc(&b) == (uint32_t)row->v[7].i;
}

static void lost_documents(struct copy *c, const struct pt_image_row *row, bool block)
{
    struct pt_loss loss = {.what = "documents", .name = "", .tags = "", .n = 1,
                           .since = PT_TIME_MIN, .until = PT_TIME_MIN};
    char message[160];
    if (row->sure && block && row->n > 4 && row->v[4].i > 0)
        loss.n = (uint64_t)row->v[4].i;
    if (row->sure && row->n > 3) {
        loss.since = row->v[block ? 2 : 1].i;
        loss.until = row->v[block ? 3 : 1].i;
    }
    snprintf(message, sizeof message, "%s %lld: its checksum does not agree",
             block ? "block" : "document", (long long)row->rowid);
    loss.message = message;
    pt_salvage_lost(c->v, &loss);
}

/* Whose points they are is told when all of the table has been seen; rows of a series are
 * neighbours on a page. */
static void refuse_point(struct copy *c, const struct pt_image_row *row)
{
    struct span *last = c->nspans ? &c->spans[c->nspans - 1] : NULL;
    int64_t ts;
    c->refused++;
    if (row->n < 2)
        return;
    ts = row->v[1].i;
    if (!last || last->series != row->v[0].i) {
        c->spans = pt_mem_grow(c->spans, &c->spans_cap, c->nspans + 1, sizeof *c->spans);
        last = &c->spans[c->nspans++];
        *last = (struct span){row->v[0].i, ts, ts, 0};
    }
    last->since = ts < last->since ? ts : last->since;
    last->until = ts > last->until ? ts : last->until;
    last->n++;
}

/* Chunks and their bytes are held against each other once both are in the new store. */
static bool worth_keeping(struct copy *c, const struct pt_image_row *row)
{
    if (strcmp(c->table, "chunk") == 0 || strcmp(c->table, "chunk_data") == 0)
        return true;
    if (strcmp(c->table, "document") == 0 || strcmp(c->table, "block") == 0) {
        bool block = c->table[0] == 'b', good = block ? good_block(row) : good_document(row);
        if (!good)
            lost_documents(c, row, block);
        return good;
    }
    if (row->sure)
        return true;
    if (strcmp(c->table, "tail") == 0 && !c->v->trust) {
        refuse_point(c, row);
        return false;
    }
    c->unchecked++;
    return true;
}

/* --- copying --------------------------------------------------------------------------------- */

static void bind(sqlite3_stmt *stmt, int at, const struct pt_image_value *v)
{
    switch (v->type) {
    case SQLITE_INTEGER: sqlite3_bind_int64(stmt, at, v->i); break;
    case SQLITE_FLOAT: sqlite3_bind_double(stmt, at, v->d); break;
    case SQLITE_TEXT:
        sqlite3_bind_text64(stmt, at, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case SQLITE_BLOB: sqlite3_bind_blob64(stmt, at, v->s.p, v->s.n, SQLITE_STATIC); break;
    default: sqlite3_bind_null(stmt, at);
    }
}

static int copy_row(void *ctx, const struct pt_image_row *row)
{
    struct copy *c = ctx;
    int rc;
    if (row->sure != c->sure || row->n > c->columns || !worth_keeping(c, row))
        return 0;
    sqlite3_clear_bindings(c->insert);
    for (int i = 0; i < row->n; i++)
        bind(c->insert, c->place[i] + 1, &row->v[i]);
    if (c->alias >= 0)
        sqlite3_bind_int64(c->insert, c->alias + 1, row->rowid);
    rc = sqlite3_step(c->insert);
    sqlite3_reset(c->insert);
    if (rc == SQLITE_DONE)
        return 0;
    if (rc == SQLITE_CONSTRAINT || rc == SQLITE_MISMATCH) { /* damage made it a row of no table */
        c->refused++;
        return 0;
    }
    pt_db_fail(c->v->to, c->err);
    return -1;
}

/* Where values go: a table without rowid has its key's columns first. */
static int lay_out(struct copy *c, const struct tree *t)
{
    static const char SQL[] = "SELECT cid, pk, type FROM pragma_table_info(?1)"
                              " ORDER BY CASE WHEN ?2 OR pk = 0 THEN 1000 + cid ELSE pk END";
    sqlite3_stmt *stmt = pt_db_statement(c->v->to, SQL, c->err);
    int rc, keys = 0;
    if (!stmt)
        return -1;
    sqlite3_bind_text(stmt, 1, t->name, -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 2, t->rowid);
    c->columns = 0;
    c->alias = -1;
    while ((rc = pt_db_step(c->v->to, stmt, c->err)) == 1 && c->columns < PT_IMAGE_COLUMNS) {
        int column = sqlite3_column_int(stmt, 0);
        if (sqlite3_column_int(stmt, 1) && ++keys == 1 && t->rowid &&
            pt_str_is(pt_db_str(stmt, 2), "INTEGER"))
            c->alias = column;
        c->place[c->columns++] = column;
    }
    if (keys > 1)
        c->alias = -1;
    return rc < 0 ? -1 : 0;
}

/* The names are our own schema's. */
static int prepare_insert(struct copy *c, const struct tree *t)
{
    struct pt_buf sql = {0};
    int rc;
    pt_buf_printf(&sql, "INSERT OR IGNORE INTO \"%s\" VALUES(", t->name);
    for (int i = 1; i <= c->columns; i++)
        pt_buf_printf(&sql, "%s?%d", i > 1 ? ", " : "", i);
    pt_buf_puts(&sql, ")");
    rc = sqlite3_prepare_v2(c->v->to->db, sql.p, -1, &c->insert, NULL);
    pt_buf_release(&sql);
    return rc == SQLITE_OK ? 0 : pt_db_fail(c->v->to, c->err);
}

/* A bad page from which all rows could be read may still have lost some. */
static void tell_of_table(struct copy *c, const struct pt_image_damage *damage)
{
    struct pt_loss loss = {.what = "rows", .name = "", .tags = "", .n = c->refused,
                           .since = PT_TIME_MIN, .until = PT_TIME_MIN};
    uint32_t pages = damage->unread;
    char message[256];
    if (!c->v->trust && damage->bad > pages)
        pages = damage->bad;
    if (!pages && !c->refused && !c->unchecked)
        return;
    if (c->unchecked && !c->refused && !damage->unread) {
        c->v->doubts++;
        loss.n = c->unchecked;
        snprintf(message, sizeof message,
                 "%s pages of table %s: %u; %llu rows on them are kept, %s",
                 c->v->trust ? "unchecked" : "damaged", c->table, damage->bad,
                 (unsigned long long)c->unchecked,
                 c->v->trust ? "for they agree with all else" : "but may be wrong");
    } else {
        int n = snprintf(message, sizeof message, "damaged pages of table %s: %u", c->table, pages);
        if (c->refused)
            snprintf(message + n, sizeof message - (size_t)n,
                     "; rows on them that are lost: %s%llu", pages ? "at least " : "",
                     (unsigned long long)c->refused);
    }
    loss.message = message;
    pt_salvage_lost(c->v, &loss);
}

/* `tree`: the table's number among the claimed. */
static int copy_table(struct pt_salvage *v, const struct tree *t, uint8_t tree,
                      struct pt_err *err)
{
    struct copy c = {.v = v, .table = t->name, .err = err, .sure = true};
    struct pt_image_damage damage = {0};
    int rc;
    if (lay_out(&c, t) != 0 || prepare_insert(&c, t) != 0)
        return -1;
    rc = pt_image_each(v->image, tree, copy_row, &c, &damage);
    if (rc == 0 && pt_image_counts(v->image)->bad) {
        c.sure = false;
        rc = pt_image_each(v->image, tree, copy_row, &c, &damage);
    }
    sqlite3_finalize(c.insert);
    if (rc == 0)
        tell_of_table(&c, &damage);
    for (size_t i = 0; i < c.nspans && rc == 0; i++)
        pt_salvage_lost_points(v, c.spans[i].series, c.spans[i].since, c.spans[i].until,
                               c.spans[i].n, "they stood on a damaged page, not sealed yet");
    free(c.spans);
    return rc;
}

/* --- trees ----------------------------------------------------------------------------------- */

static int list_trees(struct pt_store *s, struct tree **out, size_t *n, struct pt_err *err)
{
    static const char SQL[] = "SELECT name, rootpage, type = 'table', sql LIKE '%WITHOUT ROWID'"
                              " FROM sqlite_schema WHERE rootpage > 0 ORDER BY rootpage";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    size_t cap = 0;
    int rc;
    *out = NULL;
    *n = 0;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(s, stmt, err)) == 1 && *n < UINT8_MAX - 1) {
        struct pt_str name = pt_db_str(stmt, 0);
        *out = pt_mem_grow(*out, &cap, *n + 1, sizeof **out);
        (*out)[(*n)++] = (struct tree){.name = pt_mem_strndup(name.p, name.n),
                                       .root = (uint32_t)sqlite3_column_int64(stmt, 1),
                                       .table = sqlite3_column_int(stmt, 2),
                                       .rowid = !sqlite3_column_int(stmt, 3)};
    }
    return rc < 0 ? -1 : 0;
}

/* Where the damaged store's schema is lost, its trees begin where those of any store do. */
static void claim_trees(struct pt_image *m, const struct tree *trees, size_t n)
{
    bool schema = pt_image_root(m, "series") != 0;
    for (size_t i = 0; i < n; i++)
        pt_image_claim(m, schema ? pt_image_root(m, trees[i].name) : trees[i].root,
                       (uint8_t)(i + 1));
    pt_image_claim_orphans(m);
}

/* The unique index of series has their names once more. */
static int name_from_index(void *ctx, const struct pt_image_row *row)
{
    static const char SQL[] = "INSERT OR IGNORE INTO series(id, name, tags) VALUES(?1, ?2, ?3)";
    struct copy *c = ctx;
    sqlite3_stmt *stmt;
    if (!row->sure || row->n != 3)
        return 0;
    if (!(stmt = pt_db_statement(c->v->to, SQL, c->err)))
        return -1;
    bind(stmt, 1, &row->v[2]);
    bind(stmt, 2, &row->v[0]);
    bind(stmt, 3, &row->v[1]);
    return pt_db_step(c->v->to, stmt, c->err) < 0 ? -1 : 0;
}

static int copy_trees(struct pt_salvage *v, const struct tree *trees, size_t n,
                      struct pt_err *err)
{
    struct copy names = {.v = v, .err = err};
    struct pt_image_damage ignored;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        /* The index of traces is made anew; sqlite_sequence follows the documents. */
        if (trees[i].table && strcmp(trees[i].name, "block_trace") != 0 &&
            strcmp(trees[i].name, "sqlite_sequence") != 0)
            rc = copy_table(v, &trees[i], (uint8_t)(i + 1), err);
        else if (strcmp(trees[i].name, "sqlite_autoindex_series_1") == 0)
            rc = pt_image_each(v->image, (uint8_t)(i + 1), name_from_index, &names, &ignored);
    }
    return rc;
}

int pt_salvage_rows(struct pt_salvage *v, struct pt_err *err)
{
    struct tree *trees;
    size_t n;
    int rc = list_trees(v->to, &trees, &n, err);
    if (rc == 0) {
        claim_trees(v->image, trees, n);
        rc = copy_trees(v, trees, n, err);
    }
    for (size_t i = 0; i < n; i++)
        free(trees[i].name);
    free(trees);
    return rc;
}
