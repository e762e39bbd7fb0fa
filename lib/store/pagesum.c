/* pagesum.c - see pagesum.h.
 *
 * The layer stands between SQLite and its default VFS.  It has something to do for the main file
 * only, and there only when a whole page is written: the page is copied, for SQLite's is const, and
 * the copy's last bytes are set.  Everything else is handed on, so shared memory, locks and mmap
 * are as without it.
 *
 * Whether a file has room for sums is in its header.  That can change when another program vacuums
 * it, so it is looked at when the file is opened, before each checkpoint, and when page 1 is
 * written, which a checkpoint does before any other page.
 *
 * Rejected: SQLite's own cksumvfs.  Its sum is a Fletcher sum over two 32-bit words, slower and
 * weaker; it does without mmap; and it also reads what has no sums as if it had. */
#include "store/pagesum.h"

#include "base/hash.h"
#include "base/mem.h"

#include <endian.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HEADER = 100,         /* bytes of a database's header that are looked at */
    PAGE_LEAST = 512,     /* bytes of a page */
    PAGE_MOST = 65536,
    READ_AT_ONCE = 1 << 20,
    LOOKS = 3,            /* at a page that may be being written ... */
    LOOK_WAIT_NS = 500000
};

/* --- sums ------------------------------------------------------------------------------------ */

static uint64_t stored_sum(const void *page, size_t size)
{
    uint64_t sum;
    memcpy(&sum, (const char *)page + size - sizeof sum, sizeof sum);
    return le64toh(sum);
}

static void store_sum(void *page, size_t size, uint64_t sum)
{
    sum = htole64(sum);
    memcpy((char *)page + size - sizeof sum, &sum, sizeof sum);
}

static bool zeroes(const unsigned char *p, size_t n)
{
    return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

enum pt_pagesum pt_pagesum_check(const void *page, size_t size, uint32_t number)
{
    if (pt_hash_page(page, size, number) == stored_sum(page, size))
        return PT_PAGESUM_GOOD;
    return zeroes(page, size) ? PT_PAGESUM_UNWRITTEN : PT_PAGESUM_BAD;
}

bool pt_pagesum_mend(void *page, size_t size, uint32_t number)
{
    uint64_t is = pt_hash_page(page, size, number), want = stored_sum(page, size);
    for (int byte = 0; byte < 8; byte++)
        if (((is ^ want) & ~(UINT64_C(0xFF) << (8 * byte))) == 0) {
            store_sum(page, size, is);
            return true;
        }
    return pt_hash_mend(page, size, number, want);
}

uint32_t pt_pagesum_page_size(const unsigned char header[100], uint32_t *reserved)
{
    uint32_t size = (uint32_t)header[16] << 8 | header[17];
    if (size == 1)
        size = PAGE_MOST;
    if (memcmp(header, "SQLite format 3", 16) != 0 || size < PAGE_LEAST || (size & (size - 1)))
        return 0;
    *reserved = header[20];
    return size;
}

/* --- the layer: one file --------------------------------------------------------------------- */

struct file {
    sqlite3_file base;
    uint32_t page;       /* size of pages that get sums; 0: none do */
    unsigned char *copy; /* of a page, made when the first is written */
    sqlite3_file *real;  /* stands behind this struct */
};

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct file *)f)->real;
}

static void learn(struct file *f, const unsigned char header[HEADER])
{
    uint32_t reserved = 0, page = pt_pagesum_page_size(header, &reserved);
    f->page = reserved == PT_PAGESUM_BYTES ? page : 0;
}

static void look_at_header(struct file *f)
{
    unsigned char header[HEADER];
    if (f->real->pMethods->xRead(f->real, header, HEADER, 0) == SQLITE_OK)
        learn(f, header);
}

