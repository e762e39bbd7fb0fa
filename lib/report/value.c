/* value.c - see value.h.
 *
 * Local times are made by shifting the instant by the zone's offset and letting base/time format it
 * as if it were UTC: one calendar, and fractions of offsets come out right. */
#include "report/value.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum {
    DIGITS_LARGEST = 4, /* significant digits of the largest of a column */
    DIGITS_SMALLEST = 3,
    DECIMALS_MOST = 6,
};
static const double PLAIN_MOST = 1e15; /* beyond, digits are no longer worth writing out */

/* Decimals that show `digits` significant digits of v. */
static int decimals_for(double v, int digits)
{
    int d = v > 0 ? digits - (int)floor(log10(v)) - 1 : 0;
    return d < 0 ? 0 : d > DECIMALS_MOST ? DECIMALS_MOST : d;
}

/* What the decimals of many numbers depend on. */
struct extremes {
    double largest, smallest; /* magnitudes; smallest above 0, 0 when there is none yet */
    int needed; /* decimals that show every one of them in full, at most DECIMALS_MOST */
};

static void extremes_add(struct extremes *e, double v)
{
    double m = fabs(v), power = pow(10, e->needed);
    if (!isfinite(m))
        return;
    e->largest = fmax(e->largest, m);
    if (m > 0)
        e->smallest = e->smallest > 0 ? fmin(e->smallest, m) : m;
    while (e->needed < DECIMALS_MOST && fabs(m * power - rint(m * power)) > 1e-9 * m * power) {
        e->needed++;
        power *= 10;
    }
}

static int extremes_decimals(const struct extremes *e)
{
    int a = decimals_for(e->largest, DIGITS_LARGEST),
        b = decimals_for(e->smallest, DIGITS_SMALLEST);
    if (b > a)
        a = b < DIGITS_LARGEST ? b : a > DIGITS_LARGEST ? a : DIGITS_LARGEST;
    return a < e->needed ? a : e->needed;
}

int pt_value_decimals(const double *v, size_t n)
{
    struct extremes e = {0};
    for (size_t i = 0; i < n; i++)
        extremes_add(&e, v[i]);
    return extremes_decimals(&e);
}

void pt_value_put(struct pt_buf *b, double v, int decimals)
{
    char text[64];
    const char *p = text;
    size_t whole;
    if (!isfinite(v)) {
        pt_buf_puts(b, "-");
        return;
    }
    if (decimals == PT_DECIMALS_AUTO)
        decimals = pt_value_decimals(&v, 1);
    if (fabs(v) >= PLAIN_MOST) {
        pt_buf_printf(b, "%.*g", DIGITS_LARGEST, v);
        return;
    }
    snprintf(text, sizeof text, "%.*f", decimals, fabs(v));
    if (v < 0 && strspn(text, "0.") != strlen(text)) /* no "-0.00" */
        pt_buf_putc(b, '-');
    for (whole = strcspn(p, "."); whole; whole--, p++) {
        pt_buf_putc(b, *p);
        if (whole % 3 == 1 && whole > 1)
            pt_buf_putc(b, ',');
    }
    pt_buf_puts(b, p);
}

void pt_value_put_unit(struct pt_buf *b, double v, const char *unit, int decimals)
{
    pt_value_put(b, v, decimals);
    if (!unit || !*unit || !isfinite(v))
        return;
    if (strcmp(unit, "%") != 0)
        pt_buf_putc(b, ' ');
    pt_buf_puts(b, unit);
}

void pt_value_put_count(struct pt_buf *b, double n, const char *one, const char *many)
{
    pt_value_put(b, n, 0);
    pt_buf_putc(b, ' ');
    pt_buf_puts(b, n == 1 ? one : many);
}

void pt_value_put_change(struct pt_buf *b, double change)
{
    double percent = 100 * change;
    int decimals = fabs(percent) < 9.95 ? 1 : 0;
    if (percent >= 0)
        pt_buf_putc(b, '+');
    pt_value_put(b, percent, decimals);
    pt_buf_putc(b, '%');
}

int pt_table_decimals(const struct pt_table *t, size_t column)
{
    struct extremes e = {0};
    if (t->columns[column].decimals != PT_DECIMALS_AUTO)
        return t->columns[column].decimals;
    for (const struct pt_row *row = t->rows; row; row = row->next)
        extremes_add(&e, row->cells[column].number);
    return extremes_decimals(&e);
}

int pt_chart_decimals(const struct pt_chart *c)
{
    struct extremes e = {0};
    if (c->decimals != PT_DECIMALS_AUTO)
        return c->decimals;
    for (const struct pt_curve *k = c->curves; k; k = k->next)
        for (size_t i = 0; i < k->n; i++)
            extremes_add(&e, k->v[i]);
    e.smallest = 0; /* near zero a chart needs no more digits than elsewhere */
    return extremes_decimals(&e);
}

/* --- local times ----------------------------------------------------------------------------- */

static struct tm local(int64_t ts)
{
    time_t s = (time_t)(pt_time_floor(ts, PT_S) / PT_S);
    struct tm tm;
    localtime_r(&s, &tm);
    return tm;
}

int64_t pt_clock_offset(int64_t ts)
{
    return (int64_t)local(ts).tm_gmtoff * PT_S;
}

void pt_clock_put(struct pt_buf *b, int64_t ts, enum pt_clock how)
{
    char text[PT_TIME_TEXT]; /* 2026-11-20T09:30:00... */
    pt_time_format(text, pt_time_floor(ts, PT_S) + pt_clock_offset(ts));
    if (how == PT_CLOCK_DATE || how == PT_CLOCK_FULL)
        pt_buf_add(b, text, 10);
    if (how == PT_CLOCK_FULL)
        pt_buf_putc(b, ' ');
    if (how != PT_CLOCK_DATE)
        pt_buf_add(b, text + 11, how == PT_CLOCK_MINUTE ? 5 : 8);
}

enum pt_clock pt_clock_within(int64_t since, int64_t until)
{
    return until > pt_time_day(since, 1) ? PT_CLOCK_FULL : PT_CLOCK_SECOND;
}

void pt_clock_put_zone(struct pt_buf *b, int64_t ts)
{
    struct tm tm = local(ts);
    if (tm.tm_zone && tm.tm_zone[0] != '+' && tm.tm_zone[0] != '-')
        pt_buf_puts(b, tm.tm_zone);
    else
        pt_buf_printf(b, "UTC%s", tm.tm_zone ? tm.tm_zone : "");
}

void pt_clock_put_period(struct pt_buf *b, int64_t since, int64_t until)
{
    if (pt_time_day(since, 0) == since && pt_time_day(since, 1) == until) {
        pt_clock_put(b, since, PT_CLOCK_DATE);
    } else {
        pt_clock_put(b, since, PT_CLOCK_FULL);
        pt_buf_puts(b, " to ");
        pt_clock_put(b, until, PT_CLOCK_FULL);
    }
    pt_buf_putc(b, ' ');
    pt_clock_put_zone(b, since);
}
