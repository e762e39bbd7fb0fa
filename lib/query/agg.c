/* agg.c - see agg.h.
 *
 * Names with one spelling are a table; the quantiles "pN" are read by rule.  The quantile's share
 * is read as the decimal number N * 10^-2, not as N / 100, so that p99.9 is the double nearest
 * 0.999. */
#include "query/agg.h"

#include "base/num.h"
#include "base/text.h"

#include <stdio.h>

static const struct pt_agg NAMED[] = {
    {PT_AGG_COUNT, 0, "count"},       {PT_AGG_SUM, 0, "sum"},
    {PT_AGG_AVG, 0, "avg"},           {PT_AGG_MIN, 0, "min"},
    {PT_AGG_MAX, 0, "max"},           {PT_AGG_FIRST, 0, "first"},
    {PT_AGG_LAST, 0, "last"},         {PT_AGG_STDDEV, 0, "stddev"},
    {PT_AGG_QUANTILE, 0.5, "median"}, {PT_AGG_INCREASE, 0, "increase"},
    {PT_AGG_RATE, 0, "rate"},         {PT_AGG_RANGE, 0, "range"},
    {PT_AGG_VARIANCE, 0, "variance"}, {PT_AGG_DISTINCT, 0, "distinct"},
    {PT_AGG_DELTA, 0, "delta"},       {PT_AGG_DERIVATIVE, 0, "derivative"},
    {PT_AGG_TWA, 0, "twa"},           {PT_AGG_HISTOGRAM, 0, "histogram"},
};
enum { NNAMED = sizeof NAMED / sizeof NAMED[0] };

/* "p" and a plain decimal number from 0 to 100, short enough to be kept as the name. */
static bool quantile(struct pt_str name, struct pt_agg *out)
{
    char text[sizeof out->name + 4];
    struct pt_num share;
    const char *after;
    int n;
    if (name.n < 2 || name.n >= sizeof out->name || name.p[0] != 'p')
        return false;
    for (size_t i = 1; i < name.n; i++)
        if ((name.p[i] < '0' || name.p[i] > '9') && name.p[i] != '.')
            return false;
    n = snprintf(text, sizeof text, "%.*se-2", (int)name.n - 1, name.p + 1);
    after = pt_num_parse(text, text + n, &share);
    if (!after || *after || share.d > 1)
        return false;
    *out = (struct pt_agg){.kind = PT_AGG_QUANTILE, .q = share.d};
    memcpy(out->name, name.p, name.n);
    return true;
}

bool pt_agg_named(struct pt_str name, struct pt_agg *out)
{
    for (int i = 0; i < NNAMED; i++)
        if (pt_str_is(name, NAMED[i].name)) {
            *out = NAMED[i];
            return true;
        }
    return quantile(name, out);
}

/* What others call them. */
static const char *const ELSEWHERE[][2] = {
    {"mean", "avg"},        {"average", "avg"},  {"quantile", "p99"}, {"percentile", "p99"},
    {"unique", "distinct"}, {"stdev", "stddev"}, {"std", "stddev"},   {"var", "variance"},
    {"irate", "rate"},      {"p999", "p99.9"},   {"p9999", "p99.99"}, {"deriv", "derivative"},
};

const char *pt_agg_nearest(const char *word)
{
    const char *names[NNAMED];
    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof ELSEWHERE[0]; i++)
        if (strcmp(word, ELSEWHERE[i][0]) == 0)
            return ELSEWHERE[i][1];
    for (int i = 0; i < NNAMED; i++)
        names[i] = NAMED[i].name;
    if (word[0] == 'p' && word[1] >= '0' && word[1] <= '9')
        return NULL;
    return *word ? pt_text_nearest(word, names, NNAMED) : NULL;
}

static int fail(struct pt_err *err, const char *list, struct pt_str name, const char *why)
{
    const char *nearest;
    struct pt_buf word = {0}, shown = {0};
    pt_text_terminal(&shown, pt_str(list));
    pt_text_terminal(&word, name);
    nearest = word.n ? pt_agg_nearest(word.p) : NULL;
    if (nearest && strcmp(nearest, word.p) == 0)
        nearest = NULL;
    pt_err_set(err, PT_USAGE, "--agg: %s at character %zu of: %.200s%s%s%s", why,
               (size_t)(name.p - list) + 1, shown.n ? shown.p : "(nothing)",
               nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
    pt_buf_release(&word);
    pt_buf_release(&shown);
    return -1;
}

static int add(const char *list, struct pt_str name, struct pt_agg *out, int n, struct pt_err *err)
{
    if (n == PT_AGGS_MOST)
        return fail(err, list, name, "more than 32 aggregates");
    if (!pt_agg_named(name, &out[n]))
        return fail(err, list, name,
                    "expected count, sum, avg, min, max, range, first, last, stddev, variance, "
                    "median, p0 to p100, distinct, histogram, increase, rate, delta, derivative "
                    "or twa");
    for (int i = 0; i < n; i++)
        if (strcmp(out[i].name, out[n].name) == 0)
            return fail(err, list, name, "an aggregate asked for twice");
    return 0;
}

int pt_agg_parse(const char *list, struct pt_agg *out, struct pt_err *err)
{
    int n = 0;
    for (const char *p = list;; p++) {
        const char *end = p + strcspn(p, ",");
        struct pt_str name = {p, (size_t)(end - p)};
        while (name.n && name.p[0] == ' ')
            name = (struct pt_str){name.p + 1, name.n - 1};
        while (name.n && name.p[name.n - 1] == ' ')
            name.n--;
        if (add(list, name, out, n, err) != 0)
            return -1;
        n++;
        if (!*end)
            return n;
        p = end;
    }
}

bool pt_agg_plain(const struct pt_agg *agg)
{
    switch (agg->kind) {
    case PT_AGG_DISTINCT:
    case PT_AGG_HISTOGRAM:
    case PT_AGG_DELTA:
    case PT_AGG_DERIVATIVE:
    case PT_AGG_TWA: return false;
    default: return true;
    }
}

void pt_agg_unit(const struct pt_agg *agg, struct pt_str unit, struct pt_buf *out)
{
    switch (agg->kind) {
    case PT_AGG_COUNT:
    case PT_AGG_DISTINCT:
    case PT_AGG_HISTOGRAM: return;
    case PT_AGG_RATE:
    case PT_AGG_DERIVATIVE:
        pt_buf_str(out, unit.n ? unit : PT_STR("1"));
        pt_buf_puts(out, "/s");
        return;
    case PT_AGG_VARIANCE:
        pt_buf_str(out, unit);
        if (unit.n)
            pt_buf_puts(out, "^2");
        return;
    default: pt_buf_str(out, unit);
    }
}
