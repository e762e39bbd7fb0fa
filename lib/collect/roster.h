/* roster.h - things that come and go by name: cores, disks, interfaces, mounts.
 *
 * A round names everything that is there now with pt_roster_see; pt_roster_sweep ends it and
 * forgets what was not seen, so that a host whose interfaces have ever new names does not grow.
 * Seeing costs O(1) while the order stays as it was in the round before, which is how the kernel
 * lists things; O(n) for one that moved or is new.
 *
 * An item is a struct of the user's that begins with a struct pt_roster_item; the roster allocates
 * it zeroed and owns it.  The zero value with item_size and release set is an empty roster. */
#ifndef PT_COLLECT_ROSTER_H
#define PT_COLLECT_ROSTER_H

#include "base/str.h"

#include <stdint.h>

struct pt_roster_item {
    char *name;
    bool fresh; /* first seen in this round */
    bool seen;  /* in this round */
};

struct pt_roster {
    size_t item_size;
    void (*release)(void *item); /* what the item owns beside its name; may be NULL */
    struct pt_roster_item **v;
    size_t n, cap;
    size_t next; /* where the following name is expected */
};

/* The item of that name, made if need be; NULL when the round saw the name already. */
void *pt_roster_see(struct pt_roster *r, struct pt_str name);
void pt_roster_sweep(struct pt_roster *r);
void pt_roster_release(struct pt_roster *r);

#endif
