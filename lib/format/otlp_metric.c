/* otlp_metric.c - see otlp.h: data points of OTLP to metrics.
 *
 * A histogram or summary becomes the series that Prometheus has for one, so that there is one way
 * to ask: NAME_bucket with the tag le, cumulative over le, NAME with the tag quantile, NAME_count
 * and NAME_sum; and NAME_min and NAME_max, which Prometheus has not.
 *
 * The bucket i of an exponential histogram holds (b^i, b^(i+1)] with b = 2^(2^-scale), or the
 * negatives of these; those of a histogram that went down in scale keep every second bound, bit for
 * bit, so the series of buckets go on.  Buckets that hold nothing are left out, and so is a bound
 * that is no double.
 *
 * Cumulative monotonic sums are counters.  What is delta is the increase since the last point: a
 * gauge, whose sum over a window is the total.
 *
 * A point is checked before its first record is made; then each call makes one more of it. */
#include "format/exemplar.h"
#include "format/otlp.h"

#include <math.h>

enum { DELTA = 1, CUMULATIVE = 2 };
enum { NO_RECORDED_VALUE = 1 };              /* a bit of a point's flags */
enum { SCALE_LEAST = -10, SCALE_MOST = 20 }; /* of exponential buckets, as the SDKs have it */
enum phase { P_NEXT_POINT, P_VALUES, P_COUNT, P_SUM, P_MIN, P_MAX, P_EXEMPLARS };

/* What the kinds of data do differently. */
struct pt_otlp_data {
    const char *key;
    bool temporal; /* has an aggregationTemporality */
    bool totals;   /* has count, sum, min, max */
    /* Checks a point and begins its values; 0 or -1 with err. */
    int (*begin)(struct pt_otlp *o, uint32_t point, struct pt_err *err);
    /* As pt_otlp_signal.next, for the values of the point. */
    int (*value)(struct pt_otlp *o, struct pt_record *out, struct pt_err *err);
};

/* One record of the point, with the tags in o->tags. */
static int give(struct pt_otlp *o, const char *suffix, enum pt_kind kind, struct pt_num value,
                struct pt_record *out, struct pt_err *err)
{
    pt_buf_clear(&o->name);
    pt_buf_str(&o->name, o->point.name);
    pt_buf_puts(&o->name, suffix);
    *out = (struct pt_record){.metric = true,
                              .type = PT_STR("metric"),
                              .ts = o->point.ts,
                              .name = pt_buf_view(&o->name),
                              .tags = pt_buf_view(&o->tags),
                              .value = value,
                              .kind = kind};
    return pt_record_check(out, err) == 0 ? 1 : -1;
}

static int give_measured(struct pt_otlp *o, const char *suffix, enum pt_kind kind,
                         struct pt_num value, struct pt_record *out, struct pt_err *err)
{
    if (give(o, suffix, kind, value, out, err) != 1)
        return -1;
    out->unit = o->point.unit;
    return pt_record_check(out, err) == 0 ? 1 : -1;
}

/* --- gauges and sums ------------------------------------------------------------------------- */

static int number_begin(struct pt_otlp *o, uint32_t point, struct pt_err *err)
{
    if (pt_otlp_get(o, point, "asInt") || pt_otlp_get(o, point, "asDouble"))
        return 0;
    return pt_otlp_refuse(o, point, "value", "neither asInt nor asDouble", err);
}

static int either_number(struct pt_otlp *o, uint32_t i, struct pt_num *out, struct pt_err *err)
{
    int rc = pt_otlp_number(o, i, "asInt", out, err);
    return rc ? rc : pt_otlp_number(o, i, "asDouble", out, err);
}

static int number_value(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_num value = {0};
    o->point.phase = P_EXEMPLARS;
    if (either_number(o, o->point.points.now, &value, err) < 0)
        return -1;
    return give_measured(o, "", o->point.kind, value, out, err);
}

/* --- histograms ------------------------------------------------------------------------------ */

static struct pt_str number_text(struct pt_otlp *o, double d)
{
    char text[PT_NUM_MAX];
    if (isinf(d))
        return PT_STR("+Inf");
    return pt_arena_str(&o->doc.arena,
                        (struct pt_str){text, (size_t)pt_num_format(text, pt_num_real(d))});
}

static int give_bucket(struct pt_otlp *o, double edge, struct pt_record *out, struct pt_err *err)
{
    if (pt_otlp_tags_with(o, o->point.points.now, "le", number_text(o, edge), err) != 0)
        return -1;
    return give(o, "_bucket", o->point.kind, pt_num_int((int64_t)o->point.sum), out, err);
}

