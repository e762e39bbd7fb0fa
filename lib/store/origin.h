/* origin.h - where points and documents came from: the batches that may hold some of them.
 *
 * A point knows its batch while it is in the tail, a document while it is not sealed.  What is sealed
 * knows the first and the last batch that its chunk or block came from: when they are one, it is that;
 * else each batch between them that brought any is possible. */
#ifndef PT_STORE_ORIGIN_H
#define PT_STORE_ORIGIN_H

#include "store/store.h"

/* A batch, its source and its run.  The texts are borrowed until the callback returns, and empty where
 * nothing is known. */
struct pt_origin {
    int64_t batch;
    bool exact;           /* it holds some of what matches; else it may */
    bool known;           /* false: its row is gone from a damaged store, the rest is empty */
    struct pt_str kind, source, format; /* "file" and its path, "replay" and the command, ... */
    uint64_t start, stop; /* of the source: bytes, messages of a log, rejects of a replay */
    uint64_t lines;       /* of the source before `stop` */
    uint64_t points, documents, duplicates, late, rejects; /* of the whole batch */
    int64_t at, run;      /* times of its last commit and of the run's first */
    struct pt_str command, host, version;
};

/* Calls each for the batches of the points and the documents that match, in order of their ids.  Only
 * series are asked for when the type is "metric", only documents when another type, a trace or `where`
 * is given.  A non-zero return of `each` ends the walk and is returned.
 *
 * Reads the rows of chunks and blocks; opens those of which they cannot tell whether anything in them
 * matches, unless it would add nothing.  Memory: one block, and 16 bytes a run of batch ids. */
int pt_origin_each(struct pt_store *s, const struct pt_store_filter *filter,
                   int (*each)(void *ctx, const struct pt_origin *origin), void *ctx,
                   struct pt_err *err);

#endif
