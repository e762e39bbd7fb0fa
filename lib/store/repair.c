/* repair.c - keep.h: a new store from what is left of a damaged one.
 *
 * Bad pages may be damaged, or written by a program that knows no page checksums.  When trusting
 * them gives a store in which everything else agrees, and as many points and documents as were
 * stored, it is the latter; else they are not trusted.
 *
 * The new one is made under a name of its own beside the old, in one transaction, and verified;
 * only then does it take the old one's place.  The old file is locked meanwhile, as SQLite locks
 * it, so that no program writes into what is being replaced. */
#include "store/salvage.h"

#include "base/buf.h"
#include "base/time.h"
#include "store/db.h"
#include "store/schema.h"
#include "store/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SQLITE_LOCKS = 0x40000000, SQLITE_LOCKS_BYTES = 512 }; /* where SQLite locks a file */

/* --- files ----------------------------------------------------------------------------------- */

static struct pt_buf beside(const char *path, const char *end)
{
    struct pt_buf b = {0};
    pt_buf_printf(&b, "%s%s", path, end);
    return b;
}

/* The descriptor that holds it, or -1.  For reading too: then others may still read. */
static int lock_old(const char *path, struct pt_err *err)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SQLITE_LOCKS,
                      .l_len = SQLITE_LOCKS_BYTES};
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && (errno == EACCES || errno == EROFS)) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        l.l_type = F_RDLCK;
    }
    if (fd < 0) {
        pt_err_sys(err, "cannot open the store \"%s\"", path);
        return -1;
    }
    if (fcntl(fd, F_OFD_SETLK, &l) == 0)
        return fd;
    close(fd);
    pt_err_set(err, PT_SYSTEM, "%s: another program has it open; end it and run this again", path);
    return -1;
}

/* Nothing that is there is overwritten. */
static int make_new(const char *path, struct pt_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return pt_err_set(err, PT_SYSTEM, "\"%s\" is there already, maybe from a repair that was "
                                          "interrupted; remove it, or move it away", path);
    if (fd < 0)
        return pt_err_sys(err, "cannot make \"%s\"", path);
    close(fd);
    return 0;
}

static void remove_new(const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        struct pt_buf b = beside(path, ENDS[i]);
        unlink(b.p);
        pt_buf_release(&b);
    }
}

