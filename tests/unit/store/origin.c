/* origin.c - the batches of a log, many of them, every other one of another type. */
#include "store/origin.h"

#include "../test.h"
#include "store/lineage.h"
#include "store/write.h"

#include <stdio.h>
#include <unistd.h>

enum { MESSAGES = 400, RUN = 3 }; /* RUN: every so many messages are of the type "b" */

static struct pt_store *store;

/* Message i is batch i + 1: a consumer starts anew for each. */
static void take(uint64_t i)
{
    struct pt_commit c = {.command = "consume", .kind = "log", .name = "orders/3",
                          .format = "jsonl"};
    struct pt_record r = {.ts = (int64_t)i, .type = pt_str(i % RUN ? "a" : "b"),
                          .body = PT_STR("{}")};
    struct pt_writer *w = pt_writer_new(store);
    struct pt_batch last = {0};
    struct pt_err err = {0};
    CHECK(pt_lineage_named(store, "log", "orders/3", &last, &err) >= 0);
    c.batch = (struct pt_batch){.source = last.source, .start = last.stop, .stop = i + 1,
                                .lines = i + 1};
    c.last_stop = last.stop;
    if (!CHECK(pt_writer_add(w, &r, &err) == 0 && pt_writer_commit(w, &c, &err) == 0))
        printf("#   %s\n", err.what);
    pt_writer_free(w);
}

static void open_store(void)
{
    struct pt_err err = {0};
    unlink("origin.db");
    unlink("origin.db-wal");
    unlink("origin.db-shm");
    if (!CHECK(pt_store_open(&store, "origin.db", PT_STORE_CREATE, &err) == 0))
        printf("#   %s\n", err.what);
}

struct seen {
    uint64_t n;
    int64_t last;  /* id of the batch before */
    uint64_t end;  /* stop here; 0: nowhere */
    int remainder; /* of the offset by RUN; -1: other than 0 */
};

static int see(void *ctx, const struct pt_origin *o)
{
    struct seen *s = ctx;
    CHECK(o->batch > s->last && o->exact && o->known);
    CHECK(pt_str_is(o->kind, "log") && pt_str_is(o->source, "orders/3"));
    CHECK_INT(o->start, o->batch - 1);
    CHECK_INT(o->stop, o->batch);
    CHECK_INT(o->documents, 1);
    CHECK(s->remainder < 0 ? o->start % RUN != 0 : o->start % RUN == (uint64_t)s->remainder);
    s->last = o->batch;
    return ++s->n == s->end ? 7 : 0;
}

static void offsets(void)
{
    struct pt_store_filter f = {.since = PT_TIME_MIN, .until = PT_TIME_MAX, .type = "b"};
    struct seen b = {0}, a = {.remainder = -1}, some = {.end = 5}, none = {0};
    struct pt_err err = {0};
    open_store();
    for (uint64_t i = 0; i < MESSAGES; i++)
        take(i);
    CHECK(pt_origin_each(store, &f, see, &b, &err) == 0);
    CHECK_INT(b.n, (MESSAGES + RUN - 1) / RUN);
    CHECK(pt_origin_each(store, &f, see, &some, &err) == 7);
    CHECK_INT(some.n, 5);
    f.type = "a";
    f.since = 100;
    f.until = 200;
    CHECK(pt_origin_each(store, &f, see, &a, &err) == 0);
    CHECK_INT(a.n, 67);
    CHECK_INT(a.last, 200);
    f.type = "metric";
    CHECK(pt_origin_each(store, &f, see, &none, &err) == 0);
    CHECK_INT(none.n, 0);
    pt_store_close(store);
}

TEST_MAIN({"offsets", offsets})
