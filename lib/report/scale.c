/* scale.c - see scale.h.
 *
 * The value steps are those of P. S. Heckbert, "Nice numbers for graph labels" (Graphics Gems,
 * 1990). */
#include "report/scale.h"

#include "base/time.h"
#include "report/value.h"

#include <math.h>

static double nice(double x)
{
    double power = pow(10, floor(log10(x))), f = x / power;
    return power * (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10);
}

struct pt_scale pt_scale_values(double low, double high, int about)
{
    struct pt_scale s = {0};
    double digits;
    if (!isfinite(low) || !isfinite(high))
        low = high = 0;
    if (!(high - low > 1e-9 * fmax(fabs(low), fabs(high)))) { /* one value: some air around it */
        double air = fabs(high) > 0 ? 0.1 * fabs(high) : 1;
        low = low > 0 || low < 0 ? low - air : 0;
        high += air;
    }
    s.step = nice((high - low) / about);
    s.low = floor(low / s.step + 1e-9) * s.step;
    s.high = ceil(high / s.step - 1e-9) * s.step;
    s.ticks = (int)lround((s.high - s.low) / s.step) + 1;
    digits = -floor(log10(s.step) + 1e-9);
    s.decimals = digits > 0 ? (int)fmin(digits, 9) : 0;
    return s;
}

struct pt_scale pt_scale_decades(double low, double high)
{
    struct pt_scale s = {
        .low = floor(log10(low) + 1e-9), .high = ceil(log10(high) - 1e-9), .step = 1};
    if (s.high - s.low < 1)
        s.high = s.low + 1;
    s.ticks = (int)lround(s.high - s.low) + 1;
    return s;
}

static const int64_t CLOCK_STEPS[] = {
    PT_MS,          10 * PT_MS,     100 * PT_MS,    PT_S,       2 * PT_S,      5 * PT_S,
    10 * PT_S,      15 * PT_S,      30 * PT_S,      PT_MINUTE,  2 * PT_MINUTE, 5 * PT_MINUTE,
    10 * PT_MINUTE, 15 * PT_MINUTE, 30 * PT_MINUTE, PT_HOUR,    2 * PT_HOUR,   3 * PT_HOUR,
    6 * PT_HOUR,    12 * PT_HOUR,   PT_DAY,         2 * PT_DAY, 7 * PT_DAY,    14 * PT_DAY,
    28 * PT_DAY,    91 * PT_DAY,    365 * PT_DAY};

int64_t pt_scale_window(int64_t span, int most)
{
    size_t n = sizeof CLOCK_STEPS / sizeof *CLOCK_STEPS, i = 0;
    while (i + 1 < n && span / CLOCK_STEPS[i] >= most)
        i++;
    return CLOCK_STEPS[i];
}

int64_t pt_scale_window_within(int64_t span, int least)
{
    size_t i = sizeof CLOCK_STEPS / sizeof *CLOCK_STEPS - 1;
    while (i > 0 && span / CLOCK_STEPS[i] < least)
        i--;
    return CLOCK_STEPS[i];
}

int pt_scale_times(int64_t since, int64_t until, int most, int64_t out[PT_SCALE_TIMES_MOST],
                   int64_t *step)
{
    int64_t offset = pt_clock_offset(since);
    int n = 0;
    *step = pt_scale_window(until - since, most);
    for (int64_t t = pt_time_floor(since + offset + *step - 1, *step) - offset;
         t <= until && n < most; t += *step)
        out[n++] = t;
    return n;
}
