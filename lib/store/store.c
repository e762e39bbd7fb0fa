/* store.c - opening and closing a store, and reading its points.
 *
 * The connection uses a write-ahead log, so readers never wait for writers nor writers for readers;
 * writers stand in line (turn.h).  A read-only file, or one in a read-only directory, is opened as
 * immutable when no log with anything in it stands beside it.
 *
 * All connections, readers' too, write pages with their checksums (pagesum.h), for the last one
 * to close writes the log back into the file.  Writers do so whenever they close, as far as
 * readers let them: the less is in the log, the less is left for a program without checksums to
 * write. */
#include "store/store.h"

#include "base/mem.h"
#include "store/adopt.h"
#include "store/db.h"
#include "store/pagesum.h"
#include "store/schema.h"
#include "store/trust.h"
#include "store/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MMAP_BYTES = 1 << 30 };

/* The path as a file: URI, with what SQLite reads specially escaped. */
static void file_uri(struct pt_buf *b, const char *path, const char *query)
{
    pt_buf_puts(b, path[0] == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path))
            pt_buf_printf(b, "%%%02X", (unsigned char)*path);
        else
            pt_buf_putc(b, *path);
    }
    pt_buf_printf(b, "?%s", query);
}

static int open_connection(struct pt_store *s, const char *query, int flags, struct pt_err *err)
{
    struct pt_buf uri = {0};
    int rc;
    file_uri(&uri, s->path, query);
    rc = sqlite3_open_v2(uri.p, &s->db, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                         pt_pagesum_vfs());
    pt_buf_release(&uri);
    if (rc != SQLITE_OK)
        return pt_db_fail(s, err);
    sqlite3_extended_result_codes(s->db, 0);
    sqlite3_busy_handler(s->db, pt_turn_busy, NULL);
    return 0;
}

/* Made here rather than by SQLite, to be private from its first byte on. */
static int create_file(const char *path, struct pt_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return pt_err_sys(err, "cannot create the store \"%s\"", path);
    if (fd >= 0)
        close(fd);
    return 0;
}

static int pragma_int(struct pt_store *s, const char *sql, int64_t *out, struct pt_err *err)
{
    sqlite3_stmt *stmt;
    int rc;
    if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return pt_db_fail(s, err);
    rc = pt_db_int(s, stmt, 0, out, err);
    sqlite3_finalize(stmt);
    return rc;
}

/* Of programs that turn a new file to WAL at once each can hold what another one waits for; SQLite
 * then refuses one of them without asking the busy handler, and it has to begin again. */
static int turn_to_wal(struct pt_store *s, struct pt_err *err)
{
    int64_t end = pt_time_monotonic() + PT_TURN_WAIT_MS * PT_MS;
    char sql[128];
    snprintf(sql, sizeof sql,
             "PRAGMA page_size = %d; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;",
             PT_SCHEMA_PAGE);
    for (int asked = 0; pt_db_exec(s, sql, err) != 0; asked++) {
        if (sqlite3_errcode(s->db) != SQLITE_BUSY || pt_time_monotonic() >= end ||
            !pt_turn_busy(NULL, asked))
            return -1;
        *err = (struct pt_err){0};
    }
    return 0;
}

static int create_tables(struct pt_store *s, struct pt_err *err)
{
    char sql[256];
    int64_t id;
    int reserve = PT_PAGESUM_BYTES;
    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (turn_to_wal(s, err) != 0 || pt_db_begin(s, err) != 0)
        return -1;
    if (pragma_int(s, "PRAGMA application_id", &id, err) != 0)
        return -1;
    if (id == PT_SCHEMA_APPLICATION) /* another program was faster */
        return pt_db_commit(s, err);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             PT_SCHEMA_APPLICATION, PT_SCHEMA_VERSION);
    if (pt_db_exec(s, PT_SCHEMA_SQL, err) != 0 || pt_db_exec(s, sql, err) != 0)
        return -1;
    return pt_db_commit(s, err);
}

/* A database without tables is a store whose making was interrupted. */
static int unfinished(struct pt_store *s, bool *yes, struct pt_err *err)
{
    int64_t id, tables;
    if (pragma_int(s, "PRAGMA application_id", &id, err) != 0 ||
        pragma_int(s, "SELECT count(*) FROM sqlite_schema", &tables, err) != 0)
        return -1;
    *yes = id == 0 && tables == 0;
    return 0;
}

