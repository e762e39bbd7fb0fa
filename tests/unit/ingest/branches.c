/* branches.c - inputs that begin alike and go on differently, fed in any order, cut and again, as
 * files and as streams: every line that was ever fed is stored exactly once. */
#include "ingest/ingest.h"

#include "../test.h"
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { INPUTS = 12, LINES = 1200, IDS = 20000, ALL = 1000000 };

/* An input is a path in the tree of all inputs: each line has an id of its own, which those that
 * are alike up to there share. */
struct input {
    int ids[LINES];
    int n;
};

static struct input inputs[INPUTS];
static int ids;
static struct pt_store *store;
static uint64_t seed;

static uint64_t below(uint64_t n)
{
    return test_random(&seed) % n;
}

static void open_store(void)
{
    struct pt_err err = {0};
    unlink("branches.db");
    unlink("branches.db-wal");
    unlink("branches.db-shm");
    ids = 0;
    memset(inputs, 0, sizeof inputs);
    CHECK(pt_store_open(&store, "branches.db", PT_STORE_CREATE, &err) == 0);
}

static void add_line(struct pt_buf *b, int id)
{
    static const char DOTS[] =
        "...........................................................................";
    if (id % 3 == 0)
        pt_buf_printf(b, "{\"ts\":%d,\"name\":\"m%d\",\"value\":%d}\n", id + 1, id % 7, id);
    pt_buf_printf(b, "{\"type\":\"e\",\"ts\":%d,\"name\":\"%d\",\"x\":\"%.*s\"}\n", id / 4 + 1, id,
                  (id * 7919) % 75, DOTS);
}

static unsigned lines_left;

static bool stopping(void)
{
    return lines_left == 0 || --lines_left == 0;
}

/* Feeds the first n lines and `part` bytes of the next. */
static void feed(struct input *in, int n, size_t part, bool stream, unsigned stop)
{
    struct pt_ingest_options options = {.command = "test", .stopping = stopping};
    struct pt_ingest_result result;
    struct pt_err err = {0};
    struct pt_buf b = {0};
    gzFile f = gzopen("feed", stream ? "wb1" : "wbT");
    size_t whole;
    for (int i = 0; i < n; i++)
        add_line(&b, in->ids[i]);
    whole = b.n;
    if (n < in->n)
        add_line(&b, in->ids[n]);
    if (whole + part < b.n)
        b.n = whole + part;
    CHECK(gzwrite(f, b.p, (unsigned)b.n) == (int)b.n);
    gzclose(f);
    pt_buf_release(&b);
    lines_left = stop;
    if (!CHECK(pt_ingest(store, "feed", &options, &result, &err) == 0))
        printf("#   %s\n", err.what);
}

static void grow(struct input *in, int n)
{
    for (; n && in->n < LINES; n--)
        in->ids[in->n++] = ids++;
}

static int take(void *ctx, const struct pt_store_document *d)
{
    ((unsigned char *)ctx)[atoi(d->name.p)]++;
    return 0;
}

static void check_once(void)
{
    static unsigned char count[IDS];
    struct pt_store_filter all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_err err = {0};
    memset(count, 0, sizeof count);
    CHECK(pt_store_each_document(store, &all, take, count, &err) == 0);
    for (int i = 0; i < ids; i++)
        if (!CHECK_INT(count[i], 1)) {
            printf("#   line %d\n", i);
            break;
        }
}

/* One of the others from its start, up to anywhere, and then something new. */
static void branch(int i)
{
    struct input *in = &inputs[i], *from = &inputs[below((uint64_t)i)];
    int shared = (int)below((uint64_t)from->n + 1);
    memcpy(in->ids, from->ids, (size_t)shared * sizeof *in->ids);
    in->n = shared;
    grow(in, (int)below(below(2) ? 20 : 400));
}

static void any_order(void)
{
    for (int round = 0; round < 6; round++) {
        seed = (uint64_t)round;
        open_store();
        grow(&inputs[0], 1 + (int)below(LINES));
        for (int i = 1; i < INPUTS; i++)
            branch(i);
        for (int i = 0; i < 40; i++) {
            struct input *in = &inputs[below(INPUTS)];
            if (below(4) == 0)
                grow(in, (int)below(50));
            feed(in, (int)below((uint64_t)in->n + 1), below(2) ? 0 : below(200), below(2),
                 below(4) ? ALL : 1 + (unsigned)below(LINES));
        }
        for (int i = 0; i < INPUTS; i++)
            feed(&inputs[i], inputs[i].n, 0, below(2), ALL);
        check_once();
        pt_store_close(store);
    }
}

/* Many inputs with one first line. */
static void same_head(void)
{
    open_store();
    inputs[0].ids[0] = ids++;
    for (int i = 1; i < 200; i++) {
        inputs[0].n = 1;
        grow(&inputs[0], 3);
        feed(&inputs[0], 4, 0, i % 2, ALL);
    }
    check_once();
    pt_store_close(store);
}

TEST_MAIN({"any order", any_order}, {"same head", same_head})
