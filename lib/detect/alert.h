/* alert.h - the life of one alert: one rule for one set of labels.
 *
 * The semantics are those of Prometheus (rules/alerting.go, AlertingRule.Eval), at ticks:
 *
 *     inactive --holds--> pending --held for `hold`--> firing --false--> inactive ("resolved")
 *                            |                          ^  |
 *                            +--false--> inactive       |  +--false--> still firing until false for
 *                                        ("dropped")    +--holds------  `keep`, then resolved
 *
 * With hold 0 an alert fires at the tick at which it begins.  The zero value is inactive. */
#ifndef PT_DETECT_ALERT_H
#define PT_DETECT_ALERT_H

#include <stdbool.h>
#include <stdint.h>

enum pt_alert_state { PT_ALERT_INACTIVE, PT_ALERT_PENDING, PT_ALERT_FIRING };

enum pt_alert_change {
    PT_ALERT_SAME,
    PT_ALERT_BEGAN, /* pending */
    PT_ALERT_FIRED,
    PT_ALERT_RESOLVED, /* was firing */
    PT_ALERT_DROPPED,  /* was pending */
};

struct pt_alert {
    enum pt_alert_state state;
    int64_t active_at;   /* when the condition began to hold, ns */
    bool fading;         /* firing although the condition does not hold ... */
    int64_t false_since; /* ... since this tick */
};

/* One tick: does the condition hold?  Ticks ascend.  Durations in ns. */
enum pt_alert_change pt_alert_step(struct pt_alert *a, int64_t tick, bool holds, int64_t hold,
                                   int64_t keep);

/* "pending", "firing", "resolved", "inactive"; NULL for PT_ALERT_SAME. */
const char *pt_alert_change_name(enum pt_alert_change change);

#endif
