/* exposition.c - lines of the Prometheus text format 0.0.4 and of OpenMetrics 1.0 to records.
 *
 * Sources: prometheus.io/docs/instrumenting/exposition_formats and the OpenMetrics
 * specification 1.0.  One grammar (sample.h), two dialects.  They differ in how a time is written
 * (integer milliseconds against seconds with a fraction), in what a family's samples are called
 * (the TYPE of a counter names foo_total in one, foo in the other), and in what only OpenMetrics
 * has: UNIT, EOF, four more types, exemplars.
 *
 * Few expositions tell their dialect by the first line, so one that was not named stays open, and
 * the first line that only one dialect can have settles it; until then nothing was read that the
 * other would read otherwise.  Times tell by their size: 1e11 is 1973 in milliseconds and the year
 * 5138 in seconds.  A negative time tells nothing, and is one of 0.0.4 for as long as the dialect
 * is open.
 *
 * What OpenMetrics demands of one line is checked, and of the end of all; the order of families and
 * their samples is not, since nothing is lost by it.  An exposition that begins behind # EOF with
 * metadata is a new one: a loop of scrapes into one pipe is ordinary. */
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "format/exemplar.h"
#include "format/reader.h"
#include "format/sample.h"

#include <stdlib.h>

enum {
    TYPES_MOST = 100000,
    UNIT_MOST = 31,     /* bytes, as pt_record_check has it */
    EXEMPLAR_MOST = 128 /* characters of an exemplar's label names and values together */
};
static const int64_t LEAST_MS = INT64_C(100000000000); /* as a number of seconds: the year 5138 */

/* Dialects are bits: those that the text may still be in. */
enum { TEXT = 1, OPENMETRICS = 2, EITHER = TEXT | OPENMETRICS };

enum type {
    T_UNKNOWN, T_COUNTER, T_GAUGE, T_HISTOGRAM, T_SUMMARY, T_GAUGEHISTOGRAM, T_INFO, T_STATESET
};

static const struct {
    const char *word;
    unsigned dialects;
    enum type type;
} WORDS[] = {
    {"counter", EITHER, T_COUNTER},
    {"gauge", EITHER, T_GAUGE},
    {"histogram", EITHER, T_HISTOGRAM},
    {"summary", EITHER, T_SUMMARY},
    {"untyped", TEXT, T_UNKNOWN},
    {"unknown", OPENMETRICS, T_UNKNOWN},
    {"info", OPENMETRICS, T_INFO},
    {"stateset", OPENMETRICS, T_STATESET},
    {"gaugehistogram", OPENMETRICS, T_GAUGEHISTOGRAM},
};

enum rule { R_ANY, R_COUNT, R_ONE, R_STATE };

/* The samples that a family of some type has: what their names add to the family's.  `unit` says
 * that the family's unit is theirs; rule, label and exemplar are OpenMetrics'. */
static const struct part {
    enum type type;
    struct pt_str suffix;
    unsigned dialects;
    enum pt_kind kind;
    bool unit, exemplar;
    enum rule rule;
    const char *label; /* they must have; NULL: none */
} PARTS[] = {
    {T_COUNTER, {"", 0}, TEXT, PT_KIND_COUNTER, true, false, R_ANY, NULL},
    {T_COUNTER, {"_total", 6}, OPENMETRICS, PT_KIND_COUNTER, true, true, R_COUNT, NULL},
    {T_COUNTER, {"_created", 8}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_ANY, NULL},
    {T_GAUGE, {"", 0}, EITHER, PT_KIND_GAUGE, true, false, R_ANY, NULL},
    {T_HISTOGRAM, {"_bucket", 7}, EITHER, PT_KIND_HISTOGRAM, false, true, R_COUNT, "le"},
    {T_HISTOGRAM, {"_count", 6}, EITHER, PT_KIND_COUNTER, false, false, R_COUNT, NULL},
    {T_HISTOGRAM, {"_sum", 4}, EITHER, PT_KIND_COUNTER, true, false, R_ANY, NULL},
    {T_HISTOGRAM, {"_created", 8}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_ANY, NULL},
    {T_SUMMARY, {"", 0}, EITHER, PT_KIND_GAUGE, true, false, R_COUNT, "quantile"},
    {T_SUMMARY, {"_count", 6}, EITHER, PT_KIND_COUNTER, false, false, R_COUNT, NULL},
    {T_SUMMARY, {"_sum", 4}, EITHER, PT_KIND_COUNTER, true, false, R_COUNT, NULL},
    {T_SUMMARY, {"_created", 8}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_ANY, NULL},
    {T_GAUGEHISTOGRAM, {"_bucket", 7}, OPENMETRICS, PT_KIND_GAUGE, false, true, R_COUNT, "le"},
    {T_GAUGEHISTOGRAM, {"_gcount", 7}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_COUNT, NULL},
    {T_GAUGEHISTOGRAM, {"_gsum", 5}, OPENMETRICS, PT_KIND_GAUGE, true, false, R_ANY, NULL},
    {T_INFO, {"_info", 5}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_ONE, NULL},
    {T_STATESET, {"", 0}, OPENMETRICS, PT_KIND_GAUGE, false, false, R_STATE, NULL},
    {T_UNKNOWN, {"", 0}, EITHER, PT_KIND_NONE, true, false, R_ANY, NULL},
};

