/* json.c - see json.h.
 *
 * Values are checked by recursive descent, at most PT_JSON_DEPTH deep; where a tree is asked for,
 * the same descent notes each value in it as it begins and completes the note as it ends.  Strings
 * skip plain ASCII eight bytes at a time. */
#include "base/json.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>

static const char *fail(const char *reason, const char *at, const char **why, const char **where)
{
    *why = reason;
    *where = at;
    return NULL;
}

const char *pt_json_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

/* The first byte from p on that is no plain text of a string: a quote, a backslash, a control, or
 * one above ASCII; or end.  Eight at a time: in each byte the top bit of `odd` says that it is such
 * a byte; borrows can only spoil bits above the lowest one, and that is the one looked at. */
static inline const char *skip_plain(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
    for (; end - p >= 8; p += 8) {
        uint64_t w, quote, slash, odd;
        memcpy(&w, p, 8);
        w = le64toh(w);
        quote = w ^ (ones * '"');
        slash = w ^ (ones * '\\');
        odd = (w | ((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) |
               ((slash - ones) & ~slash)) & tops;
        if (odd)
            return p + __builtin_ctzll(odd) / 8;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' &&
           *p != '\\')
        p++;
    return p;
}

static int hex4(const char *p, const char *end, uint32_t *out)
{
    uint32_t v = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                            : 16;
        if (d == 16)
            return -1;
        v = v << 4 | d;
    }
    *out = v;
    return 0;
}

static const char *check_escape(const char *p, const char *end, const char **why,
                                const char **where)
{
    uint32_t code;
    if (end - p < 2)
        return fail("string does not end", p, why, where);
    if (p[1] == 'u')
        return hex4(p + 2, end, &code) == 0 ? p + 6 : fail("bad \\u escape", p, why, where);
    return memchr("\"\\/bfnrt", p[1], 8) ? p + 2 : fail("bad escape", p, why, where);
}

const char *pt_json_string(const char *p, const char *end, struct pt_str *raw, bool *escaped,
                           const char **why, const char **where)
{
    const char *start = ++p;
    *escaped = false;
    for (;;) {
        p = skip_plain(p, end);
        if (p >= end)
            return fail("string does not end", start - 1, why, where);
        if (*p == '"')
            break;
        if (*p == '\\') {
            *escaped = true;
            if (!(p = check_escape(p, end, why, where)))
                return NULL;
        } else if ((unsigned char)*p < 0x20) {
            return fail("control character in a string", p, why, where);
        } else {
            const char *run = p;
            while (p < end && (unsigned char)*p >= 0x80)
                p++;
            run += pt_text_utf8((struct pt_str){run, (size_t)(p - run)});
            if (run != p)
                return fail("invalid UTF-8", run, why, where);
        }
    }
    *raw = (struct pt_str){start, (size_t)(p - start)};
    return p + 1;
}

/* Notes a value that begins at p; returns its number. */
static size_t note_value(struct pt_json_tree *t, const char *p)
{
    t->v = pt_mem_grow(t->v, &t->cap, t->n + 1, sizeof *t->v);
    t->v[t->n] = (struct pt_json_node){.key = t->key, .text = {p, 0}};
    t->key = (struct pt_str){0};
    return t->n++;
}

static const char *check_value(const char *p, const char *end, int depth, struct pt_json_tree *tree,
                               const char **why, const char **where);

