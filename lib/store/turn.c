/* turn.c - see turn.h.
 *
 * The lock is one of an open file description (fcntl_locking(2)): it holds between threads, too,
 * and unlike those of processes it does not go when some other descriptor of the file is closed.
 * It must not be on the database itself, where SQLite has locks of the latter kind, which closing
 * our descriptor would drop.
 *
 * Removing the file when the last writer closes could leave two lines, one in front of the file
 * that is gone; so whoever gets the lock looks whether the file is still there, and else makes it
 * anew. */
#include "store/turn.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ASK_FAST = 50, FAST_NS = 200000, SLOW_NS = 2000000 }; /* 10 ms of fast asking */

static void lock_name(const struct pt_store *s, struct pt_buf *out)
{
    const char *real = sqlite3_db_filename(s->db, "main"); /* symbolic links followed */
    pt_buf_printf(out, "%s-lock", real && real[0] ? real : s->path);
}

/* A new one is open to whoever may write to the store; one that is there is left as it is. */
static int open_lock(const struct pt_store *s)
{
    struct pt_buf name = {0};
    struct stat st;
    int fd;
    lock_name(s, &name);
    fd = open(name.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        fd = open(name.p, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    } else if (fd >= 0 && stat(s->path, &st) == 0) {
        bool ours = st.st_uid == geteuid() || fchown(fd, st.st_uid, st.st_gid) == 0;
        if (ours && fchmod(fd, st.st_mode & 0666) != 0)
            errno = 0; /* then some of its users stand in no line */
    }
    pt_buf_release(&name);
    return fd;
}

void pt_turn_open(struct pt_store *s)
{
    s->turn = open_lock(s);
}

static int lock(int fd, int command, short type)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET};
    int rc;
    do
        rc = fcntl(fd, command, &l);
    while (rc != 0 && errno == EINTR && command == F_OFD_SETLKW);
    return rc;
}

void pt_turn_close(struct pt_store *s)
{
    struct pt_buf name = {0};
    struct stat st;
    if (s->turn < 0)
        return;
    if (lock(s->turn, F_OFD_SETLK, F_WRLCK) == 0 && fstat(s->turn, &st) == 0 && st.st_nlink) {
        lock_name(s, &name);
        unlink(name.p);
        pt_buf_release(&name);
    }
    close(s->turn);
    s->turn = -1;
}

static void stand_in_line(struct pt_store *s)
{
    struct stat st;
    while (s->turn >= 0 && lock(s->turn, F_OFD_SETLKW, F_WRLCK) == 0 &&
           fstat(s->turn, &st) == 0 && st.st_nlink == 0) {
        close(s->turn);
        s->turn = open_lock(s);
    }
}

static void leave_line(struct pt_store *s)
{
    if (s->turn >= 0)
        lock(s->turn, F_OFD_SETLK, F_UNLCK);
}

int pt_turn_busy(void *ctx, int asked)
{
    const struct timespec wait = {0, asked < ASK_FAST ? FAST_NS : SLOW_NS};
    int64_t waited_ns = asked < ASK_FAST
                            ? (int64_t)asked * FAST_NS
                            : (int64_t)ASK_FAST * FAST_NS + (int64_t)(asked - ASK_FAST) * SLOW_NS;
    (void)ctx;
    if (waited_ns >= (int64_t)PT_TURN_WAIT_MS * 1000000)
        return 0;
    nanosleep(&wait, NULL);
    return 1;
}

int pt_db_begin(struct pt_store *s, struct pt_err *err)
{
    int rc;
    stand_in_line(s);
    rc = pt_db_exec(s, "BEGIN IMMEDIATE", err);
    leave_line(s);
    return rc;
}

int pt_db_commit(struct pt_store *s, struct pt_err *err)
{
    return pt_db_exec(s, "COMMIT", err);
}

void pt_db_rollback(struct pt_store *s)
{
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}
