/* time.c - see time.h.
 *
 * The proleptic Gregorian calendar is counted in days by the formulas of Howard Hinnant,
 * "chrono-compatible low-level date algorithms" (2013): years begin in March, so the leap day is
 * the last. */
#include "base/time.h"

#include "base/calendar.h"
#include "base/num.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second;
    int64_t nanosecond;
};

int64_t pt_time_now(void)
{
    struct timespec ts;
    const char *fixed = getenv("PT_NOW");
    int64_t t;
    if (fixed && (pt_time_rfc3339(pt_str(fixed), &t) == 0 ||
                  pt_time_epoch(pt_str(fixed), PT_UNIT_AUTO, &t) == 0))
        return t;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * PT_S + ts.tv_nsec;
}

int64_t pt_time_monotonic(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * PT_S + ts.tv_nsec;
}

int64_t pt_time_floor(int64_t t, int64_t step)
{
    int64_t rest = t % step;
    if (rest < 0)
        rest += step;
    return t < INT64_MIN + rest ? INT64_MIN : t - rest;
}

static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
    int64_t era;
    unsigned yoe, doy, doe;
    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = (unsigned)(y - era * 400);
    doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int64_t)doe - 719468;
}

static void civil_from_days(int64_t z, struct civil *c)
{
    int64_t era;
    unsigned doe, yoe, doy, mp;
    z += 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = (unsigned)(z - era * 146097);
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c->day = doy - (153 * mp + 2) / 5 + 1;
    c->month = mp < 10 ? mp + 3 : mp - 9;
    c->year = (int64_t)yoe + era * 400 + (c->month <= 2);
}

static unsigned month_days(int64_t y, unsigned m)
{
    static const unsigned char DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : DAYS[m - 1];
}

/* Exactly `width` digits at *p. */
static bool digits(const char **p, const char *end, int width, unsigned *out)
{
    unsigned v = 0;
    if (end - *p < width)
        return false;
    for (int i = 0; i < width; i++) {
        unsigned d = (unsigned)((*p)[i] - '0');
        if (d > 9)
            return false;
        v = v * 10 + d;
    }
    *p += width;
    *out = v;
    return true;
}

static bool literal(const char **p, const char *end, char c)
{
    if (*p >= end || **p != c)
        return false;
    (*p)++;
    return true;
}

static bool parse_date(const char **p, const char *end, struct civil *c)
{
    unsigned year;
    if (!digits(p, end, 4, &year) || !literal(p, end, '-') || !digits(p, end, 2, &c->month) ||
        !literal(p, end, '-') || !digits(p, end, 2, &c->day))
        return false;
    c->year = year;
    return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= month_days(year, c->month);
}

static void parse_fraction(const char **p, const char *end, struct civil *c)
{
    int64_t unit = PT_S / 10;
    for (; *p < end && isdigit((unsigned char)**p); (*p)++, unit /= 10)
        c->nanosecond += (**p - '0') * unit;
}

/* HH:MM, or HH:MM:SS with an optional fraction; a leap second 60 counts as the next minute's 0. */
static bool parse_clock(const char **p, const char *end, bool seconds_required, struct civil *c)
{
    if (!digits(p, end, 2, &c->hour) || !literal(p, end, ':') || !digits(p, end, 2, &c->minute))
        return false;
    if (literal(p, end, ':')) {
        if (!digits(p, end, 2, &c->second))
            return false;
        if (literal(p, end, '.')) {
            if (*p >= end || !isdigit((unsigned char)**p))
                return false;
            parse_fraction(p, end, c);
        }
    } else if (seconds_required) {
        return false;
    }
    return c->hour <= 23 && c->minute <= 59 && c->second <= 60;
}

static bool parse_offset(const char **p, const char *end, int64_t *seconds)
{
    unsigned h, m;
    bool negative;
    if (*p < end && (**p == 'Z' || **p == 'z')) {
        (*p)++;
        *seconds = 0;
        return true;
    }
    if (*p >= end || (**p != '+' && **p != '-'))
        return false;
    negative = *(*p)++ == '-';
    if (!digits(p, end, 2, &h) || !literal(p, end, ':') || !digits(p, end, 2, &m) || h > 23 ||
        m > 59)
        return false;
    *seconds = (int64_t)(h * 60 + m) * 60 * (negative ? -1 : 1);
    return true;
}

