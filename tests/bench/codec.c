/* codec.c - what chunks take and how fast they are made and read.
 *
 *      codec [--jitter] [SERIES]
 *
 * Ten shapes of series, as monitoring has them: random walks of two decimals, integer counters with
 * a rare reset, lognormal latencies of three decimals, and values that rarely change; a point every
 * ten seconds, with --jitter up to 6 ms late.  SERIES (20) of each, of 10,000 points, in chunks of
 * 1024.  Everything comes from one seed.  Each figure is the best of a few rounds; "plain" is the
 * same without DEFLATE, so it says what the rest costs. */
#include "series/chunk.h"
#include "series/sketch.h"
#include "series/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POINTS = 10000, ROUNDS = 3, STEP_MS = 10000, JITTER_MS = 7, SHAPES = 10 };

struct state {
    uint64_t seed;
    int64_t value, drift;
};

static uint64_t draw(struct state *s)
{
    uint64_t z = s->seed += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Nearly normal: twelve uniforms less their mean (Irwin and Hall). */
static double normal(struct state *s)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (double)(draw(s) >> 11) * 0x1p-53;
    return sum - 6;
}

static int64_t between(struct state *s, int64_t low, int64_t high)
{
    return low + (int64_t)(draw(s) % (uint64_t)(high - low));
}

static int64_t walk(struct state *s, double width)
{
    s->value = llabs(s->value + llrint(normal(s) * width));
    if (s->value > 10000)
        s->value = 20000 - s->value;
    return s->value;
}

static int64_t counter(struct state *s, double width)
{
    if (draw(s) % 6000 == 0)
        s->value = 0;
    s->drift = llabs(s->drift + (int64_t)(normal(s) * width));
    s->value += s->drift / 2 + between(s, 0, s->drift + 1);
    return s->value;
}

static int64_t latency(struct state *s, double mu)
{
    double x = exp(mu + (double)s->drift / 1000 + 0.6 * normal(s));
    return llrint(1000 * (draw(s) % 1024 == 0 ? 20 * x : x));
}

static int64_t creep(struct state *s)
{
    if (draw(s) % 500 == 0)
        s->value += between(s, 1, 6);
    return s->value;
}

static int64_t queue(struct state *s)
{
    if (draw(s) % 50 == 0)
        s->value = draw(s) % 4 ? 0 : between(s, 0, 40);
    return s->value;
}

static int64_t next_value(struct state *s, int shape)
{
    switch (shape) {
    case 0:
    case 1: return walk(s, 80);
    case 2: return walk(s, 12);
    case 3:
    case 4: return counter(s, 9000);
    case 5: return counter(s, 3);
    case 6: return latency(s, 2.3);
    case 7: return latency(s, 0.2);
    case 8: return creep(s);
    default: return queue(s);
    }
}

static const struct {
    const char *name;
    double scale;
} SHAPE[SHAPES] = {
    {"gauge, wide", 100},    {"gauge, wide", 100},    {"gauge, narrow", 100},
    {"counter, bytes", 1},   {"counter, bytes", 1},   {"counter, calls", 1},
    {"latency, slow", 1000}, {"latency, fast", 1000}, {"creeping gauge", 100},
    {"queue depth", 1},
};

static struct state begin(int shape, uint64_t seed)
{
    struct state s = {.seed = seed * 1000003 + (uint64_t)shape};
    int64_t drifts[] = {0,
                        0,
                        0,
                        between(&s, 100000, 2100000),
                        between(&s, 100000, 2100000),
                        between(&s, 20, 420),
                        between(&s, -400, 400),
                        between(&s, -400, 400),
                        0,
                        0};
    s.drift = drifts[shape];
    if (shape < 3)
        s.value = between(&s, 0, 10000);
    else if (shape < 6)
        s.value = between(&s, 0, 1000000000);
    else if (shape == 8)
        s.value = between(&s, 2000, 8000);
    return s;
}

