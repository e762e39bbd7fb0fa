/* repair.c - see repair.h. */
#include "repair.h"

#include "base/buf.h"
#include "base/time.h"
#include "cli/program.h"
#include "store/keep.h"

#include <unistd.h>

static const char *db, *into;
static bool dry_run;
static int output = -1;

const struct pt_option archive_repair_options[] = {
    PT_OPT_DB(&db),
    {PT_OPTION_TEXT, 0, "into", "NEW", &into, NULL, NULL,
     "make the repaired store NEW and leave the damaged one as it is"},
    {PT_OPTION_FLAG, 'n', "dry-run", NULL, &dry_run, NULL, NULL,
     "only say what would be lost"},
    PT_OPT_OUTPUT(&output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

static void time_or_null(struct pt_sheet *sheet, int64_t t)
{
    if (t == PT_TIME_MIN)
        pt_sheet_null(sheet);
    else
        pt_sheet_time(sheet, t);
}

static void on_loss(void *ctx, const struct pt_loss *loss)
{
    struct pt_sheet *sheet = ctx;
    pt_sheet_text(sheet, pt_str(loss->what));
    pt_sheet_text_or_null(sheet, pt_str(loss->name));
    if (loss->tags[0])
        pt_sheet_json(sheet, pt_str(loss->tags));
    else
        pt_sheet_null(sheet);
    time_or_null(sheet, loss->since);
    time_or_null(sheet, loss->until);
    if (loss->n)
        pt_sheet_int(sheet, (int64_t)loss->n);
    else
        pt_sheet_null(sheet);
    pt_sheet_text(sheet, pt_str(loss->message));
}

static struct pt_sheet *new_sheet(struct pt_buf *out)
{
    static const char *const COLUMNS[] = {"lost", "name", "tags", "first", "last", "count",
                                          "message"};
    struct pt_sheet *s =
        pt_sheet_new(pt_program_format(output), pt_program_color(STDOUT_FILENO), out);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_column(s, COLUMNS[i], NULL);
    return s;
}

/* "5 of 9", or "5" where the batches that say how many there were are lost. */
static void write_part(struct pt_buf *b, uint64_t kept, uint64_t stored)
{
    pt_buf_printf(b, "%llu", (unsigned long long)kept);
    if (stored >= kept)
        pt_buf_printf(b, " of %llu", (unsigned long long)stored);
}

static void receipt(const struct pt_repair_result *r)
{
    struct pt_buf points = {0}, documents = {0};
    if (pt_program_quiet())
        return;
    write_part(&points, r->kept.points, r->points);
    write_part(&documents, r->kept.documents, r->documents);
    pt_program_log(r->losses ? PT_LOG_WARNING : PT_LOG_NOTE,
                   "%u pages read, %u mended, %u damaged; %s: %s points, %s documents; %s", r->pages,
                   r->mended, r->bad, dry_run ? "can be had back" : "had back", points.p,
                   documents.p, r->losses ? "what is lost is named above" : "nothing is lost");
    pt_buf_release(&points);
    pt_buf_release(&documents);
}

int archive_repair_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_buf out = {0};
    struct pt_sheet *sheet = new_sheet(&out);
    const struct pt_repair how = {into, dry_run, on_loss, sheet};
    struct pt_repair_result r;
    int rc;
    (void)argc;
    (void)argv;
    rc = pt_store_repair(pt_program_db(db), &how, &r, err);
    if (r.losses) {
        pt_sheet_end(sheet);
        if (pt_program_write(&out, err) != 0)
            rc = -1;
    }
    if (rc == 0)
        receipt(&r);
    pt_sheet_free(sheet);
    pt_buf_release(&out);
    return rc != 0 ? -1 : r.losses ? PT_FOUND : PT_OK;
}
