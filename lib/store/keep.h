/* keep.h - looking after a store: sealing what is hot, compacting what is sealed, verifying what is
 * there, repairing what is damaged.
 *
 * All but repairing are safe beside running writers and readers: sealing and compacting work in
 * short transactions, verifying in read transactions. */
#ifndef PT_STORE_KEEP_H
#define PT_STORE_KEEP_H

#include "store/store.h"

struct pt_seal_result {
    uint64_t points;            /* moved from tails into chunks */
    uint64_t chunks_before, chunks_after;
    uint64_t documents, blocks; /* documents sealed into new blocks */
    uint64_t bytes_before, bytes_after; /* of the file */
};

/* Seals all tails, and all documents into blocks.  `stopping` (may be NULL) is looked at between
 * transactions. */
int pt_store_seal(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                  struct pt_err *err);

struct pt_compact {
    bool (*stopping)(void); /* as above */
    void (*progress)(void *ctx, uint64_t done, uint64_t all); /* chunks; may be NULL */
    void *ctx;
};

/* Seals, makes fewer and fuller chunks of neighbours, and gives free pages back.  Points and their
 * order stay as they are; batch ranges of chunks that are joined widen. */
int pt_store_compact(struct pt_store *s, const struct pt_compact *how, struct pt_seal_result *out,
                     struct pt_err *err);

struct pt_verify_result {
    uint64_t chunks, points, documents, blocks, batches, problems;
};

/* Checks every page's checksum, the log, the database's structure, every other checksum, that
 * chunks decode to what their rows say and do not overlap, that tails are later than chunks, that
 * batches follow one another.  Calls `problem` for each finding, in an order that does not
 * change.  Works with two threads and a second connection.  0, whatever was found; -1 with err
 * when it could not be checked. */
int pt_store_verify(struct pt_store *s, void (*problem)(void *ctx, const char *text), void *ctx,
                    struct pt_verify_result *out, struct pt_err *err);

/* --- repair ---------------------------------------------------------------------------------- */

/* Something that could not be had back. */
struct pt_loss {
    const char *what;         /* "points", "documents", "rows", "log", "pages": what was lost */
    const char *name, *tags;  /* of points: their series; "" when it is not known */
    int64_t since, until;     /* the times of the first and the last; PT_TIME_MIN: not known */
    uint64_t n;               /* how many; 0: not known */
    const char *message;      /* all of it as a sentence */
};

struct pt_repair {
    const char *output; /* the repaired store; NULL: it takes the place of the old one */
    bool dry_run;       /* only see what would be lost */
    void (*lost)(void *ctx, const struct pt_loss *loss);
    void *ctx;
};

struct pt_repair_result {
    uint32_t pages, mended, bad; /* of the damaged file; mended: one changed byte was put right */
    uint64_t losses;
    struct pt_store_stats kept;
    uint64_t points, documents; /* ever stored, by the counts of the batches that are left */
};

/* Builds a new store from all that can be read of the one at `path`, whatever is wrong with it,
 * calls `lost` for all that cannot, and verifies the new one.  Without `output` the old file
 * becomes PATH.damaged, with its log beside it.  No other program may have it open.  -1 with err
 * when there is nothing to be had, or the new one cannot be made: then the old one is as it was. */
int pt_store_repair(const char *path, const struct pt_repair *how, struct pt_repair_result *out,
                    struct pt_err *err);

#endif
