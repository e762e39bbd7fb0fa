/* query.h - windows and aggregates over groups of series, from a store or from a stream.
 *
 * A query names series by a selector, a half-open time range, a window, aggregates and the tags to
 * group by.  The answer is the same from a store and from a stream of the same records: sums are
 * double-double (series/summary.h), quantiles are exact, and neither depends on how the points were
 * split into runs.
 *
 * Windows are half-open: [k slide + origin, k slide + origin + window).  They are tumbling where
 * slide is window, and else overlap or leave gaps; a point counts in every window that holds it.
 * Windows of whole days can be those of the local calendar, weeks from Monday.  Or windows are
 * sessions: a session of a group ends where none of its series has a point for `gap` or longer.
 * Windows without points are not answered.  A group without points is not answered either. */
#ifndef PT_QUERY_QUERY_H
#define PT_QUERY_QUERY_H

#include "base/err.h"
#include "query/agg.h"
#include "query/answer.h"
#include "query/formula.h"
#include "store/store.h"

/* Is shown the samples behind each row, once the rest of the row is known; may reorder them.  They
 * are the values; where the first aggregate is increase, rate, delta or derivative, its steps that
 * end in the row, each divided by the seconds it took. */
struct pt_query_tap {
    void (*samples)(void *ctx, const struct pt_group *group, size_t row, double *v, size_t n);
    void *ctx;
};

struct pt_query {
    const struct pt_selector *selector; /* NULL: all series */
    int64_t since, until;               /* half-open; PT_TIME_MIN and PT_TIME_MAX for all */
    int64_t window;                     /* ns; 0 = one window over the whole range */
    int64_t slide;                      /* ns; 0: as window */
    int64_t gap;                        /* ns; > 0: sessions, and window is 0 */
    int64_t origin;                     /* an instant at which a window begins; 0: the epoch, of
                                         * weeks of the calendar a Monday */
    bool calendar;                      /* window and slide are whole days of local time */
    int quantile_type;                  /* 1..9; 0: 7 */
    const double *bounds;               /* of histograms, ascending; NULL: 1, 2, 5, 10 and so on */
    size_t nbounds;
    const struct pt_agg *aggs;
    size_t naggs;          /* 1..PT_AGGS_MOST */
    const char *const *by; /* tag keys; "name" and "series" (name and all tags) are understood */
    size_t nby;            /* 0: all the series are one group */
    const struct pt_query_tap *tap; /* NULL: nobody asks */
    const struct pt_formula *where; /* points are those for whose value (variable 0) it holds */
    bool sketch;  /* quantiles may be off by answer.quantile_error; not with a tap */
    bool partial; /* damaged chunks are left out, each told to `damaged` (NULL: to nobody) */
    void (*damaged)(void *ctx, const char *what);
    void *damaged_ctx;
};

enum {
    PT_QUERY_VALUES = 1 << 21,     /* of a group without windows, in memory at one time */
    PT_QUERY_ROWS_MOST = 10000000, /* where windows overlap */
    PT_QUERY_SLIDES_MOST = 1000000 /* windows that hold one point */
};

/* Whether the step to a series' first point in the range matters. */
bool pt_query_steps(const struct pt_query *q);

/* 0; or -1 with err, which is PT_USAGE where there would be more rows or windows than these.  No
 * series or no points: an answer with n = 0.  *out is to be released either way.  Memory: the
 * answer, the windows of one group, and, for quantiles, twice its values; without windows no more
 * than PT_QUERY_VALUES of those, and of more about one in fifty for each quantile, which are then
 * read twice.  With `sketch` some kilobytes for each window instead.  For distinct values,
 * histograms, and quantiles of windows that overlap, four times the group's values. */
int pt_query_run(struct pt_store *store, const struct pt_query *query, struct pt_answer *out,
                 struct pt_err *err);

/* Sets err to PT_FOUND with the reason why the query found nothing: no such series (and the nearest
 * name there is), or no points of them in the range.  Returns -1, also when it fails itself. */
int pt_query_nothing(struct pt_store *store, const struct pt_selector *selector, int64_t since,
                     int64_t until, struct pt_err *err);

/* The same of a store that has all the points there are: also from when to when there are some. */
int pt_query_nothing_of_all(struct pt_store *store, const struct pt_selector *selector,
                            int64_t since, int64_t until, struct pt_err *err);

/* Appends the keys of all tags of the series, "host, venue"; for a message about one that none
 * has. */
int pt_query_tag_keys(struct pt_store *store, const struct pt_selector *selector,
                      struct pt_buf *out, struct pt_err *err);

#endif
