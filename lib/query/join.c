/* join.c - reads the arguments of a join: see join.h; join_run.c answers it.
 *
 * An operand that is named twice is asked once: operands are looked up among those there are, and
 * questions among those with the same text. */
#include "query/join.h"

#include "base/mem.h"
#include "base/text.h"
#include "query/formula.h"
#include "record/selector.h"
#include "record/term.h"

#include <stdlib.h>

static const char WHAT[] = "expression"; /* in messages */

struct reader {
    struct pt_join *j;
    struct pt_agg first; /* the aggregate of a selector that says none */
    uint64_t questions;  /* that the expression needs */
};

/* --- questions ------------------------------------------------------------------------------- */

/* The question about the selector, which it takes, or -1 when there are too many. */
static int question_of(struct pt_join *j, struct pt_selector *selector)
{
    struct pt_str text = pt_selector_text(selector);
    for (size_t i = 0; i < j->nquestions; i++)
        if (pt_str_eq(pt_selector_text(j->questions[i].selector), text)) {
            pt_selector_free(selector);
            return (int)i;
        }
    if (j->nquestions == PT_JOIN_QUESTIONS) {
        pt_selector_free(selector);
        return -1;
    }
    j->questions =
        pt_mem_grow(j->questions, &j->questions_cap, j->nquestions + 1, sizeof *j->questions);
    j->questions[j->nquestions] = (struct pt_join_question){.selector = selector};
    return (int)j->nquestions++;
}

/* The place of the aggregate in the question, or -1 when there are too many. */
static int agg_of(struct pt_join_question *q, const struct pt_agg *agg)
{
    for (size_t i = 0; i < q->naggs; i++)
        if (strcmp(q->aggs[i].name, agg->name) == 0)
            return (int)i;
    if (q->naggs == PT_AGGS_MOST)
        return -1;
    q->aggs[q->naggs] = *agg;
    return (int)q->naggs++;
}

/* The operand's number, or -1 when there are too many questions. */
static int operand_of(struct pt_join *j, size_t question, const struct pt_agg *agg)
{
    int at = agg_of(&j->questions[question], agg);
    for (size_t i = 0; at >= 0 && i < j->noperands; i++)
        if (j->operands[i].question == question && j->operands[i].agg == (size_t)at)
            return (int)i;
    if (at < 0)
        return -1;
    j->operands = pt_mem_grow(j->operands, &j->operands_cap, j->noperands + 1, sizeof *j->operands);
    j->operands[j->noperands] = (struct pt_join_operand){question, (size_t)at};
    return (int)j->noperands++;
}

/* --- operands of expressions ----------------------------------------------------------------- */

static int add_operand(struct reader *r, const char *text, const char *at,
                       struct pt_selector *selector, const struct pt_agg *agg, size_t *variable,
                       struct pt_err *err)
{
    int question = question_of(r->j, selector), operand;
    if (agg->kind == PT_AGG_HISTOGRAM)
        return pt_term_refuse(WHAT, text, at, "a histogram is no number", err);
    operand = question < 0 ? -1 : operand_of(r->j, (size_t)question, agg);
    if (operand < 0)
        return pt_term_refuse(WHAT, text, at, "too many selectors and aggregates", err);
    r->questions |= UINT64_C(1) << question;
    *variable = (size_t)operand;
    return 0;
}

/* AGG(SELECTOR); 1 where a function may be meant. */
static int read_aggregate(struct reader *r, const char *text, const char **at,
                          const struct pt_agg *agg, bool function, size_t *variable,
                          struct pt_err *err)
{
    const char *start = *at, *p = strchr(start, '(') + 1;
    struct pt_selector *selector;
    struct pt_err why = {0};
    if (pt_selector_parse_at(text, &p, &selector, &why) != 0) {
        if (!function)
            *err = why;
        return function ? 1 : -1;
    }
    p = pt_term_space(p);
    if (*p != ')') {
        pt_selector_free(selector);
        return function ? 1
                        : pt_term_refuse(WHAT, text, p,
                                         "expected ')': an aggregate is of one selector", err);
    }
    *at = p + 1;
    return add_operand(r, text, start, selector, agg, variable, err);
}

