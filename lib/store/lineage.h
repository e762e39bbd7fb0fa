/* lineage.h - where data came from and how far it was read: the ground of "exactly once".
 *
 * A run is one execution of a program.  A source is what runs read: a file, a stream or a log.  A
 * batch is a stretch of a source that went into the store together; the batches of a source follow
 * one another without gaps, and the last one's stop is the source's position.
 *
 * Files and streams are known by what they hold, from their first byte on.  A chain (base/hash.h)
 * runs over their lines; its value at a batch's stop is the batch's digest, and at certain places,
 * the same in every source, its 64-bit value is a mark.  The store keeps the set of all marks: a
 * mark that is there says that all up to it is stored, from whatever source.  So an input is held
 * against everything stored by one look-up a mark, however many sources there are.  A source that
 * ends behind a mark is found by it (`last`), and ends where the chain has its digest.
 *
 * Logs, whose messages are numbered, are known by name: see pt_lineage_named. */
#ifndef PT_STORE_LINEAGE_H
#define PT_STORE_LINEAGE_H

#include "base/hash.h"
#include "store/store.h"

enum {
    PT_LINEAGE_GRAIN = 64 * 1024, /* bytes between marks; before that, at powers of two; */
    PT_LINEAGE_FAR = 4 << 20,     /* from here on, since a mark costs 20 bytes and a look-up, ... */
    PT_LINEAGE_WIDE = 256 * 1024, /* ... so many */
    PT_LINEAGE_HEAD = 64 * 1024   /* bytes that a source's head covers */
};

/* Which stretch a byte is in: a line that ends in another one than it began in has a mark at its
 * end, and so has the first line. */
unsigned pt_lineage_stretch(uint64_t offset);

struct pt_batch {
    int64_t source, id;   /* 0: none yet */
    uint64_t start, stop; /* bytes, or messages of a log */
    uint64_t lines;       /* lines, or messages, before `stop` */
    unsigned char digest[PT_CHAIN_BYTES]; /* the chain at `stop`, not of logs */
};

struct pt_mark {
    uint64_t hash;
    int64_t source;     /* stored: the one that goes on behind it, 0: several do, each in its way */
    int64_t document;   /* stored: the id of the last document before it, or one below its next */
    uint64_t documents; /* to be stored: how many the writer had taken (its receipt) */
};

/* What a commit says of its source.  batch.source = 0 makes the source, batch.id = 0 the batch;
 * pt_writer_commit fills both in, and last_stop.  With an id the batch is extended to the new
 * stop. */
struct pt_commit {
    const char *command; /* as it was typed, for the run's row */
    int64_t run;         /* 0: made by the first commit */
    const char *kind, *name, *format; /* "file", "stream" or "log"; ... */
    struct pt_batch batch;
    uint64_t last_stop; /* a source that goes on: where it stood, as found or left */

    /* Of files and streams only. */
    struct pt_batch shared;      /* a new source begins with what others stored, to this stop ... */
    uint64_t forked;             /* ... which is behind this mark, ... */
    size_t ends;                 /* ... the last one of so many sources, as was found */
    const struct pt_mark *marks; /* passed since the last commit */
    size_t nmarks;
    uint64_t head, last;         /* the last mark within PT_LINEAGE_HEAD, and of all; 0: none */
    const unsigned char *anchor; /* of a file, PT_CHAIN_BYTES; NULL: none */
    uint64_t missed;             /* a new source: the first mark that the store had not; or 0 */
    bool met;                    /* set when a commit failed because it has it now, or one more has
                                  * forked: another program stores the same */
};

/* Notes a run of a program. */
int pt_lineage_run(struct pt_store *s, const char *command, int64_t *run, struct pt_err *err);

/* The last batch of the newest source of this kind and name: 1, 0, -1.  For a log, kind "log" and a
 * name such as "topic/partition", out->stop is the offset to go on with. */
int pt_lineage_named(struct pt_store *s, const char *kind, const char *name, struct pt_batch *out,
                     struct pt_err *err);

/* The last batch of the source: 1, 0, -1. */
int pt_lineage_last(struct pt_store *s, int64_t source, struct pt_batch *out, struct pt_err *err);

/* The mark with this hash, when the store has it: 1, 0, -1. */
int pt_lineage_mark(struct pt_store *s, uint64_t hash, struct pt_mark *out, struct pt_err *err);

/* Where a source ends.  The texts are borrowed until the callback returns. */
struct pt_lineage_end {
    struct pt_batch last;
    struct pt_str anchor, format;
};

/* Calls each for every source whose last mark this is; for every file whose head this is, the
 * newest first.  A non-zero return ends the walk and is returned. */
int pt_lineage_ends(struct pt_store *s, uint64_t last,
                    int (*each)(void *ctx, const struct pt_lineage_end *end), void *ctx,
                    struct pt_err *err);
int pt_lineage_files(struct pt_store *s, uint64_t head,
                     int (*each)(void *ctx, const struct pt_lineage_end *end), void *ctx,
                     struct pt_err *err);

#endif
