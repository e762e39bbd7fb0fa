/* expr.c - see expr.h.
 *
 * Grammar, by recursive descent; each rule of it is one function that moves p->at and appends the
 * steps of what it read, operands first:
 *
 *     expr    = sum COMPARISON sum
 *     sum     = product { ("+" | "-") product }
 *     product = factor { ("*" | "/") factor }
 *     factor  = "-" factor | "(" sum ")" | NUMBER | term
 *     term    = AGG "(" SELECTOR "[" DURATION "]" ")" [ "by" "(" [ TAG { "," TAG } ] ")" ]
 *
 * Reverse Polish steps in an array need no tree, no recursion and no memory to judge.  A step
 * pushes at most one value, so a stack of as many values as there are steps cannot overflow.
 *
 * All terms of one expression group by the same tags: then two terms have either the same group or
 * nothing to say to each other, and no matching of labels has to be explained. */
#include "detect/expr.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "base/time.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

enum { DEPTH = 32 }; /* of parentheses and signs */

struct parser {
    const char *text, *at;
    struct pt_expr *e;
    struct pt_err *err;
    int depth;
};

static int fail(struct parser *p, const char *at, const char *why)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, pt_str(p->text));
    pt_err_set(p->err, PT_USAGE, "expr: %s at character %zu of: %.200s", why,
               (size_t)(at - p->text) + 1, shown.n ? shown.p : "(nothing)");
    pt_buf_release(&shown);
    return -1;
}

static void space(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static int expect(struct parser *p, char c, const char *why)
{
    space(p);
    if (*p->at != c)
        return fail(p, p->at, why);
    p->at++;
    return 0;
}

static int add_step(struct parser *p, struct pt_step step)
{
    struct pt_expr *e = p->e;
    if (e->nsteps == PT_EXPR_STEPS)
        return fail(p, p->at, "too long an expression; split the rule");
    e->steps[e->nsteps++] = step;
    return 0;
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == ':' || c == '/';
}

/* The run of word characters at p->at, which moves behind it; to be freed. */
static char *take_word(struct parser *p)
{
    const char *start = p->at;
    while (word_char(*p->at))
        p->at++;
    return pt_mem_strndup(start, (size_t)(p->at - start));
}

/* --- terms ----------------------------------------------------------------------------------- */

static int unknown_agg(struct parser *p, const char *start, const char *word)
{
    static const char *const KNOWN[] = {"count", "sum",    "avg",    "min",      "max", "first",
                                        "last",  "stddev", "median", "increase", "rate"};
    bool quantile = word[0] == 'p' && isdigit((unsigned char)word[1]);
    const char *nearest =
        quantile ? NULL : pt_text_nearest(word, KNOWN, sizeof KNOWN / sizeof KNOWN[0]);
    struct pt_buf why = {0};
    int rc;
    if (nearest)
        pt_buf_printf(&why, "unknown aggregate (did you mean %s?)", nearest);
    else
        pt_buf_puts(&why, "unknown aggregate; there are count, sum, avg, min, max, first, last, "
                          "stddev, median, p0 to p100, increase, rate");
    rc = fail(p, start, why.p);
    pt_buf_release(&why);
    return rc;
}

static int parse_agg(struct parser *p, struct pt_agg *out)
{
    const char *start = p->at;
    char *word = take_word(p);
    int rc = pt_agg_named(pt_str(word), out) ? 0 : unknown_agg(p, start, word);
    free(word);
    return rc;
}

static int parse_window(struct parser *p, int64_t *out)
{
    const char *start, *close;
    if (expect(p, '[', "expected '[' and a window such as [1m]") != 0)
        return -1;
    start = p->at;
    close = strchr(start, ']');
    if (!close || pt_duration_parse((struct pt_str){start, (size_t)(close - start)}, out) != 0 ||
        *out <= 0)
        return fail(p, start, "expected a window such as 30s, 1m or 1h30m");
    p->at = close + 1;
    return 0;
}

static int by_tag(struct parser *p, char *by[PT_EXPR_BY], size_t *n)
{
    const char *start = p->at;
    char *key = take_word(p);
    if (!*key) {
        free(key);
        return fail(p, start, "expected a tag's key");
    }
    for (size_t i = 0; i < *n; i++)
        if (strcmp(by[i], key) == 0) {
            free(key);
            return fail(p, start, "the tag is named twice");
        }
    if (*n == PT_EXPR_BY) {
        free(key);
        return fail(p, start, "too many tags");
    }
    by[(*n)++] = key;
    return 0;
}

static int parse_by(struct parser *p, char *by[PT_EXPR_BY], size_t *n)
{
    space(p);
    if (strncmp(p->at, "by", 2) != 0 || word_char(p->at[2]))
        return 0;
    p->at += 2;
    if (expect(p, '(', "expected '(' after by") != 0)
        return -1;
    for (;;) {
        space(p);
        if (*p->at == ')' && *n == 0)
            break;
        if (by_tag(p, by, n) != 0)
            return -1;
        space(p);
        if (*p->at != ',')
            break;
        p->at++;
    }
    return expect(p, ')', "expected ',' or ')'");
}

static bool same_tags(const struct pt_expr *e, char *const by[], size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < e->nby; k++)
            found += strcmp(by[i], e->by[k]) == 0;
    return found == n && n == e->nby;
}

