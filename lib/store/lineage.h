/* lineage.h - where data came from and how far it was read: the ground of "exactly once".
 *
 * A run is one execution of a program.  A source is a file or a stream that runs read.  A batch is a
 * stretch of a source that went into the store together; the batches of a source follow one another
 * without gaps, and the last one's stop is the source's position.  A file is found again, under any
 * name, by the hash of its first line and the digest of the bytes before its position.  A
 * stream has no name: it is found again, when it is fed once more from its start, by the hashes of
 * its first lines (its head), then batch by batch by the digests of their bytes. */
#ifndef PT_STORE_LINEAGE_H
#define PT_STORE_LINEAGE_H

#include "store/store.h"

enum {
    PT_LINEAGE_DIGEST = 16,
    PT_LINEAGE_HEAD_LINES = 16, /* lines that a head covers, 8 bytes each */
    PT_LINEAGE_HEAD = 8 * PT_LINEAGE_HEAD_LINES
};

struct pt_batch {
    int64_t source, id;   /* 0: none yet */
    uint64_t start, stop; /* bytes, or messages of a log */
    uint64_t lines;       /* lines before `stop` */
    unsigned char digest[PT_LINEAGE_DIGEST]; /* streams: of start..stop; files: see ingest */
};

/* What a commit says of its source.  batch.source = 0 makes the source, batch.id = 0 the batch;
 * pt_writer_commit fills both in, and `last`.  With an id the batch is extended to the new stop. */
struct pt_commit {
    const char *command; /* as it was typed, for the run's row */
    int64_t run;         /* 0: made by the first commit */
    const char *kind, *name, *format; /* "file" or "stream", ... */
    const unsigned char *head;        /* new sources: head_n bytes; else NULL */
    size_t head_n, head_kept;         /* of which the store has head_kept */
    uint64_t last_stop;               /* a source that goes on: where it stood, as found or left */
    int64_t last_named;               /* a new file: the newest source of its name, as found */
    int64_t fork;                     /* a new source begins with this one's batches ... */
    struct pt_batch batch;            /* ... up to batch.start; 0: with none */
};

/* Notes a run of a program. */
int pt_lineage_run(struct pt_store *s, const char *command, int64_t *run, struct pt_err *err);

/* The newest file of this name, 0 when none was read. */
int pt_lineage_named(struct pt_store *s, const char *name, int64_t *source, struct pt_err *err);

/* Calls each with the last batch and the format of every file whose first line has this hash, the
 * newest first. */
int pt_lineage_files(struct pt_store *s, const unsigned char first_line[8],
                     int (*each)(void *ctx, const struct pt_batch *last, struct pt_str format),
                     void *ctx, struct pt_err *err);

/* Calls each for the first batch of every stream whose head begins with these 8 bytes, with the
 * whole head (borrowed until it returns). */
int pt_lineage_streams(struct pt_store *s, const unsigned char first_line[8],
                       int (*each)(void *ctx, const struct pt_batch *first, struct pt_str head),
                       void *ctx, struct pt_err *err);

/* The last batch of the source: 1, 0, -1. */
int pt_lineage_last(struct pt_store *s, int64_t source, struct pt_batch *out, struct pt_err *err);

/* The batch of the source that begins at `start`: 1, 0, -1. */
int pt_lineage_batch(struct pt_store *s, int64_t source, uint64_t start, struct pt_batch *out,
                     struct pt_err *err);

#endif
