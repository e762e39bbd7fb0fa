/* path.c - see path.h.
 *
 * An expression becomes a list of steps for a machine with one truth value: a test sets it, "not"
 * turns it, and a jump passes over the right side of an "and" or "or" that the left has settled.
 * So an expression of any length is evaluated in a loop, and only parentheses and "not" make the
 * parser recur, to a fixed depth.
 *
 * The members of an object are walked until the key is found, and then those of its value.  So the
 * value that is asked for is read once for each level above it, which for records is less than
 * making anything of them first. */
#include "record/path.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/num.h"
#include "record/term.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

enum { INDEX_DIGITS_MOST = 9 };

#define OPEN SIZE_MAX /* a jump whose end is not known yet */

/* How a value stands to the literal; an operator is a set of these. */
enum { LESS = 1, EQUAL = 2, GREATER = 4 };

/* What a test asks of the value: to be there, to be a number or a text that stands to the literal
 * as the operator says, to be this word, to match. */
enum kind { EXISTS, NUMBER, TEXT, WORD, PATTERN };

struct element {
    char *key; /* of an object; NULL: of an array, at */
    size_t at;
};

struct test {
    struct element *path;
    size_t n, cap;
    enum kind kind;
    unsigned holds; /* NUMBER, TEXT, WORD: set of LESS, EQUAL, GREATER */
    struct pt_num number;
    char *text; /* TEXT; WORD: true, false, null */
    struct pt_pattern *pattern;
};

enum code { DO_TEST, DO_NOT, JUMP_IF_FALSE, JUMP_IF_TRUE };

struct step {
    enum code code;
    size_t at; /* of a test: which; of a jump: where to */
};

struct pt_path_filter {
    struct test *tests;
    size_t ntests, tests_cap;
    struct step *steps;
    size_t n, cap;
};

/* --- parsing --------------------------------------------------------------------------------- */

struct parser {
    const char *text, *at;
    struct pt_path_filter *f;
    int depth;
    struct pt_err *err;
};

static int fail(const struct parser *p, const char *at, const char *why)
{
    return pt_term_refuse("expression", p->text, at, why, p->err);
}

static bool key_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

/* Takes the word or sign, if it comes next and is no part of a longer word. */
static bool take(struct parser *p, const char *word)
{
    const char *at = pt_term_space(p->at);
    size_t n = strlen(word);
    if (strncmp(at, word, n) != 0 || (key_char(*word) && key_char(at[n])))
        return false;
    p->at = at + n;
    return true;
}

static size_t add_step(struct parser *p, enum code code, size_t at)
{
    struct pt_path_filter *f = p->f;
    f->steps = pt_mem_grow(f->steps, &f->cap, f->n + 1, sizeof *f->steps);
    f->steps[f->n] = (struct step){code, at};
    return f->n++;
}

static struct element *add_element(struct test *t)
{
    t->path = pt_mem_grow(t->path, &t->cap, t->n + 1, sizeof *t->path);
    t->path[t->n] = (struct element){0};
    return &t->path[t->n++];
}

static int parse_key(struct parser *p, struct test *t)
{
    const char *start = p->at, *end = start, *why;
    if (*start == '"' || *start == '\'') {
        char *key;
        if (pt_term_quoted(&p->at, &key, &why) != 0)
            return fail(p, start, why);
        add_element(t)->key = key;
        return 0;
    }
    while (key_char(*end))
        end++;
    if (end == start)
        return fail(p, start, "expected a key");
    add_element(t)->key = pt_mem_strndup(start, (size_t)(end - start));
    p->at = end;
    return 0;
}

static int parse_index(struct parser *p, struct test *t)
{
    const char *start = ++p->at;
    size_t at = 0;
    while (isdigit((unsigned char)*p->at) && p->at - start < INDEX_DIGITS_MOST)
        at = at * 10 + (size_t)(*p->at++ - '0');
    if (p->at == start || *p->at != ']')
        return fail(p, p->at, "expected a whole number and ']'");
    add_element(t)->at = at;
    p->at++;
    return 0;
}

static int parse_path(struct parser *p, struct test *t)
{
    bool rooted;
    p->at = pt_term_space(p->at);
    rooted = *p->at == '$';
    if (rooted)
        p->at++;
    else if (parse_key(p, t) != 0)
        return -1;
    for (;;) {
        if (*p->at == '[') {
            if (parse_index(p, t) != 0)
                return -1;
        } else if (*p->at == '.') {
            p->at++;
            if (parse_key(p, t) != 0)
                return -1;
        } else {
            return 0;
        }
    }
}

