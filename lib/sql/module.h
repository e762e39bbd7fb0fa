/* module.h - private to sql/: what pt adds to an SQLite connection, and how it finds the store.
 *
 * A module is a virtual table; all those of one connection share a pt_host, which knows the store
 * they read.  None of it knows which program it runs in. */
#ifndef PT_SQL_MODULE_H
#define PT_SQL_MODULE_H

#include "store/adopt.h"

struct pt_host {
    struct pt_store *store;
    bool own;        /* the store goes with the last module ... */
    bool checked;    /* ... and is looked at when the first table is connected */
    bool connecting; /* a table is being declared, which an authorizer sees as a change */
    unsigned modules, tables;
};

/* For a store that outlives the connection; or, with NULL, for the connection's main database,
 * whatever that is. */
struct pt_host *pt_host_new(sqlite3 *db, struct pt_store *store);

/* Adds everything there is; the host is the connection's from then on, also on failure.  An SQLite
 * result code. */
int pt_module_add_all(sqlite3 *db, struct pt_host *host);

/* Parts of it.  Each returns an SQLite result code. */
int pt_module_points(sqlite3 *db, struct pt_host *host);
int pt_module_documents(sqlite3 *db, struct pt_host *host);
int pt_module_windows(sqlite3 *db, struct pt_host *host);
int pt_module_scalars(sqlite3 *db);
int pt_module_aggregates(sqlite3 *db);
int pt_module_stretches(sqlite3 *db);

/* --- shared by the virtual tables ------------------------------------------------------------ */

/* `of` is what tells tables of the same methods apart; it outlives the connection, as do methods.
 */
int pt_module_create(sqlite3 *db, struct pt_host *host, const char *name,
                     const sqlite3_module *methods, const void *of);

/* Begins a table's own struct. */
struct pt_table {
    sqlite3_vtab base; /* SQLite's part comes first */
    struct pt_host *host;
    const void *of;
};

/* What xConnect does first: makes a table of `size` bytes, zeroed but for struct pt_table, and
 * makes sure that there is a store. */
int pt_table_new(void *binding, size_t size, struct pt_table **out, char **message);

/* ... and last: declares its columns (NULL: no memory).  When that fails the table is still to be
 * freed. */
int pt_table_declare(sqlite3 *db, const char *schema, struct pt_table *table, sqlite3_vtab **out);
void pt_table_free(struct pt_table *table);

/* For tables that are a struct pt_table and no more: declares the columns that were gathered, which
 * it frees, and when that fails the table; and xDisconnect. */
int pt_table_declare_gathered(sqlite3 *db, sqlite3_str *columns, struct pt_table *table,
                              sqlite3_vtab **out);
int pt_table_disconnect(sqlite3_vtab *table);

struct pt_store *pt_table_store(const sqlite3_vtab *table);

/* Sets the table's message to what err says; returns SQLite's code for it. */
int pt_table_fail(sqlite3_vtab *table, const struct pt_err *err);

/* A text argument as a run, borrowed from SQLite. */
struct pt_str pt_module_text(sqlite3_value *value);

/* Results.  A run without bytes is NULL; text is copied: SQLite may hold a value longer than any
 * cursor lives, and it copies into memory that it keeps from row to row. */
void pt_module_result(sqlite3_context *ctx, struct pt_str s);
void pt_module_result_time(sqlite3_context *ctx, int64_t ts);
void pt_module_result_num(sqlite3_context *ctx, struct pt_num v); /* NaN is NULL */

#endif
