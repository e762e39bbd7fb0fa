/* stream.h - the records of standard input, read the same way by every program.
 *
 * Records are handed on as they come.  A line that is none is told (the first PT_STREAM_TOLD of
 * them), counted and passed over; that there were such lines is the last thing said. */
#ifndef PT_CLI_STREAM_H
#define PT_CLI_STREAM_H

#include "base/buf.h"
#include "base/err.h"
#include "record/record.h"

enum { PT_STREAM_TOLD = 5 };

struct pt_stream {
    int format, ts_unit; /* as PT_OPT_INPUT and PT_OPT_TS_UNIT set them */
    struct pt_buf *out;  /* written when the input pauses or it has become long; may be NULL */
    /* Called with what `each` gets when the input pauses after records came; may be NULL. */
    int (*pause)(void *ctx, struct pt_err *err);
    /* Set by pt_stream_each: */
    uint64_t lines, bad;
};

/* Calls each for every record, until the input ends or a signal comes.  A record that `each` fails
 * with PT_DATA counts as a bad line.  0; or -1 with err when the input cannot be read, the output
 * not written, or `each` failed otherwise. */
int pt_stream_each(struct pt_stream *s,
                   int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                   void *ctx, struct pt_err *err);

/* How it went: rc and err as the program left them; or, when there were bad lines and err says no
 * worse than PT_FOUND, -1 with err (PT_DATA).  Use as `return pt_stream_end(&stream, rc, err)`. */
int pt_stream_end(const struct pt_stream *s, int rc, struct pt_err *err);

/* Counts a bad line and tells it, unless so many were told already. */
void pt_stream_bad(uint64_t *bad, const struct pt_err *err);

#endif
