/* points.h - points for the subcommands of pt-detect, from a store or from standard input. */
#ifndef PT_DETECT_POINTS_H
#define PT_DETECT_POINTS_H

#include "base/buf.h"
#include "detect/replay.h"
#include "format/sheet.h"

/* What the options said. */
struct detect_input {
    const char *db, *since, *until, *tz;
    int format, ts_unit;
    bool any_order; /* read all of standard input before judging it */
};

struct detect_work {
    struct pt_replay replay; /* what to read and who takes it */
    /* The time is now ts: called before the points of each record, in the order of the input, also
     * for records that have no points; may be NULL. */
    int (*time)(void *ctx, int64_t ts, struct pt_err *err);
    struct pt_buf *out; /* written to standard output when it is long or the input idles */
    /* Set by detect_points: */
    bool any;     /* there was a record ... */
    int64_t last; /* ... and this is the latest time of one */
    uint64_t lines, bad;
};

/* Reads all points in work->replay's range.  0 or -1 with err; lines that are no records are
 * reported, counted in work->bad and passed over. */
int detect_points(const struct detect_input *input, struct detect_work *work, struct pt_err *err);

/* The exit status: -1 with err (PT_DATA) when there were bad lines, else PT_FOUND or PT_OK. */
int detect_status(const struct detect_work *work, bool found, struct pt_err *err);

/* The output format: the one asked for, or if that is -1 a table on a terminal, else jsonl. */
struct pt_sheet *detect_sheet(int output, struct pt_buf *out, enum pt_sheet_format *format);

/* A truth value: bare in jsonl, else a word. */
void detect_bool(struct pt_sheet *sheet, enum pt_sheet_format format, bool value);

#endif
