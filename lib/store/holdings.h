/* holdings.h - what the store holds but points: types of documents, and the sources that were read.
 *
 * The texts are borrowed until the callback returns.  As the walks of store.h. */
#ifndef PT_STORE_HOLDINGS_H
#define PT_STORE_HOLDINGS_H

#include "base/map.h"
#include "store/store.h"

/* Documents of one type; or, in a census that counts names, of one type and name. */
struct pt_holding {
    struct pt_str type, name; /* name: empty where there is none, or not counted */
    uint64_t documents;
    int64_t first, last; /* times of the earliest and the latest */
};

/* In order of type.  Costs the index of documents that are not sealed, and the rows of blocks. */
int pt_holdings_types(struct pt_store *s,
                      int (*each)(void *ctx, const struct pt_holding *holding), void *ctx,
                      struct pt_err *err);

/* A source: counts over all its batches.  `lines` are those before where it was read to. */
struct pt_holding_source {
    struct pt_str kind, name, format;
    uint64_t batches, lines, points, documents, duplicates, late, rejects;
    int64_t at; /* last commit */
};

/* In order of kind, then name, then age. */
int pt_holdings_sources(struct pt_store *s,
                        int (*each)(void *ctx, const struct pt_holding_source *source), void *ctx,
                        struct pt_err *err);

/* --- counting documents ---------------------------------------------------------------------- */

/* Documents by type, or by type and name, from wherever they come.  The zero value is empty. */
struct pt_census {
    bool names; /* by type and name */
    struct pt_map kinds;
    struct pt_holding *v; /* as many, in order of arrival */
    size_t cap;
    struct pt_buf key;
};

void pt_census_add(struct pt_census *c, const struct pt_store_document *d);

/* Adds those of the store that the filter matches; reads every document that its indexes leave. */
int pt_census_store(struct pt_census *c, struct pt_store *s, const struct pt_store_filter *filter,
                    struct pt_err *err);
int pt_census_each(struct pt_census *c, int (*each)(void *ctx, const struct pt_holding *holding),
                   void *ctx); /* puts them in order of type, then name; nothing is added then */
void pt_census_release(struct pt_census *c);

#endif
