/* prometheus.c - lines of the Prometheus text exposition format 0.0.4 to records.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats.  Labels become tags, TYPE becomes the
 * kind: a histogram's _bucket series keep "histogram", the _sum and _count of histograms and
 * summaries are counters.  A line without a timestamp gets the time given. */
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/reader.h"
#include "record/tags.h"

#include <ctype.h>
#include <stdlib.h>

enum { LABELS_MOST = 256, TYPES_MOST = 100000 };

enum family { F_NONE, F_COUNTER, F_GAUGE, F_HISTOGRAM, F_SUMMARY };

struct prometheus {
    struct pt_map types; /* family name -> families[] */
    enum family *families;
    size_t cap;
    struct pt_arena arena; /* the current line's unescaped values */
    struct pt_buf tags;
};

static void *make(const struct pt_records_options *options)
{
    (void)options;
    return pt_mem_alloc(sizeof(struct prometheus));
}

static void release(void *self)
{
    struct prometheus *p = self;
    pt_map_release(&p->types);
    free(p->families);
    pt_arena_release(&p->arena);
    pt_buf_release(&p->tags);
    free(p);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && blank(*p))
        p++;
    return p;
}

/* "# TYPE name kind"; anything else behind '#' is a comment. */
static void comment(struct prometheus *p, const char *at, const char *end)
{
    static const char *const NAMES[] = {"untyped", "counter", "gauge", "histogram", "summary"};
    struct pt_str name, kind;
    uint32_t i;
    if (!pt_str_is(pt_reader_word(&at, end), "TYPE"))
        return;
    name = pt_reader_word(&at, end);
    kind = pt_reader_word(&at, end);
    if (!name.n || p->types.n >= TYPES_MOST)
        return;
    i = pt_map_add(&p->types, name, NULL);
    p->families = pt_mem_grow(p->families, &p->cap, (size_t)i + 1, sizeof *p->families);
    p->families[i] = F_NONE;
    for (int k = F_COUNTER; k <= F_SUMMARY; k++)
        if (pt_str_is(kind, NAMES[k]))
            p->families[i] = (enum family)k;
}

static enum family family_of(const struct prometheus *p, struct pt_str name)
{
    uint32_t i = pt_map_find(&p->types, name);
    return i == PT_MAP_NONE ? F_NONE : p->families[i];
}

static enum kind_suffix { S_NONE, S_BUCKET, S_SUM, S_COUNT } suffix_of(struct pt_str *name)
{
    static const struct pt_str SUFFIX[] = {{"", 0}, {"_bucket", 7}, {"_sum", 4}, {"_count", 6}};
    for (int i = S_BUCKET; i <= S_COUNT; i++)
        if (name->n > SUFFIX[i].n &&
            memcmp(name->p + name->n - SUFFIX[i].n, SUFFIX[i].p, SUFFIX[i].n) == 0) {
            name->n -= SUFFIX[i].n;
            return (enum kind_suffix)i;
        }
    return S_NONE;
}

static enum pt_kind kind_of(const struct prometheus *p, struct pt_str name)
{
    enum family family = family_of(p, name);
    struct pt_str base = name;
    enum kind_suffix suffix;
    if (family == F_COUNTER)
        return PT_KIND_COUNTER;
    if (family == F_GAUGE || family == F_SUMMARY)
        return PT_KIND_GAUGE;
    suffix = suffix_of(&base);
    family = suffix == S_NONE ? F_NONE : family_of(p, base);
    if (family == F_HISTOGRAM && suffix == S_BUCKET)
        return PT_KIND_HISTOGRAM;
    if ((family == F_HISTOGRAM || family == F_SUMMARY) && suffix != S_BUCKET)
        return PT_KIND_COUNTER;
    return PT_KIND_NONE;
}

static int fail(struct pt_err *err, const char *why, struct pt_str line, const char *at)
{
    return pt_reader_fail(err, "Prometheus text", why, line, at);
}

static struct pt_str identifier(const char *p, const char *end, bool colon)
{
    const char *start = p;
    while (p < end && (isalnum((unsigned char)*p) || *p == '_' || (colon && *p == ':')))
        p++;
    if (p > start && isdigit((unsigned char)*start))
        p = start;
    return (struct pt_str){start, (size_t)(p - start)};
}

