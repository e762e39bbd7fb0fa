/* stream.c - see stream.h.  Waiting for input is without limit while nothing waits to be written,
 * else not at all: so output is written as soon as the input pauses, and in large pieces while it
 * does not. */
#include "cli/stream.h"

#include "cli/program.h"
#include "format/records.h"

#include <inttypes.h>

void pt_stream_bad(uint64_t *bad, const struct pt_err *err)
{
    if ((*bad)++ < PT_STREAM_TOLD)
        pt_program_tell(PT_LOG_WARNING, err);
}

static void pass_over(struct pt_stream *s, struct pt_err *err)
{
    pt_stream_bad(&s->bad, err);
    *err = (struct pt_err){0};
}

static int hand_on(struct pt_stream *s, const struct pt_record *record,
                   int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                   void *ctx, struct pt_err *err)
{
    if (each(ctx, record, err) != 0) {
        if (err->code != PT_DATA)
            return -1;
        pt_err_at(err, "stdin", s->lines);
        pass_over(s, err);
    }
    return s->out ? pt_program_flush(s->out, err) : 0;
}

/* The input pauses. */
static int rest(struct pt_stream *s, bool fresh, void *ctx, struct pt_err *err)
{
    if (s->pause && fresh && s->pause(ctx, err) != 0)
        return -1;
    return s->out && s->out->n ? pt_program_write(s->out, err) : 0;
}

static int read_records(struct pt_stream *s, struct pt_records *records,
                        int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                        void *ctx, struct pt_err *err)
{
    bool fresh = false; /* records came since the last pause */
    while (!pt_program_stopping()) {
        bool waiting = (s->out && s->out->n) || (s->pause && fresh);
        struct pt_record record;
        enum pt_records_result result = pt_records_next(records, waiting ? 0 : -1, &record, err);
        if (result == PT_RECORDS_FAILED)
            return -1;
        if (result == PT_RECORDS_END)
            return 0;
        s->lines = pt_records_line(records)->number;
        if (result == PT_RECORDS_BAD)
            pass_over(s, err);
        else if (result == PT_RECORDS_IDLE && waiting && rest(s, fresh, ctx, err) != 0)
            return -1;
        else if (result == PT_RECORDS_ONE && hand_on(s, &record, each, ctx, err) != 0)
            return -1;
        if (result == PT_RECORDS_ONE)
            fresh = true;
        else if (result == PT_RECORDS_IDLE && waiting)
            fresh = false;
    }
    return 0;
}

int pt_stream_each(struct pt_stream *s,
                   int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                   void *ctx, struct pt_err *err)
{
    struct pt_records_options options = {.format = (enum pt_records_format)s->format,
                                         .ts_unit = (enum pt_time_unit)s->ts_unit};
    struct pt_records *records;
    struct pt_input *input;
    int rc;
    pt_program_catch_signals();
    if (pt_input_open(&input, NULL, err) != 0)
        return -1;
    records = pt_records_new(input, &options);
    rc = read_records(s, records, each, ctx, err);
    pt_records_free(records);
    pt_input_close(input);
    return rc;
}

/* An error that only says "nothing found" is told, but gives way to what is worse. */
int pt_stream_end(const struct pt_stream *s, int rc, struct pt_err *err)
{
    if (!s->bad || (rc < 0 && err->code != PT_FOUND))
        return rc;
    if (rc < 0)
        pt_program_tell(PT_LOG_NOTE, err);
    *err = (struct pt_err){0};
    pt_err_set(err, PT_DATA, "%" PRIu64 " of %" PRIu64 " lines held no record and were left out",
               s->bad, s->lines);
    return pt_err_at(err, "stdin", 0);
}
