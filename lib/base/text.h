/* text.h - bytes from data made safe for the place they go to.
 *
 * Nothing from data reaches a terminal, a page or a CSV file except through these. */
#ifndef PT_BASE_TEXT_H
#define PT_BASE_TEXT_H

#include "base/buf.h"
#include "base/str.h"

/* Length of the longest prefix that is valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
size_t pt_text_utf8(struct pt_str s);

/* A JSON string with its quotes.  Invalid UTF-8 bytes become U+FFFD. */
void pt_text_json(struct pt_buf *b, struct pt_str s);

/* One CSV field by RFC 4180, quoted when it must be.  A leading = + - @ or tab, which spreadsheets
 * take for a formula, is preceded by a quote mark (') unless the field is a number. */
void pt_text_csv(struct pt_buf *b, struct pt_str s, char separator);

/* Text inside an HTML element or a quoted attribute; control bytes become U+FFFD. */
void pt_text_html(struct pt_buf *b, struct pt_str s);

/* Text for a terminal: control bytes (C0, DEL, C1), characters that turn the direction of writing
 * and invalid UTF-8 become U+FFFD or "\xNN". */
void pt_text_terminal(struct pt_buf *b, struct pt_str s);

/* Columns that s takes on a terminal; East Asian wide characters count two, combining marks 0. */
size_t pt_text_width(struct pt_str s);

/* The best of n candidates by edit distance if it is near enough to be meant, else NULL. */
const char *pt_text_nearest(const char *word, const char *const *candidates, size_t n);

#endif
