/* sketch.c - sketches of any bytes are refused, or written and merged again come out the same. */
#include "series/sketch.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_sketch s = {0}, again = {0};
    struct pt_buf first = {0}, second = {0};
    struct pt_err err = {0};
    if (pt_sketch_merge(&s, (struct pt_str){(const char *)data, size}, &err) == 0) {
        pt_sketch_quantile(&s, 0.5);
        pt_sketch_write(&s, &first);
        expect(pt_sketch_merge(&again, pt_buf_view(&first), &err) == 0 && again.n == s.n);
        pt_sketch_write(&again, &second);
        expect(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
    } else {
        expect(err.code == PT_SYSTEM);
    }
    pt_buf_release(&first);
    pt_buf_release(&second);
    pt_sketch_release(&s);
    pt_sketch_release(&again);
    return 0;
}
