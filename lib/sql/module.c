/* module.c - what the virtual tables share: see module.h.
 *
 * A plan is the string of letters in idxStr.  Constraints that are handed down only narrow what is
 * looked at; SQLite checks them again on the rows, so narrowing may err on the side of more rows
 * and needs no care for types and rounding.  The exception is a hidden argument, which has no value
 * in the rows to be checked against. */
#include "sql/module.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>

/* What SQLite keeps of a module that is registered. */
struct binding {
    const struct pt_module *module;
    struct pt_store *store;
};

struct table {
    sqlite3_vtab base; /* SQLite's part comes first */
    struct binding is;
};

int pt_module_create(sqlite3 *db, const struct pt_module *module, struct pt_store *store)
{
    struct binding *b = pt_mem_alloc(sizeof *b);
    *b = (struct binding){module, store};
    return sqlite3_create_module_v2(db, module->name, &module->methods, b, free);
}

int pt_module_connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message)
{
    const struct binding *b = binding;
    struct table *t;
    int rc = sqlite3_declare_vtab(db, b->module->schema);
    (void)argc;
    (void)argv;
    (void)message;
    if (rc != SQLITE_OK)
        return rc;
    t = pt_mem_alloc(sizeof *t);
    t->is = *b;
    *out = &t->base;
    return SQLITE_OK;
}

int pt_module_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

int pt_module_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    *out = pt_mem_alloc(((struct table *)table)->is.module->cursor);
    return SQLITE_OK;
}

struct pt_store *pt_module_store(const sqlite3_vtab *table)
{
    return ((const struct table *)table)->is.store;
}

int pt_module_fail(sqlite3_vtab *table, const struct pt_err *err)
{
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", err->what);
    return err->code == PT_USAGE ? SQLITE_ERROR : SQLITE_CORRUPT_VTAB;
}

/* --- plans ----------------------------------------------------------------------------------- */

static char range_letter(int op)
{
    switch (op) {
    case SQLITE_INDEX_CONSTRAINT_GT: return '>';
    case SQLITE_INDEX_CONSTRAINT_GE: return ']';
    case SQLITE_INDEX_CONSTRAINT_LT: return '<';
    case SQLITE_INDEX_CONSTRAINT_LE: return '[';
    default: return 0;
    }
}

static char letter_of(const struct pt_module_use *use, int op)
{
    if (op == SQLITE_INDEX_CONSTRAINT_EQ)
        return use->equal;
    return use->ranges ? range_letter(op) : 0;
}

static const struct pt_module_use *use_of(const struct pt_module *module, int column)
{
    for (size_t i = 0; i < module->nuses; i++)
        if (module->uses[i].column == column)
            return &module->uses[i];
    return NULL;
}

int pt_module_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    const struct pt_module *module = ((struct table *)table)->is.module;
    static const double RANGE_KEEPS = 0.3;
    char *plan = sqlite3_malloc64((sqlite3_uint64)info->nConstraint + 1);
    double rows = module->rows;
    int used = 0;
    if (!plan)
        return SQLITE_NOMEM;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct pt_module_use *use = use_of(module, info->aConstraint[i].iColumn);
        char letter = use ? letter_of(use, info->aConstraint[i].op) : 0;
        if (!letter || sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)
            continue;
        if (!info->aConstraint[i].usable) {
            if (!use->must)
                continue;
            sqlite3_free(plan);
            return SQLITE_CONSTRAINT;
        }
        plan[used++] = letter;
        info->aConstraintUsage[i].argvIndex = used;
        info->aConstraintUsage[i].omit = use->must;
        rows *= letter == use->equal ? use->keep : RANGE_KEEPS;
    }
    plan[used] = '\0';
    info->idxStr = plan;
    info->needToFreeIdxStr = 1;
    info->estimatedRows = (sqlite3_int64)rows + 1;
    info->estimatedCost = rows + 1;
    return SQLITE_OK;
}

/* A number that is no integer is cut toward zero; one nanosecond more on either side makes up for
 * that. */
void pt_module_narrow(char op, sqlite3_value *value, int64_t *since, int64_t *until)
{
    int type = sqlite3_value_type(value);
    int64_t t, before, after;
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return;
    t = sqlite3_value_int64(value);
    before = t < PT_TIME_MIN + 1 ? PT_TIME_MIN : t - 1;
    after = t > PT_TIME_MAX - 2 ? PT_TIME_MAX : t + 2;
    if (op != '<' && op != '[' && before > *since)
        *since = before;
    if (op != '>' && op != ']' && after < *until)
        *until = after;
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

static bool plain(struct pt_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!isalnum((unsigned char)name.p[i]) && !memchr("_.:/-", name.p[i], 5))
            return false;
    return name.n > 0;
}

int pt_module_selector(struct pt_str argument, struct pt_str name, struct pt_selector **out,
                          struct pt_err *err)
{
    struct pt_err ignored = {0};
    char *text;
    *out = NULL;
    if (argument.n)
        return pt_selector_parse(argument.p, out, err);
    if (!plain(name))
        return 0;
    text = pt_mem_strndup(name.p, name.n);
    if (pt_selector_parse(text, out, &ignored) != 0)
        *out = NULL;
    free(text);
    return 0;
}
