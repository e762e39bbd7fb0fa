/* term.h - what selectors and expressions on paths have in common: texts in quotes, patterns. */
#ifndef PT_RECORD_TERM_H
#define PT_RECORD_TERM_H

#include "base/err.h"
#include "base/str.h"

/* Refuses the text, a WHAT, for what stands at `at`: "WHAT: WHY at character N of: TEXT".  -1. */
int pt_term_refuse(const char *what, const char *text, const char *at, const char *why,
                   struct pt_err *err);

/* Behind the space, if there is any. */
const char *pt_term_space(const char *p);

/* Reads the text in double or single quotes that begins at *at, in which a backslash stands before
 * a quote or a backslash.  0, *out to be freed and *at behind it; -1 with a static reason. */
int pt_term_quoted(const char **at, char **out, const char **why);

/* A POSIX extended regular expression that matches whole values, as in Prometheus. */
struct pt_pattern;

enum { PT_PATTERN_WHY = 128 };

/* 0, *out to be freed; or -1 with the reason, also for expressions whose repetitions would fill the
 * memory. */
int pt_pattern_new(const char *text, struct pt_pattern **out, char why[PT_PATTERN_WHY]);
bool pt_pattern_match(const struct pt_pattern *p, struct pt_str value);
void pt_pattern_free(struct pt_pattern *p); /* NULL is fine */

#endif
