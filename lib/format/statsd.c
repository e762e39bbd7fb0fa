/* statsd.c - StatsD lines to records.
 *
 * Sources: github.com/statsd/statsd, docs/metric_types.md; docs.datadoghq.com, "Datagram Format and
 * Shell Usage" (DogStatsD 1.0 to 1.3).  A line is
 * `name:value[:value]...|type[|@rate][|#tag[:value],...][|T time]`.
 *
 * A server of this protocol sums, samples and forgets every ten seconds; here each value is a
 * point, and sums and quantiles are asked of the store.  So a count is what was added at that time,
 * divided by the rate of its sampling, and not a counter, which only grows.  Timers and their like
 * are their samples.  A gauge with a sign changes the last value of its series, which is remembered
 * for as many gauges as GAUGES_MOST; before the first it is 0.  A member of a set is no number but
 * an event.
 *
 * Lines have no times, and many of one series arrive together: each point gets a time of its own
 * (pt_ticks_next), so that none takes another's place. */
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/reader.h"
#include "format/spellings.h"
#include "record/write.h"

#include <stdlib.h>

enum {
    TAGS_MOST = 256,
    GAUGES_MOST = 1 << 16,
    GAUGE_BYTES_MOST = 64 << 20 /* of their names and tags */
};

enum type { COUNT, GAUGE, TIMER, HISTOGRAM, DISTRIBUTION, SET, TYPES };

static const struct {
    const char *name, *unit;
    enum pt_kind kind;
} TYPE[TYPES] = {
    [COUNT] = {"c", "count", PT_KIND_NONE},   [GAUGE] = {"g", "", PT_KIND_GAUGE},
    [TIMER] = {"ms", "ms", PT_KIND_NONE},     [HISTOGRAM] = {"h", "", PT_KIND_NONE},
    [DISTRIBUTION] = {"d", "", PT_KIND_NONE}, [SET] = {"s", "", PT_KIND_NONE},
};

struct statsd {
    struct pt_spellings spellings; /* by name and the sections behind the values */
    struct pt_map gauges;          /* name and tags -> last[] */
    double *last;
    size_t cap, gauge_bytes;
    struct pt_ticks ticks;

    struct pt_str row;
    struct pt_str name;   /* of the row */
    const char *at, *end; /* its values that are not delivered yet, each behind a ':' */
    enum type type;
    double rate;
    struct pt_str tags; /* as they are spelled */
    double began;       /* a gauge's value before the row, if it has changed: */
    bool changed;
    int64_t now; /* of the row; its own time with `timed` */
    bool timed;
    struct pt_record series;
    struct pt_buf key, body; /* scratch */
};

static void *make(const struct pt_records_options *options)
{
    (void)options;
    return pt_mem_alloc(sizeof(struct statsd));
}

static void release(void *self)
{
    struct statsd *s = self;
    pt_spellings_release(&s->spellings);
    pt_map_release(&s->gauges);
    free(s->last);
    pt_buf_release(&s->key);
    pt_buf_release(&s->body);
    free(s);
}

static int fail(const struct statsd *s, const char *why, const char *at, struct pt_err *err)
{
    return pt_reader_fail(err, "statsd", why, s->row, at);
}

/* The run up to the next c, or to the end; *at moves behind it. */
static struct pt_str part(const char **at, const char *end, char c)
{
    const char *p = *at, *stop = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
    stop = stop ? stop : end;
    *at = stop < end ? stop + 1 : end;
    return (struct pt_str){p, (size_t)(stop - p)};
}

static enum type type_named(struct pt_str name)
{
    enum type t = 0;
    while (t < TYPES && !pt_str_is(name, TYPE[t].name))
        t++;
    return t;
}

/* --- a line ---------------------------------------------------------------------------------- */

/* key:value,key:value; a tag without a value is true. */
static int read_tags(const struct statsd *s, struct pt_str section, struct pt_tag tags[TAGS_MOST],
                     size_t *n, struct pt_err *err)
{
    const char *p = section.p, *end = p + section.n;
    while (p < end) {
        struct pt_str value = part(&p, end, ','), key;
        const char *q = value.p, *stop = value.p + value.n;
        if (!value.n)
            continue;
        key = part(&q, stop, ':');
        value = key.n < value.n ? (struct pt_str){q, (size_t)(stop - q)} : PT_STR("true");
        if (!key.n)
            return fail(s, "expected a tag", key.p, err);
        if (*n == TAGS_MOST)
            return fail(s, "too many tags", key.p, err);
        tags[(*n)++] = (struct pt_tag){key, value};
    }
    return 0;
}