static int to_instant(const struct civil *c, int64_t offset, int64_t *out)
{
    int64_t s = days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
                c->minute * 60 + c->second - offset;
    int64_t ns = c->nanosecond;
    if (s < 0) { /* the first second of all is only in range with its fraction */
        s++;
        ns -= PT_S;
    }
    return __builtin_mul_overflow(s, PT_S, out) || __builtin_add_overflow(*out, ns, out) ? -1 : 0;
}

int pt_time_rfc3339(struct pt_str s, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n;
    struct civil c = {0};
    int64_t offset;
    if (!parse_date(&p, end, &c) || p >= end || !(*p == 'T' || *p == 't' || *p == ' '))
        return -1;
    p++;
    if (!parse_clock(&p, end, true, &c) || !parse_offset(&p, end, &offset) || p != end)
        return -1;
    return to_instant(&c, offset, out);
}

static int64_t unit_of(uint64_t whole, enum pt_time_unit unit)
{
    if (unit == PT_UNIT_AUTO)
        unit = whole < UINT64_C(100000000000)         ? PT_UNIT_S
               : whole < UINT64_C(100000000000000)    ? PT_UNIT_MS
               : whole < UINT64_C(100000000000000000) ? PT_UNIT_US
                                                      : PT_UNIT_NS;
    return unit == PT_UNIT_S ? PT_S : unit == PT_UNIT_MS ? PT_MS : unit == PT_UNIT_US ? PT_US : 1;
}

/* A number in exponent notation carries a double's precision, and is read as one. */
static int epoch_from_double(struct pt_str s, enum pt_time_unit unit, int64_t *out)
{
    struct pt_num v;
    const char *after = pt_num_parse_loose(s.p, s.p + s.n, &v);
    double mag = v.d < 0 ? -v.d : v.d, ns;
    if (!after || after != s.p + s.n || mag >= 9.2e18)
        return -1;
    ns = v.d * (double)unit_of((uint64_t)mag, unit);
    if (ns >= 9.2e18 || ns <= -9.2e18)
        return -1;
    *out = (int64_t)ns;
    return 0;
}

const char *pt_time_epoch_plain(const char *p, const char *end, enum pt_time_unit unit,
                                int64_t *out)
{
    static const int64_t POW10[] = {1,         10,         100,         1000,       10000,
                                    100000,    1000000,    10000000,    100000000,  1000000000};
    enum { SAFE_DIGITS = 18, FRACTION_DIGITS = 9 };
    const char *start = p, *point;
    uint64_t whole = 0, frac = 0, magnitude;
    int64_t scale;
    if (p == end || *p == '0')
        return NULL;
    for (; p < end && (unsigned char)(*p - '0') < 10; p++)
        whole = whole * 10 + (uint64_t)(*p - '0');
    if (p == start || p - start > SAFE_DIGITS)
        return NULL;
    scale = unit_of(whole, unit);
    if (p < end && *p == '.') {
        for (point = ++p; p < end && (unsigned char)(*p - '0') < 10; p++)
            frac = frac * 10 + (uint64_t)(*p - '0');
        if (p == point || p - point > FRACTION_DIGITS)
            return NULL;
        frac = scale == PT_S ? frac * (uint64_t)POW10[FRACTION_DIGITS - (p - point)]
                             : frac * (uint64_t)scale / (uint64_t)POW10[p - point];
    }
    if ((p < end && (*p == 'e' || *p == 'E')) ||
        __builtin_mul_overflow(whole, (uint64_t)scale, &magnitude) ||
        __builtin_add_overflow(magnitude, frac, &magnitude) || magnitude > INT64_MAX)
        return NULL;
    *out = (int64_t)magnitude;
    return p;
}

/* Whether a plain time does not end before p. */
static bool goes_on(const char *p, const char *end)
{
    return p < end && ((unsigned char)(*p - '0') < 10 || *p == '.' || *p == 'e' || *p == 'E');
}

