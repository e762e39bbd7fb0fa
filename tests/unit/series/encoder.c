/* encoder.c - chunks from the other thread: all of them, in order, the same as if encoded here. */
#include "series/encoder.h"

#include "../test.h"

#include <stdlib.h>

static void fill(struct pt_column *c, uint32_t owner, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pt_column_add(c, (int64_t)(i * 10 + owner), pt_num_real((double)owner + (double)(i % 7)));
}

static size_t points_of(uint32_t owner)
{
    return 1 + owner * 37 % PT_CHUNK_POINTS;
}

static void put(struct pt_encoder *e, uint32_t owner)
{
    struct pt_column c = {0};
    fill(&c, owner, points_of(owner));
    pt_encoder_put(e, owner, &c);
    CHECK(c.n == 0);
    pt_column_release(&c);
}

static bool is_encoded(struct pt_chunk_coder *coder, const struct pt_encoded *e, uint32_t owner)
{
    struct pt_column c = {0};
    struct pt_buf want = {0};
    bool same;
    fill(&c, owner, points_of(owner));
    pt_chunk_encode(coder, &c, 0, c.n, &want);
    same = e->owner == owner && pt_str_eq(e->bytes, pt_buf_view(&want)) && e->summary.n == c.n &&
           e->summary.t0 == (int64_t)owner;
    pt_column_release(&c);
    pt_buf_release(&want);
    return same;
}

static void in_order(void)
{
    enum { MANY = 1000 }; /* more than are queued */
    struct pt_chunk_coder *coder = pt_chunk_coder_new();
    struct pt_encoder *e = pt_encoder_new();
    CHECK(pt_encoder_finish(e) == 0);
    for (int round = 0; round < 2; round++) {
        size_t bytes = 0;
        for (uint32_t i = 0; i < MANY; i++)
            put(e, i);
        CHECK_INT(pt_encoder_finish(e), MANY);
        for (uint32_t i = 0; i < MANY; i++) {
            struct pt_encoded got = pt_encoder_chunk(e, i);
            bytes += got.bytes.n + got.sketch.n;
            if (!CHECK(is_encoded(coder, &got, i)))
                break;
        }
        CHECK_INT(pt_encoder_bytes(e), bytes);
        pt_encoder_clear(e);
        CHECK_INT(pt_encoder_bytes(e), 0);
    }
    pt_encoder_free(e);
    pt_chunk_coder_free(coder);
}

/* What is put a second time comes behind what was finished before. */
static void goes_on(void)
{
    struct pt_chunk_coder *coder = pt_chunk_coder_new();
    struct pt_encoder *e = pt_encoder_new();
    struct pt_encoded got;
    put(e, 5);
    CHECK_INT(pt_encoder_finish(e), 1);
    put(e, 6);
    CHECK_INT(pt_encoder_finish(e), 2);
    got = pt_encoder_chunk(e, 0);
    CHECK(is_encoded(coder, &got, 5));
    got = pt_encoder_chunk(e, 1);
    CHECK(is_encoded(coder, &got, 6));
    pt_encoder_free(e);
    pt_chunk_coder_free(coder);
}

static void dropped(void)
{
    struct pt_encoder *e = pt_encoder_new();
    for (uint32_t i = 0; i < 100; i++)
        put(e, i);
    pt_encoder_free(e); /* with work in the queue */
    e = pt_encoder_new();
    for (uint32_t i = 0; i < 100; i++)
        put(e, i);
    pt_encoder_clear(e);
    CHECK_INT(pt_encoder_finish(e), 0);
    pt_encoder_free(e);
    pt_encoder_free(pt_encoder_new());
    pt_encoder_free(NULL);
}

TEST_MAIN({"in order", in_order}, {"goes on", goes_on}, {"dropped", dropped})
