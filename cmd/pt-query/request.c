/* request.c - see request.h.
 *
 * Each function reads one kind of option and says what it does not go with.  The order of the calls
 * in query_request_parse matters: operands want the aggregates, windows the range, and a condition
 * on rows the columns. */
#include "request.h"

#include "base/mem.h"
#include "base/time.h"
#include "cli/program.h"
#include "format/emit.h"
#include "query/compare.h"

#include <stdlib.h>

#define ALL_GROUPS UINT64_MAX /* neither --top nor --bottom */

static struct {
    struct query_options common;
    struct query_frame frame;
    int64_t compare;
    const char *agg, *by, *where, *having, *fill;
    bool sketch, partial, explain;
    uint64_t top, bottom;
    int join; /* -1: not given */
    struct query_live live;
} opt = {.common.output = -1,
         .join = -1,
         .top = ALL_GROUPS,
         .bottom = ALL_GROUPS,
         .frame = QUERY_FRAME_DEFAULTS,
         .compare = QUERY_NO_DURATION,
         .live = {.lateness = QUERY_NO_DURATION, .future = QUERY_NO_DURATION}};

const struct pt_option query_request_options[] = {
    PT_OPT_GROUP("Points"),
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_RANGE_OPTIONS(&opt.common),
    {PT_OPTION_TEXT, 0, "where", "CONDITION", &opt.where, NULL, NULL,
     "only the points for whose value this holds, such as 'value > 20'"},
    {PT_OPTION_FLAG, 0, "partial", NULL, &opt.partial, NULL, NULL,
     "leave damaged chunks out, and say so, instead of failing"},
    PT_OPT_GROUP("Windows"),
    QUERY_FRAME_OPTIONS(&opt.frame),
    QUERY_LIVE_OPTIONS(&opt.live),
    PT_OPT_GROUP("Aggregates and groups"),
    {PT_OPTION_TEXT, 'a', "agg", "LIST", &opt.agg, NULL, NULL,
     "aggregates, separated by commas: count, sum, avg, min, max, range, first, last, stddev, "
     "variance, median, pN, distinct, histogram, increase, rate, delta, derivative, twa (default "
     "with --window or --gap: avg)"},
    {PT_OPTION_TEXT, 'b', "by", "LIST", &opt.by, NULL, NULL,
     "tags to group by, separated by commas; also \"name\" and \"series\" (default: one group)"},
    QUERY_AGGREGATE_OPTIONS(&opt.frame),
    {PT_OPTION_FLAG, 0, "sketch", NULL, &opt.sketch, NULL, NULL,
     "quantiles from sketches: within 0.8 % of their size, without opening chunks"},
    PT_OPT_GROUP("Rows"),
    {PT_OPTION_CHOICE, 0, "join", "KIND", &opt.join, NULL, "inner|left|outer",
     "of several selectors: the rows that all have (the default), that the first has, or that any "
     "has"},
    {PT_OPTION_DURATION, 0, "compare", "DURATION", &opt.compare, NULL, NULL,
     "the same so much earlier beside it, the change in percent, and p: how likely it is by "
     "chance"},
    {PT_OPTION_TEXT, 0, "fill", "POLICY", &opt.fill, NULL, NULL,
     "what to say of windows without points: none, null, previous, linear or a number (default: "
     "none)"},
    {PT_OPTION_TEXT, 0, "having", "CONDITION", &opt.having, NULL, NULL,
     "only the rows for which this holds, such as 'p99 > 20 and count >= 10'"},
    {PT_OPTION_COUNT, 0, "top", "N", &opt.top, NULL, NULL,
     "only the N groups with the greatest first aggregate, the greatest first"},
    {PT_OPTION_COUNT, 0, "bottom", "N", &opt.bottom, NULL, NULL,
     "only the N groups with the least first aggregate, the least first"},
    PT_OPT_GROUP("Output"),
    PT_OPT_OUTPUT(&opt.common.output, PT_EMIT_CHOICES),
    {PT_OPTION_FLAG, 0, "explain", NULL, &opt.explain, NULL, NULL,
     "how the answer was found, in place of it"},
    PT_OPT_END,
};

static int parse_aggs(struct query_request *r, struct pt_err *err)
{
    const char *list = opt.agg ? opt.agg : query_frame_windows(&opt.frame) ? "avg" : NULL;
    int n = list ? pt_agg_parse(list, r->aggs, err) : 0;
    r->query.aggs = r->aggs;
    r->query.naggs = n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : 0;
}

/* An expression or several operands are about aggregates, whether or not the options ask for any.
 */
