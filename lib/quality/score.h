/* score.h - how good the records of each source were, day by day, from 0 to 100.
 *
 * The dimensions are those of ISO/IEC 25012 and DAMA that can be counted here, each a
 * share from 0 to 1:
 *
 *     validity     1 - (rejected - replayed + warned) / (records + rejected)
 *     uniqueness   1 - duplicates / records
 *     timeliness   (1 - late / records) * (1 - stale / watched)
 *     completeness present / expected
 *
 * and the score is 100 times their product: the share of what should be there that is there, valid,
 * once and in time, were the four independent.  A mean would let one day without data still
 * score 75. A share of nothing is 1, but validity is 0 where every line was refused.
 *
 * `watched` are the source's series that a `fresh` rule is for, `stale` those whose last point is
 * older at `now`; only the last day of a source is judged so.  `expected` are the slots that
 * `complete` rules call for: those that lie wholly in the day, in the rule's hours, in the range,
 * before now and after the first point of their series; `present` those of them that have a point.
 */
#ifndef PT_QUALITY_SCORE_H
#define PT_QUALITY_SCORE_H

#include "quality/schema.h"
#include "store/quality.h"

struct pt_score {
    struct pt_quality_row counts; /* texts are borrowed until the callback returns */
    uint64_t rejected;            /* of all faults */
    int64_t age; /* of the source's newest record at now; PT_TIME_MIN but for the last day */
    uint64_t watched, stale, expected, present;
    double validity, uniqueness, timeliness, completeness, score;
    struct pt_str broken; /* rules of periods that do not hold, "; " between them */
    bool failed;          /* ... and one of them is not of severity warn */
};

struct pt_score_options {
    struct pt_schema *schema; /* NULL: no rules of periods */
    const char *source;       /* a glob over names of sources; NULL: all */
    int64_t since, until;     /* days that overlap this are judged */
    int64_t now;
};

/* Calls each by source, then day.  The store should be in a read transaction.  Costs a look at
 * every chunk's row for each source, and reads the points that `complete` rules are for. */
int pt_score_each(struct pt_store *store, const struct pt_score_options *options,
                  int (*each)(void *ctx, const struct pt_score *score), void *ctx,
                  struct pt_err *err);

#endif
