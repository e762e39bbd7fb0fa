/* ticker.c - see ticker.h.
 *
 * clock_nanosleep to an absolute time cannot drift, and a signal that interrupts it loses nothing:
 * the sleep is simply entered again. */
#include "collect/ticker.h"

#include "base/time.h"

#include <time.h>

static const int64_t LONGEST_SLEEP = PT_S; /* between two looks at `stopping` */

struct pt_ticker pt_ticker_from(int64_t now, int64_t every, int64_t span)
{
    uint64_t last = span == INT64_MAX ? UINT64_MAX : (uint64_t)(span / every);
    return (struct pt_ticker){now, every, 0, last};
}

bool pt_ticker_next(struct pt_ticker *t, int64_t now, int64_t *due, uint64_t *missed)
{
    uint64_t over = now > t->start ? (uint64_t)((now - t->start) / t->every) : 0;
    if (over > t->last)
        over = t->last;
    if (over > t->tick) {
        *missed += over - t->tick;
        t->tick = over;
    }
    if (t->tick >= t->last)
        return false;
    t->tick++;
    return !__builtin_mul_overflow((int64_t)t->tick, t->every, due) &&
           !__builtin_add_overflow(*due, t->start, due);
}

static void sleep_until(int64_t due)
{
    struct timespec ts = {.tv_sec = (time_t)(due / PT_S), .tv_nsec = (long)(due % PT_S)};
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

int pt_ticker_wait(struct pt_ticker *t, bool (*stopping)(void), uint64_t *missed)
{
    int64_t due, now = pt_time_monotonic();
    if (!pt_ticker_next(t, now, &due, missed))
        return 0;
    for (; !stopping(); now = pt_time_monotonic()) {
        if (now >= due)
            return 1;
        sleep_until(due - now > LONGEST_SLEEP ? now + LONGEST_SLEEP : due);
    }
    return 0;
}
