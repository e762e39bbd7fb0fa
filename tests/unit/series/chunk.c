/* chunk.c - every run of points comes back bit for bit, in few bytes where it has a pattern; and
 * damaged bytes are refused or decoded to something, but never read beyond. */
#include "series/chunk.h"

#include "../test.h"

#include <stdlib.h>

static uint64_t seed = 1;

static struct pt_chunk_coder *coder, *other; /* other: by zlib alone */

static double double_of(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static bool same(const struct pt_column *a, size_t begin, const struct pt_column *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct pt_num x = pt_column_value(a, begin + i), y = pt_column_value(b, i);
        if (a->ts[begin + i] != b->ts[i] || memcmp(&x.d, &y.d, sizeof x.d) != 0 || x.wide != y.wide)
            return false;
    }
    return true;
}

/* Encodes, decodes (from a copy of exactly the bytes, behind points that are there already) and
 * compares; returns the number of bytes. */
static size_t round_trip(const struct pt_column *c, size_t begin, size_t end)
{
    struct pt_buf bytes = {0};
    struct pt_column back = {0};
    struct pt_err err = {0};
    size_t n;
    char *copy;
    pt_chunk_encode(coder, c, begin, end, &bytes);
    n = bytes.n;
    copy = malloc(n);
    memcpy(copy, bytes.p, n);
    if (CHECK(pt_chunk_decode(coder, (struct pt_str){copy, n}, &back, &err) == 0))
        CHECK(back.n == end - begin && same(c, begin, &back));
    else
        printf("#   %s\n", err.what);
    pt_column_clear(&back);
    CHECK(pt_chunk_decode(other, (struct pt_str){copy, n}, &back, &err) == 0);
    CHECK(back.n == end - begin && same(c, begin, &back));
    pt_buf_clear(&bytes);
    pt_chunk_encode(other, c, begin, end, &bytes);
    pt_column_clear(&back);
    CHECK(pt_chunk_decode(coder, pt_buf_view(&bytes), &back, &err) == 0);
    CHECK(back.n == end - begin && same(c, begin, &back));
    pt_column_clear(&back);
    pt_column_add(&back, INT64_MAX, pt_num_int(INT64_MAX));
    CHECK(pt_chunk_decode(coder, (struct pt_str){copy, n}, &back, &err) == 0);
    CHECK(back.n == end - begin + 1 && back.wide[0] == INT64_MAX);
    free(copy);
    pt_buf_release(&bytes);
    pt_column_release(&back);
    return n;
}

enum times { REGULAR, JITTERED, IRREGULAR, WILD, NTIMES };

static int64_t next_time(enum times how, int64_t t)
{
    uint64_t r = test_random(&seed);
    switch (how) {
    case REGULAR: return t + 1000000000;
    case JITTERED: return t + 1000000000 + (int64_t)(r % 2000001) - 1000000;
    case IRREGULAR: return t + 1 + (int64_t)(r % (UINT64_C(1) << (r >> 58) % 40));
    default: return t + 1 + (int64_t)(r % (UINT64_C(1) << 53));
    }
}

enum values {
    CONSTANT,
    BITS,
    INTEGERS,
    WIDE,
    MIXED,
    COUNTER,
    DECIMAL,
    WALK,
    ZEROES,
    NEAR_EXACT,
    NVALUES
};

static double finite_bits(void)
{
    for (;;) {
        double d = double_of(test_random(&seed));
        if (isfinite(d))
            return d;
    }
}

static struct pt_num next_value(enum values how, size_t i, int places)
{
    static const double EDGES[] = {0.0,
                                   -0.0,
                                   5e-324,
                                   -5e-324,
                                   2.2250738585072014e-308,
                                   1.7976931348623157e308,
                                   -1.7976931348623157e308,
                                   0.1};
    static int64_t counter;
    uint64_t r = test_random(&seed);
    switch (how) {
    case CONSTANT: return pt_num_real(-273.15);
    case BITS: return pt_num_real(r % 8 ? finite_bits() : EDGES[r / 8 % 8]);
    case INTEGERS: return pt_num_real((double)((int64_t)(r % 2001) - 1000));
    case WIDE: return pt_num_int(r % 9 == 0 ? INT64_MIN : r % 9 == 1 ? INT64_MAX : (int64_t)r);
    case MIXED: return r % 3 ? pt_num_real(finite_bits()) : pt_num_int((int64_t)test_random(&seed));
    case COUNTER:
        counter = i == 0 || r % 300 == 0 ? 0 : counter + (int64_t)(r % 1000);
        return pt_num_int(counter);
    case DECIMAL: {
        double scale = 1;
        for (int p = 0; p < places; p++)
            scale *= 10;
        return pt_num_real((double)((int64_t)(r % 2000001) - 1000000) / scale);
    }
    case WALK: return pt_num_real(sin((double)i / 50) * 1e3 + (double)(r % 1000) / 1e6);
    case ZEROES: return pt_num_real(r % 2 ? 0.0 : -0.0);
    default: return pt_num_int((INT64_C(1) << 53) - 2 + (int64_t)(r % 5));
    }
}

