/* document.c - documents: hot rows and sealed blocks, read as one.
 *
 * A walk gathers what matches from the rows and from the blocks that can hold it, sorts by time and
 * arrival, and only then calls back; memory is bounded by the answer.  Where only the earliest or
 * the latest are asked for, it begins at that end, and passes over what cannot be among them. */
#include "store/document.h"

#include "base/json.h"
#include "base/pack.h"
#include "store/gather.h"

#include <endian.h>
#include <stdlib.h>
#include <zlib.h>

enum { BLOCK_MOST = 256 << 20 }; /* bytes a block may unpack to; larger means damage */

uint32_t pt_document_crc(const struct pt_store_document *d)
{
    uint64_t t = htole64((uint64_t)d->ts);
    const struct pt_str texts[] = {d->type, d->name, d->trace, d->body};
    uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)&t, sizeof t);
    for (int i = 0; i < 4; i++) {
        crc = crc32(crc, (const Bytef *)(texts[i].n ? texts[i].p : ""), (uInt)texts[i].n);
        crc = crc32(crc, (const Bytef *)"", 1);
    }
    return (uint32_t)crc;
}

void pt_block_read(sqlite3_stmt *stmt, struct pt_block *out)
{
    *out = (struct pt_block){.id = sqlite3_column_int64(stmt, 0),
                             .type = pt_db_str(stmt, 1),
                             .t0 = sqlite3_column_int64(stmt, 2),
                             .t1 = sqlite3_column_int64(stmt, 3),
                             .n = sqlite3_column_int64(stmt, 4),
                             .crc = (uint32_t)sqlite3_column_int64(stmt, 5),
                             .bytes = pt_db_str(stmt, 6)};
}

uint32_t pt_block_crc(const struct pt_block *b)
{
    uint64_t head[3] = {htole64((uint64_t)b->t0), htole64((uint64_t)b->t1),
                        htole64((uint64_t)b->n)};
    uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)head, sizeof head);
    crc = (uint32_t)crc32(crc, (const Bytef *)b->type.p, (uInt)b->type.n);
    return (uint32_t)crc32(crc, (const Bytef *)b->bytes.p, (uInt)b->bytes.n);
}

void pt_block_encode(const struct pt_document *docs, size_t n, struct pt_buf *out)
{
    struct pt_buf raw = {0};
    int64_t id = 0, ts = 0;
    uLongf packed;
    for (size_t i = 0; i < n; i++) {
        const struct pt_store_document *d = &docs[i].d;
        pt_pack_varint(&raw, pt_pack_zigzag((uint64_t)docs[i].id - (uint64_t)id));
        pt_pack_varint(&raw, pt_pack_zigzag((uint64_t)d->ts - (uint64_t)ts));
        pt_pack_varint(&raw, d->name.n);
        pt_pack_varint(&raw, d->trace.n);
        pt_pack_varint(&raw, d->body.n);
        pt_buf_str(&raw, d->name);
        pt_buf_str(&raw, d->trace);
        pt_buf_str(&raw, d->body);
        id = docs[i].id;
        ts = d->ts;
    }
    packed = compressBound(raw.n);
    pt_pack_varint(out, raw.n);
    if (compress2((Bytef *)pt_buf_reserve(out, packed), &packed, (const Bytef *)raw.p, raw.n,
                  Z_DEFAULT_COMPRESSION) != Z_OK)
        abort(); /* no memory: the rows would go, and the block be nothing */
    out->n += packed;
    pt_buf_release(&raw);
}

static struct pt_str get_text(struct pt_unpack *in, uint64_t n)
{
    const unsigned char *p = pt_unpack_bytes(in, n);
    return (struct pt_str){(const char *)p, p ? (size_t)n : 0};
}

static void get_document(struct pt_unpack *in, struct pt_document *doc)
{
    uint64_t name, trace, body;
    doc->id = (int64_t)((uint64_t)doc->id + pt_unpack_zigzag(pt_unpack_varint(in)));
    doc->d.ts = (int64_t)((uint64_t)doc->d.ts + pt_unpack_zigzag(pt_unpack_varint(in)));
    name = pt_unpack_varint(in);
    trace = pt_unpack_varint(in);
    body = pt_unpack_varint(in);
    doc->d.name = get_text(in, name);
    doc->d.trace = get_text(in, trace);
    doc->d.body = get_text(in, body);
}

