/* limits.h - how much a stream may ask of whoever reads it.
 *
 * What breaks a limit is refused like any other bad line, with a reason that says how large it was
 * and which option moves the limit, and the lines after it are read.  A field that is zero means
 * the default; pt_limit says what holds. */
#ifndef PT_RECORD_LIMITS_H
#define PT_RECORD_LIMITS_H

#include <stdint.h>

#define PT_LIMIT_SERIES 1000000
#define PT_LIMIT_TAGS 64
#define PT_LIMIT_TAG 2048
#define PT_LIMIT_DOCUMENT 1048576
#define PT_LIMIT_LINE 1048576

struct pt_limits {
    uint64_t series;   /* of a store, or of a stream that is held in memory */
    uint64_t tags;     /* of one record */
    uint64_t tag;      /* bytes of a tag's key, and of its value */
    uint64_t document; /* bytes of a document */
    uint64_t line;     /* bytes of a line; what is longer is never whole in memory */
    int64_t future;    /* nanoseconds that a record may be ahead of the clock; 0: any time */
};

static inline uint64_t pt_limit(uint64_t asked, uint64_t otherwise)
{
    return asked ? asked : otherwise;
}

#endif