static bool count_at(const struct pt_otlp *o, uint32_t i, uint64_t *out)
{
    return pt_otlp_whole(pt_document_number(&o->doc, i), out);
}

/* The bucket counts in a member: how many, and their sum added to *sum.  0 or -1. */
static int add_counts(struct pt_otlp *o, uint32_t object, uint32_t *n, uint64_t *sum,
                      struct pt_err *err)
{
    struct pt_document_walk w;
    uint64_t count;
    *n = 0;
    if (pt_otlp_enter(o, object, "bucketCounts", &w, err) != 0)
        return -1;
    for (; pt_document_step(&o->doc, &w); ++*n)
        if (!count_at(o, w.now, &count) || __builtin_add_overflow(*sum, count, sum) ||
            *sum > (uint64_t)INT64_MAX)
            return pt_otlp_refuse(o, w.now, "bucketCounts", "not a whole number", err);
    if (*n > PT_OTLP_BUCKETS_MOST)
        return pt_otlp_refuse(o, object, "bucketCounts", "more than 2048", err);
    return 0;
}

static int check_bounds(struct pt_otlp *o, uint32_t point, uint32_t *n, struct pt_err *err)
{
    struct pt_document_walk w;
    double last = -INFINITY;
    *n = 0;
    if (pt_otlp_enter(o, point, "explicitBounds", &w, err) != 0)
        return -1;
    for (; pt_document_step(&o->doc, &w); ++*n) {
        struct pt_str text = pt_document_number(&o->doc, w.now);
        struct pt_num v;
        if (!text.n || pt_num_parse(text.p, text.p + text.n, &v) != text.p + text.n || v.d <= last)
            return pt_otlp_refuse(o, w.now, "explicitBounds", "not numbers that increase", err);
        last = v.d;
    }
    return 0;
}

static int check_total(struct pt_otlp *o, uint32_t point, uint64_t sum, struct pt_err *err)
{
    if (sum == o->point.count)
        return 0;
    return pt_otlp_refuse(o, point, "count", "not the sum of the bucket counts", err);
}

static int histogram_begin(struct pt_otlp *o, uint32_t point, struct pt_err *err)
{
    uint32_t counts, bounds;
    uint64_t sum = 0;
    if (add_counts(o, point, &counts, &sum, err) != 0 ||
        check_bounds(o, point, &bounds, err) != 0 ||
        pt_otlp_enter(o, point, "bucketCounts", &o->point.values, err) != 0 ||
        pt_otlp_enter(o, point, "explicitBounds", &o->point.bounds, err) != 0)
        return -1;
    if (!counts && !bounds)
        return 0;
    if (counts != bounds + 1)
        return pt_otlp_refuse(o, point, "bucketCounts", "not one more than explicitBounds", err);
    return check_total(o, point, sum, err);
}

static int histogram_value(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp_point *p = &o->point;
    struct pt_num bound = {INFINITY, 0};
    uint64_t count;
    if (!pt_document_step(&o->doc, &p->values))
        return 0;
    if (count_at(o, p->values.now, &count))
        p->sum += count;
    if (pt_document_step(&o->doc, &p->bounds)) {
        struct pt_str text = pt_document_number(&o->doc, p->bounds.now);
        pt_num_parse(text.p, text.p + text.n, &bound);
    }
    return give_bucket(o, bound.d, out, err);
}

static int exponential_begin(struct pt_otlp *o, uint32_t point, struct pt_err *err)
{
    struct pt_otlp_exponential *x = &o->point.exponential;
    uint32_t positive = pt_otlp_get(o, point, "positive");
    uint32_t negative = pt_otlp_get(o, point, "negative");
    struct pt_num scale = {0}, zero = {0}, plus = {0}, minus = {0};
    uint64_t sum = 0;
    *x = (struct pt_otlp_exponential){.edge = -INFINITY};
    if (add_counts(o, positive, &x->n_positive, &sum, err) != 0 ||
        add_counts(o, negative, &x->n_negative, &sum, err) != 0 ||
        pt_otlp_count(o, point, "zeroCount", &x->zeros, err) < 0 ||
        pt_otlp_number(o, point, "zeroThreshold", &zero, err) < 0 ||
        pt_otlp_number(o, point, "scale", &scale, err) < 0 ||
        pt_otlp_number(o, positive, "offset", &plus, err) < 0 ||
        pt_otlp_number(o, negative, "offset", &minus, err) < 0)
        return -1;
    if (scale.d < SCALE_LEAST || scale.d > SCALE_MOST || scale.d != rint(scale.d))
        return pt_otlp_refuse(o, point, "scale", "not a whole number from -10 to 20", err);
    if (__builtin_add_overflow(sum, x->zeros, &sum))
        sum = UINT64_MAX;
    x->positive = pt_otlp_get(o, positive, "bucketCounts");
    x->negative = pt_otlp_get(o, negative, "bucketCounts");
    x->offset_positive = plus.d;
    x->offset_negative = minus.d;
    x->scale = scale.d;
    x->zero = zero.d;
    return check_total(o, point, sum, err);
}

