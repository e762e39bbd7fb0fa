/* input.c - lines with their places: at the edges of blocks, too long, without an end, packed. */
#include "format/input.h"
#include "record/limits.h"

#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024 }; /* what the reader takes at a time */

static struct pt_input *open_input(const char *path)
{
    struct pt_input *in = NULL;
    struct pt_err err = {0};
    if (!CHECK(pt_input_open(&in, path, &err) == 0))
        printf("#   %s\n", err.what);
    return in;
}

/* All lines of the file are those of the bytes, with their numbers, offsets and lengths. */
static void check_lines(const char *path, const struct pt_buf *bytes)
{
    struct pt_input *in = open_input(path);
    struct pt_line line;
    struct pt_err err = {0};
    size_t offset = 0;
    uint64_t number = 0;
    int rc;
    while ((rc = pt_input_next(in, -1, &line, &err)) == 1) {
        const char *start = bytes->p + offset, *newline;
        size_t rest = bytes->n - offset, n;
        newline = memchr(start, '\n', rest);
        n = newline ? (size_t)(newline - start) : rest;
        if (!CHECK(line.number == ++number && line.offset == offset) ||
            !CHECK(line.bytes == n + (newline != NULL) && line.ended == (newline != NULL)) ||
            !CHECK(line.overlong == (n > PT_LIMIT_LINE)) ||
            !CHECK(line.text.n == (line.overlong ? PT_LIMIT_LINE : n)) ||
            !CHECK(memcmp(line.text.p, start, line.text.n) == 0))
            break;
        offset += line.bytes;
    }
    CHECK_INT(rc, 0);
    CHECK_INT((int64_t)offset, (int64_t)bytes->n);
    pt_input_close(in);
}

static void write_gzip(const char *path, const struct pt_buf *bytes, size_t member)
{
    for (size_t at = 0; at < bytes->n || at == 0; at += member) {
        gzFile f = gzopen(path, at ? "ab1" : "wb1");
        size_t n = bytes->n - at < member ? bytes->n - at : member;
        CHECK(f && gzwrite(f, bytes->p + at, (unsigned)n) == (int)n);
        gzclose(f);
    }
}

static void check_all_ways(const struct pt_buf *bytes)
{
    check_lines(lines_file("plain", bytes->p, bytes->n), bytes);
    write_gzip("one.gz", bytes, bytes->n + 1);
    check_lines("one.gz", bytes);
    write_gzip("many.gz", bytes, bytes->n / 3 + 1);
    check_lines("many.gz", bytes);
}

static void add_line(struct pt_buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pt_buf_putc(b, (char)('a' + i % 26));
    pt_buf_putc(b, '\n');
}

static void small(void)
{
    static const char *const TEXTS[] = {"",     "\n",         "a",    "a\n",   "\n\n\n",
                                        "a\nb", "a\r\nb\r\n", "\x1F", "\x1F\n"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct pt_buf b = {0};
        pt_buf_puts(&b, TEXTS[i]);
        check_all_ways(&b);
        pt_buf_release(&b);
    }
}

static void block_edges(void)
{
    for (size_t n = BLOCK - 3; n <= BLOCK + 2; n++) {
        struct pt_buf b = {0};
        add_line(&b, n);
        add_line(&b, BLOCK - 2);
        add_line(&b, 0);
        pt_buf_puts(&b, "end");
        check_all_ways(&b);
        pt_buf_release(&b);
    }
}

static void too_long(void)
{
    static const size_t LENGTHS[] = {PT_LIMIT_LINE - 1,         PT_LIMIT_LINE,
                                     PT_LIMIT_LINE + 1,         PT_LIMIT_LINE + BLOCK,
                                     PT_LIMIT_LINE + BLOCK + 1, 5 * PT_LIMIT_LINE + 7};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        struct pt_buf b = {0};
        add_line(&b, 10);
        add_line(&b, LENGTHS[i]);
        add_line(&b, 10);
        add_line(&b, LENGTHS[i]);
        check_all_ways(&b);
        b.n--; /* the long one without its newline, too */
        check_all_ways(&b);
        pt_buf_release(&b);
    }
}

/* The error comes after the lines that could be read. */
static void check_damaged(const char *path, const char *why)
{
    struct pt_input *in = open_input(path);
    struct pt_line line;
    struct pt_err err = {0};
    int rc, n = 0;
    while ((rc = pt_input_next(in, -1, &line, &err)) == 1)
        n++;
    CHECK(rc == -1 && err.code == PT_DATA && n > 1000);
    if (!CHECK(strncmp(err.what, why, strlen(why)) == 0))
        printf("#   got  %s\n", err.what);
    CHECK_STR(pt_str(err.input), path);
    CHECK_INT((int64_t)err.line, n + 1);
    pt_input_close(in);
}

