/* input.h - lines of a file or stream, with their place; gzip is seen through.
 *
 * Reads in large blocks.  A line is a borrowed run without its newline, valid until the next call.
 * A line longer than the limit is delivered cut, with `overlong` set and its full length counted in
 * `bytes`; memory stays bounded by the limit. */
#ifndef PT_FORMAT_INPUT_H
#define PT_FORMAT_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct pt_input;

struct pt_line {
    struct pt_str text;
    uint64_t number;  /* 1-based */
    uint64_t offset;  /* of its first byte in the (uncompressed) stream */
    uint64_t bytes;   /* with the newline, if it had one */
    uint64_t further; /* lines behind it that belong to it: a row's of several lines (records.h) */
    bool overlong;
    bool ended;       /* a newline was seen; false only for a last line without one */
};

/* path NULL or "-": standard input. */
int pt_input_open(struct pt_input **out, const char *path, struct pt_err *err);

/* The lines of a text in memory, which is copied; `name` stands in messages. */
struct pt_input *pt_input_text(const char *name, struct pt_str text);

/* Appends a whole file, seen through if it is compressed, to *out. */
int pt_input_slurp(const char *path, struct pt_buf *out, struct pt_err *err);

void pt_input_close(struct pt_input *in); /* NULL is fine */
const char *pt_input_name(const struct pt_input *in); /* the path, or "stdin" */

/* How many bytes of a line are delivered at most; PT_LIMIT_LINE at first.  Between lines. */
void pt_input_limit(struct pt_input *in, size_t most);

/* 1 when it is a plain file opened by name: it can be read again and its bytes looked at by
 * pt_input_fd with pread; 0 for streams and compressed files; -1 with err when it cannot be read.
 * Reads the first block to know. */
int pt_input_plain(struct pt_input *in, struct pt_err *err);
int pt_input_fd(const struct pt_input *in);

/* 1 and a line, 0 at the end, -1 with err.  With wait_ms >= 0 and no whole line at hand, waits at
 * most that long for more bytes and then returns PT_INPUT_IDLE.  Signals, and now and then nothing
 * at all, also return IDLE, so that callers can look whether they should stop. */
enum { PT_INPUT_IDLE = 2 };
int pt_input_next(struct pt_input *in, int wait_ms, struct pt_line *line, struct pt_err *err);

/* Goes on at this offset as line number `line`, as if all before had been read.  Seeks in a plain
 * file, else reads and drops.  -1 with err when the input is shorter than that. */
int pt_input_skip(struct pt_input *in, uint64_t offset, uint64_t line, struct pt_err *err);

/* How many reads were made so far: bytes of one read arrived together. */
uint64_t pt_input_reads(const struct pt_input *in);

#endif
