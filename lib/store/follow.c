/* follow.c - see follow.h.
 *
 * Ids of documents are given in order of commits, without gaps, and stay with the documents when
 * they are sealed.  So what is new has ids above the last one seen, up to the one that SQLite gave
 * last.  It is found among the rows; and, what was sealed since, in blocks, which are younger than
 * those seen before.  Should that not be all of it, the other blocks are looked at, too: a store in
 * which ids of blocks were used again is read right, if slowly. */
#include "store/follow.h"

#include "store/document.h"

#include <stdlib.h>
#include <sys/stat.h>

struct step {
    struct pt_store *store;
    const struct pt_follow *from;
    const struct pt_store_filter *filter;
    struct pt_gather *out;
    int64_t met; /* new documents, whether they match or not */
    struct pt_arena block, scratch;
    struct pt_err *err;
};

static int ask(struct pt_store *s, const char *sql, int64_t *out, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_statement(s, sql, err);
    return stmt ? pt_db_int(s, stmt, 0, out, err) : -1;
}

static int read_version(struct pt_store *s, int64_t *out, struct pt_err *err)
{
    static const char SQL[] = "PRAGMA data_version";
    return ask(s, SQL, out, err);
}

static int read_ends(struct pt_store *s, struct pt_follow *f, struct pt_err *err)
{
    static const char DOCUMENT[] = "SELECT seq FROM sqlite_sequence WHERE name = 'document'";
    static const char BLOCK[] = "SELECT max(id) FROM block";
    return ask(s, DOCUMENT, &f->document, err) == 0 ? ask(s, BLOCK, &f->block, err) : -1;
}

static int read_file(struct pt_store *s, struct pt_follow *f, struct pt_err *err)
{
    struct stat st;
    if (stat(s->path, &st) != 0)
        return pt_err_sys(err, "the store \"%s\" has gone while it was followed", s->path);
    f->device = st.st_dev;
    f->inode = st.st_ino;
    return 0;
}

/* What is committed to a file that was put in the old one's place would never be seen. */
static int check_file(struct pt_store *s, const struct pt_follow *f, struct pt_err *err)
{
    struct pt_follow now = {0};
    if (read_file(s, &now, err) != 0)
        return -1;
    if (now.device == f->device && now.inode == f->inode)
        return 0;
    return pt_err_set(err, PT_SYSTEM,
                      "%s: another store has taken its place while it was followed; run the same "
                      "command again", s->path);
}

/* The version is read again by the first call that follows: in a transaction it would not tell of
 * commits that came after the transaction began. */
int pt_follow_begin(struct pt_store *s, struct pt_follow *f, struct pt_err *err)
{
    *f = (struct pt_follow){.version = -1};
    if (sqlite3_uri_boolean(sqlite3_db_filename(s->db, "main"), "immutable", 0))
        return pt_err_set(err, PT_SYSTEM,
                          "%s: cannot be followed, since neither it nor its directory may be "
                          "written to; check their permissions", s->path);
    return read_file(s, f, err) == 0 ? read_ends(s, f, err) : -1;
}

static int take(void *ctx, const struct pt_document *doc)
{
    struct step *st = ctx;
    struct pt_store_document d = doc->d;
    if (doc->id <= st->from->document)
        return 0;
    st->met++;
    d.id = doc->id;
    if (pt_document_match(st->filter, &d, &st->scratch))
        pt_gather_add(st->out, &d);
    return 0;
}

/* The blocks with ids above lo, up to hi. */
static int take_blocks(struct step *st, int64_t lo, int64_t hi)
{
    static const char SQL[] = "SELECT " PT_BLOCK " FROM block WHERE id > ?1 AND id <= ?2";
    sqlite3_stmt *stmt = pt_db_statement(st->store, SQL, st->err);
    struct pt_block block;
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, lo);
    sqlite3_bind_int64(stmt, 2, hi);
    while ((rc = pt_db_step(st->store, stmt, st->err)) == 1) {
        pt_arena_reset(&st->block);
        pt_block_read(stmt, &block);
        if ((rc = pt_block_open(st->store, &block, &st->block, take, st, st->err)) != 0)
            break;
    }
    sqlite3_reset(stmt);
    return rc;
}

static int by_arrival(const void *a, const void *b)
{
    const struct pt_store_document *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int take_new(struct step *st, const struct pt_follow *now)
{
    const struct pt_follow *from = st->from;
    size_t before = st->out->n;
    int64_t due = now->document - from->document;
    if (due <= 0)
        return 0;
    if (pt_document_each_after(st->store, from->document, take, st, st->err) != 0 ||
        (st->met < due && take_blocks(st, from->block, INT64_MAX) != 0) ||
        (st->met < due && take_blocks(st, INT64_MIN, from->block) != 0))
        return -1;
    if (st->out->n > before)
        qsort(st->out->v + before, st->out->n - before, sizeof *st->out->v, by_arrival);
    return 0;
}

int pt_follow_next(struct pt_store *s, struct pt_follow *f, const struct pt_store_filter *filter,
                   struct pt_gather *out, struct pt_err *err)
{
    struct step st = {.store = s, .from = f, .filter = filter, .out = out, .err = err};
    struct pt_follow now = *f;
    int rc;
    if (read_version(s, &now.version, err) != 0)
        return -1;
    if (now.version == f->version)
        return check_file(s, f, err);
    if (pt_store_begin_read(s, err) != 0)
        return -1;
    rc = read_ends(s, &now, err);
    if (rc == 0)
        rc = take_new(&st, &now);
    pt_store_end_read(s);
    pt_arena_release(&st.block);
    pt_arena_release(&st.scratch);
    if (rc == 0)
        *f = now;
    return rc == 0 ? 1 : -1;
}
