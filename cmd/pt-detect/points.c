/* points.c - see points.h.
 *
 * Standard input is judged as it comes: one record at a time, and what was found is written as soon
 * as the input pauses.  A store, and with --any-order standard input as a whole, is replayed. */
#include "points.h"

#include "cli/program.h"
#include "format/records.h"

#include <inttypes.h>
#include <unistd.h>

enum {
    BAD_LINES_SHOWN = 5,
    WRITE_FROM = 1 << 16 /* bytes of output that are worth a write */
};

static int flush(struct detect_work *w, size_t from, struct pt_err *err)
{
    return w->out->n && w->out->n >= from ? pt_program_write(w->out, err) : 0;
}

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
    return flush(w, WRITE_FROM, err);
}

static int replay(struct pt_source *source, struct detect_work *w, struct pt_err *err)
{
    struct pt_replay r = w->replay;
    r.want = replay_want;
    r.point = replay_point;
    r.ctx = w;
    return pt_replay_run(source, &r, err) < 0 ? -1 : 0;
}

static int from_store(const char *path, struct detect_work *w, struct pt_err *err)
{
    struct pt_store *store;
    struct pt_store_stats totals;
    struct pt_source *source;
    int rc;
    if (pt_store_open(&store, path, PT_STORE_READ, err) != 0)
        return -1;
    rc = pt_store_begin_read(store, err);
    if (rc == 0 && (rc = pt_store_totals(store, &totals, err)) == 0) {
        w->any = totals.points || totals.documents;
        w->last = totals.last;
        source = pt_source_store(store);
        rc = replay(source, w, err);
        pt_source_free(source);
        pt_store_end_read(store);
    }
    pt_store_close(store);
    return rc;
}

/* --- standard input -------------------------------------------------------------------------- */

/* Notes a bad line and clears the error. */
static void note_bad(struct detect_work *w, struct pt_err *err)
{
    char text[sizeof err->what + sizeof err->input + 32];
    if (w->bad++ < BAD_LINES_SHOWN) {
        pt_err_text(err, text, sizeof text);
        pt_program_log(PT_LOG_WARNING, "%s", text);
    }
    *err = (struct pt_err){0};
}

static void note_time(struct detect_work *w, int64_t ts)
{
    if (!w->any || ts > w->last)
        w->last = ts;
    w->any = true;
}

/* Hands on one record; a record whose tags cannot be read is a bad line. */
static int judge_record(struct detect_work *w, const struct pt_record *record,
                        const struct pt_line *line, struct pt_err *err)
{
    const struct pt_replay *r = &w->replay;
    const struct pt_feed_point *points;
    int n = pt_feed_record(r->feed, record, &points, err);
    if (n < 0) {
        pt_err_at(err, "stdin", line->number);
        note_bad(w, err);
        return 0;
    }
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

static int gather_record(struct detect_work *w, struct pt_source *memory,
                         const struct pt_record *record, const struct pt_line *line,
                         struct pt_err *err)
{
    if (pt_source_add(memory, record, err) != 0) {
        pt_err_at(err, "stdin", line->number);
        note_bad(w, err);
        return 0;
    }
    note_time(w, record->ts);
    return 0;
}

/* Reads to the end; into `memory` if there is one, else judging each record. */
static int read_records(struct detect_work *w, struct pt_records *records, struct pt_source *memory,
                        struct pt_err *err)
{
    struct pt_record record;
    while (!pt_program_stopping()) {
        const struct pt_line *line;
        switch (pt_records_next(records, w->out->n ? 0 : -1, &record, err)) {
        case PT_RECORDS_FAILED: return -1;
        case PT_RECORDS_END: return 0;
        case PT_RECORDS_NOTHING: break;
        case PT_RECORDS_BAD: note_bad(w, err); break;
        case PT_RECORDS_IDLE:
            if (flush(w, 1, err) != 0)
                return -1;
            break;
        case PT_RECORDS_ONE:
            line = pt_records_line(records);
            if ((memory ? gather_record(w, memory, &record, line, err)
                        : judge_record(w, &record, line, err)) != 0 ||
                flush(w, WRITE_FROM, err) != 0)
                return -1;
            break;
        }
        w->lines = pt_records_line(records)->number;
    }
    return 0;
}

static int from_stdin(const struct detect_input *input, struct detect_work *w, struct pt_err *err)
{
    struct pt_records_options options = {.format = (enum pt_records_format)input->format,
                                         .ts_unit = (enum pt_time_unit)input->ts_unit};
    struct pt_source *memory = input->any_order ? pt_source_memory() : NULL;
    struct pt_records *records;
    struct pt_input *in;
    int rc = pt_input_open(&in, NULL, err);
    if (rc == 0) {
        records = pt_records_new(in, &options);
        rc = read_records(w, records, memory, err);
        pt_records_free(records);
        pt_input_close(in);
    }
    if (rc == 0 && memory)
        rc = replay(memory, w, err);
    pt_source_free(memory);
    return rc;
}

int detect_points(const struct detect_input *input, struct detect_work *work, struct pt_err *err)
{
    pt_program_catch_signals();
    return pt_program_from_stdin(input->db) ? from_stdin(input, work, err)
                                            : from_store(pt_program_db(input->db), work, err);
}

/* --- what comes out -------------------------------------------------------------------------- */

int detect_status(const struct detect_work *work, bool found, struct pt_err *err)
{
    if (work->bad) {
        pt_err_set(err, PT_DATA, "%" PRIu64 " of %" PRIu64 " lines held no record", work->bad,
                   work->lines);
        return pt_err_at(err, "stdin", 0);
    }
    return found ? PT_FOUND : PT_OK;
}

struct pt_sheet *detect_sheet(int output, struct pt_buf *out, enum pt_sheet_format *format)
{
    if (output >= 0)
        *format = (enum pt_sheet_format)output;
    else
        *format = isatty(STDOUT_FILENO) ? PT_SHEET_TABLE : PT_SHEET_JSONL;
    return pt_sheet_new(*format, pt_program_color(STDOUT_FILENO), out);
}

void detect_bool(struct pt_sheet *sheet, enum pt_sheet_format format, bool value)
{
    if (format == PT_SHEET_JSONL)
        pt_sheet_json(sheet, value ? PT_STR("true") : PT_STR("false"));
    else
        pt_sheet_text(sheet, value ? PT_STR("true") : PT_STR("false"));
}
