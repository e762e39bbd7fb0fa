/* series.h - private to sql/: which series a statement means, and in which order.
 *
 * The part of `points` that is the same for all points of a series: its columns, the tags among
 * them, and the choice of series by the constraints on those. */
#ifndef PT_SQL_SERIES_H
#define PT_SQL_SERIES_H

#include "sql/module.h"

enum {
    PT_SERIES_TS,
    PT_SERIES_TIME,
    PT_SERIES_NAME,
    PT_SERIES_VALUE,
    PT_SERIES_TAGS,
    PT_SERIES_UNIT,
    PT_SERIES_KIND,
    PT_SERIES_ID,
    PT_SERIES_SELECTOR,
    PT_SERIES_KEYS /* the first column that is a tag */
};

/* Whether the column is the same for all points of a series. */
static inline bool pt_series_constant(int column)
{
    return column == PT_SERIES_NAME || (column >= PT_SERIES_TAGS && column <= PT_SERIES_ID) ||
           column >= PT_SERIES_KEYS;
}

/* The tags that are columns. */
struct pt_series_keys {
    struct pt_str *v;
    size_t n, cap;
    struct pt_arena arena;
};

/* xConnect and xDisconnect of a table with these columns; its keys. */
int pt_series_connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                      sqlite3_vtab **out, char **message);
int pt_series_disconnect(sqlite3_vtab *table);
const struct pt_series_keys *pt_series_keys(const sqlite3_vtab *table);

/* --- a set of series ------------------------------------------------------------------------- */

struct pt_series_entry {
    struct pt_store_series series; /* texts in the arena */
    const struct pt_str *tags; /* of those keys that are wanted; p is NULL where there is none */
    size_t place;              /* in the catalogue's order */
};

struct pt_series_term {
    char op; /* '=', 'g' for GLOB, 'l' for LIKE */
    int column;
    struct pt_str text;
    bool numeric; /* the other side is this number, which SQLite may compare as one */
    double number;
};

enum { PT_SERIES_ORDERS = 8 }; /* of more columns the rest is not looked at: 8 tell all apart */

/* The zero value is empty and ready.  Begin, any number of terms, read; and again. */
struct pt_series_set {
    struct pt_series_entry *v;
    size_t n, cap;
    /* private */
    const struct pt_series_keys *keys;
    int *slot; /* of each key among the wanted ones, or -1 */
    size_t slots_cap, wanted;
    struct {
        int column;
        bool descending;
    } orders[PT_SERIES_ORDERS];
    size_t norders;
    struct pt_series_term *terms;
    size_t nterms, terms_cap;
    struct pt_str selector, name;
    int64_t only; /* the one series wanted, if any */
    bool one, none;
    struct pt_arena arena, scratch;
    struct pt_err *err;
};

/* Reads the first two parts of a plan (plan.h) and moves *plan to the terms. */
void pt_series_set_begin(struct pt_series_set *s, const struct pt_series_keys *keys,
                         const char **plan);

/* Takes a constraint; the value is borrowed until the set was read. */
void pt_series_set_term(struct pt_series_set *s, char op, int column, sqlite3_value *value);

/* Fills the set, in the order that the plan promises, else in that of the catalogue. */
int pt_series_set_read(struct pt_series_set *s, struct pt_store *store, struct pt_err *err);

/* A column of series number `at`. */
void pt_series_result(sqlite3_context *ctx, const struct pt_series_set *s, size_t at, int column);
void pt_series_set_release(struct pt_series_set *s);

#endif
