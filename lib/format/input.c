/* input.c - see input.h.
 *
 * One buffer holds [start, end) of bytes not delivered yet.  next() looks for a newline from `scan`
 * on, so no byte is searched twice; when there is none it moves the rest to the front and reads
 * more.  A line that outgrows the limit keeps its first `limit` bytes and drops the rest as it
 * comes.  gzip: compressed bytes are read into `packed` and inflated into the buffer; members that
 * follow one another are one stream, as gzip(1) has it. */
#include "format/input.h"

#include "base/mem.h"
#include "record/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BLOCK = 256 * 1024,    /* a read: it is to stay in the cache until its lines are taken */
    PIPE_BYTES = 1 << 20,  /* as much as anyone may ask for, unless the administrator says less */
    GZIP_WINDOW = 15 + 32, /* zlib: detect gzip or zlib */
    LONGEST_WAIT_MS = 500  /* a signal that came just before a wait is noticed after this */
};

struct pt_input {
    int fd;
    char *name;
    bool regular, eof, decided, gzip, member_open;
    char *buf;
    size_t start, scan, end, cap, most; /* most: of a line */
    bool overlong;
    uint64_t dropped; /* bytes of the overlong line that are gone already */
    uint64_t offset, number, reads;
    unsigned char *packed;
    z_stream z;
};

void pt_input_limit(struct pt_input *in, size_t most)
{
    in->most = most;
    in->buf = pt_mem_grow(in->buf, &in->cap, most + BLOCK, 1);
}

int pt_input_open(struct pt_input **out, const char *path, struct pt_err *err)
{
    bool standard = !path || strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    struct pt_input *in;
    if (fd < 0)
        return pt_err_sys(err, "cannot open \"%s\"", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        if (!standard)
            close(fd);
        return pt_err_set(err, PT_SYSTEM, "\"%s\" is a directory; name a file",
                          standard ? "stdin" : path);
    }
    in = pt_mem_alloc(sizeof *in);
    in->fd = fd;
    in->name = pt_mem_strdup(standard ? "stdin" : path);
    in->regular = S_ISREG(st.st_mode);
    pt_input_limit(in, PT_LIMIT_LINE);
    if (S_ISFIFO(st.st_mode)) /* room for what comes while the reader is busy; it works without */
        fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
    *out = in;
    return 0;
}

struct pt_input *pt_input_text(const char *name, struct pt_str text)
{
    struct pt_input *in = pt_mem_alloc(sizeof *in);
    in->fd = -1;
    in->name = pt_mem_strdup(name);
    in->decided = in->eof = true;
    in->end = in->cap = text.n;
    in->buf = pt_mem_strndup(text.n ? text.p : "", text.n);
    return in;
}

int pt_input_slurp(const char *path, struct pt_buf *out, struct pt_err *err)
{
    struct pt_input *in;
    struct pt_line line;
    int more;
    if (pt_input_open(&in, path, err) != 0)
        return -1;
    while ((more = pt_input_next(in, -1, &line, err)) > 0)
        if (more == 1) {
            pt_buf_str(out, line.text);
            pt_buf_putc(out, '\n');
        }
    pt_input_close(in);
    return more;
}

void pt_input_close(struct pt_input *in)
{
    if (!in)
        return;
    if (in->gzip)
        inflateEnd(&in->z);
    if (in->fd != STDIN_FILENO && in->fd >= 0)
        close(in->fd);
    free(in->packed);
    free(in->buf);
    free(in->name);
    free(in);
}

const char *pt_input_name(const struct pt_input *in)
{
    return in->name;
}

int pt_input_fd(const struct pt_input *in)
{
    return in->fd;
}

uint64_t pt_input_reads(const struct pt_input *in)
{
    return in->reads;
}

/* 1 when a read will not block, PT_INPUT_IDLE when nothing came in time, -1. */
static int wait_readable(struct pt_input *in, int wait_ms, struct pt_err *err)
{
    struct pollfd p = {.fd = in->fd, .events = POLLIN};
    int n = poll(&p, 1, wait_ms);
    if (n < 0 && errno != EINTR)
        return pt_err_sys(err, "cannot wait for %s", in->name);
    return n > 0 ? 1 : PT_INPUT_IDLE; /* a closed descriptor is for read to tell */
}

/* Bytes read, 0 at the end, or -1; *idle when a signal came first. */
static ssize_t read_bytes(struct pt_input *in, void *to, size_t size, bool *idle,
                          struct pt_err *err)
{
    ssize_t n = read(in->fd, to, size);
    *idle = false;
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        *idle = true;
        return 0;
    }
    if (n < 0) {
        pt_err_at(err, NULL, 0);
        return pt_err_sys(err, "cannot read %s", in->name);
    }
    in->reads++;
    return n;
}

static int corrupt(struct pt_input *in, struct pt_err *err)
{
    pt_err_set(err, PT_DATA, "the gzip data is damaged%s%s", in->z.msg ? ": " : "",
               in->z.msg ? in->z.msg : "");
    return pt_err_at(err, in->name, in->number + 1);
}

/* Inflates into the buffer's free space; 1 progress, 0 needs more input, -1. */
static int inflate_some(struct pt_input *in, struct pt_err *err)
{
    size_t room = in->cap - in->end;
    int rc;
    if (!in->member_open && in->z.avail_in) {
        inflateReset(&in->z);
        in->member_open = true;
    }
    in->z.next_out = (Bytef *)in->buf + in->end;
    in->z.avail_out = (uInt)room;
    rc = inflate(&in->z, Z_NO_FLUSH);
    in->end += room - in->z.avail_out;
    if (rc == Z_STREAM_END)
        in->member_open = false;
    else if (rc != Z_OK && rc != Z_BUF_ERROR && in->z.avail_out == room)
        return corrupt(in, err); /* only now, when all before it was delivered */
    return in->z.avail_out != room || rc == Z_STREAM_END;
}

