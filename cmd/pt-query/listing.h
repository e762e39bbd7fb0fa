/* listing.h - what the subcommands that list things have in common: a sheet with fixed columns. */
#ifndef PT_QUERY_CMD_LISTING_H
#define PT_QUERY_CMD_LISTING_H

#include "base/buf.h"
#include "base/err.h"
#include "format/sheet.h"

struct query_column {
    const char *name, *unit; /* unit: NULL for none */
};

/* The zero value is closed. */
struct query_listing {
    struct pt_sheet *sheet;
    struct pt_buf out;
    uint64_t n; /* rows, as the subcommand counts them */
};

/* output: as PT_OPT_OUTPUT set it. */
void query_listing_open(struct query_listing *l, int output, const struct query_column *columns,
                        size_t n);

void query_listing_time(struct query_listing *l, bool known, int64_t ts); /* or null */

/* How long before now, in seconds; or null. */
void query_listing_age(struct query_listing *l, bool known, int64_t ts, int64_t now);

/* What --stale asks: whether that is more than `stale` ns before now. */
bool query_listing_older(int64_t ts, int64_t stale, int64_t now);

/* The option of those that list what may go stale, and what is not a duration for it. */
#define QUERY_STALE_OPTION(dest, what)                                                            \
    {PT_OPTION_DURATION, 0, "stale", "DURATION", dest, NULL, NULL,                                \
     "only " what " older than this; status 1 if there are any"}
int query_listing_check_stale(int64_t stale, struct pt_err *err);
#define QUERY_STALE_NONE INT64_MIN

/* After each row: counts it and writes when there is enough.  0, or -1 with err. */
int query_listing_row(struct query_listing *l, struct pt_err *err);

/* Writes the rest unless rc is negative, and closes.  Returns rc, or -1 with err. */
int query_listing_close(struct query_listing *l, int rc, struct pt_err *err);

#endif
