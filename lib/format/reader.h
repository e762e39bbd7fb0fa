/* reader.h - private to format/: what each input format brings to records.c.
 *
 * A format is one table of functions over a state of its own.  records.c gathers lines into rows,
 * keeps count of places, tells the format by the first line and hands rows to it; the format makes
 * records of them.  A row is one line, unless the format says that it goes on. */
#ifndef PT_FORMAT_READER_H
#define PT_FORMAT_READER_H

#include "base/buf.h"
#include "format/records.h"

struct pt_ticks;

struct pt_reader {
    const char *name; /* as in PT_INPUT_CHOICES */

    /* Whether an input that begins with this line (not blank) is of this format; asked in the order
     * of the table in records.c.  NULL: never told, only named. */
    bool (*looks)(struct pt_str line);

    void *(*make)(const struct pt_records_options *options);
    void (*free)(void *self);

    /* Whether the line is a row with one record, *out, and like a row before it, so that its bytes
     * need only be compared; asked first.  NULL: never. */
    bool (*expect)(void *self, struct pt_str line, struct pt_record *out);

    /* Whether the row goes on behind this line: the state behind it, given the one before, 0 at the
     * start of a row and when it is complete.  NULL: every line is a row.  A row of more than
     * `row_most` bytes, or one that the input ends in, is refused with `unclosed` as the reason,
     * and only its first line is lost; so is one that ends but is bad, unless rows are `whole`.
     * Where they are not, the state does not change while a row is open. */
    int (*open)(void *self, struct pt_str line, int state);
    size_t row_most;
    const char *unclosed;
    bool whole;

    /* The first record of a row: 1 and *out, 0 when it has none, -1 with err (PT_DATA).  `now` is
     * the time of records that bring none.  Then `more` (NULL: a row has one record at most)
     * delivers the others in the same way until it returns 0, also after a -1.  Records are
     * borrowed until the next call; the row lives as long as they do. */
    int (*row)(void *self, struct pt_str row, int64_t now, struct pt_record *out,
               struct pt_err *err);
    int (*more)(void *self, struct pt_record *out, struct pt_err *err);

    /* The input has ended: -1 with err (PT_DATA) when something is missing.  NULL: it may
     * always. */
    int (*end)(void *self, struct pt_err *err);

    /* Appends the lines that this row depends on, each with its newline: what a reader must be
     * given before the row to read it as this one would.  NULL: none. */
    void (*before)(const void *self, struct pt_str row, struct pt_buf *out);

    /* Where rows without a time get one each, the state of that: what a rejected row is replayed with.
     * NULL: all lines that came together have one time. */
    struct pt_ticks *(*ticks)(void *self);

    /* The format to name to a reader that is given a row behind the lines of `before`.  NULL: this. */
    enum pt_records_format (*alone)(const void *self);

    bool depends; /* rows depend on earlier ones (a header, declared types) */
    bool untimed; /* rows may have no time: the same text again says that nothing changed since */
    bool closed;  /* a row that reads well is complete, though no newline ends it */

    /* Whether a row without a time came so far: a stream that brings the same bytes again brings
     * other points.  NULL: `untimed` says so. */
    bool (*timeless)(const void *self);
};

extern const struct pt_reader PT_READER_JSONL, PT_READER_CSV, PT_READER_TSV;
extern const struct pt_reader PT_READER_INFLUX, PT_READER_STATSD, PT_READER_GRAPHITE;
extern const struct pt_reader PT_READER_OPENMETRICS, PT_READER_PROMETHEUS;
extern const struct pt_reader PT_READER_COLLECTD, PT_READER_OTLP;

/* --- what several formats need: reader.c ----------------------------------------------------- */

/* Refuses a row: "NAME: WHY at column N", where `at` points into the row.  -1. */
int pt_reader_fail(struct pt_err *err, const char *name, const char *why, struct pt_str row,
                   const char *at);

/* All of `text`, a run of the row, as a number; as pt_reader_fail, NaN and infinities by name. */
int pt_reader_number(struct pt_str text, const char *name, struct pt_str row, struct pt_num *out,
                     struct pt_err *err);

/* The next run without spaces and tabs at *at, which moves behind it; empty at the end. */
struct pt_str pt_reader_word(const char **at, const char *end);

/* Times for rows that have none: `now`, or a nanosecond behind the last one given, since points of
 * one series and time would collapse into one.  Once more, from the time of its first record on, a row
 * gets the times it had: so what was stored of it is met again, and nothing else.  records.c begins
 * the rows. */
struct pt_ticks {
    int64_t last, first; /* given; to the row in hand, 0: none yet */
};
int64_t pt_ticks_next(struct pt_ticks *t, int64_t now);

/* The time of the row's first record, which it gets now if it did not. */
int64_t pt_ticks_first(struct pt_ticks *t, int64_t now);

/* Documents that a format makes: begin writes the type and the time of *r to `body`, which is emptied
 * first, the caller adds what else there is (record/write.h), and end closes it and makes *r the
 * document that borrows from it.  How long it may be is for records.c to check. */
void pt_reader_document_begin(struct pt_buf *body, const char *type, struct pt_record *r);
void pt_reader_document_end(struct pt_buf *body, struct pt_record *r);

/* Begins an event with the name and tags of *r, a metric whose value is no number. */
void pt_reader_event_begin(struct pt_buf *body, struct pt_record *r);

/* A member with these tags, or none where there are no tags. */
void pt_reader_tags(struct pt_buf *body, struct pt_str tags);

#endif
