/* alert.c - the state machine, tick by tick, against Prometheus' rules/alerting.go worked out by
 * hand. */
#include "detect/alert.h"
#include "../test.h"

/* One letter a tick: T the condition holds, F it does not.  One letter out: . nothing, p pending,
 * f firing, r resolved, d dropped.  Ticks are 1 apart. */
static void expect(const char *conditions, int64_t hold, int64_t keep, const char *changes)
{
    static const char LETTERS[] = ".pfrd";
    struct pt_alert a = {0};
    char got[64] = "";
    for (size_t i = 0; conditions[i] && i < sizeof got - 1; i++)
        got[i] = LETTERS[pt_alert_step(&a, (int64_t)i, conditions[i] == 'T', hold, keep)];
    CHECK_STR(pt_str(got), changes);
}

static void fires_at_once(void)
{
    expect("FTTF", 0, 0, ".f.r");
    expect("TFTF", 0, 0, "frfr");
}

static void waits_for_hold(void)
{
    expect("TTTTF", 2, 0, "p.f.r");
    expect("TTFTTTF", 2, 0, "p.dp.fr"); /* the wait begins anew */
    expect("TFTF", 1, 0, "pdpd");
    expect("TTF", 1, 5, "pf."); /* pending alerts are not kept */
    expect("TFF", 1, 5, "pd.");
}

static void keeps_firing(void)
{
    expect("TFFFF", 0, 2, "f..r.");
    expect("TFFTFFF", 0, 2, "f.....r"); /* a true tick ends the fading */
    expect("TFT", 0, 1, "f..");
    expect("TTFFFT", 1, 2, "pf..rp"); /* after resolving, hold counts again */
}

static void remembers_since_when(void)
{
    struct pt_alert a = {0};
    pt_alert_step(&a, 100, true, 20, 0);
    pt_alert_step(&a, 120, true, 20, 0);
    CHECK_INT(a.active_at, 100);
    CHECK_INT(a.state, PT_ALERT_FIRING);
    pt_alert_step(&a, 130, false, 20, 0);
    pt_alert_step(&a, 140, true, 20, 0);
    CHECK_INT(a.active_at, 140);
    CHECK_INT(a.state, PT_ALERT_PENDING);
}

TEST_MAIN({"fires at once", fires_at_once}, {"waits for hold", waits_for_hold},
          {"keeps firing", keeps_firing}, {"remembers since when", remembers_since_when})
