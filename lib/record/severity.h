/* severity.h - how grave a document is, and how pressing: its fields `severity` and `priority`.
 *
 * The words are those of pt-record(5); severities in whichever case, those of syslog (RFC 5424,
 * table 2) and of OpenTelemetry among them.  A priority is a number, the higher the more pressing,
 * or a word that stands for one. */
#ifndef PT_RECORD_SEVERITY_H
#define PT_RECORD_SEVERITY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* The worse, the greater. */
enum pt_severity {
    PT_SEVERITY_UNKNOWN,
    PT_SEVERITY_DEBUG,
    PT_SEVERITY_INFO,
    PT_SEVERITY_NOTICE,
    PT_SEVERITY_WARNING,
    PT_SEVERITY_ERROR,
    PT_SEVERITY_CRITICAL,
    PT_SEVERITY_ALERT,
    PT_SEVERITY_FATAL
};

/* Words for options: each level by its own name, and what else it is often called. */
#define PT_SEVERITY_CHOICES                                                                       \
    "debug|info|notice|warning|warn|error|err|critical|crit|alert|fatal|emerg"

enum pt_severity pt_severity_of(struct pt_str word);
const char *pt_severity_name(enum pt_severity severity); /* NULL for PT_SEVERITY_UNKNOWN */

/* What a document must at least be.  The zero value asks for nothing. */
struct pt_least {
    enum pt_severity severity;
    bool pressing; /* priority is asked for, too */
    double priority;
};

/* A priority as it is typed: 0, or -1 with err (PT_USAGE). */
int pt_least_priority(struct pt_least *least, const char *text, struct pt_err *err);

/* Whether the document (checked JSON) is; one without the field, or with a word that is not known,
 * is not.  The arena is for texts with escapes; it is not reset. */
bool pt_least_match(const struct pt_least *least, struct pt_str body, struct pt_arena *arena);

#endif
