/* trust.h - who else has a hand in a store's file. */
#ifndef PT_STORE_TRUST_H
#define PT_STORE_TRUST_H

#include "base/err.h"

#include <stdbool.h>

/* A symbolic link is followed, as SQLite does, and what stands beside a store stands beside the
 * file it points to.  But not one that some other user made, neither root nor the owner of what
 * it points to: it can make a program write where its maker may not.  0, or -1 with err. */
int pt_trust_link(const char *path, struct pt_err *err);

/* Whether every user may write to the store, or may put another in its place: *what is then the
 * file or its directory, to be freed; else NULL. */
bool pt_trust_exposed(const char *path, char **what);

#endif
