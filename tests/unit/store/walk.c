/* walk.c - walks over a series' runs: what is asked for, passed over, damaged and counted. */
#include "store/db.h"

#include "../test.h"
#include "base/time.h"
#include "store/store.h"

#include <unistd.h>

enum { CHUNKS = 5, POINTS = 300, TAIL = 7, ALL = CHUNKS * POINTS + TAIL };

static const char PATH[] = "walk.db";

static bool ok(int rc, const struct pt_err *err)
{
    if (CHECK(rc >= 0))
        return true;
    printf("#   %s\n", err->what);
    return false;
}

/* Values of chunk i lie in [100 i, 100 i + 99]; so do those of the tail, the chunk after the last.
 * Point k is at k seconds. */
static double value_of(int k)
{
    return 100 * (k / POINTS) + k * 37 % 100;
}

static void insert_tail(struct pt_store *s, int k)
{
    static const char SQL[] = "INSERT INTO tail(series, ts, value) VALUES(1, ?1, ?2)";
    struct pt_err err = {0};
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, &err);
    sqlite3_bind_int64(stmt, 1, k * PT_S);
    sqlite3_bind_double(stmt, 2, value_of(k));
    ok(pt_db_step(s, stmt, &err), &err);
}

static struct pt_store *make_store(bool tail)
{
    static const char *const NAMES[] = {"walk.db", "walk.db-wal", "walk.db-shm"};
    struct pt_column c = {0};
    struct pt_err err = {0};
    struct pt_store *s = NULL;
    for (int i = 0; i < 3; i++)
        unlink(NAMES[i]);
    ok(pt_store_open(&s, PATH, PT_STORE_CREATE, &err), &err);
    for (int k = 0; k < CHUNKS * POINTS; k++)
        pt_column_add(&c, k * PT_S, pt_num_real(value_of(k)));
    for (size_t i = 0; i < CHUNKS; i++)
        ok(pt_db_insert_chunk(s, 1, &c, i * POINTS, (i + 1) * POINTS, 1, 1, &err), &err);
    for (int k = CHUNKS * POINTS; tail && k < ALL; k++)
        insert_tail(s, k);
    pt_column_release(&c);
    return s;
}

struct got {
    struct pt_summary sum;
    struct pt_sketch *sketch; /* may be NULL */
    int runs, summaries, certain;
};

static int take(void *ctx, const struct pt_store_run *run)
{
    struct got *g = ctx;
    struct pt_summary piece =
        run->points ? pt_summary_of(run->points, 0, run->points->n) : *run->summary;
    pt_summary_append(&g->sum, &piece);
    if (g->sketch && run->sketch)
        pt_sketch_join(g->sketch, run->sketch);
    else if (g->sketch && run->points)
        pt_sketch_add(g->sketch, run->points->v, run->points->n);
    g->runs++;
    g->summaries += !run->points;
    g->certain += run->certain;
    return 0;
}

static struct got walk(struct pt_store *s, struct pt_store_range range, struct pt_sketch *sketch)
{
    struct got g = {.sketch = sketch};
    struct pt_err err = {0};
    ok(pt_store_each_run(s, 1, &range, take, &g, &err), &err);
    return g;
}

static const struct pt_store_range WHOLE = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};

static void as_much_as_is_asked(void)
{
    struct pt_store *s = make_store(true);
    struct pt_store_range range = WHOLE;
    struct got all = walk(s, range, NULL), g;
    range.summaries = true;
    for (int d = PT_STORE_ALL; d <= PT_STORE_SUM; d++) {
        range.detail = (enum pt_store_detail)d;
        g = walk(s, range, NULL);
        CHECK(g.summaries == CHUNKS && g.sum.n == ALL && g.sum.t0 == 0 &&
              g.sum.t1 == (ALL - 1) * PT_S);
        CHECK(d == PT_STORE_EXTENT || g.sum.first.d == value_of(0));
        CHECK(d == PT_STORE_EXTENT || d == PT_STORE_ENDS ||
              (g.sum.min.d == 0 && g.sum.max.d == all.sum.max.d && g.sum.sum.hi == all.sum.sum.hi));
        CHECK(d != PT_STORE_ALL || memcmp(&g.sum, &all.sum, sizeof g.sum) == 0);
        range.since = 10 * PT_S; /* cuts a chunk that was read with less than opening it needs */
        CHECK_INT((int64_t)walk(s, range, NULL).sum.n, ALL - 10);
        range.since = PT_TIME_MIN;
    }
    pt_store_close(s);
}

static void ends(bool tail, int last, int64_t since, int64_t until, int first)
{
    struct pt_store *s = make_store(tail);
    struct pt_store_effort effort = {0};
    struct pt_store_range range = {.since = since, .until = until, .summaries = true,
                                   .detail = PT_STORE_ENDS, .ends = true, .effort = &effort};
    struct got g = walk(s, range, NULL);
    CHECK(g.sum.t0 == first * PT_S && g.sum.first.d == value_of(first));
    CHECK(g.sum.t1 == last * PT_S && g.sum.last.d == value_of(last));
    CHECK(g.runs == 1 + (first / POINTS != last / POINTS) && effort.chunks <= 3);
    pt_store_close(s);
}

