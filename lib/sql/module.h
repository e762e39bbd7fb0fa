/* module.h - private to sql/: what pt adds to an SQLite connection.
 *
 * None of it knows which program it runs in: it can be registered with any connection, so long as
 * the store it reads from outlives that. */
#ifndef PT_SQL_MODULE_H
#define PT_SQL_MODULE_H

#include "store/store.h"

#include <sqlite3.h>

/* Each returns an SQLite result code.  The store may be open on the same connection. */
int pt_module_points(sqlite3 *db, struct pt_store *store);
int pt_module_records(sqlite3 *db, struct pt_store *store);
int pt_module_functions(sqlite3 *db);

/* --- shared by the virtual tables ------------------------------------------------------------ */

/* How a column's constraints are handed from xBestIndex to xFilter: one letter for each in idxStr,
 * the value in argv at the same place. */
struct pt_module_use {
    int column;
    char equal;  /* letter for =, or 0 */
    bool ranges; /* also < <= > >=, with these letters */
    double keep; /* the share of rows that an equality leaves */
    bool must;   /* the constraint is not checked again by SQLite: hidden arguments */
};

/* What one of them is. */
struct pt_module {
    const char *name, *schema;
    const struct pt_module_use *uses;
    size_t nuses;
    double rows;   /* about what a store holds */
    size_t cursor; /* bytes of its cursor, which begins with sqlite3_vtab_cursor */
    sqlite3_module methods;
};

/* `module` must outlive the connection. */
int pt_module_create(sqlite3 *db, const struct pt_module *module, struct pt_store *store);

/* The methods that are the same for all; xOpen makes a cursor of zeros. */
int pt_module_connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message);
int pt_module_disconnect(sqlite3_vtab *table);
int pt_module_best_index(sqlite3_vtab *table, sqlite3_index_info *info);
int pt_module_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out);
#define PT_MODULE_METHODS                                                                         \
    .xConnect = pt_module_connect, .xDisconnect = pt_module_disconnect,                     \
    .xBestIndex = pt_module_best_index, .xOpen = pt_module_open

struct pt_store *pt_module_store(const sqlite3_vtab *table);

/* Sets the table's message to what err says; returns SQLite's code for it. */
int pt_module_fail(sqlite3_vtab *table, const struct pt_err *err);

/* Narrows [*since, *until) by "ts OP value"; values that are no numbers narrow nothing.  OP is one
 * of < [ (for <=) > ] (for >=) and =. */
void pt_module_narrow(char op, sqlite3_value *value, int64_t *since, int64_t *until);

/* A text argument as a run, borrowed from SQLite. */
struct pt_str pt_module_text(sqlite3_value *value);

/* Results: an empty run is NULL. */
void pt_module_result(sqlite3_context *ctx, struct pt_str s);
void pt_module_result_time(sqlite3_context *ctx, int64_t ts);

/* The selector that is the table's argument; or if that is empty, the one for a name that must be
 * equal.  The caller frees it.  NULL when there is neither, and when the name could not be spelled
 * as one, which is no error: the rows are then looked at one by one. */
int pt_module_selector(struct pt_str argument, struct pt_str name, struct pt_selector **out,
                          struct pt_err *err);

#endif
