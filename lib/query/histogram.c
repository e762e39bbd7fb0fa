/* histogram.c - see histogram.h.
 *
 * The bounds 1, 2 and 5 times 10^k are the doubles nearest to these decimal numbers, so a value
 * that was written as one of them lies below it and not above. */
#include "query/histogram.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double decimal(int digit, int exponent)
{
    char text[PT_NUM_MAX];
    struct pt_num v;
    int n = snprintf(text, sizeof text, "%de%d", digit, exponent);
    return pt_num_parse(text, text + n, &v) ? v.d : INFINITY;
}

/* The least 1, 2 or 5 times a power of ten that is not below v > 0. */
static double bound_above(double v)
{
    static const int DIGITS[] = {1, 2, 5};
    int exponent = (int)floor(log10(v)) - 1; /* the logarithm may be off by one */
    for (;; exponent++)
        for (int i = 0; i < 3; i++) {
            double bound = decimal(DIGITS[i], exponent);
            if (bound >= v)
                return bound;
        }
}

/* The greatest that is not above v > 0; 0 when there is none. */
static double bound_below(double v)
{
    static const int DIGITS[] = {5, 2, 1};
    for (int exponent = (int)floor(log10(v)) + 1;; exponent--)
        for (int i = 0; i < 3; i++) {
            double bound = decimal(DIGITS[i], exponent);
            if (bound <= v)
                return bound;
        }
}

double pt_histogram_bound(double v)
{
    double bound;
    if (v > 0)
        return bound_above(v);
    bound = v < 0 ? bound_below(-v) : 0;
    return bound > 0 ? -bound : 0;
}

static void write_bucket(struct pt_buf *out, double bound, size_t count)
{
    char text[PT_NUM_MAX] = "+Inf";
    if (isfinite(bound))
        pt_num_format(text, pt_num_real(bound));
    pt_buf_printf(out, "%s\"%s\":%zu", out->p[out->n - 1] == '{' ? "" : ",", text, count);
}

void pt_histogram_write(const struct pt_bag *bag, const double *bounds, size_t nbounds,
                        struct pt_buf *out)
{
    size_t below = 0, up_to;
    pt_buf_putc(out, '{');
    for (size_t i = 0; i < nbounds; i++, below = up_to) {
        up_to = pt_bag_up_to(bag, bounds[i]);
        write_bucket(out, bounds[i], up_to - below);
    }
    if (nbounds)
        write_bucket(out, INFINITY, bag->n - below);
    for (; !nbounds && below < bag->n; below = up_to) {
        double bound = pt_histogram_bound(pt_bag_nth(bag, below));
        up_to = pt_bag_up_to(bag, bound);
        write_bucket(out, bound, up_to - below);
    }
    pt_buf_putc(out, '}');
}

int pt_buckets_parse(const char *list, double *bounds, struct pt_err *err)
{
    int n = 0;
    for (const char *p = list;; p++) {
        const char *end = p + strcspn(p, ",");
        struct pt_num v;
        if (pt_num_parse_loose(p, end, &v) != end)
            return pt_err_set(err, PT_USAGE, "--buckets: expected a number at character %zu of: %s",
                              (size_t)(p - list) + 1, list);
        if (n && v.d <= bounds[n - 1])
            return pt_err_set(err, PT_USAGE,
                              "--buckets: not above the bound before it at character %zu of: %s",
                              (size_t)(p - list) + 1, list);
        if (n == PT_BUCKETS_MOST)
            return pt_err_set(err, PT_USAGE, "--buckets: more than %d bounds", PT_BUCKETS_MOST);
        bounds[n++] = v.d;
        p = end;
        if (!*p)
            return n;
    }
}
