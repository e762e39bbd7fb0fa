/* api.h - what makes an object of the library one of the extension: see extension.c.
 *
 * Compiled with -include of this file, a call of SQLite goes through the table of functions that
 * the program hands over which loads the extension; the source knows nothing of it. */
#ifndef PT_SQL_API_H
#define PT_SQL_API_H

#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3

#endif
