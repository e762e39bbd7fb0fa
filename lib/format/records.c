/* records.c - see records.h. */
#include "format/records.h"

#include "base/buf.h"
#include "base/mem.h"
#include "format/ahead.h"
#include "format/csv.h"
#include "format/prometheus.h"

#include <ctype.h>
#include <stdlib.h>

enum { ROW_MOST = 64 * 1024 }; /* bytes after which a row with an open quote takes no more lines */
static const int64_t SAME_SCRAPE = 500 * PT_MS; /* lines that came together share their time */

struct pt_records {
    struct pt_input *in;
    struct pt_ahead lines; /* ... of it */
    struct pt_records_options options;
    enum pt_records_format format;
    struct pt_line line;
    struct pt_record_reader json;
    struct pt_csv *csv;
    struct pt_prometheus *prometheus;
    bool in_row;          /* the current CSV row has more records */
    size_t joining;       /* bytes of the first line of a row whose quote is open; 0: none */
    struct pt_buf joined; /* a CSV row of several lines */
    int64_t now;          /* time of lines without one */
    uint64_t now_reads;
};

struct pt_records *pt_records_new(struct pt_input *in, const struct pt_records_options *options)
{
    struct pt_records *r = pt_mem_alloc(sizeof *r);
    r->in = r->lines.in = in;
    r->options = *options;
    r->format = options->format;
    r->json = (struct pt_record_reader){.ts_unit = options->ts_unit, .strict = options->strict};
    return r;
}

void pt_records_free(struct pt_records *r)
{
    if (!r)
        return;
    pt_record_reader_release(&r->json);
    pt_csv_free(r->csv);
    pt_prometheus_free(r->prometheus);
    pt_buf_release(&r->joined);
    pt_ahead_release(&r->lines);
    free(r);
}

const struct pt_line *pt_records_line(const struct pt_records *r)
{
    return &r->line;
}

bool pt_records_between_lines(const struct pt_records *r)
{
    return !r->in_row;
}

enum pt_records_format pt_records_format(const struct pt_records *r)
{
    return r->format;
}

const char *pt_records_format_name(enum pt_records_format format)
{
    static const char *const NAMES[] = {"auto", "jsonl", "csv", "tsv", "prometheus"};
    return NAMES[format];
}

/* name{...} number or name number: a sample of the exposition format. */
static bool looks_prometheus(const char *p, const char *end)
{
    const char *start = p;
    struct pt_num v;
    while (p < end && (isalnum((unsigned char)*p) || *p == '_' || *p == ':'))
        p++;
    if (p == start || p == end)
        return false;
    if (*p == '{')
        return true;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p > start && pt_num_parse_loose(p, end, &v) != NULL && !memchr(start, ',', (size_t)(end - start));
}

static enum pt_records_format tell_format(struct pt_str line)
{
    const char *p = line.p, *end = line.p + line.n;
    while (p < end && isspace((unsigned char)*p))
        p++;
    if (p == end)
        return PT_RECORDS_AUTO;
    if (*p == '{')
        return PT_RECORDS_JSONL;
    if (*p == '#' || looks_prometheus(p, end))
        return PT_RECORDS_PROMETHEUS;
    if (memchr(p, '\t', (size_t)(end - p)) && !memchr(p, ',', (size_t)(end - p)))
        return PT_RECORDS_TSV;
    return memchr(p, ',', (size_t)(end - p)) || memchr(p, ';', (size_t)(end - p))
               ? PT_RECORDS_CSV
               : PT_RECORDS_JSONL;
}

static void settle_format(struct pt_records *r)
{
    if (r->format == PT_RECORDS_AUTO)
        r->format = tell_format(r->line.text);
    if ((r->format == PT_RECORDS_CSV || r->format == PT_RECORDS_TSV) && !r->csv)
        r->csv = pt_csv_new(r->format == PT_RECORDS_CSV ? ',' : '\t', r->options.ts_unit,
                            r->options.tags, r->options.values);
    if (r->format == PT_RECORDS_PROMETHEUS && !r->prometheus)
        r->prometheus = pt_prometheus_new();
}

static bool only_space(struct pt_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
            return false;
    return true;
}

/* A byte order mark before the first line is none of its text. */
static void skip_mark(struct pt_line *line)
{
    static const char MARK[3] = "\xEF\xBB\xBF";
    if (line->number == 1 && line->text.n >= sizeof MARK &&
        memcmp(line->text.p, MARK, sizeof MARK) == 0)
        line->text = (struct pt_str){line->text.p + sizeof MARK, line->text.n - sizeof MARK};
}

static enum pt_records_result bad_line(struct pt_records *r, struct pt_err *err)
{
    pt_err_at(err, pt_input_name(r->in), r->line.number);
    return PT_RECORDS_BAD;
}

/* Looks for the line that ends the row whose quote is open: *more lines further.  The row's text goes
 * to r->joined.  1, 0 when the row does not end, -1, or PT_INPUT_IDLE: then the next call goes on. */