static int check_identity(struct pt_store *s, struct pt_err *err)
{
    int64_t id, version;
    bool empty;
    if (pragma_int(s, "PRAGMA application_id", &id, err) != 0 ||
        pragma_int(s, "PRAGMA user_version", &version, err) != 0)
        return -1;
    if (id != PT_SCHEMA_APPLICATION && unfinished(s, &empty, err) != 0)
        return -1;
    if (id != PT_SCHEMA_APPLICATION && empty)
        return pt_err_set(err, PT_SYSTEM,
                          "%s: an empty database: another program is making a store of it, or was "
                          "interrupted, or the write-ahead log beside it (-wal) was taken away; try "
                          "again, or let pt-ingest make it", s->path);
    if (id != PT_SCHEMA_APPLICATION)
        return pt_err_set(err, PT_SYSTEM,
                          "%s: a database, but not a pt store; name another file with --db",
                          s->path);
    if (version > PT_SCHEMA_VERSION)
        return pt_err_set(err, PT_SYSTEM,
                          "%s: written by a newer pt (schema %lld, this one knows %d); upgrade pt",
                          s->path, (long long)version, PT_SCHEMA_VERSION);
    if (version < PT_SCHEMA_VERSION)
        return pt_err_set(err, PT_SYSTEM,
                          "%s: written by an older pt (schema %lld, this one reads %d); read it "
                          "with that pt, or ingest its sources into a new store",
                          s->path, (long long)version, PT_SCHEMA_VERSION);
    return 0;
}

/* Whether the file is for reading only, by itself or since its directory lets nobody put the log beside
 * it, and no log has anything that is not in the file.  The log stands beside the file itself, wherever
 * a link to it is. */
static bool settled(const char *path)
{
    char *real = realpath(path, NULL);
    struct pt_buf name = {0};
    struct stat log;
    bool yes;
    if (!real)
        return false;
    pt_buf_printf(&name, "%s-wal", real);
    yes = access(real, W_OK) != 0 || access(dirname(real), W_OK) != 0;
    yes = yes && (stat(name.p, &log) != 0 ? errno == ENOENT : log.st_size == 0);
    pt_buf_release(&name);
    free(real);
    return yes;
}

static int open_reader(struct pt_store *s, struct pt_err *err)
{
    struct pt_err first = {0};
    /* Opened for writing where that is allowed, though nothing is written: only then does the last
     * one to close it clear away the log and the shared memory beside it. */
    if (open_connection(s, "mode=rw", SQLITE_OPEN_READWRITE, &first) == 0 &&
        check_identity(s, &first) == 0)
        return pt_db_exec(s, "PRAGMA query_only = 1", err);
    if (settled(s->path)) {
        sqlite3_close(s->db);
        if (open_connection(s, "mode=ro&immutable=1", SQLITE_OPEN_READONLY, err) == 0)
            return check_identity(s, err);
        return -1;
    }
    *err = first;
    return -1;
}

static int open_writer(struct pt_store *s, enum pt_store_mode mode, struct pt_err *err)
{
    bool fresh = false;
    if (open_connection(s, "mode=rw", SQLITE_OPEN_READWRITE, err) != 0 ||
        (mode == PT_STORE_CREATE && unfinished(s, &fresh, err) != 0) ||
        (fresh && create_tables(s, err) != 0) || check_identity(s, err) != 0)
        return -1;
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return pt_err_set(err, PT_SYSTEM, "%s: the store is read-only; check its permissions",
                          s->path);
    pt_turn_open(s);
    return pt_db_exec(s, "PRAGMA synchronous = FULL", err);
}

static int check_path(const char *path, enum pt_store_mode mode, struct pt_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        if (errno == ENOENT && mode == PT_STORE_CREATE)
            return 0;
        return errno == ENOENT
                   ? pt_err_set(err, PT_SYSTEM,
                                "no store \"%s\"; name one with --db or make it with pt-ingest",
                                path)
                   : pt_err_sys(err, "cannot open the store \"%s\"", path);
    }
    if (!S_ISREG(st.st_mode))
        return pt_err_set(err, PT_SYSTEM, "\"%s\" is not a file; a store is one", path);
    if (st.st_size == 0 && mode != PT_STORE_CREATE)
        return pt_err_set(err, PT_SYSTEM, "\"%s\" is empty, not a store", path);
    return 0;
}

