/* json.h - a strict RFC 8259 reader that allocates nothing.
 *
 * A value is a borrowed run of the input.  pt_json_value validates a text once; the other
 * functions walk a text that was checked (or they fail, they never overrun).  Strings come raw,
 * between their quotes; pt_json_unescape turns one into UTF-8. */
#ifndef PT_BASE_JSON_H
#define PT_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

enum { PT_JSON_DEPTH = 64 }; /* deeper nesting is refused */

/* Validates one value from p on (leading space allowed).  Returns the byte after it; or NULL, with
 * *why a static reason and *where the offending byte. */
const char *pt_json_value(const char *p, const char *end, const char **why, const char **where);

/* Skips spaces, tabs, CR and LF. */
const char *pt_json_space(const char *p, const char *end);

/* Validates a string whose opening quote is at p; returns the byte after the closing quote or NULL
 * (as pt_json_value); *raw is what stands between, *escaped whether it holds a backslash. */
const char *pt_json_string(const char *p, const char *end, struct pt_str *raw, bool *escaped,
                           const char **why, const char **where);

/* Walks an object ('{') or array ('['): start with *at = the value's first byte; each call returns
 * 1 and the next member (key raw, empty for arrays), 0 at the end, -1 if the text is not one. */
struct pt_json_iter {
    const char *at, *end;
    char close;
    bool started;
};
int pt_json_open(struct pt_json_iter *it, struct pt_str value);
int pt_json_next(struct pt_json_iter *it, struct pt_str *key, struct pt_str *value);

/* Appends the UTF-8 of a raw string; \u escapes of lone surrogates become U+FFFD. */
void pt_json_unescape(struct pt_buf *b, struct pt_str raw);

/* The text of a raw string: itself when it has no escapes, else made in the arena. */
struct pt_str pt_json_text(struct pt_str raw, struct pt_arena *arena);

/* The member `key` of an object, raw with its quotes if a string; false when absent. */
bool pt_json_get(struct pt_str object, const char *key, struct pt_str *value);

/* A string value's text (quotes off) without unescaping, or an empty run if it is no string. */
struct pt_str pt_json_raw(struct pt_str value);

/* A text that is read once and then walked at no cost, for documents that nest deeply (the walk
 * above checks what it passes over again at each level).  The values stand in an array in the order
 * in which they begin; `after` is where the values behind one and all that it holds begin.  So the
 * members of value i are
 *
 *     for (uint32_t k = i + 1; k < tree.v[i].after; k = tree.v[k].after)
 *
 * and a value that is no object or array has none.  v[PT_JSON_NOTHING] stands for what is absent:
 * it has no text and no members.  Keys and texts are raw runs of the text that was read, and live
 * as long; the zero value is ready, and a tree can be read into again.  40 bytes a value, of which
 * a text has at most one for two bytes. */
struct pt_json_node {
    struct pt_str key;  /* between its quotes; empty in arrays */
    struct pt_str text; /* of the value; a string with its quotes */
    uint32_t after;
};

struct pt_json_tree {
    struct pt_json_node *v;
    size_t n, cap;
    struct pt_str key; /* while reading: of the value that comes next */
};

enum { PT_JSON_NOTHING = 0, PT_JSON_ROOT = 1 };

/* Reads one value that is all of `text` but for space.  0; or -1 as pt_json_value, and then the
 * tree holds nothing.  Texts of 4 GiB and more are refused. */
int pt_json_tree_read(struct pt_json_tree *t, struct pt_str text, const char **why,
                      const char **where);
void pt_json_tree_release(struct pt_json_tree *t);

/* The first member of `object` with this raw key; PT_JSON_NOTHING when there is none or it is null.
 * Costs one step for each member before it. */
uint32_t pt_json_tree_get(const struct pt_json_tree *t, uint32_t object, const char *key);

/* The first byte of a value, which tells what it is: { [ " t f n - 0 ... 9, and '\0' for
 * nothing. */
static inline char pt_json_tree_kind(const struct pt_json_tree *t, uint32_t i)
{
    return t->v[i].text.n ? *t->v[i].text.p : '\0';
}

#endif
