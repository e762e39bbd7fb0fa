/* having.c - see having.h.
 *
 * A column may be called anything: "p99", "cpu.user", "errors / requests".  So where a name may
 * stand the longest column's name is taken that stands there, and only then words are looked at. */
#include "query/having.h"

#include "base/mem.h"
#include "base/text.h"
#include "record/term.h"

#include <ctype.h>
#include <stdlib.h>

static const char WHAT[] = "--having"; /* in messages */

struct reader {
    const char *const *columns;
    size_t n;
    struct pt_agg *aggs;
    size_t *naggs, first; /* aggs[first] is the first that was put there, column n */
};

/* --- names ----------------------------------------------------------------------------------- */

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == ':';
}

/* Whether the name stands at `at` and is no part of a longer word or a function's. */
static bool stands(const char *at, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(at, name, n) != 0 || (word_char(name[n - 1]) && word_char(at[n])))
        return false;
    return *pt_term_space(at + n) != '(';
}

static bool is_text(const struct reader *r, size_t column)
{
    return r->aggs && r->aggs[column].kind == PT_AGG_HISTOGRAM;
}

static bool take_column(const struct reader *r, const char **at, size_t *variable)
{
    size_t best = 0;
    for (size_t i = 0; i < r->n; i++) {
        size_t n = strlen(r->columns[i]);
        if (n > best && !is_text(r, i) && stands(*at, r->columns[i])) {
            best = n;
            *variable = i;
        }
    }
    *at += best;
    return best > 0;
}

/* Finds the aggregate among those that were added, or adds it. */
static bool take_agg(const struct reader *r, struct pt_str word, size_t *variable)
{
    struct pt_agg agg;
    size_t i;
    if (!r->aggs || !pt_agg_named(word, &agg) || agg.kind == PT_AGG_HISTOGRAM)
        return false;
    for (i = r->first; i < *r->naggs; i++)
        if (strcmp(r->aggs[i].name, agg.name) == 0)
            break;
    if (i == PT_AGGS_MOST)
        return false;
    if (i == *r->naggs)
        r->aggs[(*r->naggs)++] = agg;
    *variable = r->n + i - r->first;
    return true;
}

static int unknown(const struct reader *r, const char *text, const char *at, const char *name,
                   struct pt_err *err)
{
    const char *column = pt_text_nearest(name, r->columns, r->n);
    const char *nearest = column || !r->aggs ? column : pt_agg_nearest(name);
    struct pt_buf why = {0};
    int rc;
    if (nearest && strcmp(nearest, name) == 0) /* a histogram */
        return pt_term_refuse(WHAT, text, at, "no number", err);
    pt_buf_puts(&why, r->aggs ? "no column and no aggregate" : "no column");
    pt_buf_puts(&why, nearest ? " (did you mean " : "; the columns are ");
    for (size_t i = 0; !nearest && i < r->n; i++) {
        pt_buf_puts(&why, i ? ", " : "");
        pt_text_terminal(&why, pt_str(r->columns[i]));
    }
    if (nearest) {
        pt_text_terminal(&why, pt_str(nearest));
        pt_buf_puts(&why, "?)");
    }
    rc = pt_term_refuse(WHAT, text, at, why.p, err);
    pt_buf_release(&why);
    return rc;
}

static int read_quoted(const struct reader *r, const char *text, const char **at, size_t *variable,
                       struct pt_err *err)
{
    const char *start = *at, *why;
    char *name;
    int rc = -1;
    if (pt_term_quoted(at, &name, &why) != 0)
        return pt_term_refuse(WHAT, text, start, why, err);
    for (size_t i = 0; i < r->n && rc != 0; i++)
        if (!is_text(r, i) && strcmp(name, r->columns[i]) == 0) {
            *variable = i;
            rc = 0;
        }
    if (rc != 0)
        rc = unknown(r, text, start, name, err);
    free(name);
    return rc;
}

static int read_name(void *ctx, const char *text, const char **at, size_t *variable,
                     struct pt_err *err)
{
    const struct reader *r = ctx;
    struct pt_str word = pt_formula_word(*at);
    char *name;
    int rc;
    if (**at == '"' || **at == '\'')
        return read_quoted(r, text, at, variable, err);
    if (take_column(r, at, variable))
        return 0;
    if (!word.n || *pt_term_space(*at + word.n) == '(')
        return 1;
    if (take_agg(r, word, variable)) {
        *at += word.n;
        return 0;
    }
    name = pt_mem_strndup(word.p, word.n);
    rc = unknown(r, text, *at, name, err);
    free(name);
    return rc;
}

int pt_having_parse(const char *text, const char *const *columns, size_t n, struct pt_agg *aggs,
                    size_t *naggs, struct pt_having *out, struct pt_err *err)
{
    struct reader r = {columns, n, aggs, naggs, naggs ? *naggs : 0};
    const struct pt_formula_names names = {
        .what = WHAT,
        .expected = "expected a number, '(' or a column's name",
        .read = read_name,
        .ctx = &r,
    };
    *out = (struct pt_having){.shown = n};
    return pt_formula_parse(text, PT_FORMULA_CONDITION, &names, &out->formula, err);
}

void pt_having_release(struct pt_having *h)
{
    pt_formula_free(h->formula);
    *h = (struct pt_having){0};
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Moves the rows that stay to the front, without the columns that are not shown. */
static void keep_rows(const struct pt_having *h, const struct pt_answer *a, struct pt_group *g,
                      double *values)
{
    size_t n = 0;
    for (size_t row = 0; row < g->n; row++) {
        const struct pt_num *from = g->values + row * a->ncolumns;
        for (size_t c = 0; c < a->ncolumns; c++)
            values[c] = from[c].d;
        if (!pt_formula_holds(h->formula, values))
            continue;
        memmove(g->values + n * h->shown, from, h->shown * sizeof *from);
        if (g->texts)
            memmove(g->texts + n * h->shown, g->texts + row * a->ncolumns,
                    h->shown * sizeof *g->texts);
        g->start[n] = g->start[row];
        g->stop[n++] = g->stop[row];
    }
    g->n = n;
}

void pt_having_keep(const struct pt_having *h, struct pt_answer *a)
{
    double *values;
    size_t n = 0;
    if (!h->formula)
        return;
    values = pt_mem_array(a->ncolumns, sizeof *values);
    for (size_t i = 0; i < a->n; i++) {
        keep_rows(h, a, &a->groups[i], values);
        if (a->groups[i].n)
            a->groups[n++] = a->groups[i];
        else
            pt_group_release(&a->groups[i]);
    }
    a->n = n;
    a->ncolumns = h->shown;
    free(values);
}
