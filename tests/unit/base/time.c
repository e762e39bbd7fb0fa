/* time.c - instants and durations, against gmtime_r and timegm and by hand. */
#include "base/time.h"

#include "../test.h"

#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 100000 };

static int64_t at(const char *s)
{
    int64_t t = -1;
    CHECK_INT(pt_time_rfc3339(pt_str(s), &t), 0);
    return t;
}

static bool bad(const char *s)
{
    int64_t t;
    return pt_time_rfc3339(pt_str(s), &t) == -1;
}

static void random_instants_agree_with_gmtime(void)
{
    uint64_t state = 1;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t t = (int64_t)test_random(&state), back;
        time_t s = (time_t)pt_time_floor(t, PT_S);
        char text[PT_TIME_TEXT], want[32];
        struct tm tm;
        int n = pt_time_format(text, t);
        s = s / PT_S;
        gmtime_r(&s, &tm);
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S", &tm);
        if (!CHECK(memcmp(text, want, 19) == 0) || !CHECK(text[n - 1] == 'Z') ||
            !CHECK(pt_time_rfc3339(pt_str(text), &back) == 0) || !CHECK_INT(back, t)) {
            printf("#   %s, want %s\n", text, want);
            return;
        }
    }
}

static void random_dates_agree_with_timegm(void)
{
    uint64_t state = 2;
    for (int i = 0; i < ROUNDS; i++) {
        struct tm tm = {.tm_year = (int)(test_random(&state) % 580) - 220,
                        .tm_mon = (int)(test_random(&state) % 12),
                        .tm_mday = (int)(test_random(&state) % 28) + 1,
                        .tm_hour = (int)(test_random(&state) % 24),
                        .tm_min = (int)(test_random(&state) % 60)};
        char text[40];
        int64_t t;
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:00Z", &tm);
        if (!CHECK(pt_time_rfc3339(pt_str(text), &t) == 0) ||
            !CHECK_INT(t, (int64_t)timegm(&tm) * PT_S))
            return;
    }
}

static void offsets_and_fractions(void)
{
    int64_t t = INT64_C(1795167000123456789);
    CHECK_INT(at("2026-11-20T09:30:00.123456789Z"), t);
    CHECK_INT(at("2026-11-20T10:30:00.123456789+01:00"), t);
    CHECK_INT(at("2026-11-20 04:00:00.123456789-05:30"), t);
    CHECK_INT(at("2026-11-20t09:30:00.1234567890123z"), t);
    CHECK_INT(at("1969-12-31T23:59:59.5Z"), -PT_S / 2);
    CHECK_INT(at("2016-12-31T23:59:60Z"), at("2017-01-01T00:00:00Z"));
    CHECK_INT(at("2000-02-29T00:00:00Z"), INT64_C(951782400) * PT_S);
    CHECK_INT(at("2262-04-11T23:47:16.854775807Z"), INT64_MAX);
    CHECK_INT(at("1677-09-21T00:12:43.145224192Z"), INT64_MIN);
}

static void malformed(void)
{
    CHECK(bad("") && bad("2026") && bad("2026-11-20") && bad("2026-11-20T09:30Z"));
    CHECK(bad("2026-13-01T00:00:00Z") && bad("2026-02-29T00:00:00Z") &&
          bad("1900-02-29T00:00:00Z"));
    CHECK(bad("2026-11-31T00:00:00Z") && bad("2026-11-20T24:00:00Z") &&
          bad("2026-11-20T00:60:00Z"));
    CHECK(bad("2026-11-20T00:00:61Z") && bad("2026-11-20T00:00:00") &&
          bad("2026-11-20T00:00:00.Z"));
    CHECK(bad("2026-11-20T00:00:00+1:00") && bad("2026-11-20T00:00:00+24:00"));
    CHECK(bad("2026-11-20T00:00:00Zx") && bad(" 2026-11-20T00:00:00Z") &&
          bad("+026-11-20T00:00:00Z"));
    CHECK(bad("2262-04-11T23:47:16.854775808Z") && bad("1677-09-21T00:12:43.145224191Z"));
    CHECK(bad("0000-01-01T00:00:00Z") && bad("9999-12-31T23:59:59Z"));
}

static void written_with_the_fewest_digits(void)
{
    char text[PT_TIME_TEXT];
    CHECK_STR(((struct pt_str){text, (size_t)pt_time_format(text, 0)}), "1970-01-01T00:00:00Z");
    CHECK_STR(((struct pt_str){text, (size_t)pt_time_format(text, PT_MS)}),
              "1970-01-01T00:00:00.001Z");
    CHECK_STR(((struct pt_str){text, (size_t)pt_time_format(text, -PT_US)}),
              "1969-12-31T23:59:59.999999Z");
    CHECK_STR(((struct pt_str){text, (size_t)pt_time_format(text, INT64_MIN)}),
              "1677-09-21T00:12:43.145224192Z");
}

static bool epoch(const char *s, enum pt_time_unit unit, int64_t want)
{
    int64_t t = 1;
    return pt_time_epoch(pt_str(s), unit, &t) == 0 && t == want;
}