struct family {
    enum type type;
    struct pt_str unit; /* in `units` */
};

struct exposition {
    unsigned dialects;
    bool ended;          /* # EOF was read */
    struct pt_map names; /* of families */
    struct family *families;
    size_t cap;
    struct pt_arena units; /* as long as the families */
    struct pt_arena arena; /* the current line's labels */
    struct pt_buf tags, body;
    struct pt_str unit; /* of the line's family */
    bool pending;       /* the line's exemplar is to be delivered */
    struct pt_exemplar exemplar;
};

static void *make(unsigned dialects, const struct pt_records_options *options)
{
    struct exposition *e = pt_mem_alloc(sizeof *e);
    e->dialects = options->format == PT_RECORDS_AUTO ? dialects | OPENMETRICS : dialects;
    return e;
}

static void *make_text(const struct pt_records_options *options)
{
    return make(TEXT, options);
}

static void *make_openmetrics(const struct pt_records_options *options)
{
    return make(OPENMETRICS, options);
}

static void forget_families(struct exposition *e)
{
    pt_map_release(&e->names);
    pt_arena_release(&e->units);
}

static void release(void *self)
{
    struct exposition *e = self;
    forget_families(e);
    free(e->families);
    pt_arena_release(&e->arena);
    pt_buf_release(&e->tags);
    pt_buf_release(&e->body);
    free(e);
}

static const char *title(const struct exposition *e)
{
    return e->dialects == OPENMETRICS ? "OpenMetrics" : "Prometheus text";
}

/* Settles that the text is in one of these dialects; false when it cannot be. */
static bool settle(struct exposition *e, unsigned dialects)
{
    if (!(e->dialects & dialects))
        return false;
    e->dialects &= dialects;
    return true;
}

/* --- metadata -------------------------------------------------------------------------------- */

static struct family *family_of(const struct exposition *e, struct pt_str name)
{
    uint32_t i = pt_map_find(&e->names, name);
    return i == PT_MAP_NONE ? NULL : &e->families[i];
}

/* NULL when there are too many. */
static struct family *add_family(struct exposition *e, struct pt_str name)
{
    struct family *known = family_of(e, name);
    uint32_t i;
    if (known || e->names.n >= TYPES_MOST)
        return known;
    i = pt_map_add(&e->names, name, NULL);
    e->families = pt_mem_grow(e->families, &e->cap, (size_t)i + 1, sizeof *e->families);
    e->families[i] = (struct family){0};
    return &e->families[i];
}

static bool ends_in(struct pt_str name, struct pt_str suffix)
{
    return name.n > suffix.n && memcmp(name.p + name.n - suffix.n, suffix.p, suffix.n) == 0;
}

/* "# TYPE name word"; false when the dialect has no such line. */
static bool read_type(struct exposition *e, struct pt_str name, struct pt_str word)
{
    struct family *family;
    size_t i = 0, n = sizeof WORDS / sizeof WORDS[0];
    while (i < n && !pt_str_is(word, WORDS[i].word))
        i++;
    if (i == n || !name.n || !settle(e, WORDS[i].dialects))
        return false;
    if ((family = add_family(e, name)))
        family->type = WORDS[i].type;
    return true;
}