static void fill(struct pt_column *c, enum times times, enum values values, size_t n, int places)
{
    int64_t t = times == WILD ? INT64_MIN + 5 : (int64_t)(test_random(&seed) >> 4) - (1ll << 59);
    pt_column_clear(c);
    for (size_t i = 0; i < n; i++) {
        pt_column_add(c, t, next_value(values, i, places));
        t = next_time(times, t);
    }
}

static void round_trips(void)
{
    static const size_t LENGTHS[] = {1, 2, 3, 4, 64, 1023, 1024};
    for (int t = 0; t < NTIMES; t++)
        for (int v = 0; v < NVALUES; v++)
            for (size_t l = 0; l < sizeof LENGTHS / sizeof *LENGTHS; l++) {
                struct pt_column c = {0};
                fill(&c, (enum times)t, (enum values)v, LENGTHS[l], (int)l);
                round_trip(&c, 0, c.n);
                if (c.n > 3)
                    round_trip(&c, 1, c.n - 1);
                pt_column_release(&c);
            }
}

static void decimals(void)
{
    struct pt_column c = {0};
    for (int places = 0; places <= 14; places++) {
        fill(&c, JITTERED, DECIMAL, 1024, places);
        round_trip(&c, 0, c.n);
    }
    pt_column_release(&c);
}

/* The ends of what there is: times and values as far apart as can be. */
static void extremes(void)
{
    struct pt_column c = {0};
    pt_column_add(&c, INT64_MIN, pt_num_int(INT64_MAX));
    pt_column_add(&c, INT64_MAX, pt_num_int(INT64_MIN));
    round_trip(&c, 0, 2);
    pt_column_clear(&c);
    pt_column_add(&c, INT64_MIN, pt_num_int(INT64_MIN));
    pt_column_add(&c, INT64_MIN + 1, pt_num_real(0.5));
    pt_column_add(&c, 0, pt_num_int(INT64_MAX));
    pt_column_add(&c, INT64_MAX, pt_num_real(-0.0));
    round_trip(&c, 0, 4);
    round_trip(&c, 0, 1);
    round_trip(&c, 3, 4);
    pt_column_release(&c);
}

/* The example of pt-store(5), "Chunks", byte for byte. */
/* Integers around where they are turned to doubles in another way. */
static void edges(void)
{
    static const int64_t POWER[] = {INT64_C(1) << 51, INT64_C(1) << 52, INT64_C(1) << 53};
    struct pt_column c = {0};
    for (int places = 0; places <= 3; places += 3)
        for (size_t i = 0; i < sizeof POWER / sizeof POWER[0]; i++) {
            int64_t t = 0;
            pt_column_clear(&c);
            for (int64_t off = -3; off <= 3; off++)
                for (int sign = -1; sign <= 1; sign += 2) {
                    double d = (double)(POWER[i] + off) * sign;
                    pt_column_add(&c, t++, pt_num_real(places ? d / 1000 : d));
                }
            for (size_t at = 0; at < c.n; at++)
                round_trip(&c, at, at + 1);
            round_trip(&c, 0, c.n);
        }
    pt_column_release(&c);
}

static void manual(void)
{
    static const int64_t AT[] = {0, 1000, 2000, 3500};
    static const double V[] = {12.25, 12.5, 12.75, 11};
    static const unsigned char BYTES[] = {
        0x22, 4,    5, 0x80, 0xc0, 0x87, 0xb8, 0x82, 0xb8, 0xdb, 0xe9, 0x31, 0x80, 0xca, 0xb5,
        0xee, 1,    4, 1,    0,    4,    4,    0x92, 0x13, 0x19, 9,    3,    0,    0x3e, 0,
        0};
    struct pt_column c = {0};
    struct pt_buf b = {0};
    for (int i = 0; i < 4; i++)
        pt_column_add(&c, INT64_C(1795167000000000000) + AT[i] * 1000000, pt_num_real(V[i]));
    pt_chunk_encode(coder, &c, 0, 4, &b);
    CHECK(b.n == sizeof BYTES && memcmp(b.p, BYTES, b.n) == 0);
    pt_buf_release(&b);
    pt_column_release(&c);
}

