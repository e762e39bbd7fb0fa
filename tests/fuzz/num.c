/* num.c - numbers: whatever is read is written so that it reads back the same. */
#include "base/num.h"

#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct pt_num v)
{
    char text[PT_NUM_MAX];
    struct pt_num back;
    int n = pt_num_format(text, v);
    if (n >= PT_NUM_MAX || pt_num_parse(text, text + n, &back) != text + n ||
        pt_num_cmp(v, back) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    struct pt_num strict, loose;
    if (pt_num_parse(p, p + size, &strict)) {
        check(strict);
        if (!pt_num_parse_loose(p, p + size, &loose) || pt_num_cmp(strict, loose) != 0)
            abort();
    }
    if (pt_num_parse_loose(p, p + size, &loose))
        check(loose);
    return 0;
}
