/* trading-day.h - what trading-day.c stands on: seeded random numbers, a pool that puts records in
 * time order, and the options.  Included by that one file; apart from it so that the day and its
 * machinery can be read singly.
 *
 * Pool: record_begin(), put() as often as needed, record_end(); then pool_flush() from time to
 * time.  The pool holds the text of the records and, beside it, an entry (time, sequence, place)
 * for each.  pool_flush() sorts the entries before its `end` and writes their text; later ones are
 * moved to the front and wait.  So a record may be appended for any time not yet flushed, in any
 * order; records of one time come out in the order they were appended; memory is what one flush
 * writes plus what waits; the cost is a sort of what is due and a pass over what waits.  A pool
 * starts as zeros with its date and ledger set.
 *
 * put() knows only what a record needs, which makes it several times faster than printf and free
 * of the locale: %s a string as it is, %d an int, %0 to %9 an int64_t in units of that many
 * decimals, %t the time of day of an int64_t in microseconds, and ' for the " of JSON.
 *
 * Out of memory and failed writes end the program with status 4.
 */
#ifndef PT_SAMPLES_TRADING_DAY_H
#define PT_SAMPLES_TRADING_DAY_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract under -std=c17 */
#endif

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEC INT64_C(1000000) /* the unit of time is the microsecond */

struct entry {
    int64_t ts;
    uint32_t seq, offset, len; /* the text, in the pool */
    uint32_t book;             /* a trade's row of the ledger, and ... */
    int32_t cents;             /* ... what it adds there when it is written; else 0 */
};

struct pool {
    char *text;
    size_t len, text_cap;
    struct entry *entries, *due; /* both of `cap` */
    size_t count, cap;
    uint32_t seq;
    int64_t close;    /* records from here on are forgotten */
    const char *date; /* what stands before the T of each time */
    int64_t *ledger;  /* cents */
};

struct sink {
    int fd;
    const char *name;
    size_t len;
    char buf[1 << 20];
};

/* Says what failed, by errno, and ends.  A reader that has gone away is not worth a word. */
static _Noreturn void fail(const char *what)
{
    if (errno != EPIPE)
        fprintf(stderr, "trading-day: %s: %s\n", what, strerror(errno));
    exit(4);
}