static int read_selector(struct reader *r, const char *text, const char **at, size_t *variable,
                         struct pt_err *err)
{
    const char *start = *at;
    struct pt_selector *selector;
    if (!*start || strchr("),=<>!", *start))
        return 1;
    if (pt_selector_parse_at(text, at, &selector, err) != 0)
        return -1;
    return add_operand(r, text, start, selector, &r->first, variable, err);
}

static int unknown_word(const char *text, struct pt_str word, struct pt_err *err)
{
    char *name = pt_mem_strndup(word.p, word.n);
    const char *nearest = pt_agg_nearest(name);
    struct pt_buf why = {0};
    int rc;
    pt_buf_puts(&why, "neither an aggregate nor a function");
    if (nearest)
        pt_buf_printf(&why, " (did you mean %s?)", nearest);
    rc = pt_term_refuse(WHAT, text, word.p, why.p, err);
    pt_buf_release(&why);
    free(name);
    return rc;
}

static int read_operand(void *ctx, const char *text, const char **at, size_t *variable,
                        struct pt_err *err)
{
    struct pt_str word = pt_formula_word(*at);
    bool function = pt_formula_function(word);
    struct pt_agg agg;
    if (!word.n || *pt_term_space(*at + word.n) != '(')
        return read_selector(ctx, text, at, variable, err);
    if (pt_agg_named(word, &agg))
        return read_aggregate(ctx, text, at, &agg, function, variable, err);
    return function ? 1 : unknown_word(text, word, err);
}

/* --- columns --------------------------------------------------------------------------------- */

/* What a stat record has beside its columns. */
static bool reserved(const char *name)
{
    static const char *const MEMBERS[] = {"type", "ts",   "name",    "window",
                                          "tags", "unit", "partial", "quantile_error"};
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++)
        if (strcmp(name, MEMBERS[i]) == 0)
            return true;
    return false;
}

static int refuse_name(const char *name, const char *why, struct pt_err *err)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, pt_str(name));
    pt_err_set(err, PT_USAGE, "%s \"%.200s\"; give a name, as in 'x = EXPRESSION'", why, shown.p);
    pt_buf_release(&shown);
    return -1;
}

int pt_join_check(const struct pt_join *j, struct pt_err *err)
{
    for (size_t i = 0; i < j->ncolumns; i++) {
        const char *name = j->columns[i].name;
        if (reserved(name))
            return refuse_name(name, "records have another member called", err);
        for (size_t k = 0; k < i; k++)
            if (strcmp(j->columns[k].name, name) == 0)
                return refuse_name(name, "two columns are called", err);
    }
    return 0;
}

/* Takes the formula and copies the name. */
static int add_column(struct pt_join *j, struct pt_join_column column, struct pt_err *err)
{
    j->columns = pt_mem_grow(j->columns, &j->columns_cap, j->ncolumns + 1, sizeof *j->columns);
    column.name = pt_mem_strdup(column.name);
    j->columns[j->ncolumns++] = column;
    if (j->ncolumns > PT_JOIN_COLUMNS)
        return pt_err_set(err, PT_USAGE, "more than %d columns", PT_JOIN_COLUMNS);
    return 0;
}