/* The first term says what the expression groups by; the others must agree. */
static int agree_by(struct parser *p, const char *start)
{
    char *by[PT_EXPR_BY];
    size_t n = 0;
    int rc = parse_by(p, by, &n);
    if (rc == 0 && p->e->nterms == 1) {
        memcpy(p->e->by, by, n * sizeof *by);
        p->e->nby = n;
        return 0;
    }
    if (rc == 0 && !same_tags(p->e, by, n))
        rc = fail(p, start, "terms group by different tags; give each term the same by (...)");
    for (size_t i = 0; i < n; i++)
        free(by[i]);
    return rc;
}

static int parse_term(struct parser *p)
{
    struct pt_expr *e = p->e;
    const char *start = p->at;
    struct pt_term *t = &e->terms[e->nterms];
    if (e->nterms == PT_EXPR_TERMS)
        return fail(p, start, "too many terms; split the rule");
    if (parse_agg(p, &t->agg) != 0 ||
        expect(p, '(', "expected '(' and a selector, as in avg(order.latency[1m])") != 0)
        return -1;
    space(p);
    if (pt_selector_parse_at(p->text, &p->at, &t->selector, p->err) != 0)
        return -1;
    e->nterms++; /* from here on pt_expr_release frees the selector */
    space(p);
    if (parse_window(p, &t->window) != 0 || expect(p, ')', "expected ')'") != 0 ||
        agree_by(p, start) != 0)
        return -1;
    return add_step(p, (struct pt_step){.kind = PT_STEP_TERM, .term = e->nterms - 1});
}

/* --- arithmetic ------------------------------------------------------------------------------ */

static int parse_sum(struct parser *p);

static int parse_number(struct parser *p)
{
    struct pt_num v;
    const char *after = pt_num_parse_loose(p->at, p->at + strlen(p->at), &v);
    if (!after || isalpha((unsigned char)*after))
        return fail(p, p->at, "not a number");
    p->at = after;
    return add_step(p, (struct pt_step){.kind = PT_STEP_NUMBER, .number = v.d});
}

static int parse_factor(struct parser *p)
{
    int rc;
    space(p);
    if (isdigit((unsigned char)*p->at) || *p->at == '.')
        return parse_number(p);
    if (isalpha((unsigned char)*p->at))
        return parse_term(p);
    if (*p->at != '(' && *p->at != '-')
        return fail(p, p->at, "expected a number, '(' or an aggregate such as avg(NAME[1m])");
    if (p->depth == DEPTH)
        return fail(p, p->at, "nested too deeply");
    p->depth++;
    if (*p->at++ == '(')
        rc = parse_sum(p) != 0 ? -1 : expect(p, ')', "expected an operator or ')'");
    else
        rc = parse_factor(p) != 0 ? -1 : add_step(p, (struct pt_step){.kind = PT_STEP_NEGATE});
    p->depth--;
    return rc;
}

