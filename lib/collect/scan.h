/* scan.h - words and numbers out of kernel text.
 *
 * Each function takes its part off the front of the run it is given and says whether there was one.
 * Nothing is allocated; what is handed out points into the text. */
#ifndef PT_COLLECT_SCAN_H
#define PT_COLLECT_SCAN_H

#include "base/str.h"

#include <stdint.h>

/* The next line, without its newline. */
static inline bool pt_scan_line(struct pt_str *text, struct pt_str *line)
{
    const char *nl;
    if (!text->n)
        return false;
    nl = memchr(text->p, '\n', text->n);
    *line = (struct pt_str){text->p, nl ? (size_t)(nl - text->p) : text->n};
    text->p += line->n + (nl != NULL);
    text->n -= line->n + (nl != NULL);
    return true;
}

/* The next run of bytes that are neither space nor tab. */
static inline bool pt_scan_word(struct pt_str *line, struct pt_str *word)
{
    const char *p = line->p, *end = p + line->n;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    *word = (struct pt_str){p, 0};
    while (p < end && *p != ' ' && *p != '\t')
        p++;
    word->n = (size_t)(p - word->p);
    *line = (struct pt_str){p, (size_t)(end - p)};
    return word->n > 0;
}

/* All of `word` as a decimal integer; false for anything else and for more than 64 bits. */
static inline bool pt_scan_digits(struct pt_str word, uint64_t *out)
{
    uint64_t u = 0;
    for (size_t i = 0; i < word.n; i++) {
        unsigned digit = (unsigned)(unsigned char)word.p[i] - '0';
        if (digit > 9 || u > (UINT64_MAX - digit) / 10)
            return false;
        u = u * 10 + digit;
    }
    *out = u;
    return word.n > 0;
}

/* The next word as a decimal integer. */
static inline bool pt_scan_count(struct pt_str *line, uint64_t *out)
{
    struct pt_str word;
    return pt_scan_word(line, &word) && pt_scan_digits(word, out);
}

/* Takes `prefix` off the front if it is there. */
static inline bool pt_scan_prefix(struct pt_str *s, struct pt_str prefix)
{
    if (s->n < prefix.n || memcmp(s->p, prefix.p, prefix.n) != 0)
        return false;
    s->p += prefix.n;
    s->n -= prefix.n;
    return true;
}

#endif
