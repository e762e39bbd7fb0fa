/* records.c - see records.h.
 *
 * The formats are tables of functions (reader.h); what they have in common is here: the place of
 * every line, rows of several lines, the byte order mark, overlong lines, and telling the
 * format. */
#include "format/records.h"

#include "base/buf.h"
#include "base/mem.h"
#include "format/ahead.h"
#include "format/reader.h"

#include <ctype.h>
#include <stdlib.h>

static const int64_t SAME_SCRAPE = 500 * PT_MS; /* lines that came together share their time */

/* In the order of enum pt_records_format. */
static const struct pt_reader *const READERS[PT_RECORDS_FORMATS] = {
    [PT_RECORDS_JSONL] = &PT_READER_JSONL,
    [PT_RECORDS_CSV] = &PT_READER_CSV,
    [PT_RECORDS_TSV] = &PT_READER_TSV,
    [PT_RECORDS_INFLUX] = &PT_READER_INFLUX,
    [PT_RECORDS_OPENMETRICS] = &PT_READER_OPENMETRICS,
    [PT_RECORDS_PROMETHEUS] = &PT_READER_PROMETHEUS,
    [PT_RECORDS_STATSD] = &PT_READER_STATSD,
    [PT_RECORDS_GRAPHITE] = &PT_READER_GRAPHITE,
    [PT_RECORDS_COLLECTD] = &PT_READER_COLLECTD,
    [PT_RECORDS_OTLP] = &PT_READER_OTLP,
};

/* In which order the formats are asked whether a first line is theirs: the most particular
 * first. */
static const enum pt_records_format TELLING[] = {
    PT_RECORDS_COLLECTD,
    PT_RECORDS_OTLP,
    PT_RECORDS_JSONL,
    PT_RECORDS_STATSD,
    PT_RECORDS_GRAPHITE,
    PT_RECORDS_OPENMETRICS,
    PT_RECORDS_PROMETHEUS,
    PT_RECORDS_INFLUX,
    PT_RECORDS_TSV,
    PT_RECORDS_CSV,
};

struct pt_records {
    struct pt_input *in;
    struct pt_ahead lines; /* ... of it */
    struct pt_records_options options;
    enum pt_records_format format;
    const struct pt_reader *reader; /* NULL until the format is settled */
    void *state;                    /* ... of the reader */
    struct pt_line line;
    bool ended;           /* the reader was told of the input's end */
    bool in_row;          /* the current row may have more records */
    size_t joining;       /* bytes of the first line of a row that goes on; 0: none */
    int open;             /* the reader's state behind that line */
    struct {
        uint64_t after;      /* this line */
        size_t lines, bytes; /* ... so many leave the row open: */
        int open;            /* the state behind them */
    } seen;
    struct pt_buf joined; /* a row of several lines */
    struct pt_arena arena; /* scratch: a document's tags */
    int64_t now;          /* time of lines without one */
    uint64_t now_reads;
};

struct pt_records *pt_records_new(struct pt_input *in, const struct pt_records_options *options)
{
    struct pt_records *r = pt_mem_alloc(sizeof *r);
    r->in = r->lines.in = in;
    r->options = *options;
    pt_input_limit(in, pt_limit(options->limits.line, PT_LIMIT_LINE));
    r->format = options->format;
    return r;
}

void pt_records_free(struct pt_records *r)
{
    if (!r)
        return;
    if (r->reader)
        r->reader->free(r->state);
    pt_buf_release(&r->joined);
    pt_arena_release(&r->arena);
    pt_ahead_release(&r->lines);
    free(r);
}

const struct pt_line *pt_records_line(const struct pt_records *r)
{
    return &r->line;
}

void pt_records_before(const struct pt_records *r, struct pt_buf *out)
{
    if (r->reader && r->reader->before)
        r->reader->before(r->state, r->line.text, out);
}

bool pt_records_between_lines(const struct pt_records *r)
{
    return !r->in_row;
}

/* --- formats --------------------------------------------------------------------------------- */

enum pt_records_format pt_records_format(const struct pt_records *r)
{
    return r->format;
}

enum pt_records_format pt_records_alone(const struct pt_records *r)
{
    return r->reader && r->reader->alone ? r->reader->alone(r->state) : r->format;
}

const char *pt_records_format_name(enum pt_records_format format)
{
    return format == PT_RECORDS_AUTO ? "auto" : READERS[format]->name;
}

enum pt_records_format pt_records_format_named(struct pt_str name)
{
    for (int i = PT_RECORDS_AUTO + 1; i < PT_RECORDS_FORMATS; i++)
        if (pt_str_is(name, READERS[i]->name))
            return (enum pt_records_format)i;
    return PT_RECORDS_AUTO;
}

