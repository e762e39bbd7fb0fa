/* store.c - opening and closing a store.  Its points are read in walk.c.
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
