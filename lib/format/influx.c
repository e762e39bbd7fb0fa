/* influx.c - InfluxDB line protocol to records.
 *
 * Source: docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol.  A line is
 * `measurement[,tag=value]... field=value[,field=value]... [time]`.  Each field is a metric named
 * measurement.field, or measurement alone when the field is called "value"; true is 1 and false 0.
 * Strings are no numbers: all those of a line make one event, behind its metrics.
 *
 * A comma, a space or an equals sign is part of a name when a backslash stands before it; whether
 * that backslash has one before it does not matter, as in InfluxDB's own parser.  Other backslashes
 * are themselves.  Only in strings a backslash before a quote or a backslash goes.
 *
 * A line is read as a whole before anything of it is delivered, so one that does not read well
 * leaves nothing.  Then name and tags of each field are found by the bytes that spell them
 * (spellings.h), which for the first field stand together: everything up to its '='.  Where those
 * bytes are very many, a field's name is put behind the measurement's each time instead, so that a
 * line of long tags and a thousand fields costs no more than its length. */
#include "base/mem.h"
#include "base/text.h"
#include "format/reader.h"
#include "format/spellings.h"
#include "record/write.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    TAGS_MOST = 256,
    FIELDS_MOST = 1024,
    SPELLED_MOST = 1024, /* bytes of measurement and tags that are compared for each field */
    ROW_MOST = 64 * 1024 /* bytes after which a row with an open string takes no more lines */
};

struct field {
    struct pt_str key;   /* as it is spelled */
    struct pt_str text;  /* a string between its quotes, as it is spelled; else p is NULL */
    struct pt_num value; /* any other */
};

struct influx {
    enum pt_time_unit ts_unit;
    struct pt_spellings spellings;
    struct pt_time_last last_ts;
    struct pt_str series; /* of the row: measurement and tags as they are spelled */
    int64_t ts;
    struct pt_ticks ticks;
    bool timeless;
    struct field *fields;
    size_t n, cap;
    size_t strings;        /* fields that are, and are not delivered yet */
    size_t at;             /* next field to deliver */
    struct pt_record base; /* the measurement's metric, if it is known */
    bool based;
    struct pt_buf name;    /* of a field */
    struct pt_buf key;     /* scratch: what spells a field that is not the first */
    struct pt_buf body;    /* the row's event */
    struct pt_arena arena; /* unescaped text while it is needed */
};

static void *make(const struct pt_records_options *options)
{
    struct influx *x = pt_mem_alloc(sizeof *x);
    x->ts_unit = options->ts_unit;
    return x;
}

static void release(void *self)
{
    struct influx *x = self;
    pt_spellings_release(&x->spellings);
    free(x->fields);
    pt_buf_release(&x->name);
    pt_buf_release(&x->key);
    pt_buf_release(&x->body);
    pt_arena_release(&x->arena);
    free(x);
}

static int fail(struct pt_err *err, const char *why, struct pt_str row, const char *at)
{
    return pt_reader_fail(err, "line protocol", why, row, at);
}

static const char *skip_spaces(const char *p, const char *end)
{
    while (p < end && *p == ' ')
        p++;
    return p;
}

/* The first c from p on that has no backslash before it, or NULL. */
static const char *unescaped(const char *p, const char *end, char c)
{
    const char *from = p;
    for (; p < end && (p = memchr(p, c, (size_t)(end - p))); p++)
        if (p == from || p[-1] != '\\')
            return p;
    return NULL;
}

/* The same for any of three. */
static const char *unescaped_any(const char *p, const char *end, const char any[3])
{
    for (const char *from = p; p < end; p++)
        if ((*p == any[0] || *p == any[1] || *p == any[2]) && (p == from || p[-1] != '\\'))
            return p;
    return end;
}

/* What is spelled, in the arena: without the backslashes before the characters of `escaped`. */
static struct pt_str plain(struct influx *x, struct pt_str s, const char *escaped)
{
    char *to;
    size_t n = 0;
    if (!s.n || !memchr(s.p, '\\', s.n))
        return s;
    to = pt_arena_alloc(&x->arena, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && strchr(escaped, s.p[i + 1]) && s.p[i + 1])
            i++;
        to[n++] = s.p[i];
    }
    return (struct pt_str){to, n};
}

/* --- strings over several lines -------------------------------------------------------------- */

/* A string begins with a quote behind an '=' among the fields, as `parse` has it. */
static int open_string(void *self, struct pt_str line, int state)
{
    const char *p = line.p, *end = line.p + line.n;
    bool open = state != 0;
    (void)self;
    if (!memchr(p, '"', line.n))
        return open;
    if (!open && (*(p = skip_spaces(p, end)) == '#' || !(p = unescaped(p, end, ' '))))
        return false;
    for (; p < end; p++) {
        if (open && *p == '\\')
            p++;
        else if (open)
            open = *p != '"';
        else
            open = *p == '"' && p[-1] == '=' && p[-2] != '\\';
    }
    return open;
}