bool pt_records_format_untimed(enum pt_records_format format)
{
    return format != PT_RECORDS_AUTO && READERS[format]->untimed;
}

bool pt_records_format_closed(enum pt_records_format format)
{
    return format != PT_RECORDS_AUTO && READERS[format]->closed;
}

bool pt_records_timeless(const struct pt_records *r)
{
    return r->reader && (r->reader->timeless ? r->reader->timeless(r->state) : r->reader->untimed);
}

/* What nothing else claims is read as records, whose reader says best what is wrong with it. */
static enum pt_records_format tell_format(struct pt_str line)
{
    while (line.n && isspace((unsigned char)*line.p))
        line = (struct pt_str){line.p + 1, line.n - 1};
    for (size_t i = 0; i < sizeof TELLING / sizeof TELLING[0]; i++)
        if (READERS[TELLING[i]]->looks(line))
            return TELLING[i];
    return PT_RECORDS_JSONL;
}

static void settle_format(struct pt_records *r)
{
    if (r->format == PT_RECORDS_AUTO)
        r->format = tell_format(r->line.text);
    r->reader = READERS[r->format];
    r->state = r->reader->make(&r->options);
}

/* --- lines ----------------------------------------------------------------------------------- */

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

/* Lines that were read together have the same time; the clock is not asked for each. */
static int64_t time_of_reading(struct pt_records *r)
{
    if (r->options.now)
        return r->options.now;
    if (pt_input_reads(r->in) != r->now_reads) {
        int64_t now = pt_time_now();
        if (!r->now_reads || now - r->now > SAME_SCRAPE)
            r->now = now;
        r->now_reads = pt_input_reads(r->in);
    }
    return r->now;
}

static struct pt_ticks *ticks(struct pt_records *r)
{
    return r->reader && r->reader->ticks ? r->reader->ticks(r->state) : NULL;
}

