/* calendar.c - local days, where summer time begins and ends, and where it does so at midnight. */
#include "base/calendar.h"
#include "../test.h"

#include "base/time.h"

struct day {
    const char *zone, *date, *begin; /* begin: of the date there */
    int64_t minutes;                 /* its length */
};

/* From the tz database's own rules, by hand; Python's zoneinfo says the same. */
static const struct day DAYS[] = {
    {"UTC", "2026-11-20", "2026-11-20T00:00:00Z", 24 * 60},
    {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23 * 60},
    {"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25 * 60},
    {"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23 * 60},
    {"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25 * 60},
    {"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24 * 60 + 30},
    {"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 24 * 60 - 30},
    {"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 25 * 60}, /* 24:00 becomes 23:00 */
    {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23 * 60}, /* 0:00 becomes 1:00 */
    {"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z", 23 * 60},
    {"Asia/Beirut", "2022-10-29", "2022-10-28T21:00:00Z", 25 * 60},
    {"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25 * 60}, /* 1:00 becomes 0:00 */
    {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},         /* never was */
    {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24 * 60},
};

static int64_t time_of(const char *text)
{
    int64_t t = 0;
    CHECK_INT(pt_time_rfc3339(pt_str(text), &t), 0);
    return t;
}

static void days_have_their_lengths(void)
{
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        struct pt_err err = {0};
        char noon[32];
        int64_t day, begin = time_of(DAYS[i].begin);
        CHECK_INT(pt_time_zone(DAYS[i].zone, &err), 0);
        snprintf(noon, sizeof noon, "%sT12:00:00Z", DAYS[i].date);
        day = pt_time_floor(time_of(noon), PT_DAY) / PT_DAY;
        if (!CHECK_INT(pt_calendar_midnight(day), begin) ||
            !CHECK_INT(pt_calendar_midnight(day + 1) - begin, DAYS[i].minutes * PT_MINUTE))
            printf("#   %s %s\n", DAYS[i].zone, DAYS[i].date);
        if (DAYS[i].minutes)
            CHECK_INT(pt_calendar_day(begin), day);
        CHECK(pt_calendar_day(begin - 1) < day);
    }
}

/* Whatever the zone, days follow one another, and every instant lies in the one it is said to. */
static void days_are_in_order(void)
{
    static const char *const ZONES[] = {"Pacific/Apia",      "America/Goose_Bay", "Asia/Manila",
                                        "Africa/Casablanca", "America/Toronto",   "Asia/Kolkata"};
    for (size_t z = 0; z < sizeof ZONES / sizeof ZONES[0]; z++) {
        struct pt_err err = {0};
        CHECK_INT(pt_time_zone(ZONES[z], &err), 0);
        for (int64_t day = -106760; day < 106760; day += 7) {
            int64_t a = pt_calendar_midnight(day), b = pt_calendar_midnight(day + 1);
            CHECK(a <= b);
            if (a < b && a > PT_TIME_MIN && b < PT_TIME_MAX)
                CHECK(pt_calendar_day(a) == day && pt_calendar_day(b - 1) == day);
        }
    }
}

static void ends_of_time(void)
{
    struct pt_err err = {0};
    CHECK_INT(pt_time_zone("Asia/Tokyo", &err), 0);
    CHECK_INT(pt_calendar_midnight(INT64_MIN), PT_TIME_MIN);
    CHECK_INT(pt_calendar_midnight(INT64_MAX), PT_TIME_MAX);
    CHECK(pt_calendar_midnight(pt_calendar_day(PT_TIME_MIN)) == PT_TIME_MIN);
    CHECK(pt_calendar_midnight(pt_calendar_day(PT_TIME_MAX)) <= PT_TIME_MAX);
}

TEST_MAIN({"days have their lengths", days_have_their_lengths},
          {"days are in order", days_are_in_order}, {"ends of time", ends_of_time})
