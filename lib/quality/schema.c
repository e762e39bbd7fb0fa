/* schema.c - see schema.h: reading a schema.
 *
 * A line is words: bare, or in double quotes with \" and \\ inside.  Keywords stand in one table
 * with the blocks that may have them and the reader that takes the words behind them.  Every error
 * names the column of the word at fault, and what was expected there. */
#include "quality/schema.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/word.h"
#include "quality/rules.h"

#include <ctype.h>
#include <stdlib.h>

enum { LINE_MOST = 4096, WORDS_MOST = 256 };

struct word {
    struct pt_str text;
    size_t column; /* from 1 */
};

struct parser {
    struct pt_schema *schema;
    const char *input;
    uint64_t line;
    const char *start; /* of the line */
    struct word words[WORDS_MOST];
    size_t n, at, end; /* at: the next word to take; end: the column behind the last */
    struct pt_err *err;
};

/* --- errors and words ------------------------------------------------------------------------ */

/* "column C: WHAT", and if a word stands there, "not WORD". */
static int fail(struct parser *p, size_t column, const char *what, struct pt_str quoted)
{
    struct pt_buf shown = {0};
    pt_text_terminal(&shown, (struct pt_str){quoted.p, quoted.n < 64 ? quoted.n : 64});
    if (quoted.n)
        pt_err_set(p->err, PT_USAGE, "column %zu: %s, not \"%s\"", column, what, shown.p);
    else
        pt_err_set(p->err, PT_USAGE, "column %zu: %s", column, what);
    pt_buf_release(&shown);
    return pt_err_at(p->err, p->input, p->line);
}

/* At the next word, or at the end of the line. */
static int expected(struct parser *p, const char *what)
{
    if (p->at < p->n)
        return fail(p, p->words[p->at].column, what, p->words[p->at].text);
    return fail(p, p->end, what, (struct pt_str){0});
}

static int read_quoted(struct parser *p, const char **at, const char *end, struct pt_str *out)
{
    const char *s = *at + 1;
    struct pt_buf b = {0};
    for (; s < end && *s != '"'; s++) {
        if (*s == '\\' && s + 1 < end && (s[1] == '"' || s[1] == '\\'))
            s++;
        pt_buf_putc(&b, *s);
    }
    *out = pt_arena_str(&p->schema->arena, pt_buf_view(&b));
    pt_buf_release(&b);
    if (s == end)
        return fail(p, (size_t)(*at - p->start) + 1, "expected a closing quote",
                    (struct pt_str){0});
    *at = s + 1;
    return 0;
}

/* A selector, behind "metric" or "document TYPE", is one word whatever it holds. */
static bool selector_follows(const struct parser *p)
{
    return (p->n == 1 && pt_str_is(p->words[0].text, "metric")) ||
           (p->n == 2 && pt_str_is(p->words[0].text, "document"));
}

static int take_word(struct parser *p, const char **at, const char *end)
{
    struct word *w = &p->words[p->n];
    const char *s = *at;
    *w = (struct word){.column = (size_t)(s - p->start) + 1};
    if (*s == '"' && !selector_follows(p)) {
        if (read_quoted(p, at, end, &w->text) != 0)
            return -1;
        if (*at < end && !isspace((unsigned char)**at))
            return fail(p, (size_t)(*at - p->start) + 1, "expected space behind the closing quote",
                        (struct pt_str){0});
    } else {
        while (*at < end && (selector_follows(p) || !isspace((unsigned char)**at)))
            ++*at;
        w->text = pt_arena_str(&p->schema->arena, (struct pt_str){s, (size_t)(*at - s)});
    }
    p->n++;
    return 0;
}

static int split(struct parser *p, struct pt_str line)
{
    const char *s = line.p, *end = line.p + line.n;
    p->n = p->at = 0;
    p->end = (size_t)(end - p->start) + 1;
    while (s < end) {
        if (p->n == WORDS_MOST)
            return fail(p, (size_t)(s - p->start) + 1, "expected at most 256 words in a line",
                        (struct pt_str){0});
        if (take_word(p, &s, end) != 0)
            return -1;
        while (s < end && isspace((unsigned char)*s))
            s++;
    }
    return 0;
}

