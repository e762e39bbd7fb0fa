/* csv.c - tables of any bytes, a header and rows: what is delivered holds the rules of a record. */
#include "format/csv.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct pt_record *r)
{
    struct pt_err err = {0};
    if (!r->metric || !isfinite(r->value.d) || pt_record_check(r, &err) != 0 ||
        pt_text_utf8(r->name) != r->name.n || pt_text_utf8(r->unit) != r->unit.n ||
        pt_text_utf8(r->tags) != r->tags.n || r->tags.p[0] != '{')
        abort();
}

static void take_row(struct pt_csv *c, struct pt_str row)
{
    struct pt_record r;
    struct pt_err err = {0};
    int rc;
    if (!pt_csv_has_header(c)) {
        pt_csv_header(c, row, &err);
        return;
    }
    if (pt_csv_row(c, row, &err) != 0)
        return;
    while ((rc = pt_csv_next(c, &r, &err)) != 0) {
        if (rc == 1)
            check(&r);
        err = (struct pt_err){0};
    }
}

/* Rows end at newlines outside of quotes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_csv *c = pt_csv_new(size && data[0] & 1 ? '\t' : ',', PT_UNIT_AUTO, NULL,
                                  size && data[0] & 2 ? "a,b" : NULL);
    const char *p = (const char *)data, *end = p + size, *row = p;
    bool open = false;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline ? newline : end;
        open = pt_csv_open_quote(c, (struct pt_str){p, (size_t)(stop - p)}, open);
        p = stop + (newline != NULL);
        if (open)
            continue;
        take_row(c, (struct pt_str){row, (size_t)(stop - row)});
        row = p;
    }
    if (row < end)
        take_row(c, (struct pt_str){row, (size_t)(end - row)});
    pt_csv_free(c);
    return 0;
}
