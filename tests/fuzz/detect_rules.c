/* detect_rules.c - rule files of any bytes: parsed or refused with a place, never overrun; what
 * parses is judged. */
#include "detect/judge.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int each(void *ctx, const struct pt_judge_event *event, struct pt_err *err)
{
    (void)ctx;
    (void)event;
    (void)err;
    return 0;
}

static void judge(const struct pt_rules *rules)
{
    struct pt_feed *feed = pt_feed_new();
    struct pt_judge_options o = {PT_TIME_MIN, PT_TIME_MAX, true, each, NULL};
    struct pt_judge *j = pt_judge_new(rules, feed, &o);
    struct pt_err err = {0};
    for (int i = 0; i < 20; i++) {
        struct pt_feed_point p = {pt_feed_number(feed, i % 2 ? PT_STR("a") : PT_STR("b"),
                                                 PT_STR("{\"h\":\"{{value}}\"}"), PT_STR("ms"),
                                                 PT_KIND_NONE),
                                  i * PT_S, pt_num_real(i * 1.5)};
        pt_judge_advance(j, p.ts, &err);
        pt_judge_point(j, &p);
    }
    pt_judge_end(j, 20 * PT_S, &err);
    pt_judge_free(j);
    pt_feed_free(feed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_rules rules;
    struct pt_err err = {0};
    if (pt_rules_parse(&rules, (struct pt_str){(const char *)data, size}, "fuzz", &err) != 0) {
        if (err.code != PT_USAGE || !err.what[0])
            abort();
        return 0;
    }
    judge(&rules);
    pt_rules_release(&rules);
    return 0;
}