/* --- a line ---------------------------------------------------------------------------------- */

static int read_string(const char **at, const char *end, struct field *f)
{
    const char *p = *at + 1;
    while (p < end && *p != '"')
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    if (p >= end)
        return -1;
    f->text = (struct pt_str){*at + 1, (size_t)(p - *at) - 1};
    *at = p + 1;
    return 0;
}

static int read_truth(const char **at, const char *end, struct field *f)
{
    static const char *const WORDS[] = {"f", "F", "false", "False", "FALSE",
                                        "t", "T", "true",  "True",  "TRUE"};
    enum { COUNT = sizeof WORDS / sizeof WORDS[0] };
    const char *after = unescaped_any(*at, end, ",  ");
    for (int i = 0; i < COUNT; i++)
        if (pt_str_is((struct pt_str){*at, (size_t)(after - *at)}, WORDS[i])) {
            f->value = pt_num_real(i >= COUNT / 2);
            *at = after;
            return 0;
        }
    return -1;
}

/* The digits of 12i and 12u.  An unsigned one beyond 63 bits is the nearest double, as integers of
 * that size are everywhere (pt-record(5)). */
static int read_integer(const char *p, const char *end, bool is_signed, struct pt_num *out)
{
    bool negative = is_signed && *p == '-';
    uint64_t v = 0;
    for (p += negative; p < end; p++)
        if (!isdigit((unsigned char)*p) || __builtin_mul_overflow(v, UINT64_C(10), &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
            return -1;
    if (v <= INT64_MAX)
        *out = pt_num_int(negative ? -(int64_t)v : (int64_t)v);
    else if (!is_signed)
        *out = pt_num_real((double)v);
    else if (negative && v == (uint64_t)INT64_MAX + 1)
        *out = pt_num_int(INT64_MIN);
    else
        return -1;
    return 0;
}

static int read_value(struct pt_str row, const char **at, const char *end, struct field *f,
                      struct pt_err *err)
{
    const char *p = *at, *after;
    f->text = (struct pt_str){0};
    if (p < end && *p == '"')
        return read_string(at, end, f) == 0 ? 0 : fail(err, "the string does not end", row, p);
    if ((after = p < end ? pt_num_parse_loose(p, end, &f->value) : NULL)) {
        *at = after;
        if (after == end || (*after != 'i' && *after != 'u'))
            return 0;
        *at = after + 1;
        return read_integer(p, after, *after == 'i', &f->value) == 0
                   ? 0
                   : fail(err, "not an integer of 64 bits", row, p);
    }
    if (p < end && read_truth(at, end, f) == 0)
        return 0;
    after = unescaped_any(p, end, ",  ");
    return pt_reader_number((struct pt_str){p, (size_t)(after - p)}, "line protocol", row,
                            &f->value, err);
}

/* key=value at *at. */
static int read_field(struct influx *x, struct pt_str row, const char **at, const char *end,
                      struct pt_err *err)
{
    const char *equals = unescaped_any(*at, end, "=, ");
    struct field *f;
    if (equals == end || *equals != '=' || equals == *at)
        return fail(err, equals == *at ? "expected a field" : "expected '=' and the field's value",
                    row, equals);
    if (x->n == FIELDS_MOST)
        return fail(err, "too many fields", row, *at);
    x->fields = pt_mem_grow(x->fields, &x->cap, x->n + 1, sizeof *x->fields);
    f = &x->fields[x->n];
    f->key = (struct pt_str){*at, (size_t)(equals - *at)};
    *at = equals + 1;
    if (read_value(row, at, end, f, err) != 0)
        return -1;
    x->strings += f->text.p != NULL;
    x->n++;
    return 0;
}

static int read_time(struct influx *x, struct pt_str row, const char *p, const char *end,
                     int64_t now, struct pt_err *err)
{
    const char *q = p + (p < end && *p == '-');
    if (p == end) {
        x->timeless = true;
        x->ts = pt_ticks_next(&x->ticks, now);
        return 0;
    }
    while (q < end && isdigit((unsigned char)*q))
        q++;
    if (q != end)
        return fail(err, "expected a time, which is an integer", row, q);
    return pt_time_epoch((struct pt_str){p, (size_t)(end - p)}, x->ts_unit, &x->ts) == 0
               ? 0
               : fail(err, "not a time between the years 1677 and 2262", row, p);
}

static int parse(struct influx *x, struct pt_str row, int64_t now, struct pt_err *err)
{
    const char *end = row.p + row.n, *p = skip_spaces(row.p, end), *space;
    while (end > p && (end[-1] == ' ' || end[-1] == '\r'))
        end--;
    if (!(space = unescaped(p, end, ' ')))
        return fail(err, "expected a space and a field", row, end);
    if (*p == ',')
        return fail(err, "expected a measurement", row, p);
    x->series = (struct pt_str){p, (size_t)(space - p)};
    for (p = skip_spaces(space, end);; p++) {
        if (read_field(x, row, &p, end, err) != 0)
            return -1;
        if (p == end || *p != ',')
            break;
    }
    if (p < end && *p != ' ')
        return fail(err, "expected ',' or a space behind a value", row, p);
    return read_time(x, row, skip_spaces(p, end), end, now, err);
}

/* --- series ---------------------------------------------------------------------------------- */

/* The tags of x->series from p on, where the comma before the first stands. */
static int read_tags(struct influx *x, const char *p, struct pt_tag tags[TAGS_MOST], size_t *n,
                     struct pt_err *err)
{
    const char *end = x->series.p + x->series.n;
    for (*n = 0; p < end; ++*n) {
        const char *key = p + 1, *equals = unescaped_any(key, end, "=,,"), *value, *stop;
        if (equals == key || equals == end || *equals != '=')
            return fail(err, "expected a tag, key=value", x->series, key);
        value = equals + 1;
        stop = unescaped_any(value, end, ",==");
        if (stop == value || (stop < end && *stop == '='))
            return fail(err, "expected a tag's value", x->series, stop);
        if (*n == TAGS_MOST)
            return fail(err, "too many tags", x->series, key);
        tags[*n] = (struct pt_tag){plain(x, (struct pt_str){key, (size_t)(equals - key)}, ",= "),
                                   plain(x, (struct pt_str){value, (size_t)(stop - value)}, ",= ")};
        p = stop;
    }
    return 0;
}

static struct pt_str name_of(struct influx *x, struct pt_str measurement, struct pt_str field)
{
    pt_buf_clear(&x->name);
    pt_buf_str(&x->name, measurement);
    if (field.n && !pt_str_is(field, "value")) {
        pt_buf_putc(&x->name, '.');
        pt_buf_str(&x->name, plain(x, field, ",= "));
    }
    return pt_buf_view(&x->name);
}

/* The metric of a field of the row, or with an empty field of the measurement. */
static int learn(struct influx *x, struct pt_str raw, struct pt_str field, struct pt_record *out,
                 struct pt_err *err)
{
    const char *end = x->series.p + x->series.n, *comma = unescaped(x->series.p, end, ',');
    struct pt_tag tags[TAGS_MOST];
    struct pt_str measurement;
    size_t n;
    pt_arena_reset(&x->arena);
    comma = comma ? comma : end;
    if (read_tags(x, comma, tags, &n, err) != 0)
        return -1;
    measurement = plain(x, (struct pt_str){x->series.p, (size_t)(comma - x->series.p)}, ", ");
    *out = (struct pt_record){.name = name_of(x, measurement, field)};
    return pt_spellings_learn(&x->spellings, raw, out, tags, n, err);
}

/* The same without learning each field. */
static int compose(struct influx *x, struct pt_str field, struct pt_record *out, struct pt_err *err)
{
    if (!x->based && !pt_spellings_find(&x->spellings, x->series, &x->base) &&
        learn(x, x->series, (struct pt_str){0}, &x->base, err) != 0)
        return -1;
    x->based = true;
    pt_arena_reset(&x->arena);
    *out = x->base;
    out->name = name_of(x, x->base.name, field);
    if (pt_text_utf8(out->name) != out->name.n)
        return pt_err_set(err, PT_DATA, "name: not UTF-8");
    return pt_record_check(out, err);
}

/* The metric of a field of the row.  When there is none, nothing more of the row is delivered. */
static int find(struct influx *x, struct pt_str raw, struct pt_str field, struct pt_record *out,
                struct pt_err *err)
{
    bool composed = x->series.n > SPELLED_MOST;
    if (composed
            ? compose(x, field, out, err) != 0
            : !pt_spellings_find(&x->spellings, raw, out) && learn(x, raw, field, out, err) != 0) {
        x->at = x->n;
        x->strings = 0;
        return -1;
    }
    out->ts = x->ts;
    return 0;
}

/* What spells a field that is not the first, as if it were. */
static struct pt_str spell(struct influx *x, struct pt_str field)
{
    pt_buf_clear(&x->key);
    if (x->series.n > SPELLED_MOST)
        return field;
    pt_buf_str(&x->key, x->series);
    pt_buf_putc(&x->key, ' ');
    pt_buf_str(&x->key, field);
    if (field.n)
        pt_buf_putc(&x->key, '=');
    return pt_buf_view(&x->key);
}

/* --- records --------------------------------------------------------------------------------- */

/* The row's strings as an object; its arena lives until the row ends. */
static int write_strings(struct influx *x, struct pt_err *err)
{
    struct pt_tag *texts = pt_arena_alloc(&x->arena, x->strings * sizeof *texts);
    struct pt_err twice = {0};
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        const struct field *f = &x->fields[i];
        if (!f->text.p)
            continue;
        texts[n] = (struct pt_tag){plain(x, f->key, ",= "), plain(x, f->text, "\"\\")};
        if (pt_text_utf8(texts[n].key) != texts[n].key.n ||
            pt_text_utf8(texts[n].value) != texts[n].value.n)
            return pt_err_set(err, PT_DATA, "line protocol: a string is not UTF-8");
        n++;
    }
    if (pt_tags_sort(texts, n, &twice) != 0)
        return pt_err_set(err, PT_DATA, "line protocol: two strings have the same field");
    pt_tags_write(&x->body, (struct pt_tags){texts, n});
    return 0;
}

/* The row's strings, by field, in "fields" of an event of the measurement. */
static int event(struct influx *x, struct pt_record *out, struct pt_err *err)
{
    int rc;
    if (find(x, spell(x, (struct pt_str){0}), (struct pt_str){0}, out, err) != 0)
        return -1;
    pt_reader_event_begin(&x->body, out);
    pt_line_json(&x->body, "fields", PT_STR(""));
    pt_arena_reset(&x->arena);
    rc = write_strings(x, err);
    x->strings = 0;
    pt_reader_document_end(&x->body, out);
    return rc == 0 ? 1 : -1;
}

static int more(void *self, struct pt_record *out, struct pt_err *err)
{
    struct influx *x = self;
    const struct field *f;
    struct pt_str raw;
    while (x->at < x->n && x->fields[x->at].text.p)
        x->at++;
    if (x->at == x->n)
        return x->strings ? event(x, out, err) : 0;
    f = &x->fields[x->at];
    raw = x->at ? spell(x, f->key)
                : (struct pt_str){x->series.p, (size_t)(f->key.p + f->key.n - x->series.p) + 1};
    x->at++;
    if (find(x, raw, f->key, out, err) != 0)
        return -1;
    out->value = f->value;
    return 1;
}

/* Whether the line is one field of the series that followed the last one before, a plain number or
 * integer, and a plain time.  (What is remembered of a measurement may end in an '=' of its own.) */
static bool expect(void *self, struct pt_str text, struct pt_record *out)
{
    struct influx *x = self;
    const char *p = text.p, *end = text.p + text.n, *number;
    size_t n = pt_spellings_expect(&x->spellings, p, end, out);
    if (n < 2 || p[n - 1] != '=' || p[n - 2] == '\\' || !(p = pt_num_parse(number = p + n, end, &out->value)))
        return false;
    if (p < end && *p == 'i') {
        if (read_integer(number, p, true, &out->value) != 0)
            return false;
        p++;
    }
    return p < end && *p == ' ' && !memchr(p, '.', (size_t)(end - p)) &&
           pt_time_epoch_again(&x->last_ts, p + 1, end, x->ts_unit, &out->ts) == end;
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct influx *x = self;
    x->n = x->at = x->strings = 0;
    x->based = false;
    if (*skip_spaces(text.p, text.p + text.n) == '#')
        return 0;
    if (parse(x, text, now, err) == 0)
        return more(x, out, err);
    x->n = x->strings = 0;
    return -1;
}

static struct pt_ticks *ticks(void *self)
{
    return &((struct influx *)self)->ticks;
}

static bool timeless(const void *self)
{
    return ((const struct influx *)self)->timeless;
}

/* A measurement, perhaps tags, a space, a field's name, '=' and what can begin a value.  A
 * measurement may hold an '=', but rarely does, and pairs of key=value are no line protocol. */
static bool looks(struct pt_str line)
{
    const char *p = line.p, *end = line.p + line.n, *space = unescaped(p, end, ' '), *comma,
               *equals;
    if (!space || space == p || *p == ',' || *p == '#')
        return false;
    comma = unescaped(p, space, ',');
    if (memchr(p, '=', (size_t)((comma ? comma : space) - p)) ||
        (comma && !unescaped(comma, space, '=')))
        return false;
    p = skip_spaces(space, end);
    equals = unescaped_any(p, end, "=, ");
    return equals > p && equals + 1 < end && *equals == '=' &&
           strchr("+-.0123456789\"tTfFnN", equals[1]);
}

const struct pt_reader PT_READER_INFLUX = {
    .name = "influx",
    .looks = looks,
    .make = make,
    .free = release,
    .expect = expect,
    .open = open_string,
    .row_most = ROW_MOST,
    .unclosed = "line protocol: a string that opens here does not end",
    .row = row,
    .more = more,
    .ticks = ticks,
    .timeless = timeless,
};
