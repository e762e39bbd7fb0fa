/* records.h - records out of an input in any format that is read: one face for all of them.
 *
 * The format is told by the first line that is not blank, unless it is named; pt-formats(5) says by
 * what, and how the lines of each format become records.  Where that line leaves the dialect of an
 * exposition open, a later one settles it (exposition.c); pt_records_format says Prometheus then.
 *
 * Each call delivers one record, or the reason why a line is none, with the place; a bad line never
 * ends the stream. */
#ifndef PT_FORMAT_RECORDS_H
#define PT_FORMAT_RECORDS_H

#include "format/input.h"
#include "record/record.h"

/* In the order of PT_INPUT_CHOICES. */
enum pt_records_format {
    PT_RECORDS_AUTO,
    PT_RECORDS_JSONL,
    PT_RECORDS_CSV,
    PT_RECORDS_TSV,
    PT_RECORDS_INFLUX,
    PT_RECORDS_OPENMETRICS,
    PT_RECORDS_PROMETHEUS,
    PT_RECORDS_STATSD,
    PT_RECORDS_GRAPHITE,
    PT_RECORDS_COLLECTD,
    PT_RECORDS_OTLP,
    PT_RECORDS_FORMATS
};

struct pt_records;

struct pt_records_options {
    enum pt_records_format format;
    enum pt_time_unit ts_unit;
    bool strict;
    struct pt_limits limits;
    const char *tags, *values; /* CSV and TSV: see csv.c */
    bool part;                 /* of an input: where it ends nothing is missing */
    int64_t now;               /* the time of lines without one; 0: when they are read */
};

/* Borrows the input. */
struct pt_records *pt_records_new(struct pt_input *in, const struct pt_records_options *options);
void pt_records_free(struct pt_records *r);

enum pt_records_result {
    PT_RECORDS_FAILED = -1, /* the input cannot be read: err */
    PT_RECORDS_END = 0,
    PT_RECORDS_ONE = 1,     /* *record, borrowed until the next call */
    PT_RECORDS_IDLE = 2,    /* nothing came within wait_ms */
    PT_RECORDS_BAD = 3,     /* the line is no record: err has code PT_DATA, place and reason */
    PT_RECORDS_NOTHING = 4, /* a line without a record: blank, comment, header */
};
enum pt_records_result pt_records_next(struct pt_records *r, int wait_ms, struct pt_record *record,
                                       struct pt_err *err);

/* The line the last result came from, borrowed until the next call. */
const struct pt_line *pt_records_line(const struct pt_records *r);

/* What is needed to read the line of the last result once more, apart from its input: the lines
 * that it depends on (a header, declared types), appended to *out; and the time it has if it brings
 * none. */
void pt_records_before(const struct pt_records *r, struct pt_buf *out);
int64_t pt_records_time(struct pt_records *r);
enum pt_records_format pt_records_alone(const struct pt_records *r); /* ... and the format to name */

/* Whether the next call takes a new line: all records of the last one are delivered. */
bool pt_records_between_lines(const struct pt_records *r);

/* The format: as named, or as it was told by the first line; PT_RECORDS_AUTO before that. */
enum pt_records_format pt_records_format(const struct pt_records *r);
const char *pt_records_format_name(enum pt_records_format format);
enum pt_records_format pt_records_format_named(struct pt_str name); /* AUTO when there is none */

/* Whether rows of the format may come without a time, so that the same text again says that nothing
 * has changed since; whether a row that reads well is complete without a newline. */
bool pt_records_format_untimed(enum pt_records_format format);
bool pt_records_format_closed(enum pt_records_format format);

/* Whether rows without a time came so far, or the format is such a one: the same bytes once more
 * are not the same points. */
bool pt_records_timeless(const struct pt_records *r);

/* Goes on behind the first `lines` lines, which end at `offset`.  Formats whose lines depend on
 * earlier ones (a CSV header, Prometheus' TYPE) read those again and drop their records. */
int pt_records_skip(struct pt_records *r, uint64_t offset, uint64_t lines, struct pt_err *err);

#endif