/* --- random numbers -------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea and Flood, 2014); any state will do as a seed. */
static inline uint64_t rng_next(uint64_t *s)
{
    uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static inline double rng_unit(uint64_t *s)
{
    return (double)(rng_next(s) >> 11) * 0x1p-53;
}

/* Uniform in 0 .. n-1, for a small n (the bias is n / 2^32). */
static inline int rng_below(uint64_t *s, int n)
{
    return (int)(((rng_next(s) >> 32) * (uint64_t)n) >> 32);
}

/* Standard normal: one of the two of the polar method (Marsaglia and Bray, 1964). */
static inline double rng_normal(uint64_t *s)
{
    double u, v, q;
    do {
        u = 2 * rng_unit(s) - 1;
        v = 2 * rng_unit(s) - 1;
        q = u * u + v * v;
    } while (q >= 1 || q <= 0);
    return u * sqrt(-2 * log(q) / q);
}

static inline int64_t rng_lognormal(uint64_t *s, double median, double sigma)
{
    return llround(median * exp(sigma * rng_normal(s)));
}

/* Poisson: by multiplication (Knuth) while that is short, then by the normal it tends to. */
static inline int64_t rng_poisson(uint64_t *s, double mean)
{
    int64_t n = 0;
    if (mean > 30) {
        n = llround(mean + sqrt(mean) * rng_normal(s));
        return n > 0 ? n : 0;
    }
    for (double p = rng_unit(s), stop = exp(-mean); p > stop; p *= rng_unit(s))
        n++;
    return n;
}

/* --- output ---------------------------------------------------------------------------------- */

static inline void sink_open(struct sink *s, const char *path)
{
    s->len = 0;
    s->name = path;
    s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (s->fd < 0)
        fail(path);
}

static inline void sink_flush(struct sink *s)
{
    size_t done = 0;
    while (done < s->len) {
        ssize_t n = write(s->fd, s->buf + done, s->len - done);
        if (n < 0 && errno != EINTR)
            fail(s->name);
        if (n > 0)
            done += (size_t)n;
    }
    s->len = 0;
}

static inline void sink_put(struct sink *s, const char *p, size_t n)
{
    if (sizeof s->buf - s->len < n)
        sink_flush(s);
    memcpy(s->buf + s->len, p, n); /* a record is far shorter than the buffer */
    s->len += n;
}

static inline void sink_close(struct sink *s)
{
    sink_flush(s);
    if (close(s->fd) != 0)
        fail(s->name);
}

/* --- text ------------------------------------------------------------------------------------ */

static inline void *grow(void *p, size_t *cap, size_t need, size_t size)
{
    while (*cap < need)
        *cap = *cap ? *cap * 2 : 1024;
    void *q = realloc(p, *cap * size);
    if (!q)
        fail("memory");
    return q;
}

static inline void put_mem(struct pool *p, const char *s, size_t n)
{
    if (p->text_cap - p->len < n)
        p->text = grow(p->text, &p->text_cap, p->len + n, 1);
    memcpy(p->text + p->len, s, n);
    p->len += n;
}

/* 16 hexadecimal digits, unterminated. */
static inline void hex64(char *dst, uint64_t v)
{
    for (int i = 15; i >= 0; i--, v >>= 4)
        dst[i] = "0123456789abcdef"[v & 15];
}

/* v / 10^digits, with exactly that many decimals. */
static inline void put_fixed(struct pool *p, int64_t v, int digits)
{
    char buf[32], *end = buf + sizeof buf, *s = end;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    for (int i = 0; u != 0 || i <= digits; i++, u /= 10) {
        if (i == digits && digits > 0)
            *--s = '.';
        *--s = (char)('0' + u % 10);
    }
    if (v < 0)
        *--s = '-';
    put_mem(p, s, (size_t)(end - s));
}

static inline void put_time(struct pool *p, int64_t ts)
{
    char buf[] = "T00:00:00.000000Z";
    int us = (int)(ts % SEC), s = (int)(ts / SEC);
    for (int i = 15; i > 9; i--, us /= 10)
        buf[i] = (char)('0' + us % 10);
    for (int i = 7; i > 0; i -= 3, s /= 60) {
        int two = i == 1 ? s : s % 60;
        buf[i] = (char)('0' + two / 10);
        buf[i + 1] = (char)('0' + two % 10);
    }
    put_mem(p, p->date, strlen(p->date));
    put_mem(p, buf, sizeof buf - 1);
}

static inline void put_arg(struct pool *p, char what, va_list *ap)
{
    if (what == 's') {
        const char *s = va_arg(*ap, const char *);
        put_mem(p, s, strlen(s));
    } else if (what == 'd') {
        put_fixed(p, va_arg(*ap, int), 0);
    } else if (what == 't') {
        put_time(p, va_arg(*ap, int64_t));
    } else {
        put_fixed(p, va_arg(*ap, int64_t), what - '0');
    }
}

static inline void put(struct pool *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    while (*fmt) {
        size_t n = strcspn(fmt, "%'");
        put_mem(p, fmt, n);
        fmt += n;
        if (*fmt == '\'') {
            put_mem(p, "\"", 1);
            fmt++;
        } else if (*fmt == '%') {
            put_arg(p, fmt[1], &ap);
            fmt += 2;
        }
    }
    va_end(ap);
}

/* --- the pool -------------------------------------------------------------------------------- */

/* Starts a record of a type; NULL for a metric, which needs none. */
static inline void record_begin(struct pool *p, int64_t ts, const char *type)
{
    if (p->count == p->cap) {
        size_t cap = p->cap;
        p->due = grow(p->due, &cap, p->cap + 1, sizeof *p->due);
        p->entries = grow(p->entries, &p->cap, p->cap + 1, sizeof *p->entries);
    }
    p->entries[p->count] = (struct entry){.ts = ts, .seq = p->seq++, .offset = (uint32_t)p->len};
    if (type)
        put(p, "{'type':'%s','ts':'%t'", type, ts);
    else
        put(p, "{'ts':'%t'", ts);
}

static inline void record_end(struct pool *p)
{
    struct entry *e = &p->entries[p->count];
    put_mem(p, "}\n", 2);
    e->len = (uint32_t)p->len - e->offset;
    if (e->ts < p->close)
        p->count++;
    else
        p->len = e->offset;
}

/* Has the record that was begun add to a row of the ledger when it is written. */
static inline void record_book(struct pool *p, int row, int64_t cents)
{
    p->entries[p->count].book = (uint32_t)row;
    p->entries[p->count].cents = (int32_t)cents;
}

static inline int entry_cmp(const void *va, const void *vb)
{
    const struct entry *a = va, *b = vb;
    if (a->ts != b->ts)
        return a->ts < b->ts ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Moves what lies at `end` or after it to the front. */
static inline void pool_keep(struct pool *p, int64_t end)
{
    size_t kept = 0, len = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct entry e = p->entries[i];
        if (e.ts < end)
            continue;
        memmove(p->text + len, p->text + e.offset, e.len);
        e.offset = (uint32_t)len;
        len += e.len;
        p->entries[kept++] = e;
    }
    p->count = kept;
    p->len = len;
}

/* Writes what lies before `end`, in order, and books it; the rest stays. */
static inline void pool_flush(struct pool *p, struct sink *out, int64_t end)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->entries[i].ts < end)
            p->due[n++] = p->entries[i];
    if (n > 1)
        qsort(p->due, n, sizeof *p->due, entry_cmp);
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &p->due[i];
        sink_put(out, p->text + e->offset, e->len);
        p->ledger[e->book] += e->cents;
    }
    pool_keep(p, end);
}

