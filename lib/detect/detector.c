/* detector.c - see detector.h: the table of methods, and what all of them share.
 *
 * The methods only expect and learn; scoring, warming up, the floor of the scale and what becomes
 * of anomalies are decided here, once, so that scores of different methods mean the same. */
#include "detect/detector.h"

#include "base/mem.h"
#include "detect/methods.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double SCALE_FLOOR = 1e-9; /* of |expected| */
static const double SCORE_MOST = 1e9;

/* The thresholds are fixed here once and for all: three deviations are Shewhart's limits (1931) and
 * bring 0.27 % false alarms on normal data; six scaled MADs, since the MAD, unlike the standard
 * deviation, is not widened by the long upper tail that latencies have. */
const struct pt_detector_method pt_detector_methods[] = {
    {"mad", "median and MAD of a rolling window", "the rolling median", 6, pt_method_mad_create,
     pt_method_mad_expect, pt_method_mad_learn, pt_method_mad_destroy},
    {"z", "mean and standard deviation of a rolling window", "the rolling mean", 3,
     pt_method_z_create, pt_method_z_expect, pt_method_z_learn, pt_method_z_destroy},
    {"ewma", "exponentially weighted mean and deviation", "the weighted mean", 3,
     pt_method_ewma_create, pt_method_ewma_expect, pt_method_ewma_learn, pt_method_ewma_destroy},
};
const size_t pt_detector_method_count = sizeof pt_detector_methods / sizeof pt_detector_methods[0];

struct pt_detector {
    const struct pt_detector_method *method;
    void *state;
    double threshold;
    size_t warm_up;  /* points still to come before the first verdict */
    size_t patience; /* anomalies on end that are learned at the edge */
    size_t on_end;   /* anomalies on end so far */
};

struct pt_detector *pt_detector_new(const struct pt_detector_method *method,
                                    const struct pt_detector_options *options)
{
    struct pt_detector *d = pt_mem_alloc(sizeof *d);
    struct pt_detector_options o = *options;
    if (!o.window)
        o.window = PT_DETECTOR_WINDOW;
    if (!(o.lambda > 0))
        o.lambda = PT_DETECTOR_LAMBDA;
    d->method = method;
    d->threshold = o.threshold > 0 ? o.threshold : method->threshold;
    d->warm_up = d->patience = o.window / 2;
    d->state = method->create(&o);
    return d;
}

void pt_detector_free(struct pt_detector *d)
{
    if (!d)
        return;
    d->method->destroy(d->state);
    free(d);
}

size_t pt_detector_warm_up(const struct pt_detector *d)
{
    return d->warm_up;
}

static void judge(const struct pt_detector *d, double x, struct pt_verdict *out)
{
    double expected, scale, band, score;
    d->method->expect(d->state, &expected, &scale);
    scale = fmax(fmax(scale, SCALE_FLOOR * fabs(expected)), DBL_MIN);
    band = fmin(d->threshold * scale, DBL_MAX);
    score = fmin(fabs(x - expected) / band, SCORE_MOST);
    *out = (struct pt_verdict){
        .ready = true,
        .anomaly = score > 1,
        .expected = expected,
        .lower = fmax(expected - band, -DBL_MAX),
        .upper = fmin(expected + band, DBL_MAX),
        .score = score,
    };
}

void pt_detector_step(struct pt_detector *d, double x, struct pt_verdict *out)
{
    *out = (struct pt_verdict){0};
    if (d->warm_up) {
        d->warm_up--;
        d->method->learn(d->state, x);
        return;
    }
    judge(d, x, out);
    d->on_end = out->anomaly ? d->on_end + 1 : 0;
    if (out->anomaly && d->on_end <= d->patience)
        x = x > out->upper ? out->upper : out->lower;
    d->method->learn(d->state, x);
}
