/* time.c - instants and durations: whatever is read is written so that it reads back the same. */
#include "base/time.h"

#include "base/buf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_instant(int64_t t)
{
    char text[PT_TIME_TEXT];
    int64_t back;
    int n = pt_time_format(text, t);
    if (n >= PT_TIME_TEXT || pt_time_rfc3339((struct pt_str){text, (size_t)n}, &back) != 0 ||
        back != t)
        abort();
}

static void check_duration(int64_t d)
{
    char text[PT_DURATION_TEXT];
    int64_t back;
    int n = pt_duration_format(text, d);
    if (n >= PT_DURATION_TEXT || pt_duration_parse((struct pt_str){text, (size_t)n}, &back) != 0 ||
        back != d)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_str s = {(const char *)data, size};
    struct pt_buf text = {0};
    struct pt_err err = {0};
    int64_t t;
    if (pt_time_rfc3339(s, &t) == 0)
        check_instant(t);
    for (int unit = PT_UNIT_AUTO; unit <= PT_UNIT_NS; unit++)
        if (pt_time_epoch(s, (enum pt_time_unit)unit, &t) == 0)
            check_instant(t);
    if (pt_duration_parse(s, &t) == 0)
        check_duration(t);
    pt_buf_add(&text, data, size);
    if (pt_time_when(text.p, 0, &t, &err) == 0)
        check_instant(t);
    pt_buf_release(&text);
    return 0;
}
