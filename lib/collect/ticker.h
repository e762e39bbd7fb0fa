/* ticker.h - moments at a fixed distance, without drift.
 *
 * Tick k is due at start + k * every on the monotonic clock, however long the work between two
 * ticks took and however late one was served.  A tick whose moment has passed when the next is
 * asked for is missed: it is counted and skipped, never made up for. */
#ifndef PT_COLLECT_TICKER_H
#define PT_COLLECT_TICKER_H

#include <stdbool.h>
#include <stdint.h>

struct pt_ticker {
    int64_t start, every; /* nanoseconds, every > 0 */
    uint64_t tick;        /* the last one that was served or missed; 0 is the start itself */
    uint64_t last;        /* there is none after this one */
};

/* The ticker that ends after `span` nanoseconds (INT64_MAX: never): span / every ticks. */
struct pt_ticker pt_ticker_from(int64_t now, int64_t every, int64_t span);

/* Moves on to the first tick that is not over at `now` and says when it is due; *missed grows by
 * those that are.  False when the ticks have come to an end. */
bool pt_ticker_next(struct pt_ticker *t, int64_t now, int64_t *due, uint64_t *missed);

/* Waits for the next tick.  1; 0 at the end of the ticks or once `stopping` says so, which is asked
 * at least once a second, so a signal between the question and the sleep delays the end by no more.
 */
int pt_ticker_wait(struct pt_ticker *t, bool (*stopping)(void), uint64_t *missed);

#endif
