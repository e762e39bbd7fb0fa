/* formula.c - the parser: see formula.h; formula_run.c evaluates.
 *
 * Recursive descent; each rule of the grammar is one function that moves p->at and appends the
 * steps of what it read, operands first.  Reverse Polish steps in an array need no tree, no
 * recursion and no memory to evaluate.
 *
 * A parenthesis may hold a number or a condition, and only what follows tells which.  So both are
 * read by the same rules, p->truth says what was read last, and the operators ask for the one they
 * need.  A number or comparison has no parentheses around conditions. */
#include "query/formula.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "query/formula_step.h"
#include "record/term.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct parser {
    const char *text, *at;
    const struct pt_formula_names *names;
    struct pt_formula *f;
    struct pt_err *err;
    bool conditions; /* are allowed in parentheses */
    bool truth;      /* what was read last is one, not a number */
    int depth;
    size_t stack; /* values on it after the last step */
};

static int fail(const struct parser *p, const char *at, const char *why)
{
    return pt_term_refuse(p->names->what, p->text, at, why, p->err);
}

/* To what comes next. */
static const char *next(struct parser *p)
{
    return p->at = pt_term_space(p->at);
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == ':';
}

/* Takes the word if it comes next and is no part of a longer one. */
static bool take_word(struct parser *p, const char *word)
{
    const char *at = next(p);
    size_t n = strlen(word);
    if (strncmp(at, word, n) != 0 || word_char(at[n]))
        return false;
    p->at += n;
    return true;
}

static int expect(struct parser *p, char c, const char *why)
{
    if (*next(p) != c)
        return fail(p, p->at, why);
    p->at++;
    return 0;
}

static int add_step(struct parser *p, struct pt_formula_step step)
{
    if (p->f->n == PT_FORMULA_STEPS)
        return fail(p, p->at, "too long");
    if (step.op <= PT_OP_VARIABLE && p->stack++ == PT_FORMULA_STACK)
        return fail(p, p->at, "nested too deeply");
    p->stack -= step.op >= PT_OP_ADD;
    p->f->steps[p->f->n++] = step;
    return 0;
}

static int add_op(struct parser *p, enum pt_formula_op op)
{
    return add_step(p, (struct pt_formula_step){.op = op});
}

/* --- operands -------------------------------------------------------------------------------- */

static const struct function {
    const char *name;
    enum pt_formula_op op;
} FUNCTIONS[] = {
    {"abs", PT_OP_ABS},     {"ceil", PT_OP_CEIL},   {"exp", PT_OP_EXP}, {"floor", PT_OP_FLOOR},
    {"log", PT_OP_LOG},     {"log10", PT_OP_LOG10}, {"max", PT_OP_MAX}, {"min", PT_OP_MIN},
    {"round", PT_OP_ROUND}, {"sqrt", PT_OP_SQRT},
};
enum { NFUNCTIONS = sizeof FUNCTIONS / sizeof FUNCTIONS[0] };

static const struct function *function_named(struct pt_str word)
{
    for (size_t i = 0; i < NFUNCTIONS; i++)
        if (pt_str_is(word, FUNCTIONS[i].name))
            return &FUNCTIONS[i];
    return NULL;
}

bool pt_formula_function(struct pt_str word)
{
    return function_named(word) != NULL;
}

struct pt_str pt_formula_word(const char *at)
{
    size_t n = 0;
    if (!isdigit((unsigned char)*at))
        while (word_char(at[n]))
            n++;
    return (struct pt_str){at, n};
}

static int parse_sum(struct parser *p);
static int parse_condition(struct parser *p);

/* A sum; a condition, where one may stand, is refused. */
static int parse_number(struct parser *p)
{
    const char *start = next(p);
    if (parse_sum(p) != 0)
        return -1;
    return p->truth ? fail(p, start, "expected a number, not a condition") : 0;
}

static int parse_arguments(struct parser *p, enum pt_formula_op op)
{
    bool many = op == PT_OP_MIN || op == PT_OP_MAX;
    if (parse_number(p) != 0 || (!many && add_op(p, op) != 0))
        return -1;
    if (many && *next(p) != ',')
        return fail(p, p->at, "expected ',' and another number");
    while (many && *next(p) == ',') {
        p->at++;
        if (parse_number(p) != 0 || add_op(p, op) != 0)
            return -1;
    }
    return expect(p, ')',
                  many ? "expected an operator, ',' or ')'" : "expected an operator or ')'");
}

static int unknown_function(struct parser *p)
{
    struct pt_buf why = {0};
    int rc;
    pt_buf_puts(&why, "unknown function; there are ");
    for (size_t i = 0; i < NFUNCTIONS; i++)
        pt_buf_printf(&why, "%s%s", i ? ", " : "", FUNCTIONS[i].name);
    rc = fail(p, p->at, why.p);
    pt_buf_release(&why);
    return rc;
}

