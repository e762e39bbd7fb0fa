/* points.c - see points.h.
 *
 * Standard input is judged as it comes: one record at a time, and what was found is written as soon
 * as the input pauses.  A store, and with --any-order standard input as a whole, is replayed. */
#include "points.h"

#include "cli/program.h"
#include "query/intake.h"

#include <unistd.h>

/* --- a store, or a whole input, replayed ----------------------------------------------------- */

static bool replay_want(void *ctx, uint32_t series)
{
    struct detect_work *w = ctx;
    return !w->replay.want || w->replay.want(w->replay.ctx, series);
}

static int replay_point(void *ctx, const struct pt_feed_point *p, struct pt_err *err)
{
    struct detect_work *w = ctx;
    if (pt_program_stopping())
        return PT_FOUND; /* ends the replay, and is no error */
    if ((w->time && w->time(w->replay.ctx, p->ts, err) != 0) ||
        w->replay.point(w->replay.ctx, p, err) != 0)
        return -1;
    return pt_program_flush(w->stream.out, err);
}

static int note_series(void *feed, const struct pt_store_series *s)
{
    pt_feed_number(feed, s->name, s->tags, s->unit, s->kind);
    return 0;
}

/* A replay numbers only the series that the selector matches.  If there are none, the rest of the
 * catalogue is worth its cost: the message names the nearest. */
static int replay(struct pt_store *store, struct detect_work *w, struct pt_err *err)
{
    struct pt_replay r = w->replay;
    r.want = replay_want;
    r.point = replay_point;
    r.ctx = w;
    if (pt_replay_run(store, &r, err) < 0)
        return -1;
    if (pt_feed_count(r.feed))
        return 0;
    return pt_store_each_series(store, NULL, note_series, r.feed, err);
}

static int from_store(const char *path, struct detect_work *w, struct pt_err *err)
{
    struct pt_store *store;
    struct pt_store_stats totals;
    int rc;
    if (pt_store_open(&store, path, PT_STORE_READ, err) != 0)
        return -1;
    rc = pt_store_begin_read(store, err);
    if (rc == 0 && (rc = pt_store_totals(store, &totals, err)) == 0) {
        w->any = totals.points || totals.documents;
        w->last = totals.last;
        rc = replay(store, w, err);
        pt_store_end_read(store);
    }
    pt_store_close(store);
    return rc;
}

/* --- standard input -------------------------------------------------------------------------- */

static void note_time(struct detect_work *w, int64_t ts)
{
    if (!w->any || ts > w->last)
        w->last = ts;
    w->any = true;
}

/* Hands on one record's points. */
static int judge_record(void *ctx, const struct pt_record *record, struct pt_err *err)
{
    struct detect_work *w = ctx;
    const struct pt_replay *r = &w->replay;
    const struct pt_feed_point *points;
    int n = pt_feed_record(r->feed, record, &points, err);
    if (n < 0)
        return -1;
    note_time(w, record->ts);
    if (w->time && w->time(r->ctx, record->ts, err) != 0)
        return -1;
    if (record->ts >= r->until || (record->ts < r->since && !r->lead))
        return 0;
    for (int i = 0; i < n; i++)
        if ((!r->want || r->want(r->ctx, points[i].series)) &&
            r->point(r->ctx, &points[i], err) != 0)
            return -1;
    return 0;
}

static int gather_record(void *ctx, const struct pt_record *record, struct pt_err *err)
{
    struct detect_work *w = ctx;
    if (pt_intake_add(w->intake, record, err) != 0)
        return -1;
    note_time(w, record->ts);
    return 0;
}

static int from_stdin(const struct detect_input *input, struct detect_work *w, struct pt_err *err)
{
    int rc;
    w->stream.format = input->format;
    w->stream.ts_unit = input->ts_unit;
    if (!input->any_order)
        return pt_stream_each(&w->stream, judge_record, w, err);
    rc = pt_intake_open(&w->intake, w->replay.selector, err);
    if (rc == 0)
        rc = pt_stream_each(&w->stream, gather_record, w, err);
    if (rc == 0)
        rc = pt_intake_flush(w->intake, err);
    if (rc == 0)
        rc = replay(pt_intake_store(w->intake), w, err);
    pt_intake_free(w->intake);
    return rc;
}

int detect_points(const struct detect_input *input, struct detect_work *work, struct pt_err *err)
{
    pt_program_catch_signals();
    return pt_program_from_stdin(input->db) ? from_stdin(input, work, err)
                                            : from_store(pt_program_db(input->db), work, err);
}

/* --- nothing judged -------------------------------------------------------------------------- */

bool detect_excused(const struct detect_work *work)
{
    return pt_program_stopping() || work->stream.bad;
}

int detect_nothing(const struct detect_input *input, const struct detect_work *work,
                   const struct pt_selector *selector, int64_t since, int64_t until,
                   struct pt_err *err)
{
    if (!work->any && pt_program_from_stdin(input->db))
        return pt_err_set(err, PT_DATA, "standard input is empty; give --db to judge a store");
    return pt_nothing_matched(work->replay.feed, selector, since, until, err);
}

/* --- what comes out -------------------------------------------------------------------------- */

struct pt_sheet *detect_sheet(int output, struct pt_buf *out, enum pt_sheet_format *format)
{
    *format = pt_program_format(output);
    return pt_sheet_new(*format, pt_program_color(STDOUT_FILENO), out);
}

void detect_bool(struct pt_sheet *sheet, enum pt_sheet_format format, bool value)
{
    if (format == PT_SHEET_JSONL)
        pt_sheet_json(sheet, value ? PT_STR("true") : PT_STR("false"));
    else
        pt_sheet_text(sheet, value ? PT_STR("true") : PT_STR("false"));
}
