/* ingest.h - one input into a store, exactly once.
 *
 * Lines become records, records go to the writer, and every commit carries the place in the input
 * up to which it holds all.  Running the same input again goes on from there: what was stored is
 * known by the chain over its lines (store/lineage.h), whatever the input is called now.  Lines
 * that are no records, and records that the caller's check refuses, go to the reject table. */
#ifndef PT_INGEST_INGEST_H
#define PT_INGEST_INGEST_H

#include "format/records.h"
#include "store/write.h"

struct pt_ingest_options {
    struct pt_records_options records;
    int64_t commit;        /* streams: the longest time (ns) that a record waits for its commit */
    const char *command;   /* as it was typed, for the lineage */
    bool (*stopping)(void); /* looked at between lines; NULL: never */
    /* Looks at every record before it is stored: 0, or 1 when it is worth a warning, or -1 when it
     * is refused, with the fault and why; a code other than PT_DATA ends the run.  NULL: all are
     * good. */
    int (*check)(void *ctx, const struct pt_record *record, enum pt_fault *fault,
                 struct pt_err *why);
    /* Told of every reject and of every warning; may be NULL.  err: place and reason. */
    void (*on_reject)(void *ctx, const struct pt_err *err);
    void (*on_warning)(void *ctx, const struct pt_err *err);
    /* Told what is worth a note, such as a file that is not the one read before; may be NULL. */
    void (*on_note)(void *ctx, const char *text);
    void *ctx;
};

/* What became of an input. */
struct pt_ingest_result {
    struct pt_receipt receipt;
    uint64_t skipped_lines; /* stored by an earlier run */
    uint64_t left_bytes;    /* of a file's last line that is not complete yet */
};

/* path NULL or "-": standard input.  0; or -1 with err, and then what was committed stays. */
int pt_ingest(struct pt_store *store, const char *path, const struct pt_ingest_options *options,
              struct pt_ingest_result *result, struct pt_err *err);

#endif
