/* documents.c - the virtual table `records`: every document of the store as a row.
 *
 * The store puts documents in order of time before it hands out the first, so they are in memory
 * anyway; a cursor keeps those that its constraints let through. */
#include "sql/module.h"

#include "base/mem.h"

#include <stdlib.h>

enum { C_TS, C_TIME, C_TYPE, C_NAME, C_TRACE, C_BODY, C_SELECTOR };

static const struct pt_module_use USES[] = {
    {.column = C_TS, .equal = '=', .ranges = true, .keep = 1e-5},
    {.column = C_TYPE, .equal = 't', .keep = 0.1},
    {.column = C_NAME, .equal = 'n', .keep = 0.1},
    {.column = C_TRACE, .equal = 'r', .keep = 1e-5},
    {.column = C_SELECTOR, .equal = 'a', .keep = 0.1, .must = true},
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct pt_store_document *v; /* texts in the arena */
    size_t n, cap, at;
    struct pt_arena arena;
};

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    free(c->v);
    pt_arena_release(&c->arena);
    free(c);
    return SQLITE_OK;
}

static int take(void *ctx, const struct pt_store_document *d)
{
    struct cursor *c = ctx;
    c->v = pt_mem_grow(c->v, &c->cap, c->n + 1, sizeof *c->v);
    c->v[c->n++] = pt_store_document_keep(d, &c->arena);
    return 0;
}

/* The filter that the plan's values make; its selector is the caller's to free. */
static int plan(const char *letters, sqlite3_value **argv, struct pt_store_filter *f,
                struct pt_selector **selector, struct pt_err *err)
{
    struct pt_str argument = {0}, name = {0};
    for (int i = 0; letters[i]; i++) {
        bool text = sqlite3_value_type(argv[i]) == SQLITE_TEXT;
        switch (letters[i]) {
        case 'a': argument = pt_module_text(argv[i]); break;
        case 'n': name = text ? pt_module_text(argv[i]) : name; break;
        case 't': f->type = text ? pt_module_text(argv[i]).p : NULL; break;
        case 'r': f->trace = text ? pt_module_text(argv[i]).p : NULL; break;
        default: pt_module_narrow(letters[i], argv[i], &f->since, &f->until); break;
        }
    }
    return pt_module_selector(argument, name, selector, err);
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *letters, int argc,
                  sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;
    struct pt_store *store = pt_module_store(base->pVtab);
    struct pt_store_filter f = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_selector *selector = NULL;
    struct pt_err err = {0};
    int rc;
    (void)number;
    (void)argc;
    pt_arena_reset(&c->arena);
    c->n = c->at = 0;
    rc = plan(letters, argv, &f, &selector, &err);
    f.selector = selector;
    if (rc == 0)
        rc = pt_store_each_document(store, &f, take, c, &err);
    pt_selector_free(selector);
    return rc == 0 ? SQLITE_OK : pt_module_fail(base->pVtab, &err);
}

static int next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at >= c->n;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int which)
{
    const struct cursor *c = (const struct cursor *)base;
    const struct pt_store_document *d = &c->v[c->at];
    switch (which) {
    case C_TS: sqlite3_result_int64(ctx, d->ts); break;
    case C_TIME: pt_module_result_time(ctx, d->ts); break;
    case C_TYPE: pt_module_result(ctx, d->type); break;
    case C_NAME: pt_module_result(ctx, d->name); break;
    case C_TRACE: pt_module_result(ctx, d->trace); break;
    case C_BODY: pt_module_result(ctx, d->body); break;
    default: break; /* the argument is NULL in the rows */
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

static const struct pt_module MODULE = {
    .name = "records",
    .schema = "CREATE TABLE records(ts INTEGER, time TEXT, type TEXT, name TEXT, trace TEXT,"
              " body TEXT, selector HIDDEN)",
    .uses = USES,
    .nuses = sizeof USES / sizeof USES[0],
    .rows = 1e6,
    .cursor = sizeof(struct cursor),
    .methods = {PT_MODULE_METHODS, .xClose = close_cursor, .xFilter = filter, .xNext = next,
                .xEof = at_end, .xColumn = column, .xRowid = rowid},
};

int pt_module_records(sqlite3 *db, struct pt_store *store)
{
    return pt_module_create(db, &MODULE, store);
}