int pt_block_decode(const struct pt_block *b, struct pt_arena *arena,
                    int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                    struct pt_err *err)
{
    const unsigned char *p = (const unsigned char *)b->bytes.p;
    struct pt_unpack in = {p, p + b->bytes.n, false};
    uint64_t size = pt_unpack_varint(&in);
    uLongf raw = (uLongf)size;
    struct pt_document doc = {.d.type = pt_arena_str(arena, b->type)};
    Bytef *to;
    int rc = 0;
    if (in.bad || size > BLOCK_MOST)
        return pt_err_set(err, PT_SYSTEM, "damaged block: not a block's head");
    to = pt_arena_alloc(arena, size + 1);
    if (uncompress(to, &raw, in.p, (uLong)(in.end - in.p)) != Z_OK || raw != size)
        return pt_err_set(err, PT_SYSTEM, "damaged block: it does not unpack");
    in = (struct pt_unpack){to, to + size, false};
    for (int64_t i = 0; i < b->n && rc == 0; i++) {
        get_document(&in, &doc);
        if (in.bad)
            return pt_err_set(err, PT_SYSTEM, "damaged block: it ends too early");
        rc = each(ctx, &doc);
    }
    return rc;
}

/* --- walking --------------------------------------------------------------------------------- */

struct walk {
    struct pt_store *store;
    const struct pt_store_filter *filter;
    struct pt_gather *found;
    bool ordered;            /* what comes is in order of time, from the end that is asked for */
    struct pt_arena scratch; /* tags while matching */
    struct pt_err *err;
};

struct pt_store_document pt_store_document_keep(const struct pt_store_document *d,
                                                struct pt_arena *a)
{
    return (struct pt_store_document){.ts = d->ts,
                                      .id = d->id,
                                      .batch = d->batch,
                                      .type = pt_arena_str(a, d->type),
                                      .name = pt_arena_str(a, d->name),
                                      .trace = pt_arena_str(a, d->trace),
                                      .body = pt_arena_str(a, d->body)};
}

static bool matches_selector(const struct pt_selector *selector,
                             const struct pt_store_document *d, struct pt_arena *scratch)
{
    struct pt_str json = {0};
    struct pt_tags tags = {0};
    struct pt_err ignored = {0};
    if (!pt_selector_name(selector, d->name))
        return false;
    if (pt_json_get(d->body, "tags", &json))
        pt_tags_parse(json, scratch, &tags, &ignored);
    return pt_selector_match(selector, d->name, tags);
}

static bool matches_type(const struct pt_store_filter *f, struct pt_str type)
{
    if (f->type && !pt_str_is(type, f->type))
        return false;
    for (size_t i = 0; i < f->ntypes; i++)
        if (pt_str_is(type, f->types[i]))
            return true;
    return !f->ntypes;
}

bool pt_document_match(const struct pt_store_filter *f, const struct pt_store_document *d,
                       struct pt_arena *scratch)
{
    pt_arena_reset(scratch);
    return d->ts >= f->since && d->ts < f->until && matches_type(f, d->type) &&
           (!f->trace || pt_str_is(d->trace, f->trace)) &&
           (!f->selector || matches_selector(f->selector, d, scratch)) &&
           (!f->least || pt_least_match(f->least, d->body, scratch)) &&
           (!f->where || pt_path_match(f->where, d->body));
}

static int keep(void *ctx, const struct pt_document *doc)
{
    struct walk *w = ctx;
    struct pt_store_document d = doc->d;
    if (!pt_gather_wants(w->found, d.ts))
        return w->ordered;
    d.id = doc->id;
    if (pt_document_match(w->filter, &d, &w->scratch))
        pt_gather_add(w->found, &d);
    return 0;
}

