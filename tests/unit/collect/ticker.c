/* ticker.c - when samples are due, with a clock of our own. */
#include "collect/ticker.h"

#include "base/time.h"

#include "../test.h"

static int64_t due;
static uint64_t missed;

static void ticks_do_not_drift(void)
{
    struct pt_ticker t = pt_ticker_from(7, 1000, INT64_MAX);
    int64_t now = 7;
    missed = 0;
    for (int64_t k = 1; k <= 1000; k++) {
        CHECK(pt_ticker_next(&t, now, &due, &missed));
        CHECK_INT(due, 7 + k * 1000);
        now = due + (k * 37) % 900; /* woken late and busy for a while */
    }
    CHECK_INT((int64_t)missed, 0);
}

static void a_span_holds_its_ticks(void)
{
    struct pt_ticker t = pt_ticker_from(100, 10, 100);
    int n = 0;
    missed = 0;
    for (due = 100; pt_ticker_next(&t, due, &due, &missed); n++)
        continue;
    CHECK_INT(n, 10);
    CHECK_INT(due, 200);
    t = pt_ticker_from(0, 3, 10);
    for (n = 0, due = 0; pt_ticker_next(&t, due, &due, &missed); n++)
        continue;
    CHECK_INT(n, 3);
    CHECK_INT((int64_t)missed, 0);
}

static void missed_ticks_are_skipped(void)
{
    struct pt_ticker t = pt_ticker_from(0, 10, 100);
    missed = 0;
    CHECK(pt_ticker_next(&t, 0, &due, &missed) && due == 10);
    CHECK(pt_ticker_next(&t, 47, &due, &missed) && due == 50); /* 20, 30 and 40 are over */
    CHECK_INT((int64_t)missed, 3);
    CHECK(pt_ticker_next(&t, 59, &due, &missed) && due == 60);
    CHECK_INT((int64_t)missed, 3);
    CHECK(!pt_ticker_next(&t, 100000, &due, &missed)); /* 70, 80, 90 and 100 never came */
    CHECK_INT((int64_t)missed, 7);
    CHECK(!pt_ticker_next(&t, 100000, &due, &missed));
    CHECK_INT((int64_t)missed, 7);
}

static void the_end_of_time_is_an_end(void)
{
    struct pt_ticker t = pt_ticker_from(INT64_MAX - 5, 10, INT64_MAX);
    missed = 0;
    CHECK(!pt_ticker_next(&t, INT64_MAX - 5, &due, &missed));
}

static bool never(void)
{
    return false;
}

static bool at_once(void)
{
    return true;
}

static void waiting_ends_at_the_due_time(void)
{
    int64_t start = pt_time_monotonic();
    struct pt_ticker t = pt_ticker_from(start, 5 * PT_MS, 15 * PT_MS);
    uint64_t served = 0;
    missed = 0;
    while (pt_ticker_wait(&t, never, &missed) == 1) {
        served++;
        CHECK(pt_time_monotonic() >= start + (int64_t)t.tick * 5 * PT_MS);
    }
    CHECK_INT((int64_t)(served + missed), 3);
    t = pt_ticker_from(start, PT_HOUR, INT64_MAX);
    CHECK_INT(pt_ticker_wait(&t, at_once, &missed), 0);
    CHECK(pt_time_monotonic() < start + PT_MINUTE);
}

TEST_MAIN({"ticks do not drift", ticks_do_not_drift},
          {"a span holds its ticks", a_span_holds_its_ticks},
          {"missed ticks are skipped", missed_ticks_are_skipped},
          {"the end of time is an end", the_end_of_time_is_an_end},
          {"waiting ends at the due time", waiting_ends_at_the_due_time})
