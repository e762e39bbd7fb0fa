/* identity.h - series by number: names with tags, as they come, to 0, 1, 2, ...
 *
 * A series is its name and its tags in canonical form (tags.h).  An identity numbers the series it
 * meets in order of first sight, so that its owner keeps what it knows of each in an array.  The
 * zero value is empty.
 *
 * A spelling (name and tags as they stand in a record) that was met before costs one hash and one
 * comparison of its bytes; a new one also the parsing of its tags.  A hostile stream can spell one
 * series in many ways, so when spellings take more than 32 MiB all are forgotten; series never are,
 * unless their owner says so.  Tags and the number of series are held to `limits`. */
#ifndef PT_RECORD_IDENTITY_H
#define PT_RECORD_IDENTITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "record/limits.h"

struct pt_identity {
    struct pt_limits limits;         /* the owner's to set */
    struct pt_map spellings, series; /* series: name, NUL, canonical tags */
    size_t spellings_bytes, series_bytes; /* what these take, about */
    uint32_t *spelled;               /* the series of each spelling */
    size_t spelled_cap;
    struct pt_buf key, tags; /* scratch: the key looked for, the canonical tags */
    struct pt_arena arena;   /* scratch: the tags */
};

/* The number of a record's series; *added says whether it is new.  -1 with err (PT_DATA) when the
 * tags, a JSON object or empty, are not strings or hold a key twice, or a limit is broken. */
int pt_identity_of(struct pt_identity *id, struct pt_str name, struct pt_str tags, uint32_t *number,
                   bool *added, struct pt_err *err);

/* As pt_identity_of, for tags that are in canonical form; no limits. */
uint32_t pt_identity_canonical(struct pt_identity *id, struct pt_str name, struct pt_str tags,
                               bool *added);

/* Series so far. */
static inline size_t pt_identity_count(const struct pt_identity *id)
{
    return id->series.n;
}

/* Bytes that the series take, without the spellings. */
static inline size_t pt_identity_bytes(const struct pt_identity *id)
{
    return id->series_bytes;
}

void pt_identity_forget(struct pt_identity *id); /* all series: numbers begin at 0 again */

/* NUL-terminated, until release; the tags are canonical. */
struct pt_str pt_identity_name(const struct pt_identity *id, uint32_t number);
struct pt_str pt_identity_tags(const struct pt_identity *id, uint32_t number);

void pt_identity_release(struct pt_identity *id);

#endif