static int parse_operands(struct query_request *r, int argc, char **argv, struct pt_err *err)
{
    struct pt_query *q = &r->query;
    size_t asked = q->naggs;
    if (!asked)
        pt_agg_named(PT_STR("avg"), &r->aggs[0]);
    for (int i = 0; i < argc; i++)
        if (pt_join_add(&r->join, argv[i], r->aggs, asked ? asked : 1, err) != 0)
            return -1;
    r->joined = argc > 0 && (argc > 1 || !pt_join_is_selector(&r->join));
    if (argc > 0)
        q->selector = r->join.questions[0].selector;
    if (opt.join >= 0 && !r->joined)
        return pt_err_set(err, PT_USAGE, "--join: give several selectors or expressions");
    if (!r->joined)
        return 0;
    r->join.kind = opt.join < 0 ? PT_JOIN_INNER : (enum pt_join_kind)opt.join;
    q->naggs = asked ? asked : 1;
    return pt_join_check(&r->join, err);
}

static int parse_points(struct query_request *r, struct pt_err *err)
{
    static const char *const WORDS[] = {"value"};
    struct pt_query *q = &r->query;
    if (opt.where && pt_formula_parse_words(opt.where, PT_FORMULA_CONDITION, "--where", WORDS, 1,
                                            &r->where, err) != 0)
        return -1;
    if ((opt.sketch || opt.explain) && !q->naggs)
        return pt_err_set(err, PT_USAGE, "%s is about aggregates; give --agg or --window too",
                          opt.sketch ? "--sketch" : "--explain");
    if (opt.sketch && opt.compare != QUERY_NO_DURATION)
        return pt_err_set(err, PT_USAGE, "--compare looks at every value; leave --sketch out");
    q->where = r->where;
    q->sketch = opt.sketch;
    q->partial = opt.partial;
    q->damaged = query_damage_take;
    q->damaged_ctx = &r->damage;
    return 0;
}

static int add_key(struct query_request *r, const char *key, struct pt_err *err)
{
    struct pt_query *q = &r->query;
    if (!*key)
        return pt_err_set(err, PT_USAGE, "--by: a tag without a name at character %zu of: %s",
                          (size_t)(key - r->by) + 1, opt.by);
    if (q->nby == QUERY_KEYS_MOST)
        return pt_err_set(err, PT_USAGE, "--by: more than %d tags", QUERY_KEYS_MOST);
    for (size_t i = 0; i < q->nby; i++)
        if (strcmp(q->by[i], key) == 0)
            return pt_err_set(err, PT_USAGE, "--by: \"%s\" is named twice in: %s", key, opt.by);
    r->keys[q->nby++] = key;
    return 0;
}

static int parse_by(struct query_request *r, struct pt_err *err)
{
    r->query.by = r->keys;
    if (!opt.by)
        return 0;
    if (!r->query.naggs)
        return pt_err_set(err, PT_USAGE, "--by groups aggregates; give --agg or --window too");
    r->by = pt_mem_strdup(opt.by);
    for (char *key = r->by, *comma = key; comma; key = comma + 1) {
        comma = strchr(key, ',');
        if (comma)
            *comma = '\0';
        if (add_key(r, key, err) != 0)
            return -1;
        if (!comma)
            break;
    }
    return 0;
}

/* Of --compare the columns are X, X.before and X.change of each aggregate, and p. */
static int parse_having(struct query_request *r, struct pt_err *err)
{
    struct pt_query *q = &r->query;
    const char *columns[PT_COMPARE_COLUMNS(PT_AGGS_MOST)];
    struct pt_arena arena = {0};
    size_t n = r->joined ? r->join.ncolumns : q->naggs;
    int rc;
    if (!opt.having)
        return 0;
    if (!n)
        return pt_err_set(err, PT_USAGE,
                          "--having is about aggregates; give --agg or --window too");
    for (size_t i = 0; i < n; i++)
        columns[i] = r->joined ? r->join.columns[i].name : r->aggs[i].name;
    if (r->joined)
        return pt_having_parse(opt.having, columns, n, NULL, NULL, &r->having, err);
    if (opt.compare == QUERY_NO_DURATION)
        return pt_having_parse(opt.having, columns, n, r->aggs, &q->naggs, &r->having, err);
    n = pt_compare_columns(columns, n, &arena);
    rc = pt_having_parse(opt.having, columns, n, NULL, NULL, &r->having, err);
    pt_arena_release(&arena);
    return rc;
}

static int parse_refinements(struct query_request *r, struct pt_err *err)
{
    bool top = opt.top != ALL_GROUPS, bottom = opt.bottom != ALL_GROUPS;
    if (opt.fill && pt_fill_parse(opt.fill, &r->fill, err) != 0)
        return -1;
    if (top && bottom)
        return pt_err_set(err, PT_USAGE, "--top and --bottom exclude each other");
    if (!opt.top || !opt.bottom)
        return pt_err_set(err, PT_USAGE, "%s is about 1 group or more, not 0",
                          opt.top ? "--bottom" : "--top");
    if ((opt.fill || top || bottom) && !r->query.naggs)
        return pt_err_set(err, PT_USAGE, "%s is about aggregates; give --agg or --window too",
                          opt.fill ? "--fill"
                          : top    ? "--top"
                                   : "--bottom");
    r->top = top ? opt.top : 0;
    r->bottom = bottom ? opt.bottom : 0;
    if (r->fill.kind != PT_FILL_NONE && !r->query.window)
        return pt_err_set(err, PT_USAGE, "--fill fills windows; give --window too");
    return 0;
}