static inline void pool_release(struct pool *p)
{
    free(p->text);
    free(p->entries);
    free(p->due);
}

/* --- options --------------------------------------------------------------------------------- */

#define MIN_SCALE 0.001
#define MAX_SCALE 100

struct config {
    uint64_t seed;
    double scale;
    const char *date, *truth; /* borrowed from argv; truth may be NULL */
};

static inline bool set_seed(struct config *c, const char *arg)
{
    char *end;
    errno = 0;
    c->seed = strtoull(arg, &end, 10);
    return *arg >= '0' && *arg <= '9' && !*end && errno == 0;
}

static inline bool set_scale(struct config *c, const char *arg)
{
    char *end;
    c->scale = strtod(arg, &end);
    return end != arg && !*end && c->scale >= MIN_SCALE && c->scale <= MAX_SCALE;
}

static inline bool set_date(struct config *c, const char *arg)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int n[3] = {0, 0, 0}, part = 0;
    if (strlen(arg) != 10 || strspn(arg, "0123456789-") != 10 || arg[4] != '-' || arg[7] != '-')
        return false;
    for (const char *p = arg; *p; p++) {
        if ((*p == '-') != (p == arg + 4 || p == arg + 7))
            return false;
        if (*p == '-')
            part++;
        else
            n[part] = n[part] * 10 + (*p - '0');
    }
    bool leap = (n[0] % 4 == 0 && n[0] % 100 != 0) || n[0] % 400 == 0;
    c->date = arg;
    return n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= days[n[1] - 1] + (n[1] == 2 && leap);
}

static inline bool set_truth(struct config *c, const char *arg)
{
    c->truth = arg;
    return *arg != '\0';
}

static const struct option {
    const char *name, *arg, *help;
    bool (*set)(struct config *c, const char *arg); /* false: not a value */
} options[] = {
    {"--seed", "N", "seed of all random numbers (default 1)", set_seed},
    {"--scale", "X", "density, 0.001 to 100 (default 1: about 1,000,000 records)", set_scale},
    {"--date", "YYYY-MM-DD", "the day; 09:30 to 16:00 UTC (default 2026-11-20)", set_date},
    {"--truth", "FILE", "write the incidents put in to FILE, as records", set_truth},
    {"--help", "", "say this", NULL},
};
enum { OPTIONS = sizeof options / sizeof *options };

static inline _Noreturn void help(void)
{
    printf("usage: trading-day [option ...]\n"
           "Writes one day of a trading system to standard output, as records in time order.\n");
    for (int i = 0; i < OPTIONS; i++)
        printf("  %-7s %-11s %s\n", options[i].name, options[i].arg, options[i].help);
    if (fflush(stdout) != 0)
        fail("stdout");
    exit(0);
}

static inline _Noreturn void usage(const char *option, const char *what, const char *value)
{
    fprintf(stderr, "trading-day: %s: %s%s%s\n", option, what, value ? ": " : "",
            value ? value : "");
    exit(2);
}

/* Takes "--name value" or "--name=value"; returns how many arguments that was. */
static inline int parse_option(struct config *c, char **argv)
{
    size_t len = strcspn(argv[0], "=");
    bool joined = argv[0][len] == '=';
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        if (strlen(o->name) != len || strncmp(argv[0], o->name, len) != 0)
            continue;
        if (!o->set && joined)
            usage(o->name, "takes no value", NULL);
        if (!o->set)
            help();
        const char *value = joined ? argv[0] + len + 1 : argv[1];
        if (!value)
            usage(o->name, "needs a value", NULL);
        if (!o->set(c, value))
            usage(o->name, "not a valid value", value);
        return joined ? 1 : 2;
    }
    usage(argv[0], "unknown option; see trading-day --help", NULL);
}

#endif
