/* formula.h - arithmetic and conditions over named numbers.
 *
 *   100 * errors / requests              a number
 *   rate(a[1m]) / rate(b[1m]) > 0.05     a comparison, of which both sides are of interest
 *   p99 > 20 and not (count < 10)        a condition
 *
 *   condition  = term { "or" term }      "and" binds closer than "or", "not" closer than both
 *   term       = factor { "and" factor }
 *   factor     = "not" factor | "(" condition ")" | comparison
 *   comparison = sum ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum
 *   sum        = product { ( "+" | "-" ) product }
 *   product    = operand { ( "*" | "/" ) operand }
 *   operand    = "-" operand | "(" sum ")" | number | variable | function "(" sum { "," sum } ")"
 *
 * Functions: abs, ceil, exp, floor, log (natural), log10, round (halves away from zero), sqrt; min
 * and max of two or more.
 *
 * What a variable is called is the caller's affair (struct pt_formula_names), who numbers them and
 * hands in their values.  Numbers are doubles; NaN is no value: arithmetic with it has no value, a
 * comparison with it, also "!=", does not hold.  x / 0 is an infinity of the sign of x, which
 * compares as one; 0 / 0, sqrt and log of what is negative, and inf - inf have no value. */
#ifndef PT_QUERY_FORMULA_H
#define PT_QUERY_FORMULA_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct pt_formula;

enum pt_formula_kind { PT_FORMULA_NUMBER, PT_FORMULA_COMPARISON, PT_FORMULA_CONDITION };

enum {
    PT_FORMULA_STEPS = 256, /* numbers, variables and operators */
    PT_FORMULA_DEPTH = 32,  /* of parentheses, signs and "not"s within one another */
};

/* How the caller's variables are read. */
struct pt_formula_names {
    const char *what;     /* that the text is, for messages: "--where" */
    const char *expected; /* where no operand stands: "expected a number, '(' or a column" */
    /* Reads the variable at *at, where neither a number stands nor a sign or parenthesis.  0,
     * *variable set and *at behind it; 1 and *at left where no variable stands, but a function may;
     * -1 with err. */
    int (*read)(void *ctx, const char *text, const char **at, size_t *variable, struct pt_err *err);
    void *ctx;
};

/* Parses all of text.  0, *out to be freed; or -1 with err (PT_USAGE): "WHAT: WHY at character N
 * of: TEXT". */
int pt_formula_parse(const char *text, enum pt_formula_kind kind,
                     const struct pt_formula_names *names, struct pt_formula **out,
                     struct pt_err *err);

/* As above over n variables of fixed names; their place in words is their number.  An unknown name
 * is told with the nearest there is. */
int pt_formula_parse_words(const char *text, enum pt_formula_kind kind, const char *what,
                           const char *const *words, size_t n, struct pt_formula **out,
                           struct pt_err *err);

/* The name at `at`: letters, digits, '_', '.' and ':', no digit first; empty where none stands. */
struct pt_str pt_formula_word(const char *at);

/* Whether it is a function's name. */
bool pt_formula_function(struct pt_str word);

/* values[i] is the value of variable i. */
double pt_formula_number(const struct pt_formula *f, const double *values); /* of a number */
bool pt_formula_holds(const struct pt_formula *f, const double *values);    /* of the others */
void pt_formula_sides(const struct pt_formula *f, const double *values, double *left,
                      double *right); /* of a comparison */

/* Whether it is a variable and nothing else, which becomes *which. */
bool pt_formula_is_variable(const struct pt_formula *f, size_t *which);

/* Whether the left side of a comparison has no variable. */
bool pt_formula_left_constant(const struct pt_formula *f);

/* Of a condition on variable 0 alone: holds[i] = whether it holds for x[i], for n of them; several
 * times faster than one by one. */
void pt_formula_holds_each(const struct pt_formula *f, const double *x, size_t n, bool *holds);

enum pt_truth { PT_NEVER, PT_SOMETIMES, PT_ALWAYS };

/* Of a condition or comparison, when variable i takes any values from lo[i] to hi[i], but not NaN.
 * PT_NEVER and PT_ALWAYS are certain, PT_SOMETIMES is not: a variable that is named twice is taken
 * for two. */
enum pt_truth pt_formula_over(const struct pt_formula *f, const double *lo, const double *hi);

/* The unit of the number when units[i] is that of variable i: kept by sums of equal ones and by
 * factors that are plain numbers, none of a ratio of equal ones; empty where it cannot be told. */
struct pt_str pt_formula_unit(const struct pt_formula *f, const struct pt_str *units);

void pt_formula_free(struct pt_formula *f); /* NULL is fine */

#endif
