/* check.c - see check.h. */
#include "check.h"

#include "cli/program.h"
#include "store/health.h"
#include "store/keep.h"

#include <unistd.h>

static const char *db;
static int output = -1;

const struct pt_option archive_check_options[] = {
    PT_OPT_DB(&db),
    PT_OPT_OUTPUT(&output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

/* --- verify ---------------------------------------------------------------------------------- */

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

int archive_verify_run(int argc, char **argv, struct pt_err *err)
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

/* --- doctor ---------------------------------------------------------------------------------- */

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

int archive_doctor_run(int argc, char **argv, struct pt_err *err)
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
