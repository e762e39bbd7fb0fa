/* query.h - windows and aggregates over groups of series, from a store or from a stream.
 *
 * A query names series by a selector, a half-open time range, a window, aggregates and the tags to
 * group by.  The answer is the same from a store and from a stream of the same records. */
#ifndef PT_QUERY_QUERY_H
#define PT_QUERY_QUERY_H

#include "base/err.h"
#include "query/source.h"

enum pt_agg_kind {
    PT_AGG_COUNT, PT_AGG_SUM, PT_AGG_AVG, PT_AGG_MIN, PT_AGG_MAX, PT_AGG_FIRST, PT_AGG_LAST,
    PT_AGG_STDDEV, PT_AGG_QUANTILE, PT_AGG_INCREASE, PT_AGG_RATE
};

struct pt_agg {
    enum pt_agg_kind kind;
    double q;      /* PT_AGG_QUANTILE: 0..1; Hyndman & Fan (1996) type 7 */
    char name[16]; /* as it is written: "avg", "p99", "p99.9", "median" */
};

enum { PT_AGGS_MOST = 32 };

/* Reads "avg,p95,max" into out[PT_AGGS_MOST]; the count, or -1 with err (PT_USAGE). */
int pt_agg_parse(const char *list, struct pt_agg *out, struct pt_err *err);

struct pt_query {
    const struct pt_selector *selector;
    int64_t since, until;   /* half-open; PT_TIME_MIN and PT_TIME_MAX for all */
    int64_t window;         /* ns; 0 = one window over the whole range */
    const struct pt_agg *aggs;
    size_t naggs;
    const char *const *by;  /* tag keys; "name" and "series" are understood */
    size_t nby;
};

/* One group: rows in time order, values row-major (rows x naggs), NaN where undefined. */
struct pt_group {
    struct pt_str name; /* the series' name; empty when the group spans several */
    struct pt_str unit; /* of the values, when all agree */
    struct pt_str tags; /* the group's tags, canonical JSON */
    size_t n, cap;
    int64_t *start;     /* window starts; for the whole range its first point's time */
    struct pt_num *values;
};

struct pt_answer {
    struct pt_group *groups; /* ordered by name, then tags */
    size_t n;
    size_t naggs;
    struct pt_arena arena;   /* holds the text */
};

/* 0; or -1 with err.  No series or no points: an answer with n = 0. */
int pt_query_run(struct pt_source *source, const struct pt_query *query, struct pt_answer *out,
                 struct pt_err *err);
void pt_answer_release(struct pt_answer *a);

#endif