int pt_store_open(struct pt_store **out, const char *path, enum pt_store_mode mode,
                  struct pt_err *err)
{
    struct pt_store *s;
    int rc;
    if (check_path(path, mode, err) != 0 || pt_trust_link(path, err) != 0 ||
        (mode == PT_STORE_CREATE && create_file(path, err) != 0))
        return -1;
    s = pt_mem_alloc(sizeof *s);
    s->path = pt_mem_strdup(path);
    s->turn = -1;
    s->coder = pt_chunk_coder_new();
    rc = mode == PT_STORE_READ ? open_reader(s, err) : open_writer(s, mode, err);
    if (rc == 0 && mode == PT_STORE_READ) { /* a writer's look-ups of series would map all of it */
        char sql[64];
        snprintf(sql, sizeof sql, "PRAGMA mmap_size = %d", MMAP_BYTES);
        rc = pt_db_exec(s, sql, err);
    }
    if (rc != 0) {
        pt_store_close(s);
        return -1;
    }
    *out = s;
    return 0;
}

void pt_store_rest(struct pt_store *s)
{
    for (size_t i = 0; i < s->ncached; i++)
        sqlite3_finalize(s->cache[i].stmt);
    s->ncached = 0;
}

struct pt_store *pt_store_adopt(sqlite3 *db)
{
    const char *path = sqlite3_db_filename(db, "main");
    struct pt_store *s = pt_mem_alloc(sizeof *s);
    s->db = db;
    s->adopted = true;
    s->path = pt_mem_strdup(path && *path ? path : "the main database");
    s->turn = -1;
    s->coder = pt_chunk_coder_new();
    return s;
}

int pt_store_check(struct pt_store *s, struct pt_err *err)
{
    int64_t id;
    if (pragma_int(s, "PRAGMA application_id", &id, err) != 0)
        return -1;
    if (id != PT_SCHEMA_APPLICATION)
        return pt_err_set(err, PT_SYSTEM, "%s is no pt store; open one as the main database",
                          s->path);
    if (check_identity(s, err) != 0)
        return -1;
    /* Its way of writing knows no page checksums; the log waits for somebody who does. */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return 0;
}

void pt_store_close(struct pt_store *s)
{
    if (!s)
        return;
    pt_store_rest(s);
    if (s->turn >= 0) {
        sqlite3_busy_handler(s->db, NULL, NULL); /* not waiting for readers */
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        pt_turn_close(s);
    }
    if (!s->adopted)
        sqlite3_close(s->db);
    pt_chunk_coder_free(s->coder);
    free(s->path);
    free(s);
}

const char *pt_store_path(const struct pt_store *s)
{
    return s->path;
}

int pt_store_begin_read(struct pt_store *s, struct pt_err *err)
{
    return pt_db_exec(s, "BEGIN", err);
}

