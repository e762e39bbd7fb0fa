/* resume.h - private to ingest/: finding again what a store holds of an input already.
 *
 * An input is known by its content from the first byte on: see store/lineage.h.  While it is read,
 * the store is asked at every mark.  As long as it has them, the input is `open`: it repeats what
 * is stored, all up to the mark is known, and what was gathered of it must be discarded.  At the
 * first mark that the store has not, the input parts from all that is stored, for good.  Where it
 * passes the end of a source on the way, it may go on in that source.  The state is a few dozen
 * bytes, and the cost one look-up a mark, whatever the store holds.
 *
 * A stream can end within a line, when the program that feeds it dies.  Then its last batch stops
 * there, the rest of a line was rejected, and when the stream comes again, that line counts as new;
 * the next batch begins with all of it.  Where only the newline was missing the line was whole, and
 * the next batch begins behind it. */
#ifndef PT_INGEST_RESUME_H
#define PT_INGEST_RESUME_H

#include "format/input.h"
#include "store/lineage.h"

struct pt_resume {
    struct pt_store *store;
    struct pt_chain chain; /* of all lines so far */
    unsigned stretch;      /* that the last mark's place is in */
    bool open;             /* all so far may be stored already */
    bool off;              /* the input cannot be known by its lines */
    bool cut;              /* the last line has no newline yet */
    struct pt_batch known; /* the longest beginning that is stored; .source: who ends there, or 0 */
    struct pt_batch *ends; /* where sources end behind the last mark */
    size_t nends, ends_cap;
    size_t ends_found; /* how many there were, also after the input parted */
    struct pt_mark mark; /* the last one that the store has */
    struct pt_mark *marks; /* passed, and not in the store yet */
    size_t nmarks, marks_cap;
    uint64_t head, last; /* as in struct pt_commit */
    uint64_t missed;     /* the mark where the input parted */
};

void pt_resume_init(struct pt_resume *r, struct pt_store *store);
void pt_resume_release(struct pt_resume *r);

enum {
    PT_RESUME_KNOWN = 1, /* all up to here is stored: discard what was gathered */
    PT_RESUME_PARTED = 2 /* what comes from here on is new */
};

/* Looks at a row before it is taken, of an input that is open.  PT_RESUME_KNOWN: all before the row
 * is stored, and maybe the beginning of it; else 0, or -1. */
int pt_resume_before(struct pt_resume *r, const struct pt_line *row, struct pt_err *err);

/* Takes the row, whose last line is number `lines`; `told`: the format is settled, so that the
 * input may be looked up.  A set of the above, or -1. */
int pt_resume_take(struct pt_resume *r, const struct pt_line *row, uint64_t lines, bool told,
                   struct pt_err *err);

/* Whether nothing is stored of what follows: whoever goes on behind the last mark ends where the
 * input is known to. */
bool pt_resume_at_end(const struct pt_resume *r);

/* Decides what marks did not: all up to here, where the input stands, is stored; or it parted. */
void pt_resume_know(struct pt_resume *r, uint64_t position, uint64_t lines);
void pt_resume_part(struct pt_resume *r);

/* If another program has stored the mark where the input just parted, it did not: 1, 0, -1. */
int pt_resume_rejoin(struct pt_resume *r, uint64_t position, uint64_t lines, struct pt_err *err);

/* The input has no times: the same lines again say something new. */
void pt_resume_off(struct pt_resume *r);

/* --- plain files ----------------------------------------------------------------------------- */

/* The chain over the (at most 4096) bytes before `offset`. */
int pt_resume_anchor(struct pt_input *in, uint64_t offset, unsigned char out[PT_CHAIN_BYTES],
                     struct pt_err *err);

/* Finds the source that holds the beginning of a plain file of `size` bytes, by its head and the
 * bytes before the source's end, and takes its state up: r->known is its last batch.  1 with the
 * source's format, 0, -1. */
int pt_resume_find(struct pt_resume *r, struct pt_input *in, uint64_t size, struct pt_buf *format,
                   struct pt_err *err);

#endif
