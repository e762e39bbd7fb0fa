/* module.c - see module.h.
 *
 * Two counts say what is still needed of a host.  While tables are connected the store may keep
 * statements; SQLite disconnects all tables before it looks whether a connection that is to be
 * closed has any left, so they are given back then.  The host itself goes when both are zero: of a
 * module that was replaced, by loading the extension again, SQLite drops the module first. */
#include "sql/module.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* What SQLite keeps of a module that is registered. */
struct binding {
    struct pt_host *host;
    const void *of;
};

struct pt_host *pt_host_new(sqlite3 *db, struct pt_store *store)
{
    struct pt_host *h = pt_mem_alloc(sizeof *h);
    h->own = store == NULL;
    h->checked = !h->own;
    h->store = store ? store : pt_store_adopt(db);
    return h;
}

static void release_unused(struct pt_host *h)
{
    if (h->modules || h->tables)
        return;
    if (h->own)
        pt_store_close(h->store);
    free(h);
}

static void leave(void *binding)
{
    struct binding *b = binding;
    b->host->modules--;
    release_unused(b->host);
    free(b);
}

int pt_module_create(sqlite3 *db, struct pt_host *host, const char *name,
                     const sqlite3_module *methods, const void *of)
{
    struct binding *b = pt_mem_alloc(sizeof *b);
    *b = (struct binding){host, of};
    host->modules++;
    return sqlite3_create_module_v2(db, name, methods, b, leave);
}

int pt_module_add_all(sqlite3 *db, struct pt_host *host)
{
    int rc = pt_module_points(db, host);
    if (rc == SQLITE_OK)
        rc = pt_module_documents(db, host);
    if (rc == SQLITE_OK)
        rc = pt_module_windows(db, host);
    if (rc == SQLITE_OK)
        rc = pt_module_scalars(db);
    if (rc == SQLITE_OK)
        rc = pt_module_aggregates(db);
    return rc == SQLITE_OK ? pt_module_stretches(db) : rc;
}

/* --- tables ---------------------------------------------------------------------------------- */

int pt_table_new(void *binding, size_t size, struct pt_table **out, char **message)
{
    const struct binding *b = binding;
    struct pt_err err = {0};
    if (!b->host->checked && pt_store_check(b->host->store, &err) != 0) {
        *message = sqlite3_mprintf("%s", err.what);
        return SQLITE_ERROR;
    }
    b->host->checked = true;
    *out = pt_mem_alloc(size);
    (*out)->host = b->host;
    (*out)->of = b->of;
    b->host->tables++;
    return SQLITE_OK;
}

int pt_table_declare(sqlite3 *db, const char *schema, struct pt_table *table, sqlite3_vtab **out)
{
    int rc;
    table->host->connecting = true;
    rc = schema ? sqlite3_declare_vtab(db, schema) : SQLITE_NOMEM;
    table->host->connecting = false;
    if (rc == SQLITE_OK)
        *out = &table->base;
    return rc;
}

void pt_table_free(struct pt_table *table)
{
    if (--table->host->tables == 0)
        pt_store_rest(table->host->store);
    release_unused(table->host);
    free(table);
}

int pt_table_declare_gathered(sqlite3 *db, sqlite3_str *columns, struct pt_table *table,
                              sqlite3_vtab **out)
{
    char *text = sqlite3_str_finish(columns);
    int rc = pt_table_declare(db, text, table, out);
    sqlite3_free(text);
    if (rc != SQLITE_OK)
        pt_table_free(table);
    return rc;
}

int pt_table_disconnect(sqlite3_vtab *table)
{
    pt_table_free((struct pt_table *)table);
    return SQLITE_OK;
}

struct pt_store *pt_table_store(const sqlite3_vtab *table)
{
    return ((const struct pt_table *)table)->host->store;
}

int pt_table_fail(sqlite3_vtab *table, const struct pt_err *err)
{
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", err->what);
    return err->code == PT_USAGE ? SQLITE_ERROR : SQLITE_CORRUPT_VTAB;
}

/* --- values ---------------------------------------------------------------------------------- */

struct pt_str pt_module_text(sqlite3_value *value)
{
    const char *p = (const char *)sqlite3_value_text(value);
    return (struct pt_str){p, p ? (size_t)sqlite3_value_bytes(value) : 0};
}

void pt_module_result(sqlite3_context *ctx, struct pt_str s)
{
    if (s.n)
        sqlite3_result_text64(ctx, s.p, s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void pt_module_result_time(sqlite3_context *ctx, int64_t ts)
{
    char text[PT_TIME_TEXT];
    int n = pt_time_format(text, ts);
    sqlite3_result_text(ctx, text, n, SQLITE_TRANSIENT);
}

void pt_module_result_num(sqlite3_context *ctx, struct pt_num v)
{
    if (v.wide)
        sqlite3_result_int64(ctx, v.wide);
    else if (!isnan(v.d))
        sqlite3_result_double(ctx, v.d);
}