static int parse_function(struct parser *p)
{
    struct pt_str word = pt_formula_word(p->at);
    const struct function *function = function_named(word);
    const char *open = pt_term_space(p->at + word.n);
    if (!word.n || *open != '(')
        return fail(p, p->at,
                    isdigit((unsigned char)*p->at) || *p->at == '.' ? "not a number"
                                                                    : p->names->expected);
    if (!function)
        return unknown_function(p);
    p->at = open + 1;
    return parse_arguments(p, function->op);
}

static int parse_inner(struct parser *p)
{
    p->at++;
    if ((p->conditions ? parse_condition(p) : parse_sum(p)) != 0)
        return -1;
    return expect(p, ')', "expected an operator or ')'");
}

static int parse_negated(struct parser *p);

static int parse_plain(struct parser *p)
{
    struct pt_num number;
    const char *after = pt_num_parse_loose(p->at, p->at + strlen(p->at), &number);
    size_t variable;
    int rc;
    p->truth = false;
    if (after && *p->at != '+' && !word_char(*after)) {
        p->at = after;
        return add_step(p, (struct pt_formula_step){.op = PT_OP_NUMBER, .number = number.d});
    }
    rc = p->names->read(p->names->ctx, p->text, &p->at, &variable, p->err);
    if (rc != 0)
        return rc < 0 ? -1 : parse_function(p);
    return add_step(p, (struct pt_formula_step){.op = PT_OP_VARIABLE, .variable = variable});
}

static int parse_operand(struct parser *p)
{
    const char *start = next(p);
    int rc;
    if (p->depth == PT_FORMULA_DEPTH)
        return fail(p, start, "nested too deeply");
    p->depth++;
    rc = *start == '(' ? parse_inner(p) : *start == '-' ? parse_negated(p) : parse_plain(p);
    p->depth--;
    return rc;
}

static int parse_negated(struct parser *p)
{
    const char *start = ++p->at;
    if (parse_operand(p) != 0)
        return -1;
    if (p->truth)
        return fail(p, start, "expected a number, not a condition");
    return add_op(p, PT_OP_NEGATE);
}

/* --- operators ------------------------------------------------------------------------------- */

struct sign {
    const char *text;
    enum pt_formula_op op;
};

static const struct sign SUM[] = {{"+", PT_OP_ADD}, {"-", PT_OP_SUBTRACT}, {0}};
static const struct sign PRODUCT[] = {{"*", PT_OP_MULTIPLY}, {"/", PT_OP_DIVIDE}, {0}};
static const struct sign OR[] = {{"or", PT_OP_OR}, {0}}, AND[] = {{"and", PT_OP_AND}, {0}};

/* Those that begin with another come before it. */
static const struct sign COMPARISON[] = {
    {"<=", PT_OP_LESS_EQUAL}, {">=", PT_OP_GREATER_EQUAL},
    {"==", PT_OP_EQUAL},      {"!=", PT_OP_NOT_EQUAL},
    {"<", PT_OP_LESS},        {">", PT_OP_GREATER},
    {"=", PT_OP_EQUAL},       {0},
};

static const struct sign *take_sign(struct parser *p, const struct sign *signs)
{
    const char *at = next(p);
    for (; signs->text; signs++) {
        size_t n = strlen(signs->text);
        if (isalpha((unsigned char)*signs->text) ? take_word(p, signs->text)
                                                 : strncmp(at, signs->text, n) == 0) {
            p->at = at + n;
            return signs;
        }
    }
    return NULL;
}

/* What was read from start must be a truth, or else a number. */
static int ask_for(struct parser *p, const char *start, bool truth)
{
    if (p->truth == truth)
        return 0;
    if (truth)
        return fail(p, next(p), "expected an operator or a comparison (> >= < <= == !=)");
    return fail(p, start, "expected a number, not a condition");
}

/* Operands with signs between them, of which all take and make truth, or else numbers. */
static int parse_chain(struct parser *p, int (*operand)(struct parser *), const struct sign *signs,
                       bool truth)
{
    const char *start = next(p);
    const struct sign *sign;
    if (operand(p) != 0)
        return -1;
    while ((sign = take_sign(p, signs))) {
        const char *right;
        if (ask_for(p, start, truth) != 0)
            return -1;
        right = next(p);
        if (operand(p) != 0 || ask_for(p, right, truth) != 0 || add_op(p, sign->op) != 0)
            return -1;
    }
    return 0;
}

static int parse_product(struct parser *p)
{
    return parse_chain(p, parse_operand, PRODUCT, false);
}

static int parse_sum(struct parser *p)
{
    return parse_chain(p, parse_product, SUM, false);
}

/* "=>" is nobody's comparison, and no "=" before something. */
static const struct sign *take_comparison(struct parser *p)
{
    const char *at = next(p);
    return at[0] == '=' && at[1] == '>' ? NULL : take_sign(p, COMPARISON);
}