static int read_rate(struct statsd *s, struct pt_str text, struct pt_err *err)
{
    struct pt_num rate;
    if (pt_reader_number(text, "statsd", s->row, &rate, err) != 0)
        return -1;
    if (!(rate.d > 0 && rate.d <= 1))
        return fail(s, "expected a rate above 0 and up to 1", text.p, err);
    s->rate = rate.d;
    return 0;
}

/* Container, external data and cardinality speak to Datadog's agent only. */
static bool for_agent(struct pt_str section)
{
    static const char *const MARKS[] = {"c:", "e:", "card:"};
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
        if (section.n >= strlen(MARKS[i]) && memcmp(section.p, MARKS[i], strlen(MARKS[i])) == 0)
            return true;
    return false;
}

/* What follows the type. */
static int read_section(struct statsd *s, struct pt_str section, struct pt_str *tags,
                        struct pt_err *err)
{
    struct pt_str rest = {section.p + 1, section.n ? section.n - 1 : 0};
    switch (section.n ? *section.p : 0) {
    case '@': return read_rate(s, rest, err);
    case '#':
        if (tags->p)
            return fail(s, "a second section of tags", section.p, err);
        *tags = rest;
        return 0;
    case 'T':
        s->timed = true;
        return pt_time_epoch(rest, PT_UNIT_S, &s->now) == 0
                   ? 0
                   : fail(s, "expected a time in seconds", rest.p, err);
    default:
        return for_agent(section)
                   ? 0
                   : fail(s, "expected @rate, #tags or T and a time", section.p, err);
    }
}

static int learn(struct statsd *s, struct pt_str raw, struct pt_str section, struct pt_err *err)
{
    struct pt_tag tags[TAGS_MOST];
    size_t n = 0;
    if (read_tags(s, section, tags, &n, err) != 0)
        return -1;
    s->series = (struct pt_record){
        .name = s->name, .unit = pt_str(TYPE[s->type].unit), .kind = TYPE[s->type].kind};
    return pt_spellings_learn(&s->spellings, raw, &s->series, tags, n, err);
}

/* The row's series, by name, type and tags. */
static int find_series(struct statsd *s, struct pt_str tags, struct pt_err *err)
{
    pt_buf_clear(&s->key);
    pt_buf_str(&s->key, s->name);
    pt_buf_putc(&s->key, ':');
    pt_buf_puts(&s->key, TYPE[s->type].name);
    pt_buf_putc(&s->key, '|');
    pt_buf_str(&s->key, tags);
    if (pt_spellings_find(&s->spellings, pt_buf_view(&s->key), &s->series))
        return 0;
    return learn(s, pt_buf_view(&s->key), tags, err);
}

static int parse(struct statsd *s, struct pt_err *err)
{
    const char *p = s->row.p, *end = p + s->row.n;
    struct pt_str tags = {0}, values, type;
    s->name = part(&p, end, ':');
    if (!s->name.n || s->name.p + s->name.n == end || memchr(s->name.p, '|', s->name.n))
        return fail(s, "expected name:value|type", s->name.p, err);
    values = part(&p, end, '|');
    type = part(&p, end, '|');
    if ((s->type = type_named(type)) == TYPES)
        return fail(s, "expected a type: c, g, ms, h, d or s", type.p, err);
    while (p < end) {
        struct pt_str section = part(&p, end, '|');
        if (read_section(s, section, &tags, err) != 0)
            return -1;
    }
    if (find_series(s, tags, err) != 0)
        return -1;
    s->tags = tags;
    s->at = values.p - 1;
    s->end = values.p + values.n;
    return 0;
}

/* --- values ---------------------------------------------------------------------------------- */

static void spell_gauge(const struct statsd *s, struct pt_buf *key)
{
    pt_buf_str(key, s->series.name);
    pt_buf_putc(key, '\0');
    pt_buf_str(key, s->series.tags);
}

/* The place of the series' last value; NULL when no more are remembered. */
static double *gauge(struct statsd *s)
{
    uint32_t i;
    pt_buf_clear(&s->key);
    spell_gauge(s, &s->key);
    i = pt_map_find(&s->gauges, pt_buf_view(&s->key));
    if (i != PT_MAP_NONE)
        return &s->last[i];
    if (s->gauges.n == GAUGES_MOST || s->gauge_bytes + s->key.n > GAUGE_BYTES_MOST)
        return NULL;
    s->gauge_bytes += s->key.n;
    i = pt_map_add(&s->gauges, pt_buf_view(&s->key), NULL);
    s->last = pt_mem_grow(s->last, &s->cap, (size_t)i + 1, sizeof *s->last);
    s->last[i] = 0;
    return &s->last[i];
}

