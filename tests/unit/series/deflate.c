/* deflate.c - what one library packs the other unpacks, at any level; and nothing else unpacks. */
#include "series/deflate.h"

#include "../test.h"

#include <stdlib.h>

enum { MOST = 70000 };

static const size_t LENGTHS[] = {1, 2, 31, 1023, MOST};
static const enum pt_deflate_engine ENGINES[] = {PT_DEFLATE_BEST, PT_DEFLATE_ZLIB};
static uint64_t seed = 1;

/* Bytes that pack: few symbols, in runs. */
static void fill(unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = test_random(&seed) % 4 && i ? p[i - 1] : (unsigned char)(test_random(&seed) % 16);
}

static void check_pair(const unsigned char *in, size_t n, const unsigned char *packed, size_t size)
{
    for (int e = 0; e < 2; e++) {
        struct pt_deflate *d = pt_deflate_new(ENGINES[e], 6);
        unsigned char *copy = malloc(size), *out = malloc(n + 1);
        memcpy(copy, packed, size);
        CHECK(pt_deflate_unpack(d, copy, size, out, n) == 0 && memcmp(in, out, n) == 0);
        CHECK(pt_deflate_unpack(d, copy, size, out, n - 1) != 0);
        CHECK(pt_deflate_unpack(d, copy, size, out, n + 1) != 0);
        CHECK(pt_deflate_unpack(d, copy, size - 1, out, n) != 0);
        free(copy);
        free(out);
        pt_deflate_free(d);
    }
}

static void across(void)
{
    static unsigned char in[MOST], packed[2 * MOST];
    for (int e = 0; e < 2; e++)
        for (int level = PT_DEFLATE_HUFFMAN; level <= 9; level += 3) {
            struct pt_deflate *d = pt_deflate_new(ENGINES[e], level);
            for (size_t l = 0; l < sizeof LENGTHS / sizeof *LENGTHS; l++) {
                size_t size;
                fill(in, LENGTHS[l]);
                size = pt_deflate_pack(d, in, LENGTHS[l], packed, sizeof packed);
                if (CHECK(size > 0))
                    check_pair(in, LENGTHS[l], packed, size);
                CHECK(pt_deflate_pack(d, in, LENGTHS[l], packed, size - 1) == 0);
            }
            pt_deflate_free(d);
        }
}

static void none(void)
{
    struct pt_deflate *d = pt_deflate_new(PT_DEFLATE_NONE, 6);
    unsigned char in[100] = {0}, out[100];
    CHECK(pt_deflate_pack(d, in, sizeof in, out, sizeof out) == 0);
    pt_deflate_free(d);
}

static void noise(void)
{
    for (int e = 0; e < 2; e++) {
        struct pt_deflate *d = pt_deflate_new(ENGINES[e], 6);
        for (int i = 0; i < 5000; i++) {
            unsigned char in[40], out[64];
            for (size_t k = 0; k < sizeof in; k++)
                in[k] = (unsigned char)test_random(&seed);
            pt_deflate_unpack(d, in, (size_t)i % sizeof in, out, sizeof out);
        }
        pt_deflate_free(d);
    }
}

/* The check value that goes with the polynomial, whole and in parts. */
static void crc(void)
{
    CHECK_INT(pt_deflate_crc(0, "123456789", 9), 0xcbf43926);
    CHECK_INT(pt_deflate_crc(pt_deflate_crc(0, "1234", 4), "56789", 5), 0xcbf43926);
    CHECK_INT(pt_deflate_crc(pt_deflate_crc(0, "123456789", 9), NULL, 0), 0xcbf43926);
}

TEST_MAIN({"crc", crc}, {"across", across}, {"none", none}, {"noise", noise})
