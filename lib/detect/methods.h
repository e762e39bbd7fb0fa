/* methods.h - the methods of the detector table: what a series' next point should be.
 *
 * Each has create, expect, learn, destroy as detector.h says.
 *
 * mad   The median m of the last N points and 1.4826 * MAD, MAD = median |x_i - m| (Hampel, "The
 *       influence curve and its role in robust estimation", 1974; the constant makes it consistent
 *       for the normal distribution: Rousseeuw & Croux, "Alternatives to the median absolute
 *       deviation", 1993).  Where more than half of the window is one value the MAD is zero; then
 *       1.2533 * mean |x_i - m| stands in (Iglewicz & Hoaglin, "How to detect and handle outliers",
 *       1993).  The median of an even number is the mean of the middle two.
 *
 * z     The mean and the sample standard deviation (n - 1) of the last N points, in two passes.
 *
 * ewma  The exponentially weighted mean (Roberts, "Control chart tests based on geometric moving
 *       averages", 1959) and variance (Finch, "Incremental calculation of weighted mean and
 *       variance", 2009, equations 124 and 143, after West, 1979):
 *           d = x - mean;  mean += w d;  variance = (1 - w) (variance + w d^2)
 *       The n-th point weighs w = max(lambda, 1/n), so that the start is the plain mean. */
#ifndef PT_DETECT_METHODS_H
#define PT_DETECT_METHODS_H

#include "detect/detector.h"

void *pt_method_mad_create(const struct pt_detector_options *options);
void pt_method_mad_expect(const void *state, double *expected, double *scale);
void pt_method_mad_learn(void *state, double x);
void pt_method_mad_destroy(void *state);

void *pt_method_z_create(const struct pt_detector_options *options);
void pt_method_z_expect(const void *state, double *expected, double *scale);
void pt_method_z_learn(void *state, double x);
void pt_method_z_destroy(void *state);

void *pt_method_ewma_create(const struct pt_detector_options *options);
void pt_method_ewma_expect(const void *state, double *expected, double *scale);
void pt_method_ewma_learn(void *state, double x);
void pt_method_ewma_destroy(void *state);

#endif