static void ends_only(void)
{
    const int64_t sealed = CHUNKS * POINTS * PT_S;
    ends(true, ALL - 1, PT_TIME_MIN, PT_TIME_MAX, 0);
    ends(false, CHUNKS * POINTS - 1, PT_TIME_MIN, PT_TIME_MAX, 0);
    ends(true, CHUNKS * POINTS - 1, 0, sealed, 0);
    ends(true, 899, 301 * PT_S, 900 * PT_S, 301);
    ends(true, 900, 301 * PT_S, 901 * PT_S, 301);
    ends(true, 350, 310 * PT_S, 351 * PT_S, 310); /* one chunk, once */
    ends(true, ALL - 2, sealed, (ALL - 1) * PT_S, CHUNKS * POINTS);
}

static enum pt_store_verdict between(void *ctx, double min, double max)
{
    const double *want = ctx;
    return max < want[0] || min > want[1]     ? PT_STORE_NONE
           : min >= want[0] && max <= want[1] ? PT_STORE_EVERY
                                              : PT_STORE_SOME;
}

static void judged(void)
{
    struct pt_store *s = make_store(true);
    struct pt_store_effort effort = {0};
    double want[] = {100, 350}; /* chunks 1 and 2, and half of 3 */
    struct pt_store_range range = {.since = PT_TIME_MIN, .until = PT_TIME_MAX, .summaries = true,
                                   .detail = PT_STORE_EXTENT, .judge = between, .judge_ctx = want,
                                   .effort = &effort};
    struct got g = walk(s, range, NULL);
    CHECK(g.runs == 4 && g.certain == 2); /* the tail is not judged */
    CHECK_INT((int64_t)g.sum.n, 3 * POINTS + TAIL);
    CHECK(effort.chunks == CHUNKS && effort.unwanted == 2 && effort.summaries == 2);
    CHECK(effort.decoded == 1 && effort.points == POINTS && effort.tail == TAIL);
    CHECK(effort.bytes > 0 && effort.lookups == 2);
    range.summaries = false;
    g = walk(s, range, NULL);
    CHECK(g.runs == 4 && g.certain == 2 && effort.decoded == 4);
    pt_store_close(s);
}

static void sketched(void)
{
    struct pt_store *s = make_store(true);
    struct pt_store_effort effort = {0};
    struct pt_store_range range = WHOLE;
    struct pt_sketch want = {0}, have = {0};
    struct got exact, g;
    struct pt_err err = {0};
    ok(pt_db_exec(s, "DELETE FROM sketch WHERE id = (SELECT data FROM chunk LIMIT 1)", &err), &err);
    exact = walk(s, range, &want);
    range.sketches = true;
    range.effort = &effort;
    g = walk(s, range, &have);
    CHECK(effort.sketches == CHUNKS - 1 && effort.decoded == 1);
    CHECK(memcmp(&g.sum, &exact.sum, sizeof g.sum) == 0);
    CHECK(have.n == ALL);
    for (uint64_t k = 0; k < ALL; k += 11)
        CHECK(pt_sketch_nth(&have, k) == pt_sketch_nth(&want, k));
    pt_sketch_release(&have);
    pt_sketch_release(&want);
    pt_store_close(s);
}

static void tell(void *ctx, const char *what)
{
    uint64_t *told = ctx;
    CHECK(strstr(what, "damaged chunk 2 of series 1") != NULL);
    ++*told;
}

static void passes_over_damage(void)
{
    static const char *const WAYS[] = {
        "UPDATE chunk_data SET bytes = zeroblob(length(bytes)) WHERE id = 2",
        "DELETE FROM chunk_data WHERE id = 2", "UPDATE chunk SET sum = 7 WHERE data = 2"};
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        struct pt_store *s = make_store(true);
        struct pt_store_effort effort = {0};
        struct pt_store_range range = WHOLE;
        struct pt_err err = {0};
        struct got g = {0};
        uint64_t told = 0;
        ok(pt_db_exec(s, WAYS[i], &err), &err);
        CHECK_INT(pt_store_each_run(s, 1, &range, take, &g, &err), -1);
            range.damaged = tell;
        range.damaged_ctx = &told;
        range.effort = &effort;
        g = walk(s, range, NULL);
        CHECK(told == 1 && effort.damaged == 1 && effort.decoded == CHUNKS - 1);
        CHECK_INT((int64_t)g.sum.n, ALL - POINTS);
            pt_store_close(s);
    }
}

TEST_MAIN({"as much as is asked for", as_much_as_is_asked}, {"only the ends", ends_only},
          {"judged by their rows", judged}, {"as sketches", sketched},
          {"passes over damage", passes_over_damage})