/* The k-th bucket in ascending order of its values: those below zero from the last on, zero, those
 * above. Counts are plain values, so they stand one behind the other in the tree. */
static double exponential_bucket(const struct pt_otlp *o, uint32_t k, uint64_t *count)
{
    const struct pt_otlp_exponential *x = &o->point.exponential;
    *count = 0;
    if (k < x->n_negative) {
        uint32_t i = x->n_negative - 1 - k;
        count_at(o, x->negative + 1 + i, count);
        return -exp2(ldexp(x->offset_negative + i, -(int)x->scale));
    }
    if (k == x->n_negative) {
        *count = x->zeros;
        return x->zero;
    }
    k -= x->n_negative + 1;
    count_at(o, x->positive + 1 + k, count);
    return exp2(ldexp(x->offset_positive + k + 1, -(int)x->scale));
}

static int exponential_value(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp_exponential *x = &o->point.exponential;
    uint32_t n = x->n_negative + 1 + x->n_positive;
    while (x->next < n) {
        uint64_t count;
        double edge = exponential_bucket(o, x->next++, &count);
        o->point.sum += count;
        if (!count || !isfinite(edge) || edge <= x->edge)
            continue;
        x->edge = edge;
        return give_bucket(o, edge, out, err);
    }
    return x->next++ == n ? give_bucket(o, INFINITY, out, err) : 0;
}

/* --- summaries ------------------------------------------------------------------------------- */

static int summary_begin(struct pt_otlp *o, uint32_t point, struct pt_err *err)
{
    return pt_otlp_enter(o, point, "quantileValues", &o->point.values, err);
}

static int summary_value(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_num quantile = {0}, value = {0};
    if (!pt_document_step(&o->doc, &o->point.values))
        return 0;
    if (pt_otlp_number(o, o->point.values.now, "quantile", &quantile, err) < 0 ||
        pt_otlp_number(o, o->point.values.now, "value", &value, err) < 0 ||
        pt_otlp_tags_with(o, o->point.points.now, "quantile", number_text(o, quantile.d), err) != 0)
        return -1;
    return give_measured(o, "", o->point.kind, value, out, err);
}

/* --- metrics --------------------------------------------------------------------------------- */

static const struct pt_otlp_data DATA[] = {
    {"gauge", false, false, number_begin, number_value},
    {"sum", true, false, number_begin, number_value},
    {"histogram", true, true, histogram_begin, histogram_value},
    {"exponentialHistogram", true, true, exponential_begin, exponential_value},
    {"summary", false, true, summary_begin, summary_value},
};

/* Kinds by the temporality: see the head of this file. */
static int set_kinds(struct pt_otlp *o, uint32_t data, struct pt_err *err)
{
    struct pt_otlp_point *p = &o->point;
    int temporality = CUMULATIVE;
    bool monotonic = pt_json_tree_kind(&o->doc.tree, pt_otlp_get(o, data, "isMonotonic")) == 't';
    if (p->data->temporal && pt_otlp_enum(o, data, "aggregationTemporality", &temporality, err) < 0)
        return -1;
    if (temporality != DELTA && temporality != CUMULATIVE)
        return pt_otlp_refuse(o, data, "aggregationTemporality",
                              "neither 1, delta, nor 2, cumulative", err);
    p->kind = p->total = PT_KIND_GAUGE;
    if (temporality == DELTA)
        return 0;
    p->total = PT_KIND_COUNTER;
    if (p->data->temporal)
        p->kind = p->data->totals ? PT_KIND_HISTOGRAM : monotonic ? PT_KIND_COUNTER : PT_KIND_GAUGE;
    return 0;
}

int pt_otlp_metric_begin(struct pt_otlp *o, struct pt_err *err)
{
    struct pt_otlp_point *p = &o->point;
    uint32_t metric = o->items.now, data = PT_JSON_NOTHING;
    *p = (struct pt_otlp_point){.phase = P_NEXT_POINT};
    for (size_t i = 0; i < sizeof DATA / sizeof DATA[0] && !data; i++)
        if ((data = pt_otlp_get(o, metric, DATA[i].key)))
            p->data = &DATA[i];
    if (!data)
        return pt_otlp_refuse(o, metric, "metric",
                              "no gauge, sum, histogram, exponentialHistogram or summary", err);
    p->name = pt_document_text(&o->doc, pt_otlp_get(o, metric, "name"));
    p->unit = pt_document_text(&o->doc, pt_otlp_get(o, metric, "unit"));
    if (set_kinds(o, data, err) != 0)
        return -1;
    return pt_otlp_enter(o, data, "dataPoints", &p->points, err);
}