static bool next_is(const struct parser *p, const char *word)
{
    return p->at < p->n && pt_str_is(p->words[p->at].text, word);
}

static bool take_if(struct parser *p, const char *word)
{
    bool yes = next_is(p, word);
    p->at += yes;
    return yes;
}

static int take_duration(struct parser *p, int64_t least, int64_t *out)
{
    if (p->at == p->n || pt_duration_parse(p->words[p->at].text, out) != 0 || *out < least)
        return expected(p, least > 0 ? "expected a duration above 0 such as 10s or 5m"
                                     : "expected a duration such as 10s or 5m");
    p->at++;
    return 0;
}

static bool number_at(const struct parser *p, struct pt_num *out)
{
    struct pt_str s = p->at < p->n ? p->words[p->at].text : (struct pt_str){0};
    return s.n && pt_num_parse_loose(s.p, s.p + s.n, out) == s.p + s.n;
}

static int take_number(struct parser *p, struct pt_num *out)
{
    if (!number_at(p, out))
        return expected(p, "expected a number");
    p->at++;
    return 0;
}

static int take_percent(struct parser *p, double *share)
{
    struct pt_str s = p->at < p->n ? p->words[p->at].text : (struct pt_str){0};
    struct pt_num v;
    if (s.n < 2 || s.p[s.n - 1] != '%' ||
        pt_num_parse_loose(s.p, s.p + s.n - 1, &v) != s.p + s.n - 1 || v.d < 0 || v.d > 100)
        return expected(p, "expected a share from 0% to 100%");
    *share = v.d / 100;
    p->at++;
    return 0;
}

/* HH:MM as nanoseconds since midnight; 24:00 is the day's end. */
static int take_clock(struct parser *p, int64_t *out)
{
    struct pt_str s = p->at < p->n ? p->words[p->at].text : (struct pt_str){0};
    int hours, minutes;
    if (s.n != 5 || s.p[2] != ':' || !isdigit((unsigned char)s.p[0]) ||
        !isdigit((unsigned char)s.p[1]) || !isdigit((unsigned char)s.p[3]) ||
        !isdigit((unsigned char)s.p[4]))
        return expected(p, "expected a time of day such as 09:30");
    hours = (s.p[0] - '0') * 10 + (s.p[1] - '0');
    minutes = (s.p[3] - '0') * 10 + (s.p[4] - '0');
    if (minutes > 59 || hours * 60 + minutes > 24 * 60)
        return expected(p, "expected a time of day from 00:00 to 24:00");
    *out = hours * PT_HOUR + minutes * PT_MINUTE;
    p->at++;
    return 0;
}

/* --- rules ----------------------------------------------------------------------------------- */

static struct pt_schema_block *open_block(const struct parser *p)
{
    return &p->schema->v[p->schema->n - 1];
}

static bool for_document(const struct parser *p)
{
    return open_block(p)->subject == PT_BLOCK_DOCUMENT;
}

/* Documents say first which field is meant. */
static int take_field(struct parser *p, struct pt_schema_rule *r)
{
    if (!for_document(p))
        return 0;
    if (p->at == p->n)
        return expected(p, "expected a field such as qty or tags.host");
    r->field = p->words[p->at++].text;
    return 0;
}

static const char *const TYPES[PT_VALUE_TYPES] = {"float",   "integer", "string", "number",
                                                  "boolean", "object",  "array"};

const char *pt_value_type_name(enum pt_value_type type)
{
    return TYPES[type];
}

static int read_type(struct parser *p, struct pt_schema_rule *r)
{
    int first = for_document(p) ? PT_VALUE_INTEGER : PT_VALUE_FLOAT;
    int last = for_document(p) ? PT_VALUE_ARRAY : PT_VALUE_INTEGER;
    if (take_field(p, r) != 0)
        return -1;
    for (int i = first; i <= last; i++)
        if (take_if(p, TYPES[i])) {
            r->type = (enum pt_value_type)i;
            return 0;
        }
    return expected(p, for_document(p)
                           ? "expected integer, string, number, boolean, object or array"
                           : "expected float or integer");
}

