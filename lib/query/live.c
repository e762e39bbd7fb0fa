/* live.c - see live.h.
 *
 * Records go through an intake (intake.h).  When windows are to be answered, the query is run over
 * the part of time that they cover, and the rows of windows that are closed and were not answered
 * before are taken out of the answer.  So an answer is the same however many windows it is for, and
 * the same as that of a store.
 *
 * A record that brings a new series, or says something new of one, could change what rows say of
 * their group; so what is closed by then is answered before it is added. */
#include "query/live.h"

#include "base/mem.h"
#include "query/grid.h"
#include "query/intake.h"
#include "record/future.h"

#include <stdlib.h>

enum {
    LOOK_AT_CLOCK = 64,        /* records between looks at the clock */
    FORGET_POINTS = 256 * 1024 /* points that come before others are forgotten */
};
static const int64_t EMIT_EVERY = 100 * PT_MS;

struct pt_live {
    struct pt_live_options options;
    struct pt_intake *intake;
    struct pt_future future;
    struct pt_grid grid;
    int64_t watermark;          /* PT_TIME_MIN before the first record */
    int64_t answered;           /* windows that end up to here were emitted */
    bool any;                   /* a point was added ... */
    struct pt_grid_window next; /* ... and this is the first window that is not answered */
    int64_t emitted_at;         /* monotonic */
    uint64_t records, points;   /* points: since others were forgotten */
    struct pt_live_result result;
};

void pt_live_free(struct pt_live *l)
{
    if (!l)
        return;
    pt_intake_free(l->intake);
    pt_grid_release(&l->grid);
    free(l);
}

const struct pt_live_result *pt_live_result(const struct pt_live *l)
{
    return &l->result;
}

struct pt_store *pt_live_store(struct pt_live *l)
{
    return pt_intake_store(l->intake);
}

/* --- windows --------------------------------------------------------------------------------- */

static const struct pt_grid_window NO_WINDOW = {.start = PT_TIME_MAX, .stop = PT_TIME_MAX};

/* The first window that ends behind t; of a session, which its last point and the gap behind it
 * end, the shortest there can be. */
static struct pt_grid_window first_window(struct pt_live *l, int64_t t)
{
    struct pt_grid_window w;
    if (l->grid.gap)
        return (struct pt_grid_window){.start = t, .stop = pt_time_after(t, l->grid.gap)};
    return pt_grid_first(&l->grid, t, &w) ? w : NO_WINDOW;
}

/* The time at which the window of a row is closed. */
static int64_t close_of(const struct pt_live *l, const struct pt_group *g, size_t row)
{
    return l->grid.gap ? pt_time_after(g->stop[row], l->grid.gap - 1) : g->stop[row];
}

static bool due(const struct pt_live *l)
{
    return l->any && l->watermark >= l->next.stop;
}

/* A point that is not later than the watermark could be of a session that is closed. */
static bool late(struct pt_live *l, int64_t ts)
{
    return ts < l->watermark && (l->grid.gap || first_window(l, ts).stop <= l->watermark);
}

/* --- answers --------------------------------------------------------------------------------- */

/* Runs the query from the first window that is not answered up to `until`. */
static int ask(struct pt_live *l, int64_t until, struct pt_answer *out, struct pt_err *err)
{
    struct pt_query q = *l->options.query;
    *out = (struct pt_answer){0};
    if (pt_intake_flush(l->intake, err) != 0)
        return -1;
    if (l->next.start > q.since)
        q.since = l->next.start;
    if (until < q.until)
        q.until = until;
    if (!l->any || q.since >= q.until)
        return 0;
    return l->options.run(l->options.run_ctx, &q, out, err);
}

static void move_row(struct pt_group *g, size_t to, size_t from, size_t ncolumns)
{
    g->start[to] = g->start[from];
    g->stop[to] = g->stop[from];
    memmove(g->values + to * ncolumns, g->values + from * ncolumns, ncolumns * sizeof *g->values);
    if (g->texts)
        memmove(g->texts + to * ncolumns, g->texts + from * ncolumns, ncolumns * sizeof *g->texts);
}

/* Leaves the rows whose windows were closed in (l->answered, upto]. */
static void cut_group(const struct pt_live *l, struct pt_group *g, size_t ncolumns, int64_t upto)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        int64_t closed = close_of(l, g, i);
        if (closed > l->answered && closed <= upto)
            move_row(g, n++, i, ncolumns);
    }
    g->n = n;
}

/* How many rows are left in how many groups. */
static uint64_t cut(const struct pt_live *l, struct pt_answer *a, int64_t upto)
{
    uint64_t rows = 0;
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        cut_group(l, &a->groups[i], a->ncolumns, upto);
        rows += a->groups[i].n;
        if (a->groups[i].n)
            a->groups[n++] = a->groups[i];
        else
            pt_group_release(&a->groups[i]);
    }
    a->n = n;
    return rows;
}

/* Emits the rows of windows that are closed by `upto` and were not emitted before. */
static int emit(struct pt_live *l, struct pt_answer *a, int64_t upto, struct pt_err *err)
{
    uint64_t rows = cut(l, a, upto);
    l->result.rows += rows;
    l->answered = upto;
    return rows ? l->options.emit(l->options.ctx, a, err) : 0;
}

