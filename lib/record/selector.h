/* selector.h - which series or records are meant: name{tag="v",tag=~"regex",...}.
 *
 * The name may hold globs (* ? [a-z]); "*" or an empty name means all.  Matchers are = != =~ !~;
 * regular expressions are POSIX extended and match the whole value, as in Prometheus; a missing
 * tag is the empty string.  A bare {..} is allowed. */
#ifndef PT_RECORD_SELECTOR_H
#define PT_RECORD_SELECTOR_H

#include "base/err.h"
#include "base/str.h"
#include "record/tags.h"

struct pt_selector;

/* Parses all of `text`.  0, *out to be released; or -1 with err (PT_USAGE) that quotes the text and
 * points at the character. */
int pt_selector_parse(const char *text, struct pt_selector **out, struct pt_err *err);

/* As above for the selector that begins at *at; *at moves behind it (for expressions). */
int pt_selector_parse_at(const char *text, const char **at, struct pt_selector **out,
                         struct pt_err *err);

bool pt_selector_name(const struct pt_selector *s, struct pt_str name);
bool pt_selector_match(const struct pt_selector *s, struct pt_str name, struct pt_tags tags);

/* As above for tags as JSON, which the arena takes apart where the name matches, and for all if s
 * is NULL: 1, 0, or -1 with err (PT_DATA) for tags that are none. */
int pt_selector_series(const struct pt_selector *s, struct pt_str name, struct pt_str tags,
                       struct pt_arena *arena, struct pt_err *err);

/* The one name that can match, or an empty run when globs leave it open. */
struct pt_str pt_selector_exact_name(const struct pt_selector *s);

/* Bytes that all canonical tags that match have among theirs, or an empty run: a quick look for
 * them saves taking the tags apart. */
struct pt_str pt_selector_spelling(const struct pt_selector *s);

/* The selector as it was written. */
struct pt_str pt_selector_text(const struct pt_selector *s);

void pt_selector_free(struct pt_selector *s);

#endif
