/* path.c - any expression on any text: parsed or refused at a place within it, and of an expression
 * and its contrary one holds.  The input is the expression, a zero byte, and the JSON. */
#include "record/path.h"

#include "base/buf.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Patterns are the C library's affair: see selector.c. */
static bool harmless(const char *text)
{
    return !strchr(text, '~');
}

/* The place in "... at character N of: ..." lies within the text or just behind it. */
static void check_place(const struct pt_err *err, size_t n)
{
    const char *at = strstr(err->what, " at character ");
    if (err->code != PT_USAGE || !at || strtoul(at + strlen(" at character "), NULL, 10) > n + 1)
        abort();
}

static void check_contrary(const struct pt_path_filter *f, const char *text, struct pt_str json)
{
    struct pt_buf b = {0};
    struct pt_path_filter *contrary;
    struct pt_err err = {0};
    pt_buf_printf(&b, "not (%s)", text);
    if (pt_path_parse(b.p, &contrary, &err) == 0) {
        if (pt_path_match(f, json) == pt_path_match(contrary, json))
            abort();
        pt_path_free(contrary);
    } else if (!strstr(err.what, "nested too deeply")) {
        abort();
    }
    pt_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    size_t n = zero ? (size_t)(zero - data) : size;
    struct pt_str json = {zero ? (const char *)zero + 1 : "", zero ? size - n - 1 : 0};
    struct pt_buf text = {0};
    struct pt_path_filter *f;
    struct pt_err err = {0};
    pt_buf_add(&text, data, n);
    if (harmless(text.p)) {
        if (pt_path_parse(text.p, &f, &err) == 0) {
            check_contrary(f, text.p, json);
            pt_path_free(f);
        } else {
            check_place(&err, n);
        }
    }
    pt_buf_release(&text);
    return 0;
}