/* Values that no single codec fits: each with the bytes that 1024 of them may take. */
static struct pt_num odd_value(int how, int i)
{
    uint64_t r = test_random(&seed);
    double cents = (double)(int64_t)(r % 2000) / 100;
    switch (how) {
    case 0: return i == 500 ? pt_num_int((INT64_C(1) << 53) + 1) : pt_num_real(cents);
    case 1: return pt_num_real(i % 100 ? cents : -0.0);
    case 2: return pt_num_real(i == 7 ? 0.1 + 0.2 : cents);
    case 3: return pt_num_int(i % 2 ? (INT64_C(1) << 53) + i : (INT64_C(1) << 53) - i);
    case 4: return pt_num_real(i % 2 ? 1e-9 * (double)(r % 1000) : 1e9 * (double)(r % 1000));
    case 5: return pt_num_real((double)(float)(1 + cents / 3)); /* widened: 29 bits are zero */
    case 6: return pt_num_real(4096 * (double)(r % 100000));
    case 7: return pt_num_real((double)(100003 * (i / 6 % 50 * 7 % 50))); /* levels that last */
    case 8: return pt_num_real((double)i * 5 + (i > 900 ? 123456789 : 0)); /* one jump */
    default: return i % 3 ? pt_num_real(1 / (double)(i + 1)) : pt_num_int(INT64_MIN + i);
    }
}

static void odd(void)
{
    static const size_t MOST[] = {1600, 1650, 1600, 1500, 7400, 4400, 2300, 400, 60, 12000};
    for (int how = 0; how < 10; how++)
        for (size_t n = 1; n <= 1024; n += n < 20 ? 1 : 251) {
            struct pt_column c = {0};
            size_t bytes;
            for (size_t i = 0; i < n; i++)
                pt_column_add(&c, (int64_t)i * 1000000 + (int64_t)(test_random(&seed) % 2),
                              odd_value(how, (int)i));
            bytes = round_trip(&c, 0, n);
            if (!CHECK(bytes <= MOST[how] + 128))
                printf("#   kind %d of %zu takes %zu bytes\n", how, n, bytes);
            pt_column_release(&c);
        }
}

/* Readers accept chunks that no writer makes: 65536 points, a second apart, as one raw plane. */
static void most_points(void)
{
    static const unsigned char HEAD[] = {0x20, 0x80, 0x80, 4, 1, 0, 2, 0, 0, 0, 0, 2, 0, 1};
    struct pt_column c = {0};
    struct pt_buf b = {0};
    struct pt_err err = {0};
    pt_buf_add(&b, HEAD, sizeof HEAD);
    for (int i = 1; i < PT_CHUNK_POINTS_MOST; i++)
        pt_buf_putc(&b, (char)i);
    pt_buf_putc(&b, 0);
    if (CHECK(pt_chunk_decode(coder, pt_buf_view(&b), &c, &err) == 0))
        CHECK(c.n == PT_CHUNK_POINTS_MOST && c.ts[65535] == 65535 && c.v[0] == 0 && c.v[1] == 2 &&
              c.v[65535] == 256);
    b.p[1] = (char)0x81; /* one more */
    CHECK(pt_chunk_decode(coder, pt_buf_view(&b), &c, &err) != 0);
    b.p[1] = (char)0x80;
    b.p[0] = 0x10; /* the version before */
    CHECK(pt_chunk_decode(coder, pt_buf_view(&b), &c, &err) != 0);
    pt_buf_release(&b);
    pt_column_release(&c);
}

/* A gap in a regular clock and a counter's reset cost a few bytes each. */
static void patches(void)
{
    struct pt_column c = {0};
    size_t even, gapped;
    int64_t count = 0;
    for (int i = 0; i < 1024; i++)
        pt_column_add(&c, i * INT64_C(10000000000), pt_num_int(count += 1000 + i % 7));
    even = round_trip(&c, 0, 1024);
    for (int i = 600; i < 1024; i++) {
        c.ts[i] += 3600 * INT64_C(1000000000);
        c.v[i] -= c.v[599];
    }
    gapped = round_trip(&c, 0, 1024);
    if (!CHECK(gapped <= even + 24))
        printf("#   %zu bytes became %zu\n", even, gapped);
    pt_column_release(&c);
}

/* What has a pattern must take few bytes: a bound for each, 1024 points. */
static void sizes(void)
{
    static const struct {
        enum times times;
        enum values values;
        int places;
        size_t most;
    } ROWS[] = {
        {REGULAR, CONSTANT, 0, 32},  {REGULAR, COUNTER, 0, 1700}, {JITTERED, CONSTANT, 0, 3500},
        {REGULAR, DECIMAL, 2, 3100}, {REGULAR, ZEROES, 0, 300},   {REGULAR, BITS, 0, 8400},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct pt_column c = {0};
        size_t n;
        fill(&c, ROWS[i].times, ROWS[i].values, 1024, ROWS[i].places);
        n = round_trip(&c, 0, c.n);
        if (!CHECK(n <= ROWS[i].most))
            printf("#   row %zu takes %zu bytes\n", i, n);
        pt_column_release(&c);
    }
}