static int read_range(struct parser *p, struct pt_schema_rule *r)
{
    struct pt_check_range *range = &r->range;
    if (take_field(p, r) != 0)
        return -1;
    if (!next_is(p, "..")) {
        range->bounded_below = true;
        if (take_number(p, &range->least) != 0)
            return -1;
    }
    if (!take_if(p, ".."))
        return expected(p, "expected \"..\" with space around it");
    if (p->at < p->n) {
        range->bounded_above = true;
        if (take_number(p, &range->most) != 0)
            return -1;
    }
    if (!range->bounded_below && !range->bounded_above)
        return expected(p, "expected a number on one side of \"..\"");
    if (range->bounded_below && range->bounded_above && pt_num_cmp(range->least, range->most) > 0) {
        p->at--;
        return expected(p, "expected a number that is not below the first");
    }
    return 0;
}

/* All words that are left, at least one. */
static int read_words(struct parser *p, struct pt_schema_rule *r, const char *what)
{
    if (p->at == p->n)
        return expected(p, what);
    r->nwords = p->n - p->at;
    r->words = pt_arena_alloc(&p->schema->arena, r->nwords * sizeof *r->words);
    for (size_t i = 0; i < r->nwords; i++)
        r->words[i] = p->words[p->at++].text;
    return 0;
}

static int read_unit(struct parser *p, struct pt_schema_rule *r)
{
    if (p->n - p->at > 1) {
        p->at++;
        return expected(p, "expected one unit");
    }
    return read_words(p, r, "expected a unit such as ms");
}

static int read_kind(struct parser *p, struct pt_schema_rule *r)
{
    if (p->at == p->n || !pt_kind_parse(p->words[p->at].text, &r->metric_kind))
        return expected(p, "expected gauge, counter or histogram");
    p->at++;
    return 0;
}

static int read_names(struct parser *p, struct pt_schema_rule *r)
{
    return read_words(p, r,
                      for_document(p) ? "expected names of fields" : "expected names of tags");
}

static int read_one_of(struct parser *p, struct pt_schema_rule *r)
{
    if (p->at == p->n)
        return expected(p, for_document(p) ? "expected a field and its values"
                                           : "expected a tag and its values");
    r->field = p->words[p->at++].text;
    return read_words(p, r, "expected values");
}

static int read_monotone(struct parser *p, struct pt_schema_rule *r)
{
    struct pt_check_monotone *m = &r->monotone;
    m->strictly = take_if(p, "strictly");
    m->down = take_if(p, "decreasing");
    if (!m->down && !take_if(p, "increasing"))
        return expected(p, m->strictly ? "expected increasing or decreasing"
                                       : "expected increasing, decreasing or strictly");
    m->resets = !m->down && take_if(p, "reset");
    return m->resets ? take_number(p, &m->reset) : 0;
}

static int read_duration(struct parser *p, struct pt_schema_rule *r)
{
    return take_duration(p, 0, &r->duration);
}

static int read_complete(struct parser *p, struct pt_schema_rule *r)
{
    struct pt_check_complete *c = &r->complete;
    c->to = PT_DAY;
    if (take_percent(p, &c->share) != 0)
        return -1;
    if (!take_if(p, "every"))
        return expected(p, "expected \"every\" and a duration");
    if (take_duration(p, 1, &c->every) != 0)
        return -1;
    if (c->every > PT_DAY || PT_DAY % c->every) {
        p->at--;
        return expected(p, "expected a duration that divides the day");
    }
    if (!take_if(p, "from"))
        return 0;
    if (take_clock(p, &c->from) != 0)
        return -1;
    if (!take_if(p, "to"))
        return expected(p, "expected \"to\" and a time of day");
    if (take_clock(p, &c->to) != 0)
        return -1;
    if (c->to > c->from)
        return 0;
    p->at--;
    return expected(p, "expected a time of day later than the first");
}

static int read_share(struct parser *p, struct pt_schema_rule *r)
{
    return take_percent(p, &r->share);
}

static int read_severity(struct parser *p, struct pt_schema_rule *r)
{
    (void)r;
    open_block(p)->warn = next_is(p, "warn");
    if (take_if(p, "warn") || take_if(p, "reject"))
        return 0;
    return expected(p, "expected warn or reject");
}

enum { M = PT_BLOCK_METRIC, D = PT_BLOCK_DOCUMENT, S = PT_BLOCK_SOURCE };

