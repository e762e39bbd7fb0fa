/* wal.h - private to store/: the write-ahead log beside a store, read without SQLite.
 *
 * The format is SQLite's, "Database File Format", section 4: a head of 32 bytes, then frames of 24
 * bytes and a page each.  Every frame carries the two salts of the head and a checksum over all
 * before it, so a log is good up to the first frame that does not agree, and what counts is good up
 * to the last commit before that.  SQLite takes that for the end.  Frames of the same salts that
 * come after it show that it was not: then commits are lost. */
#ifndef PT_STORE_WAL_H
#define PT_STORE_WAL_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct pt_wal {
    unsigned char *bytes; /* the whole file; NULL: there is none */
    size_t n;
    uint32_t page;   /* size of a page; 0: the head is damaged */
    uint32_t frames; /* up to the last good commit */
    uint32_t pages;  /* of the database after it; 0 when there is no commit */
    uint32_t lost;   /* commits, at least, behind the first bad frame.  One may have been cut short
                      * by a loss of power, before anybody was told of it; more are damage */
};

/* path: the store's.  0 or -1; a missing log is an empty one.  Costs one pass over the log
 * and memory for it. */
int pt_wal_open(struct pt_wal *out, const char *path, struct pt_err *err);
void pt_wal_close(struct pt_wal *w);

/* Frame i, from 0: the number of the page it holds, and *page its bytes. */
uint32_t pt_wal_frame(const struct pt_wal *w, uint32_t i, const unsigned char **page);

#endif
