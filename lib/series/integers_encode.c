/* integers_encode.c - see integers.h: the choice of a form, of where to cut the numbers, and of
 * what to patch.
 *
 * A form is first judged by a sample: its spread there, in bits, ranks the forms well, and only
 * those near the best are looked at in full.  Then the cost of every cut is estimated from one
 * histogram of the top eight bits, halved again and again: the low bits as they are, the rest by
 * its order-0 entropy, and DEFLATE's code table by the number of symbols.  Two windows are tried:
 * one over all numbers, and one over the bulk of the sample, with what lies outside as patches. */
#include "series/integers.h"

#include "series/bits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SETTLED = 4,      /* numbers whose common divisor is likely that of all */
    SAMPLE = 32,      /* numbers that a form is judged by */
    SYMBOLS = 256,    /* of a plane */
    LANES = 2,        /* histograms filled in turn: equal symbols in a row do not wait for memory */
    PLANES_LEAST = 24 /* bytes of planes that packing is tried on */
};

/* What DEFLATE takes beside the entropy, in bits: measured on planes of a thousand numbers. */
static const float TABLE_BITS = 130, SYMBOL_BITS = 3.4F, LOSS = 0.03F;
static const float WORTH = 0.1F; /* bits a number that packing must save, for the time it takes */
static const double NEAR = 1;    /* bits of spread that a form may lag behind and still be tried */
static const float SMALL = 1;    /* bits a number below which no repetitions are looked for */

/* How x is to be written. */
struct plan {
    unsigned form;
    uint64_t slope;
    uint64_t base, span; /* the window: x - base from 0 to span; the others are patches */
    unsigned low, planes;
    bool repeats; /* the planes are worth a search for repetitions */
    float bits;   /* the estimated cost */
};

void pt_integers_init(struct pt_integers *w, enum pt_deflate_engine engine)
{
    enum { LEVEL = 6 };
    w->huffman = pt_deflate_new(engine, PT_DEFLATE_HUFFMAN);
    w->search = pt_deflate_new(engine, LEVEL);
    for (int i = 1; i <= PT_INTEGERS_MOST; i++)
        w->surprise[i] = (float)i * log2f((float)i);
}

void pt_integers_release(struct pt_integers *w)
{
    pt_deflate_free(w->huffman);
    pt_deflate_free(w->search);
    free(w->unpacked);
}

/* --- the unit -------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static uint64_t magnitude(uint64_t u)
{
    return u >> 63 ? 0 - u : u;
}

/* Whether y[0..n-1], beginning at 0, all step alike. */
static bool even(const uint64_t *y, size_t n)
{
    uint64_t uneven = 0;
    for (size_t i = 1; i < n; i++)
        uneven |= (y[i] - y[i - 1]) ^ y[1];
    return !uneven;
}

/* x[i] = y[i] / unit; how many were divided before one that leaves a rest.  The quotient is guessed
 * in doubles, which is faster than the division, and checked. */
static size_t divide(const uint64_t *y, size_t n, uint64_t unit, uint64_t *x)
{
    const double part = 1 / (double)unit;
    for (size_t i = 0; i < n; i++) {
        double q = (double)(int64_t)y[i] * part;
        x[i] = (uint64_t)(int64_t)(q + (q < 0 ? -0.5 : 0.5));
        if (x[i] * unit != y[i])
            x[i] = (uint64_t)((int64_t)y[i] / (int64_t)unit);
        if (x[i] * unit != y[i])
            return i;
    }
    return n;
}

/* Divides w->y by the greatest number that divides all; returns it. */
static uint64_t take_unit(struct pt_integers *w, size_t n)
{
    uint64_t unit = 0;
    if (even(w->y, n))
        return 1;
    for (size_t i = 1; i < n && unit != 1; i++) {
        unit = gcd(unit, magnitude(w->y[i]));
        if (unit > 1 && i >= SETTLED)
            i = divide(w->y, n, unit, w->x) - 1;
    }
    if (unit > 1 && divide(w->y, n, unit, w->x) == n)
        memcpy(w->y, w->x, n * sizeof *w->y);
    return unit;
}

