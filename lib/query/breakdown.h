/* breakdown.h - the series counted: by name, by key of their tags, by tag, by name and key.
 *
 * It reads the catalogue, and how far series reach where that is asked for, but no points.  Memory
 * for each name, key, tag, and name with tag. */
#ifndef PT_QUERY_BREAKDOWN_H
#define PT_QUERY_BREAKDOWN_H

#include "base/map.h"
#include "query/reach.h"

enum pt_breakdown_by {
    PT_BREAKDOWN_NAME,  /* order.latency */
    PT_BREAKDOWN_KEY,   /* host */
    PT_BREAKDOWN_TAG,   /* host="h01" */
    PT_BREAKDOWN_LABEL, /* order.latency by host */
    PT_BREAKDOWNS
};

struct pt_breakdown_row {
    struct pt_str name, key, value; /* those that it is by; the others are empty */
    uint64_t series;                /* that have it */
    uint64_t values;                /* of a key, or a label: different ones */
    struct pt_reach reach;         /* of all their points together */
    enum pt_kind kind;              /* of a name: that of its series, if they agree */
    struct pt_str unit;
};

struct pt_breakdown_table {
    struct pt_map map;
    struct pt_breakdown_row *v; /* as many, in order of arrival */
    size_t cap;
};

/* The zero value, with what is wanted set, is empty. */
struct pt_breakdown {
    bool reaches; /* read them, too */
    bool labels;  /* count labels, too */
    uint64_t series;
    struct pt_breakdown_table by[PT_BREAKDOWNS];
    struct pt_map seen; /* labels with their values */
    struct pt_buf key;
    struct pt_arena arena, units;
};

/* Counts the series that the selector (NULL: all) matches. */
int pt_breakdown_read(struct pt_breakdown *b, struct pt_store *source,
                      const struct pt_selector *selector, struct pt_err *err);

/* The rows of one table by name, key and value; or, heaviest first, by different values where it
 * counts them, then by series, then so.  *n says how many; the array is to be freed. */
const struct pt_breakdown_row **pt_breakdown_rows(const struct pt_breakdown *b,
                                                  enum pt_breakdown_by by, bool heaviest,
                                                  size_t *n);

void pt_breakdown_release(struct pt_breakdown *b);

#endif