static const char *check_members(const char *p, const char *end, int depth,
                                 struct pt_json_tree *tree, const char **why, const char **where)
{
    bool object = *p == '{', escaped;
    char close = object ? '}' : ']';
    struct pt_str key;
    p = pt_json_space(p + 1, end);
    if (p < end && *p == close)
        return p + 1;
    for (;;) {
        if (object) {
            if (p >= end || *p != '"')
                return fail("expected a key in quotes", p, why, where);
            if (!(p = pt_json_string(p, end, &key, &escaped, why, where)))
                return NULL;
            p = pt_json_space(p, end);
            if (p >= end || *p != ':')
                return fail("expected ':' after a key", p, why, where);
            p++;
            if (tree)
                tree->key = key;
        }
        if (!(p = check_value(p, end, depth + 1, tree, why, where)))
            return NULL;
        p = pt_json_space(p, end);
        if (p < end && *p == close)
            return p + 1;
        if (p >= end || *p != ',')
            return fail(object ? "expected ',' or '}'" : "expected ',' or ']'", p, why, where);
        p = pt_json_space(p + 1, end);
    }
}

static const char *check_literal(const char *p, const char *end, const char **why,
                                 const char **where)
{
    static const struct pt_str WORDS[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    for (int i = 0; i < 3; i++)
        if ((size_t)(end - p) >= WORDS[i].n && memcmp(p, WORDS[i].p, WORDS[i].n) == 0)
            return p + WORDS[i].n;
    return fail("expected a JSON value", p, why, where);
}

/* The value that begins at p. */
static const char *check_bare(const char *p, const char *end, int depth, struct pt_json_tree *tree,
                              const char **why, const char **where)
{
    struct pt_str raw;
    struct pt_num num;
    const char *after;
    bool escaped;
    switch (*p) {
    case '{':
    case '[': return check_members(p, end, depth, tree, why, where);
    case '"': return pt_json_string(p, end, &raw, &escaped, why, where);
    case '-':
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        after = pt_num_parse(p, end, &num);
        return after ? after : fail("not a number, or too large for one", p, why, where);
    default: return check_literal(p, end, why, where);
    }
}

static const char *check_value(const char *p, const char *end, int depth, struct pt_json_tree *tree,
                               const char **why, const char **where)
{
    const char *after;
    size_t i;
    p = pt_json_space(p, end);
    if (p >= end)
        return fail("the line ends too early", p, why, where);
    if (depth > PT_JSON_DEPTH)
        return fail("nested too deeply", p, why, where);
    if (!tree)
        return check_bare(p, end, depth, NULL, why, where);
    i = note_value(tree, p);
    if ((after = check_bare(p, end, depth, tree, why, where))) {
        tree->v[i].text.n = (size_t)(after - p);
        tree->v[i].after = (uint32_t)tree->n;
    }
    return after;
}

const char *pt_json_value(const char *p, const char *end, const char **why, const char **where)
{
    return check_value(p, end, 0, NULL, why, where);
}

int pt_json_open(struct pt_json_iter *it, struct pt_str value)
{
    if (value.n < 2 || (value.p[0] != '{' && value.p[0] != '['))
        return -1;
    *it = (struct pt_json_iter){value.p + 1, value.p + value.n, value.p[0] == '{' ? '}' : ']',
                                false};
    return 0;
}

int pt_json_next(struct pt_json_iter *it, struct pt_str *key, struct pt_str *value)
{
    const char *p = pt_json_space(it->at, it->end), *why, *where, *after;
    bool escaped;
    *key = (struct pt_str){0};
    if (p < it->end && *p == it->close)
        return 0;
    if (it->started) {
        if (p >= it->end || *p != ',')
            return -1;
        p = pt_json_space(p + 1, it->end);
    }
    it->started = true;
    if (it->close == '}') {
        if (p >= it->end || *p != '"' ||
            !(p = pt_json_string(p, it->end, key, &escaped, &why, &where)))
            return -1;
        p = pt_json_space(p, it->end);
        if (p >= it->end || *p != ':')
            return -1;
        p = pt_json_space(p + 1, it->end);
    }
    if (!(after = check_value(p, it->end, 0, NULL, &why, &where)))
        return -1;
    *value = (struct pt_str){p, (size_t)(after - p)};
    it->at = after;
    return 1;
}

static void put_utf8(struct pt_buf *b, uint32_t c)
{
    char out[4];
    size_t n;
    if (c < 0x80) {
        out[0] = (char)c;
        n = 1;
    } else if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        n = 2;
    } else if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        n = 3;
    } else {
        out[0] = (char)(0xF0 | c >> 18);
        out[1] = (char)(0x80 | (c >> 12 & 0x3F));
        out[2] = (char)(0x80 | (c >> 6 & 0x3F));
        out[3] = (char)(0x80 | (c & 0x3F));
        n = 4;
    }
    pt_buf_add(b, out, n);
}

