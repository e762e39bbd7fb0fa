/* points.c - what was written is what is read, whatever the order, the commits, the programs beside
 * and the sealing: random operations against a model that is a table of values by time. */
#include "store/store.h"

#include "../test.h"
#include "base/buf.h"
#include "store/keep.h"
#include "store/lineage.h"
#include "store/write.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SERIES = 4, /* the first two hold small integers, the others anything */
    TIMES = 6000,
    WRITERS = 2,
    PENDING_MOST = 20000
};
static const int64_t BEGIN = -3000 * PT_S; /* some of it before 1970 */

static uint64_t seed;

struct point {
    int series, at;
    struct pt_num value;
};

static struct {
    bool there[SERIES][TIMES];
    struct pt_num value[SERIES][TIMES];
} model;

struct hand { /* one program that writes */
    struct pt_store *store;
    struct pt_writer *writer;
    struct pt_commit commit;
    struct point pending[PENDING_MOST];
    size_t n;
};

static struct hand hands[WRITERS];

static int64_t time_of(int at)
{
    return BEGIN + at * PT_S;
}

static void remove_store(const char *path)
{
    char name[64];
    static const char *const ENDS[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static bool ok(int rc, const struct pt_err *err)
{
    if (CHECK(rc >= 0))
        return true;
    printf("#   %s\n", err->what);
    return false;
}

static void hand_open(struct hand *h, const char *path)
{
    struct pt_err err = {0};
    ok(pt_store_open(&h->store, path, PT_STORE_CREATE, &err), &err);
    h->writer = pt_writer_new(h->store);
    h->commit =
        (struct pt_commit){.command = "test", .kind = "stream", .name = "test", .format = "jsonl"};
    h->n = 0;
}

static void hand_close(struct hand *h)
{
    pt_writer_free(h->writer);
    pt_store_close(h->store);
}

static void hand_add(struct hand *h, int series, int at, struct pt_num value)
{
    static const char *const TAGS[] = {"", "{\"a\":\"1\",\"b\":\"2\"}",
                                       "{\"b\":\"2\", \"a\":\"1\"}"};
    struct pt_err err = {0};
    char name[8];
    struct pt_record r = {.metric = true, .type = PT_STR("metric"), .ts = time_of(at)};
    snprintf(name, sizeof name, "s%d", series);
    r.name = pt_str(name);
    r.tags = pt_str(series % 2 ? TAGS[1 + test_random(&seed) % 2] : TAGS[0]);
    r.value = value;
    ok(pt_writer_add(h->writer, &r, &err), &err);
    h->pending[h->n++] = (struct point){series, at, value};
}

/* The larger, of equal ones zero rather than negative zero, and an integer rather than its double. */
static bool prevails(struct pt_num a, struct pt_num b)
{
    int c = pt_num_cmp(a, b);
    return c ? c > 0 : (signbit(b.d) && !signbit(a.d)) || (a.wide && !b.wide);
}

static void hand_commit(struct hand *h)
{
    struct pt_err err = {0};
    h->commit.batch.stop += h->n + 1;
    if (!ok(pt_writer_commit(h->writer, &h->commit, &err), &err))
        return;
    h->commit.batch.start = h->commit.batch.stop;
    h->commit.batch.id = 0;
    for (size_t i = 0; i < h->n; i++) {
        struct point p = h->pending[i];
        struct pt_num *v = &model.value[p.series][p.at];
        if (!model.there[p.series][p.at] || prevails(p.value, *v))
            *v = p.value;
        model.there[p.series][p.at] = true;
    }
    h->n = 0;
}

/* --- reading --------------------------------------------------------------------------------- */

struct window {
    uint64_t n;
    double sum, min, max;
};

struct reading {
    struct pt_store *store;
    int series;
    int64_t since, until, length, origin;
    int next; /* model position behind the last point read */
    struct window windows[64];
    uint64_t summaries;
};

static void add_point(struct reading *r, int64_t ts, struct pt_num v)
{
    int at = (int)((ts - BEGIN) / PT_S);
    while (r->next < at && (time_of(r->next) < r->since || !model.there[r->series][r->next]))
        r->next++;
    CHECK(r->next == at && time_of(at) == ts && ts >= r->since && ts < r->until);
    CHECK(model.there[r->series][at] && pt_num_cmp(model.value[r->series][at], v) == 0);
    r->next = at + 1;
}

static void add_window(struct reading *r, int64_t ts, uint64_t n, double sum, double min,
                       double max)
{
    int64_t at = (ts - r->origin) / r->length;
    struct window *w = &r->windows[at];
    if (!CHECK(at >= 0 && at < 64))
        return;
    w->min = w->n && w->min < min ? w->min : min;
    w->max = w->n && w->max > max ? w->max : max;
    w->n += n;
    w->sum += sum;
}

static int each_run(void *ctx, const struct pt_store_run *run)
{
    struct reading *r = ctx;
    if (run->summary) {
        const struct pt_summary *s = run->summary;
        CHECK((s->t0 - r->origin) / r->length == (s->t1 - r->origin) / r->length);
        add_window(r, s->t0, s->n, s->sum.hi, s->min.d, s->max.d);
        r->summaries++;
        return 0;
    }
    CHECK(run->points->n > 0 && pt_column_ordered(run->points));
    for (size_t i = 0; i < run->points->n; i++) {
        struct pt_num v = pt_column_value(run->points, i);
        if (r->length)
            add_window(r, run->points->ts[i], 1, v.d, v.d, v.d);
        else
            add_point(r, run->points->ts[i], v);
    }
    return 0;
}

static int number_of(const struct pt_store_series *s)
{
    return s->name.n == 2 && s->name.p[0] == 's' ? s->name.p[1] - '0' : -1;
}

static int check_points(void *ctx, const struct pt_store_series *s)
{
    struct reading *r = ctx;
    struct pt_store_range range = {.since = r->since, .until = r->until};
    struct pt_err err = {0};
    r->series = number_of(s);
    CHECK_STR(s->tags, r->series % 2 ? "{\"a\":\"1\",\"b\":\"2\"}" : "{}");
    r->next = 0;
    ok(pt_store_each_run(r->store, s->id, &range, each_run, r, &err), &err);
    for (; r->next < TIMES; r->next++)
        if (!CHECK(!model.there[r->series][r->next] || time_of(r->next) < r->since ||
                   time_of(r->next) >= r->until))
            break;
    return 0;
}

static bool in_one_window(void *ctx, int64_t t0, int64_t t1)
{
    const struct reading *r = ctx;
    return (t0 - r->origin) / r->length == (t1 - r->origin) / r->length;
}

/* Windows from summaries where there are some, of the series that hold integers. */
static int check_windows(void *ctx, const struct pt_store_series *s)
{
    struct reading *r = ctx;
    struct pt_store_range range = {.since = PT_TIME_MIN,
                                   .until = PT_TIME_MAX,
                                   .summaries = true,
                                   .together = in_one_window,
                                   .together_ctx = r};
    struct window want[64] = {{0}};
    struct pt_err err = {0};
    r->series = number_of(s);
    if (r->series > 1)
        return 0;
    memset(r->windows, 0, sizeof r->windows);
    ok(pt_store_each_run(r->store, s->id, &range, each_run, r, &err), &err);
    for (int at = 0; at < TIMES; at++) {
        struct window *w = &want[(time_of(at) - r->origin) / r->length];
        double v = model.value[r->series][at].d;
        if (!model.there[r->series][at])
            continue;
        w->min = w->n && w->min < v ? w->min : v;
        w->max = w->n && w->max > v ? w->max : v;
        w->n++;
        w->sum += v;
    }
    for (int i = 0; i < 64; i++)
        CHECK(memcmp(&want[i], &r->windows[i], sizeof want[i]) == 0);
    return 0;
}

static int check_before(void *ctx, const struct pt_store_series *s)
{
    struct reading *r = ctx;
    for (int i = 0; i < 20; i++) {
        int at = (int)(test_random(&seed) % (TIMES + 2)) - 1, want = at - 1, rc;
        struct pt_num v = {0};
        struct pt_err err = {0};
        int64_t ts = 0;
        while (want >= 0 && !model.there[number_of(s)][want])
            want--;
        rc = pt_store_point_before(r->store, s->id, time_of(at), &ts, &v, &err);
        CHECK_INT(rc, want >= 0);
        if (want >= 0)
            CHECK(ts == time_of(want) && pt_num_cmp(v, model.value[number_of(s)][want]) == 0);
    }
    return 0;
}

static void on_problem(void *ctx, const char *text)
{
    (void)ctx;
    printf("#   %s\n", text);
}

static void check_store(struct pt_store *store)
{
    struct reading r = {.store = store, .since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_verify_result v;
    struct pt_err err = {0};
    ok(pt_store_each_series(store, NULL, check_points, &r, &err), &err);
    r.since = time_of((int)(test_random(&seed) % TIMES));
    r.until = r.since + (int64_t)(test_random(&seed) % TIMES) * PT_S;
    ok(pt_store_each_series(store, NULL, check_points, &r, &err), &err);
    r.length = (100 + (int64_t)(test_random(&seed) % 5000)) * PT_S;
    r.origin = BEGIN - (int64_t)(test_random(&seed) % 100) * PT_S;
    ok(pt_store_each_series(store, NULL, check_windows, &r, &err), &err);
    ok(pt_store_each_series(store, NULL, check_before, &r, &err), &err);
    CHECK(pt_store_verify(store, on_problem, NULL, &v, &err) == 0);
    CHECK_INT((int64_t)v.problems, 0);
}

/* --- operations ------------------------------------------------------------------------------ */

static struct pt_num some_value(int series)
{
    uint64_t r = test_random(&seed);
    if (series < 2)
        return pt_num_real((double)((int64_t)(r % 2001) - 1000));
    switch (r % 8) {
    case 0: return pt_num_int((int64_t)test_random(&seed));
    case 1: return pt_num_real(1e200);
    case 2: return pt_num_real(-0.5);
    default: return pt_num_real((double)(r >> 40) / 100);
    }
}

/* A run of points in order, backwards, or anywhere. */
static void add_some(struct hand *h)
{
    static int newest[SERIES];
    int series = (int)(test_random(&seed) % SERIES), how = (int)(test_random(&seed) % 6);
    int n = (int)(test_random(&seed) % (how == 0 ? 1500 : 120));
    int at = how < 3 ? newest[series] : (int)(test_random(&seed) % TIMES);
    for (int i = 0; i < n && h->n < PENDING_MOST; i++) {
        if (how == 5)
            at = (int)(test_random(&seed) % TIMES);
        else
            at += how == 4 ? -1 : 1 + (int)(test_random(&seed) % 2);
        at = (at + TIMES) % TIMES;
        hand_add(h, series, at, some_value(series));
    }
    newest[series] = at;
}

static void seal(struct pt_store *store)
{
    struct pt_seal_result r;
    struct pt_err err = {0};
    ok(pt_store_seal(store, NULL, &r, &err), &err);
    CHECK(r.chunks_after > 0);
}

static void random_operations(void)
{
    for (int round = 0; round < 3; round++) {
        seed = (uint64_t)round + 5;
        memset(&model, 0, sizeof model);
        remove_store("random.db");
        for (int i = 0; i < WRITERS; i++)
            hand_open(&hands[i], "random.db");
        for (int step = 0; step < 150; step++) {
            struct hand *h = &hands[test_random(&seed) % WRITERS];
            add_some(h);
            if (test_random(&seed) % 2)
                hand_commit(h);
            if (test_random(&seed) % 30 == 0)
                seal(hands[test_random(&seed) % WRITERS].store);
            if (test_random(&seed) % 10 == 0)
                check_store(hands[test_random(&seed) % WRITERS].store);
            if (test_random(&seed) % 40 == 0) {
                hand_commit(h);
                hand_close(h);
                hand_open(h, "random.db");
            }
        }
        for (int i = 0; i < WRITERS; i++)
            hand_commit(&hands[i]);
        check_store(hands[0].store);
        seal(hands[1].store);
        check_store(hands[0].store);
        for (int i = 0; i < WRITERS; i++)
            hand_close(&hands[i]);
    }
}

/* --- particular cases ------------------------------------------------------------------------ */

static void begin_case(void)
{
    seed = 1;
    memset(&model, 0, sizeof model);
    remove_store("case.db");
    for (int i = 0; i < WRITERS; i++)
        hand_open(&hands[i], "case.db");
}

static void end_case(void)
{
    check_store(hands[0].store);
    check_store(hands[1].store);
    for (int i = 0; i < WRITERS; i++)
        hand_close(&hands[i]);
}

static void add_range(struct hand *h, int series, int begin, int end)
{
    for (int at = begin; at < end; at++)
        hand_add(h, series, at, some_value(series));
}

/* What one program knows of a series becomes stale when another seals, also while the first one
 * commits other series in between. */
static void stale_facts(void)
{
    begin_case();
    add_range(&hands[0], 0, 100, 110);
    hand_commit(&hands[0]);
    add_range(&hands[1], 0, 200, 400);
    hand_commit(&hands[1]);
    add_range(&hands[0], 1, 0, 10);
    hand_commit(&hands[0]);
    add_range(&hands[0], 0, 150, 155);
    hand_commit(&hands[0]);
    end_case();
}

/* Chunks that were encoded before the commit, while another program filled their place. */
static void encoded_too_early(void)
{
    begin_case();
    add_range(&hands[0], 0, 0, 3000);
    add_range(&hands[1], 0, 1500, 2100);
    hand_commit(&hands[1]);
    hand_commit(&hands[0]);
    end_case();
}

static void discarding(void)
{
    begin_case();
    add_range(&hands[0], 0, 0, 2500);
    add_range(&hands[0], 2, 0, 30);
    pt_writer_discard(hands[0].writer);
    CHECK(!pt_writer_pending(hands[0].writer));
    CHECK(pt_writer_receipt(hands[0].writer)->read == 0);
    hands[0].n = 0;
    add_range(&hands[0], 0, 1000, 1040);
    hand_commit(&hands[0]);
    CHECK_INT((int64_t)pt_writer_receipt(hands[0].writer)->points, 40);
    end_case();
}

static void receipts(void)
{
    const struct pt_receipt *r;
    begin_case();
    r = pt_writer_receipt(hands[0].writer);
    add_range(&hands[0], 0, 0, 100);
    add_range(&hands[0], 1, 50, 60);
    hand_commit(&hands[0]);
    CHECK(r->read == 110 && r->points == 110 && r->series == 2 && !r->late && !r->duplicates);
    add_range(&hands[0], 0, 90, 110); /* ten again, ten new */
    add_range(&hands[0], 1, 0, 5);    /* five late */
    hand_commit(&hands[0]);
    CHECK_INT((int64_t)r->read, 135);
    CHECK_INT((int64_t)r->points, 125);
    CHECK_INT((int64_t)r->duplicates, 10);
    CHECK_INT((int64_t)r->late, 9 + 5); /* at 99 it is not earlier than the newest */
    CHECK_INT((int64_t)r->series, 2);
    end_case();
}

/* PT_TIME_MIN and PT_TIME_MAX mean "none"; their neighbours are times like any other. */
static void ends_of_time(void)
{
    static const struct {
        int64_t ts;
        bool good;
    } ROWS[] = {
        {INT64_MIN, false}, {INT64_MIN + 1, true}, {INT64_MAX - 1, true}, {INT64_MAX, false}};
    struct pt_store_stats stats;
    struct pt_verify_result v;
    struct pt_err err = {0};
    begin_case();
    for (size_t i = 0; i < 4; i++) {
        struct pt_record r = {
            .metric = true, .ts = ROWS[i].ts, .name = PT_STR("edge"), .value = pt_num_real(1)};
        err = (struct pt_err){0};
        CHECK((pt_writer_add(hands[0].writer, &r, &err) == 0) == ROWS[i].good);
        CHECK(ROWS[i].good || err.code == PT_DATA);
    }
    hand_commit(&hands[0]);
    seal(hands[0].store);
    CHECK(pt_store_totals(hands[1].store, &stats, &err) == 0);
    CHECK(stats.points == 2 && stats.first == INT64_MIN + 1 && stats.last == INT64_MAX - 1);
    CHECK(pt_store_verify(hands[1].store, on_problem, NULL, &v, &err) == 0 && v.problems == 0);
    for (int i = 0; i < WRITERS; i++)
        hand_close(&hands[i]);
}

/* --- units and kinds ------------------------------------------------------------------------- */

static void add_described(struct hand *h, int64_t ts, const char *unit, enum pt_kind kind)
{
    struct pt_err err = {0};
    struct pt_record r = {.metric = true,
                          .ts = ts,
                          .name = PT_STR("s0"),
                          .unit = pt_str(unit),
                          .kind = kind,
                          .value = pt_num_real(1)};
    ok(pt_writer_add(h->writer, &r, &err), &err);
}

static int check_description(void *ctx, const struct pt_store_series *s)
{
    (void)ctx;
    CHECK_STR(s->unit, "ms");
    CHECK_INT(s->kind, PT_KIND_COUNTER);
    return 0;
}

/* The first to be committed stays, and what one program leaves out another may add. */
static void descriptions(void)
{
    struct pt_err err = {0};
    begin_case();
    add_described(&hands[0], 1, "seconds", PT_KIND_NONE);
    add_described(&hands[1], 2, "ms", PT_KIND_NONE);
    hand_commit(&hands[1]);
    hand_commit(&hands[0]);
    add_described(&hands[0], 3, NULL, PT_KIND_COUNTER);
    hand_commit(&hands[0]);
    add_described(&hands[1], 4, "s", PT_KIND_GAUGE);
    hand_commit(&hands[1]);
    ok(pt_store_each_series(hands[0].store, NULL, check_description, NULL, &err), &err);
    for (int i = 0; i < WRITERS; i++)
        hand_close(&hands[i]);
}

static int see_value(void *ctx, const struct pt_store_run *run)
{
    CHECK_INT((int64_t)run->points->n, 1);
    *(struct pt_num *)ctx = pt_column_value(run->points, 0);
    return 0;
}

static int see_series(void *ctx, const struct pt_store_series *s)
{
    struct reading *r = ctx;
    const struct pt_store_range all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_num got = {0};
    struct pt_err err = {0};
    ok(pt_store_each_run(r->store, s->id, &all, see_value, &got, &err), &err);
    CHECK(!signbit(got.d) && (got.d == 0 || got.wide));
    return 0;
}

/* Of points that are equal as numbers the same one stays, whichever came first, also in the tail. */
static void equals_in_the_tail(void)
{
    static const int64_t WIDE = INT64_C(1) << 60;
    struct reading r = {0};
    struct pt_err err = {0};
    begin_case();
    hand_add(&hands[0], 0, 5, pt_num_real(0.0));
    hand_add(&hands[0], 1, 5, pt_num_real(-0.0));
    hand_add(&hands[0], 2, 5, pt_num_int(WIDE));
    hand_add(&hands[0], 3, 5, pt_num_real((double)WIDE));
    hand_commit(&hands[0]);
    hand_add(&hands[0], 0, 5, pt_num_real(-0.0));
    hand_add(&hands[0], 1, 5, pt_num_real(0.0));
    hand_add(&hands[0], 2, 5, pt_num_real((double)WIDE));
    hand_add(&hands[0], 3, 5, pt_num_int(WIDE));
    hand_commit(&hands[0]);
    r.store = hands[0].store;
    ok(pt_store_each_series(r.store, NULL, see_series, &r, &err), &err);
    end_case();
}

static int64_t ask(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    int64_t got = -1;
    if (CHECK(sqlite3_open("case.db", &db) == SQLITE_OK) &&
        CHECK(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) &&
        CHECK(sqlite3_step(stmt) == SQLITE_ROW))
        got = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return got;
}

/* A commit that goes on in an old batch takes in what newer ones of another program stored. */
static void batches_of_chunks(void)
{
    static const char LAST[] = "SELECT max(batch1) - max(id) FROM batch, chunk";
    begin_case();
    add_range(&hands[0], 0, 0, 100);
    hand_commit(&hands[0]);
    hands[0].commit.batch.id = 1;
    hands[0].commit.batch.start = 0;
    add_range(&hands[1], 0, 100, 200);
    hand_commit(&hands[1]);
    CHECK_INT(ask(LAST), 0);
    add_range(&hands[0], 0, 200, 300); /* takes in the chunk */
    hand_commit(&hands[0]);
    CHECK_INT(ask("SELECT count(*) FROM chunk"), 1);
    CHECK_INT(ask(LAST), 0);
    hands[0].commit.batch.id = 1;
    hands[0].commit.batch.start = 0;
    add_range(&hands[1], 0, 300, 340); /* a tail */
    hand_commit(&hands[1]);
    add_range(&hands[0], 0, 340, 450); /* takes in both */
    hand_commit(&hands[0]);
    CHECK_INT(ask("SELECT count(*) FROM chunk"), 1);
    CHECK_INT(ask(LAST), 0);
    CHECK_INT(ask("SELECT min(batch0) FROM chunk"), 1);
    end_case();
}

/* Points that come twice do not make a tail long enough for a chunk, nor points of another batch. */
static void batches_of_tails(void)
{
    begin_case();
    add_range(&hands[0], 0, 0, 60);
    hand_commit(&hands[0]);
    for (int at = 57; at < 63; at++) /* less than what is there */
        hand_add(&hands[0], 0, at, pt_num_real(-5000));
    hand_commit(&hands[0]);
    CHECK_INT(ask("SELECT count(*) FROM tail"), 63);
    CHECK_INT(ask("SELECT count(*) FROM tail WHERE batch = 2"), 3);
    CHECK_INT((int64_t)pt_writer_receipt(hands[0].writer)->duplicates, 3);
    add_range(&hands[0], 0, 63, 64);
    hand_commit(&hands[0]);
    CHECK_INT(ask("SELECT n FROM chunk"), 64);
    end_case();
}

TEST_MAIN({"random operations", random_operations}, {"stale facts", stale_facts},
          {"encoded too early", encoded_too_early}, {"discarding", discarding},
          {"receipts", receipts}, {"ends of time", ends_of_time}, {"descriptions", descriptions},
          {"equals in the tail", equals_in_the_tail}, {"batches of chunks", batches_of_chunks},
          {"batches of tails", batches_of_tails})
