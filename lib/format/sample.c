/* sample.c - see sample.h.
 *
 * One pass from left to right; a cursor carries the line, so that every refusal can name its
 * column. Sources: prometheus.io/docs/instrumenting/exposition_formats, and the ABNF of
 * "OpenMetrics, a cloud-native, highly scalable metrics protocol", version 1.0. */
#include "format/sample.h"

#include "base/text.h"
#include "format/reader.h"

#include <ctype.h>

enum { LABELS_MOST = 256 };

struct cursor {
    const char *at, *end;
    struct pt_str line;
    const char *format;
    struct pt_arena *arena;
    struct pt_err *err;
};

static int refuse(const struct cursor *c, const char *why)
{
    return pt_reader_fail(c->err, c->format, why, c->line, c->at);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

const char *pt_sample_space(const char *p, const char *end)
{
    while (p < end && blank(*p))
        p++;
    return p;
}

static bool next_is(struct cursor *c, char want)
{
    c->at = pt_sample_space(c->at, c->end);
    return c->at < c->end && *c->at == want;
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

struct pt_str pt_sample_name(const char *p, const char *end)
{
    return identifier(p, end, true);
}

/* A quoted label value, with \\ \" \n undone. */
static bool label_value(struct cursor *c, struct pt_str *out)
{
    const char *q = c->at;
    char *to;
    size_t n = 0;
    if (q >= c->end || *q != '"')
        return false;
    to = pt_arena_alloc(c->arena, (size_t)(c->end - q));
    for (q++; q < c->end && *q != '"'; q++) {
        char ch = *q;
        if (ch == '\\' && q + 1 < c->end) {
            ch = *++q;
            ch = ch == 'n' ? '\n' : ch;
        }
        to[n++] = ch;
    }
    *out = (struct pt_str){to, n};
    if (q >= c->end || pt_text_utf8(*out) != n) {
        c->at = q < c->end ? q + 1 : c->end;
        return false;
    }
    c->at = q + 1;
    return true;
}

static int label(struct cursor *c, struct pt_tag *out)
{
    out->key = identifier(c->at, c->end, false);
    if (!out->key.n)
        return refuse(c, "expected a label's name");
    c->at += out->key.n;
    if (!next_is(c, '='))
        return refuse(c, "expected '='");
    c->at = pt_sample_space(c->at + 1, c->end);
    return label_value(c, &out->value) ? 0 : refuse(c, "expected a quoted value");
}

/* {a="b",...} */
static int labels(struct cursor *c, struct pt_tags *out)
{
    struct pt_tag found[LABELS_MOST], *kept;
    size_t n = 0;
    c->at = pt_sample_space(c->at + 1, c->end);
    while (c->at < c->end && *c->at != '}') {
        if (n == LABELS_MOST)
            return refuse(c, "too many labels");
        if (label(c, &found[n]) != 0)
            return -1;
        n += found[n].value.n > 0;
        if (next_is(c, ','))
            c->at = pt_sample_space(c->at + 1, c->end);
        else if (c->at >= c->end || *c->at != '}')
            return refuse(c, "expected ',' or '}'");
    }
    if (c->at >= c->end)
        return refuse(c, "expected '}'");
    c->at++;
    if (pt_tags_sort(found, n, c->err) != 0)
        return -1;
    kept = pt_arena_alloc(c->arena, (n + 1) * sizeof *kept);
    memcpy(kept, found, n * sizeof *kept);
    *out = (struct pt_tags){kept, n};
    return 0;
}

static int value(struct cursor *c, struct pt_num *out)
{
    return pt_reader_number(pt_reader_word(&c->at, c->end), c->format, c->line, out, c->err);
}

static int point(struct cursor *c, struct pt_sample_point *out)
{
    if (next_is(c, '{') && labels(c, &out->labels) != 0)
        return -1;
    if (value(c, &out->value) != 0)
        return -1;
    if (!next_is(c, '#'))
        out->time = pt_reader_word(&c->at, c->end);
    return 0;
}

static int exemplar(struct cursor *c, struct pt_sample *out)
{
    out->exemplar_at = c->at++;
    if (!next_is(c, '{'))
        return refuse(c, "expected '{'");
    return point(c, &out->exemplar);
}

int pt_sample_parse(struct pt_str line, const char *format, struct pt_arena *arena,
                    struct pt_sample *out, struct pt_err *err)
{
    const char *end = line.p + line.n, *start = pt_sample_space(line.p, end);
    struct cursor c = {start, end, line, format, arena, err};
    *out = (struct pt_sample){.name = pt_sample_name(start, end)};
    if (!out->name.n)
        return refuse(&c, "expected a metric's name");
    c.at += out->name.n;
    if (point(&c, &out->point) != 0)
        return -1;
    if (next_is(&c, '#') && exemplar(&c, out) != 0)
        return -1;
    c.at = pt_sample_space(c.at, end);
    return c.at == end ? 0 : refuse(&c, "something follows the time");
}
