/* rule.c - see rule.h.
 *
 * A line is a keyword and the rest.  The keywords stand in one table of (word, reader); a reader
 * gets the rest of the line and fills the rule that is open.  What spans lines (an expr for every
 * rule, names only once, a summary that names known tags) is checked when a rule ends, and blamed
 * on the line where it can be mended. */
#include "detect/rule.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "base/word.h"

#include <ctype.h>
#include <stdlib.h>

enum { NAME_MOST = 128, LINE_MOST = 4096 };

struct parser {
    struct pt_rules *rules;
    const char *input;
    uint64_t line;
    uint64_t expr_line, summary_line; /* of the open rule; 0: it has none */
    unsigned seen;                    /* bit i: keyword i was given in the open rule */
    struct pt_err *err;
};

/* The message is WHAT "QUOTED"AFTER. */
static int fail_with(struct parser *p, const char *what, struct pt_str quoted, const char *after)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, quoted);
    pt_err_set(p->err, PT_USAGE, "%s \"%.200s\"%s", what, shown.n ? shown.p : "", after);
    pt_buf_release(&shown);
    return pt_err_at(p->err, p->input, p->line);
}

static int fail(struct parser *p, const char *what, struct pt_str quoted)
{
    return fail_with(p, what, quoted, "");
}

static struct pt_rule *open_rule(struct parser *p)
{
    return &p->rules->v[p->rules->n - 1];
}

static struct pt_str keep(struct parser *p, struct pt_str s)
{
    return pt_arena_str(&p->rules->arena, s);
}

/* --- words ----------------------------------------------------------------------------------- */

static bool plain_name(struct pt_str s)
{
    if (!s.n || s.n > NAME_MOST || !isalpha((unsigned char)s.p[0]))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && !strchr("_-.:", s.p[i]))
            return false;
    return true;
}

/* Text in double quotes, \" and \\ inside, or the bare rest of the line. */
static int read_text(struct parser *p, struct pt_str rest, struct pt_str *out)
{
    struct pt_buf b = {0};
    size_t i = 1;
    if (!rest.n || rest.p[0] != '"') {
        *out = keep(p, rest);
        return 0;
    }
    for (; i < rest.n && rest.p[i] != '"'; i++) {
        if (rest.p[i] == '\\' && i + 1 < rest.n && (rest.p[i + 1] == '"' || rest.p[i + 1] == '\\'))
            i++;
        pt_buf_putc(&b, rest.p[i]);
    }
    *out = keep(p, pt_buf_view(&b));
    pt_buf_release(&b);
    if (i >= rest.n)
        return fail(p, "the quoted text does not end:", (struct pt_str){rest.p + 1, rest.n - 1});
    if (i + 1 < rest.n)
        return fail(p, "something follows the quoted text:",
                    pt_word_trim((struct pt_str){rest.p + i + 1, rest.n - i - 1}));
    return 0;
}

/* --- keywords -------------------------------------------------------------------------------- */

static int read_duration(struct parser *p, struct pt_str rest, const char *keyword, int64_t *out)
{
    struct pt_buf what = {0};
    int rc;
    if (pt_duration_parse(rest, out) == 0 && *out >= 0)
        return 0;
    pt_buf_printf(&what, "%s: expected a duration such as 30s, 1m or 1h30m, not", keyword);
    rc = fail(p, what.p, rest);
    pt_buf_release(&what);
    return rc;
}

static int read_expr(struct parser *p, struct pt_str rest)
{
    p->expr_line = p->line;
    if (pt_expr_parse(keep(p, rest).p, &open_rule(p)->expr, p->err) != 0)
        return pt_err_at(p->err, p->input, p->line);
    return 0;
}

static int read_for(struct parser *p, struct pt_str rest)
{
    return read_duration(p, rest, "for", &open_rule(p)->hold);
}

static int read_keep(struct parser *p, struct pt_str rest)
{
    return read_duration(p, rest, "keep_firing_for", &open_rule(p)->keep);
}

static const int64_t EVERY_LEAST = PT_MS;

static int read_every(struct parser *p, struct pt_str rest)
{
    if (read_duration(p, rest, "every", &open_rule(p)->every) != 0)
        return -1;
    return open_rule(p)->every >= EVERY_LEAST
               ? 0
               : fail(p, "every: expected 1ms or more, since every tick is judged, not", rest);
}

static int read_severity(struct parser *p, struct pt_str rest)
{
    if (!plain_name(rest))
        return fail(p, "severity: expected one word such as critical, not", rest);
    open_rule(p)->severity = keep(p, rest);
    return 0;
}

