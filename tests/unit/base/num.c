/* num.c - numbers against the C library and by hand.
 *
 * strtod and printf in the C locale are the oracle: both round correctly in glibc. */
#include "base/num.h"

#include "../test.h"

#include <stdlib.h>

enum { ROUNDS = 200000 };

static bool parses(const char *s, double want)
{
    struct pt_num v = {0};
    const char *end = s + strlen(s);
    return pt_num_parse(s, end, &v) == end && v.d == want && !signbit(v.d) == !signbit(want);
}

static bool refuses(const char *s)
{
    struct pt_num v;
    const char *end = s + strlen(s);
    return pt_num_parse(s, end, &v) != end;
}

static double random_finite(uint64_t *state)
{
    double d;
    do {
        uint64_t bits = test_random(state);
        memcpy(&d, &bits, sizeof d);
    } while (!isfinite(d));
    return d;
}

static void random_bits_survive(void)
{
    uint64_t state = 1;
    for (int i = 0; i < ROUNDS; i++) {
        double d = random_finite(&state);
        char text[PT_NUM_MAX];
        struct pt_num back = {0};
        int n = pt_num_format(text, pt_num_real(d));
        const char *after = pt_num_parse(text, text + n, &back);
        if (!CHECK(n < PT_NUM_MAX && after == text + n && pt_num_cmp(back, pt_num_real(d)) == 0) ||
            !CHECK(strtod(text, NULL) == d)) {
            printf("#   %.17g as %s\n", d, text);
            return;
        }
    }
}

static void decimals_survive_and_are_short(void)
{
    uint64_t state = 2;
    for (int i = 0; i < ROUNDS; i++) {
        int places = (int)(test_random(&state) % 7);
        double d = (double)(int64_t)(test_random(&state) % 2000000000 - 1000000000) /
                   (double[]){1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}[places];
        char text[PT_NUM_MAX], want[64];
        int n = pt_num_format(text, pt_num_real(d));
        snprintf(want, sizeof want, "%.15g", d);
        if (d == 0)
            continue;
        if (!CHECK((size_t)n <= strlen(want)) || !CHECK(strtod(text, NULL) == d)) {
            printf("#   %s is %s\n", want, text);
            return;
        }
    }
}

/* A double with an exponent of ten from -4 to 16: random, of few digits, or beside a power of ten
 * or of two. */
static double ordinary(uint64_t *state)
{
    double power = pow(10, (double)(test_random(state) % 21) - 4);
    double x = (double)(test_random(state) >> 11) * 0x1p-53;
    switch (test_random(state) % 5) {
    case 0: return x * power;
    case 1: return (double)(test_random(state) % 1000) / 300 * power;
    case 2: return nextafter(power, x < 0.5 ? 0 : HUGE_VAL);
    case 3: x = ldexp(1, (int)(test_random(state) % 70) - 14); return nextafter(x, 0);
    default: return ldexp(1, (int)(test_random(state) % 70) - 14);
    }
}

static void writing_is_as_short_as_printf_can(void)
{
    uint64_t state = 5;
    for (int i = 0; i < ROUNDS; i++) {
        double d = test_random(&state) % 2 ? ordinary(&state) : -ordinary(&state);
        char text[PT_NUM_MAX], want[400];
        int digits = 15;
        do
            snprintf(want, sizeof want, "%.*g", digits++, d);
        while (strtod(want, NULL) != d);
        pt_num_format(text, pt_num_real(d));
        /* Where printf takes to an exponent, an integer or a few decimals may do without. */
        if (!strchr(want, 'e') && !CHECK(strcmp(text, want) == 0)) {
            printf("#   %.17g as %s, not %s\n", d, text, want);
            return;
        }
    }
}

/* Texts of random length and exponent, so that the fast path, its edges and strtod all come up. */
static void reading_rounds_as_strtod(void)
{
    uint64_t state = 3;
    for (int i = 0; i < ROUNDS; i++) {
        char text[64];
        struct pt_num v;
        int digits = (int)(test_random(&state) % 20);
        int exponent = (int)(test_random(&state) % 60) - 30;
        int n = snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64 "e%d",
                         test_random(&state) >> (test_random(&state) % 64), digits + 1,
                         test_random(&state) >> (test_random(&state) % 64), exponent);
        if (!CHECK(pt_num_parse(text, text + n, &v) == text + n && v.d == strtod(text, NULL))) {
            printf("#   %s\n", text);
            return;
        }
    }
}

