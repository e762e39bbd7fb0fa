/* otlp.c - OTLP documents to records: the walk from resources over scopes to items.
 *
 * A document has resourceMetrics, resourceSpans or resourceLogs, each an array of resources, in
 * which scopes stand, in which the items stand.  The attributes of resource and scope, with the
 * scope's name and version as otel.scope.name and otel.scope.version, become tags of every record;
 * where a key comes twice, the inner one holds.  The walk keeps its place in a cursor for each
 * level and delivers one record at a time. */
#include "format/otlp.h"

#include "base/mem.h"
#include "format/reader.h"

#include <stdlib.h>

static const struct pt_otlp_signal SIGNALS[] = {
    {"resourceMetrics", "scopeMetrics", "metrics", pt_otlp_metric_begin, pt_otlp_metric_next},
    {"resourceSpans", "scopeSpans", "spans", pt_otlp_span_begin, pt_otlp_span_next},
    {"resourceLogs", "scopeLogs", "logRecords", NULL, pt_otlp_log_next},
};
static const struct pt_otlp_signal *const SIGNALS_END =
    SIGNALS + sizeof SIGNALS / sizeof SIGNALS[0];

static void *make(const struct pt_records_options *options)
{
    struct pt_otlp *o = pt_mem_alloc(sizeof *o);
    o->doc.limits = options->limits;
    o->doc.format = "OTLP";
    return o;
}

static void release(void *self)
{
    struct pt_otlp *o = self;
    pt_document_release(&o->doc);
    pt_arena_release(&o->shared_arena);
    pt_buf_release(&o->name);
    pt_buf_release(&o->tags);
    pt_buf_release(&o->body);
    free(o);
}

static int begin_resource(struct pt_otlp *o, struct pt_err *err)
{
    uint32_t resource = pt_otlp_get(o, o->resources.now, "resource");
    o->scopes = (struct pt_document_walk){0};
    o->resource.n = 0;
    pt_arena_reset(&o->shared_arena);
    if (pt_otlp_attributes(o, resource, "attributes", &o->shared_arena, &o->resource, err) != 0)
        return -1;
    return pt_otlp_enter(o, o->resources.now, o->signal->scopes, &o->scopes, err);
}

static int begin_scope(struct pt_otlp *o, struct pt_err *err)
{
    static const char *const KEYS[][2] = {{"name", "otel.scope.name"},
                                          {"version", "otel.scope.version"}};
    uint32_t scope = pt_otlp_get(o, o->scopes.now, "scope");
    o->items = (struct pt_document_walk){0};
    o->shared = o->resource;
    for (int i = 0; i < 2; i++) {
        uint32_t member = pt_otlp_get(o, scope, KEYS[i][0]);
        struct pt_str text =
            pt_json_text(pt_json_raw(o->doc.tree.v[member].text), &o->shared_arena);
        if (text.n && pt_otlp_set(&o->shared, pt_str(KEYS[i][1]), text) != 0)
            return pt_otlp_refuse(o, scope, "attributes", "more than 256", err);
    }
    if (pt_otlp_attributes(o, scope, "attributes", &o->shared_arena, &o->shared, err) != 0)
        return -1;
    return pt_otlp_enter(o, o->scopes.now, o->signal->items, &o->items, err);
}

/* Steps to the next member, which must be an object: 1, 0, or -1 with err. */
static int step(struct pt_otlp *o, struct pt_document_walk *w, struct pt_err *err)
{
    if (!pt_document_step(&o->doc, w))
        return 0;
    return pt_json_tree_kind(&o->doc.tree, w->now) == '{'
               ? 1
               : pt_document_refuse(&o->doc, w->now, "expected an object", err);
}

/* The signal behind this one, if any. */
static int next_signal(struct pt_otlp *o, struct pt_err *err)
{
    if (!o->signal)
        return 0;
    if (++o->signal == SIGNALS_END) {
        o->signal = NULL;
        return 0;
    }
    return pt_otlp_enter(o, PT_JSON_ROOT, o->signal->resources, &o->resources, err) == 0 ? 1 : -1;
}

/* The next item of all: 1, 0 at the end, -1 with err, behind which it goes on. */
static int next_item(struct pt_otlp *o, struct pt_err *err)
{
    int rc = 1;
    while (rc == 1) {
        if ((rc = step(o, &o->items, err)) == 1) {
            pt_arena_reset(&o->doc.arena);
            return o->signal->begin && o->signal->begin(o, err) != 0 ? -1 : 1;
        }
        if (rc == 0 && (rc = step(o, &o->scopes, err)) == 1)
            rc = begin_scope(o, err) == 0 ? 1 : -1;
        else if (rc == 0 && (rc = step(o, &o->resources, err)) == 1)
            rc = begin_resource(o, err) == 0 ? 1 : -1;
        else if (rc == 0)
            rc = next_signal(o, err);
    }
    return rc;
}

static int next(void *self, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp *o = self;
    for (;;) {
        int rc;
        if (!o->in_item) {
            if ((rc = next_item(o, err)) != 1)
                return rc;
            o->in_item = true;
            o->begun = false;
        }
        rc = o->signal->next(o, out, err);
        o->begun = true;
        if (rc != 0)
            return rc;
        o->in_item = false;
    }
}

static int more(void *self, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp *o = self;
    return pt_document_next(&o->doc, next, o, out, err);
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct pt_otlp *o = self;
    const struct pt_otlp_signal *s = SIGNALS;
    o->now = now;
    o->spent = 0;
    o->to_spend = PT_OTLP_SPEND_BASE + PT_OTLP_SPEND_FACTOR * text.n;
    o->signal = NULL;
    o->in_item = false;
    o->resources = o->scopes = o->items = (struct pt_document_walk){0};
    if (pt_document_read(&o->doc, text, err) != 0)
        return -1;
    while (s < SIGNALS_END && !pt_otlp_get(o, PT_JSON_ROOT, s->resources))
        s++;
    if (s == SIGNALS_END)
        return pt_document_refuse(
            &o->doc, PT_JSON_ROOT,
            "neither resourceMetrics, resourceSpans nor resourceLogs in the object", err);
    o->signal = s;
    if (pt_otlp_enter(o, PT_JSON_ROOT, s->resources, &o->resources, err) != 0)
        return -1;
    return more(o, out, err);
}

/* A brace alone begins an object on several lines, which no record is. */
static bool looks(struct pt_str line)
{
    const char *p = line.p, *end = line.p + line.n;
    if (p == end || *p != '{')
        return false;
    p = pt_json_space(p + 1, end);
    for (const struct pt_otlp_signal *s = SIGNALS; s < SIGNALS_END && p < end; s++) {
        size_t n = strlen(s->resources);
        if ((size_t)(end - p) > n + 1 && *p == '"' && memcmp(p + 1, s->resources, n) == 0 &&
            p[n + 1] == '"')
            return true;
    }
    return p == end;
}

const struct pt_reader PT_READER_OTLP = {
    .name = "otlp",
    .looks = looks,
    .make = make,
    .free = release,
    .open = pt_document_open,
    .row_most = PT_DOCUMENT_MOST,
    .unclosed = PT_DOCUMENT_UNCLOSED,
    .whole = true,
    .row = row,
    .more = more,
    .closed = true,
};