/* 1, 0 when it has no value, -1. */
static int begin_point(struct pt_otlp *o, struct pt_err *err)
{
    struct pt_otlp_point *p = &o->point;
    uint32_t at = p->points.now;
    uint64_t flags;
    int has_time;
    p->sum = 0;
    if (pt_otlp_count(o, at, "flags", &flags, err) < 0)
        return -1;
    if (flags & NO_RECORDED_VALUE)
        return 0;
    if ((has_time = pt_otlp_time(o, at, "timeUnixNano", &p->ts, err)) < 0)
        return -1;
    if (!has_time)
        return pt_otlp_refuse(o, at, "timeUnixNano", "missing", err);
    if (pt_otlp_count(o, at, "count", &p->count, err) < 0 ||
        pt_otlp_enter(o, at, "exemplars", &p->exemplars, err) != 0 ||
        p->data->begin(o, at, err) != 0 || pt_otlp_own_tags(o, at, err) != 0)
        return -1;
    p->phase = P_VALUES;
    return 1;
}

/* The totals of a point, one a call. */
static int total(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    static const struct {
        const char *key, *suffix;
    } TOTALS[] = {[P_COUNT] = {"count", "_count"},
                  [P_SUM] = {"sum", "_sum"},
                  [P_MIN] = {"min", "_min"},
                  [P_MAX] = {"max", "_max"}};
    struct pt_otlp_point *p = &o->point;
    while (p->phase < P_EXEMPLARS) {
        int phase = p->phase++, rc;
        struct pt_num v;
        if (phase == P_COUNT)
            return give(o, "_count", p->total, pt_num_int((int64_t)p->count), out, err);
        if ((rc = pt_otlp_number(o, p->points.now, TOTALS[phase].key, &v, err)) < 0)
            return -1;
        if (rc == 1)
            return give_measured(o, TOTALS[phase].suffix, phase == P_SUM ? p->total : PT_KIND_GAUGE,
                                 v, out, err);
    }
    return 0;
}

static int exemplar(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp_tags labels = {.n = 0};
    struct pt_exemplar e = {.ts = o->point.ts,
                            .name = o->point.name,
                            .unit = o->point.unit,
                            .tags = pt_buf_view(&o->tags)};
    uint32_t at = o->point.exemplars.now;
    int rc = either_number(o, at, &e.value, err);
    if (rc == 0)
        return pt_otlp_refuse(o, at, "exemplars", "neither asInt nor asDouble", err);
    if (rc < 0 || pt_otlp_time(o, at, "timeUnixNano", &e.ts, err) < 0 ||
        pt_otlp_id(o, at, "traceId", PT_OTLP_TRACE_DIGITS, &e.trace, err) < 0 ||
        pt_otlp_id(o, at, "spanId", PT_OTLP_SPAN_DIGITS, &e.span, err) < 0 ||
        pt_otlp_attributes(o, at, "filteredAttributes", &o->doc.arena, &labels, err) != 0 ||
        pt_tags_sort(labels.v, labels.n, err) != 0)
        return -1;
    e.labels = (struct pt_tags){labels.v, labels.n};
    pt_exemplar_record(&e, &o->body, out);
    return 1;
}

int pt_otlp_metric_next(struct pt_otlp *o, struct pt_record *out, struct pt_err *err)
{
    struct pt_otlp_point *p = &o->point;
    for (;;) {
        int rc = 0;
        if (p->phase == P_NEXT_POINT) {
            if (!pt_document_step(&o->doc, &p->points))
                return 0;
            rc = begin_point(o, err) < 0 ? -1 : 0;
        } else if (p->phase == P_VALUES) {
            if ((rc = p->data->value(o, out, err)) == 0) {
                rc = pt_otlp_put_tags(o, p->points.now, err);
                p->phase = rc == 0 ? P_COUNT : P_NEXT_POINT;
            }
        } else if (p->phase < P_EXEMPLARS) {
            rc = total(o, out, err);
        } else if (pt_document_step(&o->doc, &p->exemplars)) {
            rc = exemplar(o, out, err);
        } else {
            p->phase = P_NEXT_POINT;
        }
        if (rc != 0)
            return rc;
    }
}