static void integers_survive(void)
{
    static const int64_t EDGES[] = {0,
                                    1,
                                    -1,
                                    INT64_C(1) << 53,
                                    (INT64_C(1) << 53) + 1,
                                    -(INT64_C(1) << 53) - 1,
                                    INT64_MAX,
                                    INT64_MIN,
                                    INT64_MAX - 1};
    uint64_t state = 4;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t want =
            i < 9 ? EDGES[i] : (int64_t)test_random(&state) >> (test_random(&state) % 63);
        char text[PT_NUM_MAX], plain[32];
        struct pt_num v;
        int n = pt_num_format(text, pt_num_int(want));
        snprintf(plain, sizeof plain, "%" PRId64, want);
        if (!CHECK(strcmp(text, plain) == 0) || !CHECK(pt_num_parse(text, text + n, &v) != NULL) ||
            !CHECK_INT(v.wide ? v.wide : (int64_t)v.d, want))
            return;
    }
}

static void grammar(void)
{
    CHECK(parses("0", 0) && parses("-0", -0.0) && parses("1e3", 1000) && parses("-1.5E-2", -0.015));
    CHECK(parses("5e-324", 5e-324) && parses("2e-324", 0) &&
          parses("1.7976931348623157e308", 0x1.fffffffffffffp1023));
    CHECK(parses("0e999999999999", 0) && parses("1e-999999999999", 0));
    CHECK(refuses("") && refuses("-") && refuses("+1") && refuses(".5") && refuses("1."));
    CHECK(refuses("01") && refuses("1e") && refuses("1e+") && refuses("0x10") && refuses("1,5"));
    CHECK(refuses("NaN") && refuses("Infinity") && refuses("-inf") && refuses("1e309"));
    CHECK(refuses("--1") && refuses("1 ") && refuses("\xD9\xA1"));
}

static void loose_grammar(void)
{
    static const struct {
        const char *text;
        double want;
    } GOOD[] = {{"+1", 1}, {".5", 0.5}, {"5.", 5}, {"007", 7}, {"-.25e1", -2.5}, {"+0", 0}};
    static const char *const BAD[] = {"", ".", "+", "-.", "nan", "inf", "1e", "e5", "0x1p3", "1_0"};
    struct pt_num v;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        const char *end = GOOD[i].text + strlen(GOOD[i].text);
        CHECK(pt_num_parse_loose(GOOD[i].text, end, &v) == end && v.d == GOOD[i].want);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        CHECK(pt_num_parse_loose(BAD[i], BAD[i] + strlen(BAD[i]), &v) != BAD[i] + strlen(BAD[i]) ||
              !*BAD[i]);
    CHECK(pt_num_parse_loose("", "", &v) == NULL);
}

static void integers_too_wide_become_doubles(void)
{
    static const char MORE[] = "9223372036854775808";
    static const char MANY[] = "123456789012345678901234567890";
    struct pt_num v;
    CHECK(pt_num_parse(MORE, MORE + strlen(MORE), &v) && v.d == 0x1p63 && v.wide == 0);
    CHECK(pt_num_parse(MANY, MANY + strlen(MANY), &v) && v.d == 123456789012345678901234567890.0);
    CHECK_INT(v.wide, 0);
}

static void order_is_exact(void)
{
    int64_t big = INT64_C(9007199254740993);
    CHECK(pt_num_cmp(pt_num_int(big), pt_num_int(big + 1)) < 0);
    CHECK(pt_num_cmp(pt_num_int(big), pt_num_int(big)) == 0);
    CHECK(pt_num_cmp(pt_num_int(big), pt_num_int(big - 1)) > 0);
    CHECK(pt_num_cmp(pt_num_int(big - 1), pt_num_int(big)) < 0);
    CHECK(pt_num_cmp(pt_num_int(-big), pt_num_real(0)) < 0);
    CHECK(pt_num_cmp(pt_num_int(INT64_MAX), pt_num_real(0x1p63)) < 0);
    CHECK(pt_num_cmp(pt_num_real(0x1p63), pt_num_int(INT64_MAX)) > 0);
}

static void counts(void)
{
    uint64_t v = 7;
    CHECK(pt_num_count("0", &v) == 0 && v == 0);
    CHECK(pt_num_count("18446744073709551615", &v) == 0 && v == UINT64_MAX);
    CHECK(pt_num_count("18446744073709551616", &v) != 0 && pt_num_count("", &v) != 0);
    CHECK(pt_num_count("-1", &v) != 0 && pt_num_count("+1", &v) != 0 &&
          pt_num_count(" 1", &v) != 0);
    CHECK(pt_num_count("1k", &v) != 0 && pt_num_count("1.0", &v) != 0);
}

TEST_MAIN({"random bit patterns survive", random_bits_survive},
          {"decimals survive and are short", decimals_survive_and_are_short},
          {"writing is as short as printf can", writing_is_as_short_as_printf_can},
          {"reading rounds as strtod does", reading_rounds_as_strtod},
          {"64-bit integers survive", integers_survive}, {"the grammar of RFC 8259", grammar},
          {"the loose grammar", loose_grammar},
          {"integers beyond 64 bits", integers_too_wide_become_doubles},
          {"order is exact", order_is_exact}, {"whole numbers", counts})
