/* value.c - numbers and times as people read them. */
#include "report/value.h"

#include "base/time.h"

#include "../test.h"

static bool shows(double v, const char *unit, int decimals, const char *want)
{
    struct pt_buf b = {0};
    bool same;
    pt_value_put_unit(&b, v, unit, decimals);
    same = pt_str_is(pt_buf_view(&b), want);
    if (!same)
        printf("#   %s, not %s\n", b.p, want);
    pt_buf_release(&b);
    return same;
}

static void numbers(void)
{
    CHECK(shows(12.25, "ms", PT_DECIMALS_AUTO, "12.25 ms"));
    CHECK(shows(3, "%", PT_DECIMALS_AUTO, "3%"));
    CHECK(shows(0.00312, "", PT_DECIMALS_AUTO, "0.00312"));
    CHECK(shows(1234567, NULL, PT_DECIMALS_AUTO, "1,234,567"));
    CHECK(shows(-1234.5, NULL, 2, "-1,234.50"));
    CHECK(shows(999999.5, NULL, 0, "1,000,000"));
    CHECK(shows(-0.001, NULL, 2, "0.00"));
    CHECK(shows(NAN, "ms", 2, "-"));
    CHECK(shows(1e300, NULL, PT_DECIMALS_AUTO, "1e+300"));
}

static void decimals(void)
{
    const double mixed[] = {4726.1, 15.04, NAN}, whole[] = {1, 20000}, cents[] = {0.301, 9.84};
    CHECK_INT(pt_value_decimals(mixed, 3), 1);
    CHECK_INT(pt_value_decimals(whole, 2), 0);
    CHECK_INT(pt_value_decimals(cents, 2), 3);
    CHECK_INT(pt_value_decimals((const double[]){0.5, 0.25}, 2), 2);
    CHECK_INT(pt_value_decimals(NULL, 0), 0);
}

static void changes(void)
{
    struct pt_figure f = {.value = 110, .before = 100};
    struct pt_buf b = {0};
    CHECK_NEAR(pt_figure_change(&f), 0.1, 1e-12);
    pt_value_put_change(&b, pt_figure_change(&f));
    CHECK_STR(pt_buf_view(&b), "+10%");
    f.value = 50, f.before = -100; /* from a loss to a gain is a rise */
    CHECK_NEAR(pt_figure_change(&f), 1.5, 1e-12);
    f.before = 0;
    CHECK(isnan(pt_figure_change(&f)));
    f.before = NAN;
    CHECK(isnan(pt_figure_change(&f)));
    pt_buf_release(&b);
}

static void times(void)
{
    struct pt_err err = {0};
    struct pt_buf b = {0};
    int64_t t = 20777 * PT_DAY + 2 * PT_HOUR; /* 2026-11-20T02:00:00Z */
    CHECK(pt_time_zone("America/New_York", &err) == 0);
    pt_clock_put(&b, t + 999, PT_CLOCK_FULL);
    CHECK_STR(pt_buf_view(&b), "2026-11-19 21:00:00");
    pt_buf_clear(&b);
    pt_clock_put_period(&b, pt_time_day(t, 0), pt_time_day(t, 1));
    CHECK_STR(pt_buf_view(&b), "2026-11-19 EST");
    CHECK(pt_time_zone("UTC", &err) == 0);
    pt_buf_clear(&b);
    pt_clock_put_period(&b, t, t + PT_HOUR);
    CHECK_STR(pt_buf_view(&b), "2026-11-20 02:00:00 to 2026-11-20 03:00:00 UTC");
    pt_buf_release(&b);
}

TEST_MAIN({"numbers", numbers}, {"decimals of a column", decimals}, {"changes", changes},
          {"local times", times})
