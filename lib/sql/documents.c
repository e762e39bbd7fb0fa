/* documents.c - the virtual table `records`, every document of the store as a row, and one for each
 * type that has fields by convention (pt-record(5)), which are columns there.
 *
 * The store puts documents in order of time before it hands out the first, so they are in memory
 * anyway; a cursor keeps those that its constraints let through.  A document's JSON is read when
 * the first of its fields is asked for, once. */
#include "sql/module.h"
#include "sql/plan.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>

enum { FIELDS_MOST = 12 };

/* A table: what it is called, what it holds, and its fields. */
struct kind {
    const char *table, *type; /* NULL: any type */
    const char *fields[FIELDS_MOST];
};

static const struct kind KINDS[] = {
    {"records", NULL, {NULL}},
    {"events", "event", {"severity", "priority", "message", "code"}},
    {"spans", "span", {"span", "parent", "dur", "status"}},
    {"trades",
     "trade",
     {"id", "account", "strategy", "symbol", "side", "qty", "price", "fee", "pnl", "regime"}},
    {"decisions", "decision", {"rule", "outcome", "by", "latency"}},
    {"predictions",
     "prediction",
     {"model", "id", "features", "value", "actual", "weight", "regime"}},
    {"alerts",
     "alert",
     {"state", "severity", "value", "threshold", "activeAt", "expr", "summary", "id"}},
    {"anomalies",
     "anomaly",
     {"value", "expected", "lower", "upper", "score", "method", "label", "direction", "message"}},
    {"stats", "stat", {"window", "unit"}},
};

/* Columns; behind them the fields, then these again, counted from there. */
enum { C_TS, C_TIME, C_TYPE, C_NAME, C_TRACE, C_FIELDS };
enum { C_TAGS, C_BODY, C_SELECTOR };

static int nfields(const struct kind *k)
{
    int n = 0;
    while (k->fields[n])
        n++;
    return n;
}

static const struct kind *kind_of(const sqlite3_vtab *table)
{
    return ((const struct pt_table *)table)->of;
}

static int connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                   sqlite3_vtab **out, char **message)
{
    struct pt_table *t;
    const struct kind *kind;
    sqlite3_str *sql;
    int rc = pt_table_new(binding, sizeof *t, &t, message);
    (void)argc;
    (void)argv;
    if (rc != SQLITE_OK)
        return rc;
    kind = t->of;
    sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "CREATE TABLE x(ts INTEGER, time TEXT, type TEXT, name TEXT,"
                               " trace TEXT");
    for (int i = 0; kind->fields[i]; i++)
        sqlite3_str_appendf(sql, ", \"%w\"", kind->fields[i]);
    sqlite3_str_appendall(sql, ", tags TEXT, body TEXT, selector TEXT HIDDEN)");
    return pt_table_declare_gathered(db, sql, t, out);
}

/* --- plans ----------------------------------------------------------------------------------- */

static struct pt_plan_use use_of(const sqlite3_vtab *table, int column)
{
    const struct kind *kind = kind_of(table);
    if (column == C_TS || column == C_TIME)
        return (struct pt_plan_use){PT_PLAN_RANGE, PT_PLAN_RANGE, 1e-5, false, PT_PLAN_OWN};
    if (column == C_TRACE)
        return (struct pt_plan_use){PT_PLAN_EQUAL, NULL, 1e-5, false, PT_PLAN_TEXTS};
    if (column == C_NAME || (column == C_TYPE && !kind->type))
        return (struct pt_plan_use){PT_PLAN_EQUAL, NULL, 0.1, false, PT_PLAN_TEXTS};
    if (column == C_FIELDS + nfields(kind) + C_SELECTOR)
        return (struct pt_plan_use){PT_PLAN_EQUAL, PT_PLAN_EQUAL, 0.1, true, PT_PLAN_OWN};
    return (struct pt_plan_use){0};
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    sqlite3_str *plan = sqlite3_str_new(NULL);
    double rows = 1e6;
    int rc = pt_plan_take(table, info, use_of, plan, &rows);
    if (rc != SQLITE_OK) {
        sqlite3_free(sqlite3_str_finish(plan));
        return rc;
    }
    info->orderByConsumed =
        info->nOrderBy == 1 && !info->aOrderBy[0].desc && info->aOrderBy[0].iColumn == C_TS;
    return pt_plan_end(info, plan, rows);
}

/* --- rows ------------------------------------------------------------------------------------ */

struct cursor {
    sqlite3_vtab_cursor base;
    struct pt_store_document *v; /* texts in the arena */
    size_t n, cap, at;
    struct pt_arena arena;
    struct pt_json_tree tree; /* of the row in hand, if it was `read` */
    bool read;
    struct pt_buf text;
};

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    *out = pt_mem_alloc(sizeof(struct cursor));
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    free(c->v);
    pt_arena_release(&c->arena);
    pt_json_tree_release(&c->tree);
    pt_buf_release(&c->text);
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

/* What the plan's values ask for. */
struct request {
    struct pt_store_filter filter;
    struct pt_plan_range range;
    struct pt_str argument, name;
};

