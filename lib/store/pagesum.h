/* pagesum.h - private to store/: checksums of the database's pages, pt-store(5), "Page checksums".
 *
 * SQLite keeps PT_PAGESUM_BYTES free at the end of each page of a store, and never looks at them.
 * A layer between it and the operating system's files fills them with the page's checksum
 * whenever a page goes into the main file.  In the mode with a write-ahead log only checkpoints
 * do that; the log has checksums of its own.  Reading is not checked, so that it can be by mmap:
 * chunks, blocks and documents have their own checksums, and pt_store_verify looks at all pages.
 *
 * A program that uses plain SQLite may read and write a store, too.  What it writes has sums that
 * do not agree any more, until a program of ours writes that page. */
#ifndef PT_STORE_PAGESUM_H
#define PT_STORE_PAGESUM_H

#include "store/db.h"

#include <stdbool.h>

enum { PT_PAGESUM_BYTES = 8 };

/* The name of the layer, for sqlite3_open_v2: over what is SQLite's default when it is first asked
 * for.  NULL when SQLite cannot register it. */
const char *pt_pagesum_vfs(void);

/* How a page stands to its sum.  A page of zeroes only was never written: SQLite leaves such behind
 * where it frees a new page, and around its lock bytes. */
enum pt_pagesum { PT_PAGESUM_GOOD, PT_PAGESUM_UNWRITTEN, PT_PAGESUM_BAD };

/* size: of the page in bytes; number: from 1. */
enum pt_pagesum pt_pagesum_check(const void *page, size_t size, uint32_t number);

/* When one byte of a bad page was changed, its sum's included, puts it right and returns true. */
bool pt_pagesum_mend(void *page, size_t size, uint32_t number);

/* The page size that a database's first 100 bytes tell, and what is kept free on each page; 0 when
 * they are no database's. */
uint32_t pt_pagesum_page_size(const unsigned char header[100], uint32_t *reserved);

/* Reads all pages of the store's file, at the speed of memory where the file is cached, and calls
 * `each` for every bad one.  Other programs may write meanwhile.  The connection must not use mmap.
 * *pages is how many there are; *reserved what each keeps free, without sums when it is not
 * PT_PAGESUM_BYTES, and then nothing is read; *rest the bytes behind the last whole page. */
int pt_pagesum_each_bad(struct pt_store *s, void (*each)(void *ctx, uint32_t page), void *ctx,
                        uint32_t *pages, uint32_t *reserved, uint32_t *rest, struct pt_err *err);

#endif
