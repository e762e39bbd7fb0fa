/* generate.c - the data set of the benchmarks, one point a line, in order of arrival.
 *
 * Ten metrics on each of --hosts hosts are that many series; every --interval each host reports its
 * ten, at a moment of its own within the first second of the interval, and --jitter MS later by a
 * random part of that.  M, what most figures are about, is the default: 100 hosts, 10,000 points of
 * each of the 1000 series, 10 s apart.  L is M with --hosts 1000: 100 million points, 9.5 GB, to be
 * streamed and not kept.
 *
 * A metric has one of four shapes, which are what monitoring is made of:
 *
 *   walk      a gauge of two decimals that steps up and down between 0 and 100
 *   counter   an integer that grows at a rate that drifts, and starts again from 0 about every
 *             6000 points
 *   latency   three decimals, lognormal with sigma 0.6 about a median of the host's own; one in
 *             1024 is twenty times as long
 *   steady    a gauge that changes every 500 points, or every 50
 *
 * Every series and every host's clock has its own random numbers, so that the same options give the
 * same bytes, and a data set with more hosts or points begins with the smaller one's series.
 * Values are integers of the smallest unit shown; libm is used for nothing that is not rounded to
 * one at once.  What is not the value or the time is the same in each line of a series and is made
 * once; so a line costs little more than its digits, and some 20 million a second are written.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { METRICS = 10, VENUES = 4, FIX = 96 };
enum { HOSTS_MOST = 100000, LINE_MOST = 256, OUT = 1 << 20 };

#define START_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

enum shape { WALK, COUNTER, LATENCY, STEADY };

static const struct metric {
    const char *name;
    enum shape shape;
    int decimals;
    double scale;    /* walk, counter: standard deviation of a step; latency: log of the median */
    unsigned change; /* steady: one in so many points is another value */
} metrics[METRICS] = {
    {"cpu.user", WALK, 2, 80, 0},
    {"cpu.system", WALK, 2, 80, 0},
    {"mem.used_pct", WALK, 2, 12, 0},
    {"net.rx_bytes", COUNTER, 0, 9000, 0},
    {"net.tx_bytes", COUNTER, 0, 9000, 0},
    {"http.requests", COUNTER, 0, 3, 0},
    {"order.latency_ms", LATENCY, 3, 2.3, 0},
    {"quote.latency_ms", LATENCY, 3, 0.2, 0},
    {"disk.used_pct", STEADY, 2, 0, 500},
    {"queue.depth", STEADY, 0, 0, 50},
};
static const char *const venues[VENUES] = {"X", "Y", "Z", "XNAS"};

