/* json.c - the JSON reader: what it accepts it can walk in both ways, unescape and write again. */
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

/* The tree below i has the same members as the text. */
static uint32_t compare(const struct pt_json_tree *t, uint32_t i)
{
    struct pt_json_iter it;
    struct pt_str key, member;
    uint32_t next = i + 1;
    if (pt_json_open(&it, t->v[i].text) == 0)
        while (pt_json_next(&it, &key, &member) == 1) {
            if (next >= t->v[i].after || t->v[next].key.p != key.p ||
                t->v[next].text.p != member.p || t->v[next].text.n != member.n)
                abort();
            next = compare(t, next);
        }
    if (next != t->v[i].after)
        abort();
    return next;
}

static void grow(struct pt_str text, bool whole)
{
    static struct pt_json_tree t; /* read into again and again */
    const char *why, *where;
    if ((pt_json_tree_read(&t, text, &why, &where) == 0) != whole)
        abort();
    if (whole && compare(&t, PT_JSON_ROOT) != t.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data, *end = p + size, *why, *where, *after;
    struct pt_buf text = {0}, quoted = {0};
    after = pt_json_value(p, end, &why, &where);
    grow((struct pt_str){p, size}, after && pt_json_space(after, end) == end);
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