static const struct keyword {
    const char *word;
    enum pt_check_kind kind;
    unsigned subjects;
    bool often; /* may stand in a block more than once */
    int (*read)(struct parser *p, struct pt_schema_rule *r);
} KEYWORDS[] = {
    {"type", PT_CHECK_TYPE, M | D, true, read_type},
    {"range", PT_CHECK_RANGE, M | D, true, read_range},
    {"unit", PT_CHECK_UNIT, M, false, read_unit},
    {"kind", PT_CHECK_KIND, M, false, read_kind},
    {"require", PT_CHECK_REQUIRE, M | D, true, read_names},
    {"allow", PT_CHECK_ALLOW, M | D, false, read_names},
    {"one-of", PT_CHECK_ONE_OF, M | D, true, read_one_of},
    {"monotone", PT_CHECK_MONOTONE, M, false, read_monotone},
    {"future", PT_CHECK_FUTURE, M | D, false, read_duration},
    {"past", PT_CHECK_PAST, M | D, false, read_duration},
    {"fresh", PT_CHECK_FRESH, M, false, read_duration},
    {"complete", PT_CHECK_COMPLETE, M, false, read_complete},
    {"late", PT_CHECK_LATE, S, false, read_share},
    {"duplicates", PT_CHECK_DUPLICATES, S, false, read_share},
    {"rejects", PT_CHECK_REJECTS, S, false, read_share},
    {"severity", PT_CHECK_SEVERITY, M | D | S, false, read_severity},
};
enum { NKEYWORDS = sizeof KEYWORDS / sizeof KEYWORDS[0] };

/* The keywords that a block may have, or those that begin one. */
static int unknown_keyword(struct parser *p, unsigned subject)
{
    const char *known[NKEYWORDS + 3] = {"metric", "document", "source"}, *near;
    struct pt_buf what = {0};
    size_t n = 3;
    int rc;
    for (size_t i = 0; i < NKEYWORDS; i++)
        if (KEYWORDS[i].subjects & subject)
            known[n++] = KEYWORDS[i].word;
    near = pt_text_nearest(p->words[0].text.p, known, n);
    if (near)
        pt_buf_printf(&what, "expected a keyword (did you mean %s?)", near);
    for (size_t i = 0; i < n && !near; i++)
        pt_buf_printf(&what, "%s%s", i == 0 ? "expected " : i + 1 < n ? ", " : " or ", known[i]);
    rc = fail(p, p->words[0].column, what.p, p->words[0].text);
    pt_buf_release(&what);
    return rc;
}

static bool given(const struct pt_schema_block *b, enum pt_check_kind kind)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->rules[i].kind == kind)
            return true;
    return false;
}

static int read_rule(struct parser *p, const struct keyword *k)
{
    struct pt_schema_block *b = open_block(p);
    struct pt_schema_rule *r;
    bool single =
        b->subject == PT_BLOCK_METRIC && (k->kind == PT_CHECK_TYPE || k->kind == PT_CHECK_RANGE);
    if ((!k->often || single) && given(b, k->kind))
        return fail(p, p->words[0].column, "expected it once in a block", p->words[0].text);
    b->rules = pt_mem_grow(b->rules, &b->cap, b->n + 1, sizeof *b->rules);
    r = &b->rules[b->n++];
    *r = (struct pt_schema_rule){.kind = k->kind, .line = p->line};
    p->at = 1;
    if (k->read(p, r) != 0)
        return -1;
    return p->at == p->n ? 0 : expected(p, "expected the end of the line");
}

/* --- blocks ---------------------------------------------------------------------------------- */

static int read_selector(struct parser *p, const struct word *word, struct pt_selector **out)
{
    struct pt_err why = {0};
    if (pt_selector_parse(word->text.p, out, &why) == 0)
        return 0;
    *out = NULL;
    pt_err_set(p->err, PT_USAGE, "column %zu: %s", word->column, why.what);
    return pt_err_at(p->err, p->input, p->line);
}

