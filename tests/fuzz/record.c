/* record.c - lines of any bytes: read or refused with a reason; what is read is valid UTF-8, keeps
 * its bounds, and as a metric written and read again is the same. */
#include "record/record.h"

#include "base/buf.h"
#include "base/text.h"
#include "record/tags.h"
#include "record/write.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good)
        abort();
}

static bool utf8(struct pt_str s)
{
    return pt_text_utf8(s) == s.n;
}

static void check_tags(struct pt_str json)
{
    struct pt_arena arena = {0};
    struct pt_buf once = {0}, twice = {0};
    struct pt_tags tags;
    struct pt_err err = {0};
    if (pt_tags_parse(json, &arena, &tags, &err) == 0) {
        pt_tags_write(&once, tags);
        expect(pt_tags_parse(pt_buf_view(&once), &arena, &tags, &err) == 0);
        pt_tags_write(&twice, tags);
        expect(pt_str_eq(pt_buf_view(&once), pt_buf_view(&twice)));
    }
    pt_buf_release(&once);
    pt_buf_release(&twice);
    pt_arena_release(&arena);
}

static void check_metric(const struct pt_record *r)
{
    struct pt_record_reader reader = {0};
    struct pt_record again;
    struct pt_err err = {0};
    struct pt_buf line = {0};
    expect(isfinite(r->value.d) && r->name.n && r->name.n <= 512 && utf8(r->name) && utf8(r->unit));
    pt_line_metric(&line, r->ts, r->name, r->value, r->kind, r->unit, r->tags);
    expect(pt_record_parse(&reader, pt_buf_view(&line), &again, &err) == 0);
    expect(again.ts == r->ts && pt_str_eq(again.name, r->name) && pt_str_eq(again.unit, r->unit));
    expect(pt_num_cmp(again.value, r->value) == 0 && again.kind == r->kind);
    pt_record_reader_release(&reader);
    pt_buf_release(&line);
}

/* A reader that has met the first of two lines reads the second as one that has not. */
static void check_shapes(struct pt_str lines)
{
    const char *newline = lines.n ? memchr(lines.p, '\n', lines.n) : NULL;
    struct pt_record_reader warm = {0}, fresh = {0};
    struct pt_record a, b;
    struct pt_err err = {0};
    struct pt_str first, second;
    int got, want;
    if (!newline)
        return;
    first = (struct pt_str){lines.p, (size_t)(newline - lines.p)};
    second = (struct pt_str){newline + 1, lines.n - first.n - 1};
    pt_record_parse(&warm, first, &a, &err);
    got = pt_record_parse(&warm, second, &a, &err);
    want = pt_record_parse(&fresh, second, &b, &err);
    expect(got == want);
    if (got == 0)
        expect(a.ts == b.ts && a.metric == b.metric && pt_str_eq(a.name, b.name) &&
               pt_str_eq(a.tags, b.tags) && pt_str_eq(a.unit, b.unit) && a.kind == b.kind &&
               (!a.metric || pt_num_cmp(a.value, b.value) == 0));
    pt_record_reader_release(&warm);
    pt_record_reader_release(&fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_record_reader reader = {.ts_unit = size ? (enum pt_time_unit)(data[0] % 5) : 0,
                                      .strict = size && data[0] & 8};
    struct pt_str line = {(const char *)data + (size != 0), size - (size != 0)};
    struct pt_record r;
    struct pt_err err = {0};
    if (pt_record_parse(&reader, line, &r, &err) != 0) {
        expect(err.code == PT_DATA && err.what[0]);
    } else {
        check_tags(r.tags);
        if (r.metric)
            check_metric(&r);
        else
            expect(utf8(r.body) && utf8(r.type) && utf8(r.name) && utf8(r.trace));
    }
    check_tags(line);
    check_shapes(line);
    pt_record_reader_release(&reader);
    return 0;
}
