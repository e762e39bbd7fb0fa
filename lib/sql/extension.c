/* extension.c - the entry point of pt.so, which the sqlite3 shell, Python and others load.
 *
 * A program has an SQLite of its own, perhaps inside of it, and hands over its functions as a
 * table.  So the library is compiled a second time, as code that can be loaded, with every call of
 * SQLite made through that table (api.h); nothing but the entry point is to be seen from outside.
 * What the entry point does not need is left out by the linker, the writing half of the store among
 * it.  Compiled as part of the library this file is empty.
 *
 * The table must hold what is called: an older SQLite is refused. */
#ifdef PT_SQL_EXTENSION
#include "sql/module.h"

SQLITE_EXTENSION_INIT1

enum { SQLITE_LEAST = 3038000 }; /* has sqlite3_vtab_in and its like */

/* SQLite looks for the name that has that of the file in it: pt.so. */
__attribute__((visibility("default"))) int sqlite3_pt_init(sqlite3 *db, char **message,
                                                           const sqlite3_api_routines *api);

int sqlite3_pt_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
    struct pt_err ignored = {0};
    struct pt_host *host;
    int rc;
    SQLITE_EXTENSION_INIT2(api);
    if (sqlite3_libversion_number() < SQLITE_LEAST) {
        *message =
            sqlite3_mprintf("pt: needs SQLite 3.38 or later, and this is %s", sqlite3_libversion());
        return SQLITE_ERROR;
    }
    host = pt_host_new(db, NULL);
    host->checked = pt_store_check(host->store, &ignored) == 0;
    pt_store_rest(host->store);
    rc = pt_module_add_all(db, host);
    if (rc != SQLITE_OK)
        *message = sqlite3_mprintf("pt: %s", sqlite3_errmsg(db));
    return rc;
}
#else
typedef int pt_sql_extension; /* C wants something in a file */
#endif
