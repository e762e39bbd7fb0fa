/* live.h - pt-query --lateness: rows as soon as their windows are closed. */
#ifndef PT_QUERY_CMD_LIVE_H
#define PT_QUERY_CMD_LIVE_H

#include "input.h"
#include "query/having.h"
#include "query/query.h"

struct query_live {
    int64_t lateness, future; /* as the options said, INT64_MIN when not given */
    /* What is to be answered, and which rows are to be written; all borrowed. */
    const struct pt_selector *selector;
    const struct pt_having *having;
    int (*run)(void *ctx, const struct pt_query *part, struct pt_answer *out, struct pt_err *err);
    void *ctx;
    uint64_t rows, written; /* how many there were, windows still open with them */
};
#define QUERY_LIVE_OPTIONS(o)                                                                     \
    {PT_OPTION_DURATION, 0, "lateness", "DURATION", &(o)->lateness, NULL, NULL,                   \
     "write a window's row as soon as a record of standard input is so much later than its end, "  \
     "and leave out what comes later still"},                                                     \
        {PT_OPTION_DURATION, 0, "max-future", "DURATION", &(o)->future, NULL, NULL,               \
         "with --lateness: refuse records that are so far ahead of the clock (default: none)"}

static inline bool query_live_wanted(const struct query_live *o)
{
    return o->lateness != INT64_MIN;
}

/* 0, or -1 with err (PT_USAGE) when they do not go together with the rest. */
int query_live_check(const struct query_live *o, const struct query_options *options,
                     const struct pt_query *query, struct pt_err *err);

/* Reads standard input and writes the rows; in is open then, and holds what is not forgotten. */
int query_live_run(struct query_input *in, struct query_live *o,
                   const struct query_options *options, const struct pt_query *query,
                   struct pt_err *err);

#endif
