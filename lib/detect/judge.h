/* judge.h - the rules of a file, judged over points in time order.
 *
 * Each rule is evaluated at its ticks, the multiples of `every` since the epoch.  At tick t a term
 * covers the points in (t - window, t].  A tick is evaluated when the time passes it: no clock is
 * read, so a replay of history and a live stream of the same points give the same transitions.
 *
 * Order of calls: pt_judge_new, then for each record in order of time pt_judge_advance to its time
 * and pt_judge_point for its points, then pt_judge_end, pt_judge_free.  A point whose tick has
 * passed is counted as late; it still serves the ticks to come.  Points of one series with the same
 * time collapse as in the store: the largest value stays.
 *
 * Memory: for each series that a rule names, its points of the longest window that looks at it, and
 * one before.  Cost: a tick of a term walks the points of its window. */
#ifndef PT_DETECT_JUDGE_H
#define PT_DETECT_JUDGE_H

#include "detect/alert.h"
#include "detect/feed.h"
#include "detect/rule.h"

struct pt_judge;

enum { PT_ALERT_ID = 17 }; /* 16 hexadecimal digits and the NUL */

/* One transition; all borrowed until the callback returns. */
struct pt_judge_event {
    const struct pt_rule *rule;
    int64_t ts; /* the tick */
    enum pt_alert_change change;
    struct pt_str tags;      /* of the series' group and the rule's labels, canonical */
    const char *id;          /* fingerprint of the rule's name and the tags */
    double value, threshold; /* at the last tick the condition held; may be infinite */
    int64_t active_at;
    struct pt_str summary; /* empty when the rule has none */
};

struct pt_judge_options {
    int64_t since, until; /* only ticks in [since, until) are evaluated */
    bool dropped;         /* report PT_ALERT_DROPPED too */
    int (*each)(void *ctx, const struct pt_judge_event *event, struct pt_err *err);
    void *ctx;
};

/* Borrows the rules and the feed, which numbers the series. */
struct pt_judge *pt_judge_new(const struct pt_rules *rules, const struct pt_feed *feed,
                              const struct pt_judge_options *options);
void pt_judge_free(struct pt_judge *j); /* NULL is fine */

/* How far the longest window of any rule looks back, ns. */
int64_t pt_judge_reach(const struct pt_judge *j);

/* Does any rule name this series? */
bool pt_judge_wants(struct pt_judge *j, uint32_t series);

/* The time is now t: evaluates all ticks before it.  0, or -1 when `each` failed. */
int pt_judge_advance(struct pt_judge *j, int64_t t, struct pt_err *err);

void pt_judge_point(struct pt_judge *j, const struct pt_feed_point *point);

/* The input is over and its last record was at `last`: evaluates the ticks up to and at it. */
int pt_judge_end(struct pt_judge *j, int64_t last, struct pt_err *err);

/* How many alerts, groups of series, rule i of the file has to judge; 0: it matches no series. */
size_t pt_judge_groups(const struct pt_judge *j, size_t i);

uint64_t pt_judge_late(const struct pt_judge *j);  /* points that came after their tick */
uint64_t pt_judge_fired(const struct pt_judge *j); /* transitions to firing */

#endif
