/* sketches.c - a chunk of latencies has a sketch beside it, which answers quantiles within its
 * promise; it goes with its chunk, and damage to it is found. */
#include "store/db.h"

#include "../test.h"
#include "base/time.h"
#include "series/quantile.h"
#include "store/keep.h"
#include "store/store.h"

#include <stdlib.h>
#include <unistd.h>

enum { POINTS = 1000 };

static const char PATH[] = "sketches.db";

static void remove_store(void)
{
    static const char *const NAMES[] = {"sketches.db", "sketches.db-wal", "sketches.db-shm"};
    for (int i = 0; i < 3; i++)
        unlink(NAMES[i]);
}

static bool ok(int rc, const struct pt_err *err)
{
    if (CHECK(rc >= 0))
        return true;
    printf("#   %s\n", err->what);
    return false;
}

/* A store with a series of one chunk; its row into *chunk. */
static struct pt_store *make_store(const struct pt_column *c, struct pt_db_chunk *chunk)
{
    static const char SQL[] = "SELECT " PT_DB_CHUNK " FROM chunk c";
    struct pt_err err = {0};
    struct pt_store *s = NULL;
    sqlite3_stmt *stmt;
    remove_store();
    ok(pt_store_open(&s, PATH, PT_STORE_CREATE, &err), &err);
    ok(pt_db_exec(s, "INSERT INTO series(id, name, tags) VALUES(1, 'latency', '{}')", &err), &err);
    ok(pt_db_insert_chunk(s, 1, c, 0, c->n, 1, 1, &err), &err);
    stmt = pt_db_statement(s, SQL, &err);
    CHECK(pt_db_step(s, stmt, &err) == 1);
    pt_db_read_chunk(stmt, chunk);
    sqlite3_reset(stmt);
    return s;
}

static void fill(struct pt_column *c, bool varied)
{
    uint64_t seed = 7;
    for (int i = 0; i < POINTS; i++) {
        double u = (double)(test_random(&seed) >> 11) * 0x1p-53;
        pt_column_add(c, i * PT_S, pt_num_real(varied ? round(1000 * exp(4 * u)) / 1000 : i));
    }
}

static void print_problem(void *ctx, const char *text)
{
    (void)ctx;
    printf("# %s\n", text);
}

static uint64_t problems(struct pt_store *s)
{
    struct pt_verify_result result;
    struct pt_err err = {0};
    ok(pt_store_verify(s, print_problem, NULL, &result, &err), &err);
    return result.problems;
}

static void answers(void)
{
    static const double Q[] = {0, 0.5, 0.99, 1};
    struct pt_column c = {0};
    struct pt_sketch sketch = {0};
    struct pt_db_chunk chunk;
    struct pt_err err = {0};
    double exact[4];
    struct pt_store *s;
    fill(&c, true);
    s = make_store(&c, &chunk);
    CHECK(pt_db_load_sketch(s, &chunk, &sketch, &err) == 1);
    CHECK(sketch.n == POINTS);
    CHECK(problems(s) == 0);
    pt_quantile_select(c.v, c.n, Q, 4, exact);
    for (int i = 0; i < 4; i++)
        CHECK(fabs(pt_sketch_quantile(&sketch, Q[i]) - exact[i]) <= PT_SKETCH_ERROR * exact[i]);
    pt_sketch_release(&sketch);
    pt_column_release(&c);
    pt_store_close(s);
    remove_store();
}

/* Each breaks the sketch in another way; verify must find it, and reading must refuse it or, where
 * there is nothing to read, say so. */
static void damage(void)
{
    static const struct {
        const char *sql;
        int load;
    } ROWS[] = {
        {"UPDATE sketch SET bytes = bytes || x'00'", -1},
        {"UPDATE sketch SET crc = crc + 1", -1},
        {"UPDATE chunk SET crc = crc + 1", -1},
        {"UPDATE sketch SET id = id + 1", 0},
    };
    struct pt_column c = {0};
    fill(&c, true);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct pt_db_chunk chunk;
        struct pt_sketch sketch = {0};
        struct pt_err err = {0};
        struct pt_store *s = make_store(&c, &chunk);
        ok(pt_db_exec(s, ROWS[i].sql, &err), &err);
        chunk.crc += i == 2;
        CHECK(pt_db_load_sketch(s, &chunk, &sketch, &err) == ROWS[i].load);
        CHECK(problems(s) >= 1);
        pt_sketch_release(&sketch);
        pt_store_close(s);
    }
    pt_column_release(&c);
    remove_store();
}

static void comes_and_goes(void)
{
    static const char SQL[] = "SELECT count(*) FROM sketch";
    struct pt_column c = {0};
    struct pt_sketch sketch = {0};
    struct pt_db_chunk chunk;
    struct pt_err err = {0};
    struct pt_store *s;
    int64_t n;
    fill(&c, false);
    s = make_store(&c, &chunk);
    CHECK(pt_db_load_sketch(s, &chunk, &sketch, &err) == 0);
    pt_store_close(s);
    pt_column_clear(&c);
    fill(&c, true);
    s = make_store(&c, &chunk);
    ok(pt_db_int(s, pt_db_statement(s, SQL, &err), 0, &n, &err), &err);
    CHECK(n == 1);
    ok(pt_db_delete_chunk(s, &chunk, &err), &err);
    ok(pt_db_int(s, pt_db_statement(s, SQL, &err), 0, &n, &err), &err);
    CHECK(n == 0);
    pt_column_release(&c);
    pt_store_close(s);
    remove_store();
}

TEST_MAIN({"answers", answers}, {"damage", damage}, {"comes and goes", comes_and_goes})
