/* feed.c - see feed.h. */
#include "feed.h"

#include "base/time.h"
#include "cli/program.h"
#include "gate.h"
#include "record/write.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MOST = 128 << 20 }; /* bytes that --max-line may say: a sealed block has room for it */

static const char *db, *tz, *tag_heads, *value_heads, *schema_file, *max_rejects;
static int input_format, ts_unit;
static bool strict, want_receipt;
static int64_t commit_interval;
static struct pt_limits limits;
static uint64_t unreadable;

/* How many rejects are too many. */
static uint64_t most_rejects = UINT64_MAX; /* lines; more of them end the run */
static double most_share = -1;             /* of the lines read, judged at the end; < 0: any */

const struct pt_option ingest_feed_options[] = {
    PT_OPT_DB(&db),
    PT_OPT_INPUT(&input_format),
    PT_OPT_TS_UNIT(&ts_unit),
    PT_OPT_TZ(&tz),
    {PT_OPTION_TEXT, 0, "tags", "LIST", &tag_heads, NULL, NULL,
     "columns of a wide table that are tags, though they look like numbers"},
    {PT_OPTION_TEXT, 0, "values", "LIST", &value_heads, NULL, NULL,
     "columns of a wide table that are values; all others are tags"},
    INGEST_OPT_SCHEMA(&schema_file),
    {PT_OPTION_FLAG, 0, "strict", NULL, &strict, NULL, NULL,
     "refuse fields in metrics that no specification names, and records that no block of the "
     "schema is for"},
    {PT_OPTION_DURATION, 0, "commit", "TIME", &commit_interval, "100ms", NULL,
     "commit a stream's records after at most this time"},
    {PT_OPTION_TEXT, 0, "max-rejects", "N", &max_rejects, NULL, NULL,
     "stop with status 1 when more than N lines are rejected; N% judges the whole at the end"},
    {PT_OPTION_FLAG, 0, "receipt", NULL, &want_receipt, NULL, NULL,
     "write the receipt as a record to standard output, too"},
    PT_OPT_GROUP("Limits, of which 0 stands for the default"),
    INGEST_OPT_LIMITS(limits),
    {PT_OPTION_COUNT, 0, "max-line", "BYTES", &limits.line, INGEST_DEFAULT(PT_LIMIT_LINE), NULL,
     "bytes of a line, at most 128 MiB"},
    {PT_OPTION_COUNT, 0, "max-document", "BYTES", &limits.document,
     INGEST_DEFAULT(PT_LIMIT_DOCUMENT), NULL,
     "bytes of a document; a longer line needs --max-line, too"},
    {PT_OPTION_DURATION, 0, "max-future", "TIME", &limits.future, NULL, NULL,
     "how far a record may be ahead of the clock (default: any time)"},
    PT_OPT_END,
};

static void add_receipt(struct pt_ingest_result *sum, const struct pt_ingest_result *one)
{
    sum->receipt.read += one->receipt.read;
    sum->receipt.points += one->receipt.points;
    sum->receipt.documents += one->receipt.documents;
    sum->receipt.duplicates += one->receipt.duplicates;
    sum->receipt.late += one->receipt.late;
    sum->receipt.rejects += one->receipt.rejects;
    sum->receipt.series += one->receipt.series;
    sum->receipt.warned += one->receipt.warned;
    sum->skipped_lines += one->skipped_lines;
    sum->left_bytes += one->left_bytes;
}

static double rate(const struct pt_receipt *r, int64_t elapsed)
{
    return elapsed > 0 ? (double)r->read * (double)PT_S / (double)elapsed : 0;
}

static void log_receipt(const struct pt_ingest_result *sum, int64_t elapsed)
{
    const struct pt_receipt *r = &sum->receipt;
    pt_program_log(PT_LOG_NOTE,
                   "read %llu, stored %llu (%llu points, %llu documents), duplicate %llu, late "
                   "%llu, rejected %llu, stored before %llu lines, new series %llu, %.0f records/s",
                   (unsigned long long)r->read, (unsigned long long)(r->points + r->documents),
                   (unsigned long long)r->points, (unsigned long long)r->documents,
                   (unsigned long long)r->duplicates, (unsigned long long)r->late,
                   (unsigned long long)r->rejects, (unsigned long long)sum->skipped_lines,
                   (unsigned long long)r->series, rate(r, elapsed));
    if (r->warned)
        pt_program_log(PT_LOG_NOTE, "%llu of the records stored are not as the schema wishes",
                       (unsigned long long)r->warned);
    if (sum->left_bytes)
        pt_program_log(PT_LOG_NOTE,
                       "a last line of %llu bytes has no newline yet and waits for the next run; "
                       "end it with one, or feed the file through a pipe",
                       (unsigned long long)sum->left_bytes);
}

static int write_receipt(const struct pt_ingest_result *sum, int64_t elapsed, struct pt_err *err)
{
    const struct pt_receipt *r = &sum->receipt;
    struct pt_buf line = {0};
    int rc;
    pt_line_open(&line, "receipt", pt_time_now());
    pt_line_text(&line, "name", PT_STR("pt.ingest"));
    pt_line_int(&line, "read", (int64_t)r->read);
    pt_line_int(&line, "stored", (int64_t)(r->points + r->documents));
    pt_line_int(&line, "points", (int64_t)r->points);
    pt_line_int(&line, "documents", (int64_t)r->documents);
    pt_line_int(&line, "duplicates", (int64_t)r->duplicates);
    pt_line_int(&line, "late", (int64_t)r->late);
    pt_line_int(&line, "rejected", (int64_t)r->rejects);
    pt_line_int(&line, "warned", (int64_t)r->warned);
    pt_line_int(&line, "stored_before_lines", (int64_t)sum->skipped_lines);
    pt_line_int(&line, "series", (int64_t)r->series);
    pt_line_num(&line, "seconds", pt_num_real((double)elapsed / (double)PT_S));
    pt_line_close(&line);
    rc = pt_program_write(&line, err);
    pt_buf_release(&line);
    return rc;
}

