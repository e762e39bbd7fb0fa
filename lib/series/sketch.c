/* sketch.c - see sketch.h.
 *
 * Counts of neighbouring buckets are alike, so each is written by a Rice code (Rice & Plaunt, 1971)
 * whose parameter follows the mean of those before: about three bits a bucket, where a byte each
 * for gap and count would take four times as much.  A count of zero is followed by the length of
 * its run in Elias' gamma code (1975), so that a lone outlier far out costs twenty bits.
 *
 * The mean is kept in eighths, as an integer, since both sides must see the same. */
#include "series/sketch.h"

#include "base/mem.h"
#include "base/pack.h"
#include "series/quantile.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>

enum {
    CUT = 46,             /* bits of a double below a bucket */
    BUCKETS = 0x7ff << 6, /* of finite magnitudes */
    UNARY_MOST = 16,      /* quotient from which on a count is written in gamma code */
    MEAN_SHIFT = 3,       /* the mean is in eighths, and each count weighs an eighth */
    MEAN_START = 1 << MEAN_SHIFT,
    AHEAD = 256,        /* buckets that a reader makes room for at once: four powers of two */
    COUNT_MOST = 40,    /* bits of a count that a reader believes */
    POINTS_LEAST = 256, /* below, a chunk is opened as fast */
    CHANGE_RATE = 16,   /* points to a change of value, at most */
    FALL_RATE = 64      /* changes to a step against the trend, at most */
};

/* --- buckets --------------------------------------------------------------------------------- */

static uint32_t bucket_of(double magnitude)
{
    uint64_t u;
    memcpy(&u, &magnitude, sizeof u);
    return (uint32_t)(u >> CUT);
}

