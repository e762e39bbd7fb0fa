/* tally.h - private to store/: what came in, counted by day, until a commit adds it to the table
 * quality.
 *
 * A day is one of UTC and belongs to the times of records, not of their arrival.  A line whose time
 * is not known counts for the day of the record before it in its source; where there is none, for
 * that of the first that comes before the commit, else for the day it is read.  Counting costs two
 * comparisons while the day stays the same, and a look-up when it changes. */
#ifndef PT_STORE_TALLY_H
#define PT_STORE_TALLY_H

#include "base/map.h"
#include "store/reject.h"

enum pt_tally_count {
    PT_TALLY_RECORDS, /* good ones, duplicates too */
    PT_TALLY_WARNED,
    PT_TALLY_DUPLICATES,
    PT_TALLY_LATE,
    PT_TALLY_FAULTS, /* ... and one for each fault */
    PT_TALLY_COUNTS = PT_TALLY_FAULTS + PT_FAULTS
};

struct pt_tally_day {
    int64_t day, last; /* its begin, and the latest time of a record */
    uint64_t n[PT_TALLY_COUNTS];
};

/* The zero value is empty. */
struct pt_tally {
    struct pt_map index; /* of v by day */
    struct pt_tally_day *v;
    size_t cap, at;            /* at: the day of the record before */
    int64_t since, until;      /* ... which is these times; empty: none */
    int64_t before;            /* that day, also when it is committed ... */
    bool any;                  /* ... if there was one */
    uint64_t early[PT_FAULTS]; /* rejects that have no day yet */
};

void pt_tally_add(struct pt_tally *t, enum pt_tally_count what, int64_t ts);

/* Counts a reject (ts: PT_TIME_MIN when it is not known).  Its day, PT_TIME_MIN when it has none
 * yet. */
int64_t pt_tally_reject(struct pt_tally *t, enum pt_fault fault, int64_t ts);

/* Takes a count back: of a record by its time, of a reject by the day that pt_tally_reject said. */
void pt_tally_take_back(struct pt_tally *t, enum pt_tally_count what, int64_t ts);
void pt_tally_take_back_reject(struct pt_tally *t, enum pt_fault fault, int64_t day);

/* Whether there are rejects without a day. */
bool pt_tally_unsettled(const struct pt_tally *t);

/* Gives them theirs, which is returned; `before` is the day of the source's last record in the
 * store, PT_TIME_MIN when it has none. */
int64_t pt_tally_settle(struct pt_tally *t, int64_t before);

/* Adds all to the table, for the source. */
int pt_tally_write(const struct pt_tally *t, struct pt_store *s, int64_t source,
                   struct pt_err *err);

void pt_tally_clear(struct pt_tally *t); /* after a commit or a discard */
void pt_tally_release(struct pt_tally *t);

#endif
