/* resume.h - private to ingest/: finding again what a store holds of a source already.
 *
 * A file is known by its first line and by the digest of the last bytes before the position.  A
 * stream is known by its lines: while it is fed, its head and the digests of its batches are held
 * against those of every stored stream that began alike.  Until that is settled nothing may be
 * committed; what turns out to be stored already is discarded batch by batch, so that no more than
 * one batch is ever held back.
 *
 * A stream can end within a line, when the program that feeds it dies.  Then its last batch stops
 * there, the rest of a line was rejected, and when the stream comes again, that line counts as new;
 * the next batch begins with all of it.  Where only the newline was missing the line was whole, and
 * the next batch begins behind it. */
#ifndef PT_INGEST_RESUME_H
#define PT_INGEST_RESUME_H

#include "base/hash.h"
#include "format/input.h"
#include "store/lineage.h"

/* The bytes before `offset` of a plain file, as a digest; 0 or -1. */
int pt_resume_anchor(struct pt_input *in, uint64_t offset, unsigned char out[PT_LINEAGE_DIGEST],
                     struct pt_err *err);

/* The hash of a plain file's first line, as far as it goes (64 KiB at most). */
int pt_resume_first_line(struct pt_input *in, unsigned char out[8], struct pt_err *err);

struct pt_candidate {
    struct pt_batch batch; /* the one that is being compared */
    struct pt_digest digest;
    unsigned char head[PT_LINEAGE_HEAD];
    size_t head_n;
    bool complete; /* all its batches were seen; it ends at batch.start */
};

struct pt_resume {
    struct pt_store *store;
    struct pt_candidate *candidates; /* those that agree so far */
    size_t n, cap;
    unsigned char head[PT_LINEAGE_HEAD]; /* of this stream */
    size_t head_n;
    uint64_t lines;     /* taken so far */
    uint64_t confirmed; /* bytes that are stored already */
    int64_t source; /* whose bytes those are */
};

/* Looks at the next line of a stream before it is taken: as pt_resume_line, for all that comes before
 * the line. */
int pt_resume_before(struct pt_resume *r, const struct pt_line *line, struct pt_err *err);

/* Takes the next line of a stream, which ends at `end`.  1: all up to `end` is stored already, so
 * what was gathered of it must be discarded; 0: nothing new is known; -1. */
int pt_resume_line(struct pt_resume *r, const struct pt_line *line, uint64_t end,
                   struct pt_err *err);

/* Whether a stored stream may still turn out to be this one. */
bool pt_resume_open(const struct pt_resume *r);

/* Whether all lines taken so far are within the head of a stored stream and agree with it. */
bool pt_resume_in_head(const struct pt_resume *r);

/* The stored stream that this one goes on with, or 0: then what was confirmed belongs to r->source,
 * from which a new one forks. */
int64_t pt_resume_source(const struct pt_resume *r);
void pt_resume_release(struct pt_resume *r);

/* Adds a line to a digest as both sides do. */
void pt_resume_digest(struct pt_digest *d, const struct pt_line *line);

#endif
