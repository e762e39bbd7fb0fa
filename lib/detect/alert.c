/* alert.c - see alert.h. */
#include "detect/alert.h"

#include <stddef.h>

static enum pt_alert_change step_true(struct pt_alert *a, int64_t tick, int64_t hold)
{
    bool began = a->state == PT_ALERT_INACTIVE;
    a->fading = false;
    if (began) {
        a->state = PT_ALERT_PENDING;
        a->active_at = tick;
    }
    if (a->state == PT_ALERT_PENDING && tick - a->active_at >= hold) {
        a->state = PT_ALERT_FIRING;
        return PT_ALERT_FIRED;
    }
    return began ? PT_ALERT_BEGAN : PT_ALERT_SAME;
}

static enum pt_alert_change step_false(struct pt_alert *a, int64_t tick, int64_t keep)
{
    if (a->state == PT_ALERT_INACTIVE)
        return PT_ALERT_SAME;
    if (a->state == PT_ALERT_PENDING) {
        a->state = PT_ALERT_INACTIVE;
        return PT_ALERT_DROPPED;
    }
    if (!a->fading) {
        a->fading = true;
        a->false_since = tick;
    }
    if (tick - a->false_since < keep)
        return PT_ALERT_SAME;
    a->state = PT_ALERT_INACTIVE;
    a->fading = false;
    return PT_ALERT_RESOLVED;
}

enum pt_alert_change pt_alert_step(struct pt_alert *a, int64_t tick, bool holds, int64_t hold,
                                   int64_t keep)
{
    return holds ? step_true(a, tick, hold) : step_false(a, tick, keep);
}

const char *pt_alert_change_name(enum pt_alert_change change)
{
    static const char *const NAMES[] = {NULL, "pending", "firing", "resolved", "inactive"};
    return NAMES[change];
}
