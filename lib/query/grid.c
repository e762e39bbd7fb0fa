/* grid.c - see grid.h.
 *
 * All reckoning is with positions: nanoseconds, or days of the calendar, which only differ in how
 * they become instants.  A midnight costs some calls of the C library, and is asked for again for
 * each series, so those looked up are kept. */
#include "query/grid.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

enum {
    DAYS_KEPT = 4096, /* a power of two: eleven years */
    WEEK = 7,
    MONDAY = 4 /* 1970-01-05 */
};

struct pt_grid_day {
    int64_t day, midnight;
    bool known;
};

/* --- positions ------------------------------------------------------------------------------- */

static int64_t modulo(int64_t a, int64_t m)
{
    int64_t rest = a % m;
    return rest < 0 ? rest + m : rest;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t midnight(struct pt_grid *g, int64_t day)
{
    struct pt_grid_day *kept = &g->days[(uint64_t)day % DAYS_KEPT];
    if (!kept->known || kept->day != day)
        *kept = (struct pt_grid_day){day, pt_calendar_midnight(day), true};
    return kept->midnight;
}

static int64_t instant(struct pt_grid *g, int64_t at)
{
    return g->calendar ? midnight(g, at) : at;
}

static int64_t position(struct pt_grid *g, int64_t t)
{
    int64_t utc, day;
    if (!g->calendar)
        return t;
    utc = pt_time_floor(t, PT_DAY) / PT_DAY;
    for (day = utc - 1; day <= utc && midnight(g, day + 1) <= t;)
        day++;
    return day;
}

/* How far a position lies behind the last begin of a window. */
static int64_t behind_begin(const struct pt_grid *g, int64_t at)
{
    int64_t d = modulo(at, g->slide) - g->phase;
    return d < 0 ? d + g->slide : d;
}

/* --- the grid -------------------------------------------------------------------------------- */

void pt_grid_begin(struct pt_grid *g, const struct pt_grid_plan *plan)
{
    int64_t origin = plan->origin;
    *g = (struct pt_grid){.gap = plan->gap, .calendar = plan->calendar};
    if (!plan->window)
        return;
    g->length = plan->window;
    g->slide = plan->slide ? plan->slide : plan->window;
    if (g->calendar) {
        g->days = pt_mem_array(DAYS_KEPT, sizeof *g->days);
        g->length /= PT_DAY;
        g->slide /= PT_DAY;
        origin = origin ? position(g, origin) : g->slide % WEEK == 0 ? MONDAY : 0;
    }
    g->phase = modulo(origin, g->slide);
    g->rest = g->length % g->slide;
}

void pt_grid_release(struct pt_grid *g)
{
    free(g->days);
    *g = (struct pt_grid){0};
}

bool pt_grid_pane(struct pt_grid *g, int64_t t, struct pt_pane *out)
{
    int64_t at, behind, from = 0, to = g->slide, stop;
    if (!g->length) {
        *out = (struct pt_pane){0, PT_TIME_MAX};
        return true;
    }
    at = position(g, t);
    behind = behind_begin(g, at);
    if (g->rest && behind < g->rest)
        to = g->rest;
    else
        from = g->rest;
    out->start = instant(g, plus(at, from - behind));
    stop = plus(at, to - behind - 1);
    out->last = g->calendar ? instant(g, plus(stop, 1)) - 1 : stop;
    return g->length >= g->slide || behind < g->rest;
}

bool pt_grid_together(void *grid, int64_t t0, int64_t t1)
{
    struct pt_grid *g = grid;
    struct pt_pane pane;
    if (g->gap)
        return (uint64_t)t1 - (uint64_t)t0 < (uint64_t)g->gap;
    pt_grid_pane(g, t0, &pane);
    return t1 <= pane.last;
}

/* --- windows --------------------------------------------------------------------------------- */

static bool move(const struct pt_grid *g, struct pt_grid_window *w)
{
    return !__builtin_add_overflow(w->at, g->slide, &w->at);
}

/* Finds out where the window lies; those of no length, of dates that were skipped, are passed
 * over. */
static bool settle(struct pt_grid *g, struct pt_grid_window *w)
{
    do {
        w->start = instant(g, w->at);
        w->stop = instant(g, plus(w->at, g->length));
        if (w->start < w->stop)
            return true;
    } while (w->start < PT_TIME_MAX && move(g, w));
    return false;
}

bool pt_grid_first(struct pt_grid *g, int64_t t, struct pt_grid_window *out)
{
    int64_t behind;
    out->at = plus(position(g, t), 1 - g->length);
    behind = behind_begin(g, out->at);
    if (behind && __builtin_add_overflow(out->at, g->slide - behind, &out->at))
        return false;
    return settle(g, out);
}

bool pt_grid_next(struct pt_grid *g, struct pt_grid_window *w)
{
    return move(g, w) && settle(g, w);
}
