/* resume.c - the same input again and again, cut anywhere: every line is stored exactly once. */
#include "ingest/ingest.h"

#include "../test.h"
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static uint64_t seed;

static struct pt_store *store;

static void open_store(void)
{
    struct pt_err err = {0};
    unlink("resume.db");
    unlink("resume.db-wal");
    unlink("resume.db-shm");
    if (!CHECK(pt_store_open(&store, "resume.db", PT_STORE_CREATE, &err) == 0))
        printf("#   %s\n", err.what);
}

/* Lines first..last, documents that hold their number; `mark` makes them different from others. */
static void add_lines(struct pt_buf *b, int first, int last, const char *mark)
{
    for (int i = first; i < last; i++)
        pt_buf_printf(b, "{\"type\":\"e\",\"ts\":%d,\"name\":\"%d%s\",\"x\":\"%.*s\"}\n", i, i,
                      mark, (i * 7919) % 300,
                      "....................................................................."
                      "....................................................................."
                      "....................................................................."
                      "....................................................................."
                      ".....................");
}

static unsigned lines_left;

static bool stopping(void)
{
    return lines_left == 0 || --lines_left == 0;
}

/* Feeds these bytes: as a file, or packed, which makes them a stream.  Stops after so many lines.
 */
static struct pt_ingest_result feed(const char *p, size_t n, bool stream, unsigned lines)
{
    struct pt_ingest_options options = {.commit = 0, .command = "test", .stopping = stopping};
    struct pt_ingest_result result;
    struct pt_err err = {0};
    gzFile f = gzopen("feed", stream ? "wb1" : "wbT");
    CHECK(f && gzwrite(f, p, (unsigned)n) == (int)n);
    gzclose(f);
    lines_left = lines;
    if (!CHECK(pt_ingest(store, "feed", &options, &result, &err) == 0))
        printf("#   %s\n", err.what);
    return result;
}

struct names {
    unsigned count[4000];
    unsigned others;
};

static int take(void *ctx, const struct pt_store_document *d)
{
    struct names *names = ctx;
    int i = atoi(d->name.p);
    if (memchr(d->name.p, 'x', d->name.n))
        names->others++;
    else
        names->count[i]++;
    return 0;
}

/* Lines 0..last of the unmarked kind are stored once each, and so many marked ones. */
static void check_once(int last, unsigned others)
{
    struct pt_store_filter all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct names names = {{0}, 0};
    struct pt_err err = {0};
    CHECK(pt_store_each_document(store, &all, take, &names, &err) == 0);
    for (int i = 0; i < 4000; i++)
        if (!CHECK_INT(names.count[i], i < last))
            break;
    CHECK_INT(names.others, others);
}

enum { LINES = 2000, ALL = 1000000 };

/* Each time a longer part of the same, cut at any byte, then the whole twice. */
static void longer_and_longer(bool stream)
{
    for (int round = 0; round < 40; round++) {
        struct pt_buf b = {0};
        size_t cut = 0;
        seed = (uint64_t)round;
        open_store();
        add_lines(&b, 0, LINES, "");
        while (cut < b.n) {
            cut += 1 + test_random(&seed) % (round % 3 ? b.n / 2 : 500);
            cut = cut < b.n && (round % 3 || cut < 20000) ? cut : b.n;
            feed(b.p, cut, stream, test_random(&seed) % 3 ? ALL : 50);
        }
        feed(b.p, b.n, stream, ALL);
        check_once(LINES, 0);
        CHECK_INT((int64_t)feed(b.p, b.n, stream, ALL).receipt.read, 0);
        check_once(LINES, 0);
        pt_store_close(store);
        pt_buf_release(&b);
    }
}

static void longer_streams(void)
{
    longer_and_longer(true);
}

static void longer_files(void)
{
    longer_and_longer(false);
}

/* Stopped after any number of lines and run again, until all is there. */
static void stopped_often(void)
{
    for (int stream = 0; stream < 2; stream++) {
        struct pt_buf b = {0};
        struct pt_ingest_result r;
        seed = 77;
        open_store();
        add_lines(&b, 0, LINES, "");
        do
            r = feed(b.p, b.n, stream, 1 + (unsigned)(test_random(&seed) % (2 * LINES)));
        while (r.receipt.read || r.skipped_lines < LINES);
        check_once(LINES, 0);
        pt_store_close(store);
        pt_buf_release(&b);
    }
}

