/* check.c - schema.h: judging records as they arrive.
 *
 * A series is resolved when it is first met: which blocks are for it, what they say of its tags,
 * which never change, and which rules are left for each value.  A document is tried against the
 * blocks of its type; its fields are looked for in its body.
 *
 * Of several violations the first that refuses counts, else the first that warns.  A value that is
 * refused leaves no trace in what `monotone` remembers of its series; and that is taken from the
 * store at first sight, so that a run that was killed goes on judging as if it had not been. */
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "quality/rules.h"
#include "store/quality.h"

#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { SHOWN = 64 }; /* bytes of a value that a reason quotes */

/* One violation on its way: filled in by the judges. */
struct verdict {
    struct pt_schema *schema;
    const struct pt_schema_use *use;
    enum pt_fault *fault;
    struct pt_err *why;
    int rc; /* 0, 1, -1 so far */
};

/* --- verdicts -------------------------------------------------------------------------------- */

/* WHAT, made safe to show: "FIELD: " before it where there is a field. */
static void violated(struct verdict *v, enum pt_fault fault, struct pt_str what)
{
    struct pt_buf text = {0};
    const struct pt_schema_rule *rule = v->use->rule;
    int rc = v->use->block->warn ? 1 : -1;
    if (v->rc < 0 || (v->rc > 0 && rc > 0))
        return;
    if (rule->field.n) {
        pt_text_terminal(&text, rule->field);
        pt_buf_puts(&text, ": ");
    }
    pt_text_terminal(&text, what);
    v->rc = rc;
    *v->fault = fault;
    *v->why = (struct pt_err){0};
    pt_err_set(v->why, PT_DATA, "%s: %s (%.64s:%llu)", pt_fault_name(fault), text.p,
               v->schema->file.p, (unsigned long long)rule->line);
    pt_buf_release(&text);
}

__attribute__((format(printf, 3, 4))) static void say(struct verdict *v, enum pt_fault fault,
                                                      const char *fmt, ...)
{
    char text[320];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    violated(v, fault, pt_str(text));
}