/* A selector has a column for each aggregate. */
static int add_selector(struct pt_join *j, struct pt_selector *selector, const struct pt_agg *aggs,
                        size_t naggs, struct pt_err *err)
{
    int question = question_of(j, selector), rc = question < 0 ? -1 : 0;
    struct pt_buf name = {0};
    for (size_t i = 0; i < naggs && rc == 0; i++) {
        struct pt_str text = pt_selector_text(j->questions[question].selector);
        int operand = operand_of(j, (size_t)question, &aggs[i]);
        pt_buf_clear(&name);
        if (naggs > 1)
            pt_buf_printf(&name, "%s(", aggs[i].name);
        pt_buf_str(&name, text);
        if (naggs > 1)
            pt_buf_putc(&name, ')');
        rc = operand < 0 ? -1
                         : add_column(j,
                                      (struct pt_join_column){
                                          .name = name.p,
                                          .operand = (size_t)operand,
                                          .questions = UINT64_C(1) << question,
                                      },
                                      err);
    }
    if (rc != 0 && !err->code)
        pt_err_set(err, PT_USAGE, "more than %d selectors", PT_JOIN_QUESTIONS);
    pt_buf_release(&name);
    return rc;
}

/* The expression behind "NAME =", and the name, which is to be freed; NULL where there is none. */
static const char *named(const char *argument, char **name)
{
    const char *start = pt_term_space(argument);
    struct pt_str word = pt_formula_word(start);
    const char *sign = pt_term_space(start + word.n);
    *name = word.n && *sign == '=' ? pt_mem_strndup(word.p, word.n) : NULL;
    return *name ? sign + 1 : start;
}

static char *trimmed(const char *text)
{
    size_t n = strlen(text);
    while (n && pt_term_space(text + n - 1) == text + n)
        n--;
    return pt_mem_strndup(text, n);
}

static int add_expression(struct pt_join *j, const char *argument, const struct pt_agg *first,
                          struct pt_err *err)
{
    struct reader r = {.j = j, .first = *first};
    const struct pt_formula_names names = {
        .what = WHAT,
        .expected = "expected a number, '(' or a selector",
        .read = read_operand,
        .ctx = &r,
    };
    struct pt_formula *formula;
    char *name;
    const char *text = named(argument, &name);
    bool is_named = name != NULL;
    int rc = pt_formula_parse(text, PT_FORMULA_NUMBER, &names, &formula, err);
    if (!name)
        name = trimmed(text);
    if (rc == 0 && !r.questions) {
        pt_formula_free(formula);
        rc = pt_term_refuse(WHAT, text, text, "nothing is asked for", err);
    } else if (rc == 0) {
        rc = add_column(
            j,
            (struct pt_join_column){
                .name = name, .named = is_named, .formula = formula, .questions = r.questions},
            err);
    }
    free(name);
    return rc;
}

/* Whether something in it can only be meant as an expression. */
static bool looks_like_expression(const char *text)
{
    static const char *const SIGNS[] = {" +", " -", " *", " /", "(", " ="};
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
        if (strstr(text, SIGNS[i]))
            return true;
    return false;
}

int pt_join_add(struct pt_join *j, const char *argument, const struct pt_agg *aggs, size_t naggs,
                struct pt_err *err)
{
    struct pt_err no_selector = {0}, no_expression = {0};
    struct pt_selector *selector;
    if (pt_selector_parse(argument, &selector, &no_selector) == 0)
        return add_selector(j, selector, aggs, naggs, err);
    if (add_expression(j, argument, aggs, &no_expression) == 0)
        return 0;
    *err = looks_like_expression(argument) ? no_expression : no_selector;
    return -1;
}

bool pt_join_is_selector(const struct pt_join *j)
{
    for (size_t i = 0; i < j->ncolumns; i++)
        if (j->columns[i].formula)
            return false;
    return j->nquestions == 1;
}

void pt_join_release(struct pt_join *j)
{
    for (size_t i = 0; i < j->nquestions; i++)
        pt_selector_free(j->questions[i].selector);
    for (size_t i = 0; i < j->ncolumns; i++) {
        free(j->columns[i].name);
        pt_formula_free(j->columns[i].formula);
    }
    free(j->questions);
    free(j->operands);
    free(j->columns);
    *j = (struct pt_join){0};
}