static int join_lines(struct pt_records *r, int wait_ms, size_t *more, struct pt_err *err)
{
    struct pt_line line;
    bool open = true;
    int rc = 1;
    if (!r->joining) {
        pt_buf_clear(&r->joined);
        pt_buf_str(&r->joined, r->line.text);
        r->joining = r->joined.n;
    }
    r->joined.n = r->joining;
    for (*more = 0; open && r->joined.n <= ROW_MOST; ++*more) {
        if ((rc = pt_ahead_look(&r->lines, *more, wait_ms, &line, err)) != 1)
            break;
        pt_buf_putc(&r->joined, '\n');
        pt_buf_str(&r->joined, line.text);
        open = line.overlong || pt_csv_open_quote(r->csv, line.text, true);
    }
    if (rc < 0 || rc == PT_INPUT_IDLE)
        return rc;
    r->line.text = (struct pt_str){r->joined.p, r->joining};
    r->joining = 0;
    return !open;
}

/* The row was good: its further lines are taken with it. */
static void take_joined(struct pt_records *r, size_t more, struct pt_err *err)
{
    struct pt_line line;
    for (size_t i = 0; i < more && pt_ahead_look(&r->lines, i, 0, &line, err) == 1; i++) {
        r->line.bytes += line.bytes;
        r->line.ended = line.ended;
    }
    pt_ahead_drop(&r->lines, more);
    if (more)
        r->line.text = pt_buf_view(&r->joined);
}

static enum pt_records_result next_of_row(struct pt_records *r, struct pt_record *record,
                                          struct pt_err *err)
{
    int rc = pt_csv_next(r->csv, record, err);
    r->in_row = rc != 0;
    return rc == 1 ? PT_RECORDS_ONE : rc == 0 ? PT_RECORDS_NOTHING : bad_line(r, err);
}

/* A quote may be open by mistake, so a row that is none costs its first line only. */
static enum pt_records_result csv_line(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err)
{
    bool header = !pt_csv_has_header(r->csv);
    struct pt_str row;
    size_t more = 0;
    if (r->joining || pt_csv_open_quote(r->csv, r->line.text, false)) {
        int rc = join_lines(r, wait_ms, &more, err);
        if (rc < 0 || rc == PT_INPUT_IDLE)
            return rc < 0 ? PT_RECORDS_FAILED : PT_RECORDS_IDLE;
        if (rc == 0) {
            pt_err_set(err, PT_DATA, "a quoted cell that opens here does not end");
            return bad_line(r, err);
        }
    }
    row = more ? pt_buf_view(&r->joined) : r->line.text;
    if ((header ? pt_csv_header(r->csv, row, err) : pt_csv_row(r->csv, row, err)) != 0)
        return bad_line(r, err);
    take_joined(r, more, err);
    return header ? PT_RECORDS_NOTHING : next_of_row(r, record, err);
}

static enum pt_records_result prometheus_line(struct pt_records *r, struct pt_record *record,
                                              struct pt_err *err)
{
    int rc;
    if (pt_input_reads(r->in) != r->now_reads) {
        int64_t now = pt_time_now();
        if (!r->now_reads || now - r->now > SAME_SCRAPE)
            r->now = now;
        r->now_reads = pt_input_reads(r->in);
    }
    rc = pt_prometheus_line(r->prometheus, r->line.text, r->now, record, err);
    return rc == 1 ? PT_RECORDS_ONE : rc == 0 ? PT_RECORDS_NOTHING : bad_line(r, err);
}

enum pt_records_result pt_records_next(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err)
{
    int rc;
    if (r->in_row)
        return next_of_row(r, record, err);
    if (r->joining)
        return csv_line(r, wait_ms, record, err);
    rc = pt_ahead_take(&r->lines, wait_ms, &r->line, err);
    if (rc != 1)
        return rc == PT_INPUT_IDLE ? PT_RECORDS_IDLE : rc == 0 ? PT_RECORDS_END : PT_RECORDS_FAILED;
    if (r->line.overlong) {
        pt_err_set(err, PT_DATA, "the line has %llu bytes; at most %d are read",
                   (unsigned long long)r->line.bytes, PT_INPUT_LINE_MOST);
        return bad_line(r, err);
    }
    skip_mark(&r->line);
    if (only_space(r->line.text))
        return PT_RECORDS_NOTHING;
    settle_format(r);
    switch (r->format) {
    case PT_RECORDS_CSV:
    case PT_RECORDS_TSV: return csv_line(r, wait_ms, record, err);
    case PT_RECORDS_PROMETHEUS: return prometheus_line(r, record, err);
    default:
        return pt_record_parse(&r->json, r->line.text, record, err) == 0 ? PT_RECORDS_ONE
                                                                         : bad_line(r, err);
    }
}

int pt_records_skip(struct pt_records *r, uint64_t offset, uint64_t lines, struct pt_err *err)
{
    struct pt_record record;
    if (r->format == PT_RECORDS_JSONL)
        return pt_input_skip(r->in, offset, lines + 1, err);
    while (!(r->line.offset + r->line.bytes >= offset && pt_records_between_lines(r))) {
        struct pt_err ignored = {0};
        enum pt_records_result rc = pt_records_next(r, -1, &record, &ignored);
        if (rc == PT_RECORDS_FAILED || rc == PT_RECORDS_END)
            return pt_err_set(err, PT_DATA, "%s is shorter than what was read of it before",
                              pt_input_name(r->in));
    }
    return 0;
}