static int take_terms(struct request *r, const char *plan, sqlite3_value **argv, struct pt_err *err)
{
    char op;
    int column, rc = 0;
    for (; rc == 0 && pt_plan_next(&plan, &op, &column); argv++) {
        int type = sqlite3_value_type(*argv);
        struct pt_str text;
        if (column == C_TS || column == C_TIME) {
            rc = pt_plan_narrow(op, *argv, &r->range, err);
            continue;
        }
        if (column <= C_TRACE && type != SQLITE_TEXT) { /* of numbers SQLite judges by itself */
            r->range.none |= type == SQLITE_NULL || type == SQLITE_BLOB;
            continue;
        }
        text = pt_module_text(*argv);
        switch (column) {
        case C_TYPE: r->filter.type = text.p; break;
        case C_NAME: r->name = text; break;
        case C_TRACE: r->filter.trace = text.p; break;
        default: /* of two that differ none has both */
            r->range.none |= r->argument.p && !pt_str_eq(r->argument, text);
            r->argument = text;
            break;
        }
    }
    return rc;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                  sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;
    struct request r = {.range = {.since = PT_TIME_MIN, .until = PT_TIME_MAX}};
    struct pt_selector *selector = NULL;
    struct pt_err err = {0};
    int rc;
    (void)number;
    (void)argc;
    pt_arena_reset(&c->arena);
    c->n = c->at = 0;
    c->read = false;
    r.filter.type = kind_of(base->pVtab)->type;
    rc = take_terms(&r, plan, argv, &err);
    if (rc == 0 && r.argument.n)
        rc = pt_selector_parse(r.argument.p, &selector, &err);
    else if (rc == 0)
        selector = pt_plan_selector(r.name);
    r.filter.since = r.range.since;
    r.filter.until = r.range.until;
    r.filter.selector = selector;
    if (rc == 0 && !r.range.none)
        rc = pt_store_each_document(pt_table_store(base->pVtab), &r.filter, take, c, &err);
    pt_selector_free(selector);
    return rc == 0 ? SQLITE_OK : pt_table_fail(base->pVtab, &err);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    c->at++;
    c->read = false;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at >= c->n;
}

/* A JSON value as SQLite's ->> gives it. */
static void result_json(sqlite3_context *ctx, struct cursor *c, struct pt_str json)
{
    struct pt_num v;
    switch (json.n ? *json.p : '\0') {
    case '\0':
    case 'n': break;
    case 't': sqlite3_result_int(ctx, 1); break;
    case 'f': sqlite3_result_int(ctx, 0); break;
    case '"':
        pt_buf_clear(&c->text);
        pt_json_unescape(&c->text, (struct pt_str){json.p + 1, json.n - 2});
        sqlite3_result_text64(ctx, c->text.n ? c->text.p : "", c->text.n, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
        break;
    case '{':
    case '[': pt_module_result(ctx, json); break;
    default:
        if (!pt_num_parse(json.p, json.p + json.n, &v))
            break;
        if (v.wide || !(memchr(json.p, '.', json.n) || memchr(json.p, 'e', json.n) ||
                        memchr(json.p, 'E', json.n)))
            sqlite3_result_int64(ctx, v.wide ? v.wide : (int64_t)v.d);
        else
            sqlite3_result_double(ctx, v.d);
        break;
    }
}

static void result_member(sqlite3_context *ctx, struct cursor *c, const char *key)
{
    const char *why, *where;
    if (!c->read)
        c->read = pt_json_tree_read(&c->tree, c->v[c->at].body, &why, &where) == 0;
    if (c->read)
        result_json(ctx, c, c->tree.v[pt_json_tree_get(&c->tree, PT_JSON_ROOT, key)].text);
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int which)
{
    struct cursor *c = (struct cursor *)base;
    const struct kind *kind = kind_of(base->pVtab);
    const struct pt_store_document *d = &c->v[c->at];
    int behind = which - C_FIELDS - nfields(kind);
    switch (which) {
    case C_TS: sqlite3_result_int64(ctx, d->ts); return SQLITE_OK;
    case C_TIME: pt_module_result_time(ctx, d->ts); return SQLITE_OK;
    case C_TYPE: pt_module_result(ctx, d->type); return SQLITE_OK;
    case C_NAME: pt_module_result(ctx, d->name); return SQLITE_OK;
    case C_TRACE: pt_module_result(ctx, d->trace); return SQLITE_OK;
    default: break;
    }
    if (behind < 0)
        result_member(ctx, c, kind->fields[which - C_FIELDS]);
    else if (behind == C_TAGS)
        result_member(ctx, c, "tags");
    else if (behind == C_BODY)
        pt_module_result(ctx, d->body);
    return SQLITE_OK; /* the argument is NULL in the rows */
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    const struct cursor *c = (const struct cursor *)base;
    *out = c->v[c->at].id;
    return SQLITE_OK;
}

int pt_module_documents(sqlite3 *db, struct pt_host *host)
{
    static const sqlite3_module METHODS = {
        .iVersion = 1,
        .xConnect = connect,
        .xBestIndex = best_index,
        .xDisconnect = pt_table_disconnect,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter,
        .xNext = next,
        .xEof = at_end,
        .xColumn = column,
        .xRowid = rowid,
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0] && rc == SQLITE_OK; i++)
        rc = pt_module_create(db, host, KINDS[i].table, &METHODS, &KINDS[i]);
    return rc;
}
