/* num.c - see num.h.
 *
 * Reading: up to 19 digits are gathered in an integer; when it fits 53 bits and the decimal
 * exponent is within +-22, one multiplication or division of two exact doubles rounds correctly
 * (Clinger, "How to read floating point numbers accurately", 1990).  Anything else goes to strtod,
 * which in the C locale, the only one these programs use, rounds correctly too.
 *
 * Writing: a value that is k/10^d for small d is printed from the integer k; others try 15, 16 and
 * 17 significant digits until the text reads back, in integers of 128 bits where those hold all of
 * it. */
#include "base/num.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double POW10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_POW10 = 22, SAFE_DIGITS = 18, LONGEST_NUMBER = 4096 };
static const int64_t EXACT = INT64_C(1) << 53; /* integers up to here are doubles */
static const uint64_t SIGNIFICAND_LEAST = UINT64_C(1) << 52;
static const double FIXED_LEAST = 1e-3, LARGEST = 1e15; /* what is written without snprintf */

struct scan {
    uint64_t digits; /* the first SAFE_DIGITS + 1 digits as an integer */
    int ndigits;     /* how many there were in all, leading zeros not counted */
    int exp10;       /* the value is digits * 10^exp10 when ndigits <= SAFE_DIGITS + 1 */
    bool negative, integer;
};

struct pt_num pt_num_int(int64_t i)
{
    return (struct pt_num){(double)i, i > EXACT || i < -EXACT ? i : 0};
}

static inline bool digit(const char *p, const char *end)
{
    return p < end && (unsigned char)(*p - '0') < 10;
}

static const char *scan_digits(const char *p, const char *end, struct scan *s, int exp_step)
{
    for (; digit(p, end); p++) {
        if (s->ndigits || *p != '0') {
            if (s->ndigits <= SAFE_DIGITS)
                s->digits = s->digits * 10 + (uint64_t)(*p - '0');
            s->ndigits++;
        }
        s->exp10 += exp_step;
    }
    return p;
}

static const char *scan_exponent(const char *p, const char *end, struct scan *s)
{
    int e = 0;
    bool negative = false;
    p++;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    if (!digit(p, end))
        return NULL;
    for (; digit(p, end); p++)
        if (e < 100000)
            e = e * 10 + (*p - '0');
    s->exp10 += negative ? -e : e;
    s->integer = false;
    return p;
}

