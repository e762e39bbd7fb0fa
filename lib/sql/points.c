/* points.c - the virtual table `points`: every point of the store as a row.
 *
 * A cursor holds the catalogue entries of the series it will visit and the points of one batch.
 * The store hands points to a callback, SQLite fetches rows one by one: the batch stands between
 * them.  When it is full the walk is broken off and taken up behind its last point later, so a
 * series of any length takes the memory of one batch. */
#include "sql/module.h"

#include "base/mem.h"

#include <stdlib.h>

enum { BATCH_POINTS = 1 << 16 };

enum { C_TS, C_TIME, C_NAME, C_VALUE, C_TAGS, C_UNIT, C_KIND, C_SERIES, C_SELECTOR };

static const struct pt_module_use USES[] = {
    {.column = C_TS, .equal = '=', .ranges = true, .keep = 1e-6},
    {.column = C_NAME, .equal = 'n', .keep = 0.1},
    {.column = C_SERIES, .equal = 's', .keep = 1e-3},
    {.column = C_SELECTOR, .equal = 'a', .keep = 0.1, .must = true},
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct pt_store_series *series; /* texts in the arena */
    size_t n, cap, at;              /* at: the series in hand */
    struct pt_arena arena;
    struct pt_column batch;
    size_t row;
    int64_t next, since, until;     /* what is left of the series begins at `next` */
    bool more;                      /* there may be something left of it */
    int64_t only;                   /* the one series wanted; 0: any */
    int64_t rowid;
};

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    free(c->series);
    pt_arena_release(&c->arena);
    pt_column_release(&c->batch);
    free(c);
    return SQLITE_OK;
}

static int take_series(void *ctx, const struct pt_store_series *s)
{
    struct cursor *c = ctx;
    if (c->only && s->id != c->only)
        return 0;
    c->series = pt_mem_grow(c->series, &c->cap, c->n + 1, sizeof *c->series);
    c->series[c->n++] = pt_store_series_keep(s, &c->arena);
    return 0;
}

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct cursor *c = ctx;
    pt_column_append(&c->batch, run->points, 0, run->points->n);
    return c->batch.n >= BATCH_POINTS;
}

/* Loads batches until one has rows or the series are at an end. */
static int load(struct cursor *c)
{
    struct pt_store *store = pt_module_store(c->base.pVtab);
    struct pt_err err = {0};
    c->row = 0;
    pt_column_clear(&c->batch);
    while (c->batch.n == 0 && c->at < c->n) {
        struct pt_store_range range = {.since = c->next, .until = c->until};
        int rc = c->more ? pt_store_each_run(store, c->series[c->at].id, &range, take_run, c, &err)
                         : 0;
        if (rc < 0)
            return pt_module_fail(c->base.pVtab, &err);
        c->more = rc == 1 && c->batch.ts[c->batch.n - 1] < PT_TIME_MAX;
        if (c->batch.n) {
            c->next = c->batch.ts[c->batch.n - 1] + c->more;
        } else {
            c->at++;
            c->next = c->since;
            c->more = true;
        }
    }
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    c->rowid++;
    return ++c->row < c->batch.n ? SQLITE_OK : load(c);
}

/* The selector that the plan's values make (the caller's to free), and the range in c. */
static int plan(struct cursor *c, const char *letters, sqlite3_value **argv,
                struct pt_selector **selector, struct pt_err *err)
{
    struct pt_str argument = {0}, name = {0};
    for (int i = 0; letters[i]; i++) {
        int type = sqlite3_value_type(argv[i]);
        if (letters[i] == 'a')
            argument = pt_module_text(argv[i]);
        else if (letters[i] == 'n' && type == SQLITE_TEXT)
            name = pt_module_text(argv[i]);
        else if (letters[i] == 's' && type == SQLITE_INTEGER)
            c->only = sqlite3_value_int64(argv[i]);
        else if (letters[i] != 'n' && letters[i] != 's')
            pt_module_narrow(letters[i], argv[i], &c->since, &c->until);
    }
    return pt_module_selector(argument, name, selector, err);
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *letters, int argc,
                  sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;
    struct pt_selector *selector = NULL;
    struct pt_err err = {0};
    int rc;
    (void)number;
    (void)argc;
    pt_arena_reset(&c->arena);
    c->n = c->at = 0;
    c->since = PT_TIME_MIN;
    c->until = PT_TIME_MAX;
    c->only = 0;
    rc = plan(c, letters, argv, &selector, &err);
    if (rc == 0)
        rc = pt_store_each_series(pt_module_store(base->pVtab), selector, take_series, c, &err);
    pt_selector_free(selector);
    if (rc != 0)
        return pt_module_fail(base->pVtab, &err);
    c->next = c->since;
    c->more = true;
    return load(c);
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at >= c->n;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int which)
{
    const struct cursor *c = (const struct cursor *)base;
    const struct pt_store_series *s = &c->series[c->at];
    struct pt_num v = pt_column_value(&c->batch, c->row);
    const char *kind = pt_kind_name(s->kind);
    switch (which) {
    case C_TS: sqlite3_result_int64(ctx, c->batch.ts[c->row]); break;
    case C_TIME: pt_module_result_time(ctx, c->batch.ts[c->row]); break;
    case C_NAME: pt_module_result(ctx, s->name); break;
    case C_VALUE:
        if (v.wide)
            sqlite3_result_int64(ctx, v.wide);
        else
            sqlite3_result_double(ctx, v.d);
        break;
    case C_TAGS: pt_module_result(ctx, s->tags); break;
    case C_UNIT: pt_module_result(ctx, s->unit); break;
    case C_KIND: pt_module_result(ctx, pt_str(kind)); break;
    case C_SERIES: sqlite3_result_int64(ctx, s->id); break;
    default: break; /* the argument is NULL in the rows */
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct cursor *)base)->rowid;
    return SQLITE_OK;
}

static const struct pt_module MODULE = {
    .name = "points",
    .schema = "CREATE TABLE points(ts INTEGER, time TEXT, name TEXT, value, tags TEXT, unit TEXT,"
              " kind TEXT, series INTEGER, selector HIDDEN)",
    .uses = USES,
    .nuses = sizeof USES / sizeof USES[0],
    .rows = 1e7,
    .cursor = sizeof(struct cursor),
    .methods = {PT_MODULE_METHODS, .xClose = close_cursor, .xFilter = filter, .xNext = next,
                .xEof = at_end, .xColumn = column, .xRowid = rowid},
};

int pt_module_points(sqlite3 *db, struct pt_store *store)
{
    return pt_module_create(db, &MODULE, store);
}