static double middle_of(uint32_t bucket)
{
    uint64_t u = (uint64_t)bucket << CUT | UINT64_C(1) << (CUT - 1);
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

/* The least magnitude in a bucket; behind the last one infinity. */
static double least_of(uint32_t bucket)
{
    uint64_t u = (uint64_t)bucket << CUT;
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

/* Makes the side cover buckets first..last. */
static void cover(struct pt_sketch_side *side, uint32_t first, uint32_t last)
{
    uint32_t end = side->first + side->n;
    uint64_t *count;
    if (side->n && side->first <= first && last < end)
        return;
    if (side->n) {
        first = side->first < first ? side->first : first;
        last = last < end ? end - 1 : last;
    }
    count = pt_mem_array(last - first + 1, sizeof *count);
    if (side->n)
        memcpy(count + (side->first - first), side->count, side->n * sizeof *count);
    free(side->count);
    *side = (struct pt_sketch_side){first, last - first + 1, count};
}

/* The least and the greatest magnitude of the values of one sign; false when there is none. */
static bool extent(const double *v, size_t n, double sign, double *least, double *most)
{
    *least = INFINITY;
    *most = 0;
    for (size_t i = 0; i < n; i++) {
        double x = v[i] * sign;
        *least = x > 0 && x < *least ? x : *least;
        *most = x > *most ? x : *most;
    }
    return *most > 0;
}

void pt_sketch_add(struct pt_sketch *s, const double *v, size_t n)
{
    double least, most;
    if (extent(v, n, 1, &least, &most))
        cover(&s->positive, bucket_of(least), bucket_of(most));
    if (extent(v, n, -1, &least, &most))
        cover(&s->negative, bucket_of(least), bucket_of(most));
    for (size_t i = 0; i < n; i++) {
        if (v[i] > 0)
            s->positive.count[bucket_of(v[i]) - s->positive.first]++;
        else if (v[i] < 0)
            s->negative.count[bucket_of(-v[i]) - s->negative.first]++;
        else
            s->zeros++;
    }
    s->n += n;
}

static void join_side(struct pt_sketch_side *side, const struct pt_sketch_side *other)
{
    if (!other->n)
        return;
    cover(side, other->first, other->first + other->n - 1);
    for (uint32_t i = 0; i < other->n; i++)
        side->count[other->first - side->first + i] += other->count[i];
}

void pt_sketch_join(struct pt_sketch *s, const struct pt_sketch *other)
{
    join_side(&s->negative, &other->negative);
    join_side(&s->positive, &other->positive);
    s->zeros += other->zeros;
    s->n += other->n;
}

static void clear_side(struct pt_sketch_side *side)
{
    if (side->n)
        memset(side->count, 0, side->n * sizeof *side->count);
}

void pt_sketch_clear(struct pt_sketch *s)
{
    clear_side(&s->negative);
    clear_side(&s->positive);
    s->n = s->zeros = 0;
}

void pt_sketch_release(struct pt_sketch *s)
{
    free(s->negative.count);
    free(s->positive.count);
    *s = (struct pt_sketch){0};
}

/* --- writing --------------------------------------------------------------------------------- */

struct bit_writer {
    struct pt_buf *out;
    uint64_t held;
    unsigned n;
};

static void put_bits(struct bit_writer *w, uint64_t u, unsigned n)
{
    for (; n > 32; n -= 32, u >>= 32)
        put_bits(w, u & UINT32_MAX, 32);
    w->held |= u << w->n;
    w->n += n;
    for (; w->n >= 8; w->n -= 8, w->held >>= 8)
        pt_buf_putc(w->out, (char)w->held);
}

static unsigned log2_floor(uint64_t u)
{
    return 63 - (unsigned)__builtin_clzll(u);
}

/* Elias gamma: as many zeros as there are bits behind the first, a one, and those bits. */
static void put_gamma(struct bit_writer *w, uint64_t u)
{
    unsigned n = log2_floor(u);
    put_bits(w, 0, n);
    put_bits(w, 1, 1);
    put_bits(w, u ^ UINT64_C(1) << n, n);
}

/* The Rice parameter for a mean: zero below two, and the whole part of its logarithm above. */
static unsigned parameter(uint64_t mean)
{
    return mean < 2 << MEAN_SHIFT ? 0 : log2_floor(mean >> MEAN_SHIFT);
}

static void put_count(struct bit_writer *w, uint64_t count, unsigned rice)
{
    uint64_t quotient = count >> rice;
    if (quotient >= UNARY_MOST) {
        put_bits(w, (1 << UNARY_MOST) - 1, UNARY_MOST);
        put_gamma(w, count);
        return;
    }
    put_bits(w, (UINT64_C(1) << quotient) - 1, (unsigned)quotient + 1);
    put_bits(w, count & ((UINT64_C(1) << rice) - 1), rice);
}

static void put_side(const struct pt_sketch_side *side, struct pt_buf *out)
{
    struct bit_writer w = {.out = out};
    uint64_t points = 0, mean = MEAN_START;
    uint32_t i = 0, end = side->n;
    for (uint32_t k = 0; k < side->n; k++)
        points += side->count[k];
    pt_pack_varint(out, points);
    if (!points)
        return;
    while (!side->count[i])
        i++;
    while (!side->count[end - 1])
        end--;
    pt_pack_varint(out, side->first + i);
    while (i < end) {
        uint64_t count = side->count[i];
        uint32_t run = i++;
        put_count(&w, count, parameter(mean));
        mean += count - (mean >> MEAN_SHIFT);
        if (count)
            continue;
        while (!side->count[i])
            i++;
        put_gamma(&w, i - run);
    }
    put_bits(&w, 0, 7 & (0 - w.n));
}

void pt_sketch_write(const struct pt_sketch *s, struct pt_buf *out)
{
    pt_pack_varint(out, s->zeros);
    put_side(&s->negative, out);
    put_side(&s->positive, out);
}

/* --- reading --------------------------------------------------------------------------------- */

struct bit_reader {
    struct pt_unpack *in;
    uint64_t held;
    unsigned n;
};

/* Takes in what a code may need; there are fewer bits only at the end of the bytes.  Eight bytes at
 * once where there are as many (Giesen, "Reading bits in far too many ways", 2018): what is held
 * beyond r->n is what will be taken in next. */
static void fill(struct bit_reader *r)
{
    if (r->in->end - r->in->p >= (ptrdiff_t)sizeof r->held) {
        uint64_t u;
        memcpy(&u, r->in->p, sizeof u);
        r->held |= le64toh(u) << r->n;
        r->in->p += (63 - r->n) >> 3;
        r->n |= 56;
        return;
    }
    for (; r->n <= 56; r->n += 8)
        if (r->in->p < r->in->end)
            r->held |= (uint64_t)*r->in->p++ << r->n;
        else
            return;
}

static inline uint64_t get_bits(struct bit_reader *r, unsigned n)
{
    uint64_t u;
    if (n > r->n)
        fill(r);
    if (n > r->n) {
        r->in->bad = true;
        return 0;
    }
    u = r->held & ((UINT64_C(1) << n) - 1);
    r->held >>= n;
    r->n -= n;
    return u;
}

static uint64_t get_gamma(struct bit_reader *r)
{
    unsigned n;
    fill(r);
    n = r->held ? (unsigned)__builtin_ctzll(r->held) : 64;
    if (n > COUNT_MOST) {
        r->in->bad = true;
        return 0;
    }
    get_bits(r, n + 1);
    return get_bits(r, n) | UINT64_C(1) << n;
}

static uint64_t get_count(struct bit_reader *r, unsigned rice)
{
    unsigned quotient;
    fill(r);
    quotient = (unsigned)__builtin_ctzll(~r->held | UINT64_C(1) << 63);
    if (quotient >= UNARY_MOST) {
        get_bits(r, UNARY_MOST);
        return get_gamma(r);
    }
    get_bits(r, quotient + 1);
    return (uint64_t)quotient << rice | get_bits(r, rice);
}

/* Makes the side cover a bucket, and when it must grow for that, some behind it. */
static void cover_ahead(struct pt_sketch_side *side, uint32_t at)
{
    uint32_t ahead = at + AHEAD < BUCKETS ? at + AHEAD : BUCKETS - 1;
    if (!side->n || at < side->first || at - side->first >= side->n)
        cover(side, at, ahead);
}

/* Adds what is written of one side; gives back the bytes that the reader took too many. */
static void merge_side(struct pt_sketch_side *side, struct pt_unpack *in, uint64_t *n)
{
    uint64_t left = pt_unpack_varint(in), mean = MEAN_START, at = left ? pt_unpack_varint(in) : 0;
    struct bit_reader r = {.in = in};
    in->bad |= left >> COUNT_MOST != 0;
    *n += left;
    while (left && !in->bad) {
        uint64_t count = get_count(&r, parameter(mean));
        if (at >= BUCKETS || count > left || in->bad) {
            in->bad = true;
            return;
        }
        mean += count - (mean >> MEAN_SHIFT);
        if (count) {
            cover_ahead(side, (uint32_t)at);
            side->count[at++ - side->first] += count;
            left -= count;
        } else {
            at += get_gamma(&r);
        }
    }
    in->p -= r.n / 8;
}

int pt_sketch_merge(struct pt_sketch *s, struct pt_str bytes, struct pt_err *err)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    struct pt_unpack in = {p, p + bytes.n, false};
    uint64_t zeros = pt_unpack_varint(&in), n = zeros;
    in.bad |= zeros >> COUNT_MOST != 0;
    merge_side(&s->negative, &in, &n);
    merge_side(&s->positive, &in, &n);
    if (in.bad || in.p != in.end)
        return pt_err_set(err, PT_SYSTEM, "damaged sketch: its bytes do not decode");
    s->zeros += zeros;
    s->n += n;
    return 0;
}

/* --- asking ---------------------------------------------------------------------------------- */

/* The bucket of a side that holds its k-th value, counted from the outer end of the negative and
 * the inner end of the positive one. */
static uint32_t nth_of_side(const struct pt_sketch_side *side, bool outer, uint64_t k,
                            uint64_t *below)
{
    uint32_t i = outer ? side->n - 1 : 0;
    for (*below = 0; k - *below >= side->count[i]; i += outer ? UINT32_MAX : 1)
        *below += side->count[i];
    return i;
}

static uint64_t points_of(const struct pt_sketch_side *side)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < side->n; i++)
        n += side->count[i];
    return n;
}

