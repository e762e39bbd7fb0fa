/* nothing.h - why there was nothing to judge, told from the series that a feed has met. */
#ifndef PT_DETECT_NOTHING_H
#define PT_DETECT_NOTHING_H

#include "detect/feed.h"
#include "record/selector.h"

/* Does no series have the one name that the selector can match, but one a name much like it?  Cost:
 * the series, and an edit distance for each of their names. */
bool pt_nothing_misspelt(const struct pt_feed *feed, const struct pt_selector *selector);

/* Sets err to PT_DATA with the reason why the selector (NULL: all) found no points in [since,
 * until), as pt_query_nothing words it.  Returns -1.  Memory: that of the feed once more. */
int pt_nothing_matched(const struct pt_feed *feed, const struct pt_selector *selector,
                       int64_t since, int64_t until, struct pt_err *err);

#endif
