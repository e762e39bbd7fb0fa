/* replay.c - see replay.h.
 *
 * A store hands out one series at a time, so the merge goes by slices of an hour: the slice of
 * every series is read into its lane, then the lanes are merged by a heap of lanes, the one with
 * the earliest next point on top.  After an empty slice each series is asked for its next point, so
 * that a gap of years is one step. */
#include "detect/replay.h"

#include "base/mem.h"

#include <stdlib.h>

#define SLICE PT_HOUR

struct lane {
    int64_t id;      /* of the series in the store */
    uint32_t number; /* in the feed */
    struct pt_column points;
    size_t at;
};

struct merge {
    struct pt_store *store;
    const struct pt_replay *replay;
    struct lane *lanes;
    size_t n, cap;
    uint32_t *heap; /* lanes that have points left */
    size_t nheap;
    int64_t earliest; /* of find_earliest */
    bool found;
};

static int add_lane(void *ctx, const struct pt_store_series *s)
{
    struct merge *m = ctx;
    const struct pt_replay *r = m->replay;
    uint32_t number = pt_feed_number(r->feed, s->name, s->tags, s->unit, s->kind);
    if (r->want && !r->want(r->ctx, number))
        return 0;
    m->lanes = pt_mem_grow(m->lanes, &m->cap, m->n + 1, sizeof *m->lanes);
    m->lanes[m->n++] = (struct lane){.id = s->id, .number = number};
    return 0;
}

/* --- the heap -------------------------------------------------------------------------------- */

static bool sooner(const struct merge *m, uint32_t a, uint32_t b)
{
    const struct lane *x = &m->lanes[a], *y = &m->lanes[b];
    int64_t tx = x->points.ts[x->at], ty = y->points.ts[y->at];
    return tx < ty || (tx == ty && a < b);
}

/* Moves the lane at place i down to where it belongs. */
static void sink(struct merge *m, size_t i)
{
    uint32_t lane = m->heap[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= m->nheap)
            break;
        if (child + 1 < m->nheap && sooner(m, m->heap[child + 1], m->heap[child]))
            child++;
        if (!sooner(m, m->heap[child], lane))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = lane;
}

static int deliver(struct merge *m, struct pt_err *err)
{
    m->nheap = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->lanes[i].points.n)
            m->heap[m->nheap++] = (uint32_t)i;
    for (size_t i = m->nheap; i-- > 0;)
        sink(m, i);
    while (m->nheap) {
        struct lane *l = &m->lanes[m->heap[0]];
        struct pt_feed_point p = {l->number, l->points.ts[l->at],
                                  pt_column_value(&l->points, l->at)};
        int rc = m->replay->point(m->replay->ctx, &p, err);
        if (rc != 0)
            return rc;
        if (++l->at == l->points.n)
            m->heap[0] = m->heap[--m->nheap];
        if (m->nheap)
            sink(m, 0);
    }
    return 0;
}

/* --- slices ---------------------------------------------------------------------------------- */

static int add_run(void *ctx, const struct pt_store_run *run)
{
    struct lane *l = ctx;
    pt_column_append(&l->points, run->points, 0, run->points->n);
    return 0;
}

static int load(struct merge *m, int64_t since, int64_t until, bool *empty, struct pt_err *err)
{
    struct pt_store_range range = {.since = since, .until = until};
    *empty = true;
    for (size_t i = 0; i < m->n; i++) {
        struct lane *l = &m->lanes[i];
        pt_column_clear(&l->points);
        l->at = 0;
        if (pt_store_each_run(m->store, l->id, &range, add_run, l, err) != 0)
            return -1;
        *empty = *empty && l->points.n == 0;
    }
    return 0;
}

static int note_first(void *ctx, const struct pt_store_run *run)
{
    struct merge *m = ctx;
    int64_t t = run->points ? run->points->ts[0] : run->summary->t0;
    if (run->points && !run->points->n)
        return 0;
    if (!m->found || t < m->earliest)
        m->earliest = t;
    m->found = true;
    return 1; /* later runs are later */
}

/* The time of the first point from `since` on; m->found says whether there is one. */
static int find_earliest(struct merge *m, int64_t since, struct pt_err *err)
{
    struct pt_store_range range = {.since = since, .until = m->replay->until, .summaries = true};
    m->found = false;
    for (size_t i = 0; i < m->n; i++)
        if (pt_store_each_run(m->store, m->lanes[i].id, &range, note_first, m, err) < 0)
            return -1;
    return 0;
}

static int lead(struct merge *m, struct pt_err *err)
{
    for (size_t i = 0; i < m->n; i++) {
        struct pt_feed_point p = {.series = m->lanes[i].number};
        int rc = pt_store_point_before(m->store, m->lanes[i].id, m->replay->since, &p.ts,
                                        &p.value, err);
        if (rc == 1)
            rc = m->replay->point(m->replay->ctx, &p, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int run(struct merge *m, struct pt_err *err)
{
    int64_t at = m->replay->since, until = m->replay->until;
    int rc = m->replay->lead && at != PT_TIME_MIN ? lead(m, err) : 0;
    if (rc == 0)
        rc = find_earliest(m, at, err);
    at = m->earliest;
    while (rc == 0 && m->found && at < until) {
        bool rest = (uint64_t)until - (uint64_t)at <= (uint64_t)SLICE;
        int64_t end = rest ? until : at + SLICE;
        bool empty;
        if (load(m, at, end, &empty, err) != 0)
            return -1;
        rc = empty ? find_earliest(m, end, err) : deliver(m, err);
        at = empty ? m->earliest : end;
    }
    return rc;
}

int pt_replay_run(struct pt_store *store, const struct pt_replay *replay, struct pt_err *err)
{
    struct merge m = {.store = store, .replay = replay};
    int rc = pt_store_each_series(store, replay->selector, add_lane, &m, err);
    if (rc == 0 && m.n) {
        m.heap = pt_mem_array(m.n, sizeof *m.heap);
        rc = run(&m, err);
    }
    for (size_t i = 0; i < m.n; i++)
        pt_column_release(&m.lanes[i].points);
    free(m.lanes);
    free(m.heap);
    return rc;
}