static int read_row(struct pt_store *s, sqlite3_stmt *stmt, struct pt_document *out,
                    struct pt_err *err)
{
    *out = (struct pt_document){.id = sqlite3_column_int64(stmt, 0),
                                .d = {.ts = sqlite3_column_int64(stmt, 1),
                                      .type = pt_db_str(stmt, 2),
                                      .name = pt_db_str(stmt, 3),
                                      .trace = pt_db_str(stmt, 4),
                                      .body = pt_db_str(stmt, 5),
                                      .batch = sqlite3_column_int64(stmt, 7)}};
    if (pt_document_crc(&out->d) == (uint32_t)sqlite3_column_int64(stmt, 6))
        return 0;
    return pt_err_set(err, PT_SYSTEM,
                      "%s: damaged document %lld: its checksum does not agree; run pt-archive "
                      "verify", s->path, (long long)out->id);
}

sqlite3_stmt *pt_document_statement(struct pt_store *s, const struct pt_store_filter *f,
                                    const char *by_trace, const char *by_type, const char *all,
                                    struct pt_err *err)
{
    const char *key = f->trace ? f->trace : f->type;
    sqlite3_stmt *stmt = pt_db_borrow(s, f->trace ? by_trace : f->type ? by_type : all, err);
    if (!stmt)
        return NULL;
    if (key)
        pt_db_bind_str(stmt, 1, pt_str(key));
    sqlite3_bind_int64(stmt, 2, f->since);
    sqlite3_bind_int64(stmt, 3, f->until);
    return stmt;
}

#define COLUMNS "SELECT id, ts, type, name, trace, body, crc, batch FROM document WHERE "

/* Calls each for the rows of the statement, and gives it back. */
static int each_row(struct pt_store *s, sqlite3_stmt *stmt,
                    int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                    struct pt_err *err)
{
    struct pt_document doc;
    int rc;
    while ((rc = pt_db_step(s, stmt, err)) == 1)
        if ((rc = read_row(s, stmt, &doc, err)) != 0 || (rc = each(ctx, &doc)) != 0)
            break;
    pt_db_return(s, stmt);
    return rc;
}

int pt_document_each_row(struct pt_store *s, const struct pt_store_filter *filter,
                         int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                         struct pt_err *err)
{
    static const char TRACE[] = COLUMNS "trace = ?1 AND ts >= ?2 AND ts < ?3";
    static const char TYPE[] = COLUMNS "type = ?1 AND ts >= ?2 AND ts < ?3";
    static const char ALL[] = COLUMNS "ts >= ?2 AND ts < ?3";
    sqlite3_stmt *stmt = pt_document_statement(s, filter, TRACE, TYPE, ALL, err);
    return stmt ? each_row(s, stmt, each, ctx, err) : -1;
}

