/* chunk.c - chunks of any bytes decode to points in order or are refused; the points encode and
 * decode to the same; and points of any bits come back. */
#include "series/chunk.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pt_chunk_coder *coder;

static void expect(bool good)
{
    if (!good)
        abort();
}

static void check_round_trip(const struct pt_column *c)
{
    size_t n = c->n < PT_CHUNK_POINTS ? c->n : PT_CHUNK_POINTS;
    struct pt_column back = {0};
    struct pt_err err = {0};
    struct pt_buf bytes = {0};
    pt_chunk_encode(coder, c, 0, n, &bytes);
    expect(pt_chunk_decode(coder, pt_buf_view(&bytes), &back, &err) == 0 && back.n == n);
    for (size_t i = 0; i < n; i++) {
        struct pt_num a = pt_column_value(c, i), b = pt_column_value(&back, i);
        expect(c->ts[i] == back.ts[i] && a.wide == b.wide && memcmp(&a.d, &b.d, sizeof a.d) == 0);
    }
    pt_column_release(&back);
    pt_buf_release(&bytes);
}

/* Each nine bytes a point: a step in time, and the bits of a double or an integer. */
static void encode_bits(const uint8_t *data, size_t size)
{
    struct pt_column c = {0};
    int64_t ts = -1000;
    for (; size >= 9 && c.n < PT_CHUNK_POINTS; data += 9, size -= 9) {
        int64_t bits;
        double d;
        memcpy(&bits, data + 1, 8);
        memcpy(&d, &bits, 8);
        ts += 1 + (data[0] >> 1);
        if (!(data[0] & 1) && isfinite(d))
            pt_column_add(&c, ts, pt_num_real(d));
        else
            pt_column_add(&c, ts, pt_num_int(bits));
    }
    if (c.n)
        check_round_trip(&c);
    pt_column_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_column c = {0};
    struct pt_err err = {0};
    if (!coder)
        coder = pt_chunk_coder_new();
    if (pt_chunk_decode(coder, (struct pt_str){(const char *)data, size}, &c, &err) == 0) {
        expect(c.n && pt_column_ordered(&c));
        check_round_trip(&c);
    } else {
        expect(err.code == PT_SYSTEM);
    }
    pt_column_release(&c);
    encode_bits(data, size);
    return 0;
}
