/* join.h - several questions side by side: selectors and expressions over aggregates of selectors.
 *
 *   errors / requests
 *   ratio = 100 * sum(a{x="1"}) / sum(a)
 *   avg(cpu.user) + avg(cpu.system)
 *
 * An expression is a number (formula.h) whose variables are operands: AGG(SELECTOR), or a SELECTOR,
 * of which the first aggregate asked for is meant.  Names of metrics may hold the signs of
 * arithmetic ("md/lag", "cpu.*"), so between names and signs there is space, and what can be read
 * as a selector is no expression.  min(...) and max(...) of one selector are aggregates, else
 * functions.
 *
 * Each selector is one query.  Their rows meet where groups have the same tags and windows begin at
 * the same time, which sessions of different selectors do not; the groups' names do not matter
 * unless it is grouped by name.  A histogram is no operand. */
#ifndef PT_QUERY_JOIN_H
#define PT_QUERY_JOIN_H

#include "query/formula.h"
#include "query/query.h"

enum pt_join_kind {
    PT_JOIN_INNER, /* rows that all columns' operands have */
    PT_JOIN_LEFT,  /* that the first column's have */
    PT_JOIN_OUTER  /* that any column's have */
};

enum { PT_JOIN_COLUMNS = 64, PT_JOIN_QUESTIONS = 64 };

/* One query: a selector, and what is asked of it. */
struct pt_join_question {
    struct pt_selector *selector;
    struct pt_agg aggs[PT_AGGS_MOST];
    size_t naggs;
    bool found; /* by the last run */
};

struct pt_join_operand {
    size_t question, agg;
};

struct pt_join_column {
    char *name;                 /* as it was given, or the text of the argument */
    bool named;                 /* it was given: NAME = EXPRESSION */
    struct pt_formula *formula; /* variable i is operand i; NULL: the operand itself */
    size_t operand;
    uint64_t questions;         /* a set of bits: those it needs */
};

/* The zero value has no columns. */
struct pt_join {
    struct pt_join_question *questions;
    size_t nquestions, questions_cap;
    struct pt_join_operand *operands;
    size_t noperands, operands_cap;
    struct pt_join_column *columns;
    size_t ncolumns, columns_cap;
    enum pt_join_kind kind;
};

/* Adds what the argument asks for: of a selector a column for each aggregate, called as the
 * argument, or AGG(SELECTOR) when there are several; of an expression one.  0; or -1 with err
 * (PT_USAGE). */
int pt_join_add(struct pt_join *j, const char *argument, const struct pt_agg *aggs, size_t naggs,
                struct pt_err *err);

/* Whether the columns can stand side by side in one record: 0; or -1 with err (PT_USAGE) when two
 * have one name, or one is called as a member that records have. */
int pt_join_check(const struct pt_join *j, struct pt_err *err);

/* Whether it is one selector, which pt_query_run can answer. */
bool pt_join_is_selector(const struct pt_join *j);

/* Answers the query (its selector and aggregates do not count) for all columns.  A column has no
 * number where an operand has no row, and where arithmetic gives none or an infinity.  Groups have
 * the name and unit that their operands share; of a single named expression its name.  0 or -1 with
 * err; *out is to be released either way.  Memory: the answers to all questions, and the joined. */
int pt_join_run(struct pt_store *store, struct pt_join *j, const struct pt_query *query,
                struct pt_answer *out, struct pt_err *err);

/* Sets err to PT_FOUND with the reason why the last run found no rows.  Returns -1. */
int pt_join_nothing(struct pt_store *store, const struct pt_join *j,
                    const struct pt_query *query, struct pt_err *err);

/* As pt_query_tag_keys, of the series of all questions. */
int pt_join_tag_keys(struct pt_store *store, const struct pt_join *j, struct pt_buf *out,
                     struct pt_err *err);

void pt_join_release(struct pt_join *j);

#endif