static int begin_block(struct parser *p, enum pt_block_subject subject)
{
    struct pt_schema *s = p->schema;
    struct pt_schema_block *b;
    p->at = 1;
    if (p->n < 2)
        return expected(p, subject == PT_BLOCK_METRIC     ? "expected a selector of metrics"
                           : subject == PT_BLOCK_DOCUMENT ? "expected a type of documents, or *"
                                                          : "expected a source's name, or *");
    s->v = pt_mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
    b = &s->v[s->n++];
    *b = (struct pt_schema_block){.subject = subject, .line = p->line};
    if (subject == PT_BLOCK_METRIC)
        return read_selector(p, &p->words[1], &b->selector);
    b->pattern = p->words[p->at++].text;
    if (subject == PT_BLOCK_DOCUMENT && p->n > 2)
        return read_selector(p, &p->words[2], &b->selector);
    return p->at == p->n ? 0 : expected(p, "expected the end of the line");
}

static int read_statement(struct parser *p)
{
    static const struct {
        const char *word;
        enum pt_block_subject subject;
    } BLOCKS[] = {
        {"metric", PT_BLOCK_METRIC}, {"document", PT_BLOCK_DOCUMENT}, {"source", PT_BLOCK_SOURCE}};
    unsigned subject = p->schema->n ? (unsigned)open_block(p)->subject : 0;
    for (size_t i = 0; i < sizeof BLOCKS / sizeof BLOCKS[0]; i++)
        if (next_is(p, BLOCKS[i].word))
            return begin_block(p, BLOCKS[i].subject);
    for (size_t i = 0; i < NKEYWORDS; i++)
        if (next_is(p, KEYWORDS[i].word) && (KEYWORDS[i].subjects & subject))
            return read_rule(p, &KEYWORDS[i]);
    return unknown_keyword(p, subject);
}

static int read_line(struct parser *p, struct pt_str line)
{
    struct pt_str text = pt_word_trim(pt_word_uncomment(line));
    p->start = line.p;
    if (!text.n)
        return 0;
    if (line.n > LINE_MOST)
        return fail(p, LINE_MOST, "expected at most 4096 bytes in a line", (struct pt_str){0});
    if (memchr(text.p, '\0', text.n) || pt_text_utf8(text) != text.n)
        return fail(p, (size_t)(text.p - line.p) + pt_text_utf8(text) + 1, "expected text in UTF-8",
                    (struct pt_str){0});
    return split(p, text) == 0 ? read_statement(p) : -1;
}

static int read_all(struct parser *p, struct pt_str text)
{
    while (text.n) {
        p->line++;
        if (read_line(p, pt_word_line(&text)) != 0)
            return -1;
    }
    if (p->schema->n)
        return 0;
    pt_err_set(p->err, PT_USAGE, "holds no rule; expected metric, document or source");
    return pt_err_at(p->err, p->input, 0);
}

int pt_schema_parse(struct pt_schema **out, struct pt_str text, const char *input,
                    struct pt_err *err)
{
    struct parser *p = pt_mem_alloc(sizeof *p);
    const char *slash = strrchr(input, '/');
    int rc;
    *p = (struct parser){.schema = pt_mem_alloc(sizeof *p->schema), .input = input, .err = err};
    p->schema->file = pt_arena_str(&p->schema->arena, pt_str(slash ? slash + 1 : input));
    rc = read_all(p, text);
    *out = p->schema;
    free(p);
    if (rc != 0) {
        pt_schema_free(*out);
        *out = NULL;
    }
    return rc;
}

void pt_schema_free(struct pt_schema *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        pt_selector_free(s->v[i].selector);
        free(s->v[i].rules);
    }
    free(s->v);
    free(s->series);
    free(s->uses);
    pt_identity_release(&s->identity);
    pt_arena_release(&s->arena);
    pt_arena_release(&s->scratch);
    pt_buf_release(&s->shown);
    free(s);
}

size_t pt_schema_blocks(const struct pt_schema *s)
{
    return s->n;
}

size_t pt_schema_rules(const struct pt_schema *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->v[i].n; k++)
            n += s->v[i].rules[k].kind != PT_CHECK_SEVERITY;
    return n;
}

void pt_schema_strict(struct pt_schema *s)
{
    s->strict = true;
}

void pt_schema_store(struct pt_schema *s, struct pt_store *store)
{
    s->store = store;
}
