/* absent.h - why no document matched, told by those there are. */
#ifndef PT_QUERY_ABSENT_H
#define PT_QUERY_ABSENT_H

#include "store/holdings.h"

/* Whether it takes names to tell; types will do where no single name was asked for. */
bool pt_absent_needs_names(const struct pt_store_filter *filter);

/* Counts what the store has, for the next function. */
int pt_absent_look(struct pt_store *s, struct pt_census *there, struct pt_err *err);

/* Sets err to PT_FOUND with the reason: there is no document of the type, or none of that name, and
 * which come near; or the other conditions hold for none.  Returns -1. */
int pt_absent_document(struct pt_census *there, const struct pt_store_filter *filter,
                       struct pt_err *err);

#endif
