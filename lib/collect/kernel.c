/* kernel.c - see kernel.h.
 *
 * A file of /proc is a program that runs when it is read, and its length is not known before: it is
 * read from offset 0 until a read returns nothing, since seq_file hands out its text in pieces that
 * end at a line, not where our buffer does.  Staying open saves the path walk, the larger part of
 * the cost of a small file.
 *
 * A file longer than FILE_MOST is taken as unreadable: a text that was cut could end in the middle
 * of a number. */
#include "collect/kernel.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    READ_SIZE = 4096,
    FILE_MOST = 8 << 20, /* bytes; /proc/mounts of a busy container host stays below 2 MiB */
};

struct pt_kernel_file {
    struct pt_kernel_file *next;
    struct pt_kernel *kernel;
    char *path;
    int fd;
    uint64_t round; /* in which text was read; 0: never */
    struct pt_buf text;
};

struct pt_kernel {
    int dir;
    char *root;
    uint64_t round;
    struct pt_kernel_file *files;
};

int pt_kernel_open(struct pt_kernel **out, const char *root, struct pt_err *err)
{
    const char *dir = root ? root : "/";
    size_t n = strlen(dir);
    int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return pt_err_sys(err, "cannot open the root directory \"%s\"", dir);
    while (n && dir[n - 1] == '/')
        n--;
    *out = pt_mem_alloc(sizeof **out);
    **out = (struct pt_kernel){.dir = fd, .root = pt_mem_strndup(dir, n), .round = 1};
    return 0;
}

void pt_kernel_close(struct pt_kernel *k)
{
    if (!k)
        return;
    for (struct pt_kernel_file *f = k->files, *next; f; f = next) {
        next = f->next;
        close(f->fd);
        pt_buf_release(&f->text);
        free(f->path);
        free(f);
    }
    close(k->dir);
    free(k->root);
    free(k);
}

const char *pt_kernel_root(const struct pt_kernel *k)
{
    return k->root;
}

void pt_kernel_next_round(struct pt_kernel *k)
{
    k->round++;
}

struct pt_kernel_file *pt_kernel_file(struct pt_kernel *k, const char *path)
{
    struct pt_kernel_file *f = k->files;
    int fd;
    while (f && strcmp(f->path, path) != 0)
        f = f->next;
    if (!f) {
        fd = openat(k->dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
            return NULL;
        f = pt_mem_alloc(sizeof *f);
        *f = (struct pt_kernel_file){k->files, k, pt_mem_strdup(path), fd, 0, {0}};
        k->files = f;
    }
    return pt_kernel_read(f).n ? f : NULL;
}

struct pt_kernel_file *pt_kernel_process_file(struct pt_kernel *k, const char *name)
{
    static const char *const DIRS[] = {"proc/1/", "proc/self/", "proc/"};
    struct pt_kernel_file *f = NULL;
    struct pt_buf path = {0};
    for (size_t i = k->root[0] ? 0 : 1; i < sizeof DIRS / sizeof *DIRS && !f; i++) {
        pt_buf_clear(&path);
        pt_buf_puts(&path, DIRS[i]);
        pt_buf_puts(&path, name);
        f = pt_kernel_file(k, path.p);
    }
    pt_buf_release(&path);
    return f;
}

static ssize_t read_at(int fd, char *to, size_t n, size_t offset)
{
    ssize_t got;
    do
        got = pread(fd, to, n, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

static int read_whole(int fd, struct pt_buf *b)
{
    ssize_t got;
    pt_buf_clear(b);
    do {
        char *to = pt_buf_reserve(b, READ_SIZE);
        got = read_at(fd, to, b->cap - b->n - 1, b->n);
        if (got < 0)
            return -1;
        b->n += (size_t)got;
    } while (got > 0 && b->n <= FILE_MOST);
    return got > 0 ? -1 : 0;
}

struct pt_str pt_kernel_read(struct pt_kernel_file *f)
{
    if (f->round != f->kernel->round) {
        f->round = f->kernel->round;
        if (read_whole(f->fd, &f->text) != 0)
            pt_buf_clear(&f->text);
    }
    return pt_buf_view(&f->text);
}

bool pt_kernel_changed(const struct pt_kernel_file *f)
{
    struct pollfd p = {.fd = f->fd, .events = POLLPRI};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLPRI | POLLERR)) != 0;
}

bool pt_kernel_has(const struct pt_kernel *k, const char *dir, struct pt_str name)
{
    struct pt_buf path = {0};
    size_t at;
    bool found;
    pt_buf_puts(&path, dir);
    pt_buf_putc(&path, '/');
    at = path.n;
    pt_buf_str(&path, name);
    for (; at < path.n; at++)
        if (path.p[at] == '/')
            path.p[at] = '!';
    found = faccessat(k->dir, path.p, F_OK, 0) == 0;
    pt_buf_release(&path);
    return found;
}
