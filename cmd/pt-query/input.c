/* input.c - see input.h. */
#include "input.h"

#include "cli/program.h"

#include <inttypes.h>
#include <unistd.h>

enum {
    BAD_LINES_SHOWN = 5,
    WRITE_FROM = 1 << 16 /* bytes of output that are worth a write */
};

/* --- standard input -------------------------------------------------------------------------- */

static void note_bad(struct query_input *in, struct pt_err *err)
{
    char text[sizeof err->what + sizeof err->input + 32];
    if (in->bad++ < BAD_LINES_SHOWN) {
        pt_err_text(err, text, sizeof text);
        pt_program_log(PT_LOG_ERROR, "%s", text);
    }
    *err = (struct pt_err){0};
}

static int take(struct query_input *in, const struct pt_record *record, uint64_t line,
                int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                void *ctx, struct pt_err *err)
{
    int rc = each(ctx, record, err);
    if (rc == 0 || err->code != PT_DATA)
        return rc;
    pt_err_at(err, "stdin", line);
    note_bad(in, err);
    return 0;
}

static int write_out(struct query_input *in, struct pt_err *err)
{
    return in->out && in->out->n ? pt_program_write(in->out, err) : 0;
}

static int read_records(struct query_input *in, struct pt_records *records,
                        int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                        void *ctx, struct pt_err *err)
{
    struct pt_record record;
    while (!pt_program_stopping()) {
        int wait_ms = in->out && in->out->n ? 0 : -1;
        enum pt_records_result result = pt_records_next(records, wait_ms, &record, err);
        if (result == PT_RECORDS_FAILED || (result == PT_RECORDS_IDLE && write_out(in, err) != 0))
            return -1;
        if (result == PT_RECORDS_END)
            return 0;
        in->lines = pt_records_line(records)->number;
        if (result == PT_RECORDS_BAD)
            note_bad(in, err);
        else if (result == PT_RECORDS_ONE &&
                 take(in, &record, in->lines, each, ctx, err) != 0)
            return -1;
    }
    return 0;
}

int query_input_records(struct query_input *in, const struct query_options *options,
                        int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                        void *ctx, struct pt_err *err)
{
    struct pt_records_options how = {.format = (enum pt_records_format)options->format,
                                     .ts_unit = (enum pt_time_unit)options->ts_unit};
    struct pt_records *records;
    struct pt_input *input;
    int rc;
    pt_program_catch_signals();
    if (pt_input_open(&input, NULL, err) != 0)
        return -1;
    records = pt_records_new(input, &how);
    rc = read_records(in, records, each, ctx, err);
    pt_records_free(records);
    pt_input_close(input);
    return rc;
}

static int add(void *source, const struct pt_record *record, struct pt_err *err)
{
    return pt_source_add(source, record, err);
}

/* --- opening and closing --------------------------------------------------------------------- */

int query_input_open(struct query_input *in, const struct query_options *options,
                     const struct pt_selector *selector, struct pt_err *err)
{
    *in = (struct query_input){0};
    if (pt_program_from_stdin(options->db)) {
        in->source = pt_source_memory();
        pt_source_want(in->source, selector);
        return query_input_records(in, options, add, in->source, err);
    }
    if (pt_store_open(&in->store, pt_program_db(options->db), PT_STORE_READ, err) != 0 ||
        pt_store_begin_read(in->store, err) != 0)
        return -1;
    in->source = pt_source_store(in->store);
    return 0;
}

/* An error that only says "nothing found" is told, but gives way to what is worse. */
static int fail_for_lines(const struct query_input *in, struct pt_err *err)
{
    if (err->code == PT_FOUND) {
        pt_program_log(PT_LOG_NOTE, "%s", err->what);
        *err = (struct pt_err){0};
    }
    pt_err_set(err, PT_DATA, "%" PRIu64 " of %" PRIu64 " lines held no record and were left out",
               in->bad, in->lines);
    return pt_err_at(err, "stdin", 0);
}

int query_input_close(struct query_input *in, int rc, struct pt_err *err)
{
    bool empty = !in->store && !in->lines;
    if (in->store && in->source)
        pt_store_end_read(in->store);
    pt_source_free(in->source);
    pt_store_close(in->store);
    if (in->bad && (rc >= 0 || err->code == PT_FOUND))
        return fail_for_lines(in, err);
    if (empty && rc < 0 && err->code == PT_FOUND) {
        *err = (struct pt_err){0};
        return pt_err_set(err, PT_FOUND, "standard input is empty; give --db to ask a store");
    }
    return rc;
}

/* --- odds of the subcommands ----------------------------------------------------------------- */

enum pt_sheet_format query_format(const struct query_options *options)
{
    if (options->output >= 0)
        return (enum pt_sheet_format)options->output;
    return isatty(STDOUT_FILENO) ? PT_SHEET_TABLE : PT_SHEET_JSONL;
}

int query_flush(struct pt_buf *out, struct pt_err *err)
{
    return out->n >= WRITE_FROM ? pt_program_write(out, err) : 0;
}

int query_selector(int argc, char **argv, struct pt_selector **out, struct pt_err *err)
{
    *out = NULL;
    return argc > 0 ? pt_selector_parse(argv[0], out, err) : 0;
}
