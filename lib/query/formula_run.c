/* formula_run.c - evaluates formulas: see formula.h, and formula_step.h for their form.
 *
 * Steps run over blocks of rows, not row by row, so that what a step costs to choose is paid once a
 * block, and what is left is a plain loop over numbers.  A single row is a block of one.
 *
 * Over intervals each step makes bounds of bounds.  Bounds need not be rounded outwards where the
 * operation itself is rounded correctly, as IEEE 754 asks of + - * / and sqrt: rounding keeps
 * order.  exp and the logarithms are the C library's, which errs by less than an ulp or two. */
#include "query/formula_step.h"

#include "base/wide.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

/* --- values ---------------------------------------------------------------------------------- */

static double least(double a, double b)
{
    return isnan(a) || a < b ? a : b;
}

static double most(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

#define EACH(expression)           \
    for (size_t i = 0; i < n; i++) \
    a[i] = (expression)

static void apply_one(enum pt_formula_op op, double *a, size_t n)
{
    switch (op) {
    case PT_OP_NEGATE: EACH(-a[i]); break;
    case PT_OP_ABS: EACH(fabs(a[i])); break;
    case PT_OP_CEIL: EACH(ceil(a[i])); break;
    case PT_OP_EXP: EACH(exp(a[i])); break;
    case PT_OP_FLOOR: EACH(floor(a[i])); break;
    case PT_OP_LOG: EACH(log(a[i])); break;
    case PT_OP_LOG10: EACH(log10(a[i])); break;
    case PT_OP_ROUND: EACH(round(a[i])); break;
    case PT_OP_SQRT: EACH(sqrt(a[i])); break;
    default: EACH(1 - a[i]); break; /* not */
    }
}

PT_WIDE static void apply_two(enum pt_formula_op op, double *restrict a, const double *restrict b,
                              size_t n)
{
    switch (op) {
    case PT_OP_ADD: EACH(a[i] + b[i]); break;
    case PT_OP_SUBTRACT: EACH(a[i] - b[i]); break;
    case PT_OP_MULTIPLY: EACH(a[i] * b[i]); break;
    case PT_OP_DIVIDE: EACH(a[i] / b[i]); break;
    case PT_OP_LESS: EACH(a[i] < b[i]); break;
    case PT_OP_LESS_EQUAL: EACH(a[i] <= b[i]); break;
    case PT_OP_GREATER: EACH(a[i] > b[i]); break;
    case PT_OP_GREATER_EQUAL: EACH(a[i] >= b[i]); break;
    case PT_OP_EQUAL: EACH((a[i] >= b[i]) & (a[i] <= b[i])); break;
    case PT_OP_NOT_EQUAL: EACH((a[i] < b[i]) | (a[i] > b[i])); break;
    case PT_OP_MIN:
    case PT_OP_AND: EACH(least(a[i], b[i])); break;
    default: EACH(most(a[i], b[i])); break; /* max, or */
    }
}

static void push(const struct pt_formula_step *s, const double *values, double *a, size_t n)
{
    if (s->op == PT_OP_NUMBER)
        EACH(s->number);
    else
        memcpy(a, values + s->variable, n * sizeof *a);
}

/* Runs the steps from begin to end over n rows; variable v of row i is values[v + i].  The stack
 * holds PT_FORMULA_STACK times n numbers; the outcome is what is lowest on it. */
static void run_on(double *stack, const struct pt_formula *f, size_t begin, size_t end,
                   const double *values, size_t n)
{
    double *top = stack; /* behind what is on it */
    for (size_t i = begin; i < end; i++) {
        const struct pt_formula_step *s = &f->steps[i];
        if (s->op <= PT_OP_VARIABLE) {
            push(s, values, top, n);
            top += n;
        } else if (s->op < PT_OP_ADD) {
            apply_one(s->op, top - n, n);
        } else {
            top -= n;
            apply_two(s->op, top - n, top, n);
        }
    }
}

static double run_one(const struct pt_formula *f, size_t begin, size_t end, const double *values)
{
    double stack[PT_FORMULA_STACK];
    run_on(stack, f, begin, end, values, 1);
    return stack[0];
}

double pt_formula_number(const struct pt_formula *f, const double *values)
{
    return run_one(f, 0, f->n, values);
}

bool pt_formula_holds(const struct pt_formula *f, const double *values)
{
    return pt_formula_number(f, values) > 0;
}

void pt_formula_sides(const struct pt_formula *f, const double *values, double *left, double *right)
{
    *left = run_one(f, 0, f->split, values);
    *right = run_one(f, f->split, f->n - 1, values);
}

void pt_formula_holds_each(const struct pt_formula *f, const double *x, size_t n, bool *holds)
{
    double stack[PT_FORMULA_STACK * BLOCK];
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t rows = n - at < BLOCK ? n - at : BLOCK;
        run_on(stack, f, 0, f->n, x + at, rows);
        for (size_t i = 0; i < rows; i++)
            holds[at + i] = stack[i] > 0;
    }
}

/* --- intervals ------------------------------------------------------------------------------- */

/* The values from lo to hi, none when lo > hi; and no value, if nan.  Of truth 0 and 1. */
struct range {
    double lo, hi;
    bool nan;
};

static const struct range ALL = {-INFINITY, INFINITY, true}, NOTHING = {INFINITY, -INFINITY, true};

static bool has_zero(struct range a)
{
    return a.lo <= 0 && a.hi >= 0;
}

static bool has_infinity(struct range a)
{
    return isinf(a.lo) || isinf(a.hi);
}

