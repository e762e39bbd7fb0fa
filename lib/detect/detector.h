/* detector.h - is this point like the ones before it?
 *
 * A detector watches one series, point by point, in constant memory.  It says what it expects of a
 * point before it learns the point (so what comes later never changes a verdict), and judges
 *
 *     score = |x - expected| / (K * scale)
 *
 * where K is the threshold: above 1 the point is an anomaly, whatever the method.  The methods
 * differ in what they expect and in their scale; they stand in one table.
 *
 * Common to all methods: The first half window of points gives no verdict.  The scale is never
 * less than 1e-9 of |expected|: rounding is no anomaly, and after a constant series any jump is
 * one.  A score is never more than 1e9.  An anomaly is learned as if it stood at the edge of the
 * band, so that a spike does not hide the next one; after half a window of anomalies on end the
 * level is taken to have changed, and they are learned as they are until a point is ordinary
 * again. */
#ifndef PT_DETECT_DETECTOR_H
#define PT_DETECT_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>

enum { PT_DETECTOR_WINDOW = 60, PT_DETECTOR_WINDOW_LEAST = 8, PT_DETECTOR_WINDOW_MOST = 10000 };
#define PT_DETECTOR_LAMBDA 0.1

struct pt_detector_options {
    double threshold; /* K; 0: the method's own */
    size_t window;    /* points; 0: PT_DETECTOR_WINDOW; within LEAST and MOST */
    double lambda;    /* ewma's weight of the newest point, in (0, 1]; 0: PT_DETECTOR_LAMBDA */
};

struct pt_detector_method {
    const char *name, *help;
    const char *expects; /* in plain words, for messages: "the rolling median" */
    double threshold;    /* K when none is given */
    void *(*create)(const struct pt_detector_options *options);
    /* What the next point should be, from at least one point learned. */
    void (*expect)(const void *state, double *expected, double *scale);
    void (*learn)(void *state, double x);
    void (*destroy)(void *state);
};

extern const struct pt_detector_method pt_detector_methods[];
extern const size_t pt_detector_method_count;

#define PT_DETECTOR_CHOICES "mad|z|ewma" /* in the order of the table */

struct pt_verdict {
    bool ready;                    /* false while warming up: nothing else is set */
    bool anomaly;                  /* score > 1 */
    double expected, lower, upper; /* the band: expected -+ K * scale */
    double score;
};

struct pt_detector;

struct pt_detector *pt_detector_new(const struct pt_detector_method *method,
                                    const struct pt_detector_options *options);
void pt_detector_free(struct pt_detector *d); /* NULL is fine */

/* Judges x, then learns it.  Cost: O(window) for mad and z, O(1) for ewma. */
void pt_detector_step(struct pt_detector *d, double x, struct pt_verdict *out);

/* Points still needed before verdicts are given. */
size_t pt_detector_warm_up(const struct pt_detector *d);

#endif
