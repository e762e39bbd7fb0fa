/* jsonl.c - the project's own format as one of many: a record a line, read by record/. */
#include "base/mem.h"
#include "format/reader.h"

#include <stdlib.h>

static bool looks(struct pt_str line)
{
    return line.n && *line.p == '{';
}

static void *make(const struct pt_records_options *options)
{
    struct pt_record_reader *r = pt_mem_alloc(sizeof *r);
    r->ts_unit = options->ts_unit;
    r->strict = options->strict;
    r->limits = options->limits;
    return r;
}

static void release(void *self)
{
    pt_record_reader_release(self);
    free(self);
}

static bool expect(void *self, struct pt_str line, struct pt_record *out)
{
    return pt_record_again(self, line, out);
}

static int row(void *self, struct pt_str line, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    (void)now;
    return pt_record_parse_new(self, line, out, err) == 0 ? 1 : -1;
}

const struct pt_reader PT_READER_JSONL = {
    .name = "jsonl",
    .looks = looks,
    .make = make,
    .free = release,
    .expect = expect,
    .row = row,
    .closed = true,
};