/* An input that cannot be read is told, and the others are read all the same. */
static bool readable(const char *path)
{
    if (strcmp(path, "-") == 0 || access(path, R_OK) == 0)
        return true;
    pt_program_log(PT_LOG_ERROR, "cannot open \"%s\": %s", path, strerror(errno));
    unreadable++;
    return false;
}

static bool too_many(void)
{
    return ingest_rejects_seen() > most_rejects;
}

static bool stopping(void)
{
    return pt_program_stopping() || too_many();
}

static int ingest_all(struct pt_store *store, struct pt_schema *schema, int argc, char **argv,
                      struct pt_ingest_result *sum, struct pt_err *err)
{
    const struct pt_ingest_options options = {
        .records = {.format = (enum pt_records_format)input_format,
                    .ts_unit = (enum pt_time_unit)ts_unit,
                    .strict = strict,
                    .limits = limits,
                    .tags = tag_heads,
                    .values = value_heads},
        .commit = commit_interval,
        .command = ingest_command(),
        .stopping = stopping,
        .check = ingest_check,
        .on_reject = ingest_on_reject,
        .on_warning = ingest_on_warning,
        .on_note = ingest_on_note,
        .ctx = schema,
    };
    int rc = 0;
    for (int i = 0; rc == 0 && i < (argc ? argc : 1) && !stopping(); i++) {
        struct pt_ingest_result one;
        if (argc && !readable(argv[i]))
            continue;
        rc = pt_ingest(store, argc ? argv[i] : NULL, &options, &one, err);
        add_receipt(sum, &one);
    }
    return rc;
}

/* Rejects are bad data, unless the user said how many are too many. */
static int status(const struct pt_receipt *r)
{
    if (unreadable)
        return PT_SYSTEM;
    if (most_share >= 0)
        return (double)r->rejects > most_share * (double)r->read ? PT_FOUND : PT_OK;
    if (most_rejects != UINT64_MAX)
        return r->rejects > most_rejects ? PT_FOUND : PT_OK;
    return r->rejects ? PT_DATA : PT_OK;
}

/* "N" or "N%". */
static int read_limit(struct pt_err *err)
{
    size_t n = max_rejects ? strlen(max_rejects) : 0;
    struct pt_num percent;
    if (!max_rejects)
        return 0;
    if (n > 1 && max_rejects[n - 1] == '%' &&
        pt_num_parse_loose(max_rejects, max_rejects + n - 1, &percent) == max_rejects + n - 1 &&
        percent.d >= 0 && percent.d <= 100) {
        most_share = percent.d / 100;
        return 0;
    }
    if (pt_num_count(max_rejects, &most_rejects) == 0)
        return 0;
    return pt_err_set(err, PT_USAGE,
                      "--max-rejects: \"%s\" is neither a number of lines nor a share such as 1%%",
                      max_rejects);
}

static int feed(struct pt_store *store, struct pt_schema *schema, int argc, char **argv,
                struct pt_err *err)
{
    struct pt_ingest_result sum = {0};
    int64_t started = pt_time_monotonic(), elapsed;
    int rc;
    if (schema)
        pt_schema_store(schema, store);
    if (schema && strict)
        pt_schema_strict(schema);
    pt_program_catch_signals();
    rc = ingest_all(store, schema, argc, argv, &sum, err);
    elapsed = pt_time_monotonic() - started;
    if (!pt_program_quiet() && (rc == 0 || sum.receipt.read))
        log_receipt(&sum, elapsed);
    if (rc == 0 && too_many())
        pt_program_log(PT_LOG_ERROR,
                       "stopped after %llu rejects; what was good is stored, and the "
                       "next run goes on behind it",
                       (unsigned long long)ingest_rejects_seen());
    if (rc == 0 && want_receipt)
        rc = write_receipt(&sum, elapsed, err);
    return rc != 0 ? -1 : status(&sum.receipt);
}

static int check_limits(struct pt_err *err)
{
    if (limits.line > LINE_MOST)
        return pt_err_set(err, PT_USAGE, "--max-line: at most %d bytes", LINE_MOST);
    if (limits.future < 0)
        return pt_err_set(err, PT_USAGE, "--max-future: a duration from 0 up, such as 1h");
    return 0;
}

int ingest_feed_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_schema *schema = NULL;
    struct pt_store *store;
    int rc = -1;
    if (read_limit(err) != 0 || check_limits(err) != 0 ||
        (tz && pt_time_zone(tz, err) != 0) ||
        ingest_schema(schema_file, &schema, err) != 0)
        return -1;
    if (pt_store_open(&store, pt_program_db(db), PT_STORE_CREATE, err) == 0) {
        rc = feed(store, schema, argc, argv, err);
        pt_store_close(store);
    }
    pt_schema_free(schema);
    return rc;
}