static int parse_product(struct parser *p)
{
    if (parse_factor(p) != 0)
        return -1;
    for (;;) {
        char op;
        space(p);
        op = *p->at;
        if (op != '*' && op != '/')
            return 0;
        p->at++;
        if (parse_factor(p) != 0 ||
            add_step(p, (struct pt_step){.kind = PT_STEP_BINARY, .op = op}) != 0)
            return -1;
    }
}

static int parse_sum(struct parser *p)
{
    if (parse_product(p) != 0)
        return -1;
    for (;;) {
        char op;
        space(p);
        op = *p->at;
        if (op != '+' && op != '-')
            return 0;
        p->at++;
        if (parse_product(p) != 0 ||
            add_step(p, (struct pt_step){.kind = PT_STEP_BINARY, .op = op}) != 0)
            return -1;
    }
}

static int parse_comparison(struct parser *p)
{
    static const struct {
        const char *text;
        enum pt_comparison is;
    } ALL[] = {{"<=", PT_LESS_EQUAL}, {">=", PT_GREATER_EQUAL}, {"==", PT_EQUAL},
               {"!=", PT_NOT_EQUAL},  {"<", PT_LESS},           {">", PT_GREATER}};
    space(p);
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        size_t n = strlen(ALL[i].text);
        if (strncmp(p->at, ALL[i].text, n) == 0) {
            p->e->comparison = ALL[i].is;
            p->at += n;
            return 0;
        }
    }
    return fail(p, p->at, "expected an operator or a comparison (> >= < <= == !=)");
}

static int parse_expr(struct parser *p)
{
    struct pt_expr *e = p->e;
    if (parse_sum(p) != 0 || parse_comparison(p) != 0)
        return -1;
    e->split = e->nsteps;
    e->left_constant = e->nterms == 0;
    if (parse_sum(p) != 0)
        return -1;
    space(p);
    if (*p->at)
        return fail(p, p->at, "unexpected text");
    return e->nterms ? 0 : fail(p, p->text, "no metric is measured");
}

int pt_expr_parse(const char *text, struct pt_expr *out, struct pt_err *err)
{
    struct parser p = {.text = text, .at = text, .e = out, .err = err};
    *out = (struct pt_expr){.text = pt_mem_strdup(text)};
    if (parse_expr(&p) == 0)
        return 0;
    pt_expr_release(out);
    return -1;
}

void pt_expr_release(struct pt_expr *e)
{
    for (size_t i = 0; i < e->nterms; i++)
        pt_selector_free(e->terms[i].selector);
    for (size_t i = 0; i < e->nby; i++)
        free(e->by[i]);
    free(e->text);
    *e = (struct pt_expr){0};
}

/* --- judging --------------------------------------------------------------------------------- */

static double binary(char op, double a, double b)
{
    switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    default: return a / b;
    }
}

static double run(const struct pt_expr *e, size_t begin, size_t end, const double *values)
{
    double stack[PT_EXPR_STEPS];
    size_t n = 0;
    for (size_t i = begin; i < end; i++) {
        const struct pt_step *s = &e->steps[i];
        switch (s->kind) {
        case PT_STEP_NUMBER: stack[n++] = s->number; break;
        case PT_STEP_TERM: stack[n++] = values[s->term]; break;
        case PT_STEP_NEGATE: stack[n - 1] = -stack[n - 1]; break;
        case PT_STEP_BINARY:
            n--;
            stack[n - 1] = binary(s->op, stack[n - 1], stack[n]);
            break;
        }
    }
    return stack[0];
}

static bool compare(enum pt_comparison how, double a, double b)
{
    switch (how) {
    case PT_LESS: return a < b;
    case PT_LESS_EQUAL: return a <= b;
    case PT_GREATER: return a > b;
    case PT_GREATER_EQUAL: return a >= b;
    case PT_EQUAL: return a >= b && a <= b;
    case PT_NOT_EQUAL: return a < b || a > b;
    }
    return false;
}

bool pt_expr_holds(const struct pt_expr *e, const double *values, double *value, double *threshold)
{
    double left = run(e, 0, e->split, values), right = run(e, e->split, e->nsteps, values);
    *value = e->left_constant ? right : left;
    *threshold = e->left_constant ? left : right;
    return !isnan(left) && !isnan(right) && compare(e->comparison, left, right);
}