void pt_store_end_read(struct pt_store *s)
{
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- points ---------------------------------------------------------------------------------- */

/* What one walk over a series' runs carries along. */
struct walk {
    struct pt_store *store;
    const struct pt_store_range *range;
    int (*each)(void *ctx, const struct pt_store_run *run);
    void *ctx;
    struct pt_store_effort *effort; /* the range's, or ... */
    struct pt_store_effort unasked; /* ... where it has none */
    struct pt_column points;
    struct pt_sketch sketch;
    bool light;       /* rows are read without what opening their chunks needs */
    uint64_t given;   /* runs */
    int64_t newest;   /* the beginning of the last chunk that was wanted */
};

static int give(struct walk *w, const struct pt_store_run *run)
{
    w->given++;
    return w->each(w->ctx, run);
}

/* Whether what stands for the whole chunk will do, if anything does. */
static bool whole_will_do(const struct pt_store_range *r, const struct pt_summary *s)
{
    return s->t0 >= r->since && s->t1 < r->until &&
           (!r->together || r->together(r->together_ctx, s->t0, s->t1));
}

/* Hands out what of walk->points lies in the range. */
static int offer_points(struct walk *w, bool certain)
{
    struct pt_column cut = w->points;
    size_t begin = pt_column_lower(&cut, w->range->since);
    size_t end = pt_column_lower(&cut, w->range->until);
    if (begin >= end)
        return 0;
    cut.ts += begin;
    cut.v += begin;
    if (cut.wide)
        cut.wide += begin;
    cut.n = end - begin;
    return give(w, &(struct pt_store_run){.points = &cut, .certain = certain});
}

/* After a failure to read a chunk: 0 when it is to be passed over, and *err is as it was; else -1.
 * What SQLite says of the connection as a whole is never passed over. */
static int pass_over(struct walk *w, struct pt_err *err)
{
    int code = sqlite3_errcode(w->store->db) & 0xff;
    bool damage = code == SQLITE_CORRUPT || code == SQLITE_IOERR || code == SQLITE_OK ||
                  code == SQLITE_ROW || code == SQLITE_DONE;
    if (!w->range->damaged || !damage)
        return -1;
    w->range->damaged(w->range->damaged_ctx, err->what);
    w->effort->damaged++;
    pt_err_clear(err);
    return 0;
}

/* Hands out the chunk as its sketch: as pt_store_each_run; *none when it has no sketch. */
static int offer_sketch(struct walk *w, const struct pt_db_chunk *chunk, bool *none,
                        struct pt_err *err)
{
    int rc;
    pt_sketch_clear(&w->sketch);
    rc = pt_db_load_sketch(w->store, chunk, &w->sketch, err);
    *none = rc == 0;
    if (rc != 1)
        return rc < 0 ? pass_over(w, err) : 0;
    w->effort->sketches++;
    return give(w, &(struct pt_store_run){.summary = &chunk->summary, .sketch = &w->sketch,
                                          .certain = true});
}

static int open_chunk(struct walk *w, struct pt_db_chunk *chunk, bool certain, struct pt_err *err)
{
    int rc = 0;
    pt_column_clear(&w->points);
    if (w->light)
        rc = pt_db_find_chunk(w->store, chunk->series, chunk->summary.t0, chunk, err);
    if (rc == 0)
        rc = pt_db_load_chunk(w->store, chunk, &w->points, err);
    if (rc != 0)
        return pass_over(w, err);
    w->effort->decoded++;
    w->effort->points += w->points.n;
    return offer_points(w, certain);
}

static int offer_chunk(struct walk *w, struct pt_db_chunk *chunk, struct pt_err *err)
{
    const struct pt_store_range *r = w->range;
    const struct pt_summary *s = &chunk->summary;
    enum pt_store_verdict verdict =
        r->judge ? r->judge(r->judge_ctx, s->min.d, s->max.d) : PT_STORE_EVERY;
    bool whole = verdict == PT_STORE_EVERY && whole_will_do(r, s), none = true;
    int rc = 0;
    w->effort->chunks++;
    if (verdict == PT_STORE_NONE) {
        w->effort->unwanted++;
        return 0;
    }
    w->newest = s->t0;
    if (whole && r->summaries) {
        w->effort->summaries++;
        return give(w, &(struct pt_store_run){.summary = s, .certain = true});
    }
    if (whole && r->sketches)
        rc = offer_sketch(w, chunk, &none, err);
    return none ? open_chunk(w, chunk, verdict == PT_STORE_EVERY, err) : rc;
}

#define BEFORE_END " FROM chunk c WHERE series = ?1 AND t0 < ?3"
/* The first chunk that can reach into the range is the last one that begins before it. */
#define IN_RANGE                                                                                  \
    BEFORE_END " AND t0 >= coalesce("                                                             \
               " (SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2)"

/* Reading the columns of a row takes longer than finding it, and looking for where a range begins
 * as long as finding it. */
static const char *const ROWS[][2] = {
    [PT_STORE_ALL] = {"SELECT " PT_DB_CHUNK BEFORE_END " ORDER BY t0",
                      "SELECT " PT_DB_CHUNK IN_RANGE " ORDER BY t0"},
    [PT_STORE_EXTENT] = {"SELECT " PT_DB_CHUNK_EXTENT BEFORE_END " ORDER BY t0",
                         "SELECT " PT_DB_CHUNK_EXTENT IN_RANGE " ORDER BY t0"},
    [PT_STORE_ENDS] = {"SELECT " PT_DB_CHUNK_ENDS BEFORE_END " ORDER BY t0",
                       "SELECT " PT_DB_CHUNK_ENDS IN_RANGE " ORDER BY t0"},
    [PT_STORE_SUM] = {"SELECT " PT_DB_CHUNK_SUM BEFORE_END " ORDER BY t0",
                      "SELECT " PT_DB_CHUNK_SUM IN_RANGE " ORDER BY t0"},
};
static const char ROWS_BACK[] = "SELECT " PT_DB_CHUNK BEFORE_END " ORDER BY t0 DESC";

/* What of the rows the walk needs: all of them to open chunks or their sketches, as windows often
 * make it do. */
static const char *rows_of(const struct pt_store_range *r, bool *light)
{
    enum pt_store_detail detail = r->summaries && !r->together ? r->detail : PT_STORE_ALL;
    if (r->judge && detail != PT_STORE_ALL)
        detail = PT_STORE_SUM;
    *light = detail != PT_STORE_ALL;
    return ROWS[detail][r->since > PT_TIME_MIN];
}

static int walk_chunks(struct walk *w, int64_t series, const char *sql, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_borrow(w->store, sql, err);
    struct pt_db_chunk chunk = {.series = series};
    uint64_t most = w->range->ends ? w->given + 1 : UINT64_MAX;
    int rc;
    if (!stmt)
        return -1;
    w->effort->lookups++;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, w->range->since); /* where it is open there is none: no matter */
    sqlite3_bind_int64(stmt, 3, w->range->until);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1) {
        pt_db_read_chunk(stmt, &chunk);
        if (chunk.summary.t1 < w->range->since)
            continue;
        rc = 0;
        if (sql == ROWS_BACK && chunk.summary.t0 <= w->newest)
            break;
        if ((rc = offer_chunk(w, &chunk, err)) != 0 || w->given >= most)
            break;
    }
    pt_db_return(w->store, stmt);
    return rc;
}

