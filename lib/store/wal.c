/* wal.c - see wal.h. */
#include "store/wal.h"

#include "base/buf.h"
#include "base/mem.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD = 32,  /* bytes of the log's head */
    FRAME = 24, /* ... and of a frame's */
    MAGIC = 0x377f0682, /* with the lowest bit: sums of big-endian words */
    PAGE_LEAST = 512,
    PAGE_MOST = 65536,
    LOST_ALL = 2 /* commits, at least */
};

static uint32_t get(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return be32toh(v);
}

struct sum {
    uint32_t a, b;
};

static struct sum add(struct sum s, bool big, const unsigned char *p, size_t n)
{
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t w[2];
        memcpy(w, p, sizeof w);
        s.a += (big ? be32toh(w[0]) : le32toh(w[0])) + s.b;
        s.b += (big ? be32toh(w[1]) : le32toh(w[1])) + s.a;
    }
    return s;
}

static const unsigned char *frame_at(const struct pt_wal *w, uint32_t i)
{
    return w->bytes + HEAD + (size_t)i * (FRAME + w->page);
}

uint32_t pt_wal_frame(const struct pt_wal *w, uint32_t i, const unsigned char **page)
{
    *page = frame_at(w, i) + FRAME;
    return get(frame_at(w, i));
}

static bool of_this_log(const struct pt_wal *w, uint32_t i)
{
    return memcmp(frame_at(w, i) + 8, w->bytes + 16, 8) == 0;
}

static bool commits(const struct pt_wal *w, uint32_t i)
{
    return get(frame_at(w, i) + 4) != 0;
}

/* Where a sector may be torn, SQLite repeats a commit's last frame up to the sector's end. */
static bool fills_up(const struct pt_wal *w, uint32_t i)
{
    return of_this_log(w, i - 1) && memcmp(frame_at(w, i), frame_at(w, i - 1), 8) == 0;
}

/* The first frames of a log that was begun anew over an older, longer one have its salts; what is
 * behind them does not. */
static void scan(struct pt_wal *w, struct sum sum, bool big)
{
    uint32_t i, all = (uint32_t)((w->n - HEAD) / (FRAME + w->page));
    for (i = 0; i < all && of_this_log(w, i) && get(frame_at(w, i)) != 0; i++) {
        const unsigned char *f = frame_at(w, i);
        sum = add(add(sum, big, f, 8), big, f + FRAME, w->page);
        if (sum.a != get(f + 16) || sum.b != get(f + 20))
            break;
        if (commits(w, i)) {
            w->frames = i + 1;
            w->pages = get(f + 4);
        }
    }
    for (; i < all; i++)
        w->lost += of_this_log(w, i) && commits(w, i) && !(i > 0 && fills_up(w, i));
}

static void read_log(struct pt_wal *w)
{
    const unsigned char *p = w->bytes;
    struct sum sum = {0, 0};
    bool big = get(p) & 1;
    uint32_t page = get(p + 8);
    sum = add(sum, big, p, 24);
    if ((get(p) & ~1u) != MAGIC || page < PAGE_LEAST || page > PAGE_MOST || (page & (page - 1)) ||
        sum.a != get(p + 24) || sum.b != get(p + 28)) {
        w->lost = w->n > HEAD ? LOST_ALL : 0;
        return;
    }
    w->page = page;
    scan(w, sum, big);
}

/* Read, not mapped: programs beside this one may cut the log short at any moment. */
static int load(struct pt_wal *w, int fd, const char *name, struct pt_err *err)
{
    struct stat st;
    ssize_t got;
    if (fstat(fd, &st) != 0)
        return pt_err_sys(err, "cannot read \"%s\"", name);
    w->bytes = pt_mem_alloc((size_t)st.st_size + 1);
    while (w->n < (size_t)st.st_size &&
           (got = pread(fd, w->bytes + w->n, (size_t)st.st_size - w->n, (off_t)w->n)) != 0) {
        if (got < 0)
            return pt_err_sys(err, "cannot read \"%s\"", name);
        w->n += (size_t)got;
    }
    if (w->n >= HEAD)
        read_log(w);
    return 0;
}

int pt_wal_open(struct pt_wal *out, const char *path, struct pt_err *err)
{
    struct pt_buf name = {0};
    int fd, rc = 0;
    *out = (struct pt_wal){0};
    pt_buf_printf(&name, "%s-wal", path);
    fd = open(name.p, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        rc = load(out, fd, name.p, err);
        close(fd);
    } else if (errno != ENOENT) {
        rc = pt_err_sys(err, "cannot read \"%s\"", name.p);
    }
    pt_buf_release(&name);
    return rc;
}

void pt_wal_close(struct pt_wal *w)
{
    free(w->bytes);
    *w = (struct pt_wal){0};
}
