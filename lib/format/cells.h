/* cells.h - private to format/: a row of CSV or TSV as cells.
 *
 * Quoting is RFC 4180's: a quote that begins a cell opens it, and within it two of them stand for
 * one.  Spaces around cells without quotes do not count.  The zero value with a separator is
 * ready; release frees it.  A row costs no allocation once the arrays have grown. */
#ifndef PT_FORMAT_CELLS_H
#define PT_FORMAT_CELLS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum { PT_CELLS_MOST = 4096 }; /* cells of a row */

struct pt_cells {
    char separator;
    bool tabs; /* the separator is not looked for */
    struct pt_str *v; /* of the row, without quotes and the space around; see the arena */
    const char **starts; /* ... as they are spelled; one more, behind the end */
    size_t n, cap, starts_cap;
    struct pt_arena arena; /* texts that had quotes; the caller resets it between rows */
};

/* What stands more often in a header, outside of quotes, is its separator: ',' or ';'. */
void pt_cells_settle(struct pt_cells *c, struct pt_str header);

/* Whether a quoted cell is open at the end of the line, if one was at its start. */
bool pt_cells_open(const struct pt_cells *c, struct pt_str line, bool open);

/* Splits a row.  -1 with err (PT_DATA) for bad quoting and too many cells. */
int pt_cells_split(struct pt_cells *c, struct pt_str row, struct pt_err *err);

void pt_cells_release(struct pt_cells *c);

#endif
