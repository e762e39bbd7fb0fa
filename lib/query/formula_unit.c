/* formula_unit.c - the unit of what a formula makes: see formula.h. */
#include "query/formula_step.h"

/* A number that was written has no unit of its own: it takes that of what it is added to, and
 * leaves that of what it multiplies. */
struct unit {
    struct pt_str text; /* empty: none, or none that can be told */
    bool number;
};

static struct unit unit_of_one(enum pt_formula_op op, struct unit a)
{
    switch (op) {
    case PT_OP_NEGATE:
    case PT_OP_ABS:
    case PT_OP_CEIL:
    case PT_OP_FLOOR:
    case PT_OP_ROUND: return a;
    default: return (struct unit){.number = a.number};
    }
}

static struct unit unit_of_two(enum pt_formula_op op, struct unit a, struct unit b)
{
    const struct unit none = {.number = false};
    switch (op) {
    case PT_OP_ADD:
    case PT_OP_SUBTRACT:
    case PT_OP_MIN:
    case PT_OP_MAX: return a.number ? b : b.number || pt_str_eq(a.text, b.text) ? a : none;
    case PT_OP_MULTIPLY: return a.number ? b : b.number ? a : none;
    case PT_OP_DIVIDE: return b.number ? a : none;
    default: return none;
    }
}

struct pt_str pt_formula_unit(const struct pt_formula *f, const struct pt_str *units)
{
    struct unit stack[PT_FORMULA_STACK];
    size_t top = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct pt_formula_step *s = &f->steps[i];
        if (s->op == PT_OP_NUMBER) {
            stack[top++] = (struct unit){.number = true};
        } else if (s->op == PT_OP_VARIABLE) {
            stack[top++] = (struct unit){.text = units[s->variable]};
        } else if (s->op < PT_OP_ADD) {
            stack[top - 1] = unit_of_one(s->op, stack[top - 1]);
        } else {
            top--;
            stack[top - 1] = unit_of_two(s->op, stack[top - 1], stack[top]);
        }
    }
    return stack[0].text;
}