const char *pt_time_epoch_again(struct pt_time_last *last, const char *p, const char *end,
                                enum pt_time_unit unit, int64_t *out)
{
    const char *after;
    if (last->n && (size_t)(end - p) >= last->n && pt_str_same(p, last->text, last->n) &&
        !goes_on(p + last->n, end)) {
        *out = last->t;
        return p + last->n;
    }
    after = pt_time_epoch_plain(p, end, unit, out);
    if (after && (size_t)(after - p) <= sizeof last->text) {
        last->n = (size_t)(after - p);
        memcpy(last->text, p, last->n);
        last->t = *out;
    }
    return after;
}

int pt_time_epoch(struct pt_str s, enum pt_time_unit unit, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n, *start;
    bool negative = p < end && *p == '-';
    uint64_t whole = 0, magnitude;
    int64_t scale, frac = 0;
    if (pt_time_epoch_plain(p, end, unit, out) == end)
        return 0;
    p += negative;
    for (start = p; p < end && isdigit((unsigned char)*p); p++)
        if (__builtin_mul_overflow(whole, UINT64_C(10), &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
            return -1;
    if (p == start)
        return -1;
    if (p < end && (*p == 'e' || *p == 'E'))
        return epoch_from_double(s, unit, out);
    scale = unit_of(whole, unit);
    if (p < end && *p == '.') {
        int64_t place = scale;
        for (start = ++p; p < end && isdigit((unsigned char)*p); p++)
            frac += (*p - '0') * (place /= 10);
        if (p < end && (*p == 'e' || *p == 'E'))
            return epoch_from_double(s, unit, out);
        if (p == start)
            return -1;
    }
    if (p != end || __builtin_mul_overflow(whole, (uint64_t)scale, &magnitude) ||
        __builtin_add_overflow(magnitude, (uint64_t)frac, &magnitude) ||
        magnitude > (uint64_t)INT64_MAX + negative)
        return -1;
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return 0;
}

static char *put_digits(char *p, unsigned v, int width)
{
    for (int i = width - 1; i >= 0; i--, v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + width;
}

int pt_time_format(char out[PT_TIME_TEXT], int64_t t)
{
    int64_t day = pt_time_floor(t / PT_S - (t % PT_S < 0), 86400) / 86400;
    int64_t ns = t % PT_S < 0 ? t % PT_S + PT_S : t % PT_S;
    unsigned sec = (unsigned)(t / PT_S - (t % PT_S < 0) - day * 86400);
    struct civil c = {0};
    char *p = out;
    civil_from_days(day, &c);
    p = put_digits(p, (unsigned)c.year, 4);
    *p++ = '-';
    p = put_digits(p, c.month, 2);
    *p++ = '-';
    p = put_digits(p, c.day, 2);
    *p++ = 'T';
    p = put_digits(p, sec / 3600, 2);
    *p++ = ':';
    p = put_digits(p, sec / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, sec % 60, 2);
    if (ns) {
        int width = ns % PT_MS == 0 ? 3 : ns % PT_US == 0 ? 6 : 9;
        *p++ = '.';
        p = put_digits(p, (unsigned)(width == 3 ? ns / PT_MS : width == 6 ? ns / PT_US : ns),
                       width);
    }
    *p++ = 'Z';
    *p = '\0';
    return (int)(p - out);
}

static const struct unit {
    const char *name;
    int64_t ns;
} UNITS[] = {
    {"y", 365 * PT_DAY}, {"w", 7 * PT_DAY}, {"d", PT_DAY},  {"h", PT_HOUR}, {"m", PT_MINUTE},
    {"s", PT_S},         {"ms", PT_MS},     {"us", PT_US}, {"ns", 1},
};
enum { NUNITS = sizeof UNITS / sizeof UNITS[0] };

static const struct unit *unit_named(struct pt_str s)
{
    for (int i = 0; i < NUNITS; i++)
        if (pt_str_is(s, UNITS[i].name))
            return &UNITS[i];
    return NULL;
}

/* The digits at *p, "12" or "12.5"; false when there are none or too many. */
static bool duration_number(const char **p, const char *end, int64_t *whole, double *frac)
{
    const char *start = *p;
    double place = 1;
    *whole = 0;
    *frac = 0;
    for (; *p < end && isdigit((unsigned char)**p); (*p)++)
        if (__builtin_mul_overflow(*whole, INT64_C(10), whole) ||
            __builtin_add_overflow(*whole, **p - '0', whole))
            return false;
    if (*p == start || !literal(p, end, '.'))
        return *p != start;
    for (start = *p; *p < end && isdigit((unsigned char)**p); (*p)++)
        *frac += (**p - '0') * (place /= 10);
    return *p != start;
}

/* One "12.5h" at *p, added to *sum; *seen has a bit for each unit that came before. */
static bool duration_part(const char **p, const char *end, int64_t *sum, unsigned *seen)
{
    const struct unit *unit;
    const char *name;
    int64_t whole, part;
    double frac;
    unsigned bit;
    if (!duration_number(p, end, &whole, &frac))
        return false;
    for (name = *p; *p < end && isalpha((unsigned char)**p);)
        (*p)++;
    unit = name == end && !*seen ? unit_named(PT_STR("s"))
                                 : unit_named((struct pt_str){name, (size_t)(*p - name)});
    bit = unit ? 1u << (unit - UNITS) : 0;
    if (!unit || (*seen & bit) || __builtin_mul_overflow(whole, unit->ns, &part) ||
        __builtin_add_overflow(part, (int64_t)(frac * (double)unit->ns + 0.5), &part) ||
        __builtin_add_overflow(*sum, part, sum))
        return false;
    *seen |= bit;
    return true;
}

int pt_duration_parse(struct pt_str s, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n;
    bool negative = s.n && *p == '-';
    unsigned seen = 0;
    int64_t sum = 0;
    p += negative;
    if (p == end)
        return -1;
    while (p < end)
        if (!duration_part(&p, end, &sum, &seen))
            return -1;
    *out = negative ? -sum : sum;
    return 0;
}

int pt_duration_format(char out[PT_DURATION_TEXT], int64_t d)
{
    uint64_t rest = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
    size_t n = 0;
    if (!rest)
        return snprintf(out, PT_DURATION_TEXT, "0s");
    if (d < 0)
        out[n++] = '-';
    for (int i = 2; i < NUNITS; i++) { /* days and below: exact for everybody */
        uint64_t k = rest / (uint64_t)UNITS[i].ns;
        if (!k)
            continue;
        rest %= (uint64_t)UNITS[i].ns;
        n += (size_t)snprintf(out + n, PT_DURATION_TEXT - n, "%llu%s", (unsigned long long)k,
                              UNITS[i].name);
    }
    return (int)n;
}

int pt_time_zone(const char *name, struct pt_err *err)
{
    char path[512];
    struct stat st;
    if (strstr(name, "..") || name[0] == '/' || strlen(name) > 200)
        return pt_err_set(err, PT_USAGE, "unknown time zone \"%s\"", name);
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    if (strcmp(name, "UTC") != 0 && (stat(path, &st) != 0 || !S_ISREG(st.st_mode)))
        return pt_err_set(err, PT_USAGE,
                          "unknown time zone \"%s\" (use an IANA name such as Europe/Berlin; the "
                          "tzdata package holds them)",
                          name);
    setenv("TZ", name, 1);
    tzset();
    return 0;
}

void pt_time_zone_name(char out[PT_TIME_ZONE])
{
    static const char ZONES[] = "zoneinfo/";
    const char *name = getenv("TZ");
    char link[512];
    ssize_t n;
    if (!name && (n = readlink("/etc/localtime", link, sizeof link - 1)) > 0) {
        link[n] = '\0';
        name = strstr(link, ZONES) ? strstr(link, ZONES) + strlen(ZONES) : NULL;
    }
    name = name && *name == ':' ? name + 1 : name;
    snprintf(out, PT_TIME_ZONE, "%s", name && strlen(name) < PT_TIME_ZONE ? name : "");
}

static int local_instant(const struct civil *c, int64_t *out)
{
    struct tm tm = {.tm_year = (int)c->year - 1900,
                    .tm_mon = (int)c->month - 1,
                    .tm_mday = (int)c->day,
                    .tm_hour = (int)c->hour,
                    .tm_min = (int)c->minute,
                    .tm_sec = (int)c->second,
                    .tm_isdst = -1};
    time_t t = mktime(&tm);
    return __builtin_mul_overflow((int64_t)t, PT_S, out) ||
                   __builtin_add_overflow(*out, c->nanosecond, out)
               ? -1
               : 0;
}

int64_t pt_time_day(int64_t t, int days)
{
    return pt_calendar_midnight(pt_calendar_day(t) + days);
}

/* "YYYY-MM-DD", optionally with a clock, of which seconds may be left out, and that with an offset;
 * without one the local zone decides. */
static int civil_text(struct pt_str s, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n;
    struct civil c = {0};
    int64_t offset;
    if (!parse_date(&p, end, &c))
        return -1;
    if (p < end) {
        if (*p != 'T' && *p != 't' && *p != ' ')
            return -1;
        p++;
        if (!parse_clock(&p, end, false, &c))
            return -1;
        if (parse_offset(&p, end, &offset))
            return p == end ? to_instant(&c, offset, out) : -1;
    }
    return p == end ? local_instant(&c, out) : -1;
}

static const char *const LONG_UNITS[][2] = {
    {"year", "y"}, {"week", "w"},   {"day", "d"}, {"hour", "h"},
    {"hr", "h"},   {"minute", "m"}, {"min", "m"}, {"second", "s"}, {"sec", "s"},
};

/* "2 days ago", "1h30m ago". */
static int ago_text(struct pt_str s, int64_t now, int64_t *out)
{
    static const char AGO[] = " ago";
    char word[32];
    unsigned n;
    int used = 0;
    int64_t d;
    size_t keep = s.n - (sizeof AGO - 1);
    char text[96];
    if (s.n < sizeof AGO || keep >= sizeof text || memcmp(s.p + keep, AGO, sizeof AGO - 1) != 0)
        return -1;
    memcpy(text, s.p, keep);
    text[keep] = '\0';
    if (sscanf(text, "%u %31[a-z]%n", &n, word, &used) == 2 && (size_t)used == keep) {
        size_t w = strlen(word);
        if (w > 1 && word[w - 1] == 's' && strcmp(word, "ms") && strcmp(word, "us") &&
            strcmp(word, "ns"))
            word[w - 1] = '\0';
        for (size_t i = 0; i < sizeof LONG_UNITS / sizeof LONG_UNITS[0]; i++)
            if (strcmp(word, LONG_UNITS[i][0]) == 0)
                snprintf(word, sizeof word, "%s", LONG_UNITS[i][1]);
        snprintf(text, sizeof text, "%u%s", n, word);
    }
    if (pt_duration_parse(pt_str(text), &d) != 0)
        return -1;
    return __builtin_sub_overflow(now, d, out) ? -1 : 0;
}

int pt_time_when(const char *text, int64_t now, int64_t *out, struct pt_err *err)
{
    struct pt_str s = pt_str(text);
    int64_t d;
    if (pt_str_is(s, "now"))
        *out = now;
    else if (pt_str_is(s, "today"))
        *out = pt_time_day(now, 0);
    else if (pt_str_is(s, "yesterday"))
        *out = pt_time_day(now, -1);
    else if (pt_str_is(s, "tomorrow"))
        *out = pt_time_day(now, 1);
    else if (s.n > 1 && (*text == '-' || *text == '+') &&
             pt_duration_parse((struct pt_str){s.p + 1, s.n - 1}, &d) == 0)
        return (*text == '-' ? __builtin_sub_overflow(now, d, out)
                             : __builtin_add_overflow(now, d, out))
                   ? pt_err_set(err, PT_USAGE, "time \"%s\" is out of range", text)
                   : 0;
    else if (pt_time_rfc3339(s, out) != 0 && pt_time_epoch(s, PT_UNIT_AUTO, out) != 0 &&
             civil_text(s, out) != 0 && ago_text(s, now, out) != 0)
        return pt_err_set(err, PT_USAGE,
                          "cannot read the time \"%s\" (try 2026-11-20T09:30:00Z, -1h, today or "
                          "\"2 days ago\")",
                          text);
    return 0;
}
