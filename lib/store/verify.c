/* verify.c - keep.h: whether a store is what it says.
 *
 * A finding never ends the check; a statement that fails on a damaged page is a finding, too.
 *
 * The work is done twice at a time: by the store's own connection, and by a second one on a thread
 * of its own.  The second reads the pages and checks what is about the whole; the first begins with
 * the chunks, most of the work, cut into units of UNIT_CHUNKS; whoever is free takes the next unit.
 * Findings are kept with their place and told at the end in an order that is always the same.  Each
 * connection sees one state of the store, not necessarily the same: no check needs both. */
#include "base/mem.h"
#include "store/document.h"
#include "store/keep.h"
#include "store/pagesum.h"
#include "store/wal.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    UNIT_CHUNKS = 256,
    LOG_LOOKS = 5,          /* at a log that a writer may be changing ... */
    LOG_WAIT_NS = 20000000,
    PAGES_NAMED = 100,      /* bad pages that get a line each */
    PAGES_LISTED = 20       /* ... that are named in one line */
};

/* Where findings belong in the order of telling; chunks: STAGE_CHUNKS and the unit's number. */
enum stage { STAGE_LOG, STAGE_PAGES, STAGE_STRUCTURE, STAGE_REST, STAGE_DOCUMENTS, STAGE_CHUNKS };

struct finding {
    size_t stage, at; /* at: within the stage, by one connection alone */
    char *text;
};

struct unit { /* chunks from this one to the next unit's */
    int64_t series, t0;
};

struct work {
    struct unit *units;
    size_t n, cap;
    atomic_size_t next;
};

/* What one connection does and finds. */
struct check {
    struct pt_store *store;
    struct work *work;
    size_t stage;
    struct finding *findings;
    size_t n, cap;
    uint32_t *bad; /* pages */
    size_t nbad, bad_cap;
    struct pt_verify_result out;
};

__attribute__((format(printf, 2, 3))) static void found(struct check *k, const char *fmt, ...)
{
    char text[640];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    k->findings = pt_mem_grow(k->findings, &k->cap, k->n + 1, sizeof *k->findings);
    k->findings[k->n] = (struct finding){k->stage, k->n, pt_mem_strdup(text)};
    k->n++;
}

/* Steps through a statement; a failure of SQLite's becomes a finding and ends the walk. */
static bool next_row(struct check *k, sqlite3_stmt *stmt, const char *what)
{
    struct pt_err err = {0};
    int rc = stmt ? pt_db_step(k->store, stmt, &err) : -1;
    if (rc < 0)
        found(k, "%s cannot be read: %s", what,
              err.what[0] ? err.what : sqlite3_errmsg(k->store->db));
    return rc == 1;
}

static sqlite3_stmt *prepare(struct check *k, const char *sql)
{
    struct pt_err err = {0};
    return pt_db_statement(k->store, sql, &err);
}

static void check_structure(struct check *k)
{
    static const char SQL[] = "PRAGMA integrity_check";
    sqlite3_stmt *stmt = prepare(k, SQL);
    while (next_row(k, stmt, "the database")) {
        const char *line = (const char *)sqlite3_column_text(stmt, 0);
        if (line && strcmp(line, "ok") != 0)
            found(k, "structure: %s", line);
    }
}

