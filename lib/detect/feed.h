/* feed.h - records in, points of numbered series out.
 *
 * A feed numbers the series it meets from 0 in order of first sight, so that whoever works on
 * points keeps its state in an array.  A metric is one point.  A `stat` record, as pt-query writes
 * them, is one point for each aggregate, of the series with the tag agg="NAME" added.  Other
 * records are none.  Finding the series of a spelling seen before costs one look-up of its raw
 * bytes; the tags are put in canonical form once for each new spelling. */
#ifndef PT_DETECT_FEED_H
#define PT_DETECT_FEED_H

#include "base/err.h"
#include "record/record.h"
#include "record/tags.h"

#include <stdint.h>

struct pt_feed;

/* What is known of a series; lives as long as the feed. */
struct pt_feed_series {
    struct pt_str name, tags; /* tags canonical */
    struct pt_tags parsed;
    struct pt_str unit;
    enum pt_kind kind;
};

struct pt_feed_point {
    uint32_t series;
    int64_t ts;
    struct pt_num value;
};

struct pt_feed *pt_feed_new(void);
void pt_feed_free(struct pt_feed *f); /* NULL is fine */

/* The points of a record: their number, *points borrowed until the next call; or -1 with err
 * (PT_DATA) for tags that are no object of strings. */
int pt_feed_record(struct pt_feed *f, const struct pt_record *record,
                   const struct pt_feed_point **points, struct pt_err *err);

/* The number of a series from elsewhere; tags must be canonical. */
uint32_t pt_feed_number(struct pt_feed *f, struct pt_str name, struct pt_str tags,
                        struct pt_str unit, enum pt_kind kind);

size_t pt_feed_count(const struct pt_feed *f); /* series so far */

/* Borrowed until the feed meets a new series; the runs in it live as long as the feed. */
const struct pt_feed_series *pt_feed_series(const struct pt_feed *f, uint32_t number);

#endif
