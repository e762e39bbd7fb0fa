/* prometheus.h - lines of the Prometheus text exposition format 0.0.4 to records.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats.  Labels become tags, TYPE becomes the
 * kind: a histogram's _bucket series keep "histogram", the _sum and _count of histograms and
 * summaries are counters.  A line without a timestamp gets the time given. */
#ifndef PT_FORMAT_PROMETHEUS_H
#define PT_FORMAT_PROMETHEUS_H

#include "base/err.h"
#include "record/record.h"

struct pt_prometheus;
struct pt_prometheus *pt_prometheus_new(void);
void pt_prometheus_free(struct pt_prometheus *p); /* NULL is fine */

/* 1 and a record (borrowed until the next call); 0 for blank lines and comments; -1 with err. */
int pt_prometheus_line(struct pt_prometheus *p, struct pt_str line, int64_t now,
                       struct pt_record *out, struct pt_err *err);

#endif
