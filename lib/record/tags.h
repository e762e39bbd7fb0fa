/* tags.h - the tags of a record: string to string, order without meaning.
 *
 * The canonical form is a JSON object, keys in bytewise order, each once, no spaces, only the
 * escapes that JSON requires: {"host":"h07","venue":"X"}.  Two spellings of the same tags have the
 * same canonical form, so it serves as identity.  No tags is "{}". */
#ifndef PT_RECORD_TAGS_H
#define PT_RECORD_TAGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "record/limits.h"

struct pt_tag {
    struct pt_str key, value;
};

struct pt_tags {
    const struct pt_tag *v; /* n of them in order of key */
    size_t n;
};

/* Reads a JSON object of strings, any order and escapes, into *out, sorted; runs point into `json`
 * or the arena.  -1 with err (PT_DATA) when a value is no string or a key comes twice. */
int pt_tags_parse(struct pt_str json, struct pt_arena *arena, struct pt_tags *out,
                  struct pt_err *err);

/* Sorts tags gathered by other means, in O(n log n); -1 if a key comes twice. */
int pt_tags_sort(struct pt_tag *tags, size_t n, struct pt_err *err);

/* -1 with err (PT_DATA) when there are more of them, or a longer one, than the limits allow. */
int pt_tags_check(struct pt_tags tags, const struct pt_limits *limits, struct pt_err *err);

void pt_tags_write(struct pt_buf *b, struct pt_tags tags); /* the canonical form */

/* The value of a key, or an empty run when there is none (which is how a selector sees it). */
struct pt_str pt_tags_get(struct pt_tags tags, struct pt_str key);

#endif
