/* otlp_trace.c - see otlp.h: spans and log records of OTLP to documents.
 *
 * A span becomes a record of type span, and each of its events one of type event in the same trace;
 * a log record becomes an event.  Times and durations are integers of nanoseconds, and are written
 * as decimals that lose none. */
#include "format/otlp.h"
#include "format/reader.h"
#include "record/severity.h"
#include "record/write.h"

#include <inttypes.h>

static struct pt_str text_of(struct pt_otlp *o, uint32_t i, const char *key)
{
    return pt_document_text(&o->doc, pt_otlp_get(o, i, key));
}

static void put_text(struct pt_buf *b, const char *key, struct pt_str value)
{
    if (value.n)
        pt_line_text(b, key, value);
}

static void put_seconds(struct pt_buf *b, const char *key, int64_t ns)
{
    pt_line_json(b, key, PT_STR(""));
    pt_buf_printf(b, "%" PRId64, ns / PT_S);
    if (ns % PT_S) {
        pt_buf_printf(b, ".%09" PRId64, ns % PT_S);
        while (b->p[b->n - 1] == '0')
            b->p[--b->n] = '\0';
    }
}

/* What all documents end with. */
static int close_document(struct pt_otlp *o, struct pt_record *out)
{
    out->tags = pt_buf_view(&o->tags);
    pt_reader_tags(&o->body, out->tags);
    pt_reader_document_end(&o->body, out);
    return 1;
}

/* --- spans ----------------------------------------------------------------------------------- */

int pt_otlp_span_begin(struct pt_otlp *o, struct pt_err *err)
{
    return pt_otlp_enter(o, o->items.now, "events", &o->events, err);
}

static void put_links(struct pt_otlp *o, uint32_t links)
{
    struct pt_err ignored = {0};
    struct pt_document_walk w;
    struct pt_str trace, span;
    bool first = true;
    pt_document_enter(&o->doc, links, &w);
    while (pt_document_step(&o->doc, &w)) {
        if (pt_otlp_id(o, w.now, "traceId", PT_OTLP_TRACE_DIGITS, &trace, &ignored) != 1 ||
            pt_otlp_id(o, w.now, "spanId", PT_OTLP_SPAN_DIGITS, &span, &ignored) != 1)
            continue;
        if (first)
            pt_line_json(&o->body, "links", PT_STR("["));
        pt_buf_puts(&o->body, first ? "{" : ",{");
        pt_line_text(&o->body, "trace", trace);
        pt_line_text(&o->body, "span", span);
        pt_buf_putc(&o->body, '}');
        first = false;
    }
    if (!first)
        pt_buf_putc(&o->body, ']');
}

static void put_kind_and_status(struct pt_otlp *o, uint32_t span, int kind, int status)
{
    static const char *const KINDS[] = {NULL,     "internal", "server",
                                        "client", "producer", "consumer"};
    static const char *const STATUS[] = {NULL, "ok", "error"};
    if (kind > 0 && kind < (int)(sizeof KINDS / sizeof KINDS[0]))
        pt_line_text(&o->body, "kind", pt_str(KINDS[kind]));
    if (status > 0 && status < (int)(sizeof STATUS / sizeof STATUS[0]))
        pt_line_text(&o->body, "status", pt_str(STATUS[status]));
    put_text(&o->body, "message", text_of(o, pt_otlp_get(o, span, "status"), "message"));
}

static int span(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    uint32_t at = o->items.now;
    struct pt_str parent;
    int64_t end;
    int kind, status, has_end;
    if (pt_otlp_id(o, at, "traceId", PT_OTLP_TRACE_DIGITS, &o->trace, err) < 0 ||
        pt_otlp_id(o, at, "spanId", PT_OTLP_SPAN_DIGITS, &o->span, err) < 0 ||
        pt_otlp_id(o, at, "parentSpanId", PT_OTLP_SPAN_DIGITS, &parent, err) < 0 ||
        pt_otlp_enum(o, at, "kind", &kind, err) < 0 ||
        pt_otlp_enum(o, pt_otlp_get(o, at, "status"), "code", &status, err) < 0 ||
        pt_otlp_time(o, at, "startTimeUnixNano", &out->ts, err) < 0 ||
        (has_end = pt_otlp_time(o, at, "endTimeUnixNano", &end, err)) < 0 ||
        pt_otlp_own_tags(o, at, err) != 0)
        return -1;
    if (!o->trace.n || !o->span.n)
        return pt_otlp_refuse(o, at, o->trace.n ? "spanId" : "traceId", "missing", err);
    if (!out->ts)
        return pt_otlp_refuse(o, at, "startTimeUnixNano", "missing", err);
    if (has_end && end < out->ts)
        return pt_otlp_refuse(o, at, "endTimeUnixNano", "before the start", err);
    out->name = text_of(o, at, "name");
    out->trace = o->trace;
    pt_reader_document_begin(&o->body, "span", out);
    if (has_end)
        put_seconds(&o->body, "dur", end - out->ts);
    pt_line_text(&o->body, "trace", o->trace);
    pt_line_text(&o->body, "span", o->span);
    put_text(&o->body, "parent", parent);
    put_text(&o->body, "name", out->name);
    put_kind_and_status(o, at, kind, status);
    put_links(o, pt_otlp_get(o, at, "links"));
    return close_document(o, out);
}

