/* selector.c - see selector.h.
 *
 * Grammar: [name-glob] [ "{" [ key op string { "," key op string } [","] ] "}" ], with space
 * allowed between the parts.  A name ends at space, "{", or any of the characters that expressions
 * use around selectors; strings are in double or single quotes with backslash escapes. */
#include "record/selector.h"

#include "base/mem.h"
#include "base/text.h"
#include "record/term.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>

enum op { OP_EQUAL, OP_NOT_EQUAL, OP_MATCH, OP_NOT_MATCH };

struct matcher {
    enum op op;
    char *key, *value;
    struct pt_pattern *pattern; /* for OP_MATCH and OP_NOT_MATCH */
    struct pt_buf spelled;      /* of OP_EQUAL: how canonical tags that match spell it; or empty */
};

struct pt_selector {
    char *text, *name;
    bool any_name, glob;
    struct matcher *matchers;
    size_t n, cap;
};

static int fail(struct pt_err *err, const char *text, const char *at, const char *why)
{
    return pt_term_refuse("selector", text, at, why, err);
}

static bool name_char(char c)
{
    return c && !isspace((unsigned char)c) && !strchr("{}()\"',=<>!", c);
}

/* A name may hold a glob's [a-z] or [0-9], but a [1m] behind it is an expression's window. */
static const char *name_end(const char *p)
{
    while (name_char(*p)) {
        if (*p == '[') {
            const char *close = strchr(p, ']');
            if (!close || (isdigit((unsigned char)p[1]) && !memchr(p, '-', (size_t)(close - p))))
                break;
        }
        p++;
    }
    return p;
}

static int parse_op(const char *text, const char **at, enum op *op, struct pt_err *err)
{
    const char *p = *at;
    if (p[0] == '=' && p[1] == '~')
        *op = OP_MATCH;
    else if (p[0] == '!' && p[1] == '~')
        *op = OP_NOT_MATCH;
    else if (p[0] == '!' && p[1] == '=')
        *op = OP_NOT_EQUAL;
    else if (p[0] == '=')
        *op = OP_EQUAL;
    else
        return fail(err, text, p, "expected =, !=, =~ or !~");
    *at = p + (*op == OP_EQUAL ? 1 : 2);
    return 0;
}

/* A tag that is missing equals the empty text, so that has no spelling. */
static void spell(struct matcher *m)
{
    if (m->op != OP_EQUAL || !*m->value)
        return;
    pt_text_json(&m->spelled, pt_str(m->key));
    pt_buf_putc(&m->spelled, ':');
    pt_text_json(&m->spelled, pt_str(m->value));
}

static int parse_matcher(struct pt_selector *s, const char *text, const char **at,
                         struct pt_err *err)
{
    const char *p = pt_term_space(*at), *start = p, *value_at, *why;
    char reason[PT_PATTERN_WHY];
    struct matcher *m;
    while (isalnum((unsigned char)*p) || (*p && strchr("_.:/-", *p)))
        p++;
    if (p == start)
        return fail(err, text, p, "expected a tag's key");
    s->matchers = pt_mem_grow(s->matchers, &s->cap, s->n + 1, sizeof *s->matchers);
    m = &s->matchers[s->n++];
    *m = (struct matcher){.key = pt_mem_strndup(start, (size_t)(p - start))};
    p = pt_term_space(p);
    if (parse_op(text, &p, &m->op, err) != 0)
        return -1;
    p = value_at = pt_term_space(p);
    if (pt_term_quoted(&p, &m->value, &why) != 0)
        return fail(err, text, value_at, why);
    *at = pt_term_space(p);
    spell(m);
    if (m->op == OP_EQUAL || m->op == OP_NOT_EQUAL)
        return 0;
    if (pt_pattern_new(m->value, &m->pattern, reason) != 0)
        return fail(err, text, value_at, reason);
    return 0;
}

