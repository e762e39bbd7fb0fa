/* otlp_value.c - see otlp.h: the values that all signals of OTLP share.
 *
 * Attributes have types; tags are text.  An array or a map becomes the JSON that a person would
 * write for it, without OTLP's wrapping of each value in its type. */
#include "format/otlp.h"

#include "base/text.h"

#include <ctype.h>

int pt_otlp_refuse(struct pt_otlp *o, uint32_t i, const char *key, const char *why,
                   struct pt_err *err)
{
    struct pt_buf text = {0};
    pt_buf_printf(&text, "%s: %s", key, why);
    pt_document_refuse(&o->doc, i, text.p, err);
    pt_buf_release(&text);
    return -1;
}

int pt_otlp_enter(struct pt_otlp *o, uint32_t object, const char *key, struct pt_document_walk *w,
                  struct pt_err *err)
{
    uint32_t array = pt_otlp_get(o, object, key);
    *w = (struct pt_document_walk){0};
    if (!array)
        return 0;
    if (pt_json_tree_kind(&o->doc.tree, array) != '[')
        return pt_otlp_refuse(o, array, key, "not an array", err);
    pt_document_enter(&o->doc, array, w);
    return 0;
}

/* --- attributes ------------------------------------------------------------------------------ */

enum any { A_NONE, A_STRING, A_PLAIN, A_BYTES, A_ARRAY, A_MAP };

/* Which member of an AnyValue is there, and its number. */
static enum any any_of(const struct pt_otlp *o, uint32_t i, uint32_t *value)
{
    static const struct {
        const char *key;
        enum any any;
    } MEMBERS[] = {
        {"stringValue", A_STRING}, {"intValue", A_PLAIN},   {"boolValue", A_PLAIN},
        {"doubleValue", A_PLAIN},  {"arrayValue", A_ARRAY}, {"kvlistValue", A_MAP},
        {"bytesValue", A_BYTES},
    };
    for (size_t k = 0; k < sizeof MEMBERS / sizeof MEMBERS[0]; k++)
        if ((*value = pt_otlp_get(o, i, MEMBERS[k].key)) != PT_JSON_NOTHING)
            return MEMBERS[k].any;
    return A_NONE;
}

/* A number or truth value as it is written, in quotes or not. */
static struct pt_str plain(const struct pt_otlp *o, uint32_t value)
{
    char kind = pt_json_tree_kind(&o->doc.tree, value);
    struct pt_str text = o->doc.tree.v[value].text;
    if (kind == 't' || kind == 'f')
        return text;
    return pt_document_number(&o->doc, value);
}

static void put_json(struct pt_otlp *o, uint32_t i, struct pt_buf *b);

static void put_members(struct pt_otlp *o, uint32_t values, bool map, struct pt_buf *b)
{
    struct pt_document_walk w;
    bool first = true;
    pt_buf_putc(b, map ? '{' : '[');
    pt_document_enter(&o->doc, values, &w);
    while (pt_document_step(&o->doc, &w)) {
        if (!first)
            pt_buf_putc(b, ',');
        first = false;
        if (map) {
            pt_text_json(b, pt_document_text(&o->doc, pt_otlp_get(o, w.now, "key")));
            pt_buf_putc(b, ':');
        }
        put_json(o, map ? pt_otlp_get(o, w.now, "value") : w.now, b);
    }
    pt_buf_putc(b, map ? '}' : ']');
}

/* Appends an AnyValue as plain JSON; the depth is that of the document, which is bounded. */
static void put_json(struct pt_otlp *o, uint32_t i, struct pt_buf *b)
{
    uint32_t value;
    enum any any = any_of(o, i, &value);
    struct pt_str text = plain(o, value);
    struct pt_num number;
    if (any == A_NONE)
        pt_buf_puts(b, "null");
    else if (any == A_ARRAY || any == A_MAP)
        put_members(o, pt_otlp_get(o, value, "values"), any == A_MAP, b);
    else if (any == A_PLAIN && text.n &&
             (isalpha((unsigned char)*text.p)
                  ? pt_str_is(text, "true") || pt_str_is(text, "false")
                  : pt_num_parse(text.p, text.p + text.n, &number) == text.p + text.n))
        pt_buf_str(b, text);
    else
        pt_text_json(b, pt_document_text(&o->doc, value));
}

