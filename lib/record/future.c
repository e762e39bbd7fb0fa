/* future.c - see future.h. */
#include "record/future.h"

#include "base/time.h"

#include <stdbool.h>

static bool ahead(const struct pt_future *f, int64_t ts)
{
    return ts > f->now && (uint64_t)ts - (uint64_t)f->now > (uint64_t)f->most;
}

int pt_future_check(struct pt_future *f, int64_t ts, struct pt_err *err)
{
    char at[PT_TIME_TEXT], now[PT_TIME_TEXT], most[PT_DURATION_TEXT];
    if (!f->most || !ahead(f, ts))
        return 0;
    f->now = pt_time_now();
    if (!ahead(f, ts))
        return 0;
    pt_time_format(at, ts);
    pt_time_format(now, f->now);
    pt_duration_format(most, f->most);
    return pt_err_set(err, PT_DATA, "ts: %s is more than %s after now, %s (--max-future)", at, most,
                      now);
}
