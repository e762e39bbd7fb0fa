/* health.c - see health.h.  The limits are where waiting any longer starts to cost the user. */
#include "store/health.h"

#include "base/time.h"
#include "store/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static const uint64_t LOG_MOST = 256 << 20;        /* bytes of write-ahead log */
static const uint64_t DISK_LEAST = UINT64_C(1) << 30; /* free bytes beside the store */
static const uint64_t HOT_MOST = 1000000;          /* hot points or documents */
static const double REJECTS_MOST = 0.01;           /* share of all records read */

struct look {
    struct pt_store *store;
    void (*each)(void *ctx, enum pt_health health, const char *check, const char *text);
    void *ctx;
};

__attribute__((format(printf, 4, 5))) static void say(const struct look *k, enum pt_health health,
                                                      const char *check, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    k->each(k->ctx, health, check, text);
}

static double megabytes(uint64_t bytes)
{
    return (double)bytes / 1e6;
}

static void look_at_file(const struct look *k)
{
    struct stat st;
    if (stat(k->store->path, &st) != 0)
        return;
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        say(k, PT_HEALTH_WARNING, "file", "others may write to it (mode %03o); chmod 600 it",
            (unsigned)st.st_mode & 0777u);
    else
        say(k, PT_HEALTH_OK, "file", "%.1f MB, mode %03o", megabytes((uint64_t)st.st_size),
            (unsigned)st.st_mode & 0777u);
}

static void look_at_log(const struct look *k)
{
    struct pt_buf path = {0};
    struct stat st;
    uint64_t size;
    pt_buf_printf(&path, "%s-wal", k->store->path);
    size = stat(path.p, &st) == 0 ? (uint64_t)st.st_size : 0;
    pt_buf_release(&path);
    if (size > LOG_MOST)
        say(k, PT_HEALTH_WARNING, "log",
            "the write-ahead log has %.0f MB: a reader holds it back; end long queries, then "
            "pt-archive seal", megabytes(size));
    else
        say(k, PT_HEALTH_OK, "log", "%.1f MB of write-ahead log", megabytes(size));
}

static void look_at_disk(const struct look *k)
{
    struct statvfs fs;
    uint64_t avail;
    if (statvfs(k->store->path, &fs) != 0)
        return;
    avail = (uint64_t)fs.f_bavail * fs.f_frsize;
    say(k, avail < DISK_LEAST ? PT_HEALTH_WARNING : PT_HEALTH_OK, "disk", "%.1f GB are free%s",
        (double)avail / 1e9, avail < DISK_LEAST ? "; make room before it is full" : "");
}

static void look_at_hot(const struct look *k, uint64_t points, uint64_t documents)
{
    bool many = points > HOT_MOST || documents > HOT_MOST;
    say(k, many ? PT_HEALTH_WARNING : PT_HEALTH_OK, "hot",
        "%llu points and %llu documents are not sealed%s", (unsigned long long)points,
        (unsigned long long)documents, many ? "; run pt-archive seal" : "");
}

static void look_at_rejects(const struct look *k, uint64_t rejects, uint64_t read)
{
    bool many = (double)rejects > REJECTS_MOST * (double)read;
    say(k, many ? PT_HEALTH_WARNING : PT_HEALTH_OK, "rejects", "%llu of %llu records%s",
        (unsigned long long)rejects, (unsigned long long)read,
        many ? "; pt-ingest rejects list says why" : "");
}

static void look_at_commit(const struct look *k, int64_t at)
{
    char when[PT_TIME_TEXT], ago[PT_DURATION_TEXT];
    if (!at) {
        say(k, PT_HEALTH_OK, "commit", "nothing was stored yet");
        return;
    }
    pt_time_format(when, pt_time_floor(at, PT_S));
    pt_duration_format(ago, pt_time_floor(pt_time_now() - at, PT_S));
    say(k, PT_HEALTH_OK, "commit", "the last one was %s ago, at %s", ago, when);
}

static int look_at_counts(const struct look *k, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT (SELECT count(*) FROM tail), (SELECT count(*) FROM document),"
        " (SELECT count(*) FROM reject WHERE state IS NULL), coalesce(sum(read), 0),"
        " coalesce(max(at), 0) FROM batch";
    sqlite3_stmt *stmt = pt_db_statement(k->store, SQL, err);
    if (!stmt || pt_db_step(k->store, stmt, err) != 1)
        return -1;
    look_at_hot(k, (uint64_t)sqlite3_column_int64(stmt, 0),
                (uint64_t)sqlite3_column_int64(stmt, 1));
    look_at_rejects(k, (uint64_t)sqlite3_column_int64(stmt, 2),
                    (uint64_t)sqlite3_column_int64(stmt, 3));
    look_at_commit(k, sqlite3_column_int64(stmt, 4));
    sqlite3_reset(stmt);
    return 0;
}

static int look_at_structure(const struct look *k, struct pt_err *err)
{
    static const char SQL[] = "PRAGMA quick_check(1)";
    sqlite3_stmt *stmt = pt_db_statement(k->store, SQL, err);
    struct pt_str line;
    if (!stmt || pt_db_step(k->store, stmt, err) != 1)
        return -1;
    line = pt_db_str(stmt, 0);
    if (pt_str_is(line, "ok"))
        say(k, PT_HEALTH_OK, "structure", "the database is sound");
    else
        say(k, PT_HEALTH_PROBLEM, "structure", "%.*s; run pt-archive verify",
            line.n > 200 ? 200 : (int)line.n, line.p);
    sqlite3_reset(stmt);
    return 0;
}

int pt_store_health(struct pt_store *s,
                    void (*each)(void *ctx, enum pt_health health, const char *check,
                                 const char *text),
                    void *ctx, struct pt_err *err)
{
    const struct look k = {s, each, ctx};
    look_at_file(&k);
    look_at_log(&k);
    look_at_disk(&k);
    return look_at_counts(&k, err) == 0 && look_at_structure(&k, err) == 0 ? 0 : -1;
}