/* Two streams that begin alike: what they share is stored once, and each is found again. */
static void diverging(void)
{
    struct pt_buf a = {0}, b = {0};
    open_store();
    add_lines(&a, 0, 500, "");
    feed(a.p, a.n, true, ALL);
    add_lines(&b, 0, 500, "");
    add_lines(&a, 500, 600, "");
    add_lines(&b, 500, 550, "x");
    feed(a.p, a.n, true, ALL);
    feed(b.p, b.n, true, ALL);
    check_once(600, 50);
    feed(a.p, a.n, true, ALL);
    feed(b.p, b.n, true, ALL);
    add_lines(&b, 550, 570, "x");
    feed(b.p, b.n, true, ALL);
    check_once(600, 70);
    pt_store_close(store);
    pt_buf_release(&a);
    pt_buf_release(&b);
}

/* A stream that goes on goes on in its source: no copies of what was before. */
static void one_source(void)
{
    struct pt_store_stats stats;
    struct pt_err err = {0};
    struct pt_buf b = {0};
    open_store();
    for (int i = 0; i < 30; i++) {
        add_lines(&b, i * 40, (i + 1) * 40, "");
        feed(b.p, b.n, true, ALL);
    }
    check_once(1200, 0);
    CHECK(pt_store_totals(store, &stats, &err) == 0);
    CHECK_INT((int64_t)stats.sources, 1);
    CHECK_INT((int64_t)stats.batches, 30);
    pt_store_close(store);
    pt_buf_release(&b);
}

/* The beginning of a stored stream is known to be stored, wherever it ends, and what departs from
 * it there is new. */
static void shorter(void)
{
    struct pt_buf a = {0}, b = {0};
    open_store();
    add_lines(&a, 0, 200, "");
    feed(a.p, a.n, true, ALL);
    for (int n = 1; n < 200; n += 1 + n / 16) {
        pt_buf_clear(&b);
        add_lines(&b, 0, n, "");
        CHECK_INT((int64_t)feed(b.p, b.n, true, ALL).receipt.read, 0);
    }
    for (unsigned n = 1; n < 200; n += 13)
        CHECK_INT((int64_t)feed(a.p, a.n, true, n).receipt.read, 0);
    check_once(200, 0);
    pt_buf_clear(&b);
    add_lines(&b, 0, 5, "");
    add_lines(&b, 5, 6, "x");
    CHECK_INT((int64_t)feed(b.p, b.n, true, ALL).receipt.read, 1); /* not the same after all */
    pt_store_close(store);
    pt_buf_release(&a);
    pt_buf_release(&b);
}

/* Only the first lines differ, or nothing but the lengths. */
static void strangers(void)
{
    struct pt_buf a = {0}, b = {0};
    open_store();
    add_lines(&a, 0, 100, "");
    add_lines(&b, 0, 1, "");
    add_lines(&b, 1, 100, "x");
    feed(a.p, a.n, true, ALL);
    feed(b.p, b.n, true, ALL);
    CHECK_INT((int64_t)feed(a.p, a.n, true, ALL).receipt.read, 0);
    CHECK_INT((int64_t)feed(b.p, b.n, true, ALL).receipt.read, 0);
    pt_store_close(store);
    pt_buf_release(&a);
    pt_buf_release(&b);
}

/* A file that was replaced is read anew; one that grew goes on, its cut last line included. */
static void files(void)
{
    struct pt_buf a = {0}, b = {0};
    open_store();
    add_lines(&a, 0, 300, "");
    CHECK_INT((int64_t)feed(a.p, a.n - 5, false, ALL).left_bytes > 0, 1);
    check_once(299, 0);
    add_lines(&a, 300, 310, "");
    feed(a.p, a.n, false, ALL);
    check_once(310, 0);
    add_lines(&b, 0, 400, "x"); /* longer, other bytes */
    feed(b.p, b.n, false, ALL);
    check_once(310, 400);
    add_lines(&b, 400, 410, "x");
    feed(b.p, b.n, false, ALL);
    check_once(310, 410);
    pt_buf_clear(&b);
    add_lines(&b, 0, 3, "x"); /* shorter: all of it is stored */
    feed(b.p, b.n, false, ALL);
    check_once(310, 410);
    pt_store_close(store);
    pt_buf_release(&a);
    pt_buf_release(&b);
}

TEST_MAIN({"longer streams", longer_streams}, {"longer files", longer_files},
          {"stopped often", stopped_often}, {"diverging", diverging}, {"one source", one_source},
          {"shorter", shorter}, {"strangers", strangers}, {"files", files})