static int span_event(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    int has_time = pt_otlp_time(o, o->events.now, "timeUnixNano", &out->ts, err);
    if (has_time < 0 || pt_otlp_own_tags(o, o->events.now, err) != 0)
        return -1;
    if (!has_time)
        return pt_otlp_refuse(o, o->events.now, "timeUnixNano", "missing", err);
    out->name = text_of(o, o->events.now, "name");
    out->trace = o->trace;
    pt_reader_document_begin(&o->body, "event", out);
    put_text(&o->body, "name", out->name);
    put_text(&o->body, "trace", o->trace);
    put_text(&o->body, "span", o->span);
    return close_document(o, out);
}

int pt_otlp_span_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    *out = (struct pt_record){0};
    if (o->begun)
        return pt_document_step(&o->doc, &o->events) ? span_event(o, out, err) : 0;
    if (span(o, out, err) == 1)
        return 1;
    o->events = (struct pt_document_walk){0}; /* they go with it */
    return -1;
}

/* --- logs ------------------------------------------------------------------------------------ */

/* The numbers are ranges of four: trace, debug, info, warn, error, fatal.  A text without a number
 * is taken as it is, in the records' word where that is known. */
static struct pt_str severity_of(struct pt_otlp *o, int number)
{
    static const char *const RANGES[] = {"debug", "debug", "info", "warning", "error", "fatal"};
    struct pt_str text = text_of(o, o->items.now, "severityText");
    const char *word;
    if (number >= 1 && number <= 24)
        return pt_str(RANGES[(number - 1) / 4]);
    word = pt_severity_name(pt_severity_of(text));
    return word ? pt_str(word) : text;
}

static int log_time(struct pt_otlp *o, uint32_t at, int64_t *out, struct pt_err *err)
{
    int rc = pt_otlp_time(o, at, "timeUnixNano", out, err);
    if (rc == 0)
        rc = pt_otlp_time(o, at, "observedTimeUnixNano", out, err);
    if (rc == 0)
        *out = o->now;
    return rc < 0 ? -1 : 0;
}

static int log_record(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    uint32_t at = o->items.now;
    struct pt_str message;
    int severity;
    if (log_time(o, at, &out->ts, err) != 0 ||
        pt_otlp_id(o, at, "traceId", PT_OTLP_TRACE_DIGITS, &o->trace, err) < 0 ||
        pt_otlp_id(o, at, "spanId", PT_OTLP_SPAN_DIGITS, &o->span, err) < 0 ||
        pt_otlp_enum(o, at, "severityNumber", &severity, err) < 0 ||
        pt_otlp_own_tags(o, at, err) != 0 ||
        pt_otlp_any(o, pt_otlp_get(o, at, "body"), &o->doc.arena, &message, err) < 0)
        return -1;
    out->name = text_of(o, at, "eventName");
    if (!out->name.n)
        out->name = pt_tags_get((struct pt_tags){o->own.v, o->own.n}, PT_STR("event.name"));
    out->trace = o->trace;
    pt_reader_document_begin(&o->body, "event", out);
    put_text(&o->body, "name", out->name);
    put_text(&o->body, "severity", severity_of(o, severity));
    put_text(&o->body, "message", message);
    put_text(&o->body, "trace", o->trace);
    put_text(&o->body, "span", o->span);
    return close_document(o, out);
}

int pt_otlp_log_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    *out = (struct pt_record){0};
    return o->begun ? 0 : log_record(o, out, err);
}