/* "# UNIT name unit", where an empty unit is none; the name must end in it. */
static bool read_unit(struct exposition *e, struct pt_str name, struct pt_str unit)
{
    struct family *family;
    if (!name.n || unit.n > UNIT_MOST ||
        (unit.n && !(ends_in(name, unit) && name.p[name.n - unit.n - 1] == '_')) ||
        !settle(e, OPENMETRICS))
        return false;
    if ((family = add_family(e, name)))
        family->unit = pt_arena_str(&e->units, unit);
    return true;
}

/* A line that begins with '#'.  What no dialect gives a meaning is a comment, which OpenMetrics
 * does not have. */
static int metadata(struct exposition *e, struct pt_str line, struct pt_err *err)
{
    const char *end = line.p + line.n, *hash = pt_sample_space(line.p, end), *at = hash + 1;
    struct pt_str what = pt_reader_word(&at, end), name = pt_reader_word(&at, end);
    bool type = pt_str_is(what, "TYPE"), unit = pt_str_is(what, "UNIT"), good;
    if (e->ended && (type || unit || pt_str_is(what, "HELP"))) {
        forget_families(e);
        e->ended = false;
    }
    if (e->ended)
        return pt_reader_fail(err, title(e), "something follows # EOF", line, hash);
    if (pt_str_is(what, "EOF"))
        good = e->ended = !name.n && settle(e, OPENMETRICS);
    else
        good = type   ? read_type(e, name, pt_reader_word(&at, end))
               : unit ? read_unit(e, name, pt_reader_word(&at, end))
                      : pt_str_is(what, "HELP");
    if (good || e->dialects & TEXT)
        return 0;
    return pt_reader_fail(err, title(e),
                            type   ? "no such type"
                            : unit ? "the name does not end in _ and the unit"
                                   : "neither TYPE, UNIT, HELP nor EOF",
                            line, hash);
}

/* --- samples --------------------------------------------------------------------------------- */

static const struct part *part_of(const struct exposition *e, const struct family *family,
                                  struct pt_str suffix)
{
    if (!family)
        return NULL;
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (PARTS[i].type == family->type && PARTS[i].dialects & e->dialects &&
            pt_str_eq(PARTS[i].suffix, suffix))
            return &PARTS[i];
    return NULL;
}

/* The part of a family that a sample of this name is; NULL when nothing was said of it. */
static const struct part *find_part(const struct exposition *e, struct pt_str name,
                                    const struct family **family)
{
    const struct part *part = part_of(e, *family = family_of(e, name), PT_STR(""));
    size_t n = name.n;
    if (part)
        return part;
    while (n > 0 && name.p[n - 1] != '_')
        n--;
    if (n < 2)
        return NULL;
    *family = family_of(e, (struct pt_str){name.p, n - 1});
    return part_of(e, *family, (struct pt_str){name.p + n - 1, name.n - n + 1});
}

/* What OpenMetrics demands of a sample: NULL, or what is wrong. */
static const char *wrong(const struct part *part, const struct pt_sample *s)
{
    double v = s->point.value.d;
    if (part->label && !pt_tags_get(s->point.labels, pt_str(part->label)).n)
        return part->type == T_SUMMARY ? "no label quantile" : "a bucket without the label le";
    if (part->rule == R_COUNT && v < 0)
        return "a negative value";
    if (part->rule == R_ONE && v != 1)
        return "the value of an info is 1";
    if (part->rule == R_STATE && v != 0 && v != 1)
        return "the value of a state is 0 or 1";
    if (part->rule == R_STATE && !pt_tags_get(s->point.labels, s->name).n)
        return "a state without the label that names it";
    return NULL;
}

/* Fills kind and unit. */
static int classify(struct exposition *e, const struct pt_sample *s, struct pt_record *out,
                    const struct part **part, const char **why)
{
    const struct family *family, *same = family_of(e, s->name);
    *part = find_part(e, s->name, &family);
    *why = NULL;
    e->unit = (struct pt_str){0};
    if (!*part) {
        *why = same && e->dialects == OPENMETRICS ? "no sample of its type has this name" : NULL;
        return *why ? -1 : 0;
    }
    settle(e, (*part)->dialects);
    e->unit = family->unit;
    out->kind = (*part)->kind;
    if ((*part)->unit)
        out->unit = e->unit;
    if (e->dialects == OPENMETRICS)
        *why = wrong(*part, s);
    return *why ? -1 : 0;
}

