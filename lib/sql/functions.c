/* functions.c - the SQL functions: quantile, median, stddev, rfc3339, ns.
 *
 * The aggregates skip whatever is no number, NULL first of all, as SQLite's own do. */
#include "sql/module.h"

#include "base/mem.h"
#include "series/quantile.h"

#include <stdlib.h>

/* What a quantile's aggregate has seen; SQLite gives it zeroed. */
struct sample {
    double *v;
    size_t n, cap;
    double q;
};

static bool number(sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static void add_to_sample(sqlite3_context *ctx, sqlite3_value *value, double q)
{
    struct sample *s = sqlite3_aggregate_context(ctx, sizeof *s);
    if (!s) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    s->q = q;
    if (!number(value))
        return;
    s->v = pt_mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
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

static void quantile_final(sqlite3_context *ctx)
{
    struct sample *s = sqlite3_aggregate_context(ctx, 0);
    double out;
    if (!s)
        return;
    pt_quantile_select(s->v, s->n, &s->q, 1, &out);
    if (s->n)
        sqlite3_result_double(ctx, out);
    free(s->v);
}

static void stddev_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct pt_summary *all = sqlite3_aggregate_context(ctx, sizeof *all), one;
    int64_t t = 0;
    double v;
    (void)argc;
    if (!all || !number(argv[0]))
        return;
    v = sqlite3_value_double(argv[0]);
    one = pt_summary_of(&(struct pt_column){.n = 1, .ts = &t, .v = &v}, 0, 1);
    pt_summary_merge(all, &one);
}

static void stddev_final(sqlite3_context *ctx)
{
    const struct pt_summary *all = sqlite3_aggregate_context(ctx, 0);
    if (all && all->n >= 2)
        sqlite3_result_double(ctx, pt_summary_stddev(all));
}

static void rfc3339(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    if (sqlite3_value_type(argv[0]) == SQLITE_INTEGER)
        pt_module_result_time(ctx, sqlite3_value_int64(argv[0]));
}

static void ns(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct pt_str text = pt_module_text(argv[0]);
    int64_t t;
    (void)argc;
    if (!text.p)
        return;
    if (pt_time_rfc3339(text, &t) == 0)
        sqlite3_result_int64(ctx, t);
    else
        sqlite3_result_error(ctx, "ns(time): not a time as RFC 3339 writes it, such as "
                                  "2026-11-20T09:30:00Z", -1);
}

int pt_module_functions(sqlite3 *db)
{
    static const struct {
        const char *name;
        int args;
        void (*scalar)(sqlite3_context *, int, sqlite3_value **);
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*final)(sqlite3_context *);
    } FUNCTIONS[] = {
        {"quantile", 2, NULL, quantile_step, quantile_final},
        {"median", 1, NULL, median_step, quantile_final},
        {"stddev", 1, NULL, stddev_step, stddev_final},
        {"rfc3339", 1, rfc3339, NULL, NULL},
        {"ns", 1, ns, NULL, NULL},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function(db, FUNCTIONS[i].name, FUNCTIONS[i].args,
                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                     FUNCTIONS[i].scalar, FUNCTIONS[i].step, FUNCTIONS[i].final);
    return rc;
}