/* The bounds of four corners, if the operation has a value at each. */
static struct range corners(const double c[4], bool nan)
{
    struct range r = {c[0], c[0], nan};
    for (int i = 0; i < 4; i++) {
        if (isnan(c[i]))
            return ALL;
        r.lo = c[i] < r.lo ? c[i] : r.lo;
        r.hi = c[i] > r.hi ? c[i] : r.hi;
    }
    return r;
}

static struct range add(struct range a, struct range b)
{
    struct range r = {a.lo + b.lo, a.hi + b.hi, a.nan || b.nan};
    return has_infinity(a) && has_infinity(b) ? ALL : r;
}

static struct range negate(struct range a)
{
    return (struct range){-a.hi, -a.lo, a.nan};
}

static struct range multiply(struct range a, struct range b)
{
    const double c[4] = {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi};
    bool nan = (has_zero(a) && has_infinity(b)) || (has_zero(b) && has_infinity(a));
    return corners(c, nan || a.nan || b.nan);
}

static struct range divide(struct range a, struct range b)
{
    const double c[4] = {a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi};
    return has_zero(b) ? ALL : corners(c, a.nan || b.nan);
}

static struct range absolute(struct range a)
{
    double low = fabs(a.lo), high = fabs(a.hi);
    return (struct range){has_zero(a) ? 0 : fmin(low, high), fmax(low, high), a.nan};
}

/* A function that rises with its operand, which has a value from `from` on, and errs or not. */
static struct range rising(double (*function)(double), struct range a, double from, bool errs)
{
    struct range r = {.nan = a.nan || a.lo < from};
    if (a.hi < from)
        return NOTHING;
    r.lo = function(a.lo < from ? from : a.lo);
    r.hi = function(a.hi);
    for (int ulp = 0; errs && ulp < 4; ulp++) {
        r.lo = nextafter(r.lo, -INFINITY);
        r.hi = nextafter(r.hi, INFINITY);
    }
    return r;
}

static struct range truth(bool always, bool possible)
{
    return (struct range){always, possible, false};
}

static struct range less(struct range a, struct range b, bool known)
{
    return truth(known && a.hi < b.lo, a.lo < b.hi);
}

static struct range less_equal(struct range a, struct range b, bool known)
{
    return truth(known && a.hi <= b.lo, a.lo <= b.hi);
}

static bool one_point(struct range a, struct range b)
{
    return a.lo >= b.hi && a.hi <= b.lo;
}

static struct range bound_one(enum pt_formula_op op, struct range a)
{
    switch (op) {
    case PT_OP_NEGATE: return negate(a);
    case PT_OP_ABS: return absolute(a);
    case PT_OP_CEIL: return rising(ceil, a, -INFINITY, false);
    case PT_OP_EXP: return rising(exp, a, -INFINITY, true);
    case PT_OP_FLOOR: return rising(floor, a, -INFINITY, false);
    case PT_OP_LOG: return rising(log, a, 0, true);
    case PT_OP_LOG10: return rising(log10, a, 0, true);
    case PT_OP_ROUND: return rising(round, a, -INFINITY, false);
    case PT_OP_SQRT: return rising(sqrt, a, 0, false);
    default: return truth(a.hi < 1, a.lo < 1); /* not */
    }
}

static struct range bound_two(enum pt_formula_op op, struct range a, struct range b)
{
    bool known = !a.nan && !b.nan;
    switch (op) {
    case PT_OP_ADD: return add(a, b);
    case PT_OP_SUBTRACT: return add(a, negate(b));
    case PT_OP_MULTIPLY: return multiply(a, b);
    case PT_OP_DIVIDE: return divide(a, b);
    case PT_OP_LESS: return less(a, b, known);
    case PT_OP_LESS_EQUAL: return less_equal(a, b, known);
    case PT_OP_GREATER: return less(b, a, known);
    case PT_OP_GREATER_EQUAL: return less_equal(b, a, known);
    case PT_OP_EQUAL: return truth(known && one_point(a, b), a.lo <= b.hi && b.lo <= a.hi);
    case PT_OP_NOT_EQUAL: return truth(known && (a.hi < b.lo || b.hi < a.lo), !one_point(a, b));
    case PT_OP_MIN:
    case PT_OP_AND: return (struct range){fmin(a.lo, b.lo), fmin(a.hi, b.hi), !known};
    default: return (struct range){fmax(a.lo, b.lo), fmax(a.hi, b.hi), !known}; /* max, or */
    }
}

/* What has no value leaves nothing to compute with, and a comparison of it does not hold. */
static struct range bound(enum pt_formula_op op, struct range a, struct range b)
{
    if (a.lo <= a.hi && b.lo <= b.hi)
        return op < PT_OP_ADD ? bound_one(op, a) : bound_two(op, a, b);
    return op >= PT_OP_LESS ? truth(false, false) : NOTHING;
}

enum pt_truth pt_formula_over(const struct pt_formula *f, const double *lo, const double *hi)
{
    struct range stack[PT_FORMULA_STACK];
    size_t top = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct pt_formula_step *s = &f->steps[i];
        if (s->op == PT_OP_NUMBER) {
            stack[top++] = (struct range){s->number, s->number, false};
        } else if (s->op == PT_OP_VARIABLE) {
            stack[top++] = (struct range){lo[s->variable], hi[s->variable], false};
        } else {
            top -= s->op >= PT_OP_ADD;
            stack[top - 1] =
                bound(s->op, stack[top - 1], stack[s->op >= PT_OP_ADD ? top : top - 1]);
        }
    }
    return stack[0].lo > 0 ? PT_ALWAYS : stack[0].hi > 0 ? PT_SOMETIMES : PT_NEVER;
}
