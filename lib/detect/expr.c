/* expr.c - see expr.h.
 *
 * query/formula.h has the arithmetic; here are its variables, the terms:
 *
 *     term = AGG "(" SELECTOR "[" DURATION "]" ")" [ "by" "(" [ TAG { "," TAG } ] ")" ]
 *
 * All terms of one expression group by the same tags: then two terms have either the same group or
 * nothing to say to each other, and no matching of labels has to be explained. */
#include "detect/expr.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "record/term.h"

#include <ctype.h>
#include <stdlib.h>

static const char WHAT[] = "expr"; /* in messages */

/* Reads one term. */
struct parser {
    const char *text, *at;
    struct pt_expr *e;
    struct pt_err *err;
};

static int fail(struct parser *p, const char *at, const char *why)
{
    return pt_term_refuse(WHAT, p->text, at, why, p->err);
}

static void space(struct parser *p)
{
    p->at = pt_term_space(p->at);
}

static int expect(struct parser *p, char c, const char *why)
{
    space(p);
    if (*p->at != c)
        return fail(p, p->at, why);
    p->at++;
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
    const char *nearest = pt_agg_nearest(word);
    struct pt_agg agg;
    struct pt_buf why = {0};
    int rc;
    if (nearest && pt_agg_named(pt_str(nearest), &agg) && pt_agg_plain(&agg))
        pt_buf_printf(&why, "unknown aggregate (did you mean %s?)", nearest);
    else
        pt_buf_puts(&why, "unknown aggregate; there are count, sum, avg, min, max, range, "
                          "first, last, stddev, variance, median, p0 to p100, increase, rate");
    rc = fail(p, start, why.p);
    pt_buf_release(&why);
    return rc;
}

static int parse_agg(struct parser *p, struct pt_agg *out)
{
    const char *start = p->at;
    char *word = take_word(p);
    int rc = pt_agg_named(pt_str(word), out) && pt_agg_plain(out) ? 0 : unknown_agg(p, start, word);
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

static int parse_term(struct parser *p, size_t *term)
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
    *term = e->nterms++; /* from here on pt_expr_release frees the selector */
    space(p);
    if (parse_window(p, &t->window) != 0 || expect(p, ')', "expected ')'") != 0 ||
        agree_by(p, start) != 0)
        return -1;
    return 0;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* What min and max are here is settled by the aggregates. */
static bool function_begins(const char *at)
{
    struct pt_str word = pt_formula_word(at);
    struct pt_agg agg;
    return pt_formula_function(word) && !pt_agg_named(word, &agg);
}

static int read_term(void *ctx, const char *text, const char **at, size_t *variable,
                     struct pt_err *err)
{
    struct parser p = {.text = text, .at = *at, .e = ctx, .err = err};
    if (!isalpha((unsigned char)**at) || function_begins(*at))
        return 1;
    if (parse_term(&p, variable) != 0)
        return -1;
    *at = p.at;
    return 0;
}

static int parse(struct pt_expr *e, struct pt_err *err)
{
    const struct pt_formula_names names = {
        .what = WHAT,
        .expected = "expected a number, '(' or an aggregate such as avg(NAME[1m])",
        .read = read_term,
        .ctx = e,
    };
    if (pt_formula_parse(e->text, PT_FORMULA_COMPARISON, &names, &e->formula, err) != 0)
        return -1;
    return e->nterms ? 0 : pt_term_refuse(WHAT, e->text, e->text, "no metric is measured", err);
}

int pt_expr_parse(const char *text, struct pt_expr *out, struct pt_err *err)
{
    *out = (struct pt_expr){.text = pt_mem_strdup(text)};
    if (parse(out, err) == 0)
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
    pt_formula_free(e->formula);
    free(e->text);
    *e = (struct pt_expr){0};
}

bool pt_expr_holds(const struct pt_expr *e, const double *values, double *value, double *threshold)
{
    bool constant = pt_formula_left_constant(e->formula);
    pt_formula_sides(e->formula, values, constant ? threshold : value,
                     constant ? value : threshold);
    return pt_formula_holds(e->formula, values);
}
