/* daily.h - the daily report: what a store holds of one day, or of any period.
 *
 * Sections, each only where there are data for it: summary, findings, latency, throughput and
 * errors, market data, trading, decisions, models, traces, events, machine, contents, data quality.
 * Figures carry the value of the period before (the day before, or the stretch of the same length)
 * where the store reaches back that far. */
#ifndef PT_REPORT_DAILY_H
#define PT_REPORT_DAILY_H

#include "base/err.h"
#include "report/model.h"
#include "store/store.h"

struct pt_daily_options {
    const char *title;    /* NULL: "Daily report" and the day */
    int64_t since, until; /* half-open; PT_TIME_MIN and PT_TIME_MAX: as far as there are data */
    bool latest_day;      /* instead: the local day of the latest datum */
};

/* 0, *out to be released; or -1 with err: PT_FOUND when there is nothing in the period. */
int pt_report_daily(struct pt_report *out, struct pt_store *store,
                    const struct pt_daily_options *options, struct pt_err *err);

#endif