static void make_series(struct pt_column *c, int shape, uint64_t seed, bool jitter)
{
    struct state s = begin(shape, seed);
    int64_t ms = INT64_C(1767225600000) + between(&s, 0, 1000);
    for (int i = 0; i < POINTS; i++, ms += STEP_MS) {
        int64_t late = jitter ? between(&s, 0, JITTER_MS) : 0;
        pt_column_add(c, (ms + late) * 1000000,
                      pt_num_real((double)next_value(&s, shape) / SHAPE[shape].scale));
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct timing {
    double encode, decode, summary; /* seconds, the best round */
    size_t bytes, sketch;
};

static size_t chunk_end(const struct pt_column *c, size_t begin)
{
    return begin + PT_CHUNK_POINTS < c->n ? begin + PT_CHUNK_POINTS : c->n;
}

static void encode(struct pt_chunk_coder *coder, const struct pt_column *c, struct pt_buf *out,
                   size_t *ends)
{
    pt_buf_clear(out);
    for (size_t i = 0; i < c->n; i += PT_CHUNK_POINTS) {
        pt_chunk_encode(coder, c, i, chunk_end(c, i), out);
        *ends++ = out->n;
    }
}

static void decode(struct pt_chunk_coder *coder, const struct pt_buf *bytes, const size_t *ends,
                   size_t n, struct pt_column *back)
{
    struct pt_err err = {0};
    for (size_t i = 0, at = 0; i < n; at = ends[i++]) {
        pt_column_clear(back);
        if (pt_chunk_decode(coder, (struct pt_str){bytes->p + at, ends[i] - at}, back, &err) != 0) {
            fprintf(stderr, "codec: %s\n", err.what);
            exit(4);
        }
    }
}

static struct timing measure(struct pt_chunk_coder *coder, const struct pt_column *c)
{
    struct timing t = {.encode = INFINITY, .decode = INFINITY};
    size_t ends[POINTS / PT_CHUNK_POINTS + 1], n = (c->n + PT_CHUNK_POINTS - 1) / PT_CHUNK_POINTS;
    struct pt_buf bytes = {0};
    struct pt_column back = {0};
    for (int round = 0; round < ROUNDS; round++) {
        double at = now(), encoded;
        encode(coder, c, &bytes, ends);
        encoded = now();
        decode(coder, &bytes, ends, n, &back);
        t.decode = fmin(t.decode, now() - encoded);
        t.encode = fmin(t.encode, encoded - at);
    }
    t.bytes = bytes.n;
    pt_buf_release(&bytes);
    pt_column_release(&back);
    return t;
}

static void add(struct timing *sum, struct timing t)
{
    sum->encode += t.encode;
    sum->decode += t.decode;
    sum->summary += t.summary;
    sum->bytes += t.bytes;
    sum->sketch += t.sketch;
}

static size_t sketch_bytes(const struct pt_column *c)
{
    struct pt_buf b = {0};
    size_t bytes;
    for (size_t i = 0; i < c->n; i += PT_CHUNK_POINTS)
        pt_sketch_put(c, i, chunk_end(c, i), &b);
    bytes = b.n;
    pt_buf_release(&b);
    return bytes;
}

static double summary_seconds(const struct pt_column *c)
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double at = now();
        for (size_t i = 0; i < c->n; i += PT_CHUNK_POINTS) {
            volatile double sum = pt_summary_of(c, i, chunk_end(c, i)).sum.hi;
            (void)sum;
        }
        best = fmin(best, now() - at);
    }
    return best;
}

static void print_row(const char *name, double points, struct timing packed, struct timing plain)
{
    const double rates[] = {packed.encode, packed.decode, plain.encode, plain.decode,
                            packed.summary};
    printf("%-16s %8.3f %8.3f %8.3f", name, (double)packed.bytes / 1e6,
           (double)packed.bytes / points, (double)packed.sketch / points);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        printf(" %9.1f", points / rates[i] / 1e6);
    putchar('\n');
}

/* Prints one shape's row and adds it to the sums. */
static void bench_shape(int shape, long series, bool jitter, struct pt_chunk_coder *packing,
                        struct pt_chunk_coder *plainly, struct timing *all)
{
    struct timing packed = {0}, plain = {0};
    for (long i = 0; i < series; i++) {
        struct pt_column c = {0};
        struct timing t;
        make_series(&c, shape, (uint64_t)i + 1, jitter);
        t = measure(packing, &c);
        t.summary = summary_seconds(&c);
        t.sketch = sketch_bytes(&c);
        add(&packed, t);
        add(&plain, measure(plainly, &c));
        pt_column_release(&c);
    }
    print_row(SHAPE[shape].name, (double)series * POINTS, packed, plain);
    add(&all[0], packed);
    add(&all[1], plain);
}

int main(int argc, char **argv)
{
    bool jitter = argc > 1 && strcmp(argv[1], "--jitter") == 0;
    long series = argc > 1 + jitter ? strtol(argv[1 + jitter], NULL, 10) : 20;
    struct pt_chunk_coder *packing = pt_chunk_coder_new();
    struct pt_chunk_coder *plainly = pt_chunk_coder_with(PT_DEFLATE_NONE);
    struct timing all[2] = {0};
    printf("%-16s %8s %8s %8s %9s %9s %9s %9s %9s\n", "Mpoints/s", "MB", "B/pt", "sketch", "encode",
           "decode", "enc plain", "dec plain", "summary");
    for (int shape = 0; shape < SHAPES; shape++)
        bench_shape(shape, series, jitter, packing, plainly, all);
    print_row("all", (double)series * POINTS * SHAPES, all[0], all[1]);
    pt_chunk_coder_free(packing);
    pt_chunk_coder_free(plainly);
    return 0;
}
