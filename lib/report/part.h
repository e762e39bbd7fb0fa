/* part.h - the parts a daily report is made of: one per section, and what they share.
 *
 * A part may gather documents of one type, fed to it in order of time during the one walk over the
 * documents, and then builds its section from what it gathered and from queries of its own.  Where
 * there are no data for it, it adds no section.  Calls in this order: begin, feed, build, end. */
#ifndef PT_REPORT_PART_H
#define PT_REPORT_PART_H

#include "base/err.h"
#include "base/time.h"
#include "query/query.h"
#include "report/findings.h"
#include "report/keyed.h"
#include "report/model.h"
#include "store/store.h"

/* How much there is under one name: of a metric, or of documents of a type.  Those of metrics are
 * known from the start, those of types when the documents have been fed. */
struct pt_holding {
    struct pt_str key;
    uint64_t series, n;
    int64_t first, last; /* times of the first and last datum */
};

struct pt_daily {
    struct pt_report *report;
    struct pt_store *store;
    struct pt_findings *findings;
    struct pt_keyed metrics, types; /* of struct pt_holding: what there is in the period */
    int64_t since, until;           /* the period, half-open */
    bool brief;                     /* figures only: no charts, no tables, no sentences */
    struct pt_arena scratch;        /* reset after each document */
    struct pt_buf text;             /* for sentences */
};

struct pt_part {
    const char *type; /* of the documents it is fed; NULL: none */
    void *(*begin)(void);
    void (*feed)(struct pt_daily *d, void *state, const struct pt_store_document *doc);
    int (*build)(struct pt_daily *d, void *state, struct pt_err *err); /* 0 or -1 */
    void (*end)(void *state);
};

extern const struct pt_part pt_part_machine, pt_part_latency, pt_part_throughput, pt_part_market,
    pt_part_trading, pt_part_decisions, pt_part_models, pt_part_traces, pt_part_events;

enum {
    PT_PART_CURVES_MOST = 6, /* lines of a chart: as many as there are colours */
    PT_PART_ROWS_MOST = 40,  /* rows of a table */
};

/* --- the time that data cover ---------------------------------------------------------------- */

/* Windows are chosen for the extent of what is shown, not for the period, so that ten seconds of
 * one thing and a day of another are both seen. */
struct pt_extent {
    int64_t first, last;
    int64_t window; /* of charts: 300 to about 1,000 fit, and none is shorter than a second */
};

#define PT_PART_WINDOW_LEAST PT_S

/* The extent of what there is under a name; of nothing, all zero but the window. */
struct pt_extent pt_part_extent(const struct pt_keyed *holdings, const char *name);

/* Gives the chart its time axis and its step: the window, or the usual distance of its points where
 * that is longer, so that what is sampled slowly has no gaps. */
void pt_part_span(struct pt_chart *c, const struct pt_extent *e);

/* --- questions to the store ------------------------------------------------------------------ */

enum { PT_PART_BY_MOST = 4 };

/* selector, "p50,p99", the tags to group by ("venue", NULL ...); window 0 for the whole period. */
struct pt_ask {
    const char *selector, *aggs;
    const char *by[PT_PART_BY_MOST];
    int64_t window;
};
int pt_part_ask(struct pt_daily *d, const struct pt_ask *ask, struct pt_answer *out,
                struct pt_err *err);

/* The value of aggregate `agg` in row `row` of a group. */
static inline double pt_part_value(const struct pt_answer *a, const struct pt_group *g, size_t row,
                                   size_t agg)
{
    return g->values[row * a->ncolumns + agg].d;
}

/* A tag of a group; "-" when its series lack it. */
struct pt_str pt_part_tag(struct pt_daily *d, const struct pt_group *g, const char *key);

/* All tags grouped by, as a line's name: "X h01"; "all" when there are none. */
struct pt_str pt_part_label(struct pt_daily *d, const struct pt_group *g);

/* Which aggregates of an answer a line is drawn from; no band when low and high are equal. */
struct pt_drawn {
    size_t value, low, high;
};

/* One line a group, ranked by the highest value; spans the chart. */
void pt_part_curves(struct pt_daily *d, struct pt_chart *c, const struct pt_answer *a,
                    struct pt_drawn drawn, const struct pt_extent *e);

/* Turns the increases of counters into rates, in place: aggregate 0 is the increase, 1 the count of
 * the readings.  An increase covers the time from the last reading before its window to the last in
 * it; for counters read regularly that is the number of readings times their distance, whatever the
 * window.  Behind a gap it is the gap. */
void pt_part_rates(const struct pt_answer *a, struct pt_group *g, int64_t window);

/* A line from points of ours, ranked by the last value. */
struct pt_curve *pt_part_curve(struct pt_daily *d, struct pt_chart *c, struct pt_str name,
                               const struct pt_column *points);

/* Says in the table's note that only `shown` of `all` rows are there: "40 of 112, those with the
 * most points". */
void pt_part_note(struct pt_daily *d, struct pt_table *t, size_t shown, size_t all,
                  const char *which);

/* --- documents ------------------------------------------------------------------------------- */

/* The members `keys` of a JSON object, raw; empty where absent.  One pass over the object. */
void pt_part_members(struct pt_str body, const char *const *keys, size_t n, struct pt_str *out);
double pt_part_number(struct pt_str member); /* NaN when it is no number */

/* The text of a member, decoded, until the next document; "-" when it is absent or empty. */
struct pt_str pt_part_text(struct pt_daily *d, struct pt_str member);

/* Points by window, made while documents are fed, when their extent is not known yet: first by the
 * shortest window, then, once, by the one that suits.  Of a window, the counts sum what is added
 * and the notes keep the last. */
void pt_part_count(struct pt_column *points, int64_t ts, double v);
void pt_part_note_last(struct pt_column *points, int64_t ts, double v);
void pt_part_count_by(struct pt_column *points, int64_t window);
void pt_part_note_last_by(struct pt_column *points, int64_t window);

/* a / b, in per cent; NaN when b is 0. */
static inline double pt_part_percent(double a, double b)
{
    return b > 0 ? 100 * a / b : __builtin_nan("");
}

#endif
