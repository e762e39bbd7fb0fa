/* writer.h - private to store/: what a writer holds between commits.
 *
 * write.c gathers, room.c counts series, commit.c and place.c put into the file. */
#ifndef PT_STORE_WRITER_H
#define PT_STORE_WRITER_H

#include "record/identity.h"
#include "series/encoder.h"
#include "store/db.h"
#include "store/fill.h"
#include "store/tally.h"
#include "store/write.h"

/* A series, and what is known of it in the file: believed only while no other program has committed
 * since (PRAGMA data_version), else read again. */
struct pt_slot {
    int64_t id;              /* 0: not in the file yet */
    struct pt_column points; /* not encoded yet */
    bool unwanted;           /* its points are passed over */
    bool dirty;              /* has points or encoded chunks to commit */
    bool describe;           /* kind or unit must be written */
    bool hold;               /* points repeat or go back: no encoding before the commit */
    bool known;              /* the facts below are loaded ... */
    int64_t version;         /* ... and were right at this data_version */
    int64_t sealed;          /* the last chunk's end in the file, PT_TIME_MIN when there is none */
    uint64_t sealed_n;       /* ... and its number of points */
    int64_t ahead;           /* ... or among the encoded chunks in memory */
    int64_t tail_end;        /* the tail's last point, PT_TIME_MIN when it is empty */
    int64_t newest;          /* the last point's time, in the file or in memory */
    uint64_t tail;           /* points in the tail */
    uint32_t full;           /* points at which the buffer goes to the encoder */
    int64_t batch0, batch1;  /* of a commit: the batches that its new chunks hold points of */
    enum pt_kind kind;
    char unit[32];
};

struct pt_held_document {
    int64_t ts;
    size_t type, name, trace, body; /* where each text begins in `text` */
    uint32_t type_n, name_n, trace_n, body_n;
    bool warned;
};

struct pt_held_reject {
    uint64_t line, offset;
    int64_t at, day; /* day: PT_TIME_MIN until it is settled */
    enum pt_fault fault;
    size_t reason, raw, raw_n, context, context_n; /* in `text`; the reason ends with a NUL */
};

/* The slot of the records that have this spelling (record.h). */
struct pt_spelled {
    uint32_t spelling, slot;
};
enum { PT_WRITER_SPELLED = 1 << 17 };

struct pt_writer {
    struct pt_store *store;
    struct pt_identity series;
    struct pt_spelled *spelled; /* by the low bits of the spelling */
    struct pt_slot *slots; /* by number of series */
    size_t slots_cap;
    uint32_t *dirty; /* slots that have something to commit */
    size_t ndirty, dirty_cap;
    size_t unborn;        /* ... of which so many are not in the file */
    bool counted;         /* the file's series were counted: */
    uint64_t series_then; /* there were so many when none of this writer's were among them */
    uint64_t refused;     /* points of series that were too many */
    struct pt_limits limits;
    const struct pt_selector *wanted; /* series whose points are kept; NULL: all */
    struct pt_arena arena;            /* tags of the series in hand */
    size_t buffered; /* points in all slots */
    struct pt_encoder *encoder;
    struct pt_fill *waiting; /* its chunks that a commit is about to insert */
    size_t nwaiting, waiting_cap;
    struct pt_held_document *documents;
    size_t ndocuments, documents_cap;
    bool document_last; /* the record that was added last is one */
    struct pt_held_reject *rejects;
    size_t nrejects, rejects_cap;
    int64_t *mended; /* rejects that what waits stands for */
    size_t nmended, mended_cap;
    struct pt_column lost; /* duplicates that went */
    struct pt_tally tally;
    struct pt_buf text; /* of documents and rejects */
    int64_t data_version;
    struct pt_receipt receipt, committed;
};

/* Binds name and tags of slot `at` as ?1 and ?2. */
void pt_writer_bind_series(struct pt_writer *w, uint32_t at, sqlite3_stmt *stmt);

/* The series' row, if the file has it, into the slot's id, kind and unit. */
int pt_writer_find_row(struct pt_writer *w, uint32_t at, struct pt_err *err);
int pt_writer_load_facts(struct pt_writer *w, struct pt_slot *slot, struct pt_err *err);

/* Puts all points, buffered and encoded, where they belong; part of a commit. */
int pt_writer_place_points(struct pt_writer *w, int64_t batch, struct pt_err *err);

/* 0 when there is room for one more series; else -1 with err, PT_DATA, which the first time names
 * the tag that has the most values. */
int pt_writer_check_room(struct pt_writer *w, struct pt_err *err);

/* Empties the slot's buffer; its memory stays only where series are few. */
void pt_writer_empty(const struct pt_writer *w, struct pt_slot *slot);

/* Empties what waits; the receipt is the caller's to set right. */
void pt_writer_clear(struct pt_writer *w);

#endif
