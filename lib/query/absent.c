/* absent.c - see absent.h.  What is not there is looked for in the order in which people mistype
 * it: the type, then the name. */
#include "query/absent.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

enum { LISTED = 12 }; /* types that a message names */

/* Distinct texts, in order. */
struct words {
    const char **v;
    size_t n, cap;
    struct pt_arena arena;
};

static void add_word(struct words *w, struct pt_str text)
{
    if (w->n && pt_str_is(text, w->v[w->n - 1]))
        return;
    w->v = pt_mem_grow(w->v, &w->cap, w->n + 1, sizeof *w->v);
    w->v[w->n++] = pt_arena_str(&w->arena, text).p;
}

static int add_type(void *words, const struct pt_holding *h)
{
    add_word(words, h->type);
    return 0;
}

static int add_name(void *words, const struct pt_holding *h)
{
    add_word(words, h->name);
    return 0;
}

static void release(struct words *w)
{
    free(w->v);
    pt_arena_release(&w->arena);
}

static bool has(const struct words *w, struct pt_str text)
{
    for (size_t i = 0; i < w->n; i++)
        if (pt_str_is(text, w->v[i]))
            return true;
    return false;
}

/* "; nearest type: event", or all of them. */
static void add_hint(struct pt_buf *b, const char *kind, const char *asked, const struct words *w,
                     bool list)
{
    const char *near = pt_text_nearest(asked, w->v, w->n);
    if (near) {
        pt_buf_printf(b, "; nearest %s: ", kind);
        pt_text_terminal(b, pt_str(near));
        return;
    }
    for (size_t i = 0; list && i < w->n && i < LISTED; i++) {
        if (i)
            pt_buf_puts(b, ", ");
        else
            pt_buf_printf(b, "; %ss there are: ", kind);
        pt_text_terminal(b, pt_str(w->v[i]));
    }
    if (list && w->n > LISTED)
        pt_buf_printf(b, " and %zu more", w->n - LISTED);
}

static int absent(const char *kind, struct pt_str asked, const struct words *there, bool list,
                  struct pt_err *err)
{
    struct pt_buf text = {0};
    char *word = pt_mem_strndup(asked.p, asked.n);
    pt_buf_printf(&text, "no document has the %s ", kind);
    pt_text_terminal(&text, asked.n ? asked : PT_STR("\"\""));
    add_hint(&text, kind, word, there, list);
    pt_err_set(err, PT_FOUND, "%s", text.p);
    pt_buf_release(&text);
    free(word);
    return -1;
}

static int absent_type(const struct pt_store_filter *f, const struct words *types,
                       struct pt_err *err)
{
    if (f->type && !has(types, pt_str(f->type)))
        return absent("type", pt_str(f->type), types, true, err);
    for (size_t i = 0; i < f->ntypes; i++)
        if (!has(types, pt_str(f->types[i])))
            return absent("type", pt_str(f->types[i]), types, true, err);
    return 0;
}

static struct pt_str exact_name(const struct pt_store_filter *f)
{
    return f->selector ? pt_selector_exact_name(f->selector) : (struct pt_str){0};
}

bool pt_absent_needs_names(const struct pt_store_filter *filter)
{
    return exact_name(filter).n > 0;
}

static int take_holding(void *census, const struct pt_holding *h)
{
    pt_census_add(census, &(struct pt_store_document){.type = h->type, .name = h->name});
    return 0;
}

int pt_absent_look(struct pt_store *s, struct pt_census *there, struct pt_err *err)
{
    const struct pt_store_filter all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    return there->names ? pt_census_store(there, s, &all, err)
                        : pt_holdings_types(s, take_holding, there, err);
}

int pt_absent_document(struct pt_census *there, const struct pt_store_filter *filter,
                       struct pt_err *err)
{
    struct words types = {0}, names = {0};
    struct pt_str name = exact_name(filter);
    pt_census_each(there, add_type, &types);
    if (!types.n)
        pt_err_set(err, PT_FOUND, "no document matches; there are no documents at all");
    else if (absent_type(filter, &types, err) == 0) {
        pt_census_each(there, add_name, &names);
        if (name.n && !has(&names, name))
            absent("name", name, &names, false, err);
        else
            pt_err_set(err, PT_FOUND, "no document matches");
    }
    release(&types);
    release(&names);
    return -1;
}
