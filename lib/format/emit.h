/* emit.h - points as lines of the formats that other programs take in.
 *
 * InfluxDB line protocol, one line a point:
 *
 *     order.latency,venue=X value=12.25 1763631000000000000
 *
 * OpenMetrics 1.0, families of samples with their times, as `promtool tsdb create-blocks-from
 * openmetrics` takes them; what its names cannot hold becomes "_", a counter's samples end in
 * _total:
 *
 *     # TYPE order_latency gauge
 *     order_latency{venue="X"} 12.25 1763631000
 *     # EOF
 *
 * A point may have several fields; one that is not called "value" has the label agg in
 * OpenMetrics.  What a format cannot say is an error, never said wrong. */
#ifndef PT_FORMAT_EMIT_H
#define PT_FORMAT_EMIT_H

#include "base/buf.h"
#include "base/err.h"
#include "format/sheet.h"
#include "record/record.h"

/* For PT_OPT_OUTPUT where rows are points: the choices, in the order of enum pt_sheet_format. */
#define PT_EMIT_CHOICES PT_SHEET_CHOICES "|openmetrics|influx"

static inline bool pt_emit_format(enum pt_sheet_format format)
{
    return format == PT_SHEET_OPENMETRICS || format == PT_SHEET_INFLUX;
}

struct pt_emit_field {
    struct pt_str name;
    struct pt_num value; /* NaN: none */
};

struct pt_emit_point {
    int64_t ts;
    struct pt_str name, tags, unit; /* tags: canonical JSON */
    enum pt_kind kind;
    const struct pt_emit_field *fields;
    size_t n;
};

struct pt_emitter;

/* Lines are appended to `out` (borrowed), which the caller writes out when it likes. */
struct pt_emitter *pt_emitter_new(enum pt_sheet_format format, struct pt_buf *out);
void pt_emitter_free(struct pt_emitter *e); /* NULL is fine */

/* Adds a point; those of one name come one after another, and of one series in order of time.  -1
 * with err (PT_DATA) for what the format cannot say. */
int pt_emitter_point(struct pt_emitter *e, const struct pt_emit_point *p, struct pt_err *err);
void pt_emitter_end(struct pt_emitter *e); /* once, behind the last point */

#endif
