/* collectd.c - the JSON of collectd 5: what its write_http plugin sends, to records.
 *
 * Sources: collectd.conf(5), section write_http, and the JSON that collectd 5.12 sends.  A body is
 * an array of value lists,
 *
 *     {"values":[0,7],"dstypes":["derive","derive"],"dsnames":["rx","tx"],"time":1251533299.538,
 *      "interval":10,"host":"h","plugin":"interface","plugin_instance":"eth0","type":"if_octets",
 *      "type_instance":""}
 *
 * of which each value becomes a metric "plugin.type.dsname", without the dsname where it is
 * "value", as it is wherever a type has but one.  Or it is an array of notifications, which have
 * the form of Prometheus alerts ("labels", "annotations", "startsAt") and become events.
 *
 * derive and counter are counters; absolute is what was counted since the last value, so it is a
 * gauge like gauge.  null is how collectd writes a value that it does not know: it makes no record.
 */
#include "base/mem.h"
#include "format/document.h"
#include "format/reader.h"
#include "record/tags.h"
#include "record/write.h"

#include <stdlib.h>

enum {
    TAGS_MOST = 64,
    VALUES_MOST = 256 /* of a list; collectd's own types have fewer than ten */
};

struct collectd {
    struct pt_document doc;
    struct pt_document_walk elements, values, types, names;
    bool in_list;
    struct pt_record shared; /* what all values of a list have in common: ts, tags */
    struct pt_str plugin, type;
    struct pt_buf name, tags, body;
};

static void *make(const struct pt_records_options *options)
{
    struct collectd *c = pt_mem_alloc(sizeof *c);
    c->doc.limits = options->limits;
    c->doc.format = "collectd";
    return c;
}

static void release(void *self)
{
    struct collectd *c = self;
    pt_document_release(&c->doc);
    pt_buf_release(&c->name);
    pt_buf_release(&c->tags);
    pt_buf_release(&c->body);
    free(c);
}

static uint32_t member(const struct collectd *c, const char *key)
{
    return pt_json_tree_get(&c->doc.tree, c->elements.now, key);
}

static int refuse(struct collectd *c, const char *why, struct pt_err *err)
{
    return pt_document_refuse(&c->doc, c->elements.now, why, err);
}

static int put_tags(struct collectd *c, struct pt_tag *tags, size_t n, struct pt_err *err)
{
    pt_buf_clear(&c->tags);
    if (pt_tags_sort(tags, n, err) != 0 ||
        pt_tags_check((struct pt_tags){tags, n}, &c->doc.limits, err) != 0)
        return -1;
    pt_tags_write(&c->tags, (struct pt_tags){tags, n});
    c->shared.tags = pt_buf_view(&c->tags);
    return 0;
}

/* --- value lists ----------------------------------------------------------------------------- */

static int list_tags(struct collectd *c, struct pt_err *err)
{
    static const char *const KEYS[] = {"host", "plugin_instance", "type_instance"};
    struct pt_tag tags[sizeof KEYS / sizeof KEYS[0]];
    size_t n = 0;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        struct pt_str value = pt_document_text(&c->doc, member(c, KEYS[i]));
        if (value.n)
            tags[n++] = (struct pt_tag){pt_str(KEYS[i]), value};
    }
    return put_tags(c, tags, n, err);
}

static uint32_t members(const struct collectd *c, const char *key)
{
    struct pt_document_walk w;
    uint32_t i = member(c, key), n = 0;
    pt_document_enter(&c->doc, i, &w);
    while (pt_json_tree_kind(&c->doc.tree, i) == '[' && pt_document_step(&c->doc, &w))
        n++;
    return n;
}

static int begin_list(struct collectd *c, struct pt_err *err)
{
    uint32_t n = members(c, "values");
    if (!n || members(c, "dstypes") != n || members(c, "dsnames") != n)
        return refuse(c, "values, dstypes and dsnames are not arrays of one length", err);
    if (n > VALUES_MOST)
        return refuse(c, "more than 256 values", err);
    c->plugin = pt_document_text(&c->doc, member(c, "plugin"));
    c->type = pt_document_text(&c->doc, member(c, "type"));
    if (!c->plugin.n || !c->type.n)
        return refuse(c, "plugin or type is missing", err);
    if (pt_time_epoch(pt_document_number(&c->doc, member(c, "time")), PT_UNIT_S, &c->shared.ts) !=
        0)
        return refuse(c, "time: expected seconds since 1970", err);
    pt_document_enter(&c->doc, member(c, "values"), &c->values);
    pt_document_enter(&c->doc, member(c, "dstypes"), &c->types);
    pt_document_enter(&c->doc, member(c, "dsnames"), &c->names);
    return list_tags(c, err);
}

static bool kind_of(struct pt_str type, enum pt_kind *out)
{
    if (pt_str_is(type, "derive") || pt_str_is(type, "counter"))
        *out = PT_KIND_COUNTER;
    else if (pt_str_is(type, "gauge") || pt_str_is(type, "absolute"))
        *out = PT_KIND_GAUGE;
    else
        return false;
    return true;
}

static struct pt_str name_of(struct collectd *c, struct pt_str source)
{
    pt_buf_clear(&c->name);
    pt_buf_str(&c->name, c->plugin);
    pt_buf_putc(&c->name, '.');
    pt_buf_str(&c->name, c->type);
    if (source.n && !pt_str_is(source, "value")) {
        pt_buf_putc(&c->name, '.');
        pt_buf_str(&c->name, source);
    }
    return pt_buf_view(&c->name);
}

