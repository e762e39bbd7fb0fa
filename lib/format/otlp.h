/* otlp.h - private to format/: the parts of the OTLP reader.
 *
 * otlp.c walks resources, scopes and their items; otlp_value.c reads what all signals share:
 * attributes, times, numbers, ids; otlp_metric.c makes metrics of data points, otlp_trace.c spans
 * and events.
 *
 * Source: the OpenTelemetry protocol, opentelemetry-proto 1.x, in its JSON encoding: keys in
 * lowerCamelCase, 64-bit integers as strings or numbers, enums as numbers, ids in hexadecimal; what
 * is not known is ignored. */
#ifndef PT_FORMAT_OTLP_H
#define PT_FORMAT_OTLP_H

#include "base/buf.h"
#include "format/document.h"
#include "record/tags.h"

enum { PT_OTLP_TRACE_DIGITS = 32, PT_OTLP_SPAN_DIGITS = 16 }; /* of ids */

enum {
    PT_OTLP_TAGS_MOST = 256,    /* attributes of a record, with those of resource and scope */
    PT_OTLP_BUCKETS_MOST = 2048 /* of one histogram point, in either sign */
};

/* Every record repeats the attributes of its resource, so a small document can make much: the tags
 * of its records may have this many bytes, and so many for each byte of its own. */
enum { PT_OTLP_SPEND_BASE = 1 << 20, PT_OTLP_SPEND_FACTOR = 64 };

struct pt_otlp_tags {
    struct pt_tag v[PT_OTLP_TAGS_MOST];
    size_t n;
};

/* A metric and its data point on their way to records; see otlp_metric.c. */
struct pt_otlp_point {
    const struct pt_otlp_data *data; /* which of gauge, sum, ... it is */
    struct pt_str name, unit;
    enum pt_kind kind, total; /* of values or buckets; of counts and sums */
    struct pt_document_walk points, values, bounds, exemplars;
    int phase;
    int64_t ts;
    uint64_t count, sum; /* of values in all; in the buckets so far */
    struct pt_otlp_exponential {
        uint32_t positive, negative; /* the bucket counts as arrays of n_ plain values */
        uint32_t n_positive, n_negative, next;
        uint64_t zeros;
        double offset_positive, offset_negative, scale, zero, edge;
    } exponential;
};

struct pt_otlp {
    struct pt_document doc;
    int64_t now;
    const struct pt_otlp_signal *signal;
    struct pt_document_walk resources, scopes, items, events;
    bool in_item;
    bool begun;                                /* the item's first record was asked for */
    struct pt_arena shared_arena;              /* the attributes of the resource */
    struct pt_otlp_tags resource, shared, own; /* shared: of the scope too; own: of all, sorted */
    struct pt_otlp_point point;
    struct pt_str trace, span; /* of the span whose events come next */
    struct pt_buf name, tags, body;
    size_t spent, to_spend; /* bytes of tags made, and the most, of the document */
};

struct pt_otlp_signal {
    const char *resources, *scopes, *items; /* the keys of their arrays */
    /* Prepares items.now; 0 or -1 with err.  NULL: nothing to prepare. */
    int (*begin)(struct pt_otlp *o, struct pt_err *err);
    /* The item's next record: 1, 0 when there is none left, -1 for a bad one, behind which it goes
     * on.  o->begun is false the first time. */
    int (*next)(struct pt_otlp *o, struct pt_record *out, struct pt_err *err);
};

/* otlp_metric.c, otlp_trace.c */
int pt_otlp_metric_begin(struct pt_otlp *o, struct pt_err *err);
int pt_otlp_metric_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err);
int pt_otlp_span_begin(struct pt_otlp *o, struct pt_err *err);
int pt_otlp_span_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err);
int pt_otlp_log_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err);

/* Adds the attributes that stand in a member of an object to tags; a key that is there already gets
 * the new value.  Text is made in the arena.  0 or -1 with err. */
int pt_otlp_attributes(struct pt_otlp *o, uint32_t object, const char *key, struct pt_arena *arena,
                       struct pt_otlp_tags *tags, struct pt_err *err);

/* Sets one; -1 when there are too many. */
int pt_otlp_set(struct pt_otlp_tags *tags, struct pt_str key, struct pt_str value);

/* o->own of the shared attributes and those of value `of`, sorted, and o->tags as canonical JSON.
 */
int pt_otlp_own_tags(struct pt_otlp *o, uint32_t of, struct pt_err *err);

/* o->tags of o->own, and of it with one tag more, which records of value `of` get.  0 or -1 with
 * err. */
int pt_otlp_put_tags(struct pt_otlp *o, uint32_t of, struct pt_err *err);
int pt_otlp_tags_with(struct pt_otlp *o, uint32_t of, const char *key, struct pt_str value,
                      struct pt_err *err);

/* The text of an AnyValue: a string as it is, a number or truth value as it is written, bytes in
 * base64, arrays and maps as JSON.  1, 0 when it has none, -1 with err. */
int pt_otlp_any(struct pt_otlp *o, uint32_t i, struct pt_arena *arena, struct pt_str *out,
                struct pt_err *err);

/* Members of value i: 1 and *out, 0 when it is absent, -1 with err at value i.  A time of 0 counts
 * as absent; ids come in lower case, and those of zeros count as absent. */
int pt_otlp_time(struct pt_otlp *o, uint32_t i, const char *key, int64_t *out, struct pt_err *err);
int pt_otlp_number(struct pt_otlp *o, uint32_t i, const char *key, struct pt_num *out,
                   struct pt_err *err);
int pt_otlp_count(struct pt_otlp *o, uint32_t i, const char *key, uint64_t *out,
                  struct pt_err *err);
int pt_otlp_enum(struct pt_otlp *o, uint32_t i, const char *key, int *out, struct pt_err *err);
int pt_otlp_id(struct pt_otlp *o, uint32_t i, const char *key, size_t digits, struct pt_str *out,
               struct pt_err *err);

/* Whether all of a text is a whole number from 0 to 2^63 - 1. */
bool pt_otlp_whole(struct pt_str text, uint64_t *out);

/* Begins the walk of an array that is a member; an absent one is empty.  0 or -1 with err. */
int pt_otlp_enter(struct pt_otlp *o, uint32_t object, const char *key, struct pt_document_walk *w,
                  struct pt_err *err);

/* Refuses value i: "OTLP: KEY: WHY at ...". */
int pt_otlp_refuse(struct pt_otlp *o, uint32_t i, const char *key, const char *why,
                   struct pt_err *err);

static inline uint32_t pt_otlp_get(const struct pt_otlp *o, uint32_t i, const char *key)
{
    return pt_json_tree_get(&o->doc.tree, i, key);
}

#endif
