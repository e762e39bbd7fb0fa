/* rules.h - private to quality/: a schema as it was read.
 *
 * A block is for the metrics of a selector, for the documents of a type, or for sources.  It holds
 * rules, each a keyword with its words.  schema.c makes them, check.c and score.c judge by them. */
#ifndef PT_QUALITY_RULES_H
#define PT_QUALITY_RULES_H

#include "quality/schema.h"
#include "record/identity.h"
#include "record/selector.h"

enum pt_check_kind {
    /* of records */
    PT_CHECK_TYPE, PT_CHECK_RANGE, PT_CHECK_UNIT, PT_CHECK_KIND, PT_CHECK_REQUIRE, PT_CHECK_ALLOW,
    PT_CHECK_ONE_OF, PT_CHECK_MONOTONE, PT_CHECK_FUTURE, PT_CHECK_PAST,
    /* of periods */
    PT_CHECK_FRESH, PT_CHECK_COMPLETE, PT_CHECK_LATE, PT_CHECK_DUPLICATES, PT_CHECK_REJECTS,
    PT_CHECK_SEVERITY /* of the block */
};

enum pt_value_type {
    PT_VALUE_FLOAT, PT_VALUE_INTEGER, PT_VALUE_STRING, PT_VALUE_NUMBER, PT_VALUE_BOOLEAN,
    PT_VALUE_OBJECT, PT_VALUE_ARRAY, PT_VALUE_TYPES
};
const char *pt_value_type_name(enum pt_value_type type);

struct pt_check_range {
    struct pt_num least, most;
    bool bounded_below, bounded_above;
};

struct pt_check_monotone {
    bool down, strictly;
    bool resets;         /* a step down to at most `reset` begins anew */
    struct pt_num reset;
};

struct pt_check_complete {
    double share;     /* of slots that must have a point, 0..1 */
    int64_t every;    /* a slot's length, ns */
    int64_t from, to; /* of each day (UTC), ns since midnight; 0 and PT_DAY: all of it */
};

struct pt_schema_rule {
    enum pt_check_kind kind;
    uint64_t line;
    struct pt_str field; /* documents: the field meant; metrics: the tag meant by one-of */
    struct pt_str *words; /* names, values, or the one unit */
    size_t nwords;
    union {
        enum pt_value_type type;
        enum pt_kind metric_kind;
        struct pt_check_range range;
        struct pt_check_monotone monotone;
        struct pt_check_complete complete;
        int64_t duration;
        double share;
    };
};

enum pt_block_subject { PT_BLOCK_METRIC = 1, PT_BLOCK_DOCUMENT = 2, PT_BLOCK_SOURCE = 4 };

struct pt_schema_block {
    enum pt_block_subject subject;
    struct pt_selector *selector; /* metrics; documents: NULL for any */
    struct pt_str pattern;        /* a glob: the type of documents, the name of sources */
    bool warn;                    /* violations are told, not refused */
    uint64_t line;
    struct pt_schema_rule *rules;
    size_t n, cap;
};

/* A rule as it applies to a series. */
struct pt_schema_use {
    const struct pt_schema_block *block;
    const struct pt_schema_rule *rule;
};

/* What is known of a series. */
struct pt_schema_series {
    size_t first, n;       /* its rules for values, in `uses` */
    int verdict;           /* of its tags: 0, 1, -1 as pt_schema_check */
    enum pt_fault fault;
    struct pt_str reason;
    bool tracked, seen;    /* has a monotone rule; `ts` and `value` are known */
    int64_t ts;            /* of its newest point ... */
    struct pt_num value;
};

struct pt_schema {
    struct pt_arena arena; /* texts of the rules and reasons */
    struct pt_str file;    /* its name without folders, for reasons */
    struct pt_schema_block *v;
    size_t n, cap;
    bool strict;
    struct pt_store *store;
    struct pt_identity identity;
    struct pt_schema_series *series; /* by number */
    size_t series_cap;
    struct pt_schema_use *uses;
    size_t nuses, uses_cap;
    struct pt_arena scratch; /* of one record */
    struct pt_buf shown;
};

#endif
