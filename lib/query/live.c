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
#include "query/intake.h"
#include "record/future.h"

#include <stdlib.h>

enum {
    LOOK_AT_CLOCK = 64,        /* records between looks at the clock */
    FORGET_POINTS = 256 * 1024 /* points that come before others are forgotten */
};
static const int64_t EMIT_EVERY = 100 * PT_MS;

struct span {
    int64_t start, stop;
};

struct pt_live {
    struct pt_live_options options;
    struct pt_intake *intake;
    struct pt_future future;
    int64_t watermark;        /* PT_TIME_MIN before the first record */
    int64_t answered;         /* windows that end up to here were emitted */
    bool any;                 /* a point was added ... */
    struct span next;         /* ... and this is the first window that is not answered */
    int64_t emitted_at;       /* monotonic */
    uint64_t records, points; /* points: since others were forgotten */
    struct pt_live_result result;
};

void pt_live_free(struct pt_live *l)
{
    if (!l)
        return;
    pt_intake_free(l->intake);
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

/* The first window that ends behind t. */
static struct span first_window(const struct pt_live *l, int64_t t)
{
    int64_t length = l->options.query->window, start = pt_time_floor(t, length);
    return (struct span){start, pt_time_after(start, length)};
}

static bool due(const struct pt_live *l)
{
    return l->any && l->watermark >= l->next.stop;
}

static bool late(const struct pt_live *l, int64_t ts)
{
    return ts < l->watermark && first_window(l, ts).stop <= l->watermark;
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

/* Leaves the rows whose windows end in (after, upto]. */
static void cut_group(struct pt_group *g, size_t ncolumns, int64_t after, int64_t upto)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (g->stop[i] <= after || g->stop[i] > upto)
            continue;
        g->start[n] = g->start[i];
        g->stop[n] = g->stop[i];
        memmove(g->values + n * ncolumns, g->values + i * ncolumns, ncolumns * sizeof *g->values);
        n++;
    }
    g->n = n;
}

/* How many rows are left in how many groups. */
static uint64_t cut(struct pt_answer *a, int64_t after, int64_t upto)
{
    uint64_t rows = 0;
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        cut_group(&a->groups[i], a->ncolumns, after, upto);
        rows += a->groups[i].n;
        if (a->groups[i].n)
            a->groups[n++] = a->groups[i];
        else
            pt_group_release(&a->groups[i]);
    }
    a->n = n;
    return rows;
}

/* Emits the windows that end up to `upto`; what they hold lies before `until`. */
static int emit(struct pt_live *l, int64_t upto, int64_t until, struct pt_err *err)
{
    struct pt_answer a;
    uint64_t rows = 0;
    int rc = ask(l, until, &a, err);
    if (rc == 0 && (rows = cut(&a, l->answered, upto)))
        rc = l->options.emit(l->options.ctx, &a, err);
    pt_answer_release(&a);
    l->result.rows += rows;
    l->answered = upto;
    return rc;
}

/* Emits what is closed, and forgets it now and then. */
static int emit_closed(struct pt_live *l, struct pt_err *err)
{
    if (emit(l, l->watermark, l->watermark, err) != 0)
        return -1;
    l->next = first_window(l, l->watermark);
    l->emitted_at = pt_time_monotonic();
    if (l->points < FORGET_POINTS)
        return 0;
    l->points = 0;
    return pt_intake_forget(l->intake, l->next.start, err);
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
    struct pt_live *l = *out = pt_mem_alloc(sizeof *l);
    l->options = *options;
    l->future.most = options->future;
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
        l->result.open = cut(&a, l->answered, PT_TIME_MAX);
    l->result.open_at = PT_TIME_MAX;
    for (size_t i = 0; i < a.n; i++)
        if (a.groups[i].start[0] < l->result.open_at)
            l->result.open_at = a.groups[i].start[0];
    pt_answer_release(&a);
    return rc;
}

int pt_live_end(struct pt_live *l, bool early, struct pt_err *err)
{
    if (!early)
        return emit(l, PT_TIME_MAX, PT_TIME_MAX, err);
    return pt_live_pause(l, err) == 0 ? count_open(l, err) : -1;
}
