/* method_mad.c - see methods.h.
 *
 * The window is kept twice: as a ring in order of arrival, to know which value leaves, and sorted.
 * A step finds two places by bisection and moves the values between them by one: a single memmove
 * of at most N doubles, which for windows of this size beats any tree.  The median is read off. The
 * deviations from it need no second sort: to its left and right they already ascend, so the MAD is
 * found by merging the two runs from the middle outwards, N/2 steps. */
#include "base/mem.h"
#include "detect/methods.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MAD_TO_SD = 1.4826;
static const double MEAN_DEVIATION_TO_SD = 1.2533;

struct window {
    size_t n, size;
    size_t oldest;  /* in the ring, once it is full */
    double *ring;   /* size values */
    double *sorted; /* the same, ascending */
};

void *pt_method_mad_create(const struct pt_detector_options *options)
{
    struct window *w = pt_mem_alloc(sizeof *w);
    w->size = options->window;
    w->ring = pt_mem_array(w->size, sizeof *w->ring);
    w->sorted = pt_mem_array(w->size, sizeof *w->sorted);
    return w;
}

void pt_method_mad_destroy(void *state)
{
    struct window *w = state;
    free(w->ring);
    free(w->sorted);
    free(w);
}

/* How many of the sorted values are less than x. */
static size_t rank(const struct window *w, double x)
{
    size_t lo = 0, hi = w->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (w->sorted[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Replaces one value equal to `old` by x, keeping the order. */
static void replace(struct window *w, double old, double x)
{
    size_t from = rank(w, old), to = rank(w, x);
    double *s = w->sorted;
    if (to > from) {
        to--;
        memmove(s + from, s + from + 1, (to - from) * sizeof *s);
    } else {
        memmove(s + to + 1, s + to, (from - to) * sizeof *s);
    }
    s[to] = x;
}

void pt_method_mad_learn(void *state, double x)
{
    struct window *w = state;
    if (w->n == w->size) {
        replace(w, w->ring[w->oldest], x);
        w->ring[w->oldest] = x;
        w->oldest = (w->oldest + 1) % w->size;
    } else {
        size_t at = rank(w, x);
        memmove(w->sorted + at + 1, w->sorted + at, (w->n - at) * sizeof *w->sorted);
        w->sorted[at] = x;
        w->ring[w->n++] = x;
    }
}

/* Halves first: the sum of two huge values would overflow. */
static double middle(double a, double b)
{
    return a / 2 + b / 2;
}

static double median(const struct window *w)
{
    size_t half = w->n / 2;
    return w->n % 2 ? w->sorted[half] : middle(w->sorted[half - 1], w->sorted[half]);
}

static double mad(const struct window *w, double m)
{
    const double *s = w->sorted;
    size_t left = w->n / 2, right = left; /* next on the left is left - 1, on the right `right` */
    double last = 0, next = 0;
    for (size_t k = 0; k <= w->n / 2; k++) {
        last = next;
        if (left > 0 && (right == w->n || m - s[left - 1] <= s[right] - m))
            next = m - s[--left];
        else
            next = s[right++] - m;
    }
    return w->n % 2 ? next : middle(last, next);
}

static double mean_deviation(const struct window *w, double m)
{
    double sum = 0;
    for (size_t i = 0; i < w->n; i++)
        sum += fabs(w->sorted[i] - m) / (double)w->n;
    return sum;
}

void pt_method_mad_expect(const void *state, double *expected, double *scale)
{
    const struct window *w = state;
    double m = median(w), deviation = mad(w, m);
    *expected = m;
    *scale = deviation > 0 ? MAD_TO_SD * deviation : MEAN_DEVIATION_TO_SD * mean_deviation(w, m);
}
