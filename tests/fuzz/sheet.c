/* sheet.c - rows of hostile text: no control byte reaches a terminal, every jsonl row is JSON. */
#include "format/sheet.h"

#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum pt_sheet_format format, const struct pt_buf *b)
{
    const char *why, *where, *end = b->p + b->n;
    if (format == PT_SHEET_JSONL && pt_json_value(b->p, end, &why, &where) != end - 1)
        abort();
    if (format != PT_SHEET_TABLE && format != PT_SHEET_MD)
        return;
    for (size_t i = 0; i < b->n; i++)
        if (((unsigned char)b->p[i] < 0x20 && b->p[i] != '\n') || b->p[i] == 0x7F)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_str text = {(const char *)data, size};
    const char *why, *where;
    bool json = size && data[0] == '{' &&
                pt_json_value(text.p, text.p + size, &why, &where) == text.p + size;
    for (int f = PT_SHEET_TABLE; f <= PT_SHEET_MD; f++) {
        struct pt_buf out = {0};
        struct pt_sheet *s = pt_sheet_new((enum pt_sheet_format)f, false, &out);
        double d = 0;
        memcpy(&d, data, size < sizeof d ? size : sizeof d);
        pt_sheet_column(s, "text", "u");
        pt_sheet_column(s, "number", NULL);
        pt_sheet_column(s, "object", NULL);
        pt_sheet_text(s, text);
        pt_sheet_num(s, pt_num_real(d));
        pt_sheet_json(s, json ? text : PT_STR("{\"a\":\"b\"}"));
        pt_sheet_end(s);
        check((enum pt_sheet_format)f, &out);
        pt_sheet_free(s);
        pt_buf_release(&out);
    }
    return 0;
}
