/* json.h - a strict RFC 8259 reader that allocates nothing.
 *
 * A value is a borrowed run of the input.  pt_json_check validates a whole text once; the other
 * functions walk a text that was checked (or they fail, they never overrun).  Strings come raw,
 * between their quotes; pt_json_unescape turns one into UTF-8. */
#ifndef PT_BASE_JSON_H
#define PT_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

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

#endif
