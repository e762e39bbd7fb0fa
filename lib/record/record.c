/* record.c - one JSON line to one record.
 *
 * Lines that look like those before are read by their shape (shape.h).  For all others a single
 * pass validates the line and notes where each understood field's value stands; only then, when the
 * type is known, are the fields read.  Everything else is validated and passed over: a document
 * keeps its whole line, a metric ignores what it does not know (or refuses it, strict).
 *
 * Refused: keys that come twice (two readers could understand two different things), numbers that
 * no double holds, text that is not UTF-8. */
#include "record/record.h"

#include "base/json.h"
#include "base/text.h"
#include "record/tags.h"

enum {
    NAME_MOST = 512, /* bytes of a metric's name */
    UNIT_MOST = 31,  /* ... and of its unit */
    TYPE_MOST = 64,  /* bytes of a type */
    TAGS_MOST = 64 * 1024, /* bytes of a document's tags */
    EXCERPT = 48           /* bytes of data quoted in a message */
};

enum field { F_TYPE, F_TS, F_NAME, F_VALUE, F_TAGS, F_TRACE, F_UNIT, F_KIND, NFIELDS };

static const char *const FIELD[NFIELDS] = {"type", "ts",    "name", "value",
                                           "tags", "trace", "unit", "kind"};

/* The raw value of each field, empty when it is absent or null, and the first unknown key. */
struct fields {
    struct pt_str raw[NFIELDS];
    bool numeric; /* raw[F_VALUE] is a number: */
    struct pt_num value;
    unsigned seen;
    struct pt_str unknown;
};

static int bad(struct pt_err *err, const char *field, const char *why, struct pt_str raw)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, (struct pt_str){raw.p, raw.n < EXCERPT ? raw.n : EXCERPT});
    pt_err_set(err, PT_DATA, "%s: %s: %s%s", field, why, shown.n ? shown.p : "nothing",
               raw.n > EXCERPT ? "..." : "");
    pt_buf_release(&shown);
    return -1;
}

/* The first letter and the length leave one candidate at most. */
static int field_of(struct pt_str key)
{
    int field;
    switch (key.n ? key.p[0] : 0) {
    case 'n': field = F_NAME; break;
    case 'v': field = F_VALUE; break;
    case 'u': field = F_UNIT; break;
    case 'k': field = F_KIND; break;
    case 't':
        if (key.n < 2)
            return -1;
        field = key.n == 2 ? F_TS : key.n == 5 ? F_TRACE : key.p[1] == 'y' ? F_TYPE : F_TAGS;
        break;
    default: return -1;
    }
    return pt_str_is(key, FIELD[field]) ? field : -1;
}

