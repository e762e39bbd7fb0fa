/* fill.h - private to store/: in which order blobs fill the pages of a table.
 *
 * SQLite appends rows to the last page of a table until the next one has no room there.  In the
 * order in which they come, rows of a tenth of a page leave half a row's room on each.  Put in
 * order they leave next to nothing: the largest that still has room goes next ("best fit
 * decreasing", Johnson, "Near-optimal bin packing algorithms", 1973). */
#ifndef PT_STORE_FILL_H
#define PT_STORE_FILL_H

#include <stddef.h>
#include <stdint.h>

struct pt_fill {
    uint32_t item; /* whatever the caller knows it by */
    uint32_t size; /* bytes of the blob */
};

/* Puts the items in order; O(n log n). */
void pt_fill_order(struct pt_fill *items, size_t n);

#endif