struct sign {
    const char *text;
    unsigned holds; /* 0: a pattern follows */
    bool negated;
};

/* Those that begin with another come before it. */
static const struct sign SIGNS[] = {
    {"==", EQUAL, false},
    {"=~", 0, false},
    {"!=", EQUAL, true},
    {"!~", 0, true},
    {"=", EQUAL, false},
    {"<=", LESS | EQUAL, false},
    {">=", GREATER | EQUAL, false},
    {"<", LESS, false},
    {">", GREATER, false},
};

static const struct sign *parse_sign(struct parser *p)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
        if (take(p, SIGNS[i].text))
            return &SIGNS[i];
    fail(p, pt_term_space(p->at), "expected =, !=, <, <=, >, >=, =~ or !~");
    return NULL;
}

static int parse_text(struct parser *p, struct test *t)
{
    const char *start = p->at, *why;
    char reason[PT_PATTERN_WHY];
    if (pt_term_quoted(&p->at, &t->text, &why) != 0)
        return fail(p, start, why);
    t->kind = t->holds ? TEXT : PATTERN;
    if (t->kind == PATTERN && pt_pattern_new(t->text, &t->pattern, reason) != 0)
        return fail(p, start, reason);
    return 0;
}

static int parse_word(struct parser *p, struct test *t)
{
    static const char *const WORDS[] = {"true", "false", "null"};
    const char *start = p->at;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (take(p, WORDS[i])) {
            t->kind = WORD;
            t->text = pt_mem_strdup(WORDS[i]);
            return t->holds == EQUAL ? 0 : fail(p, start, "only = and != are possible with it");
        }
    return fail(p, start, "expected a number, a text in quotes, true, false or null");
}

static int parse_literal(struct parser *p, struct test *t)
{
    const char *after;
    p->at = pt_term_space(p->at);
    if (!t->holds || *p->at == '"' || *p->at == '\'')
        return parse_text(p, t);
    after = pt_num_parse_loose(p->at, p->at + strlen(p->at), &t->number);
    if (!after)
        return parse_word(p, t);
    if (key_char(*after))
        return fail(p, p->at, "not a number");
    t->kind = NUMBER;
    p->at = after;
    return 0;
}

/* A test, and a turn of its outcome for the contrary operators. */
static int parse_test(struct parser *p, bool exists)
{
    struct pt_path_filter *f = p->f;
    const struct sign *sign;
    struct test *t;
    f->tests = pt_mem_grow(f->tests, &f->tests_cap, f->ntests + 1, sizeof *f->tests);
    t = &f->tests[f->ntests++];
    *t = (struct test){.kind = EXISTS};
    add_step(p, DO_TEST, f->ntests - 1);
    if (parse_path(p, t) != 0)
        return -1;
    if (exists)
        return take(p, ")") ? 0 : fail(p, pt_term_space(p->at), "expected ')'");
    if (!(sign = parse_sign(p)))
        return -1;
    t->holds = sign->holds;
    if (sign->negated)
        add_step(p, DO_NOT, 0);
    return parse_literal(p, t);
}

static int parse_expression(struct parser *p);

static int parse_inner(struct parser *p)
{
    if (parse_expression(p) != 0)
        return -1;
    return take(p, ")") ? 0 : fail(p, pt_term_space(p->at), "expected 'and', 'or' or ')'");
}

static int parse_factor(struct parser *p)
{
    int rc;
    if (p->depth == PT_PATH_DEPTH)
        return fail(p, pt_term_space(p->at), "nested too deeply");
    p->depth++;
    if (take(p, "not")) {
        rc = parse_factor(p);
        add_step(p, DO_NOT, 0);
    } else if (take(p, "(")) {
        rc = parse_inner(p);
    } else if (take(p, "exists")) {
        rc = take(p, "(") ? parse_test(p, true) : fail(p, pt_term_space(p->at), "expected '('");
    } else {
        rc = parse_test(p, false);
    }
    p->depth--;
    return rc;
}