/* p is after "\u"; appends the character, joining a surrogate pair; returns the byte after it. */
static const char *put_unicode(struct pt_buf *b, const char *p, const char *end)
{
    uint32_t c = 0xFFFD, low;
    if (hex4(p, end, &c) != 0)
        return end;
    p += 4;
    if (c >= 0xD800 && c < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
        hex4(p + 2, end, &low) == 0 && low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    put_utf8(b, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    return p;
}

void pt_json_unescape(struct pt_buf *b, struct pt_str raw)
{
    static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
    const char *p = raw.p, *end = raw.p + raw.n;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p)), *short_form;
        pt_buf_add(b, p, (size_t)((slash ? slash : end) - p));
        if (!slash || end - slash < 2)
            return;
        p = slash + 2;
        short_form = memchr(FROM, slash[1], sizeof FROM - 1);
        if (slash[1] == 'u')
            p = put_unicode(b, p, end);
        else
            pt_buf_putc(b, short_form ? TO[short_form - FROM] : slash[1]);
    }
}

struct pt_str pt_json_text(struct pt_str raw, struct pt_arena *arena)
{
    struct pt_buf b = {0};
    struct pt_str text;
    if (!raw.n || !memchr(raw.p, '\\', raw.n))
        return raw;
    pt_json_unescape(&b, raw);
    text = pt_arena_str(arena, pt_buf_view(&b));
    pt_buf_release(&b);
    return text;
}

bool pt_json_get(struct pt_str object, const char *key, struct pt_str *value)
{
    struct pt_json_iter it;
    struct pt_str k;
    if (pt_json_open(&it, object) != 0 || it.close != '}')
        return false;
    while (pt_json_next(&it, &k, value) == 1)
        if (pt_str_is(k, key))
            return true;
    return false;
}

struct pt_str pt_json_raw(struct pt_str value)
{
    if (value.n < 2 || value.p[0] != '"')
        return (struct pt_str){0};
    return (struct pt_str){value.p + 1, value.n - 2};
}

int pt_json_tree_read(struct pt_json_tree *t, struct pt_str text, const char **why,
                      const char **where)
{
    const char *end = text.p + text.n, *after = NULL;
    t->n = 0;
    t->key = (struct pt_str){0};
    note_value(t, NULL);
    t->v[PT_JSON_NOTHING].after = PT_JSON_ROOT;
    if (text.n >= UINT32_MAX)
        fail("too long", text.p, why, where);
    else if ((after = check_value(text.p, end, 0, t, why, where)) &&
             (after = pt_json_space(after, end)) != end)
        after = fail("something follows the value", after, why, where);
    if (!after)
        t->n = PT_JSON_ROOT;
    return after ? 0 : -1;
}

void pt_json_tree_release(struct pt_json_tree *t)
{
    free(t->v);
    *t = (struct pt_json_tree){0};
}

uint32_t pt_json_tree_get(const struct pt_json_tree *t, uint32_t object, const char *key)
{
    if (pt_json_tree_kind(t, object) != '{')
        return PT_JSON_NOTHING;
    for (uint32_t i = object + 1; i < t->v[object].after; i = t->v[i].after)
        if (pt_str_is(t->v[i].key, key))
            return pt_json_tree_kind(t, i) == 'n' ? PT_JSON_NOTHING : i;
    return PT_JSON_NOTHING;
}
