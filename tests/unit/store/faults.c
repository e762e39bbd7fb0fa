/* faults.c - the nth read, write, sync or truncation fails, for every n: whatever the program
 * then says, the store afterwards holds each commit that was acknowledged, nothing twice, and is
 * sound. */
#include "drive.h"
#include "seam.h"

enum { COMMITS = 3, RUNS_MOST = 2000 };

static struct {
    enum seam_kind kind;
    int code;     /* what it fails with */
    bool forever; /* all that follow fail, too */
    int left;     /* operations before it */
    bool hit;
} fault;

static int fail_nth(const struct seam_operation *op)
{
    if (op->kind != fault.kind || fault.left-- > 0 || (fault.hit && !fault.forever))
        return SQLITE_OK;
    fault.hit = true;
    return fault.code;
}

/* How many commits were acknowledged. */
static int64_t run(const char *path, bool *complete)
{
    struct pt_seal_result sealed;
    struct pt_err err = {0};
    struct drive d;
    int64_t done = 0;
    *complete = drive_open(&d, path, "s", &err) == 0;
    while (*complete && done < COMMITS && drive_commit(&d, done, &err) == 0)
        done++;
    *complete = done == COMMITS && pt_store_seal(d.store, NULL, &sealed, &err) == 0;
    CHECK(*complete || err.what[0]);
    if (d.store)
        drive_close(&d);
    return done;
}

static void every_nth(enum seam_kind kind, int code, bool forever, int step)
{
    int n;
    for (n = 0; n < RUNS_MOST; n += step) {
        bool complete;
        int64_t done, there;
        drive_remove("f.db");
        fault.kind = kind;
        fault.code = code;
        fault.forever = forever;
        fault.left = n;
        fault.hit = false;
        seam_hook = fail_nth;
        done = run("f.db", &complete);
        seam_hook = NULL;
        CHECK(fault.hit || complete);
        if (done > 0 || access("f.db", F_OK) == 0) {
            struct pt_err err = {0};
            struct drive d;
            CHECK(drive_open(&d, "f.db", "again", &err) == 0); /* finishes one half made */
            drive_close(&d);
        }
        there = drive_check("f.db");
        if (!CHECK(there == done || there == done + 1))
            printf("#   operation %d: %" PRId64 " acknowledged, %" PRId64 " there\n", n, done,
                   there);
        if (!fault.hit)
            break;
    }
    CHECK(n > 3 && n < RUNS_MOST);
}

static void reads(void) { every_nth(SEAM_READ, SQLITE_IOERR_READ, false, 1); }
static void writes(void) { every_nth(SEAM_WRITE, SQLITE_IOERR_WRITE, false, 1); }
static void full(void) { every_nth(SEAM_WRITE, SQLITE_FULL, true, 1); }
static void syncs(void) { every_nth(SEAM_SYNC, SQLITE_IOERR_FSYNC, false, 1); }
static void dead(void) { every_nth(SEAM_SYNC, SQLITE_IOERR_FSYNC, true, 1); }

int main(void)
{
    static const struct test TESTS[] = {{"a read fails", reads},
                                        {"a write fails", writes},
                                        {"the disk is full", full},
                                        {"a sync fails", syncs},
                                        {"syncs fail from then on", dead}};
    seam_register();
    return test_main(TESTS, sizeof TESTS / sizeof TESTS[0]);
}