/* A line is open, time (when it comes first), before, value, after, time (when it comes last). */
enum time_place { TIME_FIRST, TIME_LAST };
static const struct format {
    const char *name, *head; /* the input begins with head */
    enum time_place time;
    const char *open;
    const char *before, *after; /* %n the metric, %h the host, %v the venue */
} formats[] = {
    {"jsonl", "", TIME_FIRST,
     "{\"ts\":", ",\"name\":\"%n\",\"value\":", ",\"tags\":{\"host\":\"%h\",\"venue\":\"%v\"}}"},
    {"flat", "", TIME_FIRST,
     "{\"ts\":", ",\"name\":\"%n\",\"value\":", ",\"host\":\"%h\",\"venue\":\"%v\"}"},
    {"csv", "ts,name,host,venue,value\n", TIME_FIRST, "", ",%n,%h,%v,", ""},
    {"influx", "", TIME_LAST, "", "%n,host=%h,venue=%v value=", " "},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

struct series {
    uint64_t rng;
    int64_t value; /* in units of its decimals */
    int64_t drift; /* counter: its rate; latency: thousandths added to the log of the median */
    char before[FIX], after[FIX];
};

struct host {
    uint64_t rng;
    int64_t phase; /* ms after the start of the interval */
};

struct config {
    int64_t hosts, points, interval, jitter;
    uint64_t seed;
    const struct format *format;
};

static char out[OUT];
static size_t out_len;

static _Noreturn void fail(const char *what)
{
    if (errno != EPIPE) /* a reader that has gone away is not worth a word */
        fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
    exit(4);
}

/* --- random numbers -------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea and Flood, 2014); any state will do as a seed. */
static uint64_t rng_next(uint64_t *s)
{
    uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Nearly standard normal: the sum of twelve uniform numbers of 16 bits, less its mean. */
static double rng_normal(uint64_t *s)
{
    uint64_t sum = 0;
    for (int i = 0; i < 3; i++)
        for (uint64_t r = rng_next(s), k = 0; k < 4; k++, r >>= 16)
            sum += r & 0xffff;
    return (double)sum / 65536 - 6;
}

/* --- series ---------------------------------------------------------------------------------- */

static int64_t step_walk(struct series *s, const struct metric *m)
{
    s->value += lrint(rng_normal(&s->rng) * m->scale);
    if (s->value < 0)
        s->value = -s->value;
    if (s->value > 10000)
        s->value = 20000 - s->value;
    return s->value;
}

static int64_t step_counter(struct series *s, const struct metric *m)
{
    if (rng_next(&s->rng) % 6000 == 0)
        s->value = 0;
    s->drift += (int64_t)(rng_normal(&s->rng) * m->scale);
    if (s->drift < 0)
        s->drift = -s->drift;
    s->value += s->drift / 2 + (int64_t)(rng_next(&s->rng) % (uint64_t)(s->drift + 1));
    return s->value;
}

static int64_t step_latency(struct series *s, const struct metric *m)
{
    double ms = exp(m->scale + (double)s->drift / 1000 + 0.6 * rng_normal(&s->rng));
    bool slow = rng_next(&s->rng) % 1024 == 0;
    return lrint((slow ? ms * 20 : ms) * 1000);
}

static int64_t step_steady(struct series *s, const struct metric *m)
{
    uint64_t r = rng_next(&s->rng);
    if (r % m->change == 0) {
        if (m->decimals > 0) /* it fills up slowly */
            s->value += 1 + (int64_t)((r >> 20) % 5);
        else /* it is mostly empty */
            s->value = (r >> 20) & 3 ? 0 : (int64_t)((r >> 24) % 40);
    }
    if (s->value > 9900)
        s->value = 2000;
    return s->value;
}

static int64_t step(struct series *s, const struct metric *m)
{
    switch (m->shape) {
    case WALK: return step_walk(s, m);
    case COUNTER: return step_counter(s, m);
    case LATENCY: return step_latency(s, m);
    default: return step_steady(s, m);
    }
}

/* Copies a form with the places of its series filled in. */
static void fill(char dst[FIX], const char *form, const struct metric *m, int64_t host)
{
    size_t len = 0;
    for (; *form; form++) {
        if (*form != '%') {
            dst[len++] = *form;
            continue;
        }
        form++;
        if (*form == 'h')
            len += (size_t)snprintf(dst + len, FIX - len, "h%03" PRId64, host);
        else
            len += (size_t)snprintf(dst + len, FIX - len, "%s",
                                    *form == 'n' ? m->name : venues[host % VENUES]);
    }
    dst[len] = '\0';
}

static void series_init(struct series *s, const struct config *c, int64_t host, int metric)
{
    const struct metric *m = &metrics[metric];
    s->rng =
        c->seed * UINT64_C(0x2545f4914f6cdd1d) + (uint64_t)host * 1000003 + (uint64_t)metric * 7919;
    rng_next(&s->rng);
    rng_next(&s->rng);
    uint64_t r = rng_next(&s->rng), high = r >> 40;
    if (m->shape == WALK)
        s->value = (int64_t)(r % 10000);
    if (m->shape == COUNTER) {
        s->value = (int64_t)(r % 1000000000);
        s->drift = (int64_t)(m->scale < 100 ? 20 + high % 400 : 100000 + high % 2000000);
    }
    if (m->shape == LATENCY)
        s->drift = (int64_t)(r % 800) - 400;
    if (m->shape == STEADY && m->decimals > 0)
        s->value = (int64_t)(2000 + r % 6000);
    fill(s->before, c->format->before, m, host);
    fill(s->after, c->format->after, m, host);
}

static void host_init(struct host *h, const struct config *c, int64_t host)
{
    uint64_t s = c->seed ^ ((uint64_t)host << 32);
    rng_next(&s);
    h->phase = (int64_t)(rng_next(&s) % 1000);
    h->rng = rng_next(&s);
}

/* --- output ---------------------------------------------------------------------------------- */

static void flush(void)
{
    for (size_t done = 0; done < out_len;) {
        ssize_t n = write(STDOUT_FILENO, out + done, out_len - done);
        if (n < 0 && errno != EINTR)
            fail("standard output");
        if (n > 0)
            done += (size_t)n;
    }
    out_len = 0;
}

static char *put(char *p, const char *text)
{
    while (*text)
        *p++ = *text++;
    return p;
}

static char *put_uint(char *p, uint64_t u)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    while (n > 0)
        *p++ = digits[--n];
    return p;
}

/* v / 10^decimals, without zeros at the end.  v >= 0. */
static char *put_value(char *p, int64_t v, int decimals)
{
    uint64_t unit = 1, rest = (uint64_t)v;
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    p = put_uint(p, rest / unit);
    rest %= unit;
    if (rest > 0)
        *p++ = '.';
    for (; rest > 0; rest %= unit) {
        unit /= 10;
        *p++ = (char)('0' + rest / unit);
    }
    return p;
}

/* Seconds with three decimals. */
static char *put_seconds(char *p, int64_t ms)
{
    p = put_uint(p, (uint64_t)ms / 1000);
    *p++ = '.';
    for (int64_t unit = 100; unit > 0; unit /= 10)
        *p++ = (char)('0' + ms / unit % 10);
    return p;
}

static char *put_point(char *p, const struct format *f, struct series *s, const struct metric *m,
                       const char *time)
{
    p = put(p, f->open);
    if (f->time == TIME_FIRST)
        p = put(p, time);
    p = put(p, s->before);
    p = put_value(p, step(s, m), m->decimals);
    p = put(p, s->after);
    if (f->time == TIME_LAST)
        p = put(p, time);
    *p++ = '\n';
    return p;
}

/* What host h reports in interval i. */
static void put_host(const struct config *c, struct host *h, struct series *s, int64_t i)
{
    char time[32];
    int64_t ms = START_MS + h->phase + i * c->interval;
    if (c->jitter > 0)
        ms += (int64_t)(rng_next(&h->rng) % (uint64_t)c->jitter);
    *(c->format->time == TIME_FIRST ? put_seconds(time, ms) : put_uint(time, (uint64_t)ms)) = '\0';
    if (OUT - out_len < METRICS * LINE_MOST)
        flush();
    char *p = out + out_len;
    for (int m = 0; m < METRICS; m++)
        p = put_point(p, c->format, &s[m], &metrics[m], time);
    out_len = (size_t)(p - out);
}

static void generate(const struct config *c)
{
    struct series *s = calloc((size_t)c->hosts * METRICS, sizeof *s);
    struct host *h = calloc((size_t)c->hosts, sizeof *h);
    if (!s || !h)
        fail("memory");
    for (int64_t i = 0; i < c->hosts; i++) {
        host_init(&h[i], c, i);
        for (int m = 0; m < METRICS; m++)
            series_init(&s[i * METRICS + m], c, i, m);
    }
    out_len = (size_t)(put(out, c->format->head) - out);
    for (int64_t i = 0; i < c->points; i++)
        for (int64_t k = 0; k < c->hosts; k++)
            put_host(c, &h[k], &s[k * METRICS], i);
    flush();
    free(s);
    free(h);
}

/* --- options --------------------------------------------------------------------------------- */

static _Noreturn void usage(int status)
{
    fputs("usage: generate [--format jsonl|flat|csv|influx] [--hosts N] [--points N]\n"
          "                [--interval MS] [--jitter MS] [--seed N]\n"
          "--points are those of each series, of which a host has ten.\n",
          status ? stderr : stdout);
    exit(status);
}

static int64_t number(const char *option, const char *arg, int64_t least, int64_t most)
{
    char *end;
    errno = 0;
    long long v = strtoll(arg, &end, 10);
    if (errno == 0 && end != arg && *end == '\0' && v >= least && v <= most)
        return v;
    fprintf(stderr, "generate: --%s: \"%s\" is not a number from %" PRId64 " to %" PRId64 "\n",
            option, arg, least, most);
    exit(2);
}

static const struct format *format_named(const char *name)
{
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    usage(2);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"format", required_argument, NULL, 'f'}, {"hosts", required_argument, NULL, 'n'},
        {"points", required_argument, NULL, 'p'}, {"interval", required_argument, NULL, 'i'},
        {"jitter", required_argument, NULL, 'j'}, {"seed", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    struct config c = {
        .hosts = 100, .points = 10000, .interval = 10000, .seed = 1, .format = &formats[0]};
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (option) {
        case 'f': c.format = format_named(optarg); break;
        case 'n': c.hosts = number("hosts", optarg, 1, HOSTS_MOST); break;
        case 'p': c.points = number("points", optarg, 1, INT32_MAX); break;
        case 'i': c.interval = number("interval", optarg, 1, INT32_MAX); break;
        case 'j': c.jitter = number("jitter", optarg, 0, INT32_MAX); break;
        case 's': c.seed = (uint64_t)number("seed", optarg, 0, INT64_MAX); break;
        case 'h': usage(0);
        default: usage(2);
        }
    }
    if (optind < argc)
        usage(2);
    generate(&c);
    return 0;
}