static int fill_gzip(struct pt_input *in, struct pt_err *err)
{
    bool idle;
    for (;;) {
        ssize_t n;
        int rc = in->z.avail_in ? inflate_some(in, err) : 0;
        if (rc != 0)
            return rc;
        n = read_bytes(in, in->packed, BLOCK, &idle, err);
        if (n < 0 || idle)
            return idle ? PT_INPUT_IDLE : -1;
        if (n == 0) {
            in->eof = true;
            if (!in->member_open)
                return 1;
            pt_err_set(err, PT_DATA, "the gzip data ends too early");
            return pt_err_at(err, in->name, in->number + 1);
        }
        in->z.next_in = in->packed;
        in->z.avail_in = (uInt)n;
    }
}

/* The first two bytes decide; they move to the inflater when they are gzip's. */
static int decide(struct pt_input *in, struct pt_err *err)
{
    if (in->end - in->start < 2 && !in->eof)
        return 1;
    in->decided = true;
    if (in->end < 2 || (unsigned char)in->buf[0] != 0x1F || (unsigned char)in->buf[1] != 0x8B)
        return 1;
    if (inflateInit2(&in->z, GZIP_WINDOW) != Z_OK)
        return pt_err_set(err, PT_SYSTEM, "cannot start zlib");
    in->gzip = in->member_open = true;
    in->packed = pt_mem_alloc(in->end > BLOCK ? in->end : BLOCK);
    memcpy(in->packed, in->buf, in->end);
    in->z.next_in = in->packed;
    in->z.avail_in = (uInt)in->end;
    in->end = in->scan = 0;
    return in->eof ? inflate_some(in, err) : 1;
}

/* Reads more behind `end`.  1 (eof may be set now), PT_INPUT_IDLE, -1. */
static int fill(struct pt_input *in, int wait_ms, struct pt_err *err)
{
    bool idle;
    ssize_t n;
    int rc;
    if (!in->z.avail_in && !in->regular &&
        (rc = wait_readable(in, wait_ms < 0 ? LONGEST_WAIT_MS : wait_ms, err)) != 1)
        return rc;
    if (in->gzip)
        return fill_gzip(in, err);
    n = read_bytes(in, in->buf + in->end, BLOCK, &idle, err);
    if (n < 0 || idle)
        return idle ? PT_INPUT_IDLE : -1;
    in->end += (size_t)n;
    in->eof = n == 0;
    return in->decided ? 1 : decide(in, err);
}

int pt_input_plain(struct pt_input *in, struct pt_err *err)
{
    while (!in->decided && !in->eof)
        if (fill(in, -1, err) < 0)
            return -1;
    return in->regular && !in->gzip && in->fd != STDIN_FILENO;
}

/* Makes room for a read: moves the rest to the front, drops what an overlong line has too much. */
static void make_room(struct pt_input *in)
{
    size_t held = in->end - in->start;
    if (in->start) {
        memmove(in->buf, in->buf + in->start, held);
        in->scan -= in->start;
        in->end = held;
        in->start = 0;
    }
    if (held > in->most) {
        in->overlong = true;
        in->dropped += held - in->most;
        in->end = in->scan = in->most;
    }
}

/* Delivers [start, stop), which a newline follows or not. */
static int deliver(struct pt_input *in, size_t stop, bool newline, struct pt_line *line)
{
    size_t n = stop - in->start;
    uint64_t bytes = n + in->dropped + newline;
    if (n > in->most) {
        in->overlong = true;
        n = in->most;
    }
    *line = (struct pt_line){.text = {in->buf + in->start, n},
                             .number = ++in->number,
                             .offset = in->offset,
                             .bytes = bytes,
                             .overlong = in->overlong,
                             .ended = newline};
    in->offset += bytes;
    in->start = in->scan = stop + newline;
    in->overlong = false;
    in->dropped = 0;
    return 1;
}

int pt_input_next(struct pt_input *in, int wait_ms, struct pt_line *line, struct pt_err *err)
{
    for (;;) {
        char *newline = memchr(in->buf + in->scan, '\n', in->end - in->scan);
        int rc;
        if (newline && in->decided)
            return deliver(in, (size_t)(newline - in->buf), true, line);
        if (in->decided)
            in->scan = in->end;
        if (in->eof && !in->z.avail_in)
            return in->end > in->start || in->dropped ? deliver(in, in->end, false, line) : 0;
        make_room(in);
        if ((rc = fill(in, wait_ms, err)) != 1)
            return rc;
    }
}

int pt_input_skip(struct pt_input *in, uint64_t offset, uint64_t line_number, struct pt_err *err)
{
    struct pt_line line;
    struct stat st;
    int rc = 1;
    if (pt_input_plain(in, err) < 0)
        return -1;
    if (in->regular && !in->gzip && in->decided && fstat(in->fd, &st) == 0) {
        if ((uint64_t)st.st_size < offset || lseek(in->fd, (off_t)offset, SEEK_SET) < 0)
            return pt_err_set(err, PT_DATA, "%s is shorter than what was read of it before",
                              in->name);
        in->start = in->scan = in->end = 0;
        in->eof = in->overlong = false;
        in->dropped = 0;
        in->offset = offset;
        in->number = line_number - 1;
        return 0;
    }
    while (in->offset < offset && (rc = pt_input_next(in, -1, &line, err)) > 0)
        continue;
    if (rc < 0)
        return -1;
    in->number = line_number - 1;
    return in->offset == offset
               ? 0
               : pt_err_set(err, PT_DATA, "%s is shorter than what was read of it before",
                            in->name);
}
