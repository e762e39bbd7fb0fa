/* rule.h - the rules of a file, as pt-rules(5) specifies it.
 *
 *     rule HighLatency
 *       expr            avg(order.latency[1m]) by (venue) > 100
 *       for             1m
 *       keep_firing_for 2m
 *       every           15s
 *       severity        critical
 *       label           team=trading
 *       summary         "{{value}} ms at {{venue}}" */
#ifndef PT_DETECT_RULE_H
#define PT_DETECT_RULE_H

#include "base/arena.h"
#include "base/buf.h"
#include "detect/expr.h"
#include "record/tags.h"

#define PT_RULE_EVERY (15 * PT_S) /* the default of `every` */
#define PT_RULE_SEVERITY "warning"
enum { PT_RULE_LABELS = 16 };

struct pt_rule {
    struct pt_str name, severity;
    struct pt_str summary; /* the template; empty when there is none */
    struct pt_expr expr;
    int64_t hold, keep;                   /* `for` and `keep_firing_for`, ns, >= 0 */
    int64_t every;                        /* ns, > 0: ticks are its multiples since the epoch */
    struct pt_tag labels[PT_RULE_LABELS]; /* sorted by key */
    size_t nlabels;
    uint64_t line; /* where the rule begins */
};

/* Owns all that its rules point to. */
struct pt_rules {
    struct pt_rule *v;
    size_t n, cap;
    struct pt_arena arena;
};

/* Reads the text of a whole file; input names it in errors.  0, *out to be released; or -1 with err
 * (PT_USAGE) that names file and line, and nothing to release. */
int pt_rules_parse(struct pt_rules *out, struct pt_str text, const char *input, struct pt_err *err);
void pt_rules_release(struct pt_rules *r);

/* Appends the rule's summary with {{value}}, {{threshold}}, {{name}} and {{TAG}} filled in, numbers
 * to six significant digits.  One pass: what a tag's value says is never expanded again.  A tag the
 * series does not have is empty. */
void pt_rule_summary(const struct pt_rule *r, struct pt_tags tags, double value, double threshold,
                     struct pt_buf *out);

#endif