static double normal(void)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (double)(test_random(&seed) >> 11) * 0x1p-53;
    return sum - 6;
}

/* Steps of a normal walk; those of a counter; lognormal latencies in thousandths; a constant. */
static double source_value(int source, double *walk)
{
    switch (source) {
    case 0: return (*walk += rint(80 * normal())) / 100;
    case 1: return *walk += 500000 + (double)(test_random(&seed) % (1 << 20));
    case 2: return rint(1000 * exp(2.3 + 0.6 * normal())) / 1000;
    default: return 1;
    }
}

/* Against the entropy of the source, by its formula: no codec can do better in the mean, and this
 * one must stay within a tenth of a byte a point.  The clock is up to 6 ms late with the
 * constant. */
static void entropy(void)
{
    const double normal_bits = 0.5 * log2(2 * M_PI * exp(1));
    const double bits[] = {log2(80) + normal_bits, 20,
                           log2(1000 * 0.6) + 2.3 / log(2) + normal_bits, log2(7)};
    for (int source = 0; source < 4; source++) {
        double sum = 0, walk = 5000;
        for (int round = 0; round < 20; round++) {
            struct pt_column c = {0};
            for (int i = 0; i < 1024; i++) {
                int64_t late = source == 3 ? (int64_t)(test_random(&seed) % 7) : 0;
                pt_column_add(&c, (i * INT64_C(10000) + late) * 1000000,
                              pt_num_real(source_value(source, &walk)));
            }
            sum += 8 * (double)round_trip(&c, 0, c.n) / 1024 / 20;
            pt_column_release(&c);
        }
        if (!CHECK(sum >= bits[source] - 0.1 && sum <= bits[source] + 0.8))
            printf("#   source %d: %.2f bits, %.2f written\n", source, bits[source], sum);
    }
}

/* Decodes exactly these bytes; what comes of it, if anything, must be in order and finite. */
static bool decodes(const char *p, size_t n)
{
    struct pt_column c = {0};
    struct pt_err err = {0};
    char *copy = malloc(n ? n : 1);
    bool good;
    if (n)
        memcpy(copy, p, n);
    good = pt_chunk_decode(coder, (struct pt_str){copy, n}, &c, &err) == 0;
    CHECK(good ? pt_column_ordered(&c) : err.code == PT_SYSTEM);
    for (size_t i = 0; good && i < c.n; i++)
        CHECK(isfinite(c.v[i]));
    free(copy);
    pt_column_release(&c);
    return good;
}

static void damage(void)
{
    for (int v = 0; v < NVALUES; v++)
        for (size_t n = 2; n <= 1024; n *= 8) {
            struct pt_column c = {0};
            struct pt_buf b = {0};
            fill(&c, (enum times)(v % NTIMES), (enum values)v, n, 3);
            pt_chunk_encode(coder, &c, 0, n, &b);
            for (size_t cut = 0; cut < b.n; cut += 1 + cut / 64)
                CHECK(!decodes(b.p, cut));
            pt_buf_putc(&b, '\0');
            CHECK(!decodes(b.p, b.n));
            b.n--;
            for (size_t i = 0; i < 400; i++) {
                uint64_t r = test_random(&seed);
                char *at = b.p + (i < 32 ? i : r >> 8) % b.n, old = *at;
                *at ^= (char)(1 << r % 8);
                decodes(b.p, b.n);
                *at = old;
            }
            pt_buf_release(&b);
            pt_column_release(&c);
        }
}

static void noise(void)
{
    char bytes[64];
    for (int i = 0; i < 20000; i++) {
        size_t n = test_random(&seed) % sizeof bytes;
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)test_random(&seed);
        if (n > 2 && i % 2) { /* a believable head: the kind and a count of points */
            bytes[0] = (char)(2 << 4 | (i / 2) % 14);
            bytes[1] = (char)(bytes[1] & 31);
        }
        decodes(bytes, n);
    }
}

int main(void)
{
    static const struct test TESTS[] = {
        {"round trips", round_trips}, {"decimals", decimals}, {"edges", edges},
        {"extremes", extremes},       {"sizes", sizes},
        {"manual", manual},           {"odd", odd},
        {"most points", most_points}, {"patches", patches},
        {"entropy", entropy},
        {"damage", damage},           {"noise", noise},
    };
    int rc;
    coder = pt_chunk_coder_new();
    other = pt_chunk_coder_with(PT_DEFLATE_ZLIB);
    rc = test_main(TESTS, sizeof TESTS / sizeof *TESTS);
    pt_chunk_coder_free(coder);
    pt_chunk_coder_free(other);
    return rc;
}