/* A time as the dialect has it, which it may settle.  0 or -1. */
static int read_time(struct exposition *e, struct pt_str text, int64_t *out)
{
    int64_t whole;
    if (text.n && *text.p == '+')
        text = (struct pt_str){text.p + 1, text.n - 1};
    if (pt_time_epoch(text, PT_UNIT_NS, &whole) != 0)
        return -1;
    if (memchr(text.p, '.', text.n) || memchr(text.p, 'e', text.n) || memchr(text.p, 'E', text.n))
        return settle(e, OPENMETRICS) ? pt_time_epoch(text, PT_UNIT_S, out) : -1;
    if (e->dialects == EITHER && whole >= 0)
        settle(e, whole < LEAST_MS ? OPENMETRICS : TEXT);
    return pt_time_epoch(text, e->dialects & TEXT ? PT_UNIT_MS : PT_UNIT_S, out);
}

static int bad_time(const struct exposition *e, struct pt_str line, struct pt_str time,
                    struct pt_err *err)
{
    return pt_reader_fail(err, title(e),
                            e->dialects & TEXT ? "expected a time in milliseconds"
                                               : "expected a time in seconds",
                            line, time.p);
}

/* --- exemplars ------------------------------------------------------------------------------- */

/* Characters of UTF-8: the bytes that begin one. */
static size_t characters(struct pt_tags labels)
{
    size_t n = 0;
    for (size_t i = 0; i < labels.n; i++) {
        struct pt_str value = labels.v[i].value;
        n += labels.v[i].key.n;
        for (size_t k = 0; k < value.n; k++)
            n += ((unsigned char)value.p[k] & 0xC0) != 0x80;
    }
    return n;
}

/* Takes the ids out of an exemplar's labels, as they are spelled by convention. */
static void take_ids(struct exposition *e, struct pt_tags labels)
{
    struct pt_tag *rest = pt_arena_alloc(&e->arena, (labels.n + 1) * sizeof *rest);
    size_t n = 0;
    for (size_t i = 0; i < labels.n; i++) {
        struct pt_str key = labels.v[i].key;
        if (pt_str_is(key, "trace_id") || pt_str_is(key, "traceID"))
            e->exemplar.trace = labels.v[i].value;
        else if (pt_str_is(key, "span_id") || pt_str_is(key, "spanID"))
            e->exemplar.span = labels.v[i].value;
        else
            rest[n++] = labels.v[i];
    }
    e->exemplar.labels = (struct pt_tags){rest, n};
}

static int read_exemplar(struct exposition *e, struct pt_str line, const struct pt_sample *s,
                         const struct part *part, const struct pt_record *of, struct pt_err *err)
{
    if (!settle(e, OPENMETRICS))
        return pt_reader_fail(err, title(e), "something follows the time", line, s->exemplar_at);
    if (part && !part->exemplar)
        return pt_reader_fail(err, title(e), "such a sample has no exemplar", line,
                                s->exemplar_at);
    if (characters(s->exemplar.labels) > EXEMPLAR_MOST)
        return pt_reader_fail(err, title(e), "the exemplar's labels are too long", line,
                                s->exemplar_at);
    e->exemplar = (struct pt_exemplar){.ts = of->ts,
                                       .name = of->name,
                                       .unit = e->unit,
                                       .value = s->exemplar.value,
                                       .tags = of->tags};
    if (s->exemplar.time.n && read_time(e, s->exemplar.time, &e->exemplar.ts) != 0)
        return bad_time(e, line, s->exemplar.time, err);
    take_ids(e, s->exemplar.labels);
    e->pending = true;
    return 0;
}

/* The exemplar of the line, after its sample. */
static int more(void *self, struct pt_record *out, struct pt_err *err)
{
    struct exposition *e = self;
    (void)err;
    if (!e->pending)
        return 0;
    e->pending = false;
    pt_exemplar_record(&e->exemplar, &e->body, out);
    return 1;
}

/* --- lines ----------------------------------------------------------------------------------- */

static int sample(struct exposition *e, struct pt_str line, struct pt_record *out,
                  struct pt_err *err)
{
    struct pt_sample s;
    const struct part *part;
    const char *why;
    if (pt_sample_parse(line, title(e), &e->arena, &s, err) != 0)
        return -1;
    out->name = s.name;
    out->value = s.point.value;
    if (classify(e, &s, out, &part, &why) != 0)
        return pt_reader_fail(err, title(e), why, line, s.name.p);
    if (s.point.time.n && read_time(e, s.point.time, &out->ts) != 0)
        return bad_time(e, line, s.point.time, err);
    pt_tags_write(&e->tags, s.point.labels);
    out->tags = pt_buf_view(&e->tags);
    if (pt_record_check(out, err) != 0)
        return -1;
    return s.exemplar_at ? read_exemplar(e, line, &s, part, out, err) : 0;
}

