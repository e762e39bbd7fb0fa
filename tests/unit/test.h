/* test.h - checks for unit tests.
 *
 * A test is a function of checks; TEST_MAIN lists them.  The program prints "ok - name" or "not ok
 * - name" for each, and for every check that failed a line "# file:line: what" before it.  A failed
 * check does not end its test.  The exit status is 1 when a test failed. */
#ifndef PT_UNIT_TEST_H
#define PT_UNIT_TEST_H

#include "base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned test_failures; /* of the running test */

static inline bool test_check(bool good, const char *file, int line, const char *what)
{
    if (!good) {
        test_failures++;
        printf("# %s:%d: %s\n", file, line, what);
    }
    return good;
}

static inline bool test_check_int(int64_t got, int64_t want, const char *file, int line,
                                  const char *what)
{
    if (test_check(got == want, file, line, what))
        return true;
    printf("#   got %" PRId64 ", want %" PRId64 "\n", got, want);
    return false;
}

static inline bool test_check_str(struct pt_str got, struct pt_str want, const char *file, int line,
                                  const char *what)
{
    if (test_check(pt_str_eq(got, want), file, line, what))
        return true;
    printf("#   got  \"%.*s\"\n#   want \"%.*s\"\n", (int)got.n, got.p ? got.p : "", (int)want.n,
           want.p ? want.p : "");
    return false;
}

static inline bool test_check_near(double got, double want, double tolerance, const char *file,
                                   int line, const char *what)
{
    if (test_check(fabs(got - want) <= tolerance, file, line, what))
        return true;
    printf("#   got %.17g, want %.17g within %g\n", got, want, tolerance);
    return false;
}

#define CHECK(cond) test_check((cond), __FILE__, __LINE__, #cond)
#define CHECK_INT(got, want) test_check_int((got), (want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) test_check_str((got), pt_str(want), __FILE__, __LINE__, #got)
#define CHECK_NEAR(got, want, tolerance) \
    test_check_near((got), (want), (tolerance), __FILE__, __LINE__, #got)

struct test {
    const char *name;
    void (*run)(void);
};

static inline int test_main(const struct test *tests, size_t n)
{
    unsigned failed = 0;
    for (size_t i = 0; i < n; i++) {
        test_failures = 0;
        tests[i].run();
        printf("%s - %s\n", test_failures ? "not ok" : "ok", tests[i].name);
        failed += test_failures != 0;
        fflush(stdout);
    }
    return failed != 0;
}

/* TEST_MAIN({"reads a number", reads_a_number}, {"writes it", writes_it}) */
#define TEST_MAIN(...)                                           \
    int main(void)                                               \
    {                                                            \
        static const struct test TESTS[] = {__VA_ARGS__};        \
        return test_main(TESTS, sizeof TESTS / sizeof TESTS[0]); \
    }

/* Repeatable random bits (Steele, Lea & Flood, 2014); the seed is printed nowhere because it is
 * fixed. */
static inline uint64_t test_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#endif