static int walk_tail(struct walk *w, int64_t series, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT ts, value FROM tail WHERE series = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    w->effort->lookups++;
    pt_column_release(&w->points);
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, w->range->since);
    sqlite3_bind_int64(stmt, 3, w->range->until);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1)
        pt_column_add(&w->points, sqlite3_column_int64(stmt, 0), pt_db_num(stmt, 1));
    w->effort->tail += w->points.n;
    return rc < 0 ? -1 : offer_points(w, false);
}
/* The first chunk, and the tail; or where there is none the last chunk. */
static int walk_ends(struct walk *w, int64_t series, struct pt_err *err)
{
    int rc = walk_chunks(w, series, rows_of(w->range, &w->light), err);
    uint64_t first = w->given;
    if (rc == 0)
        rc = walk_tail(w, series, err);
    if (rc == 0 && first && w->given == first) {
        w->light = false;
        rc = walk_chunks(w, series, ROWS_BACK, err);
    }
    return rc;
}

int pt_store_each_run(struct pt_store *s, int64_t series, const struct pt_store_range *range,
                      int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                      struct pt_err *err)
{
    struct walk w = {.store = s, .range = range, .each = each, .ctx = ctx, .newest = INT64_MIN};
    uint64_t loaded = s->loaded;
    int rc;
    w.effort = range->effort ? range->effort : &w.unasked;
    if (range->ends) {
        rc = walk_ends(&w, series, err);
    } else {
        rc = walk_chunks(&w, series, rows_of(range, &w.light), err);
        if (rc == 0)
            rc = walk_tail(&w, series, err);
    }
    w.effort->bytes += s->loaded - loaded;
    pt_column_release(&w.points);
    pt_sketch_release(&w.sketch);
    return rc;
}

static int last_of_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, int64_t t,
                         int64_t *ts, struct pt_num *value, struct pt_err *err)
{
    struct pt_column points = {0};
    size_t at;
    if (chunk->summary.t1 < t) {
        *ts = chunk->summary.t1;
        *value = chunk->summary.last;
        return 1;
    }
    if (pt_db_load_chunk(s, chunk, &points, err) != 0) {
        pt_column_release(&points);
        return -1;
    }
    at = pt_column_lower(&points, t); /* > 0: the chunk begins before t */
    *ts = points.ts[at - 1];
    *value = pt_column_value(&points, at - 1);
    pt_column_release(&points);
    return 1;
}

int pt_store_point_before(struct pt_store *s, int64_t series, int64_t t, int64_t *ts,
                          struct pt_num *value, struct pt_err *err)
{
    static const char TAIL[] =
        "SELECT ts, value FROM tail WHERE series = ?1 AND ts < ?2 ORDER BY ts DESC LIMIT 1";
    static const char CHUNK[] = "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 < ?2"
                                " ORDER BY t0 DESC LIMIT 1";
    struct pt_db_chunk chunk;
    sqlite3_stmt *stmt = pt_db_statement(s, TAIL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    if ((rc = pt_db_step(s, stmt, err)) == 1) {
        *ts = sqlite3_column_int64(stmt, 0);
        *value = pt_db_num(stmt, 1);
        sqlite3_reset(stmt);
        return 1;
    }
    if (rc < 0 || !(stmt = pt_db_statement(s, CHUNK, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    if ((rc = pt_db_step(s, stmt, err)) != 1)
        return rc;
    pt_db_read_chunk(stmt, &chunk);
    sqlite3_reset(stmt);
    return last_of_chunk(s, &chunk, t, ts, value, err);
}
