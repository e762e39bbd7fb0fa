/* keep.h - looking after a store: sealing what is hot, verifying what is there.
 *
 * Both are safe beside running writers and readers: sealing works in short transactions, verifying
 * in one read transaction. */
#ifndef PT_STORE_KEEP_H
#define PT_STORE_KEEP_H

#include "store/store.h"

struct pt_seal_result {
    uint64_t points;            /* moved from tails into chunks */
    uint64_t chunks_before, chunks_after;
    uint64_t documents, blocks; /* documents sealed into new blocks */
    uint64_t bytes_before, bytes_after; /* of the file */
};

/* Seals all tails, merges neighbouring chunks that fit into one, seals all documents into blocks and
 * gives free pages back.  `stopping` (may be NULL) is looked at between transactions. */
int pt_store_seal(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                  struct pt_err *err);

struct pt_verify_result {
    uint64_t chunks, points, documents, blocks, batches, problems;
};

/* Checks the database's structure, every checksum, that chunks decode to what their rows say and do
 * not overlap, that tails are later than chunks, that batches follow one another.  Calls `problem`
 * for each finding.  0, whatever was found; -1 with err when it could not be checked. */
int pt_store_verify(struct pt_store *s, void (*problem)(void *ctx, const char *text), void *ctx,
                    struct pt_verify_result *out, struct pt_err *err);

#endif
