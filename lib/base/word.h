/* word.h - the lines of the text files that people write: one keyword with its values a line.
 *
 * All runs are borrowed from the line.  Space is what isspace(3) says in the C locale. */
#ifndef PT_BASE_WORD_H
#define PT_BASE_WORD_H

#include "base/str.h"

/* Without the space around it. */
struct pt_str pt_word_trim(struct pt_str s);

/* Up to a comment, which is '#' at the start or after space, outside of quotes of either kind. */
struct pt_str pt_word_uncomment(struct pt_str line);

/* The first word of *s (trimmed), which keeps the trimmed rest; empty at its end. */
struct pt_str pt_word_take(struct pt_str *s);

#endif
