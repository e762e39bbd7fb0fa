/* salvage.h - private to store/: the steps of a repair.
 *
 * salvage.c copies rows from the image of a damaged store into a new one; settle.c then makes the
 * new one keep the rules of pt-store(5); repair.c leads, and looks after files. */
#ifndef PT_STORE_SALVAGE_H
#define PT_STORE_SALVAGE_H

#include "store/image.h"
#include "store/keep.h"

struct pt_salvage {
    struct pt_image *image;
    struct pt_store *to; /* in a transaction */
    const struct pt_repair *how;
    bool trust; /* what can be read from bad pages is taken for right */
    uint64_t losses;
    uint64_t lost_points, lost_documents; /* that were told */
    uint64_t doubts; /* ... of which only tell of rows that are kept, unchecked */
};

/* All rows that are whole; those that carry a checksum are whole when it agrees, of the others what
 * stands on a bad page is not, save where the rest would be of no use without it.  With `trust`
 * these, too, are kept. */
int pt_salvage_rows(struct pt_salvage *v, struct pt_err *err);

/* Gives up chunks and points that break a rule, fills in what can be known from the rest. */
int pt_salvage_settle(struct pt_salvage *v, struct pt_err *err);

/* Tells of a loss; points: of this series, whose name is looked for in the new store. */
void pt_salvage_lost(struct pt_salvage *v, const struct pt_loss *loss);
void pt_salvage_lost_points(struct pt_salvage *v, int64_t series, int64_t since, int64_t until,
                            uint64_t n, const char *why);

#endif