struct pt_sketch_bucket pt_sketch_find(const struct pt_sketch *s, uint64_t k)
{
    uint64_t negative = points_of(&s->negative), below;
    const struct pt_sketch_side *side = k < negative ? &s->negative : &s->positive;
    double least, most;
    uint32_t i;
    if (k >= negative && k - negative < s->zeros)
        return (struct pt_sketch_bucket){0, 0, negative, s->zeros};
    if (k >= s->n)
        return (struct pt_sketch_bucket){NAN, NAN, s->n, 0};
    if (k < negative)
        negative = 0;
    else
        negative += s->zeros;
    i = nth_of_side(side, side == &s->negative, k - negative, &below);
    least = side->first + i ? least_of(side->first + i) : nextafter(0, 1); /* zero is apart */
    most = nextafter(least_of(side->first + i + 1), 0);
    return (struct pt_sketch_bucket){side == &s->negative ? -most : least,
                                     side == &s->negative ? -least : most, negative + below,
                                     side->count[i]};
}

double pt_sketch_nth(const struct pt_sketch *s, uint64_t k)
{
    for (uint32_t i = s->negative.n; i-- > 0; k -= s->negative.count[i])
        if (k < s->negative.count[i])
            return -middle_of(s->negative.first + i);
    if (k < s->zeros)
        return 0;
    k -= s->zeros;
    for (uint32_t i = 0; i < s->positive.n; k -= s->positive.count[i++])
        if (k < s->positive.count[i])
            return middle_of(s->positive.first + i);
    return NAN;
}

double pt_sketch_quantile(const struct pt_sketch *s, double q)
{
    double fraction, low;
    uint64_t k;
    if (!s->n)
        return NAN;
    k = pt_quantile_rank(q, s->n, &fraction);
    low = pt_sketch_nth(s, k);
    return fraction > 0 ? pt_quantile_between(low, pt_sketch_nth(s, k + 1), fraction) : low;
}

bool pt_sketch_worth(const struct pt_column *c, size_t begin, size_t end)
{
    size_t up = 0, down = 0, n = end - begin;
    if (n < POINTS_LEAST)
        return false;
    for (size_t i = begin + 1; i < end; i++) {
        up += c->v[i] > c->v[i - 1];
        down += c->v[i] < c->v[i - 1];
    }
    return up + down >= n / CHANGE_RATE && (up < down ? up : down) >= (up + down) / FALL_RATE;
}

size_t pt_sketch_put(const struct pt_column *c, size_t begin, size_t end, struct pt_buf *out)
{
    struct pt_sketch s = {0};
    size_t before = out->n;
    if (!pt_sketch_worth(c, begin, end))
        return 0;
    pt_sketch_add(&s, c->v + begin, end - begin);
    pt_sketch_write(&s, out);
    pt_sketch_release(&s);
    if (2 * (out->n - before) >= end - begin)
        out->n = before;
    return out->n - before;
}
