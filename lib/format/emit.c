/* emit.c - see emit.h.
 *
 * Sources: docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol, and the OpenMetrics
 * specification 1.0.
 *
 * Both begin a line with what the series is, which is spelled once and kept until another series
 * comes: the points of a series stand together.  OpenMetrics wants the samples of a family together
 * and its TYPE once; two names that become one there would break that, and are refused. */
#include "format/emit.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "record/tags.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct pt_emitter {
    enum pt_sheet_format format;
    struct pt_buf *out;
    struct pt_buf name, tags; /* of the series in hand, as they came */
    struct pt_buf series;     /* ... and as they are spelled: all that stands before a value */
    struct pt_buf family;     /* OpenMetrics: the family in hand ... */
    bool total;               /* ... its samples end in _total ... */
    struct pt_map families;   /* ... and all that there were */
    struct pt_arena arena;    /* the tags of the series in hand */
};

struct pt_emitter *pt_emitter_new(enum pt_sheet_format format, struct pt_buf *out)
{
    struct pt_emitter *e = pt_mem_alloc(sizeof *e);
    e->format = format;
    e->out = out;
    return e;
}

void pt_emitter_free(struct pt_emitter *e)
{
    if (!e)
        return;
    pt_buf_release(&e->name);
    pt_buf_release(&e->tags);
    pt_buf_release(&e->series);
    pt_buf_release(&e->family);
    pt_map_release(&e->families);
    pt_arena_release(&e->arena);
    free(e);
}

static int refuse(struct pt_err *err, const char *format, const char *why, struct pt_str what)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, what);
    pt_err_set(err, PT_DATA, "%s: %s: \"%.200s\"", format, why, shown.n ? shown.p : "");
    pt_buf_release(&shown);
    return -1;
}

static void put_num(struct pt_buf *b, struct pt_num v)
{
    char text[PT_NUM_MAX];
    pt_buf_add(b, text, (size_t)pt_num_format(text, v));
}

/* --- line protocol --------------------------------------------------------------------------- */

/* A backslash at the end would take the meaning of what stands behind it. */
static int spell(struct pt_buf *b, struct pt_str s, const char *escaped, struct pt_err *err)
{
    if (memchr(s.p, '\n', s.n) || s.p[s.n - 1] == '\\')
        return refuse(err, "line protocol",
                      "has no spelling for a line break, or for a backslash at the end", s);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] && strchr(escaped, s.p[i]))
            pt_buf_putc(b, '\\');
        pt_buf_putc(b, s.p[i]);
    }
    return 0;
}

static int spell_influx_series(struct pt_emitter *e, const struct pt_emit_point *p,
                               struct pt_tags tags, struct pt_err *err)
{
    if (p->name.p[0] == '#')
        return refuse(err, "line protocol", "takes for a comment what begins with #", p->name);
    if (spell(&e->series, p->name, ", ", err) != 0)
        return -1;
    for (size_t i = 0; i < tags.n; i++) {
        if (!tags.v[i].value.n)
            continue;
        pt_buf_putc(&e->series, ',');
        if (spell(&e->series, tags.v[i].key, ",= ", err) != 0)
            return -1;
        pt_buf_putc(&e->series, '=');
        if (spell(&e->series, tags.v[i].value, ",= ", err) != 0)
            return -1;
    }
    return 0;
}

static int emit_influx(struct pt_emitter *e, const struct pt_emit_point *p, struct pt_err *err)
{
    char before = ' ';
    for (size_t i = 0; i < p->n; i++) {
        if (!isfinite(p->fields[i].value.d))
            continue;
        if (before == ' ')
            pt_buf_str(e->out, pt_buf_view(&e->series));
        pt_buf_putc(e->out, before);
        if (spell(e->out, p->fields[i].name, ",= ", err) != 0)
            return -1;
        pt_buf_putc(e->out, '=');
        put_num(e->out, p->fields[i].value);
        if (p->fields[i].value.wide)
            pt_buf_putc(e->out, 'i');
        before = ',';
    }
    if (before == ',')
        pt_buf_printf(e->out, " %" PRId64 "\n", p->ts);
    return 0;
}

/* --- OpenMetrics ----------------------------------------------------------------------------- */

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* What is no letter, digit or among `also` becomes "_"; in front of a digit there is one more. */
static void spell_name(struct pt_buf *b, struct pt_str s, const char *also)
{
    if (s.p[0] >= '0' && s.p[0] <= '9')
        pt_buf_putc(b, '_');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = letter(c) || (c >= '0' && c <= '9') || (c && strchr(also, c));
        pt_buf_putc(b, good ? c : '_');
    }
}

