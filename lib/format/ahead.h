/* ahead.h - lines of an input, with a look at those that follow before they are taken.
 *
 * For rows that may go on over several lines: one looks ahead for their end, and when there is
 * none, nothing is lost but the first line.  The zero value with `in` set is ready.  Lines are
 * borrowed until the next call. */
#ifndef PT_FORMAT_AHEAD_H
#define PT_FORMAT_AHEAD_H

#include "base/buf.h"
#include "format/input.h"

struct pt_ahead_line {
    struct pt_line line; /* its text is at `at` of the buffer */
    size_t at;
};

struct pt_ahead {
    struct pt_input *in;
    struct pt_buf text;
    struct pt_ahead_line *v; /* lines next..n were read and not taken */
    size_t next, n, cap;
};

/* The next line; results as pt_input_next. */
int pt_ahead_take(struct pt_ahead *a, int wait_ms, struct pt_line *line, struct pt_err *err);

/* The k-th line (from 0) behind the one taken last, which stays to be taken. */
int pt_ahead_look(struct pt_ahead *a, size_t k, int wait_ms, struct pt_line *line,
                  struct pt_err *err);

void pt_ahead_drop(struct pt_ahead *a, size_t k); /* takes k lines that were looked at */
void pt_ahead_release(struct pt_ahead *a);

#endif