/* Whatever was read before, a time is what it is alone. */
static void epochs_one_behind_the_other(void)
{
    static const char *const TEXTS[] = {
        "1",           "17",          "1795167000",     "1795167000.5",  "1795167000.50",
        "1795167000,", "1795167000 ", "1795167000.5}",  "17951670005",   "1795167000.",
        "1795167000e", "1795167000E1", "",              "0",             "x",
        "1795167000x", "1795167001",  "1795167000.123456789", "179516700012345678"};
    enum { COUNT = sizeof TEXTS / sizeof TEXTS[0] };
    for (int i = 0; i < COUNT * COUNT; i++) {
        struct pt_time_last last = {0};
        for (int k = 0; k < 2; k++) {
            struct pt_str s = pt_str(TEXTS[k ? i % COUNT : i / COUNT]);
            int64_t t = -1, want = -1;
            const char *after = pt_time_epoch_plain(s.p, s.p + s.n, PT_UNIT_AUTO, &want);
            CHECK(pt_time_epoch_again(&last, s.p, s.p + s.n, PT_UNIT_AUTO, &t) == after);
            CHECK(!after || t == want);
        }
    }
}

static bool no_epoch(const char *s, enum pt_time_unit unit)
{
    int64_t t;
    return pt_time_epoch(pt_str(s), unit, &t) == -1;
}

static void epochs(void)
{
    int64_t t = INT64_C(1795167000) * PT_S;
    CHECK(epoch("1795167000", PT_UNIT_AUTO, t) && epoch("1795167000000", PT_UNIT_AUTO, t));
    CHECK(epoch("1795167000000000", PT_UNIT_AUTO, t));
    CHECK(epoch("1795167000000000000", PT_UNIT_AUTO, t));
    CHECK(epoch("1795167000.123456789", PT_UNIT_AUTO, t + 123456789));
    CHECK(epoch("1795167000.1234567899", PT_UNIT_AUTO, t + 123456789));
    CHECK(epoch("1795167000123.25", PT_UNIT_AUTO, t + 123 * PT_MS + 250 * PT_US));
    CHECK(epoch("-1.5", PT_UNIT_AUTO, -1500 * PT_MS) && epoch("0", PT_UNIT_AUTO, 0));
    CHECK(epoch("5", PT_UNIT_NS, 5) && epoch("5", PT_UNIT_US, 5000) &&
          epoch("5", PT_UNIT_MS, 5 * PT_MS));
    CHECK(epoch("1.795167e9", PT_UNIT_AUTO, t) &&
          epoch("99999999999", PT_UNIT_AUTO, INT64_MAX) == false);
    CHECK(epoch("-9223372036854775808", PT_UNIT_NS, INT64_MIN));
    CHECK(epoch("9223372036854775807", PT_UNIT_NS, INT64_MAX));
    CHECK(no_epoch("9223372036854775808", PT_UNIT_NS) && no_epoch("", PT_UNIT_AUTO));
    CHECK(no_epoch("1.", PT_UNIT_AUTO) && no_epoch("1x", PT_UNIT_AUTO) &&
          no_epoch("-", PT_UNIT_AUTO));
    CHECK(no_epoch("1e30", PT_UNIT_AUTO) && no_epoch("nan", PT_UNIT_AUTO));
}

static bool lasts(const char *s, int64_t want)
{
    int64_t d = 1;
    return pt_duration_parse(pt_str(s), &d) == 0 && d == want;
}

static bool no_duration(const char *s)
{
    int64_t d;
    return pt_duration_parse(pt_str(s), &d) == -1;
}

static void durations(void)
{
    char text[PT_DURATION_TEXT];
    CHECK(lasts("1h30m", 90 * PT_MINUTE) && lasts("5", 5 * PT_S) && lasts("1.5h", 90 * PT_MINUTE));
    CHECK(lasts("1y2w3d4h5m6s7ms8us9ns", 365 * PT_DAY + 17 * PT_DAY + 4 * PT_HOUR + 5 * PT_MINUTE +
                                             6 * PT_S + 7 * PT_MS + 8 * PT_US + 9));
    CHECK(lasts("0", 0) && lasts("0s", 0) && lasts("-90s", -90 * PT_S) && lasts("0.1ms", 100000));
    CHECK(lasts("0.000000001s", 1) && lasts("30s1m", 90 * PT_S));
    CHECK(no_duration("") && no_duration("-") && no_duration("h") && no_duration("1x"));
    CHECK(no_duration("1h 30m") && no_duration("1h30") && no_duration("1M") && no_duration("300y"));
    CHECK(no_duration("1h1h") && no_duration("--1s") && no_duration(".") && no_duration("1.h"));
    CHECK_STR(((struct pt_str){text, (size_t)pt_duration_format(text, 90 * PT_MINUTE)}), "1h30m");
    CHECK_STR(((struct pt_str){text, (size_t)pt_duration_format(text, 0)}), "0s");
    CHECK_STR(((struct pt_str){text, (size_t)pt_duration_format(text, -1500 * PT_MS)}), "-1s500ms");
}

