/* word.h - the lines of the text files that people write: one keyword with its values a line.
 *
 * All runs are borrowed from the line.  Space is what isspace(3) says in the C locale. */
#ifndef PT_BASE_WORD_H
#define PT_BASE_WORD_H

#include "base/str.h"

/* The first line of *text, which is not empty, without its newline; *text keeps the rest. */
struct pt_str pt_word_line(struct pt_str *text);

/* Without the space around it. */
struct pt_str pt_word_trim(struct pt_str s);

/* Up to a comment, which is '#' at the start or after space, outside of quotes of either kind. */
struct pt_str pt_word_uncomment(struct pt_str line);

/* The first word of *s (trimmed), which keeps the trimmed rest; empty at its end. */
struct pt_str pt_word_take(struct pt_str *s);

#endif
