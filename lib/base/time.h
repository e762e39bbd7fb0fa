/* time.h - instants and durations as 64-bit nanoseconds, and the texts people write for them.
 *
 * An instant is nanoseconds since 1970-01-01T00:00:00Z without leap seconds, which covers the years
 * 1677 to 2262; what lies outside is an error, never a wrap.  All parsing is independent of the
 * locale.  Only pt_time_when and pt_time_day look at the time zone, which pt_time_zone sets. */
#ifndef PT_BASE_TIME_H
#define PT_BASE_TIME_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define PT_US INT64_C(1000)
#define PT_MS INT64_C(1000000)
#define PT_S INT64_C(1000000000)
#define PT_MINUTE (60 * PT_S)
#define PT_HOUR (60 * PT_MINUTE)
#define PT_DAY (24 * PT_HOUR)
#define PT_TIME_MIN INT64_MIN
#define PT_TIME_MAX INT64_MAX

enum { PT_TIME_TEXT = 40, PT_DURATION_TEXT = 64, PT_TIME_ZONE = 64 };

int64_t pt_time_now(void);       /* wall clock; PT_NOW in the environment fixes it for tests */
int64_t pt_time_monotonic(void); /* never steps; for measuring */

/* RFC 3339 date-time with any offset; 'T' may be a space and the case is free.  0 or -1. */
int pt_time_rfc3339(struct pt_str s, int64_t *out);

/* How epoch numbers are read: by size, or as one fixed unit. */
enum pt_time_unit { PT_UNIT_AUTO, PT_UNIT_S, PT_UNIT_MS, PT_UNIT_US, PT_UNIT_NS };

/* A decimal number of units since the epoch, exactly: digits beyond the nanosecond are cut.  With
 * PT_UNIT_AUTO, |x| < 1e11 is seconds, < 1e14 milliseconds, < 1e17 microseconds, else nanoseconds.
 * Reads all of s.  0 or -1. */
int pt_time_epoch(struct pt_str s, enum pt_time_unit unit, int64_t *out);

/* The plain ones of these times, fast: digits without a leading zero, perhaps a point and digits.
 * Returns the byte after them, or NULL when there are none or they are for pt_time_epoch to
 * read. */
const char *pt_time_epoch_plain(const char *p, const char *end, enum pt_time_unit unit,
                                int64_t *out);

/* As pt_time_epoch_plain, for times one behind the other in the same unit: what arrives together
 * mostly has the same time, and then its text need only be compared with that of the last one.  The
 * zero value is none. */
struct pt_time_last {
    char text[24];
    size_t n;
    int64_t t;
};
const char *pt_time_epoch_again(struct pt_time_last *last, const char *p, const char *end,
                                enum pt_time_unit unit, int64_t *out);

/* RFC 3339 UTC with the fewest of 0, 3, 6 or 9 fraction digits that are exact; returns the
 * length. */
int pt_time_format(char out[PT_TIME_TEXT], int64_t t);

/* "1y2w3d4h5m6s7ms8us9ns", any of the parts in any order but each once, fractions allowed ("1.5h");
 * y is 365 days.  A bare number is seconds.  0 or -1. */
int pt_duration_parse(struct pt_str s, int64_t *out);
int pt_duration_format(char out[PT_DURATION_TEXT], int64_t d);

/* Chooses the zone of the local calendar: an IANA name or "UTC"; unknown names are an error. */
int pt_time_zone(const char *name, struct pt_err *err);

/* The name of the zone in effect: as chosen, by $TZ, or the system's; empty when nothing names
 * it. */
void pt_time_zone_name(char out[PT_TIME_ZONE]);

/* An instant as people write it: RFC 3339, of which seconds may be left out, a date or date and
 * time in the local zone, an epoch, "now", "today", "yesterday", "tomorrow", "-1h30m", "+5m",
 * "2 days ago". */
int pt_time_when(const char *text, int64_t now, int64_t *out, struct pt_err *err);

/* The begin, in the local zone, of the day of t moved by `days` (base/calendar.h). */
int64_t pt_time_day(int64_t t, int days);

/* t + d for d >= 0, but not beyond the last instant. */
static inline int64_t pt_time_after(int64_t t, int64_t d)
{
    return t > PT_TIME_MAX - d ? PT_TIME_MAX : t + d;
}

/* Rounds t down to a multiple of step (> 0) since the epoch, also before 1970. */
int64_t pt_time_floor(int64_t t, int64_t step);

#endif
