/* input.h - where the subcommands of pt-query read from. */
#ifndef PT_QUERY_CMD_INPUT_H
#define PT_QUERY_CMD_INPUT_H

#include "cli/option.h"
#include "cli/stream.h"
#include "query/intake.h"
#include "query/live.h"
#include "store/store.h"

/* What the options said. */
struct query_options {
    const char *db, *since, *until, *tz;
    int format, ts_unit, output; /* output: -1 when not given */
};
#define QUERY_INPUT_OPTIONS(o)                                                                    \
    PT_OPT_DB(&(o)->db), PT_OPT_INPUT(&(o)->format), PT_OPT_TS_UNIT(&(o)->ts_unit)
#define QUERY_RANGE_OPTIONS(o)                                                                    \
    PT_OPT_SINCE(&(o)->since), PT_OPT_UNTIL(&(o)->until), PT_OPT_TZ(&(o)->tz)

/* What was opened; the zero value is nothing. */
struct query_input {
    struct pt_store *store;   /* NULL when standard input was read */
    struct pt_intake *intake; /* else one of these: of what was read to its end, */
    struct pt_live *live;     /* ... or is answered while it is read */
    struct pt_store *source;  /* what is to be asked: the store, or that of one of these */
    struct pt_stream stream;
};

/* Opens the store at one state, or reads the metrics of standard input, of which the points of the
 * series that the selector (NULL: all) matches are kept.  0 or -1 with err. */
int query_input_open(struct query_input *in, const struct query_options *options,
                     const struct pt_selector *selector, struct pt_err *err);

/* Calls each for every record of standard input: pt_stream_each. */
int query_input_records(struct query_input *in, const struct query_options *options,
                        int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                        void *ctx, struct pt_err *err);

/* Closes, and says how it went: rc and err as the subcommand left them, or -1 with err when lines
 * of standard input were bad.  Use as `return query_input_close(&in, rc, err)`. */
int query_input_close(struct query_input *in, int rc, struct pt_err *err);

/* Parses an optional SELECTOR operand; *out is NULL when there is none. */
int query_selector(int argc, char **argv, struct pt_selector **out, struct pt_err *err);

#endif