static void damaged_gzip(void)
{
    struct pt_buf b = {0};
    struct stat st;
    int fd = -1;
    for (int i = 0; i < 20000; i++)
        pt_buf_printf(&b, "%d %x\n", i, i * 7919);
    write_gzip("cut.gz", &b, b.n);
    CHECK(stat("cut.gz", &st) == 0 && truncate("cut.gz", st.st_size - 9) == 0);
    check_damaged("cut.gz", "the gzip data ends too early");
    CHECK(truncate("cut.gz", st.st_size / 2) == 0);
    check_damaged("cut.gz", "the gzip data ends too early");
    write_gzip("bad.gz", &b, b.n);
    CHECK((fd = open("bad.gz", O_RDWR)) >= 0 && pwrite(fd, "\0\0\0\0", 4, st.st_size - 8) == 4);
    close(fd);
    check_damaged("bad.gz", "the gzip data is damaged");
    write_gzip("tail.gz", &b, b.n);
    CHECK((fd = open("tail.gz", O_WRONLY | O_APPEND)) >= 0 && write(fd, "junk", 4) == 4);
    close(fd);
    check_damaged("tail.gz", "the gzip data is damaged");
    pt_buf_release(&b);
}

static void skipping(void)
{
    struct pt_buf b = {0};
    for (int packed = 0; packed < 2; packed++) {
        struct pt_line line;
        struct pt_err err = {0};
        struct pt_input *in;
        pt_buf_clear(&b);
        for (int i = 0; i < 100000; i++)
            pt_buf_printf(&b, "%06d\n", i);
        write_gzip("skip", &b, 50000);
        in = open_input(packed ? "skip" : lines_file("skip", b.p, b.n));
        CHECK(pt_input_skip(in, 7 * 77777, 77778, &err) == 0);
        CHECK(pt_input_next(in, -1, &line, &err) == 1);
        CHECK_STR(line.text, "077777");
        CHECK(line.number == 77778 && line.offset == 7 * 77777);
        pt_input_close(in);
        in = open_input("skip");
        CHECK(pt_input_skip(in, b.n, 100001, &err) == 0);
        CHECK(pt_input_next(in, -1, &line, &err) == 0);
        pt_input_close(in);
        in = open_input("skip");
        CHECK(pt_input_skip(in, b.n + 1, 100001, &err) == -1 && err.code == PT_DATA);
        pt_input_close(in);
    }
    pt_buf_release(&b);
}

/* A pipe with half a line in it: nothing for as long as was asked, then the line. */
static void waiting(void)
{
    struct pt_line line;
    struct pt_err err = {0};
    struct pt_input *in;
    int64_t before;
    int fd = -1;
    CHECK(mkfifo("pipe", 0600) == 0 && (fd = open("pipe", O_RDWR)) >= 0);
    in = open_input("pipe");
    CHECK(write(fd, "abc\nde", 6) == 6);
    CHECK(pt_input_plain(in, &err) == 0);
    CHECK(pt_input_next(in, 0, &line, &err) == 1);
    before = pt_time_monotonic();
    CHECK(pt_input_next(in, 30, &line, &err) == PT_INPUT_IDLE);
    CHECK(pt_time_monotonic() - before >= 29 * PT_MS);
    CHECK(write(fd, "f\n", 2) == 2);
    CHECK(pt_input_next(in, 0, &line, &err) == 1);
    CHECK_STR(line.text, "def");
    close(fd);
    pt_input_close(in);
}

static void not_files(void)
{
    struct pt_input *in;
    struct pt_err err = {0};
    CHECK(pt_input_open(&in, "absent", &err) == -1 && err.code == PT_SYSTEM);
    CHECK_STR(pt_str(err.what), "cannot open \"absent\": No such file or directory");
    err = (struct pt_err){0};
    CHECK(mkdir("dir", 0700) == 0 && pt_input_open(&in, "dir", &err) == -1);
    CHECK_STR(pt_str(err.what), "\"dir\" is a directory; name a file");
}

TEST_MAIN({"small", small}, {"block edges", block_edges}, {"too long", too_long},
          {"damaged gzip", damaged_gzip}, {"skipping", skipping}, {"waiting", waiting},
          {"not files", not_files})
