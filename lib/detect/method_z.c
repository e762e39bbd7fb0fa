/* method_z.c - see methods.h.
 *
 * Mean and deviation are computed from the window's points each time, in two passes: a running
 * update would be cheaper for windows of thousands, but it leaves rounding of values behind that
 * left the window long ago. */
#include "base/mem.h"
#include "detect/methods.h"

#include <math.h>
#include <stdlib.h>

struct window {
    size_t n, size, oldest;
    double *ring;
};

void *pt_method_z_create(const struct pt_detector_options *options)
{
    struct window *w = pt_mem_alloc(sizeof *w);
    w->size = options->window;
    w->ring = pt_mem_array(w->size, sizeof *w->ring);
    return w;
}

void pt_method_z_destroy(void *state)
{
    struct window *w = state;
    free(w->ring);
    free(w);
}

void pt_method_z_learn(void *state, double x)
{
    struct window *w = state;
    w->ring[w->oldest] = x;
    w->oldest = (w->oldest + 1) % w->size;
    if (w->n < w->size)
        w->n++;
}

void pt_method_z_expect(const void *state, double *expected, double *scale)
{
    const struct window *w = state;
    double n = (double)w->n, mean = 0, squares = 0;
    for (size_t i = 0; i < w->n; i++)
        mean += w->ring[i] / n;
    for (size_t i = 0; i < w->n; i++)
        squares += (w->ring[i] - mean) * (w->ring[i] - mean);
    *expected = mean;
    *scale = w->n > 1 ? sqrt(squares / (n - 1)) : 0;
}