/* Two periods that overlap would be compared with themselves. */
static int parse_compare(struct query_request *r, struct pt_err *err)
{
    struct pt_query *q = &r->query;
    if (opt.compare == QUERY_NO_DURATION)
        return 0;
    if (r->joined)
        return pt_err_set(err, PT_USAGE, "--compare compares one selector");
    if (!q->naggs)
        return pt_err_set(err, PT_USAGE,
                          "--compare is about aggregates; give --agg or --window too");
    if (q->since == PT_TIME_MIN)
        return pt_err_set(err, PT_USAGE,
                          "--compare needs the period: give --since, and --until if "
                          "it does not end now");
    if (q->until == PT_TIME_MAX)
        q->until = pt_time_now();
    if (q->since >= q->until)
        return pt_err_set(err, PT_USAGE, "--compare: --since is later than now; give --until too");
    if (opt.compare <= 0 || (uint64_t)q->until - (uint64_t)q->since > (uint64_t)opt.compare)
        return pt_err_set(err, PT_USAGE,
                          "--compare: the periods overlap; it is to be at least as long as from "
                          "--since to --until");
    if (q->since < PT_TIME_MIN + opt.compare)
        return pt_err_set(err, PT_USAGE,
                          "--compare: the earlier period would begin before the year 1677, where time "
                          "begins");
    if (q->gap || q->calendar)
        return pt_err_set(err, PT_USAGE,
                          "--compare puts windows beside those of the same length; it cannot do so "
                          "with --gap, or with days of the calendar that --tz makes");
    if (q->window && opt.compare % (q->slide ? q->slide : q->window))
        return pt_err_set(err, PT_USAGE,
                          "--compare is to be a multiple of %s, so that windows meet windows",
                          q->slide ? "--slide" : "--window");
    return 0;
}

/* Rows are put beside one another by the begin of their windows, and numbers with numbers. */
static int check_sides(const struct query_request *r, struct pt_err *err)
{
    if (r->join.nquestions > 1 && r->query.gap)
        return pt_err_set(err, PT_USAGE,
                          "--gap: sessions of several selectors would not meet; give --window");
    for (size_t i = 0; i < r->query.naggs; i++)
        if ((r->joined || opt.compare != QUERY_NO_DURATION) && r->aggs[i].kind == PT_AGG_HISTOGRAM)
            return pt_err_set(err, PT_USAGE, "--agg: a histogram is no number, as %s needs",
                              r->joined ? "an expression or a second selector" : "--compare");
    return 0;
}

static bool has_twa(const struct pt_agg *aggs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (aggs[i].kind == PT_AGG_TWA)
            return true;
    return false;
}

/* A value holds up to the next point, which may be in a window that is not there yet. */
static bool looks_ahead(const struct query_request *r)
{
    bool yes = has_twa(r->query.aggs, r->query.naggs);
    for (size_t i = 0; i < r->join.nquestions; i++)
        yes = yes || has_twa(r->join.questions[i].aggs, r->join.questions[i].naggs);
    return yes;
}

static int parse_live(const struct query_request *r, struct pt_err *err)
{
    bool whole = opt.fill || r->top || r->bottom || opt.explain;
    if (!query_live_wanted(&opt.live))
        return query_live_check(&opt.live, &opt.common, &r->query, err);
    if (whole || opt.compare != QUERY_NO_DURATION)
        return pt_err_set(err, PT_USAGE,
                          "--lateness answers a window at a time; leave out --fill, --top, "
                          "--bottom, --compare and --explain, which are about all of them");
    if (looks_ahead(r))
        return pt_err_set(err, PT_USAGE,
                          "--lateness: twa asks for how long a window's last values hold, which is "
                          "not known when it closes; take avg, or leave --lateness out");
    return query_live_check(&opt.live, &opt.common, &r->query, err);
}

int query_request_parse(struct query_request *r, int argc, char **argv, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    r->options = o;
    r->compare = opt.compare;
    r->explain = opt.explain;
    r->live = opt.live;
    if (parse_aggs(r, err) != 0 || parse_operands(r, argc, argv, err) != 0 ||
        parse_by(r, err) != 0 || parse_points(r, err) != 0 ||
        pt_program_range(o->since, o->until, o->tz, &r->query.since, &r->query.until, err) != 0 ||
        query_frame_parse(&opt.frame, o->tz, &r->query, err) != 0 ||
        parse_refinements(r, err) != 0 || parse_having(r, err) != 0)
        return -1;
    return parse_compare(r, err) != 0 || check_sides(r, err) != 0 ? -1 : parse_live(r, err);
}

void query_request_release(struct query_request *r)
{
    pt_join_release(&r->join);
    pt_formula_free(r->where);
    pt_having_release(&r->having);
    free(r->by);
}
