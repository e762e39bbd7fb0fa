/* adopt.h - a store on an SQLite connection that somebody else has opened.
 *
 * For SQL inside of other programs: the store reads through that connection, so it sees what the
 * statement sees from which it is called.  It is to be read only. */
#ifndef PT_STORE_ADOPT_H
#define PT_STORE_ADOPT_H

#include "store/store.h"

#include <sqlite3.h>

/* Looks at nothing yet.  pt_store_close leaves the connection open. */
struct pt_store *pt_store_adopt(sqlite3 *db);

/* 0, or -1 (PT_SYSTEM) when the main database is no store, or one of another version.  From then on
 * the connection does not write the log back into the file when it is closed (pagesum.h). */
int pt_store_check(struct pt_store *s, struct pt_err *err);

/* Finalizes the statements that are kept, since a connection cannot be closed with them; they are
 * made again when they are needed. */
void pt_store_rest(struct pt_store *s);

#endif
