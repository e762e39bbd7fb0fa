/* pt-archive.c - keep a store: seal what is hot, verify what is there, say how it is. */
#include "cli/program.h"
#include "store/health.h"
#include "store/keep.h"

#include <unistd.h>

static const char *db;
static int output = -1;

static const struct pt_option SEAL[] = {PT_OPT_DB(&db), PT_OPT_END};
static const struct pt_option LOOK[] = {
    PT_OPT_DB(&db),
    PT_OPT_OUTPUT(&output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

static int seal(int argc, char **argv, struct pt_err *err)
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
    if (rc == 0 && !pt_program_quiet())
        pt_program_log(PT_LOG_NOTE,
                       "sealed %llu points and %llu documents (%llu blocks); chunks %llu to %llu; "
                       "%.1f to %.1f MB",
                       (unsigned long long)r.points, (unsigned long long)r.documents,
                       (unsigned long long)r.blocks, (unsigned long long)r.chunks_before,
                       (unsigned long long)r.chunks_after, (double)r.bytes_before / 1e6,
                       (double)r.bytes_after / 1e6);
    pt_store_close(store);
    return rc;
}

static void on_problem(void *ctx, const char *text)
{
    struct pt_sheet *sheet = ctx;
    pt_sheet_text(sheet, PT_STR("problem"));
    pt_sheet_text(sheet, pt_str(text));
}

static int write_findings(struct pt_sheet *sheet, struct pt_buf *out,
                          const struct pt_verify_result *r, struct pt_err *err)
{
    if (r->problems) {
        pt_sheet_end(sheet);
        if (pt_program_write(out, err) != 0)
            return -1;
    }
    if (!pt_program_quiet())
        pt_program_log(r->problems ? PT_LOG_ERROR : PT_LOG_NOTE,
                       "%llu problems in %llu points of %llu chunks, %llu documents (%llu blocks), "
                       "%llu batches",
                       (unsigned long long)r->problems, (unsigned long long)r->points,
                       (unsigned long long)r->chunks, (unsigned long long)r->documents,
                       (unsigned long long)r->blocks, (unsigned long long)r->batches);
    return r->problems ? PT_FOUND : PT_OK;
}

static int verify(int argc, char **argv, struct pt_err *err)
{
    struct pt_verify_result r;
    struct pt_store *store;
    struct pt_buf out = {0};
    struct pt_sheet *sheet;
    int rc;
    (void)argc;
    (void)argv;
    if (pt_store_open(&store, pt_program_db(db), PT_STORE_READ, err) != 0)
        return -1;
    sheet = pt_sheet_new(pt_program_format(output), pt_program_color(STDOUT_FILENO), &out);
    pt_sheet_column(sheet, "status", NULL);
    pt_sheet_column(sheet, "message", NULL);
    rc = pt_store_verify(store, on_problem, sheet, &r, err);
    if (rc == 0)
        rc = write_findings(sheet, &out, &r, err);
    pt_sheet_free(sheet);
    pt_buf_release(&out);
    pt_store_close(store);
    return rc;
}

struct diagnosis {
    struct pt_sheet *sheet;
    bool ill;
};

static void on_look(void *ctx, enum pt_health health, const char *check, const char *text)
{
    static const struct pt_str STATUS[] = {{"ok", 2}, {"warning", 7}, {"problem", 7}};
    struct diagnosis *d = ctx;
    pt_sheet_text(d->sheet, STATUS[health]);
    pt_sheet_text(d->sheet, pt_str(check));
    pt_sheet_text(d->sheet, pt_str(text));
    d->ill |= health != PT_HEALTH_OK;
}

static int doctor(int argc, char **argv, struct pt_err *err)
{
    struct diagnosis d = {0};
    struct pt_store *store;
    struct pt_buf out = {0};
    int rc;
    (void)argc;
    (void)argv;
    if (pt_store_open(&store, pt_program_db(db), PT_STORE_READ, err) != 0)
        return -1;
    d.sheet = pt_sheet_new(pt_program_format(output), pt_program_color(STDOUT_FILENO), &out);
    pt_sheet_column(d.sheet, "status", NULL);
    pt_sheet_column(d.sheet, "check", NULL);
    pt_sheet_column(d.sheet, "message", NULL);
    rc = pt_store_health(store, on_look, &d, err);
    pt_sheet_end(d.sheet);
    if (pt_program_write(&out, err) != 0)
        rc = -1;
    pt_sheet_free(d.sheet);
    pt_buf_release(&out);
    pt_store_close(store);
    return rc != 0 ? -1 : d.ill ? PT_FOUND : PT_OK;
}

static const struct pt_command COMMANDS[] = {
    {"pt-archive", "seal | verify | doctor", "keep a store: seal it, verify it, see how it is", 0,
     NULL, NULL},
    {"pt-archive seal", NULL, "seal hot points and documents, merge small chunks", 0, SEAL, seal},
    {"pt-archive verify", NULL, "check every checksum and rule of the store", 0, LOOK, verify},
    {"pt-archive doctor", NULL, "say how the store is and what would help it", 0, LOOK, doctor},
};

int main(int argc, char **argv)
{
    return pt_program_main(argc, argv, COMMANDS, sizeof COMMANDS / sizeof COMMANDS[0]);
}