/* The first window that is open at the watermark: sessions among the rows, which lie before it, may
 * go on. */
static struct pt_grid_window first_open(struct pt_live *l, const struct pt_answer *a)
{
    struct pt_grid_window w = first_window(l, l->watermark);
    for (size_t i = 0; i < a->n && l->grid.gap; i++)
        for (size_t row = 0; row < a->groups[i].n; row++) {
            int64_t closes = close_of(l, &a->groups[i], row), start = a->groups[i].start[row];
            if (closes <= l->watermark)
                continue;
            w.start = start < w.start ? start : w.start;
            w.stop = closes < w.stop ? closes : w.stop;
        }
    return w;
}

/* What the last point of each series has to meet, which steps are counted from.  Without a selector
 * the query may be about several things, of which one does. */
static const struct pt_formula *condition(const struct pt_live *l)
{
    const struct pt_query *q = l->options.query;
    return !l->options.selector || pt_query_steps(q) ? q->where : NULL;
}

/* Emits what is closed, and forgets it now and then. */
static int emit_closed(struct pt_live *l, struct pt_err *err)
{
    struct pt_answer a;
    int rc = ask(l, l->watermark, &a, err);
    if (rc == 0) {
        l->next = first_open(l, &a);
        rc = emit(l, &a, l->watermark, err);
    }
    pt_answer_release(&a);
    l->emitted_at = pt_time_monotonic();
    if (rc != 0 || l->points < FORGET_POINTS)
        return rc;
    l->points = 0;
    return pt_intake_forget(l->intake, l->next.start, condition(l), err);
}

/* --- records --------------------------------------------------------------------------------- */

static void count_late(struct pt_live *l, int64_t ts)
{
    uint64_t by = (uint64_t)l->result.newest - (uint64_t)ts;
    l->result.late++;
    if (by > (uint64_t)l->result.late_by)
        l->result.late_by = by > INT64_MAX ? INT64_MAX : (int64_t)by;
}

static int admit(void *ctx, const struct pt_record *r, bool news, struct pt_err *err)
{
    struct pt_live *l = ctx;
    const struct pt_query *q = l->options.query;
    if (r->ts >= q->until)
        return 0;
    if (late(l, r->ts)) {
        if (r->ts >= q->since)
            count_late(l, r->ts);
        return 0;
    }
    if (news && due(l) && emit_closed(l, err) != 0)
        return -1;
    if (!l->any || r->ts < l->next.start)
        l->next = first_window(l, r->ts);
    l->any = true;
    l->points++;
    return 1;
}

static void advance(struct pt_live *l, int64_t ts)
{
    if (ts <= l->result.newest)
        return;
    l->result.newest = ts;
    if (__builtin_sub_overflow(ts, l->options.lateness, &l->watermark))
        l->watermark = PT_TIME_MIN;
}

int pt_live_open(struct pt_live **out, const struct pt_live_options *options, struct pt_err *err)
{
    const struct pt_query *q = options->query;
    struct pt_live *l = *out = pt_mem_alloc(sizeof *l);
    l->options = *options;
    l->future.most = options->future;
    pt_grid_begin(&l->grid, &(struct pt_grid_plan){.window = q->window,
                                                   .slide = q->slide,
                                                   .gap = q->gap,
                                                   .origin = q->origin,
                                                   .calendar = q->calendar});
    l->watermark = l->answered = l->result.newest = PT_TIME_MIN;
    if (pt_intake_open(&l->intake, options->selector, err) != 0)
        return -1;
    pt_intake_gate(l->intake, admit, l);
    return 0;
}

int pt_live_add(struct pt_live *l, const struct pt_record *record, struct pt_err *err)
{
    bool look = l->records++ % LOOK_AT_CLOCK == 0;
    if (pt_future_check(&l->future, record->ts, err) != 0)
        return -1;
    advance(l, record->ts);
    if (look && due(l) && pt_time_monotonic() - l->emitted_at >= EMIT_EVERY &&
        emit_closed(l, err) != 0)
        return -1;
    return pt_intake_add(l->intake, record, err);
}

int pt_live_pause(struct pt_live *l, struct pt_err *err)
{
    return due(l) ? emit_closed(l, err) : 0;
}

/* --- the end --------------------------------------------------------------------------------- */

static int count_open(struct pt_live *l, struct pt_err *err)
{
    struct pt_answer a;
    int rc = ask(l, PT_TIME_MAX, &a, err);
    if (rc == 0)
        l->result.open = cut(l, &a, PT_TIME_MAX);
    l->result.open_at = PT_TIME_MAX;
    for (size_t i = 0; i < a.n; i++)
        if (a.groups[i].start[0] < l->result.open_at)
            l->result.open_at = a.groups[i].start[0];
    pt_answer_release(&a);
    return rc;
}

int pt_live_end(struct pt_live *l, bool early, struct pt_err *err)
{
    struct pt_answer a;
    int rc;
    if (early)
        return pt_live_pause(l, err) == 0 ? count_open(l, err) : -1;
    rc = ask(l, PT_TIME_MAX, &a, err);
    if (rc == 0)
        rc = emit(l, &a, PT_TIME_MAX, err);
    pt_answer_release(&a);
    return rc;
}
