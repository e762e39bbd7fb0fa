/* ranks.h - tests that look at the order of values, not at their sizes. */
#ifndef PT_STATS_RANKS_H
#define PT_STATS_RANKS_H

#include <stdbool.h>
#include <stddef.h>

struct pt_mann_whitney {
    double u;   /* pairs (a, b) with a > b, those with a = b by half */
    double p;   /* two-sided; NaN when a sample is empty */
    bool exact; /* from the distribution of u itself; else from the normal one */
};

/* The test of Mann and Whitney, "On a test of whether one of two random variables is stochastically
 * larger than the other" (Annals of Mathematical Statistics 18, 1947): how likely are orders at
 * least as lopsided as that of a[0..na-1] and b[0..nb-1] if both come from one distribution?
 *
 * Samples without ties of which the smaller has at most 8 values and the larger at most 64 are
 * compared with the exact distribution of u; others with the normal one, corrected for ties and for
 * continuity (Lehmann, "Nonparametrics", 1975, section 1.4), as wilcox.test of R and mannwhitneyu of
 * SciPy do.  Where all values are equal p is 1.
 *
 * Sorts both arrays, which hold no NaN: O(n log n), and no memory that grows with n. */
struct pt_mann_whitney pt_mann_whitney(double *a, size_t na, double *b, size_t nb);

#endif
