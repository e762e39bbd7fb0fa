/* lineage.c - sources by name and by content; a log whose messages are delivered again and
 * again. */
#include "store/lineage.h"

#include "../test.h"
#include "store/write.h"

#include <stdio.h>
#include <unistd.h>

static struct pt_store *store;

static void open_store(void)
{
    struct pt_err err = {0};
    unlink("lineage.db");
    unlink("lineage.db-wal");
    unlink("lineage.db-shm");
    if (!CHECK(pt_store_open(&store, "lineage.db", PT_STORE_CREATE, &err) == 0))
        printf("#   %s\n", err.what);
}

/* A line ends in another stretch than it began in wherever a power of two or a whole grain lies
 * between, and nowhere else. */
static void stretches(void)
{
    CHECK(pt_lineage_stretch(0) == 0);
    for (uint64_t at = 0; at < PT_LINEAGE_FAR + 5 * PT_LINEAGE_WIDE; at++) {
        uint64_t next = at + 1;
        bool power = next >= 256 && (next & (next - 1)) == 0 && next <= PT_LINEAGE_GRAIN;
        uint64_t grain = next > PT_LINEAGE_FAR ? PT_LINEAGE_WIDE : PT_LINEAGE_GRAIN;
        bool passed = at == 0 || power || next % grain == 0;
        unsigned step = pt_lineage_stretch(next) - pt_lineage_stretch(at);
        if (!CHECK_INT(step, passed))
            break;
    }
}

/* --- a log ----------------------------------------------------------------------------------- */

enum { MESSAGES = 400 };

struct consumer {
    struct pt_writer *writer;
    struct pt_commit commit;
    uint64_t next; /* the offset to take */
};

/* Goes on where the store is, as after a start or when a partition is assigned. */
static void start(struct consumer *c)
{
    struct pt_err err = {0};
    struct pt_batch last = {0};
    c->writer = pt_writer_new(store);
    c->commit = (struct pt_commit){
        .command = "consume", .kind = "log", .name = "orders/3", .format = "jsonl"};
    CHECK(pt_lineage_named(store, "log", "orders/3", &last, &err) >= 0);
    c->commit.batch = (struct pt_batch){.source = last.source, .start = last.stop};
    c->commit.last_stop = c->next = last.stop;
}

/* A message as the broker delivers it: some come again. */
static void take(struct consumer *c, uint64_t offset)
{
    struct pt_record r = {.ts = (int64_t)offset, .type = PT_STR("e"), .body = PT_STR("{}")};
    struct pt_err err = {0};
    if (offset < c->next)
        return;
    CHECK(pt_writer_add(c->writer, &r, &err) == 0);
    c->next = offset + 1;
}

static int commit(struct consumer *c)
{
    struct pt_err err = {0};
    c->commit.batch.stop = c->commit.batch.lines = c->next;
    return pt_writer_commit(c->writer, &c->commit, &err);
}

struct seen {
    unsigned count[MESSAGES];
};

static int see(void *ctx, const struct pt_store_document *d)
{
    ((struct seen *)ctx)->count[d->ts]++;
    return 0;
}

static void check_log(void)
{
    struct pt_store_filter all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct seen seen = {{0}};
    struct pt_err err = {0};
    CHECK(pt_store_each_document(store, &all, see, &seen, &err) == 0);
    for (int i = 0; i < MESSAGES; i++)
        if (!CHECK_INT(seen.count[i], 1))
            break;
}

/* Consumers that die before or after a commit, and a broker that begins anywhere before the end. */
static void redelivered(void)
{
    uint64_t seed = 5;
    struct consumer c = {0};
    open_store();
    while (c.next < MESSAGES) {
        uint64_t from, end;
        start(&c);
        from = c.next - test_random(&seed) % (c.next + 1);
        end = c.next + 1 + test_random(&seed) % 40;
        for (uint64_t i = from; i < end && i < MESSAGES; i++)
            take(&c, i);
        if (test_random(&seed) % 2)
            CHECK(commit(&c) == 0);
        else
            c.next = 0;
        pt_writer_free(c.writer);
    }
    check_log();
    pt_store_close(store);
}

/* The partition moved to another consumer: the old one can commit no more. */
static void one_owner(void)
{
    struct consumer old, new, twin;
    struct pt_batch last;
    struct pt_err err = {0};
    open_store();
    start(&old);
    start(&twin); /* neither has stored anything yet */
    take(&old, 0);
    take(&twin, 0);
    CHECK(commit(&old) == 0);
    CHECK(commit(&twin) == -1);
    start(&new);
    for (uint64_t i = 0; i < MESSAGES; i++) {
        take(&old, i);
        take(&new, i);
    }
    CHECK(commit(&new) == 0);
    CHECK(commit(&old) == -1);
    check_log();
    CHECK(pt_lineage_named(store, "log", "orders/3", &last, &err) == 1);
    CHECK_INT((int64_t)last.stop, MESSAGES);
    CHECK(pt_lineage_named(store, "log", "orders/4", &last, &err) == 0);
    pt_writer_free(old.writer);
    pt_writer_free(new.writer);
    pt_writer_free(twin.writer);
    pt_store_close(store);
}

TEST_MAIN({"stretches", stretches}, {"redelivered", redelivered}, {"one owner", one_owner})
