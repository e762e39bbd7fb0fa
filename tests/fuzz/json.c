/* json.c - the JSON reader: what it accepts it can walk, unescape and write again. */
#include "base/json.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct pt_str value, struct pt_buf *b)
{
    struct pt_json_iter it;
    struct pt_str key, member;
    int rc;
    if (pt_json_open(&it, value) != 0) {
        pt_json_unescape(b, pt_json_raw(value));
        return;
    }
    while ((rc = pt_json_next(&it, &key, &member)) == 1) {
        pt_json_unescape(b, key);
        walk(member, b);
    }
    if (rc != 0)
        abort(); /* it was checked */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data, *end = p + size, *why, *where, *after;
    struct pt_buf text = {0}, quoted = {0};
    after = pt_json_value(p, end, &why, &where);
    if (after) {
        p = pt_json_space(p, end);
        walk((struct pt_str){p, (size_t)(after - p)}, &text);
    }
    pt_json_unescape(&text, (struct pt_str){p, (size_t)(end - p)}); /* also what was not checked */
    pt_text_json(&quoted, pt_buf_view(&text));
    if (pt_json_value(quoted.p, quoted.p + quoted.n, &why, &where) != quoted.p + quoted.n)
        abort();
    pt_buf_release(&text);
    pt_buf_release(&quoted);
    return 0;
}
