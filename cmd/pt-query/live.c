/* live.c - see live.h.
 *
 * Rows are written whenever windows were answered: lib/query/live.c decides when that is. */
#include "live.h"

#include "cli/program.h"
#include "show.h"

#include <inttypes.h>
#include <stdlib.h>

int query_live_check(const struct query_live *o, const struct query_options *options,
                     const struct pt_query *query, struct pt_err *err)
{
    enum pt_sheet_format format = pt_program_format(options->output);
    if (!query_live_wanted(o))
        return o->future == INT64_MIN
                   ? 0
                   : pt_err_set(err, PT_USAGE, "--max-future is about --lateness; give it too");
    if (o->lateness < 0 || (o->future < 0 && o->future != INT64_MIN))
        return pt_err_set(err, PT_USAGE, "%s: a duration from 0 up, such as 10s",
                          o->lateness < 0 ? "--lateness" : "--max-future");
    if (!query->window && !query->gap)
        return pt_err_set(err, PT_USAGE, "--lateness is about windows; give --window or --gap too");
    if (!pt_program_from_stdin(options->db))
        return pt_err_set(err, PT_USAGE,
                          "--lateness is about records that come; a store has them all: leave it "
                          "out, or read standard input without --db");
    if (options->output != -1 && !query_show_streams(format))
        return pt_err_set(err, PT_USAGE,
                          "--lateness writes rows as they come, which this format cannot; use "
                          "-o jsonl, csv, tsv or influx");
    return 0;
}

struct writer {
    struct query_input *in;
    struct query_live *live;
    struct query_rows *rows;
    struct pt_buf out;
};

static int write_rows(void *ctx, struct pt_answer *answer, struct pt_err *err)
{
    struct writer *w = ctx;
    struct pt_answer view;
    int rc;
    pt_having_keep(w->live->having, answer);
    pt_answer_by_time(answer, &view);
    w->live->written += view.n;
    rc = query_rows_add(w->rows, &view, err);
    free(view.groups);
    return rc == 0 ? pt_program_write(&w->out, err) : -1;
}

static int add(void *ctx, const struct pt_record *record, struct pt_err *err)
{
    struct writer *w = ctx;
    return pt_live_add(w->in->live, record, err);
}

static int pause_input(void *ctx, struct pt_err *err)
{
    struct writer *w = ctx;
    return pt_live_pause(w->in->live, err);
}

/* Late records are what the option is for: a warning, and no failure. */
static void tell(const struct query_live *o, const struct pt_live_result *r)
{
    char allowed[PT_DURATION_TEXT], by[PT_DURATION_TEXT], at[PT_TIME_TEXT];
    if (r->late) {
        pt_duration_format(allowed, o->lateness);
        pt_duration_format(by, r->late_by);
        pt_program_log(PT_LOG_WARNING,
                       "%" PRIu64 " point%s came later than --lateness %s allows and %s left out, "
                       "up to %s behind the newest record",
                       r->late, r->late == 1 ? "" : "s", allowed, r->late == 1 ? "was" : "were",
                       by);
    }
    if (r->late && r->newest > pt_time_now()) {
        pt_time_format(at, r->newest);
        pt_program_log(PT_LOG_WARNING,
                       "the newest record is ahead of the clock, at %s; --max-future 1m refuses "
                       "such records",
                       at);
    }
    if (r->open) {
        pt_time_format(at, r->open_at);
        pt_program_log(PT_LOG_NOTE,
                       "stopped; %" PRIu64 " row%s of windows still open, the first "
                       "since %s, %s left out",
                       r->open, r->open == 1 ? "" : "s", at, r->open == 1 ? "was" : "were");
    }
}

int query_live_run(struct query_input *in, struct query_live *o,
                   const struct query_options *options, const struct pt_query *query,
                   struct pt_err *err)
{
    struct writer w = {.in = in, .live = o};
    const struct pt_live_options live = {.query = query,
                                         .selector = o->selector,
                                         .lateness = o->lateness,
                                         .future = o->future == INT64_MIN ? 0 : o->future,
                                         .run = o->run,
                                         .run_ctx = o->ctx,
                                         .emit = write_rows,
                                         .ctx = &w};
    int rc;
    w.rows = query_rows_new(options->output, &w.out);
    rc = pt_live_open(&in->live, &live, err);
    if (rc == 0) {
        in->source = pt_live_store(in->live);
        in->stream.out = &w.out;
        in->stream.pause = pause_input;
        rc = query_input_records(in, options, add, &w, err);
    }
    if (rc == 0)
        rc = pt_live_end(in->live, pt_program_stopping(), err);
    if (rc == 0) {
        const struct pt_live_result *r = pt_live_result(in->live);
        o->rows = r->rows + r->open;
        query_rows_end(w.rows);
        rc = pt_program_write(&w.out, err);
        tell(o, r);
    }
    query_rows_free(w.rows);
    pt_buf_release(&w.out);
    return rc;
}
