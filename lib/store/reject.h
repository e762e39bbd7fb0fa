/* reject.h - lines that were no good records: why, where they are kept, and what became of them.
 *
 * A reject is open until it is replayed, which stores a record in its place in the same
 * transaction, or dropped; its row stays for good.  Each counts in the table quality by what was
 * wrong with it. */
#ifndef PT_STORE_REJECT_H
#define PT_STORE_REJECT_H

#include "store/store.h"

/* What was wrong.  The names are columns of the table quality. */
enum pt_fault {
    PT_FAULT_SYNTAX,   /* no record at all */
    PT_FAULT_TIME,     /* no time, or one that cannot be */
    PT_FAULT_TYPE,     /* a value that is missing, or of another type */
    PT_FAULT_RANGE,    /* outside a range, or none of a list */
    PT_FAULT_UNIT,     /* another unit or kind */
    PT_FAULT_TAGS,     /* tags that are missing, or not allowed */
    PT_FAULT_FIELDS,   /* fields or a name that are missing, or not allowed */
    PT_FAULT_SEQUENCE, /* against the order that its series has */
    PT_FAULTS
};
#define PT_FAULT_CHOICES "syntax|time|type|range|unit|tags|fields|sequence"

const char *pt_fault_name(enum pt_fault fault);

/* What the readers of records mean when they give this reason. */
enum pt_fault pt_fault_of(const char *reason);

/* A line on its way into the reject table. */
struct pt_reject {
    uint64_t line, offset;
    int64_t at; /* when it was read */
    int64_t ts; /* of its record; PT_TIME_MIN where that is not known */
    enum pt_fault fault;
    const char *reason;
    struct pt_str raw;
    struct pt_str context; /* what else one must know to read it: see ingest/context.h */
};

/* A row of the table; texts are borrowed until the callback returns. */
struct pt_reject_row {
    int64_t id, at, changed; /* changed: when it was replayed or dropped */
    uint64_t line, offset;
    struct pt_str source, reason, fault, raw, context;
    struct pt_str state; /* empty while open, "replayed", "dropped" */
};

enum { PT_REJECT_RAW_MOST = 64 * 1024 }; /* bytes of a line that are kept */

/* Which of them; the zero value but for until = PT_TIME_MAX: all open ones. */
struct pt_reject_filter {
    int64_t id;           /* 0: any */
    int64_t after;        /* only ids above this */
    bool closed;          /* also those that are replayed or dropped */
    const char *source;   /* a glob over names of sources; NULL: any */
    int fault;            /* -1: any */
    int64_t since, until; /* by time of reading, half-open */
};

/* Calls each in order of id. */
int pt_reject_each(struct pt_store *s, const struct pt_reject_filter *filter,
                   int (*each)(void *ctx, const struct pt_reject_row *row), void *ctx,
                   struct pt_err *err);

/* Marks those of n rejects that are open as dropped, in one transaction; *dropped says how many
 * were. */
int pt_reject_drop(struct pt_store *s, const int64_t *ids, size_t n, uint64_t *dropped,
                   struct pt_err *err);

#endif
