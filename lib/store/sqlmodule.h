/* sqlmodule.h - private to store/: what pt adds to an SQLite connection.
 *
 * None of it knows which program it runs in: it can be registered with any connection, so long as
 * the store it reads from outlives that. */
#ifndef PT_STORE_SQLMODULE_H
#define PT_STORE_SQLMODULE_H

#include "store/store.h"

#include <sqlite3.h>

/* Each returns an SQLite result code.  The store may be open on the same connection. */
int pt_sqlmodule_points(sqlite3 *db, struct pt_store *store);
int pt_sqlmodule_records(sqlite3 *db, struct pt_store *store);
int pt_sqlmodule_functions(sqlite3 *db);

/* --- shared by the virtual tables ------------------------------------------------------------- */

/* A virtual table over a store; SQLite's part comes first. */
struct pt_sqlmodule_table {
    sqlite3_vtab base;
    struct pt_store *store;
};

int pt_sqlmodule_connect(sqlite3 *db, struct pt_store *store, const char *schema,
                         sqlite3_vtab **out);
int pt_sqlmodule_disconnect(sqlite3_vtab *table);

/* Sets the table's message to what err says; returns SQLITE_ERROR. */
int pt_sqlmodule_fail(sqlite3_vtab *table, const struct pt_err *err);

/* How a column's constraints are handed from xBestIndex to xFilter: one letter for each in idxStr,
 * the value in argv at the same place. */
struct pt_sqlmodule_use {
    int column;
    char equal;  /* letter for =, or 0 */
    bool ranges; /* also < <= > >=, with these letters */
    double keep; /* the share of rows that an equality leaves */
    bool must;   /* the constraint is not checked again by SQLite: hidden arguments */
};
int pt_sqlmodule_best_index(sqlite3_index_info *info, const struct pt_sqlmodule_use *uses, size_t n,
                            double rows);

/* Narrows [*since, *until) by "ts OP value"; values that are no numbers narrow nothing.  OP is one
 * of < [ (for <=) > ] (for >=) and =. */
void pt_sqlmodule_narrow(char op, sqlite3_value *value, int64_t *since, int64_t *until);

/* A text argument as a run, borrowed from SQLite. */
struct pt_str pt_sqlmodule_text(sqlite3_value *value);

/* A copy in the arena, NUL-terminated. */
struct pt_str pt_sqlmodule_keep(struct pt_arena *a, struct pt_str s);

/* Results: an empty run is NULL. */
void pt_sqlmodule_result(sqlite3_context *ctx, struct pt_str s);
void pt_sqlmodule_result_time(sqlite3_context *ctx, int64_t ts);

/* The selector for a name that must be equal: NULL when the name could not be spelled as one, which
 * is no error (the rows are then looked at one by one). */
struct pt_selector *pt_sqlmodule_named(struct pt_str name);

#endif
