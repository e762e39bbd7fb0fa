/* rank.c - see rank.h.
 *
 * Values are looked through once for each bucket, by a loop without branches on them: a few buckets
 * take less time so than a search among them would. */
#include "query/rank.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

static void want(struct pt_rank *r, const struct pt_sketch *sketch, uint64_t k)
{
    struct pt_sketch_bucket is = pt_sketch_find(sketch, k);
    size_t at = r->n;
    for (size_t i = 0; i < r->n; i++)
        if (r->buckets[i].is.below == is.below)
            return;
    for (; at > 0 && r->buckets[at - 1].is.below > is.below; at--)
        r->buckets[at] = r->buckets[at - 1];
    r->buckets[at] = (struct pt_rank_bucket){.is = is};
    r->n++;
}

void pt_rank_begin(struct pt_rank *r, const struct pt_sketch *sketch, const double *q, size_t nq)
{
    double fraction;
    *r = (struct pt_rank){.of = sketch->n, .type = r->type ? r->type : PT_QUANTILE_TYPE};
    for (size_t i = 0; i < nq; i++) {
        size_t k = pt_quantile_rank_as(r->type, q[i], sketch->n, &fraction);
        want(r, sketch, k);
        if (fraction > 0)
            want(r, sketch, k + 1);
    }
}

void pt_rank_add(struct pt_rank *r, const double *v, size_t n)
{
    for (size_t b = 0; b < r->n; b++) {
        struct pt_rank_bucket *bucket = &r->buckets[b];
        double least = bucket->is.least, most = bucket->is.most, *to;
        size_t count = 0;
        bucket->values =
            pt_mem_grow(bucket->values, &bucket->cap, bucket->n + n, sizeof *bucket->values);
        to = bucket->values + bucket->n;
        for (size_t i = 0; i < n; i++) {
            to[count] = v[i];
            count += (v[i] >= least) & (v[i] <= most);
        }
        bucket->n += count;
    }
}

/* The k-th of all values. */
static double nth(struct pt_rank *r, uint64_t k)
{
    for (size_t b = 0; b < r->n; b++) {
        struct pt_rank_bucket *bucket = &r->buckets[b];
        if (k >= bucket->is.below && k - bucket->is.below < bucket->n)
            return pt_quantile_nth(bucket->values, bucket->n, k - bucket->is.below);
    }
    return NAN;
}

int pt_rank_end(struct pt_rank *r, const double *q, size_t nq, double *out, struct pt_err *err)
{
    for (size_t b = 0; b < r->n; b++)
        if (r->buckets[b].n != r->buckets[b].is.n)
            return pt_err_set(err, PT_SYSTEM,
                              "sketches do not agree with their points; run pt-archive verify");
    for (size_t i = 0; i < nq; i++) {
        double fraction;
        size_t k = pt_quantile_rank_as(r->type, q[i], r->of, &fraction);
        out[i] = nth(r, k);
        if (fraction > 0)
            out[i] = pt_quantile_between(out[i], nth(r, k + 1), fraction);
    }
    return 0;
}

void pt_rank_release(struct pt_rank *r)
{
    for (size_t b = 0; b < r->n; b++)
        free(r->buckets[b].values);
    *r = (struct pt_rank){0};
}
