/* aggregates.c - the SQL aggregates quantile(x, p), median(x), stddev(x) and variance(x), which are
 * window functions, too.
 *
 * They skip whatever is no number, NULL first of all, as SQLite's own do, and define what they give
 * as query/agg.h does.  What they gather is SQLite's memory, so that its limit holds for it.
 *
 * Rows leave a frame in the order in which they came into it: so a sample is a queue. */
#include "sql/module.h"

#include "series/quantile.h"

static bool number(sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

/* --- quantiles ------------------------------------------------------------------------------- */

/* The values of a frame, from `head` on; SQLite gives it zeroed. */
struct sample {
    double *v;
    size_t head, n, cap; /* n: the end of them */
    double q;
};

/* Room for one more: the queue moves to the front when half of it is gone, else it grows. */
static int make_room(struct sample *s)
{
    enum { FIRST = 64 };
    double *v;
    if (s->head && s->head >= s->n / 2) {
        memmove(s->v, s->v + s->head, (s->n - s->head) * sizeof *s->v);
        s->n -= s->head;
        s->head = 0;
    }
    if (s->n < s->cap)
        return 0;
    s->cap = s->cap ? 2 * s->cap : FIRST;
    if (!(v = sqlite3_realloc64(s->v, s->cap * sizeof *v)))
        return -1;
    s->v = v;
    return 0;
}

static void add_to_sample(sqlite3_context *ctx, sqlite3_value *value, double q)
{
    struct sample *s = sqlite3_aggregate_context(ctx, sizeof *s);
    if (!s)
        return;
    s->q = q;
    if (!number(value))
        return;
    if (s->n == s->cap && make_room(s) != 0) {
        sqlite3_free(s->v);
        *s = (struct sample){0};
        sqlite3_result_error_nomem(ctx);
        return;
    }
    s->v[s->n++] = sqlite3_value_double(value);
}

static void quantile_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    double q = number(argv[1]) ? sqlite3_value_double(argv[1]) : -1;
    (void)argc;
    if (q >= 0 && q <= 1)
        add_to_sample(ctx, argv[0], q);
    else
        sqlite3_result_error(ctx, "quantile(x, p): p must be a number from 0 to 1", -1);
}

static void median_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    add_to_sample(ctx, argv[0], 0.5);
}

static void quantile_inverse(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct sample *s = sqlite3_aggregate_context(ctx, 0);
    (void)argc;
    if (s && s->head < s->n && number(argv[0]))
        s->head++;
}

/* Selecting reorders, so a frame that goes on is copied. */
static void quantile_value(sqlite3_context *ctx)
{
    const struct sample *s = sqlite3_aggregate_context(ctx, 0);
    size_t n = s ? s->n - s->head : 0;
    double *v, out;
    if (!n)
        return;
    if (!(v = sqlite3_malloc64(n * sizeof *v))) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    memcpy(v, s->v + s->head, n * sizeof *v);
    pt_quantile_select(v, n, &s->q, 1, &out);
    sqlite3_result_double(ctx, out);
    sqlite3_free(v);
}

static void quantile_final(sqlite3_context *ctx)
{
    struct sample *s = sqlite3_aggregate_context(ctx, 0);
    double out;
    if (!s)
        return;
    pt_quantile_select(s->v + s->head, s->n - s->head, &s->q, 1, &out);
    if (s->n > s->head)
        sqlite3_result_double(ctx, out);
    sqlite3_free(s->v);
}

/* --- moments --------------------------------------------------------------------------------- */

static struct pt_summary summary_of(double v)
{
    int64_t t = 0;
    return pt_summary_of(&(struct pt_column){.n = 1, .ts = &t, .v = &v}, 0, 1);
}

static void moments_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct pt_summary *all = sqlite3_aggregate_context(ctx, sizeof *all), one;
    (void)argc;
    if (!all || !number(argv[0]))
        return;
    one = summary_of(sqlite3_value_double(argv[0]));
    pt_summary_merge(all, &one);
}

static struct pt_dd less(struct pt_dd a, struct pt_dd b)
{
    return pt_dd_merge(a, (struct pt_dd){-b.hi, -b.lo});
}

/* Least and greatest value go wrong, which nobody asks for. */
static void moments_inverse(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct pt_summary *all = sqlite3_aggregate_context(ctx, 0), one;
    (void)argc;
    if (!all || !all->n || !number(argv[0]))
        return;
    one = summary_of(sqlite3_value_double(argv[0]));
    all->n--;
    all->sum = less(all->sum, one.sum);
    all->squares = less(all->squares, one.squares);
}

static void stddev_value(sqlite3_context *ctx)
{
    const struct pt_summary *all = sqlite3_aggregate_context(ctx, 0);
    if (all)
        pt_module_result_num(ctx, pt_num_real(pt_summary_stddev(all)));
}

static void variance_value(sqlite3_context *ctx)
{
    const struct pt_summary *all = sqlite3_aggregate_context(ctx, 0);
    if (all)
        pt_module_result_num(ctx, pt_num_real(pt_summary_variance(all)));
}

int pt_module_aggregates(sqlite3 *db)
{
    static const struct {
        const char *name;
        int args;
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*final)(sqlite3_context *);
        void (*value)(sqlite3_context *);
        void (*inverse)(sqlite3_context *, int, sqlite3_value **);
    } FUNCTIONS[] = {
        {"quantile", 2, quantile_step, quantile_final, quantile_value, quantile_inverse},
        {"median", 1, median_step, quantile_final, quantile_value, quantile_inverse},
        {"stddev", 1, moments_step, stddev_value, stddev_value, moments_inverse},
        {"variance", 1, moments_step, variance_value, variance_value, moments_inverse},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_create_window_function(db, FUNCTIONS[i].name, FUNCTIONS[i].args,
                                            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                            NULL, FUNCTIONS[i].step, FUNCTIONS[i].final,
                                            FUNCTIONS[i].value, FUNCTIONS[i].inverse, NULL);
    return rc;
}
