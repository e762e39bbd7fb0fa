/* pack.c - small integers go and come; damage shows and is never read past. */
#include "base/pack.h"
#include "../test.h"

static struct pt_unpack cursor(const struct pt_buf *b, size_t n)
{
    const unsigned char *p = (const unsigned char *)b->p;
    return (struct pt_unpack){p, p + n, false};
}

static void round_trips(void)
{
    static const uint64_t VALUES[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX,
                                      UINT64_MAX};
    static const size_t BYTES[] = {1, 1, 1, 2, 2, 3, 5, 9, 10};
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        struct pt_buf b = {0};
        struct pt_unpack in;
        pt_pack_varint(&b, VALUES[i]);
        CHECK_INT((int64_t)b.n, (int64_t)BYTES[i]);
        in = cursor(&b, b.n);
        CHECK(pt_unpack_varint(&in) == VALUES[i] && !in.bad && in.p == in.end);
        in = cursor(&b, b.n - 1);
        CHECK(pt_unpack_varint(&in) == VALUES[i] || in.bad);
        CHECK(in.bad);
        CHECK(pt_unpack_zigzag(pt_pack_zigzag(VALUES[i])) == VALUES[i]);
        pt_buf_release(&b);
    }
    CHECK(pt_pack_zigzag(0) == 0 && pt_pack_zigzag((uint64_t)-1) == 1 && pt_pack_zigzag(1) == 2);
}

static void runs_short(void)
{
    static const unsigned char ENDLESS[] = {255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 1};
    struct pt_unpack in = {ENDLESS, ENDLESS + sizeof ENDLESS, false};
    CHECK(pt_unpack_varint(&in) == 0 && in.bad);
    in = (struct pt_unpack){ENDLESS, ENDLESS + 2, false};
    CHECK(pt_unpack_bytes(&in, 2) == ENDLESS && !in.bad);
    CHECK(pt_unpack_bytes(&in, 1) == NULL && in.bad);
    CHECK_INT(pt_unpack_u8(&in), 0);
}

TEST_MAIN({"round trips", round_trips}, {"runs short", runs_short})
