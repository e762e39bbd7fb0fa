/* memory.c - buffers, arenas, maps, chains and errors. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"

#include "../test.h"

#include <errno.h>
#include <stdlib.h>

static void buffers_grow(void)
{
    struct pt_buf b = {0};
    for (int i = 0; i < 10000; i++)
        pt_buf_printf(&b, "%d,", i % 10);
    CHECK_INT((int64_t)b.n, 20000);
    CHECK(b.p[b.n] == '\0' && memcmp(b.p + 19990, "5,6,7,8,9,", 10) == 0);
    pt_buf_clear(&b);
    CHECK(b.n == 0 && b.p[0] == '\0');
    pt_buf_add(&b, "a\0b", 3);
    CHECK_INT((int64_t)b.n, 3);
    pt_buf_release(&b);
    CHECK(b.p == NULL && b.n == 0 && b.cap == 0);
    pt_buf_add(&b, NULL, 0);
    CHECK_STR(pt_buf_view(&b), "");
    pt_buf_release(&b);
}

static void arenas_align_and_keep(void)
{
    struct pt_arena a = {0};
    unsigned char *p[200];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 200; i++) {
            p[i] = pt_arena_alloc(&a, i * 7);
            CHECK((uintptr_t)p[i] % _Alignof(max_align_t) == 0);
            memset(p[i], (int)i, i * 7);
        }
        for (size_t i = 0; i < 200; i++)
            for (size_t k = 0; k < i * 7; k++)
                if (p[i][k] != i && !CHECK(p[i][k] == i))
                    return;
        pt_arena_reset(&a);
    }
    CHECK(pt_arena_alloc(&a, 1 << 20) != NULL);
    pt_arena_release(&a);
    pt_arena_release(&a);
}

static void maps_find_what_was_added(void)
{
    struct pt_map m = {0};
    bool added;
    CHECK(pt_map_find(&m, PT_STR("x")) == PT_MAP_NONE);
    for (uint32_t i = 0; i < 5000; i++) {
        uint64_t key = i * UINT64_C(7919);
        CHECK(pt_map_add(&m, (struct pt_str){(char *)&key, sizeof key}, &added) == i && added);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        uint64_t key = i * UINT64_C(7919);
        struct pt_str s = {(char *)&key, sizeof key};
        CHECK(pt_map_find(&m, s) == i && pt_str_eq(pt_map_key(&m, i), s));
        CHECK(pt_map_add(&m, s, &added) == i && !added);
    }
    CHECK(pt_map_find(&m, PT_STR("absent")) == PT_MAP_NONE);
    CHECK(pt_map_add(&m, PT_STR(""), NULL) == 5000 && pt_map_find(&m, PT_STR("")) == 5000);
    pt_map_release(&m);
    CHECK(m.n == 0 && pt_map_find(&m, PT_STR("x")) == PT_MAP_NONE);
}

/* A chain that was saved and loaded goes on; a change anywhere changes it, and so does another
 * cut. */
static void chains_go_on(void)
{
    unsigned char bytes[300], saved[PT_CHAIN_BYTES];
    uint64_t state = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)test_random(&state);
    for (size_t n = 1; n <= sizeof bytes; n++) {
        struct pt_chain one, two, cut, other;
        pt_chain_init(&one);
        pt_chain_add(&one, bytes, n);
        pt_chain_save(&one, saved);
        pt_chain_load(&two, saved);
        cut = one;
        pt_chain_add(&one, bytes, n / 2);
        pt_chain_add(&two, bytes, n / 2);
        CHECK(pt_chain_mark(&one) == pt_chain_mark(&two));
        pt_chain_add(&cut, bytes, n / 4);
        pt_chain_add(&cut, bytes + n / 4, n / 2 - n / 4);
        CHECK(pt_chain_mark(&one) != pt_chain_mark(&cut));
        bytes[n / 2] ^= 1;
        pt_chain_init(&other);
        pt_chain_add(&other, bytes, n);
        pt_chain_add(&other, bytes, n / 2);
        CHECK(pt_chain_mark(&one) != pt_chain_mark(&other));
    }
}

static void chains_tell_zeros_apart(void)
{
    static const unsigned char ZEROS[100];
    uint64_t seen[101];
    for (size_t n = 0; n <= sizeof ZEROS; n++) {
        struct pt_chain c;
        pt_chain_init(&c);
        pt_chain_add(&c, ZEROS, n);
        seen[n] = pt_chain_mark(&c);
        for (size_t k = 0; k < n; k++)
            CHECK(seen[n] != seen[k]);
    }
    CHECK(pt_hash_bytes("", 0, 0) != pt_hash_bytes("\0", 1, 0));
    CHECK(pt_hash_bytes("abc", 3, 0) != pt_hash_bytes("abc", 3, 1));
}

static int by_mark(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Lines that differ from one in a single bit have marks of their own, in every bit of which about
 * half of them differ from it. */
static void chains_see_each_bit(void)
{
    enum { MOST = 100 };
    char line[MOST + 1] = "";
    uint64_t marks[MOST * 8];
    for (size_t i = 0; i < MOST; i++)
        line[i] = (char)('0' + i * 7 % 10);
    for (size_t n = 1; n <= MOST; n++) {
        struct pt_chain whole, c;
        unsigned differ[64] = {0};
        pt_chain_init(&whole);
        pt_chain_add(&whole, line, n);
        for (size_t bit = 0; bit < n * 8; bit++) {
            pt_chain_init(&c);
            line[bit / 8] ^= (char)(1 << bit % 8);
            pt_chain_add(&c, line, n);
            line[bit / 8] ^= (char)(1 << bit % 8);
            marks[bit] = pt_chain_mark(&c);
            CHECK(marks[bit] != pt_chain_mark(&whole));
            for (int i = 0; i < 64; i++)
                differ[i] += (marks[bit] ^ pt_chain_mark(&whole)) >> i & 1;
        }
        qsort(marks, n * 8, sizeof *marks, by_mark);
        for (size_t i = 1; i < n * 8; i++)
            CHECK(marks[i - 1] != marks[i]);
        for (int i = 0; i < 64 && n >= 32; i++) /* 256 throws of a coin: 8 is a standard deviation */
            CHECK(differ[i] > n * 8 / 2 - n * 8 / 5 && differ[i] < n * 8 / 2 + n * 8 / 5);
    }
}

static void the_first_error_wins(void)
{
    struct pt_err err = {0};
    char text[900], longer[2000];
    CHECK_INT(pt_err_set(&err, PT_DATA, "no %s", "good"), -1);
    pt_err_set(&err, PT_SYSTEM, "later");
    pt_err_at(&err, "file", 17);
    pt_err_at(&err, "other", 18);
    pt_err_text(&err, text, sizeof text);
    CHECK_STR(pt_str(text), "file:17: no good");
    CHECK_INT(err.code, PT_DATA);
    err = (struct pt_err){0};
    errno = ENOENT;
    pt_err_sys(&err, "cannot open x");
    CHECK_STR(pt_str(err.what), "cannot open x: No such file or directory");
    err = (struct pt_err){0};
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    pt_err_set(&err, PT_DATA, "%s", longer);
    CHECK_INT((int64_t)strlen(err.what), (int64_t)sizeof err.what - 1);
}

TEST_MAIN({"buffers grow", buffers_grow}, {"arenas align and keep", arenas_align_and_keep},
          {"maps find what was added", maps_find_what_was_added},
          {"chains go on", chains_go_on},
          {"chains tell zeros apart", chains_tell_zeros_apart},
          {"chains see each bit", chains_see_each_bit},
          {"the first error wins", the_first_error_wins})
