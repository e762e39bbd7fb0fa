/* quality.c - see quality.h: rows of pt_score_each, and whether they are good enough. */
#include "quality.h"

#include "cli/program.h"
#include "gate.h"
#include "quality/score.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static struct {
    const char *db, *since, *until, *tz, *source, *schema;
    int output;
    double least;
} opt = {.output = -1, .least = NAN};

const struct pt_option ingest_quality_options[] = {
    PT_OPT_DB(&opt.db),
    PT_OPT_SINCE(&opt.since),
    PT_OPT_UNTIL(&opt.until),
    PT_OPT_TZ(&opt.tz),
    {PT_OPTION_TEXT, 0, "source", "GLOB", &opt.source, NULL, NULL,
     "only sources whose name matches"},
    INGEST_OPT_SCHEMA(&opt.schema),
    {PT_OPTION_NUMBER, 0, "min-score", "N", &opt.least, NULL, NULL,
     "end with status 1 when a score is below N"},
    PT_OPT_OUTPUT(&opt.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

struct report {
    struct pt_sheet *sheet;
    struct pt_buf out;
    bool narrow; /* a table leaves out what does not fit on a screen */
    uint64_t n, low, failed;
    struct pt_err *err;
};

static void add_columns(struct report *r)
{
    static const char *const COUNTS[] = {"records", "rejected",   "replayed",
                                         "warned",  "duplicates", "late"};
    static const char *const SHARES[] = {"expected",   "present",    "validity",
                                         "uniqueness", "timeliness", "completeness"};
    pt_sheet_column(r->sheet, "ts", NULL);
    pt_sheet_column(r->sheet, "source", NULL);
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++)
        pt_sheet_column(r->sheet, COUNTS[i], NULL);
    for (int i = 0; i < PT_FAULTS && !r->narrow; i++) {
        char name[32]; /* "type" and "tags" alone would be the record's own */
        snprintf(name, sizeof name, "bad_%s", pt_fault_name((enum pt_fault)i));
        pt_sheet_column(r->sheet, name, NULL);
    }
    pt_sheet_column(r->sheet, "age", "s");
    for (size_t i = 0; i < sizeof SHARES / sizeof SHARES[0] && !r->narrow; i++)
        pt_sheet_column(r->sheet, SHARES[i], NULL);
    pt_sheet_column(r->sheet, "score", NULL);
    pt_sheet_column(r->sheet, "broken", NULL);
    pt_sheet_prefix(r->sheet, "\"type\":\"quality\",");
}

static void add_counts(struct report *r, const struct pt_score *s)
{
    const struct pt_quality_row *c = &s->counts;
    const uint64_t counts[] = {c->records, s->rejected,   c->replayed,
                               c->warned,  c->duplicates, c->late};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        pt_sheet_int(r->sheet, (int64_t)counts[i]);
    for (int i = 0; i < PT_FAULTS && !r->narrow; i++)
        pt_sheet_int(r->sheet, (int64_t)c->faults[i]);
}

static void add_shares(struct report *r, const struct pt_score *s)
{
    const double shares[] = {s->validity, s->uniqueness, s->timeliness, s->completeness};
    pt_sheet_int(r->sheet, (int64_t)s->expected);
    pt_sheet_int(r->sheet, (int64_t)s->present);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        pt_sheet_num(r->sheet, pt_num_real(shares[i]));
}

static int write_score(void *ctx, const struct pt_score *s)
{
    struct report *r = ctx;
    r->n++;
    r->low += s->score < opt.least;
    r->failed += s->failed;
    pt_sheet_time(r->sheet, s->counts.day);
    pt_sheet_text(r->sheet, s->counts.name);
    add_counts(r, s);
    if (s->age == PT_TIME_MIN)
        pt_sheet_null(r->sheet);
    else
        pt_sheet_num(r->sheet, pt_num_real((double)s->age / (double)PT_S));
    if (!r->narrow)
        add_shares(r, s);
    pt_sheet_num(r->sheet, pt_num_real(s->score));
    if (s->broken.n)
        pt_sheet_text(r->sheet, s->broken);
    else
        pt_sheet_null(r->sheet);
    return pt_program_flush(&r->out, r->err) != 0 ? -1 : pt_program_stopping();
}

static int finish(struct report *r, struct pt_err *err)
{
    if (!r->n)
        return pt_err_set(err, PT_FOUND, "no source has records of these days");
    pt_sheet_end(r->sheet);
    if (pt_program_write(&r->out, err) != 0)
        return -1;
    return r->low || r->failed ? PT_FOUND : PT_OK;
}

static int report(struct pt_store *store, const struct pt_score_options *options,
                  struct pt_err *err)
{
    struct report r = {.narrow = pt_program_format(opt.output) == PT_SHEET_TABLE, .err = err};
    int rc = pt_store_begin_read(store, err);
    if (rc == 0) {
        r.sheet =
            pt_sheet_new(pt_program_format(opt.output), pt_program_color(STDOUT_FILENO), &r.out);
        add_columns(&r);
        rc = pt_score_each(store, options, write_score, &r, err);
        pt_store_end_read(store);
        if (rc >= 0)
            rc = finish(&r, err);
        pt_sheet_free(r.sheet);
    }
    pt_buf_release(&r.out);
    return rc;
}

int ingest_quality_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_score_options options = {.source = opt.source, .now = pt_time_now()};
    struct pt_store *store;
    int rc;
    (void)argc;
    (void)argv;
    if (pt_program_range(opt.since, opt.until, opt.tz, &options.since, &options.until, err) != 0 ||
        ingest_schema(opt.schema, &options.schema, err) != 0)
        return -1;
    if (options.until < options.now)
        options.now = options.until;
    rc = pt_store_open(&store, pt_program_db(opt.db), PT_STORE_READ, err);
    if (rc == 0) {
        rc = report(store, &options, err);
        pt_store_close(store);
    }
    pt_schema_free(options.schema);
    return rc;
}
