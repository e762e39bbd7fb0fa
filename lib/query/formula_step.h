/* formula_step.h - a parsed formula, between formula.c, which makes it, and formula_run.c.
 *
 * Steps in reverse Polish order: each takes its operands from a stack and leaves one value there.
 * Truth is 0 or 1 on the same stack; the parser sees to it that no step mistakes it for a number.
 * The parser also counts how high the stack gets. */
#ifndef PT_QUERY_FORMULA_STEP_H
#define PT_QUERY_FORMULA_STEP_H

#include "query/formula.h"

enum pt_formula_op {
    PT_OP_NUMBER, PT_OP_VARIABLE,
    /* of one operand */
    PT_OP_NEGATE, PT_OP_ABS, PT_OP_CEIL, PT_OP_EXP, PT_OP_FLOOR, PT_OP_LOG, PT_OP_LOG10,
    PT_OP_ROUND, PT_OP_SQRT, PT_OP_NOT,
    /* of two */
    PT_OP_ADD, PT_OP_SUBTRACT, PT_OP_MULTIPLY, PT_OP_DIVIDE, PT_OP_MIN, PT_OP_MAX,
    PT_OP_LESS, PT_OP_LESS_EQUAL, PT_OP_GREATER, PT_OP_GREATER_EQUAL, PT_OP_EQUAL,
    PT_OP_NOT_EQUAL, PT_OP_AND, PT_OP_OR
};

struct pt_formula_step {
    enum pt_formula_op op;
    double number;   /* PT_OP_NUMBER */
    size_t variable; /* PT_OP_VARIABLE */
};

enum { PT_FORMULA_STACK = 64 };

struct pt_formula {
    struct pt_formula_step steps[PT_FORMULA_STEPS];
    size_t n;
    size_t split; /* of a comparison: its left side is steps 0..split, the right up to n - 1 */
};

#endif
