/* many.c - quantiles of a group with more values than are kept at once are those of all values. */
#include "query/query.h"
#include "store/db.h"

#include "../test.h"
#include "base/time.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { SERIES = 3, CHUNKS = 720, POINTS = SERIES * CHUNKS * PT_CHUNK_POINTS };
_Static_assert((int)POINTS > (int)PT_QUERY_VALUES, "more than are kept");

static const char PATH[] = "many.db";

static void ok(int rc, const struct pt_err *err)
{
    if (!CHECK(rc >= 0))
        printf("#   %s\n", err->what);
}

/* One series without sketches among them: a counter. */
static double next_value(int series, size_t k, uint64_t *seed)
{
    double u = (double)(test_random(seed) >> 11) * 0x1p-53;
    return series == 0   ? round(1e3 * exp(4 * u)) / 1e3
           : series == 1 ? (double)k
                         : 200 * u - 100;
}

/* Every value into all as well. */
static struct pt_store *make_store(double *all)
{
    static const char *const NAMES[] = {"many.db", "many.db-wal", "many.db-shm"};
    struct pt_store *s = NULL;
    struct pt_err err = {0};
    uint64_t seed = 5;
    for (int i = 0; i < 3; i++)
        unlink(NAMES[i]);
    ok(pt_store_open(&s, PATH, PT_STORE_CREATE, &err), &err);
    ok(pt_db_exec(s, "BEGIN; INSERT INTO series(id, name, tags) VALUES(1, 'm', '{\"a\":\"1\"}'),"
                     " (2, 'm', '{\"a\":\"2\"}'), (3, 'm', '{\"a\":\"3\"}')", &err), &err);
    for (int series = 0; series < SERIES; series++) {
        struct pt_column c = {0};
        for (size_t k = 0; k < CHUNKS * PT_CHUNK_POINTS; k++)
            pt_column_add(&c, (int64_t)k * PT_S, pt_num_real(*all++ = next_value(series, k, &seed)));
        for (size_t at = 0; at < c.n; at += PT_CHUNK_POINTS)
            ok(pt_db_insert_chunk(s, series + 1, &c, at, at + PT_CHUNK_POINTS, 1, 1, &err), &err);
        pt_column_release(&c);
    }
    ok(pt_db_exec(s, "COMMIT", &err), &err);
    return s;
}

static void quantiles(void)
{
    static const double Q[] = {0.5, 0.99, 0.001};
    double *all = malloc(POINTS * sizeof *all), want[3];
    struct pt_store *store = make_store(all);
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_query q = {.since = PT_TIME_MIN, .until = PT_TIME_MAX, .aggs = aggs};
    struct pt_answer a;
    struct pt_err err = {0};
    q.naggs = (size_t)pt_agg_parse("p50,count,p99,p0.1,max", aggs, &err);
    ok(pt_query_run(store, &q, &a, &err), &err);
    pt_quantile_select(all, POINTS, Q, 3, want);
    if (CHECK(a.n == 1 && a.groups[0].n == 1)) {
        const struct pt_num *row = a.groups[0].values;
        CHECK_NEAR(row[0].d, want[0], 0);
        CHECK_NEAR(row[1].d, POINTS, 0);
        CHECK_NEAR(row[2].d, want[1], 0);
        CHECK_NEAR(row[3].d, want[2], 0);
        CHECK_NEAR(row[4].d, CHUNKS * PT_CHUNK_POINTS - 1, 0);
    }
    CHECK(a.plan.effort.sketches > 0 && a.plan.effort.points > POINTS);
    pt_answer_release(&a);
    pt_store_close(store);
    free(all);
    unlink(PATH);
}

TEST_MAIN({"quantiles", quantiles})