int64_t pt_records_time(struct pt_records *r)
{
    struct pt_ticks *t = ticks(r);
    return t ? pt_ticks_first(t, time_of_reading(r)) : time_of_reading(r);
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Looks for the line that ends the open row: *more lines further.  What was seen of them by an earlier
 * call, or for the row before (whose first line alone was lost), is not read again.  1, 0 when the row
 * does not end, -1, or PT_INPUT_IDLE: then the next call goes on. */
static int find_end(struct pt_records *r, int wait_ms, size_t *more, struct pt_err *err)
{
    struct pt_line line;
    size_t bytes = r->joining + r->seen.bytes;
    int rc = 1, open = r->seen.lines ? r->seen.open : r->open;
    for (*more = r->seen.lines; open && bytes <= r->reader->row_most; ++*more) {
        if ((rc = pt_ahead_look(&r->lines, *more, wait_ms, &line, err)) != 1)
            break;
        bytes += 1 + line.text.n;
        if (!line.overlong)
            open = r->reader->open(r->state, line.text, open);
    }
    r->seen.lines = *more;
    r->seen.bytes = bytes - r->joining;
    r->seen.open = open;
    return rc == 1 ? !open : rc;
}

/* The first of the lines that were seen is to be a row of its own.  If that is open, too, in the same
 * way, it goes on through the others: else lines that all open a quote would each cost `row_most`. */
static void forget_first_seen(struct pt_records *r)
{
    struct pt_err ignored = {0};
    struct pt_line line;
    if (r->reader->whole || !r->seen.lines || !r->seen.open ||
        pt_ahead_look(&r->lines, 0, 0, &line, &ignored) != 1) {
        r->seen.lines = r->seen.bytes = 0;
        return;
    }
    r->seen.after = r->line.number + 1;
    r->seen.lines--;
    r->seen.bytes -= 1 + line.text.n;
}

/* As find_end; the row's text goes to r->joined. */
static int join_lines(struct pt_records *r, int wait_ms, size_t *more, struct pt_err *err)
{
    struct pt_line line;
    int rc;
    if (!r->joining) {
        pt_buf_clear(&r->joined);
        pt_buf_str(&r->joined, r->line.text);
        r->joining = r->joined.n;
    }
    if ((rc = find_end(r, wait_ms, more, err)) < 0 || rc == PT_INPUT_IDLE)
        return rc;
    for (size_t i = 0; rc == 1 && i < *more; i++) {
        if (pt_ahead_look(&r->lines, i, 0, &line, err) != 1)
            return -1;
        pt_buf_putc(&r->joined, '\n');
        pt_buf_str(&r->joined, line.text);
    }
    r->line.text = (struct pt_str){r->joined.p, r->joining};
    r->joining = 0;
    forget_first_seen(r);
    return rc;
}

/* The row is one: its further lines are taken with it. */
static void take_joined(struct pt_records *r, size_t more, struct pt_err *err)
{
    struct pt_line line;
    for (size_t i = 0; i < more && pt_ahead_look(&r->lines, i, 0, &line, err) == 1; i++) {
        r->line.bytes += line.bytes;
        r->line.ended = line.ended;
    }
    r->line.further = more;
    pt_ahead_drop(&r->lines, more);
    if (more)
        r->line.text = pt_buf_view(&r->joined);
}

/* Documents that a format makes of its rows are as limited as those that come as lines.  (Those of
 * whole rows are checked by document.c, which has one reason for all of a row.) */
static bool within_limits(struct pt_records *r, const struct pt_record *record, struct pt_err *err)
{
    if (record->metric || r->reader->whole || r->format == PT_RECORDS_JSONL)
        return true;
    pt_arena_reset(&r->arena);
    return pt_record_check_document(record, &r->options.limits, &r->arena, err) == 0;
}

static enum pt_records_result result_of(struct pt_records *r, int rc,
                                        const struct pt_record *record, struct pt_err *err)
{
    r->in_row = rc != 0 && r->reader->more;
    if (rc == 1 && !within_limits(r, record, err))
        rc = -1;
    return rc == 1 ? PT_RECORDS_ONE : rc == 0 ? PT_RECORDS_NOTHING : bad_line(r, err);
}

/* A row may be open by mistake, so one that is none costs its first line only, unless whatever
 * closes it belongs to it surely. */
static enum pt_records_result open_row(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err)
{
    size_t more = 0;
    int rc = join_lines(r, wait_ms, &more, err);
    if (rc < 0 || rc == PT_INPUT_IDLE)
        return rc < 0 ? PT_RECORDS_FAILED : PT_RECORDS_IDLE;
    if (rc == 0) {
        pt_err_set(err, PT_DATA, "%s", r->reader->unclosed);
        return bad_line(r, err);
    }
    rc = r->reader->row(r->state, pt_buf_view(&r->joined), time_of_reading(r), record, err);
    if (rc >= 0 || r->reader->whole)
        take_joined(r, more, err);
    return result_of(r, rc, record, err);
}

static enum pt_records_result next_row(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err)
{
    if (r->reader->open && (r->open = r->reader->open(r->state, r->line.text, 0)) != 0) {
        if (r->seen.after != r->line.number || r->seen.open != r->open)
            r->seen.lines = r->seen.bytes = 0;
        return open_row(r, wait_ms, record, err);
    }
    return result_of(r,
                     r->reader->row(r->state, r->line.text, time_of_reading(r), record, err),
                     record, err);
}

/* Once: what is missing then is missing behind the last line. */
static enum pt_records_result input_ended(struct pt_records *r, struct pt_err *err)
{
    bool first = !r->ended;
    r->ended = true;
    if (first && !r->options.part && r->reader && r->reader->end && r->reader->end(r->state, err) != 0)
        return bad_line(r, err);
    return PT_RECORDS_END;
}

static void begin_row(struct pt_records *r)
{
    struct pt_ticks *t = ticks(r);
    if (t)
        t->first = 0;
}

enum pt_records_result pt_records_next(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err)
{
    int rc;
    if (r->in_row)
        return result_of(r, r->reader->more(r->state, record, err), record, err);
    if (r->joining)
        return open_row(r, wait_ms, record, err);
    rc = pt_ahead_take(&r->lines, wait_ms, &r->line, err);
    if (rc == 0)
        return input_ended(r, err);
    if (rc != 1)
        return rc == PT_INPUT_IDLE ? PT_RECORDS_IDLE : PT_RECORDS_FAILED;
    begin_row(r);
    if (r->line.overlong) {
        pt_err_set(err, PT_DATA,
                   "the line has %llu bytes; at most %zu are read (see pt-ingest --max-line)",
                   (unsigned long long)r->line.bytes, r->line.text.n);
        return bad_line(r, err);
    }
    skip_mark(&r->line);
    if (r->reader && r->reader->expect && r->reader->expect(r->state, r->line.text, record))
        return PT_RECORDS_ONE;
    if (only_space(r->line.text))
        return PT_RECORDS_NOTHING;
    if (!r->reader)
        settle_format(r);
    return next_row(r, wait_ms, record, err);
}

int pt_records_skip(struct pt_records *r, uint64_t offset, uint64_t lines, struct pt_err *err)
{
    struct pt_record record;
    if (r->format != PT_RECORDS_AUTO && !READERS[r->format]->depends)
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
