/* stat.h - the numbers of a `stat` record as metrics.
 *
 * pt-query writes one stat for each window of a group: {"type":"stat",...,"avg":1.5,"p99":7}.  Read
 * back, every number in it but those of the envelope is a point of a series of its own: the stat's
 * name ("stat" where it has none) and tags, and the tag agg="NAME"; of a stat over stats agg says
 * both: agg="p99.max".  The unit is that of the aggregate (agg.h). */
#ifndef PT_QUERY_STAT_H
#define PT_QUERY_STAT_H

#include "base/arena.h"
#include "record/record.h"

/* Calls each for every number of the stat, with a metric whose tags are canonical; its texts are
 * borrowed from the stat and from the arena.  0, or what `each` returned when that was not 0; or -1
 * with err (PT_DATA) for tags that are not strings. */
int pt_stat_each(const struct pt_record *stat, struct pt_arena *arena,
                 int (*each)(void *ctx, const struct pt_record *metric, struct pt_err *err),
                 void *ctx, struct pt_err *err);

#endif
