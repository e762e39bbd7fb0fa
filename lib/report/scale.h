/* scale.h - where the ticks of an axis go.
 *
 * Values: steps of 1, 2 or 5 times a power of ten, so that labels are short.  Times: steps of the
 * clock (seconds, minutes, hours, days), at whole local times. */
#ifndef PT_REPORT_SCALE_H
#define PT_REPORT_SCALE_H

#include <stdint.h>

struct pt_scale {
    double low, high, step; /* ticks at low, low + step, ..., high */
    int ticks, decimals;    /* decimals that tell the ticks apart */
};

/* The scale of about `about` (2..20) steps that holds low..high; equal or unusable ends are
 * widened. */
struct pt_scale pt_scale_values(double low, double high, int about);

/* Whole decades around low..high (both > 0), as powers: low, high and the ticks are log10. */
struct pt_scale pt_scale_decades(double low, double high);

enum { PT_SCALE_TIMES_MOST = 16 };

/* Times of the ticks inside [since, until], at most `most` (2..PT_SCALE_TIMES_MOST) of them;
 * returns how many and their distance. */
int pt_scale_times(int64_t since, int64_t until, int most, int64_t out[PT_SCALE_TIMES_MOST],
                   int64_t *step);

/* The window for charts of a span of time with at most `most` points: a step of the clock. */
int64_t pt_scale_window(int64_t span, int most);

/* The longest step of the clock of which a span of time holds `least`; the shortest there is where
 * none does.  A span holds at most three and a half times as many. */
int64_t pt_scale_window_within(int64_t span, int least);

#endif