static void random_durations_survive(void)
{
    uint64_t state = 3;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t d = (int64_t)test_random(&state) >> (test_random(&state) % 63), back;
        char text[PT_DURATION_TEXT];
        int n = pt_duration_format(text, d);
        if (!CHECK(pt_duration_parse((struct pt_str){text, (size_t)n}, &back) == 0) ||
            !CHECK_INT(back, d)) {
            printf("#   %s\n", text);
            return;
        }
    }
}

static int64_t when(const char *text, const char *now)
{
    struct pt_err err = {0};
    int64_t t = -1;
    if (!CHECK_INT(pt_time_when(text, at(now), &t, &err), 0))
        printf("#   %s\n", err.what);
    return t;
}

static void what_people_write(void)
{
    static const char NOW[] = "2026-11-20T09:30:00Z";
    struct pt_err err = {0};
    int64_t t;
    CHECK_INT(pt_time_zone("UTC", &err), 0);
    CHECK_INT(when("now", NOW), at(NOW));
    CHECK_INT(when("today", NOW), at("2026-11-20T00:00:00Z"));
    CHECK_INT(when("yesterday", NOW), at("2026-11-19T00:00:00Z"));
    CHECK_INT(when("tomorrow", NOW), at("2026-11-21T00:00:00Z"));
    CHECK_INT(when("-1h30m", NOW), at("2026-11-20T08:00:00Z"));
    CHECK_INT(when("+5m", NOW), at("2026-11-20T09:35:00Z"));
    CHECK_INT(when("2 days ago", NOW), at("2026-11-18T09:30:00Z"));
    CHECK_INT(when("1 hour ago", NOW), at("2026-11-20T08:30:00Z"));
    CHECK_INT(when("90 mins ago", NOW), at("2026-11-20T08:00:00Z"));
    CHECK_INT(when("1h30m ago", NOW), at("2026-11-20T08:00:00Z"));
    CHECK_INT(when("2026-11-20", NOW), at("2026-11-20T00:00:00Z"));
    CHECK_INT(when("2026-11-20T11:00Z", NOW), at("2026-11-20T11:00:00Z"));
    CHECK_INT(when("2026-11-20 11:00+01:00", NOW), at("2026-11-20T10:00:00Z"));
    CHECK_INT(when("2026-11-20 08:15", NOW), at("2026-11-20T08:15:00Z"));
    CHECK_INT(when("1795167000", NOW), at(NOW));
    CHECK_INT(pt_time_when("next week", 0, &t, &err), -1);
    CHECK_INT(err.code, PT_USAGE);
    CHECK(strstr(err.what, "\"next week\"") != NULL);
}

/* Berlin leaves summer time on 2026-10-25: that day has 25 hours. */
static void days_in_a_zone(void)
{
    struct pt_err err = {0};
    CHECK_INT(pt_time_zone("Europe/Berlin", &err), 0);
    CHECK_INT(when("today", "2026-07-01T23:30:00Z"), at("2026-07-01T22:00:00Z"));
    CHECK_INT(when("2026-01-15 12:00", "2026-07-01T00:00:00Z"), at("2026-01-15T11:00:00Z"));
    CHECK_INT(pt_time_day(at("2026-10-25T12:00:00Z"), 0), at("2026-10-24T22:00:00Z"));
    CHECK_INT(pt_time_day(at("2026-10-25T12:00:00Z"), 1), at("2026-10-25T23:00:00Z"));
    CHECK_INT(pt_time_zone("Atlantis/City", &err), -1);
    err = (struct pt_err){0};
    CHECK_INT(pt_time_zone("../../etc/passwd", &err), -1);
    err = (struct pt_err){0};
    CHECK_INT(pt_time_zone("", &err), -1);
    err = (struct pt_err){0};
    CHECK_INT(pt_time_zone("UTC", &err), 0);
}

static void floors(void)
{
    CHECK_INT(pt_time_floor(7, 5), 5);
    CHECK_INT(pt_time_floor(-7, 5), -10);
    CHECK_INT(pt_time_floor(-10, 5), -10);
    CHECK_INT(pt_time_floor(INT64_MIN + 1, PT_DAY), INT64_MIN);
    CHECK_INT(pt_time_floor(INT64_MAX, 1), INT64_MAX);
}

TEST_MAIN({"random instants agree with gmtime", random_instants_agree_with_gmtime},
          {"random dates agree with timegm", random_dates_agree_with_timegm},
          {"offsets, fractions, edges", offsets_and_fractions}, {"malformed times", malformed},
          {"the fewest exact digits", written_with_the_fewest_digits}, {"epochs", epochs},
          {"epochs one behind the other", epochs_one_behind_the_other},
          {"durations", durations}, {"random durations survive", random_durations_survive},
          {"what people write", what_people_write}, {"days in a zone", days_in_a_zone},
          {"rounding down", floors})
