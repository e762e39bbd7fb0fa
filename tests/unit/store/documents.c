/* documents.c - documents come back once, in order of time and then of arrival, sealed or not; a
 * commit that fails leaves nothing; blocks survive damage to their bytes by refusal. */
#include "store/document.h"

#include "../test.h"
#include "store/gather.h"
#include "store/keep.h"
#include "store/lineage.h"
#include "store/write.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t seed = 9;

static bool ok(int rc, const struct pt_err *err)
{
    if (CHECK(rc >= 0))
        return true;
    printf("#   %s\n", err->what);
    return false;
}

enum { DOCUMENTS = 5000, TYPES = 3, TRACES = 7 };

/* The model: documents in order of arrival. */
static struct {
    int64_t ts;
    int type, trace; /* trace 0: none */
} model[DOCUMENTS];
static int arrived;

static struct pt_store *store;
static struct pt_writer *writer;
static struct pt_commit commit;

static void open_store(void)
{
    struct pt_err err = {0};
    unlink("doc.db");
    unlink("doc.db-wal");
    unlink("doc.db-shm");
    ok(pt_store_open(&store, "doc.db", PT_STORE_CREATE, &err), &err);
    writer = pt_writer_new(store);
    commit =
        (struct pt_commit){.command = "test", .kind = "stream", .name = "test", .format = "jsonl"};
    arrived = 0;
}

static void close_store(void)
{
    pt_writer_free(writer);
    pt_store_close(store);
}

static void add_document(void)
{
    static const char *const TYPE[TYPES] = {"event", "span", "trade"};
    struct pt_buf body = {0};
    struct pt_err err = {0};
    char trace[16] = "", name[16];
    int i = arrived++;
    struct pt_record r = {0};
    model[i].ts = (int64_t)(test_random(&seed) % 500) * PT_S - 100 * PT_S;
    model[i].type = (int)(test_random(&seed) % TYPES);
    model[i].trace = (int)(test_random(&seed) % TRACES);
    if (model[i].trace)
        snprintf(trace, sizeof trace, "t%d", model[i].trace);
    snprintf(name, sizeof name, "n%d", i % 10);
    pt_buf_printf(&body, "{\"number\":%d,\"tags\":{\"odd\":\"%d\"}}", i, i % 2);
    r = (struct pt_record){.ts = model[i].ts,
                           .type = pt_str(TYPE[model[i].type]),
                           .name = pt_str(name),
                           .trace = pt_str(trace),
                           .body = pt_buf_view(&body)};
    ok(pt_writer_add(writer, &r, &err), &err);
    pt_buf_release(&body);
}

static void commit_all(void)
{
    struct pt_err err = {0};
    commit.batch.stop++;
    ok(pt_writer_commit(writer, &commit, &err), &err);
    commit.batch.start = commit.batch.stop;
    commit.batch.id = 0;
}

struct reading {
    int numbers[DOCUMENTS], n;
};

static int take(void *ctx, const struct pt_store_document *d)
{
    struct reading *r = ctx;
    r->numbers[r->n++] = atoi(d->body.p + strlen("{\"number\":"));
    return 0;
}

static bool before(int a, int b)
{
    return model[a].ts != model[b].ts ? model[a].ts < model[b].ts : a < b;
}

/* Exactly the documents for which `wanted` holds, each once, in order. */
static void check_walk(const struct pt_store_filter *filter, bool (*wanted)(int i))
{
    static struct reading r;
    struct pt_err err = {0};
    int want = 0;
    r.n = 0;
    ok(pt_store_each_document(store, filter, take, &r, &err), &err);
    for (int i = 0; i < arrived; i++)
        want += wanted(i) && model[i].ts >= filter->since && model[i].ts < filter->until;
    CHECK_INT(r.n, want);
    for (int i = 0; i < r.n; i++)
        if (!CHECK(wanted(r.numbers[i])) ||
            !CHECK(i == 0 || before(r.numbers[i - 1], r.numbers[i])))
            return;
}

