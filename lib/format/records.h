/* records.h - records out of an input in any format that is read: one face for all of them.
 *
 * The format is told by the first bytes unless it is named.  Each call delivers one record, or the
 * reason why a line is none, with the place; a bad line never ends the stream. */
#ifndef PT_FORMAT_RECORDS_H
#define PT_FORMAT_RECORDS_H

#include "format/input.h"
#include "record/record.h"

/* In the order of PT_INPUT_CHOICES. */
enum pt_records_format {
    PT_RECORDS_AUTO, PT_RECORDS_JSONL, PT_RECORDS_CSV, PT_RECORDS_TSV, PT_RECORDS_PROMETHEUS
};

struct pt_records;

struct pt_records_options {
    enum pt_records_format format;
    enum pt_time_unit ts_unit;
    bool strict;
    int64_t now; /* time of points whose format may omit it (Prometheus text) */
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

#endif