static int set_gauge(struct statsd *s, struct pt_str text, struct pt_num *value, struct pt_err *err)
{
    double *last = gauge(s);
    if (*text.p == '+' || *text.p == '-') {
        if (!last)
            return fail(s, "a change of one gauge more than are remembered", text.p, err);
        *value = pt_num_real(*last + value->d);
        if (value->d - value->d != 0)
            return fail(s, "the gauge becomes infinite", text.p, err);
    }
    if (last && !s->changed)
        s->began = *last;
    s->changed = last != NULL;
    if (last)
        *last = value->d;
    return 0;
}

static int read_value(struct statsd *s, struct pt_str text, struct pt_num *out, struct pt_err *err)
{
    if (pt_reader_number(text, "statsd", s->row, out, err) != 0)
        return -1;
    if (s->type == GAUGE)
        return set_gauge(s, text, out, err);
    if (s->type == COUNT && s->rate < 1)
        *out = pt_num_real(out->d / s->rate);
    return out->d - out->d == 0 ? 0 : fail(s, "the count becomes infinite", text.p, err);
}

/* A member of a set: "member" of an event. */
static int member(struct statsd *s, struct pt_str text, struct pt_record *out, struct pt_err *err)
{
    if (!text.n || pt_text_utf8(text) != text.n)
        return fail(s, "expected a member of the set, in UTF-8,", text.p, err);
    pt_reader_event_begin(&s->body, out);
    pt_line_text(&s->body, "member", text);
    pt_reader_document_end(&s->body, out);
    return 1;
}

static int more(void *self, struct pt_record *out, struct pt_err *err)
{
    struct statsd *s = self;
    struct pt_str text;
    if (s->at == s->end)
        return 0;
    s->at++;
    text = (struct pt_str){s->at, (size_t)(s->end - s->at)};
    if (s->type != SET) {
        const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
        text.n = colon ? (size_t)(colon - text.p) : text.n;
    }
    s->at += text.n;
    *out = s->series;
    out->ts = s->timed ? s->now : pt_ticks_next(&s->ticks, s->now);
    if (s->type == SET)
        return member(s, text, out, err);
    return read_value(s, text, &out->value, err) == 0 ? 1 : -1;
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct statsd *s = self;
    if (text.p[text.n - 1] == '\r')
        text.n--;
    s->row = text;
    s->at = s->end = NULL;
    s->now = now;
    s->timed = s->changed = false;
    s->rate = 1;
    return parse(s, err) == 0 ? more(s, out, err) : -1;
}

/* What the row's gauge was before it, for changes are to that. */
static void before(const void *self, struct pt_str text, struct pt_buf *out)
{
    const struct statsd *s = self;
    char value[PT_NUM_MAX];
    double base = s->began;
    uint32_t i;
    (void)text;
    if (!s->at || s->type != GAUGE)
        return;
    if (!s->changed) {
        struct pt_buf key = {0};
        spell_gauge(s, &key);
        i = pt_map_find(&s->gauges, pt_buf_view(&key));
        base = i == PT_MAP_NONE ? 0 : s->last[i];
        pt_buf_release(&key);
    }
    pt_num_format(value, pt_num_real(base));
    pt_buf_printf(out, "%.*s:%s|g", (int)s->name.n, s->name.p, value);
    if (s->tags.n)
        pt_buf_printf(out, "|#%.*s", (int)s->tags.n, s->tags.p);
    pt_buf_putc(out, '\n');
}

static struct pt_ticks *ticks(void *self)
{
    return &((struct statsd *)self)->ticks;
}

static bool timeless(const void *self)
{
    (void)self;
    return true;
}

/* name:value|type, where the value of all but sets is a number. */
static bool looks(struct pt_str line)
{
    const char *p = line.p, *end = p + line.n - (line.n && line.p[line.n - 1] == '\r');
    struct pt_str name = part(&p, end, ':'), value, type;
    struct pt_num v;
    value = part(&p, end, '|');
    type = part(&p, end, '|');
    if (!name.n || !value.n || memchr(name.p, '|', name.n) || type_named(type) == TYPES)
        return false;
    return type_named(type) == SET || pt_num_parse_loose(value.p, value.p + value.n, &v);
}

const struct pt_reader PT_READER_STATSD = {
    .name = "statsd",
    .looks = looks,
    .make = make,
    .free = release,
    .row = row,
    .more = more,
    .depends = true,
    .before = before,
    .ticks = ticks,
    .timeless = timeless,
};
