/* scale.c - ticks: short labels, whole local times, never too many. */
#include "report/scale.h"

#include "base/time.h"

#include "../test.h"

static void values(void)
{
    struct pt_scale s = pt_scale_values(0, 74.2, 5);
    CHECK_NEAR(s.step, 20, 1e-12);
    CHECK_NEAR(s.low, 0, 1e-12);
    CHECK_NEAR(s.high, 80, 1e-12);
    CHECK_INT(s.ticks, 5);
    CHECK_INT(s.decimals, 0);
    s = pt_scale_values(-0.13, 0.41, 5);
    CHECK_NEAR(s.step, 0.2, 1e-12);
    CHECK_NEAR(s.low, -0.2, 1e-12);
    CHECK_NEAR(s.high, 0.6, 1e-12);
    CHECK_INT(s.decimals, 1);
}

/* Whatever it is given, a scale holds it and has few ticks. */
static void any_values(void)
{
    static const double ends[] = {0, 1e-300, 1e-9, 0.5, 1, 3, 99.5, 1e6, 1e300};
    enum { N = sizeof ends / sizeof ends[0] };
    for (int i = 0; i < N; i++)
        for (int j = i; j < N; j++)
            for (int sign = -1; sign <= 1; sign += 2) {
                double low = sign < 0 ? -ends[j] : ends[i], high = sign < 0 ? -ends[i] : ends[j];
                struct pt_scale s = pt_scale_values(low, high, 5);
                CHECK(s.step > 0 && isfinite(s.step));
                CHECK(s.low <= low + 1e-6 * s.step && s.high >= high - 1e-6 * s.step);
                CHECK(s.ticks >= 2 && s.ticks <= 12);
            }
    CHECK(pt_scale_values(NAN, INFINITY, 5).ticks >= 2);
}

static void decades(void)
{
    struct pt_scale s = pt_scale_decades(0.74, 85);
    CHECK_NEAR(s.low, -1, 1e-12);
    CHECK_NEAR(s.high, 2, 1e-12);
    CHECK_INT(s.ticks, 4);
    s = pt_scale_decades(100, 100);
    CHECK(s.low <= 2 && s.high >= 2 && s.high > s.low);
}

static void times(void)
{
    struct pt_err err = {0};
    int64_t out[PT_SCALE_TIMES_MOST], step, day = 20777 * PT_DAY; /* 2026-11-20 */
    int n;
    CHECK(pt_time_zone("UTC", &err) == 0);
    n = pt_scale_times(day + 9 * PT_HOUR + 30 * PT_MINUTE, day + 16 * PT_HOUR, 8, out, &step);
    CHECK_INT(step, PT_HOUR);
    CHECK_INT(n, 7);
    CHECK_INT(out[0], day + 10 * PT_HOUR);
    CHECK_INT(out[6], day + 16 * PT_HOUR);
    CHECK(pt_time_zone("Asia/Kolkata", &err) == 0); /* +05:30: whole local hours */
    n = pt_scale_times(day, day + 4 * PT_HOUR, 8, out, &step);
    CHECK_INT(step, PT_HOUR);
    CHECK_INT(out[0], day + 30 * PT_MINUTE);
    CHECK(pt_time_zone("UTC", &err) == 0);
}

static void windows(void)
{
    CHECK_INT(pt_scale_window(PT_DAY, 300), 5 * PT_MINUTE);
    CHECK_INT(pt_scale_window(23400 * PT_S, 300), 2 * PT_MINUTE);
    CHECK_INT(pt_scale_window(1, 300), PT_MS);
    CHECK_INT(pt_scale_window(INT64_MAX, 300), 365 * PT_DAY);
    CHECK_INT(pt_scale_window_within(PT_DAY, 300), 2 * PT_MINUTE);
    CHECK_INT(pt_scale_window_within(23400 * PT_S, 300), PT_MINUTE);
    CHECK_INT(pt_scale_window_within(1, 300), PT_MS);
    CHECK_INT(pt_scale_window_within(INT64_MAX, 300), 91 * PT_DAY);
}

TEST_MAIN({"values", values}, {"any values at all", any_values}, {"decades", decades},
          {"times", times}, {"windows", windows})
