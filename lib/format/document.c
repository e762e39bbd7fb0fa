/* document.c - see document.h.
 *
 * Whether a row goes on is told by counting brackets outside strings; a string cannot go on, so a
 * line that ends in one is bad and ends the row, and so does one that nests deeper than a tree may.
 * That also bounds the work that hostile openings make: no byte is read ahead for more than
 * PT_JSON_DEPTH rows.
 *
 * Places are columns, or lines and columns within the row.  Records are refused in the order of the
 * text, so lines are counted on from the last place. */
#include "format/document.h"

#include <stdlib.h>

int pt_document_open(void *self, struct pt_str line, int state)
{
    bool quoted = false;
    (void)self;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            state++;
        else if (!quoted && (c == '}' || c == ']'))
            state--;
        if (state < 0 || state > PT_JSON_DEPTH + 1)
            return 0;
    }
    return quoted ? 0 : state;
}

/* " at column N", or " at line N of it, column M" when the row has several. */
static void put_place(struct pt_document *d, const char *at, struct pt_buf *b)
{
    const char *newline;
    if (!d->marked || at < d->marked) {
        d->marked = d->marked_begin = d->row.p;
        d->marked_line = 1;
    }
    while ((newline = memchr(d->marked, '\n', (size_t)(at - d->marked)))) {
        d->marked = d->marked_begin = newline + 1;
        d->marked_line++;
    }
    d->marked = at;
    if (d->laid_out)
        pt_buf_printf(b, " at line %zu of it, column %zu", d->marked_line,
                      (size_t)(at - d->marked_begin) + 1);
    else
        pt_buf_printf(b, " at column %zu", (size_t)(at - d->marked_begin) + 1);
}

static int refuse_at(struct pt_document *d, const char *at, const char *kind, const char *why,
                     struct pt_err *err)
{
    struct pt_buf place = {0};
    put_place(d, at, &place);
    pt_err_set(err, PT_DATA, "%s: %s%s%s", d->format, kind, why, place.p);
    pt_buf_release(&place);
    return -1;
}

int pt_document_refuse(struct pt_document *d, uint32_t i, const char *why, struct pt_err *err)
{
    return refuse_at(d, d->tree.v[i].text.p ? d->tree.v[i].text.p : d->row.p, "", why, err);
}

int pt_document_read(struct pt_document *d, struct pt_str row, struct pt_err *err)
{
    const char *why, *where;
    pt_arena_reset(&d->arena);
    d->row = row;
    d->laid_out = memchr(row.p, '\n', row.n) != NULL;
    d->marked = NULL;
    d->bad = 0;
    d->first = (struct pt_err){0};
    if (pt_json_tree_read(&d->tree, row, &why, &where) == 0)
        return 0;
    return refuse_at(d, where, "not JSON: ", why, err);
}

void pt_document_release(struct pt_document *d)
{
    pt_json_tree_release(&d->tree);
    pt_arena_release(&d->arena);
}

int pt_document_next(struct pt_document *d,
                     int (*next)(void *self, struct pt_record *, struct pt_err *), void *self,
                     struct pt_record *out, struct pt_err *err)
{
    for (;;) {
        struct pt_err why = {0};
        int rc = next(self, out, &why);
        if (rc == 1 && !out->metric &&
            pt_record_check_document(out, &d->limits, &d->arena, &why) != 0)
            rc = -1;
        if (rc == 1)
            return 1;
        if (rc == 0)
            break;
        if (!d->bad++)
            d->first = why;
    }
    if (!d->bad)
        return 0;
    if (d->bad > 1)
        pt_err_set(err, PT_DATA, "%s; %zu more of its records are refused", d->first.what,
                   d->bad - 1);
    else
        *err = d->first;
    d->bad = 0;
    return -1;
}

struct pt_str pt_document_text(struct pt_document *d, uint32_t i)
{
    return pt_json_text(pt_json_raw(d->tree.v[i].text), &d->arena);
}

struct pt_str pt_document_number(const struct pt_document *d, uint32_t i)
{
    char kind = pt_json_tree_kind(&d->tree, i);
    if (kind == '"')
        return pt_json_raw(d->tree.v[i].text);
    return kind == '-' || (kind >= '0' && kind <= '9') ? d->tree.v[i].text : (struct pt_str){0};
}

void pt_document_json(const struct pt_document *d, uint32_t i, struct pt_buf *b)
{
    struct pt_str text = d->tree.v[i].text;
    for (size_t k = 0; k < text.n; k++)
        if (text.p[k] != '\n' && text.p[k] != '\r')
            pt_buf_putc(b, text.p[k]);
}

void pt_document_enter(const struct pt_document *d, uint32_t i, struct pt_document_walk *w)
{
    *w = (struct pt_document_walk){.following = i + 1, .after = d->tree.v[i].after};
}

bool pt_document_step(const struct pt_document *d, struct pt_document_walk *w)
{
    if (w->following >= w->after)
        return false;
    w->now = w->following;
    w->following = d->tree.v[w->now].after;
    return true;
}
