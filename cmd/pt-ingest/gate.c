/* gate.c - see gate.h. */
#include "gate.h"

#include "cli/program.h"
#include "cli/stream.h"

#include <stdio.h>

static uint64_t rejects_seen, warnings_seen;
static struct pt_buf command;

void ingest_command_set(int argc, char **argv)
{
    pt_buf_release(&command);
    for (int i = 0; i < argc; i++) {
        if (i)
            pt_buf_putc(&command, ' ');
        pt_buf_puts(&command, argv[i]);
    }
}

const char *ingest_command(void)
{
    return command.n ? command.p : "pt-ingest";
}

int ingest_schema(const char *path, struct pt_schema **out, struct pt_err *err)
{
    struct pt_buf text = {0};
    int rc = 0;
    *out = NULL;
    if (path) {
        rc = pt_input_slurp(path, &text, err);
        if (rc == 0)
            rc = pt_schema_parse(out, pt_buf_view(&text), strcmp(path, "-") ? path : "stdin", err);
    }
    pt_buf_release(&text);
    return rc;
}

int ingest_check(void *ctx, const struct pt_record *record, enum pt_fault *fault,
                 struct pt_err *why)
{
    return ctx ? pt_schema_check(ctx, record, pt_time_now(), fault, why) : 0;
}

void ingest_on_reject(void *ctx, const struct pt_err *err)
{
    (void)ctx;
    pt_stream_bad(&rejects_seen, err);
    if (rejects_seen == PT_STREAM_TOLD)
        pt_program_log(PT_LOG_WARNING, "further rejects are stored, but not shown");
}

void ingest_on_warning(void *ctx, const struct pt_err *err)
{
    struct pt_err told = *err;
    (void)ctx;
    snprintf(told.what, sizeof told.what, "stored all the same: %.480s", err->what);
    if (++warnings_seen <= PT_STREAM_TOLD)
        pt_program_tell(PT_LOG_WARNING, &told);
    if (warnings_seen == PT_STREAM_TOLD)
        pt_program_log(PT_LOG_WARNING, "further warnings are counted, but not shown");
}

void ingest_on_note(void *ctx, const char *text)
{
    (void)ctx;
    pt_program_log(PT_LOG_NOTE, "%s", text);
}

uint64_t ingest_rejects_seen(void)
{
    return rejects_seen;
}