static int row(void *self, struct pt_str line, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct exposition *e = self;
    const char *end = line.p + line.n, *at = pt_sample_space(line.p, end);
    pt_arena_reset(&e->arena);
    pt_buf_clear(&e->tags);
    e->pending = false;
    if (at == end)
        return 0;
    if (*at == '#')
        return metadata(e, line, err);
    if (e->ended)
        return pt_reader_fail(err, title(e), "something follows # EOF", line, at);
    *out = (struct pt_record){.metric = true, .type = PT_STR("metric"), .ts = now};
    return sample(e, line, out, err) == 0 ? 1 : -1;
}

static int end_of_input(void *self, struct pt_err *err)
{
    const struct exposition *e = self;
    if (e->dialects != OPENMETRICS || e->ended)
        return 0;
    return pt_err_set(err, PT_DATA,
                      "OpenMetrics: the input ends without # EOF: what should follow "
                      "this line is missing");
}

/* While the dialect is open, whoever reads a line alone must leave it open, too. */
static enum pt_records_format alone(const void *self)
{
    const struct exposition *e = self;
    return e->dialects == EITHER        ? PT_RECORDS_AUTO
           : e->dialects == OPENMETRICS ? PT_RECORDS_OPENMETRICS
                                        : PT_RECORDS_PROMETHEUS;
}

static const char *word_of(enum type type, unsigned dialects)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (WORDS[i].type == type && WORDS[i].dialects & dialects)
            return WORDS[i].word;
    return "unknown";
}

/* The metadata of the line's family, if it has some. */
static void before(const void *self, struct pt_str line, struct pt_buf *out)
{
    const struct exposition *e = self;
    const char *end = line.p + line.n, *cut;
    struct pt_str name = pt_sample_name(pt_sample_space(line.p, end), end);
    const struct family *family = family_of(e, name);
    if (e->dialects == EITHER)
        pt_buf_puts(out, "# HELP\n"); /* tells an exposition, and none of the two */
    if (!family && name.n && (cut = memrchr(name.p, '_', name.n))) {
        name.n = (size_t)(cut - name.p);
        family = family_of(e, name);
    }
    if (!family)
        return;
    pt_buf_printf(out, "# TYPE %.*s %s\n", (int)name.n, name.p, word_of(family->type, e->dialects));
    if (family->unit.n)
        pt_buf_printf(out, "# UNIT %.*s %.*s\n", (int)name.n, name.p, (int)family->unit.n,
                      family->unit.p);
}

/* A comment, name{...} or name number: an exposition.  One word behind '#', with semicolons, is the
 * header of a table instead (csv.c). */
static bool looks_text(struct pt_str line)
{
    const char *p = line.p, *end = line.p + line.n, *at, *after;
    struct pt_num v;
    if (p < end && *p == '#')
        return line.n < 3 || memchr(p + 2, ' ', line.n - 2) || !memchr(p, ';', line.n);
    p += pt_sample_name(p, end).n;
    at = pt_sample_space(p, end);
    if (p == line.p || p == end)
        return false;
    if (*p == '{')
        return true;
    after = at > p ? pt_num_parse_loose(at, end, &v) : NULL;
    return after && (after == end || pt_sample_space(after, end) > after) &&
           !memchr(line.p, ',', line.n);
}

/* Metadata that only OpenMetrics has. */
static bool looks_openmetrics(struct pt_str line)
{
    struct exposition e = {.dialects = EITHER};
    struct pt_err ignored = {0};
    if (!line.n || *line.p != '#')
        return false;
    metadata(&e, line, &ignored);
    forget_families(&e);
    free(e.families);
    return e.dialects == OPENMETRICS;
}

#define SHARED                                                                                    \
    .free = release, .row = row, .more = more, .end = end_of_input, .before = before,             \
    .alone = alone, .depends = true, .untimed = true

const struct pt_reader PT_READER_OPENMETRICS = {
    .name = "openmetrics", .looks = looks_openmetrics, .make = make_openmetrics, SHARED};
const struct pt_reader PT_READER_PROMETHEUS = {
    .name = "prometheus", .looks = looks_text, .make = make_text, SHARED};
