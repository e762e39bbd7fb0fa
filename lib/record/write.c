/* write.c - see write.h. */
#include "record/write.h"

#include "base/text.h"

#include <math.h>

static void key(struct pt_buf *b, const char *name)
{
    pt_buf_puts(b, b->n && b->p[b->n - 1] != '{' ? ",\"" : "\"");
    pt_buf_puts(b, name);
    pt_buf_puts(b, "\":");
}

static void time_value(struct pt_buf *b, int64_t ts)
{
    char text[PT_TIME_TEXT];
    int n = pt_time_format(text, ts);
    pt_buf_putc(b, '"');
    pt_buf_add(b, text, (size_t)n);
    pt_buf_putc(b, '"');
}

void pt_line_open(struct pt_buf *b, const char *type, int64_t ts)
{
    pt_buf_putc(b, '{');
    if (type)
        pt_line_text(b, "type", pt_str(type));
    pt_line_time(b, "ts", ts);
}

void pt_line_text(struct pt_buf *b, const char *name, struct pt_str value)
{
    key(b, name);
    pt_text_json(b, value);
}

static void number(struct pt_buf *b, struct pt_num value)
{
    char text[PT_NUM_MAX];
    if (isfinite(value.d))
        pt_buf_add(b, text, (size_t)pt_num_format(text, value));
    else
        pt_buf_puts(b, "null");
}

void pt_line_num(struct pt_buf *b, const char *name, struct pt_num value)
{
    key(b, name);
    number(b, value);
}

void pt_line_named(struct pt_buf *b, struct pt_str name, struct pt_num value)
{
    pt_buf_putc(b, ',');
    pt_text_json(b, name);
    pt_buf_putc(b, ':');
    number(b, value);
}

void pt_line_int(struct pt_buf *b, const char *name, int64_t value)
{
    pt_line_num(b, name, pt_num_int(value));
}

void pt_line_bool(struct pt_buf *b, const char *name, bool value)
{
    key(b, name);
    pt_buf_puts(b, value ? "true" : "false");
}

void pt_line_time(struct pt_buf *b, const char *name, int64_t ts)
{
    key(b, name);
    time_value(b, ts);
}

void pt_line_json(struct pt_buf *b, const char *name, struct pt_str json)
{
    key(b, name);
    pt_buf_str(b, json);
}

void pt_line_close(struct pt_buf *b)
{
    pt_buf_puts(b, "}\n");
}

void pt_line_metric(struct pt_buf *b, int64_t ts, struct pt_str name, struct pt_num value,
                    enum pt_kind kind, struct pt_str unit, struct pt_str tags)
{
    pt_line_open(b, NULL, ts);
    pt_line_text(b, "name", name);
    pt_line_num(b, "value", value);
    if (kind != PT_KIND_NONE)
        pt_line_text(b, "kind", pt_str(pt_kind_name(kind)));
    if (unit.n)
        pt_line_text(b, "unit", unit);
    if (tags.n > 2)
        pt_line_json(b, "tags", tags);
    pt_line_close(b);
}
