/* method_ewma.c - see methods.h. */
#include "base/mem.h"
#include "detect/methods.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

struct average {
    double lambda, mean, variance;
    double n; /* points learned */
};

void *pt_method_ewma_create(const struct pt_detector_options *options)
{
    struct average *a = pt_mem_alloc(sizeof *a);
    a->lambda = options->lambda;
    return a;
}

void pt_method_ewma_destroy(void *state)
{
    free(state);
}

void pt_method_ewma_learn(void *state, double x)
{
    struct average *a = state;
    double d = fmax(fmin(x - a->mean, DBL_MAX), -DBL_MAX), w; /* an infinity would stay for ever */
    a->n++;
    w = fmax(a->lambda, 1 / a->n);
    a->mean += w * d;
    a->variance = fmin((1 - w) * (a->variance + w * d * d), DBL_MAX);
}

void pt_method_ewma_expect(const void *state, double *expected, double *scale)
{
    const struct average *a = state;
    *expected = a->mean;
    *scale = sqrt(a->variance);
}