/* The earliest and the latest are the ends of the whole. */
static void check_ends(const struct pt_store_filter *filter)
{
    static struct reading r;
    struct pt_err err = {0};
    r.n = 0;
    ok(pt_store_each_document(store, filter, take, &r, &err), &err);
    for (int k = 0; k < 6; k++) {
        struct pt_gather g = {.most = 1 + test_random(&seed) % 400, .newest = k % 2};
        size_t n = g.most < (size_t)r.n ? g.most : (size_t)r.n;
        size_t skip = g.newest ? (size_t)r.n - n : 0;
        ok(pt_store_gather(store, filter, &g, &err), &err);
        if (CHECK_INT((int64_t)g.n, (int64_t)n))
            for (size_t i = 0; i < n; i++)
                if (!CHECK_INT(atoi(g.v[i].body.p + strlen("{\"number\":")), r.numbers[skip + i]))
                    break;
        pt_gather_release(&g);
    }
}

static bool any(int i)
{
    return i >= 0;
}

static bool is_span(int i)
{
    return model[i].type == 1;
}

static bool has_trace(int i)
{
    return model[i].trace == 3;
}

static bool is_span_with_trace(int i)
{
    return is_span(i) && has_trace(i);
}

static bool is_span_or_event(int i)
{
    return model[i].type <= 1;
}

static bool is_either_with_trace(int i)
{
    return is_span_or_event(i) && has_trace(i);
}

static bool is_odd_four_to_six(int i)
{
    return i % 2 && i % 10 >= 4 && i % 10 <= 6;
}

static void check_store(void)
{
    static const char *const TYPES_ASKED[] = {"span", "nosuch", "event"};
    struct pt_store_filter all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX}, f = all;
    struct pt_verify_result v;
    struct pt_err err = {0};
    struct pt_selector *selector = NULL;
    check_walk(&all, any);
    f.type = "span";
    check_walk(&f, is_span);
    f.trace = "t3";
    check_walk(&f, is_span_with_trace);
    f.type = NULL;
    check_walk(&f, has_trace);
    check_ends(&f);
    f.types = TYPES_ASKED;
    f.ntypes = 3;
    check_walk(&f, is_either_with_trace);
    f.trace = NULL;
    check_walk(&f, is_span_or_event);
    check_ends(&f);
    check_ends(&all);
    f = all;
    f.type = "trade";
    check_ends(&f);
    f = all;
    f.since = (int64_t)(test_random(&seed) % 500) * PT_S - 100 * PT_S;
    f.until = f.since + 50 * PT_S;
    check_walk(&f, any);
    ok(pt_selector_parse("n[4-6]{odd=\"1\"}", &selector, &err), &err);
    all.selector = selector;
    check_walk(&all, is_odd_four_to_six);
    pt_selector_free(selector);
    CHECK(pt_store_verify(store, NULL, NULL, &v, &err) == 0 && v.problems == 0);
    CHECK_INT((int64_t)v.documents, arrived);
}

