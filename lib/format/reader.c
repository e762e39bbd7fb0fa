/* reader.c - see reader.h. */
#include "format/reader.h"

#include "record/write.h"

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

void pt_reader_document_begin(struct pt_buf *body, const char *type, struct pt_record *r)
{
    r->metric = false;
    r->type = pt_str(type);
    pt_buf_clear(body);
    pt_line_open(body, type, r->ts);
}

void pt_reader_document_end(struct pt_buf *body, struct pt_record *r)
{
    pt_line_close(body);
    r->body = (struct pt_str){body->p, body->n - 1};
}

void pt_reader_tags(struct pt_buf *body, struct pt_str tags)
{
    if (tags.n > sizeof "{}" - 1)
        pt_line_json(body, "tags", tags);
}

void pt_reader_event_begin(struct pt_buf *body, struct pt_record *r)
{
    pt_reader_document_begin(body, "event", r);
    pt_line_text(body, "name", r->name);
    pt_reader_tags(body, r->tags);
}