static int shown(struct pt_str s)
{
    return s.n > SHOWN ? SHOWN : (int)s.n;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool whole(struct pt_num v)
{
    return v.wide || floor(v.d) == v.d;
}

static void judge_range(struct verdict *v, struct pt_num value)
{
    const struct pt_check_range *r = &v->use->rule->range;
    char text[PT_NUM_MAX], least[PT_NUM_MAX] = "", most[PT_NUM_MAX] = "";
    const char *space = r->bounded_below ? " " : "", *after = r->bounded_above ? " " : "";
    if ((!r->bounded_below || pt_num_cmp(value, r->least) >= 0) &&
        (!r->bounded_above || pt_num_cmp(value, r->most) <= 0))
        return;
    pt_num_format(text, value);
    if (r->bounded_below)
        pt_num_format(least, r->least);
    if (r->bounded_above)
        pt_num_format(most, r->most);
    say(v, PT_FAULT_RANGE, "%s is not in %s%s..%s%s", text, least, space, after, most);
}

static void judge_clock(struct verdict *v, int64_t ts, int64_t now)
{
    const struct pt_schema_rule *r = v->use->rule;
    char limit[PT_DURATION_TEXT];
    int64_t ahead;
    if (__builtin_sub_overflow(ts, now, &ahead))
        ahead = ts > now ? PT_TIME_MAX : PT_TIME_MIN + 1;
    pt_duration_format(limit, r->duration);
    if (r->kind == PT_CHECK_FUTURE && ahead > r->duration)
        say(v, PT_FAULT_TIME, "more than %s in the future", limit);
    if (r->kind == PT_CHECK_PAST && -ahead > r->duration)
        say(v, PT_FAULT_TIME, "more than %s in the past", limit);
}

/* Only a point newer than what its series had is judged: what is late has no neighbour yet. */
static void judge_monotone(struct verdict *v, const struct pt_schema_series *series,
                           const struct pt_record *r)
{
    const struct pt_check_monotone *m = &v->use->rule->monotone;
    char old[PT_NUM_MAX], new[PT_NUM_MAX];
    int step;
    if (!series->seen || r->ts <= series->ts)
        return;
    step = pt_num_cmp(r->value, series->value) * (m->down ? -1 : 1);
    if (step > 0 || (step == 0 && !m->strictly) ||
        (m->resets && step < 0 && pt_num_cmp(r->value, m->reset) <= 0))
        return;
    pt_num_format(old, series->value);
    pt_num_format(new, r->value);
    say(v, PT_FAULT_SEQUENCE, "%s comes after %s, expected %s%s", new, old,
        m->strictly ? "strictly " : "", m->down ? "decreasing" : "increasing");
}

static void judge_value(struct verdict *v, const struct pt_schema_series *series,
                        const struct pt_record *r, int64_t now)
{
    const struct pt_schema_rule *rule = v->use->rule;
    char text[PT_NUM_MAX];
    switch (rule->kind) {
    case PT_CHECK_TYPE:
        if (rule->type == PT_VALUE_INTEGER && !whole(r->value)) {
            pt_num_format(text, r->value);
            say(v, PT_FAULT_TYPE, "%s is no integer", text);
        }
        break;
    case PT_CHECK_RANGE: judge_range(v, r->value); break;
    case PT_CHECK_UNIT:
        if (r->unit.n && !pt_str_eq(r->unit, rule->words[0]))
            say(v, PT_FAULT_UNIT, "\"%.*s\", expected \"%.*s\"", shown(r->unit), r->unit.p,
                shown(rule->words[0]), rule->words[0].p);
        break;
    case PT_CHECK_KIND:
        if (r->kind != PT_KIND_NONE && r->kind != rule->metric_kind)
            say(v, PT_FAULT_UNIT, "kind %s, expected %s", pt_kind_name(r->kind),
                pt_kind_name(rule->metric_kind));
        break;
    case PT_CHECK_MONOTONE: judge_monotone(v, series, r); break;
    case PT_CHECK_FUTURE:
    case PT_CHECK_PAST: judge_clock(v, r->ts, now); break;
    default: break;
    }
}

/* --- words ----------------------------------------------------------------------------------- */

static bool listed(const struct pt_schema_rule *rule, struct pt_str word)
{
    for (size_t i = 0; i < rule->nwords; i++)
        if (pt_str_eq(rule->words[i], word))
            return true;
    return false;
}

static void judge_tags(struct verdict *v, struct pt_tags tags)
{
    const struct pt_schema_rule *rule = v->use->rule;
    struct pt_str value;
    switch (rule->kind) {
    case PT_CHECK_REQUIRE:
        for (size_t i = 0; i < rule->nwords; i++)
            if (!pt_tags_get(tags, rule->words[i]).n)
                say(v, PT_FAULT_TAGS, "no tag %.*s", shown(rule->words[i]), rule->words[i].p);
        break;
    case PT_CHECK_ALLOW:
        for (size_t i = 0; i < tags.n; i++)
            if (!listed(rule, tags.v[i].key))
                say(v, PT_FAULT_TAGS, "the tag %.*s is not allowed", shown(tags.v[i].key),
                    tags.v[i].key.p);
        break;
    case PT_CHECK_ONE_OF:
        value = pt_tags_get(tags, rule->field);
        if (value.n && !listed(rule, value))
            say(v, PT_FAULT_RANGE, "\"%.*s\" is none of those listed", shown(value), value.p);
        break;
    default: break;
    }
}

/* --- series ---------------------------------------------------------------------------------- */

static bool of_tags(enum pt_check_kind kind)
{
    return kind == PT_CHECK_REQUIRE || kind == PT_CHECK_ALLOW || kind == PT_CHECK_ONE_OF;
}

static bool of_values(enum pt_check_kind kind)
{
    return kind <= PT_CHECK_PAST && !of_tags(kind);
}

static void use_block(struct pt_schema *s, struct pt_schema_series *series,
                      const struct pt_schema_block *b, struct pt_tags tags, struct verdict *v)
{
    for (size_t i = 0; i < b->n; i++) {
        struct pt_schema_use use = {b, &b->rules[i]};
        v->use = &use;
        if (of_tags(use.rule->kind))
            judge_tags(v, tags);
        if (!of_values(use.rule->kind))
            continue;
        s->uses = pt_mem_grow(s->uses, &s->uses_cap, s->nuses + 1, sizeof *s->uses);
        s->uses[s->nuses++] = use;
        series->n++;
        series->tracked |= use.rule->kind == PT_CHECK_MONOTONE;
    }
}

static void refuse_unknown(const struct pt_schema *s, enum pt_fault *fault, struct pt_err *why)
{
    *fault = PT_FAULT_FIELDS;
    pt_err_set(why, PT_DATA, "fields: no block of %.64s is for such a record", s->file.p);
}

/* What holds for the series whatever its values. */
static int resolve(struct pt_schema *s, uint32_t number, struct pt_err *err)
{
    struct pt_str name = pt_identity_name(&s->identity, number);
    struct pt_str text = pt_identity_tags(&s->identity, number);
    struct pt_schema_series *series;
    struct pt_err why = {0};
    struct verdict v = {.schema = s, .why = &why};
    struct pt_tags tags;
    bool named = false;
    int rc;
    s->series = pt_mem_grow(s->series, &s->series_cap, (size_t)number + 1, sizeof *s->series);
    series = &s->series[number];
    *series = (struct pt_schema_series){.first = s->nuses};
    v.fault = &series->fault;
    pt_arena_reset(&s->scratch);
    if (pt_tags_parse(text, &s->scratch, &tags, err) != 0)
        return -1;
    for (size_t i = 0; i < s->n; i++) {
        const struct pt_schema_block *b = &s->v[i];
        if (b->subject != PT_BLOCK_METRIC || !pt_selector_match(b->selector, name, tags))
            continue;
        named = true;
        use_block(s, series, b, tags, &v);
    }
    series->verdict = v.rc;
    if (!named && s->strict) {
        refuse_unknown(s, &series->fault, &why);
        series->verdict = -1;
    }
    if (series->verdict)
        series->reason = pt_arena_str(&s->arena, pt_str(why.what));
    if (!series->tracked || !s->store)
        return 0;
    rc = pt_quality_last_point(s->store, name, text, &series->ts, &series->value, err);
    series->seen = rc > 0;
    return rc < 0 ? -1 : 0;
}

static void remember(struct pt_schema_series *series, const struct pt_record *r)
{
    bool newer = !series->seen || r->ts > series->ts;
    if (!newer && !(r->ts == series->ts && pt_num_cmp(r->value, series->value) > 0))
        return;
    series->seen = true;
    series->ts = r->ts;
    series->value = r->value;
}

static int check_metric(struct pt_schema *s, const struct pt_record *r, int64_t now,
                        enum pt_fault *fault, struct pt_err *why)
{
    struct verdict v = {.schema = s, .fault = fault, .why = why};
    struct pt_schema_series *series;
    uint32_t number;
    bool added;
    *fault = PT_FAULT_TAGS;
    if (pt_identity_of(&s->identity, r->name, r->tags, &number, &added, why) != 0 ||
        (added && resolve(s, number, why) != 0))
        return -1;
    series = &s->series[number];
    if (series->verdict) {
        *fault = series->fault;
        pt_err_set(why, PT_DATA, "%s", series->reason.p);
        v.rc = series->verdict;
    }
    for (size_t i = 0; i < series->n && v.rc >= 0; i++) {
        v.use = &s->uses[series->first + i];
        judge_value(&v, series, r, now);
    }
    if (series->tracked && v.rc >= 0)
        remember(series, r);
    return v.rc;
}

/* --- documents ------------------------------------------------------------------------------- */

/* The value at a path of keys with dots between them; false where there is none, or null. */
static bool find_field(struct pt_schema *s, struct pt_str object, struct pt_str path,
                       struct pt_str *out)
{
    struct pt_json_iter it;
    *out = object;
    while (path.n) {
        const char *dot = memchr(path.p, '.', path.n);
        struct pt_str key = {path.p, dot ? (size_t)(dot - path.p) : path.n}, raw, value;
        bool found = false;
        if (pt_json_open(&it, *out) != 0)
            return false;
        while (!found && pt_json_next(&it, &raw, &value) == 1)
            found = pt_str_eq(pt_json_text(raw, &s->scratch), key);
        if (!found || (value.n && *value.p == 'n'))
            return false;
        *out = value;
        path = dot ? (struct pt_str){dot + 1, path.n - key.n - 1} : (struct pt_str){0};
    }
    return true;
}

static bool is_number(struct pt_str value, struct pt_num *out)
{
    return pt_num_parse(value.p, value.p + value.n, out) == value.p + value.n;
}

static bool has_type(struct pt_str value, enum pt_value_type type)
{
    struct pt_num v;
    switch (type) {
    case PT_VALUE_STRING: return *value.p == '"';
    case PT_VALUE_BOOLEAN: return *value.p == 't' || *value.p == 'f';
    case PT_VALUE_OBJECT: return *value.p == '{';
    case PT_VALUE_ARRAY: return *value.p == '[';
    case PT_VALUE_INTEGER: return is_number(value, &v) && whole(v);
    default: return is_number(value, &v);
    }
}

/* A value as one would write it in a schema: strings without their quotes. */
static struct pt_str plain(struct pt_schema *s, struct pt_str value)
{
    return *value.p == '"' ? pt_json_text(pt_json_raw(value), &s->scratch) : value;
}

static void judge_fields(struct verdict *v, struct pt_str body)
{
    const struct pt_schema_rule *rule = v->use->rule;
    struct pt_json_iter it;
    struct pt_str key, value;
    if (rule->kind == PT_CHECK_REQUIRE)
        for (size_t i = 0; i < rule->nwords; i++)
            if (!find_field(v->schema, body, rule->words[i], &value))
                say(v, PT_FAULT_FIELDS, "no field %.*s", shown(rule->words[i]), rule->words[i].p);
    if (rule->kind != PT_CHECK_ALLOW || pt_json_open(&it, body) != 0)
        return;
    while (pt_json_next(&it, &key, &value) == 1) {
        key = pt_json_text(key, &v->schema->scratch);
        if (!listed(rule, key) && !pt_str_is(key, "type") && !pt_str_is(key, "ts"))
            say(v, PT_FAULT_FIELDS, "the field %.*s is not allowed", shown(key), key.p);
    }
}

/* Rules for one field say nothing where it is absent: that is for `require` to say. */
static void judge_field(struct verdict *v, struct pt_str body)
{
    const struct pt_schema_rule *rule = v->use->rule;
    struct pt_str value;
    struct pt_num number;
    if (!find_field(v->schema, body, rule->field, &value))
        return;
    if (rule->kind == PT_CHECK_TYPE && !has_type(value, rule->type))
        say(v, PT_FAULT_TYPE, "%.*s is no %s", shown(value), value.p,
            pt_value_type_name(rule->type));
    if (rule->kind == PT_CHECK_RANGE && is_number(value, &number))
        judge_range(v, number);
    else if (rule->kind == PT_CHECK_RANGE)
        say(v, PT_FAULT_TYPE, "%.*s is no number", shown(value), value.p);
    if (rule->kind == PT_CHECK_ONE_OF && !listed(rule, plain(v->schema, value)))
        say(v, PT_FAULT_RANGE, "%.*s is none of those listed", shown(value), value.p);
}

static void judge_document(struct verdict *v, const struct pt_record *r, int64_t now)
{
    switch (v->use->rule->kind) {
    case PT_CHECK_REQUIRE:
    case PT_CHECK_ALLOW: judge_fields(v, r->body); break;
    case PT_CHECK_FUTURE:
    case PT_CHECK_PAST: judge_clock(v, r->ts, now); break;
    case PT_CHECK_TYPE:
    case PT_CHECK_RANGE:
    case PT_CHECK_ONE_OF: judge_field(v, r->body); break;
    default: break;
    }
}

static bool type_matches(const struct pt_schema_block *b, struct pt_str type)
{
    char text[128];
    if (pt_str_is(b->pattern, "*") || pt_str_eq(b->pattern, type))
        return true;
    if (type.n >= sizeof text || !strpbrk(b->pattern.p, "*?["))
        return false;
    memcpy(text, type.p, type.n);
    text[type.n] = '\0';
    return fnmatch(b->pattern.p, text, 0) == 0;
}

/* 1 when the block is for the document, 0, -1 when its tags are no tags. */
static int meant(struct pt_schema *s, const struct pt_schema_block *b, const struct pt_record *r,
                 struct pt_err *why)
{
    struct pt_tags tags;
    if (b->subject != PT_BLOCK_DOCUMENT || !type_matches(b, r->type))
        return 0;
    if (!b->selector)
        return 1;
    if (pt_tags_parse(r->tags, &s->scratch, &tags, why) != 0)
        return -1;
    return pt_selector_match(b->selector, r->name, tags);
}

static int check_document(struct pt_schema *s, const struct pt_record *r, int64_t now,
                          enum pt_fault *fault, struct pt_err *why)
{
    struct verdict v = {.schema = s, .fault = fault, .why = why};
    bool named = false;
    pt_arena_reset(&s->scratch);
    for (size_t i = 0; i < s->n && v.rc >= 0; i++) {
        struct pt_err bad = {0};
        int rc = meant(s, &s->v[i], r, &bad);
        if (rc < 0) {
            *fault = PT_FAULT_TAGS;
            *why = bad;
            return -1;
        }
        named |= rc;
        for (size_t k = 0; rc && k < s->v[i].n && v.rc >= 0; k++) {
            struct pt_schema_use use = {&s->v[i], &s->v[i].rules[k]};
            v.use = &use;
            judge_document(&v, r, now);
        }
    }
    if (named || !s->strict)
        return v.rc;
    refuse_unknown(s, fault, why);
    return -1;
}

int pt_schema_check(struct pt_schema *s, const struct pt_record *record, int64_t now,
                    enum pt_fault *fault, struct pt_err *why)
{
    return record->metric ? check_metric(s, record, now, fault, why)
                          : check_document(s, record, now, fault, why);
}