static void once_and_in_order(void)
{
    open_store();
    for (int round = 0; round < 8; round++) {
        struct pt_seal_result sealed;
        struct pt_err err = {0};
        int n = 1 + (int)(test_random(&seed) % 600);
        for (int i = 0; i < n && arrived < DOCUMENTS; i++) {
            add_document();
            if (i % 100 == 99)
                commit_all();
        }
        commit_all();
        if (round % 2) {
            check_store();
            ok(pt_store_seal(store, NULL, &sealed, &err), &err);
            CHECK(sealed.documents >= (uint64_t)n && sealed.blocks >= TYPES);
        }
        check_store();
    }
    close_store();
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    CHECK(sqlite3_open("doc.db", &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

/* The documents come last in a commit: all before them must go with them. */
static void failed_commit(void)
{
    struct pt_store_stats stats;
    struct pt_err err = {0};
    struct pt_record point = {
        .metric = true, .ts = 1, .name = PT_STR("a"), .value = pt_num_real(1)};
    open_store();
    run_sql("CREATE TRIGGER refuse BEFORE INSERT ON document BEGIN SELECT raise(ABORT, 'no'); END");
    ok(pt_writer_add(writer, &point, &err), &err);
    pt_writer_reject(writer, &(struct pt_reject){.line = 1, .ts = PT_TIME_MIN, .reason = "reason",
                                                 .raw = PT_STR("raw")});
    add_document();
    commit.batch.stop = 10;
    CHECK(pt_writer_commit(writer, &commit, &err) == -1 && err.code == PT_SYSTEM);
    CHECK(commit.batch.source == 0 && commit.batch.id == 0 && commit.run == 0);
    err = (struct pt_err){0};
    ok(pt_store_totals(store, &stats, &err), &err);
    CHECK(!stats.points && !stats.documents && !stats.rejects && !stats.series && !stats.batches);
    pt_writer_free(writer);
    run_sql("DROP TRIGGER refuse");
    writer = pt_writer_new(store);
    arrived = 0;
    add_document();
    commit_all();
    check_store();
    close_store();
}

/* Two programs that store the same at the same time: the second finds the mark that it had
 * missed. */
static void one_reader_a_source(void)
{
    struct pt_err err = {0};
    struct pt_store *other;
    struct pt_writer *late;
    struct pt_commit again = {
        .command = "test", .kind = "file", .name = "/same", .format = "jsonl",
        .missed = 7};
    struct pt_record point = {
        .metric = true, .ts = 1, .name = PT_STR("a"), .value = pt_num_real(1)};
    const struct pt_mark mark = {.hash = 7};
    struct pt_mark found;
    open_store();
    ok(pt_store_open(&other, "doc.db", PT_STORE_WRITE, &err), &err);
    late = pt_writer_new(other);
    commit.kind = "file";
    commit.name = "/same";
    commit.marks = &mark;
    commit.nmarks = 1;
    commit.last = mark.hash;
    add_document();
    commit.batch.stop = 10;
    ok(pt_writer_commit(writer, &commit, &err), &err);
    CHECK(pt_lineage_mark(store, 7, &found, &err) == 1 && found.source == 1);
    CHECK(pt_lineage_mark(store, 8, &found, &err) == 0);
    again.batch.stop = 10;
    ok(pt_writer_add(late, &point, &err), &err);
    CHECK(pt_writer_commit(late, &again, &err) == -1 && err.code == PT_SYSTEM);
    CHECK(again.met && again.batch.source == 0);
    CHECK(strncmp(err.what, "/same: another program is reading the same", 42) == 0);
    pt_writer_free(late);
    pt_store_close(other);
    add_document(); /* the one that was first goes on in its batch */
    commit.batch.stop = 20;
    err = (struct pt_err){0};
    ok(pt_writer_commit(writer, &commit, &err), &err);
    check_store();
    close_store();
}

static int count(void *ctx, const struct pt_document *doc)
{
    int *n = ctx;
    *n += doc->d.body.n > 0;
    return 0;
}

static void damaged_blocks(void)
{
    enum { N = 50 };
    struct pt_document docs[N];
    struct pt_buf bytes = {0};
    struct pt_arena arena = {0};
    struct pt_block b = {.n = N, .type = PT_STR("event")};
    struct pt_err err = {0};
    int n = 0;
    for (int i = 0; i < N; i++)
        docs[i] = (struct pt_document){
            i * 3, {.ts = i % 2 ? INT64_MAX - i : INT64_MIN + i, .body = PT_STR("{\"a\":1}")}};
    pt_block_encode(docs, N, &bytes);
    for (size_t cut = 0; cut <= bytes.n; cut++) {
        char *copy = malloc(cut ? cut : 1);
        memcpy(copy, bytes.p, cut);
        b.bytes = (struct pt_str){copy, cut};
        n = 0;
        CHECK((pt_block_decode(&b, &arena, count, &n, &err) == 0) == (cut == bytes.n));
        free(copy);
    }
    CHECK_INT(n, N);
    b.n = N + 1; /* the row promises one more */
    b.bytes = pt_buf_view(&bytes);
    CHECK(pt_block_decode(&b, &arena, count, &n, &err) == -1);
    pt_arena_release(&arena);
    pt_buf_release(&bytes);
}

TEST_MAIN({"once and in order", once_and_in_order}, {"failed commit", failed_commit},
          {"one reader a source", one_reader_a_source}, {"damaged blocks", damaged_blocks})