/* --- forms ----------------------------------------------------------------------------------- */

static uint64_t x_at(const uint64_t *y, size_t i, unsigned form, uint64_t slope)
{
    if (form == PT_INTEGERS_LINE)
        return y[i] - i * slope;
    if (form == PT_INTEGERS_STEPS)
        return y[i] - y[i - 1];
    return i == 1 ? y[1] - slope : (y[i] - y[i - 1]) - (y[i - 1] - y[i - 2]);
}

static void transform(const uint64_t *y, size_t n, const struct plan *p, uint64_t *x)
{
    if (p->form == PT_INTEGERS_LINE)
        for (size_t i = 1; i < n; i++)
            x[i - 1] = y[i] - i * p->slope;
    else if (p->form == PT_INTEGERS_STEPS)
        for (size_t i = 1; i < n; i++)
            x[i - 1] = y[i] - y[i - 1];
    else
        for (size_t i = 1; i < n; i++)
            x[i - 1] = x_at(y, i, p->form, p->slope);
}

/* x at places spread evenly, in order; returns how many. */
static size_t take_sample(const uint64_t *y, size_t n, const struct plan *p, int64_t *sample)
{
    size_t count = n - 1 < SAMPLE ? n - 1 : SAMPLE;
    for (size_t j = 0; j < count; j++) {
        int64_t x = (int64_t)x_at(y, 1 + j * (n - 1) / count, p->form, p->slope);
        size_t k = j;
        for (; k > 0 && sample[k - 1] > x; k--)
            sample[k] = sample[k - 1];
        sample[k] = x;
    }
    return count;
}

/* The bulk of a sample in order: all but one sixteenth at either end, and some room beside them. */
struct bulk {
    uint64_t base, span;
    double bits;  /* of the span without the room */
    bool repeats; /* a fourth of the sample or more is there twice, more than chance makes */
};

static struct bulk bulk_of(const int64_t *sample, size_t count)
{
    size_t cut = count / 16;
    uint64_t low = (uint64_t)sample[cut], high = (uint64_t)sample[count - 1 - cut];
    uint64_t span = high - low, room = span < UINT64_MAX / 4 ? span / 2 + span / 4 : 0;
    size_t again = 0;
    for (size_t i = 1; i < count; i++)
        again += sample[i] == sample[i - 1];
    return (struct bulk){low - room, span + 2 * room, log2((double)span + 1),
                         4 * again >= count && span >= SYMBOLS};
}

/* --- the cost of a stream -------------------------------------------------------------------- */

static unsigned width_of(uint64_t u)
{
    return u ? 64 - (unsigned)__builtin_clzll(u) : 0;
}

static float entropy(const struct pt_integers *w, const unsigned *count, size_t symbols, size_t n)
{
    float used = 0, distinct = 0;
    for (size_t i = 0; i < symbols; i++) {
        used += w->surprise[count[i]];
        distinct += count[i] != 0;
    }
    return w->surprise[n] - used + TABLE_BITS + SYMBOL_BITS * distinct + (LOSS + WORTH) * (float)n;
}

/* The top bits above `low` of each number in the window; returns the bits that patches take, and
 * counts patches as zeros. */
static float count_symbols(const uint64_t *x, size_t n, const struct plan *p, unsigned low,
                           unsigned *count)
{
    unsigned lane[LANES][SYMBOLS] = {{0}};
    float patches = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t u = x[i] - p->base;
        if (u > p->span) {
            patches += 16 + 8 * (float)(width_of(magnitude(u)) / 7);
            u = 0;
        }
        lane[i % LANES][u >> low]++;
    }
    for (int s = 0; s < SYMBOLS; s++)
        count[s] = lane[0][s] + lane[1][s];
    return patches;
}

static void halve(unsigned *count, size_t symbols)
{
    for (size_t i = 0; i < symbols; i++)
        count[i] = count[2 * i] + count[2 * i + 1];
}