static int sync_path(const char *path, struct pt_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = fd < 0 ? -1 : fsync(fd);
    if (rc != 0)
        pt_err_sys(err, "cannot sync \"%s\"", path);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int sync_directory(const char *path, struct pt_err *err)
{
    struct pt_buf b = beside(path, "");
    int rc = sync_path(dirname(b.p), err);
    pt_buf_release(&b);
    return rc;
}

static bool earlier(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/* Whether the log that was put away is still all that the file lacks: no other has come in its place,
 * and nothing has been written into the file since. */
static bool belongs(const struct stat *file, const char *kept_wal, const char *wal)
{
    struct stat log;
    return stat(kept_wal, &log) != 0 ||
           (access(wal, F_OK) != 0 && !earlier(log.st_ctim, file->st_mtim));
}

/* A run that ended between the two names of a file, which may be this one, left it without its log:
 * both go back, or the next to open the store would miss commits. */
static int undo_replacing(const char *path, struct pt_err *err)
{
    struct pt_buf kept = beside(path, ".damaged"), wal = beside(path, "-wal");
    struct pt_buf kept_wal = beside(path, ".damaged-wal");
    struct stat a, b;
    int rc = 0;
    if (stat(path, &a) == 0 && stat(kept.p, &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino && belongs(&a, kept_wal.p, wal.p) &&
        ((rename(kept_wal.p, wal.p) != 0 && errno != ENOENT) || unlink(kept.p) != 0))
        rc = pt_err_sys(err, "cannot give \"%s\" its log \"%s\" back", path, kept_wal.p);
    pt_buf_release(&kept);
    pt_buf_release(&wal);
    pt_buf_release(&kept_wal);
    return rc;
}

/* The old file gets a second name, then the new one takes its first: at no time is there none. */
static int replace(const char *path, const char *made, struct pt_err *err)
{
    struct pt_buf kept = beside(path, ".damaged"), wal = beside(path, "-wal");
    struct pt_buf kept_wal = beside(path, ".damaged-wal"), shm = beside(path, "-shm");
    struct stat st;
    int rc = stat(path, &st);
    if (rc == 0 && (chmod(made, st.st_mode & 0666) != 0 ||
                    (geteuid() == 0 && chown(made, st.st_uid, st.st_gid) != 0)))
        rc = -1;
    if (rc == 0)
        rc = link(path, kept.p);
    if (rc == 0 && rename(wal.p, kept_wal.p) != 0 && errno != ENOENT)
        rc = -1;
    if (rc == 0 && unlink(shm.p) != 0 && errno != ENOENT)
        rc = -1;
    if (rc != 0 || rename(made, path) != 0) {
        struct pt_err ignored = {0};
        rc = pt_err_sys(err, "cannot put the repaired store in the place of \"%s\", or keep it as "
                             "\"%s\"", path, kept.p);
        undo_replacing(path, &ignored);
    }
    pt_buf_release(&kept);
    pt_buf_release(&kept_wal);
    pt_buf_release(&wal);
    pt_buf_release(&shm);
    return rc == 0 ? sync_directory(path, err) : -1;
}

/* --- the whole ------------------------------------------------------------------------------- */

static void tell_of_log(struct pt_salvage *v)
{
    uint32_t lost = pt_image_counts(v->image)->lost_commits;
    char message[160];
    if (!lost)
        return;
    snprintf(message, sizeof message,
             "the last %u commits: the write-ahead log is damaged before them%s", lost,
             lost == 1 ? ", or the power failed while this one was written" : "");
    pt_salvage_lost(v, &(struct pt_loss){.what = "log", .name = "", .tags = "", .n = lost,
                                         .since = PT_TIME_MIN, .until = PT_TIME_MIN,
                                         .message = message});
}

static int fill(struct pt_salvage *v, struct pt_err *err)
{
    if (pt_db_begin(v->to, err) != 0)
        return -1;
    tell_of_log(v);
    if (pt_salvage_rows(v, err) != 0 || pt_salvage_settle(v, err) != 0 ||
        pt_db_commit(v->to, err) != 0) {
        pt_db_rollback(v->to);
        return -1;
    }
    return 0;
}

static void first_problem(void *ctx, const char *text)
{
    pt_err_set(ctx, PT_SYSTEM, "what could be read makes no sound store: %s", text);
}

static int count_stored(struct pt_store *s, struct pt_repair_result *out, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT coalesce(sum(points), 0), coalesce(sum(documents), 0) FROM batch";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt || pt_db_step(s, stmt, err) != 1)
        return -1;
    out->points = (uint64_t)sqlite3_column_int64(stmt, 0);
    out->documents = (uint64_t)sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
    return pt_store_totals(s, &out->kept, err);
}

/* Of a page that cannot be read nobody knows what stood on it, but the batches know how many there
 * were in all. */
static void tell_of_rest(struct pt_salvage *v, const char *what, uint64_t stored, uint64_t kept,
                         uint64_t told)
{
    char message[160];
    uint64_t rest = stored > kept + told ? stored - kept - told : 0;
    if (!v->losses || !rest)
        return;
    snprintf(message, sizeof message, "%llu %s%s that stood on pages which cannot be read",
             (unsigned long long)rest, told ? "further " : "", what);
    pt_salvage_lost(v, &(struct pt_loss){.what = what, .name = "", .tags = "", .n = rest,
                                         .since = PT_TIME_MIN, .until = PT_TIME_MIN,
                                         .message = message});
}

static void tell_of_rests(struct pt_salvage *v, const struct pt_repair_result *r)
{
    tell_of_rest(v, "points", r->points, r->kept.points, v->lost_points);
    tell_of_rest(v, "documents", r->documents, r->kept.documents, v->lost_documents);
}

/* Fills the new file; nothing else is changed. */
static int build(struct pt_salvage *v, const char *made, struct pt_repair_result *out,
                 struct pt_err *err)
{
    struct pt_verify_result sound;
    int rc;
    if (make_new(made, err) != 0)
        return -1;
    if (pt_store_open(&v->to, made, PT_STORE_CREATE, err) != 0) {
        remove_new(made);
        return -1;
    }
    rc = fill(v, err);
    if (rc == 0) /* rows went in as their old pages lay: now in order, on full pages */
        rc = pt_db_exec(v->to, "VACUUM", err);
    if (rc == 0)
        rc = pt_store_verify(v->to, first_problem, err, &sound, err);
    if (rc == 0)
        rc = err->code ? -1 : count_stored(v->to, out, err);
    if (rc == 0 && v->losses && out->kept.series == 0 && out->kept.documents == 0)
        rc = pt_err_set(err, PT_SYSTEM, "nothing of the store can be read; it stays as it is");
    if (rc == 0)
        tell_of_rests(v, out);
    pt_store_close(v->to);
    if (rc != 0)
        remove_new(made);
    out->losses = v->losses;
    out->bad = pt_image_counts(v->image)->bad;
    return rc;
}

static void on_trial(void *ctx, const struct pt_loss *loss)
{
    (void)ctx;
    (void)loss;
}

/* Whether the bad pages are but written by another program. */
static bool trustworthy(struct pt_image *image, const char *made)
{
    const struct pt_repair quiet = {.lost = on_trial};
    struct pt_salvage v = {.image = image, .how = &quiet, .trust = true};
    struct pt_repair_result r = {0};
    struct pt_err ignored = {0};
    if (access(made, F_OK) == 0 || build(&v, made, &r, &ignored) != 0)
        return false;
    remove_new(made);
    return v.losses == v.doubts && r.kept.points == r.points && r.kept.documents == r.documents;
}

static int repair_into(const char *path, const char *made, const struct pt_repair *how,
                       struct pt_repair_result *out, struct pt_err *err)
{
    struct pt_salvage v = {.how = how};
    int rc;
    if (pt_image_open(&v.image, path, PT_SCHEMA_PAGE, err) != 0)
        return -1;
    out->pages = pt_image_counts(v.image)->pages;
    out->mended = pt_image_counts(v.image)->mended;
    v.trust = pt_image_counts(v.image)->bad && trustworthy(v.image, made);
    rc = build(&v, made, out, err);
    if (rc == 0 && how->dry_run)
        remove_new(made);
    pt_image_close(v.image);
    return rc;
}

int pt_store_repair(const char *path, const struct pt_repair *how, struct pt_repair_result *out,
                    struct pt_err *err)
{
    char *real = realpath(path, NULL);
    struct pt_buf made = {0}, kept = {0};
    int rc = -1, fd = -1;
    *out = (struct pt_repair_result){0};
    if (!real)
        return pt_err_sys(err, "cannot open the store \"%s\"", path);
    made = how->output && !how->dry_run ? beside(how->output, "") : beside(real, ".repaired");
    kept = beside(real, ".damaged");
    if ((fd = lock_old(real, err)) >= 0)
        rc = undo_replacing(real, err);
    if (rc == 0 && !how->output && !how->dry_run && access(kept.p, F_OK) == 0)
        rc = pt_err_set(err, PT_SYSTEM,
                        "\"%s\" is there already, from an earlier repair; move it away", kept.p);
    if (rc == 0)
        rc = repair_into(real, made.p, how, out, err);
    if (rc == 0 && !how->dry_run)
        rc = how->output ? sync_directory(made.p, err) : replace(real, made.p, err);
    if (fd >= 0)
        close(fd);
    pt_buf_release(&made);
    pt_buf_release(&kept);
    free(real);
    return rc;
}