static bool same_dd(struct pt_dd a, struct pt_dd b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static bool same_num(struct pt_num a, struct pt_num b)
{
    return a.d == b.d && a.wide == b.wide;
}

/* Sums are compared exactly: the writer made them with the same code from the same points. */
static bool same_summary(const struct pt_summary *a, const struct pt_summary *b)
{
    return a->n == b->n && a->t0 == b->t0 && a->t1 == b->t1 && same_num(a->min, b->min) &&
           same_num(a->max, b->max) && same_num(a->first, b->first) &&
           same_num(a->last, b->last) && same_dd(a->sum, b->sum) &&
           same_dd(a->squares, b->squares) && same_dd(a->increase, b->increase);
}

/* Sums in which each wide integer counts as its nearest double agree with the points, too: writers
 * may do without the rest of them (pt-store(5), "Sums"). */
static bool agrees(const struct pt_summary *row, const struct pt_column *points)
{
    struct pt_column rounded = *points;
    struct pt_summary again = pt_summary_of(points, 0, points->n), coarse;
    if (same_summary(&again, row))
        return true;
    if (!points->wide)
        return false;
    rounded.wide = NULL;
    coarse = pt_summary_of(&rounded, 0, points->n);
    again.sum = coarse.sum;
    again.squares = coarse.squares;
    again.increase = coarse.increase;
    return same_summary(&again, row);
}

static void check_chunk(struct check *k, const struct pt_db_chunk *chunk, struct pt_column *points)
{
    struct pt_err err = {0};
    const char *damage;
    pt_column_clear(points);
    if (pt_db_check_chunk(k->store, chunk, points, &damage, &err) != 0 ||
        (!damage && pt_db_check_sketch(k->store, chunk, points, &damage, &err) != 0))
        damage = err.what;
    if (damage) {
        found(k, "chunk %lld of series %lld: %s", (long long)chunk->data,
              (long long)chunk->series, damage);
        return;
    }
    if (!agrees(&chunk->summary, points))
        found(k, "chunk %lld of series %lld: its row does not agree with its points",
              (long long)chunk->data, (long long)chunk->series);
    k->out.points += points->n;
}

/* The end of the last chunk of the series that begins before t0: 1, 0 when there is none, -1. */
static int end_before(struct check *k, int64_t series, int64_t t0, int64_t *end)
{
    static const char SQL[] =
        "SELECT t1 FROM chunk WHERE series = ?1 AND t0 < ?2 ORDER BY t0 DESC LIMIT 1";
    sqlite3_stmt *stmt = prepare(k, SQL);
    if (stmt) {
        sqlite3_bind_int64(stmt, 1, series);
        sqlite3_bind_int64(stmt, 2, t0);
    }
    if (!next_row(k, stmt, "the chunks"))
        return 0;
    *end = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 1;
}

static void check_unit(struct check *k, size_t at, struct pt_column *points)
{
    static const char SQL[] =
        "SELECT " PT_DB_CHUNK " FROM chunk c WHERE (series, t0) >= (?1, ?2)"
        " AND (?3 OR (series, t0) < (?4, ?5)) ORDER BY series, t0";
    const struct unit *u = &k->work->units[at];
    bool last = at + 1 == k->work->n;
    struct pt_db_chunk chunk;
    int64_t series = u->series, end = 0;
    bool before = end_before(k, u->series, u->t0, &end);
    sqlite3_stmt *stmt = prepare(k, SQL);
    if (stmt) {
        sqlite3_bind_int64(stmt, 1, u->series);
        sqlite3_bind_int64(stmt, 2, u->t0);
        sqlite3_bind_int(stmt, 3, last);
        sqlite3_bind_int64(stmt, 4, last ? 0 : u[1].series);
        sqlite3_bind_int64(stmt, 5, last ? 0 : u[1].t0);
    }
    while (next_row(k, stmt, "the chunks")) {
        pt_db_read_chunk(stmt, &chunk);
        check_chunk(k, &chunk, points);
        if (before && series == chunk.series && chunk.summary.t0 <= end)
            found(k, "chunk %lld of series %lld begins before the one before it ends",
                  (long long)chunk.data, (long long)chunk.series);
        before = true;
        series = chunk.series;
        end = chunk.summary.t1;
        k->out.chunks++;
    }
}

static void check_chunks(struct check *k)
{
    struct pt_column points = {0};
    size_t at;
    while ((at = atomic_fetch_add(&k->work->next, 1)) < k->work->n) {
        k->stage = STAGE_CHUNKS + at;
        check_unit(k, at, &points);
    }
    pt_column_release(&points);
}

/* Cuts the chunks into units.  Behind a place that cannot be read there is one for each series. */
static void plan(struct check *k)
{
    static const char SQL[] = "SELECT series, t0 FROM chunk ORDER BY series, t0";
    static const char BEHIND[] = "SELECT id FROM series WHERE id > ?1 ORDER BY id";
    struct pt_err err = {0};
    struct work *w = k->work;
    struct unit u = {0, 0};
    sqlite3_stmt *stmt = prepare(k, SQL);
    int rc = -1;
    for (size_t i = 0; stmt && (rc = pt_db_step(k->store, stmt, &err)) == 1; i++) {
        u = (struct unit){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
        w->units = pt_mem_grow(w->units, &w->cap, w->n + 1, sizeof *w->units);
        if (i % UNIT_CHUNKS == 0)
            w->units[w->n++] = u;
    }
    if (rc == 0)
        return;
    k->stage = STAGE_CHUNKS;
    found(k, "the chunks cannot be read: %s", err.what);
    if ((stmt = prepare(k, BEHIND)))
        sqlite3_bind_int64(stmt, 1, u.series);
    while (next_row(k, stmt, "the series")) {
        w->units = pt_mem_grow(w->units, &w->cap, w->n + 1, sizeof *w->units);
        w->units[w->n++] = (struct unit){sqlite3_column_int64(stmt, 0), INT64_MIN};
    }
}

/* A statement whose every row is a finding: "%lld" of its first column goes into the text. */
static void check_none(struct check *k, const char *sql, const char *what, const char *finding)
{
    sqlite3_stmt *stmt = prepare(k, sql);
    while (next_row(k, stmt, what))
        found(k, "%s %lld: %s", what, (long long)sqlite3_column_int64(stmt, 0), finding);
}

static void check_references(struct check *k)
{
    static const char TAIL[] =
        "SELECT series FROM tail t GROUP BY series HAVING min(ts) <="
        " (SELECT max(t1) FROM chunk c WHERE c.series = t.series)";
    static const char VALUE[] =
        "SELECT series FROM tail WHERE typeof(ts) <> 'integer' OR"
        " typeof(value) NOT IN ('integer', 'real') OR value IN (9e999, -9e999)";
    static const char ORPHAN[] =
        "SELECT id FROM chunk_data WHERE id NOT IN (SELECT data FROM chunk)";
    static const char SKETCH[] = "SELECT id FROM sketch WHERE id NOT IN (SELECT data FROM chunk)";
    static const char SERIES[] = "SELECT series FROM (SELECT series FROM chunk UNION SELECT series"
                                 " FROM tail) WHERE series NOT IN (SELECT id FROM series)";
    static const char TRACE[] =
        "SELECT block FROM block_trace WHERE block NOT IN (SELECT id FROM block)";
    static const char BATCH[] =
        "SELECT id FROM (SELECT id, start, lag(stop) OVER (PARTITION BY source ORDER BY start, id)"
        " AS before FROM batch) WHERE before IS NOT NULL AND before <> start";
    check_none(k, TAIL, "tail of series", "it begins before the last chunk ends");
    check_none(k, VALUE, "tail of series", "a point of it is no number");
    check_none(k, ORPHAN, "chunk data", "no chunk refers to it");
    check_none(k, SKETCH, "sketch", "no chunk refers to it");
    check_none(k, SERIES, "series", "it has points but no name");
    check_none(k, TRACE, "trace index of block", "there is no such block");
    check_none(k, BATCH, "batch", "it does not begin where the one before it ends");
}

static void check_documents(struct check *k)
{
    static const char SQL[] = "SELECT id, ts, type, name, trace, body, crc FROM document";
    sqlite3_stmt *stmt = prepare(k, SQL);
    while (next_row(k, stmt, "the documents")) {
        const struct pt_store_document d = {.ts = sqlite3_column_int64(stmt, 1),
                                            .type = pt_db_str(stmt, 2),
                                            .name = pt_db_str(stmt, 3),
                                            .trace = pt_db_str(stmt, 4),
                                            .body = pt_db_str(stmt, 5)};
        if (pt_document_crc(&d) != (uint32_t)sqlite3_column_int64(stmt, 6))
            found(k, "document %lld: its checksum does not agree",
                  (long long)sqlite3_column_int64(stmt, 0));
        k->out.documents++;
    }
}

static int count_document(void *ctx, const struct pt_document *doc)
{
    struct check *k = ctx;
    (void)doc;
    k->out.documents++;
    return 0;
}

static void check_blocks(struct check *k)
{
    static const char SQL[] = "SELECT " PT_BLOCK " FROM block";
    sqlite3_stmt *stmt = prepare(k, SQL);
    struct pt_arena arena = {0};
    while (next_row(k, stmt, "the blocks")) {
        struct pt_block block;
        struct pt_err err = {0};
        pt_block_read(stmt, &block);
        pt_arena_reset(&arena);
        if (pt_block_crc(&block) != block.crc)
            found(k, "block %lld: its checksum does not agree", (long long)block.id);
        else if (pt_block_decode(&block, &arena, count_document, k, &err) != 0)
            found(k, "block %lld: %s", (long long)block.id, err.what);
        k->out.blocks++;
    }
    pt_arena_release(&arena);
}

static void count_rest(struct check *k)
{
    static const char SQL[] = "SELECT (SELECT count(*) FROM tail), (SELECT count(*) FROM batch)";
    sqlite3_stmt *stmt = prepare(k, SQL);
    if (!next_row(k, stmt, "the tail"))
        return;
    k->out.points += (uint64_t)sqlite3_column_int64(stmt, 0);
    k->out.batches = (uint64_t)sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
}

/* --- pages and log --------------------------------------------------------------------------- */

static void on_bad_page(void *ctx, uint32_t page)
{
    struct check *k = ctx;
    k->bad = pt_mem_grow(k->bad, &k->bad_cap, k->nbad + 1, sizeof *k->bad);
    k->bad[k->nbad++] = page;
}

/* Which table a page belongs to, where SQLite can tell. */
static void name_page(struct check *k, uint32_t page, char *out, size_t size)
{
    static const char SQL[] = "SELECT name FROM dbstat WHERE pageno = ?1";
    sqlite3_stmt *stmt = prepare(k, SQL);
    struct pt_err err = {0};
    out[0] = '\0';
    if (!stmt)
        return;
    sqlite3_bind_int64(stmt, 1, page);
    if (pt_db_step(k->store, stmt, &err) == 1) {
        struct pt_str name = pt_db_str(stmt, 0);
        snprintf(out, size, ", of %.*s", (int)name.n, name.p);
    }
    sqlite3_reset(stmt);
}

static void check_pages(struct check *k)
{
    uint32_t pages, reserved, rest;
    struct pt_err err = {0};
    k->stage = STAGE_PAGES;
    if (pt_pagesum_each_bad(k->store, on_bad_page, k, &pages, &reserved, &rest, &err) == 0 &&
        k->nbad) {
        /* A page that was half written when the power failed is whole in the log. */
        sqlite3_wal_checkpoint_v2(k->store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        k->nbad = 0;
        pt_pagesum_each_bad(k->store, on_bad_page, k, &pages, &reserved, &rest, &err);
    }
    if (err.code)
        found(k, "%s", err.what);
    else if (reserved != PT_PAGESUM_BYTES)
        found(k, "the pages have no checksums (%u bytes are kept for them, not %d): the store was "
                 "made by another program or its header is damaged; pt-archive repair adds them",
              reserved, PT_PAGESUM_BYTES);
    if (rest)
        found(k, "%u bytes behind the last whole page: the file was cut short or added to", rest);
}

/* Pages that alone do not agree: in one line, for they may be many. */
static void tell_of_strangers(struct check *k)
{
    struct pt_buf list = {0};
    for (size_t i = 0; i < k->nbad && i < PAGES_LISTED; i++)
        pt_buf_printf(&list, "%s%u", i ? ", " : "", k->bad[i]);
    found(k, "%zu pages (%s%s): their checksums do not agree, but all else does; a program that "
             "knows no page checksums may have written them; pt-archive repair settles it", k->nbad,
          list.p, k->nbad > PAGES_LISTED ? ", ..." : "");
    pt_buf_release(&list);
}

/* `otherwise`: whether something else was found. */
static void tell_pages(struct check *k, bool otherwise)
{
    k->stage = STAGE_PAGES;
    if (k->nbad && !otherwise) {
        tell_of_strangers(k);
        return;
    }
    for (size_t i = 0; i < k->nbad && i < PAGES_NAMED; i++) {
        char name[128];
        name_page(k, k->bad[i], name, sizeof name);
        found(k, "page %u%s: its checksum does not agree", k->bad[i], name);
    }
    if (k->nbad > PAGES_NAMED)
        found(k, "%zu more pages: their checksums do not agree", k->nbad - PAGES_NAMED);
}

/* A log that is being written may be seen half new; damage stays where it is. */
static void check_log(struct check *k)
{
    const struct timespec wait = {0, LOG_WAIT_NS};
    const char *real = sqlite3_db_filename(k->store->db, "main");
    struct pt_err err = {0};
    uint32_t lost = 2, frames = 0;
    for (int i = 0; i < LOG_LOOKS && lost > 1; i++) {
        struct pt_wal w;
        if (pt_wal_open(&w, real && real[0] ? real : k->store->path, &err) != 0)
            break;
        lost = w.lost;
        frames = w.frames;
        pt_wal_close(&w);
        if (lost > 1)
            nanosleep(&wait, NULL);
    }
    k->stage = STAGE_LOG;
    if (err.code)
        found(k, "%s", err.what);
    else if (lost > 1)
        found(k, "the write-ahead log is damaged behind page %u of it: %u commits are lost", frames,
              lost);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void check_whole(struct check *k)
{
    k->stage = STAGE_STRUCTURE;
    check_structure(k);
    k->stage = STAGE_REST;
    check_references(k);
    k->stage = STAGE_DOCUMENTS;
    check_documents(k);
    check_blocks(k);
    count_rest(k);
}

static void *second(void *ctx)
{
    struct check *k = ctx;
    check_pages(k);
    check_whole(k);
    check_chunks(k);
    return NULL;
}

static int in_order(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->stage != y->stage)
        return x->stage < y->stage ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* What the second found and counted goes to the first. */
static void join(struct check *a, struct check *b)
{
    a->findings = pt_mem_grow(a->findings, &a->cap, a->n + b->n + 1, sizeof *a->findings);
    if (b->n)
        memcpy(a->findings + a->n, b->findings, b->n * sizeof *b->findings);
    a->n += b->n;
    a->out.chunks += b->out.chunks;
    a->out.points += b->out.points;
    a->out.documents += b->out.documents;
    a->out.blocks += b->out.blocks;
    a->out.batches += b->out.batches;
    qsort(a->findings, a->n, sizeof *a->findings, in_order);
    free(b->findings);
    free(b->bad);
}

/* A second connection, which reads without mmap and in one transaction. */
static struct pt_store *open_second(const char *path, struct pt_err *err)
{
    struct pt_store *s;
    if (pt_store_open(&s, path, PT_STORE_READ, err) != 0)
        return NULL;
    if (pt_db_exec(s, "PRAGMA mmap_size = 0", err) != 0 || pt_store_begin_read(s, err) != 0) {
        pt_store_close(s);
        return NULL;
    }
    return s;
}

int pt_store_verify(struct pt_store *s, void (*problem)(void *ctx, const char *text), void *ctx,
                    struct pt_verify_result *out, struct pt_err *err)
{
    struct work work = {0};
    struct check a = {.store = s, .work = &work}, b = {.work = &work};
    pthread_t thread;
    if (!(b.store = open_second(s->path, err)))
        return -1;
    if (pt_store_begin_read(s, err) != 0) {
        pt_store_close(b.store);
        return -1;
    }
    plan(&a);
    if (pthread_create(&thread, NULL, second, &b) == 0) {
        check_chunks(&a);
        check_log(&a);
        pthread_join(thread, NULL);
    } else {
        second(&b);
        check_log(&a);
    }
    tell_pages(&b, a.n + b.n > 0);
    join(&a, &b);
    pt_store_end_read(s);
    pt_store_close(b.store);
    for (size_t i = 0; i < a.n; i++) {
        problem(ctx, a.findings[i].text);
        free(a.findings[i].text);
    }
    *out = a.out;
    out->problems = a.n;
    free(a.findings);
    free(work.units);
    return 0;
}
