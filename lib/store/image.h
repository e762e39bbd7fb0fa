/* image.h - private to store/: a store's rows, read from its pages without SQLite.
 *
 * For a damaged store.  The image is the main file with the good part of its log laid over it, in
 * private memory, so that a page in which one byte was changed can be put right there.  Rows are
 * found by where the tables' trees lead and, below a damaged inner page, by the map that says for
 * every page which one is above it.  Nothing here trusts a byte: every offset is checked, every
 * walk is bounded by the number of pages.  The format is SQLite's "Database File Format". */
#ifndef PT_STORE_IMAGE_H
#define PT_STORE_IMAGE_H

#include "base/err.h"
#include "base/str.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { PT_IMAGE_COLUMNS = 64 };

struct pt_image;

struct pt_image_counts {
    uint32_t pages, mended, bad; /* mended: one byte was put right */
    uint32_t lost_commits;       /* in a damaged log: wal.h */
};

/* 0 or -1: no such file, or not a database of ours in any part.  page_size is what its pages have
 * when the header does not tell.  No other program may have it open while this one reads it. */
int pt_image_open(struct pt_image **out, const char *path, uint32_t page_size, struct pt_err *err);
void pt_image_close(struct pt_image *m); /* NULL is fine */
const struct pt_image_counts *pt_image_counts(const struct pt_image *m);

struct pt_image_value {
    int type; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL */
    int64_t i;
    double d;
    struct pt_str s; /* text and blob */
};

struct pt_image_row {
    int64_t rowid; /* 0 in trees without */
    int n;
    struct pt_image_value v[PT_IMAGE_COLUMNS]; /* in the order they are stored */
    bool sure;                                 /* all of it is on pages that are not bad */
};

/* The root page of a table or index as the schema in the image says, 0 when it does not. */
uint32_t pt_image_root(struct pt_image *m, const char *name);

/* Says that the tree that begins at `root` is number `tree`, from 1; then finds its pages. */
void pt_image_claim(struct pt_image *m, uint32_t root, uint8_t tree);

/* When all trees have been claimed: finds pages whose parents are damaged. */
void pt_image_claim_orphans(struct pt_image *m);

/* Pages of a tree that are not as they should be. */
struct pt_image_damage {
    uint32_t bad;    /* their sums do not agree, though rows may be read from them */
    uint32_t unread; /* of these and others: not all rows could be read, or they are not there */
};

/* Calls each for every row on the tree's pages, in no order; text and blobs are borrowed until it
 * returns. */
int pt_image_each(struct pt_image *m, uint8_t tree,
                  int (*each)(void *ctx, const struct pt_image_row *row), void *ctx,
                  struct pt_image_damage *damage);

#endif