/* Checks the grammar and gathers the parts; the byte after the number, or NULL. */
static const char *scan(const char *p, const char *end, bool loose, struct scan *s)
{
    const char *start;
    *s = (struct scan){.integer = true};
    if (p < end && (*p == '-' || (loose && *p == '+')))
        s->negative = *p++ == '-';
    start = p;
    p = scan_digits(p, end, s, 0);
    if (!loose && (p == start || (*start == '0' && p - start > 1)))
        return NULL;
    if (p < end && *p == '.') {
        const char *frac = ++p;
        p = scan_digits(p, end, s, -1);
        if (loose ? p - start == 1 : p == frac)
            return NULL;
        s->integer = false;
    } else if (p == start) {
        return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E'))
        p = scan_exponent(p, end, s);
    return p;
}

static int by_strtod(const char *p, const char *end, struct pt_num *out)
{
    char small[128], *text = small;
    size_t n = (size_t)(end - p);
    double d;
    if (n >= LONGEST_NUMBER)
        return -1;
    if (n >= sizeof small && !(text = malloc(n + 1)))
        return -1;
    memcpy(text, p, n);
    text[n] = '\0';
    d = strtod(text, NULL);
    if (text != small)
        free(text);
    if (!isfinite(d))
        return -1;
    *out = pt_num_real(d);
    return 0;
}

/* The plain ones, fast: a sign, digits that a double holds, perhaps a point among them.  NULL for
 * all others, for `scan` to judge. */
static const char *parse_plain(const char *p, const char *end, struct pt_num *out)
{
    enum { PLAIN_DIGITS = 15 };
    bool negative = p < end && *p == '-';
    const char *start = p += negative, *point = NULL;
    uint64_t digits = 0;
    double d;
    for (; p < end; p++) {
        unsigned char c = (unsigned char)(*p - '0');
        if (c < 10)
            digits = digits * 10 + c;
        else if (*p == '.' && !point && p > start)
            point = p;
        else
            break;
    }
    if (p == start || p - start > PLAIN_DIGITS || p[-1] == '.' ||
        (*start == '0' && p - start > 1 && start + 1 != point) ||
        (p < end && (*p == '.' || *p == 'e' || *p == 'E')))
        return NULL;
    d = (double)digits;
    if (point)
        d /= POW10[p - point - 1];
    *out = pt_num_real(negative ? -d : d);
    return p;
}

static const char *parse(const char *p, const char *end, bool loose, struct pt_num *out)
{
    struct scan s;
    const char *after = parse_plain(p, end, out);
    if (after)
        return after;
    after = scan(p, end, loose, &s);
    if (!after)
        return NULL;
    if (s.ndigits <= SAFE_DIGITS + 1 && s.integer && s.exp10 == 0 &&
        s.digits <= (uint64_t)INT64_MAX && s.digits) {
        *out = pt_num_int(s.negative ? -(int64_t)s.digits : (int64_t)s.digits);
        return after;
    }
    if (s.integer && s.negative && s.ndigits == 19 && s.digits == (uint64_t)INT64_MAX + 1) {
        *out = pt_num_int(INT64_MIN);
        return after;
    }
    if (s.ndigits <= SAFE_DIGITS && s.digits <= (uint64_t)EXACT && s.exp10 >= -EXACT_POW10 &&
        s.exp10 <= EXACT_POW10) {
        double d = (double)s.digits;
        d = s.exp10 < 0 ? d / POW10[-s.exp10] : d * POW10[s.exp10];
        *out = pt_num_real(s.negative ? -d : d);
        return after;
    }
    return by_strtod(p, after, out) == 0 ? after : NULL;
}

const char *pt_num_parse(const char *p, const char *end, struct pt_num *out)
{
    return parse(p, end, false, out);
}

const char *pt_num_parse_loose(const char *p, const char *end, struct pt_num *out)
{
    return parse(p, end, true, out);
}

static int format_integer(char *out, uint64_t u, bool negative)
{
    char digits[20];
    int n = 0, len = 0;
    do {
        digits[n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (negative)
        out[len++] = '-';
    while (n)
        out[len++] = digits[--n];
    out[len] = '\0';
    return len;
}

/* k / 10^places, with the point put in and no trailing zeros (the caller chose places least). */
static int format_fixed(char *out, uint64_t k, int places, bool negative)
{
    uint64_t scale = (uint64_t)POW10[places], frac = k % scale;
    int len = format_integer(out, k / scale, negative);
    if (places == 0)
        return len;
    out[len++] = '.';
    for (int i = places - 1; i >= 0; i--, frac /= 10)
        out[len + i] = (char)('0' + frac % 10);
    out[len += places] = '\0';
    return len;
}

/* Whether m / 10^places is read back as significand * 2^-shift: whether it is nearer to that than
 * to the next double on its side.  off: how far it is, in units of 2^-shift / 10^places. */
static bool reads_back(unsigned __int128 off, bool below, uint64_t significand, uint64_t scale)
{
    bool narrow = below && significand == SIGNIFICAND_LEAST; /* doubles are denser below */
    unsigned __int128 gap = (unsigned __int128)off * (narrow ? 4 : 2);
    return gap < scale || (gap == scale && significand % 2 == 0);
}

/* A number from FIXED_LEAST up to LARGEST to so many digits, as "%.*g" writes it, if that is read
 * back as the same; else 0.  All is exact: a double of this size is a whole number of 2^-62 at the
 * least, so with up to 19 places in front of the point it fits into 128 bits. */
static int format_digits(char *out, double mag, int digits, int exponent, bool negative)
{
    int places = digits - 1 - exponent, shift;
    uint64_t significand = (uint64_t)ldexp(frexp(mag, &shift), DBL_MANT_DIG);
    uint64_t scale = (uint64_t)POW10[places], k;
    unsigned __int128 all = (unsigned __int128)significand * scale, near, half;
    shift = DBL_MANT_DIG - shift;
    half = (unsigned __int128)1 << (shift - 1);
    k = (uint64_t)(all >> shift);
    near = all - ((unsigned __int128)k << shift);
    if (near > half || (near == half && k % 2)) /* up: ties go to the even, as in printf */
        k++;
    near = (unsigned __int128)k << shift;
    if (!reads_back(near > all ? near - all : all - near, near < all, significand, scale))
        return 0;
    for (; places > 0 && k % 10 == 0; places--)
        k /= 10;
    return format_fixed(out, k, places, negative);
}

/* The shortest text of 15 to 17 digits that is read back as the same: here by snprintf ... */
static int print_shortest(char *out, double v)
{
    for (int digits = 15; digits < 17; digits++) {
        int n = snprintf(out, PT_NUM_MAX, "%.*g", digits, v);
        if (strtod(out, NULL) == v)
            return n;
    }
    return snprintf(out, PT_NUM_MAX, "%.17g", v);
}

/* ... and here, where it can be done in integers, by which it takes a tenth of the time. */
static int format_shortest(char *out, double v)
{
    double mag = fabs(v);
    bool negative = signbit(v) != 0;
    int exponent = -3;
    if (mag < FIXED_LEAST || mag >= LARGEST)
        return print_shortest(out, v);
    while (mag >= (exponent < -1 ? 1 / POW10[-exponent - 1] : POW10[exponent + 1]))
        exponent++;
    for (int digits = 15; digits < 17; digits++) {
        int n = format_digits(out, mag, digits, exponent, negative);
        if (n)
            return n;
    }
    return format_digits(out, mag, 17, exponent, negative);
}

int pt_num_format(char out[PT_NUM_MAX], struct pt_num v)
{
    static const int MOST_PLACES = 6;
    double mag = fabs(v.d);
    if (v.wide)
        return format_integer(out, v.wide < 0 ? 0 - (uint64_t)v.wide : (uint64_t)v.wide,
                              v.wide < 0);
    if (mag <= (double)EXACT && rint(mag) == mag)
        return format_integer(out, (uint64_t)mag, signbit(v.d) != 0);
    for (int places = 1; places <= MOST_PLACES; places++) {
        double k = rint(mag * POW10[places]);
        if (k >= LARGEST)
            break;
        if (k / POW10[places] == mag)
            return format_fixed(out, (uint64_t)k, places, signbit(v.d) != 0);
    }
    return format_shortest(out, v.d);
}

/* The integer a value is, given that it is one or that its double is beyond all of them. */
static int64_t integer_of(struct pt_num v)
{
    return v.wide ? v.wide : v.d >= 0x1p63 ? INT64_MAX : (int64_t)v.d;
}

int pt_num_cmp(struct pt_num a, struct pt_num b)
{
    int64_t x, y;
    if (a.d != b.d)
        return a.d < b.d ? -1 : a.d > b.d;
    if (!a.wide && !b.wide)
        return 0;
    x = integer_of(a);
    y = integer_of(b);
    if (x == y) /* INT64_MAX and the double 2^63 are still apart */
        return (!a.wide && a.d >= 0x1p63) - (!b.wide && b.d >= 0x1p63);
    return x < y ? -1 : 1;
}

int pt_num_count(const char *s, uint64_t *out)
{
    uint64_t v = 0;
    if (!*s)
        return -1;
    for (; *s; s++) {
        uint64_t d = (uint64_t)(unsigned char)*s - '0';
        if (d > 9 || v > (UINT64_MAX - d) / 10)
            return -1;
        v = v * 10 + d;
    }
    *out = v;
    return 0;
}