/* Chooses where to cut the numbers of the window. */
static void plan_cut(const struct pt_integers *w, size_t n, struct plan *p)
{
    unsigned width = width_of(p->span), low = width > 8 ? width - 8 : 0, count[SYMBOLS];
    float patches = count_symbols(w->x, n, p, low, count);
    p->low = width <= PT_BITS_MOST ? width : PT_BITS_MOST;
    p->planes = width > p->low;
    p->bits = (float)(width * n) + patches;
    for (; low + 1 < width && low <= PT_BITS_MOST; low++) {
        size_t symbols = (size_t)1 << (width - low);
        float bits = patches + (float)(low * n) + entropy(w, count, symbols, n);
        if (bits < p->bits) {
            p->bits = bits;
            p->low = low;
            p->planes = 1;
        }
        halve(count, symbols / 2);
    }
}

static void limits(const uint64_t *x, size_t n, uint64_t *base, uint64_t *span)
{
    int64_t least = (int64_t)x[0], most = least;
    for (size_t i = 1; i < n; i++) {
        least = (int64_t)x[i] < least ? (int64_t)x[i] : least;
        most = (int64_t)x[i] > most ? (int64_t)x[i] : most;
    }
    *base = (uint64_t)least;
    *span = (uint64_t)most - (uint64_t)least;
}

/* The best plan for the numbers in w->x, all of them or but for patches. */
static void plan_stream(const struct pt_integers *w, size_t n, const struct bulk *bulk,
                        struct plan *p)
{
    struct plan trial = *p;
    limits(w->x, n, &p->base, &p->span);
    plan_cut(w, n, p);
    if (width_of(p->span) < width_of(bulk->span) + 2)
        return;
    trial.base = bulk->base;
    trial.span = bulk->span;
    plan_cut(w, n, &trial);
    if (trial.bits < p->bits)
        *p = trial;
}

/* --- planes ---------------------------------------------------------------------------------- */

static void cut_planes(const uint64_t *x, size_t n, const struct plan *p, uint64_t base,
                       unsigned char *to)
{
    for (unsigned k = 0; k < p->planes; k++)
        for (size_t i = 0; i < n; i++)
            *to++ = (unsigned char)((x[i] - base) >> (p->low + 8 * k));
}

/* The planes of x - base go to w->planes, and packed to w->packed; their size there, or 0 when that
 * is not shorter. */
static size_t pack_planes(struct pt_integers *w, size_t n, const struct plan *p, uint64_t base)
{
    size_t size = p->planes * n;
    cut_planes(w->x, n, p, base, w->planes);
    if (size < PLANES_LEAST)
        return 0;
    return pt_deflate_pack(p->repeats ? w->search : w->huffman, w->planes, size, w->packed,
                           size - 2);
}

/* --- choosing -------------------------------------------------------------------------------- */

enum { FORMS = 4 };

static uint64_t mean_step(const uint64_t *y, size_t n)
{
    int64_t way = (int64_t)y[n - 1], steps = (int64_t)n - 1,
            half = way < 0 ? -steps / 2 : steps / 2;
    return (uint64_t)(way > INT64_MAX / 2 || way < INT64_MIN / 2 ? way / steps
                                                                 : (way + half) / steps);
}

/* Planes of x as it is, with their repetitions found: better where there are many, such as codes,
 * or levels that last for a while. */
static void try_uncut(struct pt_integers *w, size_t n, struct plan trial, struct plan *best)
{
    size_t packed;
    transform(w->y, n + 1, &trial, w->x);
    limits(w->x, n, &trial.base, &trial.span);
    trial.low = 0;
    trial.planes = (width_of(trial.span) + 7) / 8;
    trial.repeats = true;
    packed = pack_planes(w, n, &trial, trial.base);
    trial.bits = 8 * (float)packed + WORTH * (float)n;
    if (packed && trial.bits < best->bits)
        *best = trial;
}

