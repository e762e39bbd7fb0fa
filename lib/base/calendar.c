/* calendar.c - see calendar.h.
 *
 * The zone's rules are the C library's.  Its mktime is not asked: what it answers for a midnight
 * that comes twice or never depends on what it was asked before.  Instead the offsets from UTC one
 * day before and one day behind give at most two candidates, of which the earlier one that is a
 * midnight counts; where neither is, the clocks were put forward across midnight, and the moment
 * lies between the two.  (It is assumed that clocks change once in two days at most.) */
#include "base/calendar.h"

#include "base/time.h"

#include <time.h>

#define DAY_SECONDS INT64_C(86400)

/* Seconds that local clocks are ahead of UTC at an instant in seconds. */
static int64_t offset_at(int64_t s)
{
    time_t t = (time_t)s;
    struct tm tm;
    return localtime_r(&t, &tm) ? (int64_t)tm.tm_gmtoff : 0;
}

/* The first second from `low` to `high` at which local clocks show `local` or later. */
static int64_t search(int64_t low, int64_t high, int64_t local)
{
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (middle + offset_at(middle) >= local)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int64_t pt_calendar_midnight(int64_t day)
{
    int64_t local, before, behind, t;
    if (day < PT_TIME_MIN / PT_DAY - 1 || day > PT_TIME_MAX / PT_DAY + 1)
        return day < 0 ? PT_TIME_MIN : PT_TIME_MAX;
    local = day * DAY_SECONDS;
    before = local - offset_at(local - DAY_SECONDS);
    behind = local - offset_at(local + DAY_SECONDS);
    if (before + offset_at(before) == local)
        t = before;
    else if (behind + offset_at(behind) == local)
        t = behind;
    else
        t = search(behind, before, local);
    if (t < PT_TIME_MIN / PT_S)
        return PT_TIME_MIN;
    return t > PT_TIME_MAX / PT_S ? PT_TIME_MAX : t * PT_S;
}

int64_t pt_calendar_day(int64_t t)
{
    int64_t utc = pt_time_floor(t, PT_DAY) / PT_DAY, day = utc - 1;
    while (day <= utc && pt_calendar_midnight(day + 1) <= t)
        day++;
    return day;
}