/* Operands between `word`s; the first that settles the outcome jumps behind the last. */
static int parse_chain(struct parser *p, int (*operand)(struct parser *p), const char *word,
                       enum code jump)
{
    size_t first = p->f->n;
    if (operand(p) != 0)
        return -1;
    while (take(p, word)) {
        add_step(p, jump, OPEN);
        if (operand(p) != 0)
            return -1;
    }
    for (size_t i = first; i < p->f->n; i++)
        if (p->f->steps[i].code == jump && p->f->steps[i].at == OPEN)
            p->f->steps[i].at = p->f->n;
    return 0;
}

static int parse_term(struct parser *p)
{
    return parse_chain(p, parse_factor, "and", JUMP_IF_FALSE);
}

static int parse_expression(struct parser *p)
{
    return parse_chain(p, parse_term, "or", JUMP_IF_TRUE);
}

int pt_path_parse(const char *text, struct pt_path_filter **out, struct pt_err *err)
{
    struct pt_path_filter *f = pt_mem_alloc(sizeof *f);
    struct parser p = {.text = text, .at = text, .f = f, .err = err};
    int rc = parse_expression(&p);
    if (rc == 0 && *pt_term_space(p.at))
        rc = fail(&p, pt_term_space(p.at), "expected 'and', 'or' or the end");
    if (rc == 0)
        *out = f;
    else
        pt_path_free(f);
    return rc;
}

void pt_path_free(struct pt_path_filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->ntests; i++) {
        struct test *t = &f->tests[i];
        for (size_t k = 0; k < t->n; k++)
            free(t->path[k].key);
        free(t->path);
        free(t->text);
        pt_pattern_free(t->pattern);
    }
    free(f->tests);
    free(f->steps);
    free(f);
}

/* --- matching -------------------------------------------------------------------------------- */

/* The text of a raw string: itself, or made in *b when it has escapes. */
static struct pt_str text_of(struct pt_str raw, struct pt_buf *b)
{
    if (!raw.n || !memchr(raw.p, '\\', raw.n))
        return raw;
    pt_buf_clear(b);
    pt_json_unescape(b, raw);
    return pt_buf_view(b);
}

static bool find_member(struct pt_str *value, const struct element *e, struct pt_buf *scratch)
{
    struct pt_json_iter it;
    struct pt_str key, member;
    size_t at = 0;
    if (pt_json_open(&it, *value) != 0 || (it.close == '}') != (e->key != NULL))
        return false;
    while (pt_json_next(&it, &key, &member) == 1)
        if (e->key ? pt_str_is(text_of(key, scratch), e->key) : at++ == e->at) {
            *value = member;
            return true;
        }
    return false;
}

static unsigned standing(int compared)
{
    return compared < 0 ? LESS : compared > 0 ? GREATER : EQUAL;
}

static bool holds(const struct test *t, struct pt_str value, struct pt_buf *scratch)
{
    struct pt_num number;
    struct pt_str text;
    switch (t->kind) {
    case EXISTS: return true;
    case WORD: return pt_str_is(value, t->text);
    case NUMBER:
        return pt_num_parse(value.p, value.p + value.n, &number) &&
               (standing(pt_num_cmp(number, t->number)) & t->holds);
    case TEXT:
    case PATTERN: break;
    }
    if (*value.p != '"')
        return false;
    text = text_of(pt_json_raw(value), scratch);
    return t->pattern ? pt_pattern_match(t->pattern, text)
                      : (standing(pt_str_cmp(text, pt_str(t->text))) & t->holds) != 0;
}

static bool run_test(const struct test *t, struct pt_str json, struct pt_buf *scratch)
{
    for (size_t i = 0; i < t->n; i++)
        if (!find_member(&json, &t->path[i], scratch))
            return false;
    return json.n && holds(t, json, scratch);
}

bool pt_path_match(const struct pt_path_filter *f, struct pt_str json)
{
    struct pt_buf scratch = {0};
    bool truth = false;
    for (size_t i = 0; i < f->n; i++) {
        const struct step *s = &f->steps[i];
        switch (s->code) {
        case DO_TEST: truth = run_test(&f->tests[s->at], json, &scratch); break;
        case DO_NOT: truth = !truth; break;
        case JUMP_IF_FALSE: i = truth ? i : s->at - 1; break;
        case JUMP_IF_TRUE: i = truth ? s->at - 1 : i; break;
        }
    }
    pt_buf_release(&scratch);
    return truth;
}