int pt_otlp_any(struct pt_otlp *o, uint32_t i, struct pt_arena *arena, struct pt_str *out,
                struct pt_err *err)
{
    struct pt_buf b = {0};
    uint32_t value;
    enum any any = any_of(o, i, &value);
    char kind = pt_json_tree_kind(&o->doc.tree, value);
    *out = (struct pt_str){0};
    if (any == A_NONE)
        return 0;
    if (any == A_PLAIN) {
        *out = plain(o, value);
        return out->n ? 1 : pt_otlp_refuse(o, i, "value", "not a number or truth value", err);
    }
    if (any == A_ARRAY || any == A_MAP) {
        put_json(o, i, &b);
        *out = pt_arena_str(arena, pt_buf_view(&b));
        pt_buf_release(&b);
        return 1;
    }
    if (kind != '"')
        return pt_otlp_refuse(o, i, "value", "not a string", err);
    *out = pt_json_text(pt_json_raw(o->doc.tree.v[value].text), arena);
    return 1;
}

int pt_otlp_set(struct pt_otlp_tags *tags, struct pt_str key, struct pt_str value)
{
    size_t i = 0;
    while (i < tags->n && !pt_str_eq(tags->v[i].key, key))
        i++;
    if (i == PT_OTLP_TAGS_MOST)
        return -1;
    tags->v[i] = (struct pt_tag){key, value};
    tags->n += i == tags->n;
    return 0;
}

int pt_otlp_attributes(struct pt_otlp *o, uint32_t object, const char *key, struct pt_arena *arena,
                       struct pt_otlp_tags *tags, struct pt_err *err)
{
    struct pt_document_walk w;
    if (pt_otlp_enter(o, object, key, &w, err) != 0)
        return -1;
    while (pt_document_step(&o->doc, &w)) {
        uint32_t name = pt_otlp_get(o, w.now, "key");
        struct pt_str word = pt_json_text(pt_json_raw(o->doc.tree.v[name].text), arena), value;
        int rc = pt_otlp_any(o, pt_otlp_get(o, w.now, "value"), arena, &value, err);
        if (rc < 0)
            return -1;
        if (!word.n)
            return pt_otlp_refuse(o, w.now, key, "one has no key", err);
        if (rc == 1 && pt_otlp_set(tags, word, value) != 0)
            return pt_otlp_refuse(o, w.now, key, "more than 256", err);
    }
    return 0;
}

static int write_tags(struct pt_otlp *o, uint32_t of, const struct pt_otlp_tags *tags,
                      struct pt_err *err)
{
    if (o->spent > o->to_spend)
        return pt_otlp_refuse(o, of, "attributes",
                              "the document's records repeat too many of their resource", err);
    if (pt_tags_check((struct pt_tags){tags->v, tags->n}, &o->doc.limits, err) != 0)
        return -1;
    pt_buf_clear(&o->tags);
    pt_tags_write(&o->tags, (struct pt_tags){tags->v, tags->n});
    o->spent += o->tags.n;
    return 0;
}

int pt_otlp_put_tags(struct pt_otlp *o, uint32_t of, struct pt_err *err)
{
    return write_tags(o, of, &o->own, err);
}

int pt_otlp_own_tags(struct pt_otlp *o, uint32_t of, struct pt_err *err)
{
    o->own.n = o->shared.n;
    memcpy(o->own.v, o->shared.v, o->shared.n * sizeof *o->own.v);
    if (pt_otlp_attributes(o, of, "attributes", &o->doc.arena, &o->own, err) != 0 ||
        pt_tags_sort(o->own.v, o->own.n, err) != 0)
        return -1;
    return pt_otlp_put_tags(o, of, err);
}

int pt_otlp_tags_with(struct pt_otlp *o, uint32_t of, const char *key, struct pt_str value,
                      struct pt_err *err)
{
    struct pt_otlp_tags all = {.n = o->own.n};
    memcpy(all.v, o->own.v, o->own.n * sizeof *all.v);
    if (pt_otlp_set(&all, pt_str(key), value) != 0)
        return pt_otlp_refuse(o, of, "attributes", "more than 256", err);
    if (pt_tags_sort(all.v, all.n, err) != 0)
        return -1;
    return write_tags(o, of, &all, err);
}

