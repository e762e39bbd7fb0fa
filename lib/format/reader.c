/* reader.c - see reader.h. */
#include "format/reader.h"

#include "base/text.h"

#include <strings.h>

int pt_reader_fail(struct pt_err *err, const char *name, const char *why, struct pt_str row,
                   const char *at)
{
    return pt_err_set(err, PT_DATA, "%s: %s at column %zu", name, why, (size_t)(at - row.p) + 1);
}

/* As Go's ParseFloat and C's strtod have it: any case, a sign allowed. */
static bool not_finite(struct pt_str s)
{
    if (s.n && (*s.p == '+' || *s.p == '-'))
        s = (struct pt_str){s.p + 1, s.n - 1};
    return (s.n == 3 && (strncasecmp(s.p, "nan", 3) == 0 || strncasecmp(s.p, "inf", 3) == 0)) ||
           (s.n == 8 && strncasecmp(s.p, "infinity", 8) == 0);
}

int pt_reader_number(struct pt_str text, const char *name, struct pt_str row, struct pt_num *out,
                     struct pt_err *err)
{
    if (text.n && pt_num_parse_loose(text.p, text.p + text.n, out) == text.p + text.n)
        return 0;
    if (not_finite(text))
        return pt_err_set(err, PT_DATA, "value: NaN and infinities are not stored");
    return pt_reader_fail(err, name, "expected a number", row, text.p);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct pt_str pt_reader_word(const char **at, const char *end)
{
    const char *p = *at, *start;
    while (p < end && blank(*p))
        p++;
    for (start = p; p < end && !blank(*p);)
        p++;
    *at = p;
    return (struct pt_str){start, (size_t)(p - start)};
}

int64_t pt_ticks_next(struct pt_ticks *t, int64_t now)
{
    t->last = now > t->last ? now : t->last + 1;
    if (!t->first)
        t->first = t->last;
    return t->last;
}

int64_t pt_ticks_first(struct pt_ticks *t, int64_t now)
{
    return t->first ? t->first : pt_ticks_next(t, now);
}

void pt_reader_event_begin(struct pt_buf *body, const struct pt_record *r)
{
    char ts[PT_TIME_TEXT];
    pt_time_format(ts, r->ts);
    pt_buf_clear(body);
    pt_buf_printf(body, "{\"type\":\"event\",\"ts\":\"%s\",\"name\":", ts);
    pt_text_json(body, r->name);
    if (!r->tags.n)
        return;
    pt_buf_puts(body, ",\"tags\":");
    pt_buf_str(body, r->tags);
}

int pt_reader_event_end(struct pt_buf *body, const char *name, struct pt_record *r,
                        struct pt_err *err)
{
    pt_buf_putc(body, '}');
    if (body->n > PT_LIMIT_LINE)
        return pt_err_set(err, PT_DATA, "%s: the event would have %zu bytes; a line has at most %d",
                          name, body->n, PT_LIMIT_LINE);
    r->metric = false;
    r->type = PT_STR("event");
    r->body = pt_buf_view(body);
    return 0;
}