static int read_label(struct parser *p, struct pt_str rest)
{
    struct pt_rule *r = open_rule(p);
    const char *equals = rest.n ? memchr(rest.p, '=', rest.n) : NULL;
    struct pt_str key, value;
    struct pt_err twice = {0};
    if (!equals)
        return fail(p, "label: expected KEY=VALUE, not", rest);
    key = pt_word_trim((struct pt_str){rest.p, (size_t)(equals - rest.p)});
    if (!plain_name(key))
        return fail(p, "label: not a key:", key);
    value = pt_word_trim((struct pt_str){equals + 1, rest.n - (size_t)(equals + 1 - rest.p)});
    if (r->nlabels == PT_RULE_LABELS)
        return fail(p, "label: too many in one rule:", rest);
    if (read_text(p, value, &value) != 0)
        return -1;
    r->labels[r->nlabels++] = (struct pt_tag){keep(p, key), value};
    if (pt_tags_sort(r->labels, r->nlabels, &twice) != 0)
        return fail(p, "label: the key was given before:", key);
    return 0;
}

static int read_summary(struct parser *p, struct pt_str rest)
{
    p->summary_line = p->line;
    return read_text(p, rest, &open_rule(p)->summary);
}

static const struct keyword {
    const char *word;
    int (*read)(struct parser *p, struct pt_str rest);
    bool often;
} KEYWORDS[] = {
    {"expr", read_expr, false},       {"for", read_for, false},
    {"every", read_every, false},     {"keep_firing_for", read_keep, false},
    {"label", read_label, true},      {"severity", read_severity, false},
    {"summary", read_summary, false},
};
enum { NKEYWORDS = sizeof KEYWORDS / sizeof KEYWORDS[0] };

static int unknown_keyword(struct parser *p, struct pt_str word)
{
    const char *known[NKEYWORDS + 1], *nearest;
    char *text = pt_mem_strndup(word.p, word.n < NAME_MOST ? word.n : NAME_MOST);
    struct pt_buf after = {0};
    int rc;
    for (size_t i = 0; i < NKEYWORDS; i++)
        known[i] = KEYWORDS[i].word;
    known[NKEYWORDS] = "rule";
    nearest = pt_text_nearest(text, known, NKEYWORDS + 1);
    if (nearest)
        pt_buf_printf(&after, "; did you mean \"%s\"?", nearest);
    else
        pt_buf_puts(&after, "; a rule has expr, for, keep_firing_for, every, severity, label and "
                            "summary");
    rc = fail_with(p, "unknown keyword", word, after.p);
    pt_buf_release(&after);
    free(text);
    return rc;
}

/* --- the summary's {{...}} ------------------------------------------------------------------- */

/* The next {{KEY}} of *rest: what stands before it, the key, and *rest behind it.  1, 0 when there
 * is none, -1 when it does not end. */
static int next_field(struct pt_str *rest, struct pt_str *before, struct pt_str *key)
{
    const char *open = rest->n ? memmem(rest->p, rest->n, "{{", 2) : NULL, *close;
    size_t left;
    if (!open)
        return 0;
    left = rest->n - (size_t)(open - rest->p);
    close = memmem(open, left, "}}", 2);
    if (!close)
        return -1;
    *before = (struct pt_str){rest->p, (size_t)(open - rest->p)};
    *key = pt_word_trim((struct pt_str){open + 2, (size_t)(close - open - 2)});
    *rest = (struct pt_str){close + 2, rest->n - (size_t)(close + 2 - rest->p)};
    return 1;
}

static bool known_field(const struct pt_rule *r, struct pt_str key)
{
    if (pt_str_is(key, "value") || pt_str_is(key, "threshold") || pt_str_is(key, "name"))
        return true;
    for (size_t i = 0; i < r->expr.nby; i++)
        if (pt_str_is(key, r->expr.by[i]))
            return true;
    for (size_t i = 0; i < r->nlabels; i++)
        if (pt_str_eq(key, r->labels[i].key))
            return true;
    return false;
}

static int check_summary(struct parser *p, const struct pt_rule *r)
{
    struct pt_str rest = r->summary, before, key;
    int more;
    p->line = p->summary_line;
    while ((more = next_field(&rest, &before, &key)) == 1)
        if (!known_field(r, key))
            return fail(p, "summary: neither value, threshold, name, label nor tag of by:", key);
    return more == 0 ? 0 : fail(p, "summary: {{ without }}:", r->summary);
}

void pt_rule_summary(const struct pt_rule *r, struct pt_tags tags, double value, double threshold,
                     struct pt_buf *out)
{
    struct pt_str rest = r->summary, before, key;
    while (next_field(&rest, &before, &key) == 1) {
        pt_buf_str(out, before);
        if (pt_str_is(key, "value"))
            pt_buf_printf(out, "%.6g", value);
        else if (pt_str_is(key, "threshold"))
            pt_buf_printf(out, "%.6g", threshold);
        else if (pt_str_is(key, "name"))
            pt_buf_str(out, r->name);
        else
            pt_buf_str(out, pt_tags_get(tags, key));
    }
    pt_buf_str(out, rest);
}