static int file_close(sqlite3_file *file)
{
    free(((struct file *)file)->copy);
    return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    return real(file)->pMethods->xRead(real(file), to, n, at);
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    struct file *f = (struct file *)file;
    size_t size = (size_t)n;
    if (at == 0 && n >= PAGE_LEAST)
        learn(f, from);
    if (f->page != size || at % n != 0)
        return f->real->pMethods->xWrite(f->real, from, n, at);
    if (!f->copy)
        f->copy = pt_mem_alloc(PAGE_MOST);
    memcpy(f->copy, from, size);
    store_sum(f->copy, size, pt_hash_page(f->copy, size, (uint64_t)(at / n) + 1));
    return f->real->pMethods->xWrite(f->real, f->copy, n, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    return real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int lock)
{
    return real(file)->pMethods->xLock(real(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
    return real(file)->pMethods->xUnlock(real(file), lock);
}

static int file_reserved(sqlite3_file *file, int *yes)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), yes);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    if (op == SQLITE_FCNTL_CKPT_START)
        look_at_header((struct file *)file);
    return real(file)->pMethods->xFileControl(real(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

static int file_fetch(sqlite3_file *file, sqlite3_int64 at, int n, void **out)
{
    return real(file)->pMethods->xFetch(real(file), at, n, out);
}

static int file_unfetch(sqlite3_file *file, sqlite3_int64 at, void *p)
{
    return real(file)->pMethods->xUnfetch(real(file), at, p);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
    .xFetch = file_fetch,
    .xUnfetch = file_unfetch,
};

/* --- the layer: all files -------------------------------------------------------------------- */

static sqlite3_vfs layer;
static bool registered;

static sqlite3_vfs *below(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct file *f = (struct file *)file;
    int rc;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return below(vfs)->xOpen(below(vfs), name, file, flags, out);
    *f = (struct file){.real = (sqlite3_file *)(f + 1)};
    rc = below(vfs)->xOpen(below(vfs), name, f->real, flags, out);
    if (f->real->pMethods)
        f->base.pMethods = &METHODS; /* then SQLite closes it, failed or not */
    if (rc == SQLITE_OK)
        look_at_header(f);
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    return below(vfs)->xDelete(below(vfs), name, sync);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    return below(vfs)->xAccess(below(vfs), name, flags, out);
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    return below(vfs)->xFullPathname(below(vfs), name, n, out);
}

/* The rest of the default's functions do without their first argument. */
static void register_layer(void)
{
    sqlite3_vfs *base;
    /* Counting memory takes a lock for each allocation, and two connections then work as one. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    base = sqlite3_vfs_find(NULL);
    if (!base)
        return;
    layer = *base;
    layer.zName = "pt-pagesum";
    layer.pNext = NULL;
    layer.pAppData = base;
    layer.szOsFile = (int)sizeof(struct file) + base->szOsFile;
    layer.xOpen = vfs_open;
    layer.xDelete = vfs_delete;
    layer.xAccess = vfs_access;
    layer.xFullPathname = vfs_full_name;
    registered = sqlite3_vfs_register(&layer, 0) == SQLITE_OK;
}

const char *pt_pagesum_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_layer);
    return registered ? layer.zName : NULL;
}

/* --- reading all pages ----------------------------------------------------------------------- */

/* A page that is being written may be seen half new; so a bad one is looked at again. */
static bool stays_bad(sqlite3_file *f, unsigned char *page, uint32_t size, uint32_t number)
{
    const struct timespec wait = {0, LOOK_WAIT_NS};
    for (int i = 0; i < LOOKS; i++, nanosleep(&wait, NULL)) {
        int rc = f->pMethods->xRead(f, page, (int)size, (sqlite3_int64)(number - 1) * size);
        if (rc == SQLITE_IOERR_SHORT_READ) /* the file has become shorter */
            return false;
        if (rc == SQLITE_OK && pt_pagesum_check(page, size, number) != PT_PAGESUM_BAD)
            return false;
    }
    return true;
}

static int read_pages(struct pt_store *s, sqlite3_file *f, uint32_t size, uint32_t pages,
                      void (*each)(void *ctx, uint32_t page), void *ctx, struct pt_err *err)
{
    unsigned char *buf = pt_mem_alloc(READ_AT_ONCE), *again = pt_mem_alloc(PAGE_MOST);
    uint32_t at_once = READ_AT_ONCE / size;
    int rc = SQLITE_OK;
    for (uint32_t at = 0; at < pages && rc == SQLITE_OK; at += at_once) {
        uint32_t n = pages - at < at_once ? pages - at : at_once;
        rc = f->pMethods->xRead(f, buf, (int)(n * size), (sqlite3_int64)at * size);
        if (rc == SQLITE_IOERR_SHORT_READ) /* the rest is zero: the file has become shorter */
            rc = SQLITE_OK;
        for (uint32_t i = 0; i < n && rc == SQLITE_OK; i++)
            if (pt_pagesum_check(buf + (size_t)i * size, size, at + i + 1) == PT_PAGESUM_BAD &&
                stays_bad(f, again, size, at + i + 1))
                each(ctx, at + i + 1);
    }
    free(buf);
    free(again);
    return rc == SQLITE_OK ? 0
                           : pt_err_set(err, PT_SYSTEM, "%s: input/output error; check the disk",
                                        s->path);
}

int pt_pagesum_each_bad(struct pt_store *s, void (*each)(void *ctx, uint32_t page), void *ctx,
                        uint32_t *pages, uint32_t *reserved, uint32_t *rest, struct pt_err *err)
{
    unsigned char header[HEADER];
    sqlite3_int64 bytes = 0;
    sqlite3_file *f = NULL;
    uint32_t size;
    *pages = *reserved = *rest = 0;
    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK ||
        f->pMethods->xFileSize(f, &bytes) != SQLITE_OK)
        return pt_db_fail(s, err);
    if (bytes == 0) /* all of it is in the log */
        return *reserved = PT_PAGESUM_BYTES, 0;
    if (f->pMethods->xRead(f, header, HEADER, 0) != SQLITE_OK ||
        (size = pt_pagesum_page_size(header, reserved)) == 0)
        return pt_err_set(err, PT_SYSTEM, "%s: its header is damaged; run pt-archive repair",
                          s->path);
    *pages = (uint32_t)(bytes / size);
    *rest = (uint32_t)(bytes % size);
    if (*reserved != PT_PAGESUM_BYTES)
        return 0;
    return read_pages(s, f, size, *pages, each, ctx, err);
}
