/* join_run.c - answers a join: see join.h.
 *
 * All questions are asked first.  The groups of all answers are put in order of their tags, so that
 * those that meet stand side by side; of those the rows, which are in order of time, are merged. */
#include "query/join.h"

#include "base/mem.h"
#include "base/text.h"
#include "record/selector.h"

#include <math.h>
#include <stdlib.h>

struct entry {
    const struct pt_group *group;
    size_t question;
    size_t at; /* its row in hand */
};

struct run {
    struct pt_join *j;
    const struct pt_query *query;
    struct pt_answer *answers, *out; /* one answer a question */
    bool by_name;
    struct entry *entries;
    size_t n;
    double *values; /* of the operands, in the row in hand; NaN where they have none */
    struct pt_num *numbers;
    struct pt_err *err;
};

/* --- columns --------------------------------------------------------------------------------- */

static const struct pt_answer_column *answered(const struct run *r, const struct pt_join_operand *o)
{
    return &r->answers[o->question].columns[o->agg];
}

static void add_columns(struct run *r)
{
    const struct pt_join *j = r->j;
    struct pt_answer *a = r->out;
    struct pt_str *units = pt_mem_array(j->noperands, sizeof *units);
    for (size_t i = 0; i < j->noperands; i++)
        units[i] = answered(r, &j->operands[i])->unit;
    a->ncolumns = j->ncolumns;
    a->columns = pt_arena_alloc(&a->arena, j->ncolumns * sizeof *a->columns);
    for (size_t i = 0; i < j->ncolumns; i++) {
        const struct pt_join_column *c = &j->columns[i];
        struct pt_str unit = c->formula ? pt_formula_unit(c->formula, units) : units[c->operand];
        a->columns[i] = (struct pt_answer_column){.name = pt_arena_str(&a->arena, pt_str(c->name)),
                                                  .unit = pt_arena_str(&a->arena, unit)};
    }
    free(units);
}

static struct pt_str common_unit(const struct pt_answer *a)
{
    for (size_t i = 1; i < a->ncolumns; i++)
        if (!pt_str_eq(a->columns[i].unit, a->columns[0].unit))
            return (struct pt_str){0};
    return a->columns[0].unit;
}

/* What it took, and how far the quantiles that columns are made of may be off. */
static void add_efforts(struct run *r)
{
    for (size_t i = 0; i < r->j->nquestions; i++) {
        const struct pt_answer *a = &r->answers[i];
        pt_plan_add(&r->out->plan, &a->plan);
        if (a->quantile_error > r->out->quantile_error)
            r->out->quantile_error = a->quantile_error;
    }
}

/* --- groups ---------------------------------------------------------------------------------- */

static int compare_keys(const struct entry *a, const struct entry *b, bool by_name)
{
    int c = by_name ? pt_str_cmp(a->group->name, b->group->name) : 0;
    return c ? c : pt_str_cmp(a->group->tags, b->group->tags);
}

static int by_question(const struct entry *a, const struct entry *b)
{
    return (a->question > b->question) - (a->question < b->question);
}

static int by_tags(const void *a, const void *b)
{
    int c = compare_keys(a, b, false);
    return c ? c : by_question(a, b);
}

static int by_name_and_tags(const void *a, const void *b)
{
    int c = compare_keys(a, b, true);
    return c ? c : by_question(a, b);
}

static void collect(struct run *r)
{
    size_t n = 0;
    for (size_t q = 0; q < r->j->nquestions; q++)
        n += r->answers[q].n;
    r->entries = pt_mem_array(n, sizeof *r->entries);
    for (size_t q = 0; q < r->j->nquestions; q++)
        for (size_t i = 0; i < r->answers[q].n; i++)
            r->entries[r->n++] = (struct entry){&r->answers[q].groups[i], q, 0};
    qsort(r->entries, r->n, sizeof *r->entries, r->by_name ? by_name_and_tags : by_tags);
}

