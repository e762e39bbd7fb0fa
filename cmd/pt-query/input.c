/* input.c - see input.h. */
#include "input.h"

#include "cli/program.h"

int query_input_records(struct query_input *in, const struct query_options *options,
                        int (*each)(void *ctx, const struct pt_record *record, struct pt_err *err),
                        void *ctx, struct pt_err *err)
{
    in->stream.format = options->format;
    in->stream.ts_unit = options->ts_unit;
    return pt_stream_each(&in->stream, each, ctx, err);
}

static int add(void *intake, const struct pt_record *record, struct pt_err *err)
{
    return pt_intake_add(intake, record, err);
}

static int read_stdin(struct query_input *in, const struct query_options *options,
                      const struct pt_selector *selector, struct pt_err *err)
{
    if (pt_intake_open(&in->intake, selector, err) != 0)
        return -1;
    in->source = pt_intake_store(in->intake);
    return query_input_records(in, options, add, in->intake, err) == 0
               ? pt_intake_flush(in->intake, err)
               : -1;
}

int query_input_open(struct query_input *in, const struct query_options *options,
                     const struct pt_selector *selector, struct pt_err *err)
{
    *in = (struct query_input){0};
    if (pt_program_from_stdin(options->db))
        return read_stdin(in, options, selector, err);
    if (pt_store_open(&in->store, pt_program_db(options->db), PT_STORE_READ, err) != 0 ||
        pt_store_begin_read(in->store, err) != 0)
        return -1;
    in->source = in->store;
    return 0;
}

int query_input_close(struct query_input *in, int rc, struct pt_err *err)
{
    bool empty = !in->store && !in->stream.lines;
    if (in->store && in->source)
        pt_store_end_read(in->store);
    pt_intake_free(in->intake);
    pt_live_free(in->live);
    pt_store_close(in->store);
    if (empty && rc < 0 && err->code == PT_FOUND) {
        *err = (struct pt_err){0};
        return pt_err_set(err, PT_FOUND, "standard input is empty; give --db to ask a store");
    }
    return pt_stream_end(&in->stream, rc, err);
}

int query_selector(int argc, char **argv, struct pt_selector **out, struct pt_err *err)
{
    *out = NULL;
    return argc > 0 ? pt_selector_parse(argv[0], out, err) : 0;
}
