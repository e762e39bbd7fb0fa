/* term.c - see term.h.
 *
 * Patterns are compiled by the C library, which copies what a repetition repeats; so their size is
 * reckoned first.  They are compiled as they were written: wrapped into ^(...)$ a stray parenthesis
 * would change their meaning. */
#include "record/term.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

enum { REGEX_DEPTH = 64, REGEX_NODES_MOST = 2000 };

struct pt_pattern {
    regex_t regex;
};

int pt_term_refuse(const char *what, const char *text, const char *at, const char *why,
                   struct pt_err *err)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, pt_str(text));
    pt_err_set(err, PT_USAGE, "%s: %s at character %zu of: %.200s", what, why,
               (size_t)(at - text) + 1, shown.n ? shown.p : "(nothing)");
    pt_buf_release(&shown);
    return -1;
}

const char *pt_term_space(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

int pt_term_quoted(const char **at, char **out, const char **why)
{
    const char *p = *at;
    char quote = *p;
    struct pt_buf b = {0};
    *why = "expected a value in quotes";
    if (quote != '"' && quote != '\'')
        return -1;
    for (p++; *p && *p != quote; p++) {
        if (*p == '\\' && (p[1] == quote || p[1] == '\\'))
            p++;
        pt_buf_putc(&b, *p);
    }
    *why = "the quoted value does not end";
    if (*p) {
        *out = pt_mem_strndup(b.p, b.n);
        *at = p + 1;
    }
    pt_buf_release(&b);
    return *p ? 0 : -1;
}

/* Behind the bracket expression that begins at p. */
static const char *skip_bracket(const char *p)
{
    p += p[1] == '^' ? 2 : 1;
    if (*p == ']')
        p++;
    while (*p && *p != ']') {
        const char *class_end = *p == '[' && p[1] == ':' ? strstr(p, ":]") : NULL;
        p = class_end ? class_end + 2 : p + 1;
    }
    return *p ? p + 1 : p;
}

/* How often the atom before a repetition at p is copied when it is compiled. */
static double copies(const char *p)
{
    char *end;
    unsigned long least, most;
    if (*p == '+')
        return 2;
    if (*p != '{')
        return 1;
    least = strtoul(p + 1, &end, 10);
    most = *end == ',' ? strtoul(end + 1, NULL, 10) : least;
    return (double)(most > least ? most : least) + 1;
}

/* About how many nodes the C library makes of an expression: repetitions copy what they repeat, so
 * a few characters such as ((a{255}){255}){255} would fill the memory, and a+++++++++++++ the day.
 * What a repetition right behind another one means POSIX leaves open; none may stand there. */
static double regex_nodes(const char *p)
{
    double total[REGEX_DEPTH] = {0}, last = 0;
    bool repeated = false;
    int depth = 0;
    while (*p && depth < REGEX_DEPTH) {
        if (*p == '(') {
            if (++depth < REGEX_DEPTH)
                total[depth] = 0;
            repeated = false;
            p++;
            continue;
        }
        if (*p == '+' || *p == '{' || *p == '*' || *p == '?') {
            if (repeated)
                return REGEX_NODES_MOST + 1;
            repeated = true;
            total[depth] += last * (copies(p) - 1);
            last *= copies(p);
            p = *p == '{' && strchr(p, '}') ? strchr(p, '}') + 1 : p + 1;
            continue;
        }
        repeated = false;
        last = *p == ')' && depth > 0 ? total[depth--] + 1 : 1;
        total[depth] += last;
        p = *p == '[' ? skip_bracket(p) : *p == '\\' && p[1] ? p + 2 : p + 1;
    }
    for (int i = depth < REGEX_DEPTH ? depth : REGEX_DEPTH - 1; i > 0; i--)
        total[0] += total[i];
    return depth < REGEX_DEPTH ? total[0] : REGEX_NODES_MOST + 1;
}

int pt_pattern_new(const char *text, struct pt_pattern **out, char why[PT_PATTERN_WHY])
{
    struct pt_pattern *p;
    int rc;
    if (regex_nodes(text) > REGEX_NODES_MOST) {
        snprintf(why, PT_PATTERN_WHY, "the expression repeats too much");
        return -1;
    }
    p = pt_mem_alloc(sizeof *p);
    rc = regcomp(&p->regex, text, REG_EXTENDED);
    if (rc == 0) {
        *out = p;
        return 0;
    }
    regerror(rc, &p->regex, why, PT_PATTERN_WHY);
    free(p);
    return -1;
}

/* The leftmost, longest match must be all of the text. */
bool pt_pattern_match(const struct pt_pattern *p, struct pt_str value)
{
    regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)value.n};
    return regexec(&p->regex, value.n ? value.p : "", 1, &all, REG_STARTEND) == 0 &&
           all.rm_so == 0 && (size_t)all.rm_eo == value.n;
}

void pt_pattern_free(struct pt_pattern *p)
{
    if (p)
        regfree(&p->regex);
    free(p);
}
