/* reader.h - private to format/: what each input format brings to records.c.
 *
 * A format is one table of functions over a state of its own.  records.c gathers lines into rows,
 * keeps count of places, tells the format by the first line and hands rows to it; the format makes
 * records of them.  A row is one line, unless the format says that it goes on. */
#ifndef PT_FORMAT_READER_H
#define PT_FORMAT_READER_H

#include "format/records.h"

struct pt_reader {
    const char *name; /* as in PT_INPUT_CHOICES */

    /* Whether an input that begins with this line (not blank) is of this format; asked in the order of
     * the table in records.c.  NULL: never told, only named. */
    bool (*looks)(struct pt_str line);

    void *(*make)(const struct pt_records_options *options);
    void (*free)(void *self);

    /* Whether the row goes on behind this line: the state behind it, given the one before, 0 at the
     * start of a row and when it is complete.  NULL: every line is a row.  A row of more than
     * `row_most` bytes, or one that the input ends in, is refused with `unclosed` as the reason, and
     * only its first line is lost. */
    int (*open)(void *self, struct pt_str line, int state);
    size_t row_most;
    const char *unclosed;

    /* The first record of a row: 1 and *out, 0 when it has none, -1 with err (PT_DATA).  `now` is the
     * time of records that bring none.  Then `more` (NULL: a row has one record at most) delivers the
     * others in the same way until it returns 0, also after a -1.  Records are borrowed until the next
     * call; the row lives as long as they do. */
    int (*row)(void *self, struct pt_str row, int64_t now, struct pt_record *out,
               struct pt_err *err);
    int (*more)(void *self, struct pt_record *out, struct pt_err *err);

    bool depends; /* rows depend on earlier ones (a header, declared types) */
    bool untimed; /* rows may have no time: the same text again says that nothing changed since */
    bool closed;  /* a row that reads well is complete, though no newline ends it */
};

extern const struct pt_reader PT_READER_JSONL, PT_READER_CSV, PT_READER_TSV, PT_READER_PROMETHEUS;

#endif