/* --- members --------------------------------------------------------------------------------- */

int pt_otlp_time(struct pt_otlp *o, uint32_t i, const char *key, int64_t *out, struct pt_err *err)
{
    uint32_t value = pt_otlp_get(o, i, key);
    if (!value)
        return 0;
    if (pt_time_epoch(pt_document_number(&o->doc, value), PT_UNIT_NS, out) != 0)
        return pt_otlp_refuse(o, i, key, "not a number of nanoseconds between 1970 and 2262", err);
    return *out != 0;
}

/* The words are those of proto3's JSON mapping. */
static bool not_finite(struct pt_str text)
{
    return pt_str_is(text, "NaN") || pt_str_is(text, "Infinity") || pt_str_is(text, "-Infinity");
}

int pt_otlp_number(struct pt_otlp *o, uint32_t i, const char *key, struct pt_num *out,
                   struct pt_err *err)
{
    uint32_t value = pt_otlp_get(o, i, key);
    struct pt_str text = pt_document_number(&o->doc, value);
    if (!value)
        return 0;
    if (text.n && pt_num_parse(text.p, text.p + text.n, out) == text.p + text.n)
        return 1;
    return pt_otlp_refuse(
        o, i, key, not_finite(text) ? "NaN and infinities are not stored" : "not a number", err);
}

bool pt_otlp_whole(struct pt_str text, uint64_t *out)
{
    struct pt_num v;
    if (!text.n || pt_num_parse(text.p, text.p + text.n, &v) != text.p + text.n || v.d < 0 ||
        (!v.wide && (v.d > 0x1p53 || v.d != (double)(int64_t)v.d)))
        return false;
    *out = v.wide ? (uint64_t)v.wide : (uint64_t)v.d;
    return true;
}

int pt_otlp_count(struct pt_otlp *o, uint32_t i, const char *key, uint64_t *out, struct pt_err *err)
{
    uint32_t value = pt_otlp_get(o, i, key);
    *out = 0;
    if (!value)
        return 0;
    if (!pt_otlp_whole(pt_document_number(&o->doc, value), out))
        return pt_otlp_refuse(o, i, key, "not a whole number", err);
    return 1;
}

int pt_otlp_enum(struct pt_otlp *o, uint32_t i, const char *key, int *out, struct pt_err *err)
{
    static const double LARGEST = 1000; /* beyond all enums there are */
    uint32_t value = pt_otlp_get(o, i, key);
    struct pt_str text = o->doc.tree.v[value].text;
    struct pt_num number;
    *out = 0;
    if (!value)
        return 0;
    if (pt_num_parse(text.p, text.p + text.n, &number) != text.p + text.n || number.d < 0 ||
        number.d > LARGEST)
        return pt_otlp_refuse(o, i, key, "an enum is a number", err);
    *out = (int)number.d;
    return 1;
}

int pt_otlp_id(struct pt_otlp *o, uint32_t i, const char *key, size_t digits, struct pt_str *out,
               struct pt_err *err)
{
    struct pt_str text = pt_document_text(&o->doc, pt_otlp_get(o, i, key));
    char *id = pt_arena_alloc(&o->doc.arena, digits);
    bool zeros = true;
    *out = (struct pt_str){0};
    if (!text.n)
        return 0;
    if (text.n != digits)
        return pt_otlp_refuse(o, i, key,
                              digits == PT_OTLP_TRACE_DIGITS ? "not 32 hexadecimal digits"
                                                             : "not 16 hexadecimal digits",
                              err);
    for (size_t k = 0; k < digits; k++) {
        if (!isxdigit((unsigned char)text.p[k]))
            return pt_otlp_refuse(o, i, key, "not hexadecimal", err);
        id[k] = (char)tolower((unsigned char)text.p[k]);
        zeros &= id[k] == '0';
    }
    if (zeros)
        return 0;
    *out = (struct pt_str){id, digits};
    return 1;
}
