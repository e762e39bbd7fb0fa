/* damage.c - every changed byte of a store is found, and put right; whole pages that are gone cost
 * what was on them, and that is named.  PT_ROUNDS changes how many bytes are tried. */
#include "drive.h"

#include "base/hash.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { ROUNDS = 200, PAGE = 16384 };

static uint64_t seed = 1;

static int rounds(void)
{
    const char *s = getenv("PT_ROUNDS");
    return s ? (int)strtol(s, NULL, 10) : ROUNDS;
}

/* All kinds of rows, sealed and hot, and free pages. */
static int64_t make(const char *path)
{
    struct pt_seal_result sealed;
    struct pt_err err = {0};
    struct drive d;
    int64_t k = 0;
    drive_remove(path);
    CHECK(drive_open(&d, path, "s", &err) == 0);
    for (; k < 80; k++)
        CHECK(drive_commit(&d, k, &err) == 0);
    CHECK(pt_store_seal(d.store, NULL, &sealed, &err) == 0);
    for (; k < 100; k++)
        CHECK(drive_commit(&d, k, &err) == 0);
    drive_close(&d);
    CHECK(drive_check(path) == k);
    return k;
}

static void count(void *ctx, const char *text)
{
    (void)text;
    ++*(unsigned *)ctx;
}

static bool found(const char *path)
{
    struct pt_store *s;
    struct pt_err err = {0};
    struct pt_verify_result r;
    unsigned problems = 0;
    if (pt_store_open(&s, path, PT_STORE_READ, &err) != 0)
        return err.code == PT_SYSTEM && err.what[0];
    if (pt_store_verify(s, count, &problems, &r, &err) != 0)
        problems++;
    pt_store_close(s);
    return problems > 0;
}

struct named { /* what a repair gave up */
    uint64_t points;
    bool tail; /* hot points of which nothing can be known */
};

static void on_loss(void *ctx, const struct pt_loss *loss)
{
    struct named *n = ctx;
    CHECK(loss->message[0] && loss->what[0]);
    if (strcmp(loss->what, "points") == 0)
        n->points += loss->n;
    n->tail |= strstr(loss->message, "table tail") != NULL;
}

static int repaired(const char *path, struct pt_repair_result *r, struct named *lost)
{
    const struct pt_repair how = {"new.db", false, on_loss, lost};
    struct pt_err err = {0};
    int rc;
    *lost = (struct named){0};
    drive_remove("new.db");
    rc = pt_store_repair(path, &how, r, &err);
    if (rc != 0)
        printf("#   %s\n", err.what);
    return rc;
}

static void a_byte(void)
{
    int64_t commits = make("b.db");
    int fd = open("b.db", O_RDWR);
    struct stat st;
    CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 10 * PAGE);
    for (int i = 0; i < rounds(); i++) {
        struct pt_repair_result r;
        struct named lost;
        off_t at = (off_t)(test_random(&seed) % (i % 4 ? (uint64_t)st.st_size : 100));
        unsigned char was, is;
        CHECK(pread(fd, &was, 1, at) == 1);
        is = was ^ (unsigned char)(1 + test_random(&seed) % 255);
        CHECK(pwrite(fd, &is, 1, at) == 1);
        if (!CHECK(found("b.db")))
            printf("#   byte %lld: %02x, was %02x\n", (long long)at, is, was);
        if (i % 10 == 0 && CHECK(repaired("b.db", &r, &lost) == 0)) {
            CHECK_INT(r.losses, 0);
            CHECK_INT(drive_check("new.db"), commits);
        }
        CHECK(pwrite(fd, &was, 1, at) == 1);
        unlink("b.db-wal");
        unlink("b.db-shm");
    }
    close(fd);
    CHECK_INT(drive_check("b.db"), commits);
}

/* Each page in turn is gone: the repaired store is sound (pt_store_repair verifies it), and of
 * points just what is missing has been named. */
static void a_page(void)
{
    static unsigned char page[PAGE], gone[PAGE];
    int64_t commits = make("p.db");
    int fd = open("p.db", O_RDWR);
    struct stat st;
    CHECK(fd >= 0 && fstat(fd, &st) == 0);
    for (off_t at = 0; at < st.st_size; at += PAGE) {
        struct pt_repair_result r;
        struct named lost;
        for (size_t i = 0; i < sizeof gone; i++)
            gone[i] = (unsigned char)(at / PAGE % 2 ? test_random(&seed) : 0);
        CHECK(pread(fd, page, PAGE, at) == PAGE && pwrite(fd, gone, PAGE, at) == PAGE);
        if (CHECK(repaired("p.db", &r, &lost) == 0)) {
            uint64_t all = (uint64_t)commits * DRIVE_POINTS;
            if (!CHECK(lost.tail ? r.kept.points + lost.points <= all
                                 : r.kept.points + lost.points == all))
                printf("#   page %lld: %" PRIu64 " kept, %" PRIu64 " lost of %" PRIu64 "\n",
                       (long long)(at / PAGE + 1), r.kept.points, lost.points, all);
            CHECK(r.losses > 0 || r.kept.documents == (uint64_t)commits * DRIVE_DOCUMENTS);
        }
        CHECK(pwrite(fd, page, PAGE, at) == PAGE);
    }
    close(fd);
    CHECK_INT(drive_check("p.db"), commits);
}

static void a_cut_file(void)
{
    make("c.db");
    for (off_t size = 20 * PAGE - 7; size > 0; size -= 5 * PAGE) {
        struct pt_repair_result r;
        struct named lost;
        CHECK(truncate("c.db", size) == 0);
        CHECK(found("c.db"));
        if (CHECK(repaired("c.db", &r, &lost) == 0 || size < 8 * PAGE))
            CHECK(r.losses > 0);
    }
}

/* The word that is damaged may be any, the number of the page counts, and nothing but one byte is
 * mended. */
static void a_sum(void)
{
    static unsigned char page[4096], was[4096];
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = was[i] = (unsigned char)test_random(&seed);
    for (size_t at = 0; at < sizeof page - 8; at += 3) {
        uint64_t want = pt_hash_page(page, sizeof page, 7);
        CHECK(want != pt_hash_page(page, sizeof page, 8));
        page[at] ^= (unsigned char)(1 + test_random(&seed) % 255);
        CHECK(want != pt_hash_page(page, sizeof page, 7));
        CHECK(pt_hash_mend(page, sizeof page, 7, want) && memcmp(page, was, sizeof page) == 0);
        page[at] ^= 1;
        page[(at + 1000) % 4000] ^= 1;
        CHECK(!pt_hash_mend(page, sizeof page, 7, want));
        memcpy(page, was, sizeof page);
    }
}

TEST_MAIN({"finds and mends a changed byte", a_byte}, {"repairs what a lost page leaves", a_page},
          {"repairs what a cut leaves", a_cut_file}, {"sums a page", a_sum})