static bool ends_with(struct pt_str s, struct pt_str end)
{
    return s.n > end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

static const struct pt_str TOTAL = {"_total", 6};

static int begin_family(struct pt_emitter *e, const struct pt_emit_point *p, struct pt_err *err)
{
    const char *type = p->kind == PT_KIND_COUNTER ? "counter"
                       : p->kind == PT_KIND_GAUGE ? "gauge"
                                                  : "unknown";
    bool added;
    pt_buf_clear(&e->family);
    spell_name(&e->family, p->name, ":");
    e->total = p->kind == PT_KIND_COUNTER;
    if (e->total && ends_with(pt_buf_view(&e->family), TOTAL))
        e->family.n -= TOTAL.n;
    pt_map_add(&e->families, pt_buf_view(&e->family), &added);
    if (!added)
        return refuse(err, "OpenMetrics", "another name is spelled the same there; ask for one",
                      p->name);
    pt_buf_printf(e->out, "# TYPE %.*s %s\n", (int)e->family.n, e->family.p, type);
    if (p->unit.n && ends_with(pt_buf_view(&e->family), p->unit) &&
        e->family.p[e->family.n - p->unit.n - 1] == '_')
        pt_buf_printf(e->out, "# UNIT %.*s %.*s\n", (int)e->family.n, e->family.p, (int)p->unit.n,
                      p->unit.p);
    return 0;
}

static void spell_label(struct pt_buf *b, struct pt_str value)
{
    pt_buf_puts(b, "=\"");
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' || c == '"')
            pt_buf_putc(b, '\\');
        if (c == '\n')
            pt_buf_puts(b, "\\n");
        else
            pt_buf_putc(b, c);
    }
    pt_buf_putc(b, '"');
}

/* Keys that become one label would make two series one. */
static int spell_labels(struct pt_emitter *e, struct pt_tags tags, struct pt_err *err)
{
    struct pt_map seen = {0};
    int rc = 0;
    for (size_t i = 0; i < tags.n && rc == 0; i++) {
        size_t at = e->series.n;
        bool added;
        spell_name(&e->series, tags.v[i].key, "");
        pt_map_add(&seen, (struct pt_str){e->series.p + at, e->series.n - at}, &added);
        if (!added)
            rc = refuse(err, "OpenMetrics", "two tags are spelled the same there", tags.v[i].key);
        spell_label(&e->series, tags.v[i].value);
        pt_buf_putc(&e->series, ',');
    }
    pt_map_release(&seen);
    return rc;
}

static int spell_openmetrics_series(struct pt_emitter *e, const struct pt_emit_point *p,
                                    struct pt_tags tags, bool named, struct pt_err *err)
{
    if (!named && begin_family(e, p, err) != 0)
        return -1;
    pt_buf_str(&e->series, pt_buf_view(&e->family));
    if (e->total)
        pt_buf_str(&e->series, TOTAL);
    pt_buf_putc(&e->series, '{');
    return spell_labels(e, tags, err);
}

static void emit_seconds(struct pt_buf *b, int64_t ts)
{
    int64_t s = ts / PT_S, ns = ts % PT_S;
    pt_buf_printf(b, "%s%" PRId64, ts < 0 && !s ? "-" : "", s);
    ns = ns < 0 ? -ns : ns;
    if (ns)
        pt_buf_printf(b, ".%09" PRId64, ns);
}

static int emit_openmetrics(struct pt_emitter *e, const struct pt_emit_point *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (!isfinite(p->fields[i].value.d))
            continue;
        pt_buf_str(e->out, pt_buf_view(&e->series));
        if (!pt_str_is(p->fields[i].name, "value")) {
            pt_buf_puts(e->out, "agg");
            spell_label(e->out, p->fields[i].name);
        } else if (e->out->p[e->out->n - 1] == ',') {
            e->out->n--;
        }
        pt_buf_puts(e->out, "} ");
        put_num(e->out, p->fields[i].value);
        pt_buf_putc(e->out, ' ');
        emit_seconds(e->out, p->ts);
        pt_buf_putc(e->out, '\n');
    }
    return 0;
}

/* --- both ------------------------------------------------------------------------------------ */

static int spell_series(struct pt_emitter *e, const struct pt_emit_point *p, struct pt_err *err)
{
    bool named = e->name.n && pt_str_eq(pt_buf_view(&e->name), p->name);
    struct pt_tags tags;
    if (named && pt_str_eq(pt_buf_view(&e->tags), p->tags))
        return 0;
    pt_arena_reset(&e->arena);
    if (pt_tags_parse(p->tags, &e->arena, &tags, err) != 0)
        return -1;
    pt_buf_clear(&e->series);
    if ((e->format == PT_SHEET_INFLUX ? spell_influx_series(e, p, tags, err)
                                      : spell_openmetrics_series(e, p, tags, named, err)) != 0)
        return -1;
    pt_buf_clear(&e->name);
    pt_buf_str(&e->name, p->name);
    pt_buf_clear(&e->tags);
    pt_buf_str(&e->tags, p->tags);
    return 0;
}

int pt_emitter_point(struct pt_emitter *e, const struct pt_emit_point *p, struct pt_err *err)
{
    if (spell_series(e, p, err) != 0)
        return -1;
    return e->format == PT_SHEET_INFLUX ? emit_influx(e, p, err) : emit_openmetrics(e, p);
}

void pt_emitter_end(struct pt_emitter *e)
{
    if (e->format == PT_SHEET_OPENMETRICS)
        pt_buf_puts(e->out, "# EOF\n");
}