static int parse_matchers(struct pt_selector *s, const char *text, const char **at,
                          struct pt_err *err)
{
    const char *p = pt_term_space(*at + 1);
    while (*p != '}') {
        if (parse_matcher(s, text, &p, err) != 0)
            return -1;
        if (*p == ',')
            p = pt_term_space(p + 1);
        else if (*p != '}')
            return fail(err, text, p, "expected ',' or '}'");
    }
    *at = p + 1;
    return 0;
}

int pt_selector_parse_at(const char *text, const char **at, struct pt_selector **out,
                         struct pt_err *err)
{
    struct pt_selector *s = pt_mem_alloc(sizeof *s);
    const char *start = pt_term_space(*at), *p = name_end(start), *after;
    s->name = pt_mem_strndup(start, (size_t)(p - start));
    s->any_name = !*s->name || strcmp(s->name, "*") == 0;
    s->glob = strpbrk(s->name, "*?[\\") != NULL;
    after = pt_term_space(p);
    if (*after == '{') {
        if (parse_matchers(s, text, &after, err) != 0) {
            pt_selector_free(s);
            return -1;
        }
        p = after;
    } else if (p == start) {
        pt_selector_free(s);
        return fail(err, text, p, "expected a name or '{'");
    }
    s->text = pt_mem_strndup(start, (size_t)(p - start));
    *at = p;
    *out = s;
    return 0;
}

int pt_selector_parse(const char *text, struct pt_selector **out, struct pt_err *err)
{
    const char *at = text;
    if (pt_selector_parse_at(text, &at, out, err) != 0)
        return -1;
    at = pt_term_space(at);
    if (!*at)
        return 0;
    pt_selector_free(*out);
    *out = NULL;
    return fail(err, text, at, "unexpected character");
}

/* fnmatch wants NUL-terminated text; names are short. */
static bool glob_matches(const char *glob, struct pt_str s)
{
    char small[256], *text = s.n < sizeof small ? small : pt_mem_strndup(s.p, s.n);
    bool yes;
    if (text == small) {
        if (s.n)
            memcpy(small, s.p, s.n);
        small[s.n] = '\0';
    }
    yes = fnmatch(glob, text, 0) == 0;
    if (text != small)
        free(text);
    return yes;
}

bool pt_selector_name(const struct pt_selector *s, struct pt_str name)
{
    if (s->any_name)
        return true;
    return s->glob ? glob_matches(s->name, name) : pt_str_is(name, s->name);
}

bool pt_selector_match(const struct pt_selector *s, struct pt_str name, struct pt_tags tags)
{
    if (!pt_selector_name(s, name))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        const struct matcher *m = &s->matchers[i];
        struct pt_str value = pt_tags_get(tags, pt_str(m->key));
        bool yes = m->pattern ? pt_pattern_match(m->pattern, value) : pt_str_is(value, m->value);
        if (yes != (m->op == OP_EQUAL || m->op == OP_MATCH))
            return false;
    }
    return true;
}

int pt_selector_series(const struct pt_selector *s, struct pt_str name, struct pt_str tags,
                       struct pt_arena *arena, struct pt_err *err)
{
    struct pt_tags parsed;
    if (!s)
        return 1;
    if (!pt_selector_name(s, name))
        return 0;
    if (pt_tags_parse(tags, arena, &parsed, err) != 0)
        return -1;
    return pt_selector_match(s, name, parsed);
}

struct pt_str pt_selector_exact_name(const struct pt_selector *s)
{
    return s->any_name || s->glob ? (struct pt_str){0} : pt_str(s->name);
}

struct pt_str pt_selector_spelling(const struct pt_selector *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->matchers[i].spelled.n)
            return pt_buf_view(&s->matchers[i].spelled);
    return (struct pt_str){0};
}

struct pt_str pt_selector_text(const struct pt_selector *s)
{
    return pt_str(s->text);
}

void pt_selector_free(struct pt_selector *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        pt_pattern_free(s->matchers[i].pattern);
        pt_buf_release(&s->matchers[i].spelled);
        free(s->matchers[i].key);
        free(s->matchers[i].value);
    }
    free(s->matchers);
    free(s->name);
    free(s->text);
    free(s);
}
