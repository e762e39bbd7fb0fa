/* drive.h - commits of known content, and whether a store holds exactly some of them.
 *
 * Commit k (from 0) brings points of three series, enough of one for chunks and few of another for
 * the tail, two documents and a reject, and moves its source's position from k to k + 1. */
#ifndef PT_UNIT_DRIVE_H
#define PT_UNIT_DRIVE_H

#include "../test.h"
#include "store/keep.h"
#include "store/lineage.h"
#include "store/write.h"

#include <stdlib.h>
#include <unistd.h>

enum { DRIVE_POINTS = 80 + 30 + 5, DRIVE_DOCUMENTS = 2 };

struct drive {
    struct pt_store *store;
    struct pt_writer *writer;
    struct pt_commit commit;
};

static inline void drive_remove(const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static inline int drive_open(struct drive *d, const char *path, const char *source,
                             struct pt_err *err)
{
    *d = (struct drive){.commit = {.command = "test", .kind = "stream", .name = source,
                                   .format = "jsonl"}};
    if (pt_store_open(&d->store, path, PT_STORE_CREATE, err) != 0)
        return -1;
    d->writer = pt_writer_new(d->store);
    return 0;
}

static inline void drive_close(struct drive *d)
{
    pt_writer_free(d->writer);
    pt_store_close(d->store);
    *d = (struct drive){0};
}

static inline int drive_points(struct drive *d, const char *name, int64_t k, int n,
                               struct pt_err *err)
{
    struct pt_record r = {.metric = true, .type = PT_STR("metric"), .name = pt_str(name)};
    for (int i = 0; i < n; i++) {
        r.ts = (k * n + i) * PT_S;
        r.value = pt_num_real((double)(r.ts / PT_S) / 3);
        if (pt_writer_add(d->writer, &r, err) != 0)
            return -1;
    }
    return 0;
}

static inline int drive_commit(struct drive *d, int64_t k, struct pt_err *err)
{
    struct pt_record r = {.type = PT_STR("event"), .name = PT_STR("e"), .trace = PT_STR("t")};
    if (drive_points(d, "many", k, 80, err) != 0 || drive_points(d, "some", k, 30, err) != 0 ||
        drive_points(d, "few", k, 5, err) != 0)
        return -1;
    for (int i = 0; i < DRIVE_DOCUMENTS; i++) {
        char body[400];
        r.ts = k * PT_S + i;
        snprintf(body, sizeof body, "{\"type\":\"event\",\"ts\":%" PRId64 ",\"pad\":\"%0300d\"}",
                 r.ts, i);
        r.body = pt_str(body);
        if (pt_writer_add(d->writer, &r, err) != 0)
            return -1;
    }
    pt_writer_reject(d->writer, &(struct pt_reject){.line = (uint64_t)k,
                                                    .offset = (uint64_t)k,
                                                    .reason = "no reason",
                                                    .ts = k * PT_S,
                                                    .raw = PT_STR("raw")});
    d->commit.batch.id = 0;
    d->commit.batch.start = (uint64_t)k;
    d->commit.batch.stop = (uint64_t)k + 1;
    return pt_writer_commit(d->writer, &d->commit, err);
}

static inline void drive_problem(void *ctx, const char *text)
{
    unsigned *n = ctx;
    if ((*n)++ < 5)
        printf("#   %s\n", text);
}

/* How many commits the store holds; -1 when it is not sound, or holds parts. */
static inline int64_t drive_check(const char *path)
{
    struct pt_store *s;
    struct pt_err err = {0};
    struct pt_store_stats t = {0};
    struct pt_verify_result v = {0};
    unsigned problems = 0;
    int64_t n = -1;
    if (pt_store_open(&s, path, PT_STORE_WRITE, &err) == 0) {
        if (pt_store_verify(s, drive_problem, &problems, &v, &err) == 0 && !problems &&
            pt_store_totals(s, &t, &err) == 0 && t.points == t.batches * DRIVE_POINTS &&
            t.documents == t.batches * DRIVE_DOCUMENTS && t.rejects == t.batches)
            n = (int64_t)t.batches;
        pt_store_close(s);
    }
    if (n < 0)
        printf("#   %s; %" PRIu64 " points, %" PRIu64 " documents, %" PRIu64 " batches\n",
               err.what, t.points, t.documents, t.batches);
    return n;
}

#endif
