/* query_records.c - any records: what a query answers does not depend on the order in which they
 * came. */
#include "query/intake.h"
#include "query/query.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_line(struct pt_intake *in, struct pt_record_reader *reader, struct pt_str line)
{
    struct pt_record record;
    struct pt_err err = {0};
    if (pt_record_parse(reader, line, &record, &err) == 0)
        pt_intake_add(in, &record, &err);
}

/* Adds the lines first to last, or last to first. */
static struct pt_intake *intake_of(const char *p, size_t size, bool backwards)
{
    struct pt_record_reader reader = {0};
    const char *end = p + size;
    struct pt_err err = {0};
    struct pt_intake *in;
    if (pt_intake_open(&in, NULL, &err) != 0)
        abort();
    while (p < end) {
        const char *cut = backwards ? memrchr(p, '\n', (size_t)(end - p))
                                    : memchr(p, '\n', (size_t)(end - p));
        if (backwards) {
            const char *start = cut ? cut + 1 : p;
            add_line(in, &reader, (struct pt_str){start, (size_t)(end - start)});
            end = cut ? cut : p;
        } else {
            add_line(in, &reader, (struct pt_str){p, (size_t)((cut ? cut : end) - p)});
            p = cut ? cut + 1 : end;
        }
    }
    pt_record_reader_release(&reader);
    if (pt_intake_flush(in, &err) != 0)
        abort();
    return in;
}

enum { EXACT = 11 }; /* aggregates; those behind them add up in another order */

static void check(const struct pt_answer *a, const struct pt_answer *b)
{
    if (a->n != b->n)
        abort();
    for (size_t g = 0; g < a->n; g++) {
        const struct pt_group *x = &a->groups[g], *y = &b->groups[g];
        if (x->n != y->n || !pt_str_eq(x->name, y->name) || !pt_str_eq(x->tags, y->tags) ||
            memcmp(x->start, y->start, x->n * sizeof *x->start) != 0)
            abort();
        for (size_t i = 0; i < x->n * a->ncolumns; i++)
            if (i % a->ncolumns < EXACT &&
                pt_num_cmp(x->values[i], y->values[i]) != 0 &&
                !(isnan(x->values[i].d) && isnan(y->values[i].d)))
                abort();
        for (size_t i = 0; i < x->n * a->ncolumns; i++)
            if (!pt_str_eq(x->texts[i], y->texts[i]))
                abort();
    }
}

/* What of a query says where windows are. */
static const struct pt_query WINDOWS[] = {
    {.window = 0},
    {.window = 1},
    {.window = PT_MINUTE},
    {.window = PT_TIME_MAX},
    {.window = PT_MINUTE, .slide = 7 * PT_S, .origin = -5},
    {.window = 7 * PT_S, .slide = PT_MINUTE, .origin = PT_TIME_MAX},
    {.window = PT_TIME_MAX, .slide = PT_TIME_MAX / 5, .quantile_type = 3},
    {.gap = 1},
    {.gap = PT_MINUTE, .quantile_type = 6},
    {.gap = PT_TIME_MAX},
    {.window = 7 * PT_DAY, .calendar = true},
    {.window = 3 * PT_DAY, .slide = 2 * PT_DAY, .origin = PT_TIME_MIN, .calendar = true},
};

static void ask(struct pt_intake *in, const struct pt_query *window, struct pt_answer *out)
{
    struct pt_store *s = pt_intake_store(in);
    static const char *const BY[] = {"a", "name"};
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_err err = {0};
    static const char ALL[] = "count,min,max,range,first,last,median,p99,p1,distinct,"
                              "histogram,sum,stddev,delta,derivative,increase,twa";
    struct pt_query q = *window;
    q.since = PT_TIME_MIN;
    q.until = PT_TIME_MAX;
    q.aggs = aggs;
    q.by = BY;
    q.nby = 2;
    q.naggs = (size_t)pt_agg_parse(ALL, aggs, &err);
    if (pt_query_run(s, &q, out, &err) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_intake *forth = intake_of((const char *)data, size, false);
    struct pt_intake *back = intake_of((const char *)data, size, true);
    for (size_t i = 0; i < sizeof WINDOWS / sizeof WINDOWS[0]; i++) {
        struct pt_answer a, b;
        ask(forth, &WINDOWS[i], &a);
        ask(back, &WINDOWS[i], &b);
        check(&a, &b);
        pt_answer_release(&a);
        pt_answer_release(&b);
    }
    pt_intake_free(forth);
    pt_intake_free(back);
    return 0;
}
