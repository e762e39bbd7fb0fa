/* live.h - windows answered while their records still come.
 *
 * The watermark is the latest time of any record so far less the lateness that is allowed.  A
 * window is closed when the watermark reaches its end, and then answered once, with all windows
 * that close with it, in order of their end, their start and their group.  A record that belongs to
 * a closed window when it comes is late: it is counted and left out.  (Akidau and others, "The
 * dataflow model", 2015; the lateness is what they call the watermark's skew.)
 *
 * All of this depends on the records and their order alone, never on the clock; that decides only
 * how many closed windows are answered at a time.  What a row says of its group, its name and unit,
 * is what was known when the record came that closed the window.
 *
 * Memory and the scratch store hold the windows that are open and of each series the last point;
 * the names of series are not forgotten.  Where steps are asked for of points that meet a
 * condition, it is the last one that meets it, and whole chunks may stay of which it is hard to
 * tell: those of which neither the least nor the largest value meets it. */
#ifndef PT_QUERY_LIVE_H
#define PT_QUERY_LIVE_H

#include "query/query.h"
#include "record/record.h"

struct pt_live;

struct pt_live_options {
    const struct pt_query *query;       /* with windows; borrowed */
    const struct pt_selector *selector; /* the series it is about (borrowed); NULL: all */
    /* Answers a part of the query, which is shorter in time, from pt_live_store. */
    int (*run)(void *ctx, const struct pt_query *part, struct pt_answer *out, struct pt_err *err);
    void *run_ctx;
    int64_t lateness;             /* ns, from 0 up */
    int64_t future;               /* ns that a record may be ahead of the clock; 0: any time */
    /* Takes the rows of windows that have closed, which it may change; they are released behind
     * it.  Groups are in order, and their rows in order of time: see pt_answer_by_time. */
    int (*emit)(void *ctx, struct pt_answer *rows, struct pt_err *err);
    void *ctx;
};

struct pt_live_result {
    uint64_t rows;   /* emitted */
    uint64_t late;   /* points left out ... */
    int64_t late_by; /* ... and how far behind the newest record the furthest was, ns */
    int64_t newest;  /* the latest time of a record */
    uint64_t open;   /* rows that were not closed when the end came early ... */
    int64_t open_at; /* ... and the start of their first */
};

/* 0, or -1 with err; *out is to be freed either way. */
int pt_live_open(struct pt_live **out, const struct pt_live_options *options, struct pt_err *err);
void pt_live_free(struct pt_live *l); /* NULL is fine */

/* Adds a record; may emit.  -1 with err: PT_DATA for a bad one, and the next may be added. */
int pt_live_add(struct pt_live *l, const struct pt_record *record, struct pt_err *err);

/* Emits what is closed, which pt_live_add may put off for some tens of milliseconds: for when the
 * input pauses. */
int pt_live_pause(struct pt_live *l, struct pt_err *err);

/* Emits what is left; or, when the input was not read to its end, only what is closed, and counts
 * what is not. */
int pt_live_end(struct pt_live *l, bool early, struct pt_err *err);

const struct pt_live_result *pt_live_result(const struct pt_live *l);

/* The store of what is not forgotten. */
struct pt_store *pt_live_store(struct pt_live *l);

#endif
