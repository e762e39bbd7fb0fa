/* turn.h - private to store/: transactions that write, one program after the other.
 *
 * SQLite lets one writer in at a time; the others ask again and again, and under load one of them
 * may ask in vain for ever.  So writers stand in line first: whoever holds the lock on the file
 * STORE-lock is the next to ask SQLite, and gives the lock on once SQLite has let it in.  The
 * kernel wakes those who wait in the order they came.  The one that has just written stands at
 * the end.  Programs that do not know of the line compete with its head alone.
 *
 * The lock is only about order: where the file cannot be made, writers do without.  It is empty,
 * has the store's mode, and goes when the last writer closes. */
#ifndef PT_STORE_TURN_H
#define PT_STORE_TURN_H

#include "store/db.h"

enum { PT_TURN_WAIT_MS = 60000 }; /* how long SQLite is asked, before a writer gives up */

void pt_turn_open(struct pt_store *s);
void pt_turn_close(struct pt_store *s);

/* Asks SQLite for a lock that another one holds: after a wait of a fraction of a millisecond at
 * first, of a few later, up to PT_TURN_WAIT_MS. */
int pt_turn_busy(void *ctx, int asked);

/* Begins a transaction that may write; -1 with err when another program writes for too long.  A
 * signal handler may run while it waits, and waiting goes on. */
int pt_db_begin(struct pt_store *s, struct pt_err *err);

/* Ends it; what was written is on the disk, or on -1 nothing of it is in the store. */
int pt_db_commit(struct pt_store *s, struct pt_err *err);
void pt_db_rollback(struct pt_store *s);

#endif
