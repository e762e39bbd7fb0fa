/* seal.c - see seal.h. */
#include "seal.h"

#include "cli/program.h"
#include "store/keep.h"

#include <stdio.h>
#include <unistd.h>

static const char *db;

const struct pt_option archive_seal_options[] = {PT_OPT_DB(&db), PT_OPT_END};

static void receipt(const char *done, const struct pt_seal_result *r)
{
    if (pt_program_quiet())
        return;
    pt_program_log(PT_LOG_NOTE,
                   "%s %llu points and %llu documents (%llu blocks); chunks %llu to %llu; "
                   "%.1f to %.1f MB",
                   done, (unsigned long long)r->points, (unsigned long long)r->documents,
                   (unsigned long long)r->blocks, (unsigned long long)r->chunks_before,
                   (unsigned long long)r->chunks_after, (double)r->bytes_before / 1e6,
                   (double)r->bytes_after / 1e6);
}

int archive_seal_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_seal_result r;
    struct pt_store *store;
    int rc;
    (void)argc;
    (void)argv;
    if (pt_store_open(&store, pt_program_db(db), PT_STORE_WRITE, err) != 0)
        return -1;
    pt_program_catch_signals();
    rc = pt_store_seal(store, pt_program_stopping, &r, err);
    if (rc == 0)
        receipt("sealed", &r);
    pt_store_close(store);
    return rc;
}

static void on_progress(void *ctx, uint64_t done, uint64_t all)
{
    (void)ctx;
    fprintf(stderr, "\r%llu of %llu chunks looked at\033[K", (unsigned long long)done,
            (unsigned long long)all);
}

int archive_compact_run(int argc, char **argv, struct pt_err *err)
{
    bool show = !pt_program_quiet() && isatty(STDERR_FILENO);
    const struct pt_compact how = {pt_program_stopping, show ? on_progress : NULL, NULL};
    struct pt_seal_result r;
    struct pt_store *store;
    int rc;
    (void)argc;
    (void)argv;
    if (pt_store_open(&store, pt_program_db(db), PT_STORE_WRITE, err) != 0)
        return -1;
    pt_program_catch_signals();
    rc = pt_store_compact(store, &how, &r, err);
    if (show)
        fputs("\r\033[K", stderr);
    if (rc == 0)
        receipt("compacted; sealed", &r);
    pt_store_close(store);
    return rc;
}
