/* turns.c - eight programs that write as fast as they can, and four that read: each gets on, none
 * fails, and every reader sees whole commits. */
#include "drive.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { WRITERS = 8, READERS = 4 };
static const int64_t LENGTH = 1500 * PT_MS;

/* Not pt_time_now, which tests hold still. */
static int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * PT_S + t.tv_nsec;
}

struct report {
    int64_t done;
    bool failed;
};

static struct report write_on(int number, int64_t until)
{
    struct report r = {0};
    struct pt_err err = {0};
    struct drive d;
    char source[16];
    snprintf(source, sizeof source, "w%d", number);
    r.failed = drive_open(&d, "t.db", source, &err) != 0;
    while (!r.failed && clock_now() < until) {
        char name[16];
        snprintf(name, sizeof name, "m%d", number);
        r.failed = drive_points(&d, name, r.done, 10, &err) != 0;
        d.commit.batch.id = 0;
        d.commit.batch.start = (uint64_t)r.done;
        d.commit.batch.stop = (uint64_t)r.done + 1;
        r.failed = r.failed || pt_writer_commit(d.writer, &d.commit, &err) != 0;
        r.done += !r.failed;
    }
    if (r.failed)
        printf("#   writer %d: %s\n", number, err.what);
    if (d.store)
        drive_close(&d);
    return r;
}

static struct report read_on(int64_t until)
{
    struct report r = {0};
    struct pt_err err = {0};
    struct pt_store *s;
    r.failed = pt_store_open(&s, "t.db", PT_STORE_READ, &err) != 0;
    while (!r.failed && clock_now() < until) {
        struct pt_store_stats t;
        r.failed = pt_store_begin_read(s, &err) != 0 || pt_store_totals(s, &t, &err) != 0;
        pt_store_end_read(s);
        r.failed = r.failed || t.points != 10 * t.batches;
        r.done++;
    }
    if (r.failed)
        printf("#   reader: %s\n", err.what);
    if (s)
        pt_store_close(s);
    return r;
}

static int start(int number, int64_t until)
{
    int ends[2];
    struct report r;
    fflush(stdout);
    if (pipe(ends) != 0)
        return -1;
    if (fork() != 0) {
        close(ends[1]);
        return ends[0];
    }
    r = number < WRITERS ? write_on(number, until) : read_on(until);
    fflush(stdout);
    _exit(write(ends[1], &r, sizeof r) == sizeof r ? 0 : 1);
}

static void all_get_on(void)
{
    int from[WRITERS + READERS];
    int64_t until, least = INT64_MAX, most = 0, all = 0;
    struct pt_err err = {0};
    struct drive d;
    drive_remove("t.db");
    CHECK(drive_open(&d, "t.db", "first", &err) == 0);
    drive_close(&d);
    until = clock_now() + LENGTH;
    for (int i = 0; i < WRITERS + READERS; i++)
        from[i] = start(i, until);
    for (int i = 0; i < WRITERS + READERS; i++) {
        struct report r = {.failed = true};
        CHECK(read(from[i], &r, sizeof r) == sizeof r && !r.failed && r.done > 0);
        close(from[i]);
        if (i >= WRITERS)
            continue;
        least = r.done < least ? r.done : least;
        most = r.done > most ? r.done : most;
        all += r.done;
    }
    while (wait(NULL) > 0)
        ;
    if (!CHECK(most <= 6 * least + 6))
        printf("#   the slowest made %" PRId64 " commits, the fastest %" PRId64 " of %" PRId64 "\n",
               least, most, all);
    CHECK(access("t.db-lock", F_OK) != 0);
}

/* The head of the line is killed while it waits: the next ones go on. */
static void a_killed_writer(void)
{
    struct pt_err err = {0};
    struct drive d;
    pid_t child;
    drive_remove("k.db");
    CHECK(drive_open(&d, "k.db", "a", &err) == 0 && drive_commit(&d, 0, &err) == 0);
    for (int i = 0; i < 5; i++) {
        fflush(stdout);
        if ((child = fork()) == 0) {
            struct drive other;
            for (int64_t k = 0; drive_open(&other, "k.db", "b", &err) == 0; k++)
                (void)drive_commit(&other, k, &err);
            _exit(0);
        }
        usleep(5000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        CHECK(drive_commit(&d, i + 1, &err) == 0);
    }
    drive_close(&d);
}

TEST_MAIN({"lets every writer have its turn", all_get_on},
          {"goes on when one is killed", a_killed_writer})
