/* text.c - see text.h. */
#include "base/text.h"

#include "base/num.h"

#include <stdint.h>

/* Length of the well-formed character at p (table 3-7 of the Unicode standard), or 0. */
static size_t utf8_char(const unsigned char *p, const unsigned char *end, uint32_t *code)
{
    unsigned char lead = *p, low = 0x80, high = 0xBF;
    size_t n = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3
                                                             : lead < 0xF5 ? 4 : 0;
    if (n == 0 || (size_t)(end - p) < n)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    *code = n == 1 ? lead : lead & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (p[i] < low || p[i] > high)
            return 0;
        *code = *code << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    return n;
}

size_t pt_text_utf8(struct pt_str s)
{
    const unsigned char *start = (const unsigned char *)s.p, *p = start, *end = start + s.n;
    uint32_t code;
    while (p < end) {
        uint64_t w;
        size_t n;
        while (end - p >= 8 && (memcpy(&w, p, 8), (w & 0x8080808080808080u) == 0))
            p += 8;
        if (p == end)
            break;
        n = utf8_char(p, end, &code);
        if (!n)
            break;
        p += n;
    }
    return (size_t)(p - start);
}

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */

static void json_escape(struct pt_buf *b, unsigned char c)
{
    switch (c) {
    case '"': pt_buf_puts(b, "\\\""); break;
    case '\\': pt_buf_puts(b, "\\\\"); break;
    case '\n': pt_buf_puts(b, "\\n"); break;
    case '\r': pt_buf_puts(b, "\\r"); break;
    case '\t': pt_buf_puts(b, "\\t"); break;
    default: pt_buf_printf(b, "\\u%04x", c);
    }
}

void pt_text_json(struct pt_buf *b, struct pt_str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n, *run = p;
    uint32_t code;
    pt_buf_putc(b, '"');
    while (p < end) {
        size_t n;
        if (*p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') {
            p++;
            continue;
        }
        n = utf8_char(p, end, &code);
        if (n > 1) {
            p += n;
            continue;
        }
        pt_buf_add(b, run, (size_t)(p - run));
        if (n == 1)
            json_escape(b, *p);
        else
            pt_buf_puts(b, REPLACEMENT);
        run = ++p;
    }
    if (run < end)
        pt_buf_add(b, run, (size_t)(end - run));
    pt_buf_putc(b, '"');
}

static bool is_number(struct pt_str s)
{
    struct pt_num v;
    return s.n && pt_num_parse_loose(s.p, s.p + s.n, &v) == s.p + s.n;
}

void pt_text_csv(struct pt_buf *b, struct pt_str s, char separator)
{
    bool formula = s.n && memchr("=+-@\t\r", s.p[0], 6) && !is_number(s), quote = formula;
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == separator || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    if (!quote) {
        pt_buf_str(b, s);
        return;
    }
    pt_buf_puts(b, formula ? "\"'" : "\"");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            pt_buf_putc(b, '"');
        pt_buf_putc(b, s.p[i]);
    }
    pt_buf_putc(b, '"');
}

void pt_text_html(struct pt_buf *b, struct pt_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&': pt_buf_puts(b, "&amp;"); break;
        case '<': pt_buf_puts(b, "&lt;"); break;
        case '>': pt_buf_puts(b, "&gt;"); break;
        case '"': pt_buf_puts(b, "&quot;"); break;
        case '\'': pt_buf_puts(b, "&#39;"); break;
        case '\t':
        case '\n': pt_buf_putc(b, s.p[i]); break;
        default:
            if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
                pt_buf_puts(b, REPLACEMENT);
            else
                pt_buf_putc(b, s.p[i]);
        }
    }
}

/* Characters that turn the direction of the text around them. */
static bool turns(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0x200E || code == 0x200F || code == 0x061C;
}

void pt_text_terminal(struct pt_buf *b, struct pt_str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
    uint32_t code;
    while (p < end) {
        size_t n = utf8_char(p, end, &code);
        bool control = n && (code < 0x20 || (code >= 0x7F && code < 0xA0) || turns(code));
        if (n && !control)
            pt_buf_add(b, p, n);
        else if (n == 1)
            pt_buf_printf(b, "\\x%02x", *p);
        else
            pt_buf_puts(b, REPLACEMENT);
        p += n ? n : 1;
    }
}

static bool wide_code(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

size_t pt_text_width(struct pt_str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
    size_t width = 0;
    uint32_t code = 0;
    while (p < end) {
        size_t n = utf8_char(p, end, &code);
        bool combining = n > 1 && ((code >= 0x300 && code <= 0x36F) || code == 0x200D ||
                                   (code >= 0xFE00 && code <= 0xFE0F));
        if (!combining)
            width += n > 1 && wide_code(code) ? 2 : 1;
        p += n ? n : 1;
    }
    return width;
}

/* Levenshtein distance by one row; words longer than the row are never "near". */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[64], na = strlen(a), nb = strlen(b);
    if (nb + 1 > sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[nb];
}

const char *pt_text_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    size_t least = strlen(word) / 3 + 2; /* about one slip in three letters */
    for (size_t i = 0; i < n; i++) {
        size_t d = edit_distance(word, candidates[i]);
        if (d < least) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}
