/* word.c - see word.h. */
#include "base/word.h"

#include <ctype.h>
#include <string.h>

struct pt_str pt_word_line(struct pt_str *text)
{
    const char *newline = memchr(text->p, '\n', text->n);
    struct pt_str line = {text->p, newline ? (size_t)(newline - text->p) : text->n};
    size_t n = line.n + (newline != NULL);
    *text = (struct pt_str){text->p + n, text->n - n};
    return line;
}

struct pt_str pt_word_trim(struct pt_str s)
{
    while (s.n && isspace((unsigned char)s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && isspace((unsigned char)s.p[s.n - 1]))
        s.n--;
    return s;
}

struct pt_str pt_word_uncomment(struct pt_str s)
{
    char quote = '\0';
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote && c == '\\')
            i++;
        else if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '#' && (i == 0 || isspace((unsigned char)s.p[i - 1])))
            return (struct pt_str){s.p, i};
    }
    return s;
}

struct pt_str pt_word_take(struct pt_str *s)
{
    size_t n = 0;
    struct pt_str word;
    while (n < s->n && !isspace((unsigned char)s->p[n]))
        n++;
    word = (struct pt_str){s->p, n};
    *s = pt_word_trim((struct pt_str){s->p + n, s->n - n});
    return word;
}