/* 1, 0 for an unknown value, -1. */
static int one_value(struct collectd *c, struct pt_record *out, struct pt_err *err)
{
    struct pt_str text = c->doc.tree.v[c->values.now].text;
    *out = c->shared;
    out->metric = true;
    out->type = PT_STR("metric");
    if (pt_str_is(text, "null"))
        return 0;
    if (pt_num_parse(text.p, text.p + text.n, &out->value) != text.p + text.n)
        return refuse(c, "values: not a number", err);
    if (!kind_of(pt_document_text(&c->doc, c->types.now), &out->kind))
        return refuse(c, "dstypes: none of gauge, derive, counter, absolute", err);
    out->name = name_of(c, pt_document_text(&c->doc, c->names.now));
    return pt_record_check(out, err) == 0 ? 1 : -1;
}

static bool step_list(struct collectd *c)
{
    return pt_document_step(&c->doc, &c->values) && pt_document_step(&c->doc, &c->types) &&
           pt_document_step(&c->doc, &c->names);
}

/* --- notifications --------------------------------------------------------------------------- */

static struct pt_str severity_of(struct pt_str said)
{
    static const struct {
        const char *said, *severity;
    } WORDS[] = {{"FAILURE", "error"}, {"WARNING", "warning"}, {"OKAY", "info"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (pt_str_is(said, WORDS[i].said))
            return pt_str(WORDS[i].severity);
    return said;
}

/* The labels but for name and severity; "instance" is the host. */
static int alert_tags(struct collectd *c, uint32_t labels, struct pt_err *err)
{
    struct pt_tag tags[TAGS_MOST];
    struct pt_document_walk w;
    size_t n = 0;
    pt_document_enter(&c->doc, labels, &w);
    while (pt_document_step(&c->doc, &w)) {
        struct pt_str key = pt_json_text(c->doc.tree.v[w.now].key, &c->doc.arena);
        if (pt_str_is(key, "alertname") || pt_str_is(key, "severity"))
            continue;
        if (n == TAGS_MOST)
            return refuse(c, "more than 64 labels", err);
        tags[n++] = (struct pt_tag){pt_str_is(key, "instance") ? PT_STR("host") : key,
                                    pt_document_text(&c->doc, w.now)};
    }
    return put_tags(c, tags, n, err);
}

static int notification(struct collectd *c, uint32_t labels, struct pt_record *out,
                        struct pt_err *err)
{
    const struct pt_json_tree *t = &c->doc.tree;
    uint32_t notes = member(c, "annotations");
    struct pt_str severity =
        severity_of(pt_document_text(&c->doc, pt_json_tree_get(t, labels, "severity")));
    *out = (struct pt_record){0};
    if (pt_time_rfc3339(pt_json_raw(t->v[member(c, "startsAt")].text), &out->ts) != 0)
        return refuse(c, "startsAt: not an RFC 3339 time", err);
    if (alert_tags(c, labels, err) != 0)
        return -1;
    out->name = pt_document_text(&c->doc, pt_json_tree_get(t, labels, "alertname"));
    out->tags = c->shared.tags;
    pt_reader_document_begin(&c->body, "event", out);
    pt_line_text(&c->body, "name", out->name);
    pt_line_text(&c->body, "severity", severity);
    pt_line_text(&c->body, "message",
                 pt_document_text(&c->doc, pt_json_tree_get(t, notes, "summary")));
    pt_reader_tags(&c->body, out->tags);
    if (notes) {
        pt_line_json(&c->body, "annotations", PT_STR(""));
        pt_document_json(&c->doc, notes, &c->body);
    }
    pt_reader_document_end(&c->body, out);
    return 1;
}

/* --- documents ------------------------------------------------------------------------------- */

/* The next element: 1 when it is a notification and *out, 0 when a list is begun, -1. */
static int begin_element(struct collectd *c, struct pt_record *out, struct pt_err *err)
{
    uint32_t labels = member(c, "labels");
    pt_arena_reset(&c->doc.arena);
    if (labels)
        return notification(c, labels, out, err);
    if (begin_list(c, err) != 0)
        return -1;
    c->in_list = true;
    return 0;
}

static int next(void *self, struct pt_record *out, struct pt_err *err)
{
    struct collectd *c = self;
    int rc = 0;
    while (rc == 0) {
        if (c->in_list && step_list(c)) {
            rc = one_value(c, out, err);
        } else {
            c->in_list = false;
            if (!pt_document_step(&c->doc, &c->elements))
                return 0;
            rc = begin_element(c, out, err);
        }
    }
    return rc;
}

static int more(void *self, struct pt_record *out, struct pt_err *err)
{
    struct collectd *c = self;
    return pt_document_next(&c->doc, next, c, out, err);
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct collectd *c = self;
    (void)now;
    c->in_list = false;
    c->elements = (struct pt_document_walk){0};
    if (pt_document_read(&c->doc, text, err) != 0)
        return -1;
    if (pt_json_tree_kind(&c->doc.tree, PT_JSON_ROOT) != '[')
        return pt_document_refuse(&c->doc, PT_JSON_ROOT, "expected an array of value lists", err);
    pt_document_enter(&c->doc, PT_JSON_ROOT, &c->elements);
    return more(c, out, err);
}

static bool looks(struct pt_str line)
{
    return line.n && *line.p == '[';
}

const struct pt_reader PT_READER_COLLECTD = {
    .name = "collectd",
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
