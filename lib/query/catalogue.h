/* catalogue.h - the series of a store as an array, for walks that read points as they go. */
#ifndef PT_QUERY_CATALOGUE_H
#define PT_QUERY_CATALOGUE_H

#include "base/arena.h"
#include "store/store.h"

/* The zero value is empty.  The texts live as long as the catalogue. */
struct pt_catalogue {
    struct pt_store_series *series; /* n of them, ordered by name, then tags */
    size_t n, cap;
    struct pt_arena arena;
};

/* Adds every series the selector (NULL: all) matches.  0 or -1 with err. */
int pt_catalogue_read(struct pt_catalogue *c, struct pt_store *store,
                      const struct pt_selector *selector, struct pt_err *err);
void pt_catalogue_release(struct pt_catalogue *c);

#endif
