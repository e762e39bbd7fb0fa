/* severity.c - see severity.h.  Words are few, so they are compared one by one. */
#include "record/severity.h"

#include "base/json.h"
#include "base/num.h"

#include <strings.h>

static const char *const NAMES[] = {
    [PT_SEVERITY_DEBUG] = "debug",       [PT_SEVERITY_INFO] = "info",
    [PT_SEVERITY_NOTICE] = "notice",     [PT_SEVERITY_WARNING] = "warning",
    [PT_SEVERITY_ERROR] = "error",       [PT_SEVERITY_CRITICAL] = "critical",
    [PT_SEVERITY_ALERT] = "alert",       [PT_SEVERITY_FATAL] = "fatal"};

static const struct {
    const char *word;
    enum pt_severity severity;
} OTHERS[] = {{"warn", PT_SEVERITY_WARNING},   {"err", PT_SEVERITY_ERROR},
              {"crit", PT_SEVERITY_CRITICAL},  {"emerg", PT_SEVERITY_FATAL},
              {"trace", PT_SEVERITY_DEBUG},    {"information", PT_SEVERITY_INFO},
              {"informational", PT_SEVERITY_INFO}, {"emergency", PT_SEVERITY_FATAL},
              {"panic", PT_SEVERITY_FATAL}};

static const struct {
    const char *word;
    double priority;
} PRIORITIES[] = {{"low", 1}, {"normal", 2}, {"medium", 2}, {"high", 3}, {"urgent", 4},
                  {"critical", 4}};

static bool same(struct pt_str word, const char *known)
{
    return word.n == strlen(known) && strncasecmp(word.p, known, word.n) == 0;
}

enum pt_severity pt_severity_of(struct pt_str word)
{
    for (int i = PT_SEVERITY_DEBUG; i <= PT_SEVERITY_FATAL; i++)
        if (same(word, NAMES[i]))
            return (enum pt_severity)i;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (same(word, OTHERS[i].word))
            return OTHERS[i].severity;
    return PT_SEVERITY_UNKNOWN;
}

const char *pt_severity_name(enum pt_severity severity)
{
    return NAMES[severity];
}

static bool read_priority(struct pt_str word, double *out)
{
    struct pt_num number;
    for (size_t i = 0; i < sizeof PRIORITIES / sizeof PRIORITIES[0]; i++)
        if (same(word, PRIORITIES[i].word)) {
            *out = PRIORITIES[i].priority;
            return true;
        }
    if (!word.n || pt_num_parse(word.p, word.p + word.n, &number) != word.p + word.n)
        return false;
    *out = number.d;
    return true;
}

int pt_least_priority(struct pt_least *least, const char *text, struct pt_err *err)
{
    least->pressing = true;
    if (read_priority(pt_str(text), &least->priority))
        return 0;
    return pt_err_set(err, PT_USAGE,
                      "not a priority: \"%.40s\"; a number, or low, normal, high, urgent", text);
}

/* The field's text: of a string what it spells, of anything else what stands there. */
static bool field(struct pt_str body, const char *key, struct pt_arena *arena, struct pt_str *out)
{
    if (!pt_json_get(body, key, out))
        return false;
    if (out->n >= 2 && out->p[0] == '"')
        *out = pt_json_text((struct pt_str){out->p + 1, out->n - 2}, arena);
    return true;
}

bool pt_least_match(const struct pt_least *least, struct pt_str body, struct pt_arena *arena)
{
    struct pt_str word;
    double priority;
    if (least->severity != PT_SEVERITY_UNKNOWN &&
        (!field(body, "severity", arena, &word) || pt_severity_of(word) < least->severity))
        return false;
    return !least->pressing || (field(body, "priority", arena, &word) &&
                                read_priority(word, &priority) && priority >= least->priority);
}