/* A quoted label value at *at, with \\ \" \n undone. */
static bool label_value(struct prometheus *p, const char **at, const char *end,
                        struct pt_str *out)
{
    const char *q = *at;
    char *to;
    size_t n = 0;
    if (q >= end || *q != '"')
        return false;
    to = pt_arena_alloc(&p->arena, (size_t)(end - q));
    for (q++; q < end && *q != '"'; q++) {
        char c = *q;
        if (c == '\\' && q + 1 < end) {
            c = *++q;
            c = c == 'n' ? '\n' : c;
        }
        to[n++] = c;
    }
    *out = (struct pt_str){to, n};
    *at = q + 1;
    return q < end && pt_text_utf8(*out) == n;
}

/* {a="b",...} at *at into p->tags; labels without a value count as absent. */
static int labels(struct prometheus *p, struct pt_str line, const char **at, struct pt_err *err)
{
    const char *q = skip_blank(*at + 1, line.p + line.n), *end = line.p + line.n;
    struct pt_tag tags[LABELS_MOST];
    size_t n = 0;
    while (q < end && *q != '}') {
        struct pt_tag t;
        t.key = identifier(q, end, false);
        if (!t.key.n || n == LABELS_MOST)
            return fail(err, t.key.n ? "too many labels" : "expected a label's name", line, q);
        q = skip_blank(q + t.key.n, end);
        if (q >= end || *q != '=')
            return fail(err, "expected '='", line, q);
        q = skip_blank(q + 1, end);
        if (!label_value(p, &q, end, &t.value))
            return fail(err, "expected a quoted value", line, q < end ? q : end);
        if (t.value.n)
            tags[n++] = t;
        q = skip_blank(q, end);
        if (q < end && *q == ',')
            q = skip_blank(q + 1, end);
        else if (q >= end || *q != '}')
            return fail(err, "expected ',' or '}'", line, q);
    }
    if (q >= end)
        return fail(err, "expected '}'", line, q);
    *at = q + 1;
    if (pt_tags_sort(tags, n, err) != 0)
        return -1;
    pt_tags_write(&p->tags, (struct pt_tags){tags, n});
    return 0;
}

static int row(void *self, struct pt_str line, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct prometheus *p = self;
    const char *end = line.p + line.n, *at = skip_blank(line.p, end);
    struct pt_str ts;
    pt_arena_reset(&p->arena);
    pt_buf_clear(&p->tags);
    if (at == end)
        return 0;
    if (*at == '#') {
        comment(p, at + 1, end);
        return 0;
    }
    *out = (struct pt_record){.metric = true, .type = PT_STR("metric"), .ts = now};
    out->name = identifier(at, end, true);
    if (!out->name.n)
        return fail(err, "expected a metric's name", line, at);
    at = skip_blank(at + out->name.n, end);
    if (at < end && *at == '{' && labels(p, line, &at, err) != 0)
        return -1;
    if (pt_reader_number(pt_reader_word(&at, end), "Prometheus text", line, &out->value, err) !=
        0)
        return -1;
    ts = pt_reader_word(&at, end);
    if (ts.n && pt_time_epoch(ts, PT_UNIT_MS, &out->ts) != 0)
        return fail(err, "expected a time in milliseconds", line, ts.p);
    if (skip_blank(at, end) != end)
        return fail(err, "something follows the time", line, at);
    out->kind = kind_of(p, out->name);
    out->tags = pt_buf_view(&p->tags);
    return pt_record_check(out, err) == 0 ? 1 : -1;
}

/* A comment, name{...} or name number: the exposition format.  One word behind '#', with
 * semicolons, is the header of a table instead (csv.c). */
static bool looks(struct pt_str line)
{
    const char *p = line.p, *end = line.p + line.n;
    struct pt_num v;
    if (p < end && *p == '#')
        return line.n < 3 || memchr(p + 2, ' ', line.n - 2) || !memchr(p, ';', line.n);
    p += identifier(p, end, true).n;
    if (p == line.p || p == end)
        return false;
    return *p == '{' || (blank(*p) && pt_num_parse_loose(skip_blank(p, end), end, &v) &&
                         !memchr(line.p, ',', line.n));
}

const struct pt_reader PT_READER_PROMETHEUS = {
    .name = "prometheus",
    .looks = looks,
    .make = make,
    .free = release,
    .row = row,
    .depends = true,
    .untimed = true,
};
