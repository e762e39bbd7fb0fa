/* kill.c - preloaded into a program under test: dies or runs out of room at its n-th write.
 *
 * Every call that changes a file is counted: pwrite, write to a file, ftruncate, fsync, fdatasync,
 * unlink.  From the environment:
 *   KILL_AT=N      at the N-th of them (from 1) ...
 *   KILL_HOW=      before: SIGKILL, nothing was done; half: SIGKILL, half of the bytes were
 *                  written; after: SIGKILL when it was done; full: it and all further writes fail
 *                  with ENOSPC
 *   KILL_COUNT=F   their number goes to the file F at exit
 *   KILL_READ=N    read() delivers at most N bytes, so that a small input takes many reads
 *   KILL_TICK=NS   the monotonic clock goes on by so much whenever it is looked at, so that commits
 *                  which wait for a time come soon, and at the same places in every run
 * What is synchronised is not: a killed process loses nothing that the kernel has. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum how { BEFORE, HALF, AFTER, FULL };

static unsigned long calls, kill_at, read_most;
static long long tick, clock_now;
static enum how how;
static const char *count_file;

#define REAL(type, name, ...)                                     \
    static type (*real_##name)(__VA_ARGS__);                      \
    if (!real_##name)                                             \
        *(void **)&real_##name = dlsym(RTLD_NEXT, #name)

static unsigned long number(const char *name)
{
    const char *s = getenv(name);
    return s ? strtoul(s, NULL, 10) : 0;
}

__attribute__((constructor)) static void start(void)
{
    static const char *const HOWS[] = {"before", "half", "after", "full"};
    const char *s = getenv("KILL_HOW");
    for (int i = 0; s && i < 4; i++)
        if (strcmp(s, HOWS[i]) == 0)
            how = (enum how)i;
    kill_at = number("KILL_AT");
    read_most = number("KILL_READ");
    tick = (long long)number("KILL_TICK");
    count_file = getenv("KILL_COUNT");
}

__attribute__((destructor)) static void end(void)
{
    FILE *f = count_file ? fopen(count_file, "w") : NULL;
    if (f) {
        fprintf(f, "%lu\n", calls);
        fclose(f);
    }
}

/* Counts a call.  1: do it and die; 0: do it; -1: fail.  May not return. */
static int before(void)
{
    calls++;
    if (!kill_at || calls < kill_at)
        return 0;
    if (how == FULL) {
        errno = ENOSPC;
        return -1;
    }
    if (how == BEFORE)
        raise(SIGKILL);
    return 1;
}

static size_t part(int dying, size_t n)
{
    return dying && how == HALF ? n / 2 : n;
}

static void after(int dying)
{
    if (dying)
        raise(SIGKILL);
}

static int is_file(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    int dying = before();
    ssize_t rc = dying < 0 ? -1 : real_pwrite(fd, p, part(dying, n), at);
    after(dying > 0);
    return rc;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
    return pwrite(fd, p, n, at);
}

ssize_t write(int fd, const void *p, size_t n)
{
    REAL(ssize_t, write, int, const void *, size_t);
    int dying = is_file(fd) ? before() : 0;
    ssize_t rc = dying < 0 ? -1 : real_write(fd, p, part(dying, n));
    after(dying > 0);
    return rc;
}

int ftruncate(int fd, off_t n)
{
    REAL(int, ftruncate, int, off_t);
    int dying = before(), rc = dying < 0 ? -1 : real_ftruncate(fd, n);
    after(dying > 0);
    return rc;
}

int ftruncate64(int fd, off_t n)
{
    return ftruncate(fd, n);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    int dying = before(), rc = real_unlink(path);
    after(dying > 0);
    return rc;
}

int fsync(int fd)
{
    (void)fd;
    after(before() > 0);
    return 0;
}

int fdatasync(int fd)
{
    return fsync(fd);
}

ssize_t read(int fd, void *p, size_t n)
{
    REAL(ssize_t, read, int, void *, size_t);
    return real_read(fd, p, read_most && n > read_most ? read_most : n);
}

int clock_gettime(clockid_t id, struct timespec *out)
{
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    if (!tick || id != CLOCK_MONOTONIC)
        return real_clock_gettime(id, out);
    clock_now += tick;
    *out = (struct timespec){clock_now / 1000000000, clock_now % 1000000000};
    return 0;
}