static int parse_comparison(struct parser *p)
{
    const char *start = next(p);
    const struct sign *sign;
    if (parse_sum(p) != 0)
        return -1;
    sign = take_comparison(p);
    if (!sign)
        return 0;
    if (ask_for(p, start, false) != 0)
        return -1;
    p->f->split = p->f->n;
    if (parse_number(p) != 0 || add_op(p, sign->op) != 0)
        return -1;
    p->truth = true;
    return 0;
}

static int parse_not(struct parser *p)
{
    const char *start = next(p);
    int rc;
    if (!take_word(p, "not"))
        return parse_comparison(p);
    if (p->depth == PT_FORMULA_DEPTH)
        return fail(p, start, "nested too deeply");
    p->depth++;
    start = next(p);
    rc = parse_not(p) != 0 || ask_for(p, start, true) != 0 ? -1 : add_op(p, PT_OP_NOT);
    p->depth--;
    return rc;
}

static int parse_and(struct parser *p)
{
    return parse_chain(p, parse_not, AND, true);
}

static int parse_condition(struct parser *p)
{
    return parse_chain(p, parse_and, OR, true);
}

/* --- the whole ------------------------------------------------------------------------------- */

static int parse_all(struct parser *p, enum pt_formula_kind kind)
{
    int rc = kind == PT_FORMULA_NUMBER       ? parse_sum(p)
             : kind == PT_FORMULA_COMPARISON ? parse_comparison(p)
                                             : parse_condition(p);
    if (rc == 0)
        rc = ask_for(p, p->text, kind != PT_FORMULA_NUMBER);
    if (rc == 0 && *next(p))
        rc = fail(p, p->at,
                  kind == PT_FORMULA_NUMBER       ? "expected an operator or the end"
                  : kind == PT_FORMULA_COMPARISON ? "unexpected text"
                                                  : "expected and, or or the end");
    return rc;
}

int pt_formula_parse(const char *text, enum pt_formula_kind kind,
                     const struct pt_formula_names *names, struct pt_formula **out,
                     struct pt_err *err)
{
    struct parser p = {.text = text,
                       .at = text,
                       .names = names,
                       .err = err,
                       .conditions = kind == PT_FORMULA_CONDITION};
    p.f = pt_mem_alloc(sizeof *p.f);
    if (parse_all(&p, kind) != 0) {
        pt_formula_free(p.f);
        return -1;
    }
    *out = p.f;
    return 0;
}

bool pt_formula_is_variable(const struct pt_formula *f, size_t *which)
{
    *which = f->steps[0].variable;
    return f->n == 1 && f->steps[0].op == PT_OP_VARIABLE;
}

bool pt_formula_left_constant(const struct pt_formula *f)
{
    for (size_t i = 0; i < f->split; i++)
        if (f->steps[i].op == PT_OP_VARIABLE)
            return false;
    return true;
}

void pt_formula_free(struct pt_formula *f)
{
    free(f);
}

/* --- fixed names ----------------------------------------------------------------------------- */

struct words {
    const char *what, *const *v;
    size_t n;
};

static int unknown_word(const struct words *w, const char *text, struct pt_str word,
                        struct pt_err *err)
{
    char *name = pt_mem_strndup(word.p, word.n);
    const char *nearest = pt_text_nearest(name, w->v, w->n);
    struct pt_buf why = {0};
    int rc;
    pt_buf_printf(&why, "unknown name (%s",
                  nearest     ? "did you mean "
                  : w->n == 1 ? "there is only "
                              : "there are ");
    for (size_t i = 0; !nearest && i < w->n; i++)
        pt_buf_printf(&why, "%s%s", i ? ", " : "", w->v[i]);
    pt_buf_printf(&why, "%s%s)", nearest ? nearest : "", nearest ? "?" : "");
    rc = pt_term_refuse(w->what, text, word.p, why.p, err);
    pt_buf_release(&why);
    free(name);
    return rc;
}

static int read_word(void *ctx, const char *text, const char **at, size_t *variable,
                     struct pt_err *err)
{
    const struct words *w = ctx;
    struct pt_str word = pt_formula_word(*at);
    for (size_t i = 0; i < w->n; i++)
        if (pt_str_is(word, w->v[i])) {
            *variable = i;
            *at += word.n;
            return 0;
        }
    if (!word.n || *pt_term_space(*at + word.n) == '(')
        return 1;
    return unknown_word(w, text, word, err);
}

int pt_formula_parse_words(const char *text, enum pt_formula_kind kind, const char *what,
                           const char *const *words, size_t n, struct pt_formula **out,
                           struct pt_err *err)
{
    struct words w = {what, words, n};
    struct pt_buf expected = {0};
    struct pt_formula_names names = {.what = what, .read = read_word, .ctx = &w};
    int rc;
    pt_buf_puts(&expected, "expected a number, '(' or ");
    pt_buf_puts(&expected, n == 1 ? words[0] : "a name");
    names.expected = expected.p;
    rc = pt_formula_parse(text, kind, &names, out, err);
    pt_buf_release(&expected);
    return rc;
}
