/* record.h - one record: a metric or a document, as pt-record(5) specifies it.
 *
 * A pt_record borrows everything: its runs live as long as the line it was read from and until the
 * next pt_record_parse with the same reader. */
#ifndef PT_RECORD_RECORD_H
#define PT_RECORD_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "base/str.h"
#include "base/time.h"
#include "record/limits.h"
#include "record/shape.h"

#include <stdbool.h>

enum pt_kind { PT_KIND_NONE, PT_KIND_GAUGE, PT_KIND_COUNTER, PT_KIND_HISTOGRAM };

struct pt_record {
    bool metric;         /* (ts, name, value, tags); else a document */
    int64_t ts;          /* nanoseconds since the epoch */
    struct pt_str type;  /* "metric", "event", "span", "trade", ... */
    struct pt_str name;  /* decoded; may be empty for documents */
    struct pt_str tags;  /* a JSON object as it was written, checked; empty when there is none */
    struct pt_str trace; /* decoded; empty when there is none */
    struct pt_str unit;  /* metrics */
    struct pt_num value; /* metrics */
    enum pt_kind kind;   /* metrics */
    /* Records of one reader with the same spelling, if it is not 0, have the same name, tags, unit
     * and kind: whoever keeps count of series may remember them by it. */
    uint32_t spelling;
    struct pt_str body;  /* documents: the whole line, without surrounding space */
};

/* How lines are read; zero is the default. */
struct pt_record_reader {
    enum pt_time_unit ts_unit;
    bool strict;            /* refuse unknown fields in metrics */
    struct pt_limits limits; /* of documents */
    struct pt_arena arena;  /* decoded text of the current record */
    struct pt_shapes shapes;
};

/* Reads one JSON line.  0; or -1 with err (PT_DATA) naming the field or the column at fault. */
int pt_record_parse(struct pt_record_reader *r, struct pt_str line, struct pt_record *out,
                    struct pt_err *err);

/* The two halves of it: whether the line is a metric like one before, which is read by comparing
 * bytes (shape.h); and reading one that is not. */
bool pt_record_again(struct pt_record_reader *r, struct pt_str line, struct pt_record *out);
int pt_record_parse_new(struct pt_record_reader *r, struct pt_str line, struct pt_record *out,
                        struct pt_err *err);
void pt_record_reader_release(struct pt_record_reader *r);

/* What holds for a metric of any format: the name has 1 to 512 bytes and the unit at most 31,
 * without control characters.  0, or -1 with err (PT_DATA). */
int pt_record_check(const struct pt_record *metric, struct pt_err *err);

/* What holds for a document of any format: it is as long as the limits allow, and so are its tags,
 * which have at most 64 KiB together.  (The tags of metrics are for identity.h to check.)  0, or -1
 * with err (PT_DATA).  Tags with escapes take memory in the arena. */
int pt_record_check_document(const struct pt_record *r, const struct pt_limits *limits,
                             struct pt_arena *arena, struct pt_err *err);

const char *pt_kind_name(enum pt_kind kind); /* NULL for PT_KIND_NONE */
bool pt_kind_parse(struct pt_str s, enum pt_kind *out);

#endif
