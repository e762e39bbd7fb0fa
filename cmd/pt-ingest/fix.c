/* fix.c - see fix.h.
 *
 * The bytes stand in a file in memory, so that a command which does not read them, or reads them
 * only after it has printed much, cannot keep us waiting. */
#include "fix.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int file_of(struct pt_str bytes, struct pt_err *err)
{
    int fd = memfd_create("reject", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < bytes.n) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        if (n <= 0) {
            close(fd);
            fd = -1;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
        return pt_err_sys(err, "cannot hold a line for the command");
    return fd;
}

static void set_text(const char *name, struct pt_str text)
{
    char value[1024];
    size_t n = text.n < sizeof value ? text.n : sizeof value - 1;
    if (n)
        memcpy(value, text.p, n);
    value[n] = '\0';
    setenv(name, value, 1);
}

static void set_number(const char *name, uint64_t number)
{
    char value[32];
    snprintf(value, sizeof value, "%llu", (unsigned long long)number);
    setenv(name, value, 1);
}

/* In the child: becomes the command. */
static void become(const char *command, const struct pt_reject_row *row, int in, int out)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    set_number("PT_REJECT_ID", (uint64_t)row->id);
    set_number("PT_REJECT_LINE", row->line);
    set_text("PT_REJECT_SOURCE", row->source);
    set_text("PT_REJECT_FAULT", row->fault);
    set_text("PT_REJECT_REASON", row->reason);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
}

/* All that comes, up to what a line may have. */
static int read_all(int fd, struct pt_buf *out, struct pt_err *err)
{
    enum { BLOCK = 64 * 1024 };
    for (;;) {
        ssize_t n = read(fd, pt_buf_reserve(out, BLOCK), BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return pt_err_sys(err, "cannot read what the command prints");
        if (n == 0)
            return 0;
        out->n += (size_t)n;
        if (out->n > PT_LIMIT_LINE)
            return pt_err_set(err, PT_DATA, "the command prints more than %d bytes",
                              PT_LIMIT_LINE);
    }
}

static int wait_for(pid_t child, struct pt_err *err)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return pt_err_sys(err, "cannot wait for the command");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return pt_err_set(err, PT_DATA, "the command ended with %s %d",
                      WIFEXITED(status) ? "status" : "signal",
                      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

int ingest_fix(const char *command, const struct pt_reject_row *row, struct pt_buf *out,
               struct pt_err *err)
{
    int in = file_of(row->raw, err), ends[2], rc;
    pid_t child;
    if (in < 0)
        return -1;
    if (pipe(ends) != 0) {
        close(in);
        return pt_err_sys(err, "cannot make a pipe");
    }
    if ((child = fork()) == 0) {
        close(ends[0]);
        become(command, row, in, ends[1]);
        _exit(127); /* as a shell says that it cannot run something */
    }
    close(in);
    close(ends[1]);
    rc = child < 0 ? pt_err_sys(err, "cannot run the command") : read_all(ends[0], out, err);
    close(ends[0]);
    if (child > 0 && wait_for(child, err) != 0)
        rc = -1;
    return rc;
}