int pt_document_each_after(struct pt_store *s, int64_t id,
                           int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                           struct pt_err *err)
{
    static const char SQL[] = COLUMNS "id > ?1 ORDER BY id";
    sqlite3_stmt *stmt = pt_db_borrow(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    return each_row(s, stmt, each, ctx, err);
}

int pt_block_open(struct pt_store *s, const struct pt_block *b, struct pt_arena *arena,
                  int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                  struct pt_err *err)
{
    if (pt_block_crc(b) != b->crc)
        return pt_err_set(err, PT_SYSTEM,
                          "%s: damaged block %lld: its checksum does not agree; run pt-archive "
                          "verify", s->path, (long long)b->id);
    return pt_block_decode(b, arena, each, ctx, err);
}

/* The rows, of one type in order of time. */
static int gather_rows(struct walk *w, const struct pt_store_filter *f)
{
    static const char FIRST[] = COLUMNS "type = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts";
    static const char LAST[] = COLUMNS "type = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts DESC";
    sqlite3_stmt *stmt;
    int rc;
    if (f->trace || !f->type || !w->found->most)
        return pt_document_each_row(w->store, f, keep, w, w->err);
    stmt = pt_document_statement(w->store, f, NULL, w->found->newest ? LAST : FIRST, NULL, w->err);
    if (!stmt)
        return -1;
    w->ordered = true;
    rc = each_row(w->store, stmt, keep, w, w->err);
    w->ordered = false;
    return rc < 0 ? -1 : 0;
}
#undef COLUMNS

/* What one walk over blocks carries along. */
struct blocks {
    struct pt_store *store;
    const struct pt_store_filter *filter;
    int (*each)(void *ctx, const struct pt_document *doc);
    void *ctx;
    bool last;                     /* about the latest first */
    const struct pt_gather *found; /* of which it may be seen that a block has none; may be NULL */
};

static int each_block(const struct blocks *b, struct pt_err *err)
{
#define COLUMNS "SELECT " PT_BLOCK " FROM block WHERE "
    static const char TRACE[] =
        COLUMNS "id IN (SELECT block FROM block_trace WHERE trace = ?1) AND t1 >= ?2 AND t0 < ?3";
    static const char TYPE[] = COLUMNS "type = ?1 AND t1 >= ?2 AND t0 < ?3";
    static const char ALL[] = COLUMNS "t1 >= ?2 AND t0 < ?3";
    static const char LAST_TYPE[] =
        COLUMNS "type = ?1 AND t1 >= ?2 AND t0 < ?3 ORDER BY t0 DESC";
    static const char LAST_ALL[] = COLUMNS "t1 >= ?2 AND t0 < ?3 ORDER BY id DESC";
#undef COLUMNS
    sqlite3_stmt *stmt = pt_document_statement(b->store, b->filter, TRACE,
                                               b->last ? LAST_TYPE : TYPE,
                                               b->last ? LAST_ALL : ALL, err);
    struct pt_arena arena = {0};
    int rc;
    if (!stmt)
        return -1;
    while ((rc = pt_db_step(b->store, stmt, err)) == 1) {
        struct pt_block block;
        pt_arena_reset(&arena);
        pt_block_read(stmt, &block);
        if (b->found && !pt_gather_wants(b->found, b->last ? block.t1 : block.t0))
            continue;
        if ((rc = pt_block_open(b->store, &block, &arena, b->each, b->ctx, err)) != 0)
            break;
    }
    pt_db_return(b->store, stmt);
    pt_arena_release(&arena);
    return rc;
}

static int gather_blocks(struct walk *w, const struct pt_store_filter *f)
{
    bool last = w->found->most && w->found->newest;
    return each_block(&(struct blocks){w->store, f, keep, w, last, w->found}, w->err);
}

static int gather(struct walk *w, const struct pt_store_filter *f)
{
    return gather_rows(w, f) != 0 || gather_blocks(w, f) != 0 ? -1 : 0;
}

int pt_store_gather(struct pt_store *s, const struct pt_store_filter *filter, struct pt_gather *g,
                    struct pt_err *err)
{
    struct walk w = {.store = s, .filter = filter, .found = g, .err = err};
    struct pt_store_filter one = *filter;
    bool by_type = filter->ntypes && !filter->type && !filter->trace;
    int rc = by_type ? 0 : gather(&w, filter);
    for (size_t i = 0; by_type && i < filter->ntypes && rc == 0; i++) {
        one.type = filter->types[i];
        rc = gather(&w, &one);
    }
    pt_gather_order(g);
    pt_arena_release(&w.scratch);
    return rc;
}

int pt_document_each(struct pt_store *s, const struct pt_store_filter *filter,
                     int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                     struct pt_err *err)
{
    struct blocks b = {s, filter, each, ctx, false, NULL};
    int rc = pt_document_each_row(s, filter, each, ctx, err);
    return rc ? rc : each_block(&b, err);
}

int pt_store_each_document(struct pt_store *s, const struct pt_store_filter *filter,
                           int (*each)(void *ctx, const struct pt_store_document *doc), void *ctx,
                           struct pt_err *err)
{
    struct pt_gather found = {0};
    int rc = pt_store_gather(s, filter, &found, err);
    for (size_t i = 0; i < found.n && rc == 0; i++)
        rc = each(ctx, &found.v[i]);
    pt_gather_release(&found);
    return rc;
}
