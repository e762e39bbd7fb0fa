/* frame.c - see frame.h. */
#include "frame.h"

#include "base/time.h"

#include <string.h>

static int parse_lengths(const struct query_frame *f, struct pt_query *q, struct pt_err *err)
{
    bool window = f->window != QUERY_NO_DURATION, slide = f->slide != QUERY_NO_DURATION;
    bool gap = f->gap != QUERY_NO_DURATION;
    if (window && f->window <= 0)
        return pt_err_set(err, PT_USAGE, "--window: a window is longer than 0, such as 30s or 5m");
    if (slide && f->slide <= 0)
        return pt_err_set(err, PT_USAGE, "--slide is longer than 0, such as 10s or 1m");
    if (gap && f->gap <= 0)
        return pt_err_set(err, PT_USAGE, "--gap: a pause is longer than 0, such as 30s or 5m");
    if (gap && window)
        return pt_err_set(err, PT_USAGE,
                          "--gap makes sessions, which have no --window; give one of them");
    if (!window && (slide || f->align))
        return pt_err_set(err, PT_USAGE, "%s places windows; give --window too",
                          slide ? "--slide" : "--align");
    q->window = window ? f->window : 0;
    q->slide = slide ? f->slide : 0;
    q->gap = gap ? f->gap : 0;
    return 0;
}

static int parse_align(const struct query_frame *f, struct pt_query *q, struct pt_err *err)
{
    if (!f->align || strcmp(f->align, "epoch") == 0)
        return 0;
    if (strcmp(f->align, "since") == 0) {
        if (q->since == PT_TIME_MIN)
            return pt_err_set(err, PT_USAGE, "--align since: there is no --since");
        q->origin = q->since;
        return 0;
    }
    if (pt_time_rfc3339(pt_str(f->align), &q->origin) != 0)
        return pt_err_set(err, PT_USAGE,
                          "--align: expected epoch, since or a time such as "
                          "2026-11-20T09:30:00Z, not: %.100s",
                          f->align);
    return 0;
}

static int parse_aggregates(struct query_frame *f, struct pt_query *q, struct pt_err *err)
{
    int n = f->buckets ? pt_buckets_parse(f->buckets, f->bounds, err) : 0;
    if (n < 0)
        return -1;
    q->bounds = f->bounds;
    q->nbounds = (size_t)n;
    if (f->quantile_type < 1 || f->quantile_type > PT_QUANTILE_TYPES)
        return pt_err_set(err, PT_USAGE, "--quantile-type: there are types 1 to %d",
                          PT_QUANTILE_TYPES);
    q->quantile_type = (int)f->quantile_type;
    return 0;
}

int query_frame_parse(struct query_frame *f, const char *zone, struct pt_query *q,
                      struct pt_err *err)
{
    if (parse_lengths(f, q, err) != 0 || parse_align(f, q, err) != 0 ||
        parse_aggregates(f, q, err) != 0)
        return -1;
    q->calendar = zone && q->window && q->window % PT_DAY == 0 && q->slide % PT_DAY == 0;
    return 0;
}
