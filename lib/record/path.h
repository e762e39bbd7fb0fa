/* path.h - which JSON texts are meant: an expression on what stands in them.
 *
 *   code = "E_LIMIT" and features.x > 3
 *   tags.venue != "X" or not exists($.legs[1].qty)
 *   $."odd key"[0] =~ "req-.*"
 *
 *   expression = term { "or" term }          "and" binds closer than "or", "not" closer than both
 *   term       = factor { "and" factor }
 *   factor     = "not" factor | "(" expression ")" | "exists" "(" path ")" | path op literal
 *   path       = ["$" "."] key { "." key | "[" n "]" } | "$"
 *   key        = letters, digits, "_", "-", any beyond ASCII; or a text in quotes
 *   op         = "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "!~"
 *   literal    = number | text in quotes | "true" | "false" | "null"
 *
 * Numbers are compared with numbers by value, texts with texts by their UTF-8 bytes.  What is
 * missing or of another type than the literal is neither equal to it nor less nor greater; "!=" and
 * "!~" are the contrary of "=" and "=~", so they hold then.  A pattern matches the whole text
 * (term.h).  Of a key that an object has twice the first counts.  A path whose first key is "not"
 * or "exists" begins with "$.". */
#ifndef PT_RECORD_PATH_H
#define PT_RECORD_PATH_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum { PT_PATH_DEPTH = 64 }; /* parentheses and "not"s within one another */

struct pt_path_filter;

/* Parses all of `text`.  0, *out to be freed; or -1 with err (PT_USAGE) that quotes the text and
 * points at the character. */
int pt_path_parse(const char *text, struct pt_path_filter **out, struct pt_err *err);

/* Whether the expression holds for a JSON text that was checked, without space around it; of one
 * that was not, what cannot be read is missing.  Costs one reading of the text, up to what is asked
 * for, for each test; allocates only to undo escapes. */
bool pt_path_match(const struct pt_path_filter *f, struct pt_str json);

void pt_path_free(struct pt_path_filter *f); /* NULL is fine */

#endif
