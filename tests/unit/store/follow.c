/* follow.c - every document comes to a follower once, in order of arrival, whatever is done to the
 * store between two looks: commits of two writers, sealing, compacting, block ids used again. */
#include "store/follow.h"

#include "drive.h"

#include <sqlite3.h>

static uint64_t seed = 4;

static bool ok(int rc, const struct pt_err *err)
{
    if (CHECK(rc >= 0))
        return true;
    printf("#   %s\n", err->what);
    return false;
}

static const struct pt_store_filter ALL = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};

/* What comes must have the ids behind the last one, without gaps. */
static int look(struct pt_store *s, struct pt_follow *f, int64_t *last)
{
    struct pt_gather new = {0};
    struct pt_err err = {0};
    int rc = pt_follow_next(s, f, &ALL, &new, &err);
    ok(rc, &err);
    for (size_t i = 0; i < new.n; i++)
        CHECK_INT(new.v[i].id, ++*last);
    CHECK(rc != 0 || !new.n);
    pt_gather_release(&new);
    return rc;
}

static void begin(struct pt_store *s, struct pt_follow *f)
{
    struct pt_err err = {0};
    ok(pt_store_begin_read(s, &err), &err);
    ok(pt_follow_begin(s, f, &err), &err);
    pt_store_end_read(s);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void act(struct drive d[2], int64_t *k)
{
    struct pt_seal_result sealed;
    struct pt_compact how = {0};
    struct pt_err err = {0};
    int which = (int)(test_random(&seed) % 8);
    if (which < 4) {
        ok(drive_commit(&d[which % 2], *k, &err), &err);
        ++*k;
    } else if (which < 6) {
        ok(pt_store_seal(d[0].store, NULL, &sealed, &err), &err);
    } else if (which < 7) {
        ok(pt_store_compact(d[0].store, &how, &sealed, &err), &err);
    } else { /* younger blocks get older ids */
        run_sql("follow.db", "UPDATE block SET id = id - 1000000;"
                             " UPDATE block_trace SET block = block - 1000000");
    }
}

static void nothing_missed_nothing_twice(void)
{
    struct drive d[2];
    struct pt_store *reader;
    struct pt_follow f;
    struct pt_err err = {0};
    int64_t k = 0, last = 0;
    drive_remove("follow.db");
    ok(drive_open(&d[0], "follow.db", "a", &err), &err);
    ok(drive_open(&d[1], "follow.db", "b", &err), &err);
    ok(pt_store_open(&reader, "follow.db", PT_STORE_READ, &err), &err);
    begin(reader, &f);
    for (int i = 0; i < 150; i++) {
        for (uint64_t n = test_random(&seed) % 4; n > 0; n--)
            act(d, &k);
        look(reader, &f, &last);
        CHECK_INT(last, k * DRIVE_DOCUMENTS);
        CHECK_INT(look(reader, &f, &last), 0); /* nothing is committed, and nothing read */
    }
    CHECK(k > 50);
    pt_store_close(reader);
    drive_close(&d[0]);
    drive_close(&d[1]);
}

/* What was there when it began does not come, what does not match neither; a commit between the
 * beginning and the first look does. */
static void from_here_on(void)
{
    struct drive d;
    struct pt_store *reader;
    struct pt_follow f;
    struct pt_gather new = {0};
    struct pt_store_filter spans = ALL;
    struct pt_err err = {0};
    int64_t last = DRIVE_DOCUMENTS;
    drive_remove("follow.db");
    ok(drive_open(&d, "follow.db", "a", &err), &err);
    ok(drive_commit(&d, 0, &err), &err);
    ok(pt_store_open(&reader, "follow.db", PT_STORE_READ, &err), &err);
    begin(reader, &f);
    ok(drive_commit(&d, 1, &err), &err);
    look(reader, &f, &last);
    CHECK_INT(last, 2 * DRIVE_DOCUMENTS);
    ok(drive_commit(&d, 2, &err), &err);
    spans.type = "span";
    CHECK_INT(pt_follow_next(reader, &f, &spans, &new, &err), 1);
    CHECK_INT((int64_t)new.n, 0);
    CHECK_INT(look(reader, &f, &last), 0);
    pt_gather_release(&new);
    pt_store_close(reader);
    drive_close(&d);
}

/* Whoever follows a file that has lost its name is told. */
static void replaced(void)
{
    struct drive d;
    struct pt_store *reader;
    struct pt_follow f;
    struct pt_gather new = {0};
    struct pt_err err = {0};
    drive_remove("follow.db");
    drive_remove("other.db");
    ok(drive_open(&d, "follow.db", "a", &err), &err);
    ok(drive_commit(&d, 0, &err), &err);
    ok(pt_store_open(&reader, "follow.db", PT_STORE_READ, &err), &err);
    begin(reader, &f);
    CHECK_INT(pt_follow_next(reader, &f, &ALL, &new, &err), 1);
    CHECK_INT(pt_follow_next(reader, &f, &ALL, &new, &err), 0);
    CHECK_INT(rename("follow.db", "other.db"), 0);
    CHECK_INT(pt_follow_next(reader, &f, &ALL, &new, &err), -1);
    CHECK(err.code == PT_SYSTEM && strstr(err.what, "has gone"));
    err = (struct pt_err){0};
    CHECK(fclose(fopen("follow.db", "w")) == 0);
    CHECK_INT(pt_follow_next(reader, &f, &ALL, &new, &err), -1);
    CHECK(err.code == PT_SYSTEM && strstr(err.what, "another store"));
    pt_gather_release(&new);
    pt_store_close(reader);
    drive_close(&d);
}

TEST_MAIN({"nothing missed, nothing twice", nothing_missed_nothing_twice},
          {"from here on", from_here_on}, {"replaced", replaced})
