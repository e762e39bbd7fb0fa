/* expr.h - the condition of a rule, as pt-rules(5) specifies it:
 *
 *     avg(order.latency{venue="X"}[1m]) by (host) > 100
 *     rate(order.errors[30s]) by (venue) / rate(order.requests[30s]) by (venue) > 0.05
 *
 * A comparison (query/formula.h) whose variables are terms, AGG(SELECTOR[WINDOW]).  A parsed
 * expression does not know points: whoever judges it hands in one value for each term. */
#ifndef PT_DETECT_EXPR_H
#define PT_DETECT_EXPR_H

#include "base/err.h"
#include "query/agg.h"
#include "query/formula.h"
#include "record/selector.h"

#include <stdbool.h>

enum { PT_EXPR_TERMS = 16, PT_EXPR_BY = 16 };

/* AGG(SELECTOR[WINDOW]): at time t it covers the points in (t - window, t]. */
struct pt_term {
    struct pt_agg agg;
    struct pt_selector *selector;
    int64_t window; /* ns, > 0 */
};

struct pt_expr {
    char *text; /* as it was written */
    struct pt_term terms[PT_EXPR_TERMS];
    size_t nterms;
    char *by[PT_EXPR_BY]; /* the tag keys that all terms group by */
    size_t nby;
    struct pt_formula *formula; /* a comparison; variable i is term i */
};

/* Parses all of text.  0, *out to be released; or -1 with err (PT_USAGE), which names the character
 * and quotes the text, and nothing to release. */
int pt_expr_parse(const char *text, struct pt_expr *out, struct pt_err *err);
void pt_expr_release(struct pt_expr *e);

/* values[i] is the value of term i, NaN where it has none.  True when the comparison holds; what is
 * NaN on either side does not.  *value is the side that was measured, *threshold the other. */
bool pt_expr_holds(const struct pt_expr *e, const double *values, double *value, double *threshold);

#endif
