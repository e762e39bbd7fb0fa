/* calendar.h - the days of the local calendar as stretches of time.
 *
 * Days are numbered from 1970-01-01 = 0, in the zone that pt_time_zone chose.  A day begins at its
 * first midnight, or where the clocks skip midnight at the moment they do, and ends where the next
 * one begins: it is 23 or 25 hours long where summer time begins or ends.  A date that was skipped,
 * as where the date line moved, is a day of no length. */
#ifndef PT_BASE_CALENDAR_H
#define PT_BASE_CALENDAR_H

#include <stdint.h>

/* The instant a day begins; PT_TIME_MIN or PT_TIME_MAX when that is beyond them.  A few calls of
 * localtime_r. */
int64_t pt_calendar_midnight(int64_t day);

int64_t pt_calendar_day(int64_t t);

#endif