/* --- rules ----------------------------------------------------------------------------------- */

/* A label over a tag of `by` would make one alert of several groups. */
static int check_labels(struct parser *p, const struct pt_rule *r)
{
    for (size_t i = 0; i < r->nlabels; i++)
        for (size_t k = 0; k < r->expr.nby; k++)
            if (pt_str_is(r->labels[i].key, r->expr.by[k])) {
                p->line = r->line;
                return fail(p, "label: by has such a tag; choose another key:", r->labels[i].key);
            }
    return 0;
}

static int end_rule(struct parser *p)
{
    struct pt_rule *r;
    uint64_t line = p->line;
    int rc = 0;
    if (!p->rules->n)
        return 0;
    r = open_rule(p);
    if (!p->expr_line) {
        p->line = r->line;
        return fail(p, "the rule has no expr:", r->name);
    }
    if (check_labels(p, r) != 0)
        return -1;
    if (p->summary_line)
        rc = check_summary(p, r);
    p->line = line;
    return rc;
}

static int begin_rule(struct parser *p, struct pt_str rest)
{
    struct pt_rules *all = p->rules;
    if (end_rule(p) != 0)
        return -1;
    if (!plain_name(rest))
        return fail(
            p, "rule: a name is a letter, then letters, digits and _-.:, which this is not:", rest);
    for (size_t i = 0; i < all->n; i++)
        if (pt_str_eq(all->v[i].name, rest))
            return fail(p, "rule: the name was used before; give each rule its own:", rest);
    all->v = pt_mem_grow(all->v, &all->cap, all->n + 1, sizeof *all->v);
    all->v[all->n++] = (struct pt_rule){.name = keep(p, rest),
                                        .severity = PT_STR(PT_RULE_SEVERITY),
                                        .every = PT_RULE_EVERY,
                                        .line = p->line};
    p->expr_line = p->summary_line = 0;
    p->seen = 0;
    return 0;
}

static int read_keyword(struct parser *p, struct pt_str word, struct pt_str rest)
{
    for (size_t i = 0; i < NKEYWORDS; i++) {
        if (!pt_str_is(word, KEYWORDS[i].word))
            continue;
        if (!p->rules->n)
            return fail(p, "a file begins with \"rule NAME\"; this stands before it:", word);
        if (!rest.n)
            return fail(p, "nothing follows the keyword:", word);
        if ((p->seen & 1u << i) && !KEYWORDS[i].often)
            return fail(p, "given twice in one rule:", word);
        p->seen |= 1u << i;
        return KEYWORDS[i].read(p, rest);
    }
    return unknown_keyword(p, word);
}

static int read_line(struct parser *p, struct pt_str line)
{
    struct pt_str rest = pt_word_trim(pt_word_uncomment(line)), word;
    if (!rest.n)
        return 0;
    if (line.n > LINE_MOST)
        return fail(p, "the line is longer than 4096 bytes:", (struct pt_str){line.p, 16});
    if (memchr(rest.p, '\0', rest.n) || pt_text_utf8(rest) != rest.n)
        return fail(p, "the line is not text:", (struct pt_str){line.p, rest.n < 64 ? rest.n : 64});
    word = pt_word_take(&rest);
    return pt_str_is(word, "rule") ? begin_rule(p, rest) : read_keyword(p, word, rest);
}

static int read_all(struct parser *p, struct pt_str text)
{
    while (text.n) {
        p->line++;
        if (read_line(p, pt_word_line(&text)) != 0)
            return -1;
    }
    if (end_rule(p) != 0)
        return -1;
    if (p->rules->n)
        return 0;
    pt_err_set(p->err, PT_USAGE, "holds no rule; a rule begins with \"rule NAME\"");
    return pt_err_at(p->err, p->input, 0);
}

int pt_rules_parse(struct pt_rules *out, struct pt_str text, const char *input, struct pt_err *err)
{
    struct parser p = {.rules = out, .input = input, .err = err};
    *out = (struct pt_rules){0};
    if (read_all(&p, text) == 0)
        return 0;
    pt_rules_release(out);
    return -1;
}

void pt_rules_release(struct pt_rules *r)
{
    for (size_t i = 0; i < r->n; i++)
        pt_expr_release(&r->v[i].expr);
    free(r->v);
    pt_arena_release(&r->arena);
    *r = (struct pt_rules){0};
}
