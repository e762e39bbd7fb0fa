/* records.h - for the fuzzers of formats: whatever the bytes, records hold the rules of a record,
 * bad lines have a reason and a place, and every line is delivered once. */
#ifndef PT_FUZZ_RECORDS_H
#define PT_FUZZ_RECORDS_H

#include "base/text.h"
#include "format/records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_check(const struct pt_record *r)
{
    struct pt_err err = {0};
    if (r->metric && (!isfinite(r->value.d) || pt_record_check(r, &err) != 0 ||
                      pt_text_utf8(r->name) != r->name.n || pt_text_utf8(r->unit) != r->unit.n))
        abort();
    if (pt_text_utf8(r->tags) != r->tags.n || (r->tags.n && r->tags.p[0] != '{'))
        abort();
    if (!r->metric && (!r->body.n || r->body.p[0] != '{' || pt_text_utf8(r->body) != r->body.n))
        abort();
}

static inline int fuzz_records(const struct pt_records_options *options, const uint8_t *data,
                               size_t size)
{
    static const char PATH[] = "fuzz-records";
    FILE *f = fopen(PATH, "wb");
    struct pt_records *records;
    struct pt_input *in;
    struct pt_err err = {0};
    enum pt_records_result got;
    uint64_t end = 0;
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0 ||
        pt_input_open(&in, PATH, &err) != 0)
        abort();
    records = pt_records_new(in, options);
    do {
        struct pt_record r;
        const struct pt_line *line = pt_records_line(records);
        bool fresh = pt_records_between_lines(records);
        err = (struct pt_err){0};
        got = pt_records_next(records, -1, &r, &err);
        if (got == PT_RECORDS_ONE)
            fuzz_check(&r);
        if (got == PT_RECORDS_BAD && (err.code != PT_DATA || !err.what[0] || !err.line))
            abort();
        if (fresh && got != PT_RECORDS_END && got != PT_RECORDS_FAILED && line->offset != end &&
            !(got == PT_RECORDS_BAD && line->offset + line->bytes == end)) /* what the end lacks */
            abort();
        end = line->offset + line->bytes;
    } while (got != PT_RECORDS_END && got != PT_RECORDS_FAILED);
    pt_records_free(records);
    pt_input_close(in);
    return 0;
}

#endif
