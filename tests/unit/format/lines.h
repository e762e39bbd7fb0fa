/* lines.h - for the tests of formats: records and reasons as lines of text. */
#ifndef PT_UNIT_FORMAT_LINES_H
#define PT_UNIT_FORMAT_LINES_H

#include "../test.h"
#include "base/buf.h"
#include "format/records.h"
#include "record/write.h"

#include <stdlib.h>

/* A file of the given bytes in the current directory. */
static inline const char *lines_file(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    CHECK(f && fwrite(bytes, 1, n, f) == n);
    if (f)
        fclose(f);
    return name;
}

/* What a file of these bytes holds: metrics as pt_line_metric writes them, documents as "doc BODY",
 * bad lines as "INPUT:LINE: REASON", a failure to read as "failed: REASON". */
static inline void lines_read(struct pt_buf *out, const char *path,
                              const struct pt_records_options *options)
{
    struct pt_err err = {0};
    struct pt_input *in;
    struct pt_records *records;
    enum pt_records_result got;
    if (pt_input_open(&in, path, &err) != 0) {
        pt_buf_printf(out, "failed: %s\n", err.what);
        return;
    }
    records = pt_records_new(in, options);
    do {
        struct pt_record r;
        char text[1024];
        err = (struct pt_err){0};
        got = pt_records_next(records, -1, &r, &err);
        pt_err_text(&err, text, sizeof text);
        if (got == PT_RECORDS_ONE && r.metric)
            pt_line_metric(out, r.ts, r.name, r.value, r.kind, r.unit, r.tags);
        else if (got == PT_RECORDS_ONE)
            pt_buf_printf(out, "doc %.*s\n", (int)r.body.n, r.body.p);
        else if (got == PT_RECORDS_BAD || got == PT_RECORDS_FAILED)
            pt_buf_printf(out, "%s%s\n", got == PT_RECORDS_FAILED ? "failed: " : "", text);
    } while (got != PT_RECORDS_END && got != PT_RECORDS_FAILED);
    pt_records_free(records);
    pt_input_close(in);
}

static inline void lines_check_bytes(struct pt_str bytes, struct pt_records_options options,
                                     const char *want)
{
    struct pt_buf got = {0};
    lines_read(&got, lines_file("in", bytes.p, bytes.n), &options);
    if (!CHECK_STR(pt_buf_view(&got), want))
        printf("#   for  %.*s\n", (int)bytes.n, bytes.p);
    pt_buf_release(&got);
}

static inline void lines_check(const char *text, const char *want)
{
    lines_check_bytes(pt_str(text), (struct pt_records_options){0}, want);
}

#endif
