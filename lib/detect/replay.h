/* replay.h - the points of a store, all series merged, in order of time.
 *
 * What lies in a store is handed out as if it arrived now, so that whoever judges a stream judges
 * history by the same code.  Of points with the same time the series first in order of name and
 * tags comes first.  Memory: the points of one hour. */
#ifndef PT_DETECT_REPLAY_H
#define PT_DETECT_REPLAY_H

#include "detect/feed.h"
#include "store/store.h"

struct pt_replay {
    struct pt_feed *feed;                     /* numbers the series */
    const struct pt_selector *selector;       /* NULL: all series */
    int64_t since, until;                     /* half-open */
    bool lead;                                /* also each series' last point before since */
    bool (*want)(void *ctx, uint32_t series); /* NULL: every one */
    int (*point)(void *ctx, const struct pt_feed_point *point, struct pt_err *err);
    void *ctx;
};

/* 0; or what `point` returned when that was not 0; or -1 with err. */
int pt_replay_run(struct pt_store *store, const struct pt_replay *replay, struct pt_err *err);

#endif