/* Only series that differ in nothing but their names meet so. */
static int refuse_namesakes(struct run *r, const struct entry *e)
{
    struct pt_buf selector = {0}, tags = {0};
    pt_text_terminal(&selector, pt_selector_text(r->j->questions[e->question].selector));
    pt_text_terminal(&tags, e->group->tags);
    pt_err_set(r->err, PT_USAGE,
               "--by series: %.200s has several series with the tags %.200s, and they are joined "
               "by tags; select one name",
               selector.p, tags.p);
    pt_buf_release(&selector);
    pt_buf_release(&tags);
    return -1;
}

/* What is not the same for all is not said of the joined group. */
static struct pt_group describe(const struct run *r, const struct entry *e, size_t n)
{
    struct pt_arena *arena = &r->out->arena;
    struct pt_str name = e[0].group->name;
    for (size_t i = 1; i < n; i++)
        if (!pt_str_eq(e[i].group->name, name))
            name = (struct pt_str){0};
    if (r->j->ncolumns == 1 && r->j->columns[0].named && !r->by_name)
        name = pt_str(r->j->columns[0].name);
    return (struct pt_group){.name = pt_arena_str(arena, name),
                             .unit = common_unit(r->out),
                             .tags = pt_arena_str(arena, e[0].group->tags)};
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Whether a row is answered that these questions have. */
static bool wanted(const struct pt_join *j, uint64_t have)
{
    size_t complete = 0;
    for (size_t i = 0; i < j->ncolumns; i++)
        complete += (j->columns[i].questions & ~have) == 0;
    switch (j->kind) {
    case PT_JOIN_INNER: return complete == j->ncolumns;
    case PT_JOIN_LEFT: return (j->columns[0].questions & ~have) == 0;
    default: return complete > 0;
    }
}

static bool same_row(const struct run *r, const struct entry *e, int64_t start)
{
    return e->at < e->group->n && (!r->out->windows || e->group->start[e->at] == start);
}

/* The operands' values from the row in hand of each question that has it. */
static void take_values(struct run *r, const struct entry *e, size_t n, int64_t start)
{
    const struct pt_join *j = r->j;
    const struct pt_num *rows[PT_JOIN_QUESTIONS] = {NULL};
    for (size_t i = 0; i < n; i++)
        if (same_row(r, &e[i], start))
            rows[e[i].question] = e[i].group->values + e[i].at * r->answers[e[i].question].ncolumns;
    for (size_t i = 0; i < j->noperands; i++) {
        const struct pt_num *row = rows[j->operands[i].question];
        r->numbers[i] = row ? row[j->operands[i].agg] : pt_num_real(NAN);
        r->values[i] = r->numbers[i].d;
    }
}

/* What is not reckoned with keeps all its digits. */
static struct pt_num value_of(const struct run *r, const struct pt_join_column *c)
{
    size_t which;
    double v;
    if (!c->formula)
        return r->numbers[c->operand];
    if (pt_formula_is_variable(c->formula, &which))
        return r->numbers[which];
    v = pt_formula_number(c->formula, r->values);
    return pt_num_real(isfinite(v) ? v : NAN);
}

static void add_row(struct run *r, struct pt_group *g, int64_t start, int64_t stop)
{
    const struct pt_join *j = r->j;
    if (g->n == g->cap) {
        size_t starts = g->cap, stops = g->cap, values = g->cap * j->ncolumns;
        g->start = pt_mem_grow(g->start, &starts, g->n + 1, sizeof *g->start);
        g->stop = pt_mem_grow(g->stop, &stops, starts, sizeof *g->stop);
        g->values = pt_mem_grow(g->values, &values, starts * j->ncolumns, sizeof *g->values);
        g->cap = starts;
    }
    for (size_t i = 0; i < j->ncolumns; i++)
        g->values[g->n * j->ncolumns + i] = value_of(r, &j->columns[i]);
    g->start[g->n] = start;
    g->stop[g->n++] = stop;
}

/* Merges the rows of n groups that meet, of different questions. */
static struct pt_group merge(struct run *r, struct entry *e, size_t n)
{
    struct pt_group g = describe(r, e, n);
    for (size_t i = 0; i < n; i++)
        g.partial |= e[i].group->partial;
    for (;;) {
        int64_t start = INT64_MAX, stop = INT64_MIN;
        uint64_t have = 0;
        for (size_t i = 0; i < n; i++)
            if (e[i].at < e[i].group->n && e[i].group->start[e[i].at] < start)
                start = e[i].group->start[e[i].at];
        for (size_t i = 0; i < n; i++)
            if (same_row(r, &e[i], start)) {
                have |= UINT64_C(1) << e[i].question;
                stop = e[i].group->stop[e[i].at] > stop ? e[i].group->stop[e[i].at] : stop;
            }
        if (!have)
            return g;
        take_values(r, e, n, start);
        if (wanted(r->j, have))
            add_row(r, &g, start, stop);
        for (size_t i = 0; i < n; i++)
            e[i].at += same_row(r, &e[i], start);
    }
}

static int merge_all(struct run *r)
{
    struct pt_answer *a = r->out;
    a->groups = pt_mem_array(r->n, sizeof *a->groups);
    for (size_t at = 0, n; at < r->n; at += n) {
        struct entry *e = &r->entries[at];
        for (n = 1; at + n < r->n && compare_keys(e, &e[n], r->by_name) == 0; n++)
            if (e[n].question == e[n - 1].question)
                return refuse_namesakes(r, &e[n]);
        a->groups[a->n] = merge(r, e, n);
        if (a->groups[a->n].n)
            a->n++;
    }
    return 0;
}

/* --- the whole ------------------------------------------------------------------------------- */

static int ask(struct run *r, struct pt_store *store)
{
    for (size_t i = 0; i < r->j->nquestions; i++) {
        struct pt_query q = *r->query;
        q.selector = r->j->questions[i].selector;
        q.aggs = r->j->questions[i].aggs;
        q.naggs = r->j->questions[i].naggs;
        if (pt_query_run(store, &q, &r->answers[i], r->err) != 0)
            return -1;
        r->j->questions[i].found = r->answers[i].n > 0;
    }
    return 0;
}

static void release(struct run *r)
{
    for (size_t i = 0; i < r->j->nquestions; i++)
        pt_answer_release(&r->answers[i]);
    free(r->answers);
    free(r->entries);
    free(r->values);
    free(r->numbers);
}

int pt_join_run(struct pt_store *store, struct pt_join *j, const struct pt_query *query,
                struct pt_answer *out, struct pt_err *err)
{
    struct run r = {.j = j, .query = query, .out = out, .err = err};
    int rc;
    r.answers = pt_mem_array(j->nquestions, sizeof *r.answers);
    r.values = pt_mem_array(j->noperands, sizeof *r.values);
    r.numbers = pt_mem_array(j->noperands, sizeof *r.numbers);
    *out = (struct pt_answer){0};
    for (size_t i = 0; i < query->nby; i++)
        r.by_name |= pt_answer_by_name(query->by[i]);
    rc = ask(&r, store);
    if (rc == 0) {
        *out = (struct pt_answer){.by = query->by,
                                  .nby = query->nby,
                                  .windows = r.answers[0].windows,
                                  .window = r.answers[0].window,
                                  .sessions = r.answers[0].sessions};
        add_efforts(&r);
        add_columns(&r);
        collect(&r);
        rc = merge_all(&r);
    }
    release(&r);
    return rc;
}

/* Of the question that found nothing. */
static int nothing_of(struct pt_store *store, const struct pt_join_question *question,
                      const struct pt_query *query, struct pt_err *err)
{
    struct pt_buf shown = {0};
    if (!query->where)
        return pt_query_nothing(store, question->selector, query->since, query->until, err);
    pt_text_terminal(&shown, pt_selector_text(question->selector));
    pt_err_set(err, PT_FOUND, "no point of %.200s for which --where holds", shown.p);
    pt_buf_release(&shown);
    return -1;
}

int pt_join_nothing(struct pt_store *store, const struct pt_join *j, const struct pt_query *query,
                    struct pt_err *err)
{
    for (size_t i = 0; i < j->nquestions; i++)
        if (!j->questions[i].found)
            return nothing_of(store, &j->questions[i], query, err);
    return pt_err_set(err, PT_FOUND, "what is joined has no group%s in common%s",
                      query->window ? " and window" : "",
                      j->ncolumns > 1 ? "; --join outer shows who has what" : "");
}
