/* value.h - numbers and local times as people read them, the same in every rendering.
 *
 * A number shows about four significant digits, thousands separated: 12.25, 1,234, 0.00312.  The
 * decimals are chosen once for a column of a table or a chart, so that points line up.  Times are
 * local to the zone of base/time.h. */
#ifndef PT_REPORT_VALUE_H
#define PT_REPORT_VALUE_H

#include "base/buf.h"
#include "report/model.h"

/* Decimals that show v[0..n) alike: so many that the largest has four significant digits and the
 * smallest three (for whose sake never more than four), but no more than all of them need. */
int pt_value_decimals(const double *v, size_t n);

/* Appends "1,234.50"; a dash where v is no number.  PT_DECIMALS_AUTO chooses for v alone. */
void pt_value_put(struct pt_buf *b, double v, int decimals);

/* As above with the unit: "12.25 ms", "3.1%"; unit may be NULL or "". */
void pt_value_put_unit(struct pt_buf *b, double v, const char *unit, int decimals);

/* Appends a number of things: "1 point", "1,204 points". */
void pt_value_put_count(struct pt_buf *b, double n, const char *one, const char *many);

/* Appends "+3.2%" for 0.032: the change of a figure. */
void pt_value_put_change(struct pt_buf *b, double change);

/* The decimals of a column of a table (its own or chosen from its cells), or of a chart. */
int pt_table_decimals(const struct pt_table *t, size_t column);
int pt_chart_decimals(const struct pt_chart *c);

enum pt_clock { PT_CLOCK_DATE, PT_CLOCK_MINUTE, PT_CLOCK_SECOND, PT_CLOCK_FULL };

/* Appends 2026-11-20, 09:30, 09:30:00 or "2026-11-20 09:30:00", local time. */
void pt_clock_put(struct pt_buf *b, int64_t ts, enum pt_clock how);

/* How to write times within a period: the date only where it takes more than a day. */
enum pt_clock pt_clock_within(int64_t since, int64_t until);

/* Appends the name of the zone at ts: "UTC", "CET". */
void pt_clock_put_zone(struct pt_buf *b, int64_t ts);

/* Appends the period: the date when it is one local day, else both ends to the minute. */
void pt_clock_put_period(struct pt_buf *b, int64_t since, int64_t until);

int64_t pt_clock_offset(int64_t ts); /* local time minus UTC, in nanoseconds */

#endif