/* The best plan for w->y, whose x are then in w->x. */
static struct plan choose(struct pt_integers *w, size_t n)
{
    struct plan forms[FORMS] = {{.form = PT_INTEGERS_STEPS},
                                {.form = PT_INTEGERS_LINE},
                                {.form = PT_INTEGERS_LINE, .slope = mean_step(w->y, n)},
                                {.form = PT_INTEGERS_CHANGES, .slope = w->y[1]}};
    struct plan best = {.bits = INFINITY};
    struct bulk bulk[FORMS];
    double least = INFINITY;
    for (int f = 0; f < FORMS; f++) {
        int64_t sample[SAMPLE];
        bulk[f] = bulk_of(sample, take_sample(w->y, n, &forms[f], sample));
        least = bulk[f].bits < least ? bulk[f].bits : least;
    }
    for (int f = 0; f < FORMS && best.bits > 0; f++) {
        if (bulk[f].bits > least + NEAR)
            continue;
        transform(w->y, n, &forms[f], w->x);
        plan_stream(w, n - 1, &bulk[f], &forms[f]);
        if (forms[f].bits < best.bits)
            best = forms[f];
    }
    for (int f = 0; f < FORMS; f++)
        if (bulk[f].repeats && best.bits > SMALL * (float)n)
            try_uncut(w, n - 1, forms[f], &best);
    transform(w->y, n, &best, w->x);
    return best;
}

/* --- writing --------------------------------------------------------------------------------- */

/* Replaces x by its part in the window, repeating the number before where there is none; the
 * patches go to out.  Returns how many there are. */
static size_t put_patches(uint64_t *x, size_t n, const struct plan *p, struct pt_buf *out)
{
    uint64_t before = 0;
    size_t patches = 0, next = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t u = x[i] - p->base;
        if (u > p->span) {
            pt_pack_varint(out, i - next);
            pt_pack_varint(out, pt_pack_zigzag(u));
            next = i + 1;
            patches++;
            u = before;
        }
        x[i] = before = u;
    }
    return patches;
}

static void put_low(const uint64_t *x, size_t n, unsigned low, struct pt_buf *out)
{
    size_t size = pt_bits_size(n, low);
    pt_bits_pack(x, n, low, (unsigned char *)pt_buf_reserve(out, size + 8));
    out->n += size;
}

/* The planes, packed when that is shorter; whether it was. */
static bool put_planes(struct pt_integers *w, size_t n, const struct plan *p, struct pt_buf *out)
{
    size_t packed = pack_planes(w, n, p, 0);
    if (packed)
        pt_pack_varint(out, packed);
    pt_buf_add(out, packed ? w->packed : w->planes, packed ? packed : p->planes * n);
    return packed > 0;
}

static void put_stream(struct pt_integers *w, size_t n, const struct plan *p, uint64_t unit,
                       struct pt_buf *out, size_t head)
{
    struct pt_buf patches = {0};
    size_t count = put_patches(w->x, n, p, &patches);
    unsigned flags = p->form;
    if (unit != 1) {
        pt_pack_varint(out, unit);
        flags |= PT_INTEGERS_UNIT;
    }
    if (p->slope) {
        pt_pack_varint(out, pt_pack_zigzag(p->slope));
        flags |= PT_INTEGERS_SLOPE;
    }
    pt_pack_varint(out, pt_pack_zigzag(p->base));
    pt_buf_putc(out, (char)p->low);
    pt_buf_putc(out, (char)p->planes);
    put_low(w->x, n, p->low, out);
    if (put_planes(w, n, p, out))
        flags |= PT_INTEGERS_PACKED;
    if (count) {
        pt_pack_varint(out, count);
        pt_buf_str(out, pt_buf_view(&patches));
        flags |= PT_INTEGERS_PATCHED;
    }
    out->p[head] = (char)flags;
    pt_buf_release(&patches);
}

void pt_integers_encode(struct pt_integers *w, const uint64_t *k, size_t n, struct pt_buf *out)
{
    size_t head = out->n;
    struct plan best;
    uint64_t unit;
    pt_buf_putc(out, 0);
    pt_pack_varint(out, pt_pack_zigzag(k[0]));
    if (n == 1)
        return;
    for (size_t i = 0; i < n; i++)
        w->y[i] = k[i] - k[0];
    unit = take_unit(w, n);
    best = choose(w, n);
    put_stream(w, n - 1, &best, unit, out, head);
}
