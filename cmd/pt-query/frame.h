/* frame.h - the options that say what windows are, and how some aggregates are taken. */
#ifndef PT_QUERY_CMD_FRAME_H
#define PT_QUERY_CMD_FRAME_H

#include "cli/option.h"
#include "query/histogram.h"
#include "query/query.h"
#include "series/quantile.h"

#define QUERY_NO_DURATION INT64_MIN /* it was not given */

struct query_frame {
    int64_t window, slide, gap;
    const char *align, *buckets;
    uint64_t quantile_type;
    double bounds[PT_BUCKETS_MOST]; /* what buckets says */
};

#define QUERY_FRAME_DEFAULTS                                                                      \
    {                                                                                             \
        .window = QUERY_NO_DURATION, .slide = QUERY_NO_DURATION, .gap = QUERY_NO_DURATION,        \
        .quantile_type = PT_QUANTILE_TYPE                                                         \
    }

#define QUERY_FRAME_OPTIONS(o)                                                                    \
    {PT_OPTION_DURATION, 'w', "window", "DURATION", &(o)->window, NULL, NULL,                     \
     "one row for each window of this length; with --tz, whole days are those of the local "      \
     "calendar"},                                                                                 \
    {PT_OPTION_DURATION, 0, "slide", "DURATION", &(o)->slide, NULL, NULL,                         \
     "from the begin of one window to that of the next (default: the window's length)"},          \
    {PT_OPTION_DURATION, 0, "gap", "DURATION", &(o)->gap, NULL, NULL,                             \
     "one row for each session, which a pause of this length ends"},                              \
    {PT_OPTION_TEXT, 0, "align", "WHEN", &(o)->align, NULL, NULL,                                 \
     "when a window begins: epoch, since (at that of --since) or an RFC 3339 time (default: "     \
     "epoch)"}

#define QUERY_AGGREGATE_OPTIONS(o)                                                                \
    {PT_OPTION_COUNT, 0, "quantile-type", "N", &(o)->quantile_type, NULL, NULL,                   \
     "the definition of quantiles, 1 to 9 as in R (default: 7)"},                                 \
    {PT_OPTION_TEXT, 0, "buckets", "LIST", &(o)->buckets, NULL, NULL,                             \
     "upper bounds of histograms, separated by commas (default: 1, 2, 5, 10 and so on)"}

/* Whether rows are windows or sessions. */
static inline bool query_frame_windows(const struct query_frame *f)
{
    return f->window != QUERY_NO_DURATION || f->gap != QUERY_NO_DURATION;
}

/* Sets in the query, whose range is known, what the options say; it borrows the bounds.  `zone` is
 * what --tz says, or NULL.  0 or -1 with err. */
int query_frame_parse(struct query_frame *f, const char *zone, struct pt_query *q,
                      struct pt_err *err);

#endif
