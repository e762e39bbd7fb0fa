/* seam.h - a layer below SQLite, and below the store's own, where a test sees each operation on the
 * main file, its log and its journal before it is done, and may let it fail. */
#ifndef PT_UNIT_SEAM_H
#define PT_UNIT_SEAM_H

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

enum seam_kind { SEAM_READ, SEAM_WRITE, SEAM_TRUNCATE, SEAM_SYNC, SEAM_DELETE };

enum seam_of { SEAM_MAIN, SEAM_LOG, SEAM_JOURNAL };

struct seam_operation {
    enum seam_kind kind;
    enum seam_of of;
    const void *bytes;
    int n;
    sqlite3_int64 at; /* truncate: the new size */
};

/* Returns SQLITE_OK to let it be done, or what it shall fail with. */
static int (*seam_hook)(const struct seam_operation *op);

struct seam_file {
    sqlite3_file base;
    enum seam_of of;
    sqlite3_file *real;
};

static inline int seam_ask(sqlite3_file *f, enum seam_kind kind, const void *bytes, int n,
                           sqlite3_int64 at)
{
    const struct seam_operation op = {kind, ((struct seam_file *)f)->of, bytes, n, at};
    return seam_hook ? seam_hook(&op) : SQLITE_OK;
}

#define SEAM_REAL(f) (((struct seam_file *)(f))->real)
#define SEAM_CALL(f, method, ...) SEAM_REAL(f)->pMethods->method(SEAM_REAL(f), __VA_ARGS__)

static int seam_close(sqlite3_file *f)
{
    return SEAM_REAL(f)->pMethods->xClose(SEAM_REAL(f));
}

static int seam_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    int rc = seam_ask(f, SEAM_READ, NULL, n, at);
    return rc ? rc : SEAM_CALL(f, xRead, to, n, at);
}

static int seam_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    int rc = seam_ask(f, SEAM_WRITE, from, n, at);
    return rc ? rc : SEAM_CALL(f, xWrite, from, n, at);
}

static int seam_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = seam_ask(f, SEAM_TRUNCATE, NULL, 0, size);
    return rc ? rc : SEAM_CALL(f, xTruncate, size);
}

/* What is synced survives a test in any case. */
static int seam_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    return seam_ask(f, SEAM_SYNC, NULL, 0, 0);
}

static int seam_size(sqlite3_file *f, sqlite3_int64 *size) { return SEAM_CALL(f, xFileSize, size); }
static int seam_lock(sqlite3_file *f, int lock) { return SEAM_CALL(f, xLock, lock); }
static int seam_unlock(sqlite3_file *f, int lock) { return SEAM_CALL(f, xUnlock, lock); }
static int seam_reserved(sqlite3_file *f, int *y) { return SEAM_CALL(f, xCheckReservedLock, y); }
static int seam_control(sqlite3_file *f, int op, void *p)
{
    return SEAM_CALL(f, xFileControl, op, p);
}

static int seam_sector(sqlite3_file *f)
{
    return SEAM_REAL(f)->pMethods->xSectorSize(SEAM_REAL(f));
}

/* A disk that keeps no promise but that of xSync. */
static int seam_traits(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static int seam_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return SEAM_CALL(f, xShmMap, page, size, extend, out);
}

static int seam_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return SEAM_CALL(f, xShmLock, at, n, flags);
}

static void seam_shm_barrier(sqlite3_file *f)
{
    SEAM_REAL(f)->pMethods->xShmBarrier(SEAM_REAL(f));
}

static int seam_shm_unmap(sqlite3_file *f, int gone) { return SEAM_CALL(f, xShmUnmap, gone); }

static int seam_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out)
{
    return SEAM_CALL(f, xFetch, at, n, out);
}

static int seam_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p)
{
    return SEAM_CALL(f, xUnfetch, at, p);
}

static const sqlite3_io_methods SEAM_METHODS = {
    3,             seam_close,     seam_read,     seam_write,       seam_truncate,
    seam_sync,     seam_size,      seam_lock,     seam_unlock,      seam_reserved,
    seam_control,  seam_sector,    seam_traits,   seam_shm_map,     seam_shm_lock,
    seam_shm_barrier, seam_shm_unmap, seam_fetch, seam_unfetch};

static sqlite3_vfs *seam_below;

static int seam_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct seam_file *f = (struct seam_file *)file;
    int rc;
    (void)vfs;
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)))
        return seam_below->xOpen(seam_below, name, file, flags, out);
    *f = (struct seam_file){.real = (sqlite3_file *)(f + 1)};
    f->of = flags & SQLITE_OPEN_WAL            ? SEAM_LOG
            : flags & SQLITE_OPEN_MAIN_JOURNAL ? SEAM_JOURNAL
                                               : SEAM_MAIN;
    rc = seam_below->xOpen(seam_below, name, f->real, flags, out);
    if (f->real->pMethods)
        f->base.pMethods = &SEAM_METHODS;
    return rc;
}

static int seam_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    bool log = strstr(name, "-wal") != NULL, journal = strstr(name, "-journal") != NULL;
    const struct seam_operation op = {SEAM_DELETE, log ? SEAM_LOG : SEAM_JOURNAL, NULL, 0, 0};
    int rc = seam_hook && (log || journal) ? seam_hook(&op) : SQLITE_OK;
    (void)vfs;
    return rc ? rc : seam_below->xDelete(seam_below, name, sync);
}

/* Before the first store is opened. */
static inline void seam_register(void)
{
    static sqlite3_vfs seam;
    seam_below = sqlite3_vfs_find(NULL);
    seam = *seam_below;
    seam.zName = "seam";
    seam.pNext = NULL;
    seam.szOsFile = (int)sizeof(struct seam_file) + seam_below->szOsFile;
    seam.xOpen = seam_open;
    seam.xDelete = seam_delete;
    sqlite3_vfs_register(&seam, 1);
}

#endif
