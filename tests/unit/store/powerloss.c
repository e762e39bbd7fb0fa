/* powerloss.c - the power fails at every sync and in between: of what was not synced any 512-byte
 * sectors may be on the disk, or not.  The store then holds each commit that was acknowledged
 * before that, nothing twice, and is sound.  PT_ROUNDS changes how often each moment is tried. */
#include "drive.h"
#include "seam.h"

#include <fcntl.h>

enum { COMMITS = 6, SECTOR = 512, ROUNDS = 1, OPERATIONS_MOST = 4096 };

static uint64_t seed = 1;

/* What happened to the files, in order. */
static struct happened {
    struct seam_operation op;
    unsigned char *bytes;
    int64_t acknowledged; /* commits before it */
} history[OPERATIONS_MOST];
static int happenings;
static int64_t acknowledged;

static int record(const struct seam_operation *op)
{
    struct happened *h = &history[happenings];
    if (op->kind == SEAM_READ || !CHECK(happenings < OPERATIONS_MOST))
        return SQLITE_OK;
    *h = (struct happened){*op, NULL, acknowledged};
    if (op->kind == SEAM_WRITE) {
        h->bytes = malloc((size_t)op->n);
        memcpy(h->bytes, op->bytes, (size_t)op->n);
    }
    happenings++;
    return SQLITE_OK;
}

/* --- the disk -------------------------------------------------------------------------------- */

struct image {
    unsigned char *p;
    size_t n, cap;
};

static void resize(struct image *f, size_t n)
{
    if (n > f->cap) {
        f->cap = 2 * n;
        f->p = realloc(f->p, f->cap);
    }
    if (n > f->n)
        memset(f->p + f->n, 0, n - f->n);
    f->n = n;
}

/* All of a write, or some of its sectors. */
static void put(struct image *f, const struct happened *h, bool torn)
{
    for (int i = 0; i < h->op.n; i += SECTOR) {
        int n = h->op.n - i < SECTOR ? h->op.n - i : SECTOR;
        size_t at = (size_t)h->op.at + (size_t)i;
        if (torn && test_random(&seed) % 2)
            continue;
        if (at + (size_t)n > f->n)
            resize(f, at + (size_t)n);
        memcpy(f->p + at, h->bytes + i, (size_t)n);
    }
}

static void apply(struct image *f, const struct happened *h, bool torn)
{
    if (h->op.kind == SEAM_WRITE)
        put(f, h, torn);
    else if (h->op.kind == SEAM_TRUNCATE && !(torn && test_random(&seed) % 2))
        resize(f, (size_t)h->op.at);
    else if (h->op.kind == SEAM_DELETE)
        f->n = 0;
}

static int last_sync(int moment, enum seam_of of)
{
    int last = -1;
    for (int i = 0; i < moment; i++)
        if (history[i].op.of == of &&
            (history[i].op.kind == SEAM_SYNC || history[i].op.kind == SEAM_DELETE))
            last = i;
    return last;
}

/* The file as a power failure right before that moment leaves it. */
static void leave(const char *path, int moment, enum seam_of of)
{
    struct image f = {0};
    int synced = last_sync(moment, of), fate = (int)(test_random(&seed) % 3), fd;
    for (int i = 0; i < moment; i++) {
        bool pending = i > synced;
        if (history[i].op.of != of || (pending && fate == 0))
            continue;
        apply(&f, &history[i], pending && fate == 1);
    }
    unlink(path);
    if (of == SEAM_MAIN || f.n > 0) {
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        CHECK(fd >= 0 && write(fd, f.p ? f.p : (void *)"", f.n) == (ssize_t)f.n);
        close(fd);
    }
    free(f.p);
}

/* --- the test -------------------------------------------------------------------------------- */

static void write_history(void)
{
    struct pt_compact how = {0};
    struct pt_seal_result sealed;
    struct pt_err err = {0};
    struct drive d;
    drive_remove("h.db");
    seam_hook = record;
    CHECK(drive_open(&d, "h.db", "s", &err) == 0);
    for (; acknowledged < COMMITS;) {
        CHECK(drive_commit(&d, acknowledged, &err) == 0);
        acknowledged++;
        if (acknowledged == COMMITS / 2)
            CHECK(pt_store_seal(d.store, NULL, &sealed, &err) == 0);
    }
    CHECK(pt_store_compact(d.store, &how, &sealed, &err) == 0);
    drive_close(&d);
    seam_hook = NULL;
}

static void fail_at(int moment)
{
    int64_t least = moment < happenings ? history[moment].acknowledged : acknowledged, there;
    struct pt_err err = {0};
    struct drive d;
    drive_remove("p.db");
    leave("p.db", moment, SEAM_MAIN);
    leave("p.db-wal", moment, SEAM_LOG);
    leave("p.db-journal", moment, SEAM_JOURNAL);
    /* A store that was never finished is made now. */
    if (least == 0 && CHECK(drive_open(&d, "p.db", "again", &err) == 0))
        drive_close(&d);
    there = drive_check("p.db");
    if (!CHECK(there >= least && there <= least + 1))
        printf("#   before operation %d: %" PRId64 " acknowledged, %" PRId64 " there\n", moment,
               least, there);
}

static void everywhere(void)
{
    const char *s = getenv("PT_ROUNDS");
    int rounds = s ? (int)strtol(s, NULL, 10) : ROUNDS;
    write_history();
    CHECK(happenings > 50);
    for (int i = 1; i <= happenings; i++) {
        bool sync = i == happenings || history[i].op.kind == SEAM_SYNC;
        for (int k = 0; k < (sync ? 3 * rounds : i % 4 == 0 ? rounds : 0); k++)
            fail_at(i);
    }
    for (int i = 0; i < happenings; i++)
        free(history[i].bytes);
}

int main(void)
{
    static const struct test TESTS[] = {{"keeps what was acknowledged", everywhere}};
    seam_register();
    return test_main(TESTS, sizeof TESTS / sizeof TESTS[0]);
}
