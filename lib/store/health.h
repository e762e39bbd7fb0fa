/* health.h - is a store well, and what would make it better: a few looks, no full check.
 *
 * Walks the database's pages, but opens no chunk; pt_store_verify (keep.h) is the thorough one. */
#ifndef PT_STORE_HEALTH_H
#define PT_STORE_HEALTH_H

#include "store/store.h"

enum pt_health { PT_HEALTH_OK, PT_HEALTH_WARNING, PT_HEALTH_PROBLEM };

/* Calls `each` for every look: what was looked at, and a sentence that says what was seen and, when
 * it is not well, what to do.  0, or -1 with err when the store cannot be read. */
int pt_store_health(struct pt_store *s,
                    void (*each)(void *ctx, enum pt_health health, const char *check,
                                 const char *text),
                    void *ctx, struct pt_err *err);

#endif
