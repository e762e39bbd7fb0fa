/* points.h - points for the subcommands of pt-detect, from a store or from standard input. */
#ifndef PT_DETECT_POINTS_H
#define PT_DETECT_POINTS_H

#include "cli/stream.h"
#include "detect/nothing.h"
#include "detect/replay.h"
#include "format/sheet.h"

/* What the options said. */
struct detect_input {
    const char *db, *since, *until, *tz;
    int format, ts_unit, output; /* output: -1 when not given */
    bool any_order;              /* read all of standard input before judging it */
};
#define DETECT_INPUT_OPTIONS(o)                                                                   \
    PT_OPT_DB(&(o)->db), PT_OPT_SINCE(&(o)->since), PT_OPT_UNTIL(&(o)->until),                    \
        PT_OPT_TZ(&(o)->tz), PT_OPT_INPUT(&(o)->format), PT_OPT_TS_UNIT(&(o)->ts_unit),           \
        PT_OPT_OUTPUT(&(o)->output, PT_SHEET_CHOICES)
#define DETECT_ANY_ORDER_OPTION(o)                                                                \
    {PT_OPTION_FLAG, 0, "any-order", NULL, &(o)->any_order, NULL, NULL,                           \
     "read all of standard input before judging it, so that it need not be in order of time"}

struct detect_work {
    struct pt_replay replay; /* what to read and who takes it */
    /* The time is now ts: called before the points of each record, in the order of the input, also
     * for records that have no points; may be NULL. */
    int (*time)(void *ctx, int64_t ts, struct pt_err *err);
    struct pt_stream stream; /* stream.out is where the findings go */
    /* Set by detect_points: */
    bool any;     /* there was a record ... */
    int64_t last; /* ... and this is the latest time of one */
    struct pt_intake *intake; /* while standard input is gathered */
};

/* Reads all points in work->replay's range.  0 or -1 with err; lines that are no records are passed
 * over: end with pt_stream_end(&work->stream, ...).  When no series matched the selector, the feed
 * knows all there are. */
int detect_points(const struct detect_input *input, struct detect_work *work, struct pt_err *err);

/* Is there already a reason why little was judged: a signal, or lines that held no record? */
bool detect_excused(const struct detect_work *work);

/* Sets err (PT_DATA) to the reason why nothing was judged: empty input, or what the selector (NULL:
 * all) does not match in [since, until).  Returns -1. */
int detect_nothing(const struct detect_input *input, const struct detect_work *work,
                   const struct pt_selector *selector, int64_t since, int64_t until,
                   struct pt_err *err);

/* The output format: the one asked for, or if that is -1 a table on a terminal, else jsonl. */
struct pt_sheet *detect_sheet(int output, struct pt_buf *out, enum pt_sheet_format *format);

/* A truth value: bare in jsonl, else a word. */
void detect_bool(struct pt_sheet *sheet, enum pt_sheet_format format, bool value);

#endif