/* NaN and infinities deserve their own word: many writers emit them. */
static bool not_finite(const char *p, const char *end)
{
    static const char *const WORDS[] = {"NaN", "nan", "-nan", "Infinity", "-Infinity",
                                        "inf", "-inf", "Inf", "-Inf", "+Inf"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if ((size_t)(end - p) >= strlen(WORDS[i]) && memcmp(p, WORDS[i], strlen(WORDS[i])) == 0)
            return true;
    return false;
}

static int bad_json(struct pt_err *err, struct pt_str line, int field, const char *at,
                    const char *why, const char *where)
{
    if (field == F_VALUE && not_finite(at, line.p + line.n))
        return pt_err_set(err, PT_DATA, "value: NaN and infinities are not stored");
    return pt_err_set(err, PT_DATA, "not JSON: %s at column %zu", why,
                      (size_t)(where - line.p) + 1);
}

static int note_field(struct fields *f, int field, struct pt_str key, struct pt_str value,
                      struct pt_err *err)
{
    if (field < 0) {
        if (!f->unknown.p)
            f->unknown = key;
        return 0;
    }
    if (f->seen & 1u << field)
        return pt_err_set(err, PT_DATA, "the key \"%s\" appears twice", FIELD[field]);
    f->seen |= 1u << field;
    if (!pt_str_is(value, "null"))
        f->raw[field] = value;
    return 0;
}

static bool escapes_field(struct pt_str key)
{
    struct pt_buf b = {0};
    bool yes;
    pt_json_unescape(&b, key);
    yes = field_of(pt_buf_view(&b)) >= 0;
    pt_buf_release(&b);
    return yes;
}

/* One `"key": value` at *at; moves behind it. */
static int scan_member(const char **at, struct pt_str line, struct fields *f, struct pt_err *err)
{
    const char *p = *at, *end = line.p + line.n, *why = "", *where = p, *after;
    struct pt_str key;
    bool escaped;
    int field;
    if (p >= end || *p != '"')
        return bad_json(err, line, -1, p, "expected a key in quotes", p);
    if (!(p = pt_json_string(p, end, &key, &escaped, &why, &where)))
        return bad_json(err, line, -1, p, why, where);
    p = pt_json_space(p, end);
    if (p >= end || *p != ':')
        return bad_json(err, line, -1, p, "expected ':' after a key", p);
    p = pt_json_space(p + 1, end);
    if (escaped && escapes_field(key)) /* other readers would take it for the field */
        return pt_err_set(err, PT_DATA, "a field's name is spelled with escapes: %.*s",
                          key.n > EXCERPT ? EXCERPT : (int)key.n, key.p);
    field = field_of(key);
    if (field == F_VALUE && (after = pt_num_parse(p, end, &f->value)))
        f->numeric = true;
    else if (!(after = pt_json_value(p, end, &why, &where)))
        return bad_json(err, line, field, p, why, where);
    *at = after;
    return note_field(f, field, key, (struct pt_str){p, (size_t)(after - p)}, err);
}

static int scan_line(struct pt_str line, struct fields *f, struct pt_err *err)
{
    const char *p = line.p, *end = p + line.n;
    if (p >= end || *p != '{')
        return bad_json(err, line, -1, p, "a record is an object: expected '{'", p);
    p = pt_json_space(p + 1, end);
    if (p < end && *p == '}')
        return pt_err_set(err, PT_DATA, "ts: missing");
    for (;;) {
        if (scan_member(&p, line, f, err) != 0)
            return -1;
        p = pt_json_space(p, end);
        if (p < end && *p == '}')
            break;
        if (p >= end || *p != ',')
            return bad_json(err, line, -1, p, "expected ',' or '}'", p);
        p = pt_json_space(p + 1, end);
    }
    if (p + 1 != end)
        return bad_json(err, line, -1, p, "something follows the object", p + 1);
    return 0;
}

/* A string field as text: a run of the line, or decoded into the arena. */
static int read_text(struct pt_record_reader *r, const struct fields *f, enum field field,
                     struct pt_str *out, struct pt_err *err)
{
    struct pt_str raw = f->raw[field];
    *out = (struct pt_str){0};
    if (!raw.n)
        return 0;
    if (raw.p[0] != '"')
        return bad(err, FIELD[field], "not a string", raw);
    *out = pt_json_text(pt_json_raw(raw), &r->arena);
    return 0;
}

static int read_ts(const struct pt_record_reader *r, const struct fields *f, int64_t *out,
                   struct pt_err *err)
{
    struct pt_str raw = f->raw[F_TS];
    if (!raw.n)
        return pt_err_set(err, PT_DATA, "ts: missing");
    if (raw.p[0] == '"') {
        if (pt_time_rfc3339(pt_json_raw(raw), out) == 0)
            return 0;
        return bad(err, "ts", "neither RFC 3339 nor a number", raw);
    }
    if (pt_time_epoch(raw, r->ts_unit, out) == 0)
        return 0;
    return bad(err, "ts", "not a time between the years 1677 and 2262", raw);
}

static int read_type(struct pt_record_reader *r, const struct fields *f, struct pt_record *out,
                     struct pt_err *err)
{
    if (read_text(r, f, F_TYPE, &out->type, err) != 0)
        return -1;
    if (!(f->seen & 1u << F_TYPE) || !f->raw[F_TYPE].n)
        out->type = PT_STR("metric");
    if (!out->type.n || out->type.n > TYPE_MOST)
        return bad(err, "type", "must have 1 to 64 bytes", out->type);
    out->metric = pt_str_is(out->type, "metric");
    return 0;
}

static int read_tags(const struct fields *f, struct pt_record *out, struct pt_err *err)
{
    out->tags = f->raw[F_TAGS];
    if (out->tags.n && out->tags.p[0] != '{')
        return bad(err, "tags", "not an object", out->tags);
    return 0;
}

static bool printable(struct pt_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return false;
    return true;
}

int pt_record_check(const struct pt_record *r, struct pt_err *err)
{
    if (!r->name.n)
        return pt_err_set(err, PT_DATA, "name: missing");
    if (r->name.n > NAME_MOST || !printable(r->name))
        return bad(err, "name", "must have at most 512 bytes and no control characters", r->name);
    if (r->unit.n > UNIT_MOST || !printable(r->unit))
        return bad(err, "unit", "must have at most 31 bytes and no control characters", r->unit);
    return 0;
}

static int read_metric(struct pt_record_reader *r, const struct fields *f, struct pt_record *out,
                       struct pt_err *err)
{
    struct pt_str raw = f->raw[F_VALUE], kind;
    if (read_text(r, f, F_UNIT, &out->unit, err) != 0 || pt_record_check(out, err) != 0)
        return -1;
    if (!raw.n)
        return pt_err_set(err, PT_DATA, "value: missing");
    if (!f->numeric)
        return bad(err, "value", "not a number", raw);
    out->value = f->value;
    if (read_text(r, f, F_KIND, &kind, err) != 0)
        return -1;
    if (kind.n && !pt_kind_parse(kind, &out->kind))
        return bad(err, "kind", "none of gauge, counter, histogram", kind);
    if (r->strict && f->unknown.p)
        return bad(err, "unknown field in a metric", "refused under --strict", f->unknown);
    return 0;
}

int pt_record_check_document(const struct pt_record *r, const struct pt_limits *limits,
                             struct pt_arena *arena, struct pt_err *err)
{
    uint64_t most = pt_limit(limits->document, PT_LIMIT_DOCUMENT);
    struct pt_tags tags;
    if (r->body.n > most)
        return pt_err_set(err, PT_DATA,
                          "the document has %zu bytes; at most %llu are taken "
                          "(see pt-ingest --max-document)",
                          r->body.n, (unsigned long long)most);
    if (r->tags.n > TAGS_MOST)
        return pt_err_set(err, PT_DATA, "tags: more than %d bytes", TAGS_MOST);
    if (!r->tags.n)
        return 0;
    if (pt_tags_parse(r->tags, arena, &tags, err) != 0)
        return -1;
    return pt_tags_check(tags, limits, err);
}

/* Metrics without anything unusual are read by their shape the next time. */
static void learn(struct pt_record_reader *r, struct pt_str line, const struct fields *f,
                  struct pt_record *out)
{
    static const enum pt_shape_hole HOLE[NFIELDS] = {
        [F_TYPE] = PT_HOLE_TEXT, [F_TS] = PT_HOLE_TS,     [F_NAME] = PT_HOLE_TEXT,
        [F_VALUE] = PT_HOLE_VALUE, [F_TAGS] = PT_HOLE_TAGS, [F_UNIT] = PT_HOLE_TEXT,
        [F_KIND] = PT_HOLE_TEXT,
    };
    struct pt_shape_field holes[NFIELDS];
    size_t n = 0;
    if (f->unknown.p || f->raw[F_TRACE].n)
        return;
    for (int i = 0; i < NFIELDS; i++)
        if (f->raw[i].n)
            holes[n++] = (struct pt_shape_field){HOLE[i], f->raw[i]};
    pt_shapes_learn(&r->shapes, line, holes, n, out);
}

int pt_record_parse_new(struct pt_record_reader *r, struct pt_str line, struct pt_record *out,
                        struct pt_err *err)
{
    struct fields f = {0};
    const char *p = pt_json_space(line.p, line.p + line.n);
    *out = (struct pt_record){0};
    pt_arena_reset(&r->arena);
    line = (struct pt_str){p, line.n - (size_t)(p - line.p)};
    while (line.n && memchr(" \t\r\n", line.p[line.n - 1], 4))
        line.n--;
    if (scan_line(line, &f, err) != 0 || read_type(r, &f, out, err) != 0 ||
        read_ts(r, &f, &out->ts, err) != 0 || read_text(r, &f, F_NAME, &out->name, err) != 0 ||
        read_tags(&f, out, err) != 0 || read_text(r, &f, F_TRACE, &out->trace, err) != 0)
        return -1;
    if (!out->metric) {
        out->body = line;
        return pt_record_check_document(out, &r->limits, &r->arena, err);
    }
    if (read_metric(r, &f, out, err) != 0)
        return -1;
    learn(r, line, &f, out);
    return 0;
}

bool pt_record_again(struct pt_record_reader *r, struct pt_str line, struct pt_record *out)
{
    return pt_shapes_read(&r->shapes, line, r->ts_unit, out);
}

int pt_record_parse(struct pt_record_reader *r, struct pt_str line, struct pt_record *out,
                    struct pt_err *err)
{
    return pt_record_again(r, line, out) ? 0 : pt_record_parse_new(r, line, out, err);
}

void pt_record_reader_release(struct pt_record_reader *r)
{
    pt_arena_release(&r->arena);
    pt_shapes_release(&r->shapes);
}

static const char *const KIND[] = {NULL, "gauge", "counter", "histogram"};

const char *pt_kind_name(enum pt_kind kind)
{
    return KIND[kind];
}

bool pt_kind_parse(struct pt_str s, enum pt_kind *out)
{
    for (int i = PT_KIND_GAUGE; i <= PT_KIND_HISTOGRAM; i++)
        if (pt_str_is(s, KIND[i])) {
            *out = (enum pt_kind)i;
            return true;
        }
    return false;
}
