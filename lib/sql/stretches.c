/* stretches.c - the SQL aggregates of points in order of time, which are window functions, too:
 * increase(ts, value) and rate(ts, value) of a counter, first(value, ts) and last(value, ts).
 *
 * They are defined as in query/agg.h, over the points of one series: rows come without the name of
 * theirs, so whoever mixes series in a group gets steps from one to the other.  Rows may come in
 * any order, and of several at one time the largest value counts.
 *
 * While rows come in order of time, as they do from `points` and in OVER (ORDER BY ts), the
 * increase is kept up to date with each row that comes and goes.  As soon as one is out of order,
 * the rows are sorted when an answer is due. */
#include "sql/module.h"

#include <math.h>

/* The rows of a frame, from `head` on; SQLite gives it zeroed. */
struct stretch {
    int64_t *ts;
    struct pt_num *v;
    size_t head, n, cap; /* n: the end of them */
    bool mixed;          /* not in order, or two of one time */
    struct pt_dd increase;
};

static bool number(sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static void release(struct stretch *s)
{
    sqlite3_free(s->ts);
    sqlite3_free(s->v);
    *s = (struct stretch){0};
}

static int grow(struct stretch *s)
{
    enum { FIRST = 64 };
    size_t cap = s->cap ? 2 * s->cap : FIRST;
    int64_t *ts = sqlite3_realloc64(s->ts, cap * sizeof *ts);
    struct pt_num *v;
    s->ts = ts ? ts : s->ts;
    if (!ts || !(v = sqlite3_realloc64(s->v, cap * sizeof *v)))
        return -1;
    s->v = v;
    s->cap = cap;
    return 0;
}

static int make_room(struct stretch *s)
{
    if (s->head && s->head >= s->n / 2) {
        memmove(s->ts, s->ts + s->head, (s->n - s->head) * sizeof *s->ts);
        memmove(s->v, s->v + s->head, (s->n - s->head) * sizeof *s->v);
        s->n -= s->head;
        s->head = 0;
    }
    return s->n < s->cap ? 0 : grow(s);
}

static void add(sqlite3_context *ctx, sqlite3_value *ts, sqlite3_value *value)
{
    struct stretch *s = sqlite3_aggregate_context(ctx, sizeof *s);
    if (!s || sqlite3_value_type(ts) != SQLITE_INTEGER || !number(value))
        return;
    if (s->n == s->cap && make_room(s) != 0) {
        release(s);
        sqlite3_result_error_nomem(ctx);
        return;
    }
    s->ts[s->n] = sqlite3_value_int64(ts);
    s->v[s->n] = sqlite3_value_numeric_type(value) == SQLITE_INTEGER
                     ? pt_num_int(sqlite3_value_int64(value))
                     : pt_num_real(sqlite3_value_double(value));
    if (s->n > s->head) {
        s->mixed |= s->ts[s->n] <= s->ts[s->n - 1];
        s->increase =
            pt_dd_merge(s->increase, pt_summary_rise(s->v[s->n - 1], s->v[s->n]));
    }
    s->n++;
}

/* Rows leave a frame in the order in which they came into it. */
static void take_away(sqlite3_context *ctx, sqlite3_value *ts, sqlite3_value *value)
{
    struct stretch *s = sqlite3_aggregate_context(ctx, 0);
    if (!s || s->head == s->n || sqlite3_value_type(ts) != SQLITE_INTEGER || !number(value))
        return;
    s->head++;
    if (s->head < s->n) {
        struct pt_dd gone = pt_summary_rise(s->v[s->head - 1], s->v[s->head]);
        s->increase = pt_dd_merge(s->increase, (struct pt_dd){-gone.hi, -gone.lo});
    } else
        *s = (struct stretch){.ts = s->ts, .v = s->v, .cap = s->cap};
}

/* What is asked of the frame; n is 0 when it is empty. */
static struct pt_summary summary_of(const struct stretch *s)
{
    struct pt_summary out = {.n = s ? s->n - s->head : 0};
    struct pt_column sorted = {0};
    if (!out.n)
        return out;
    if (!s->mixed) {
        out.t0 = s->ts[s->head];
        out.t1 = s->ts[s->n - 1];
        out.first = s->v[s->head];
        out.last = s->v[s->n - 1];
        out.increase = s->increase;
        return out;
    }
    for (size_t i = s->head; i < s->n; i++)
        pt_column_add(&sorted, s->ts[i], s->v[i]);
    pt_column_sort(&sorted);
    out = pt_summary_of(&sorted, 0, sorted.n);
    pt_column_release(&sorted);
    return out;
}

/* --- the functions --------------------------------------------------------------------------- */

static struct pt_summary asked(sqlite3_context *ctx)
{
    return summary_of(sqlite3_aggregate_context(ctx, 0));
}

static void increase_value(sqlite3_context *ctx)
{
    struct pt_summary s = asked(ctx);
    if (s.n)
        pt_module_result_num(ctx, pt_num_real(s.increase.hi));
}

static void rate_value(sqlite3_context *ctx)
{
    struct pt_summary s = asked(ctx);
    double seconds = (double)((uint64_t)s.t1 - (uint64_t)s.t0) / (double)PT_S;
    if (seconds > 0)
        pt_module_result_num(ctx, pt_num_real(s.increase.hi / seconds));
}

static void first_value(sqlite3_context *ctx)
{
    struct pt_summary s = asked(ctx);
    if (s.n)
        pt_module_result_num(ctx, s.first);
}

static void last_value(sqlite3_context *ctx)
{
    struct pt_summary s = asked(ctx);
    if (s.n)
        pt_module_result_num(ctx, s.last);
}

/* xFinal: the value, and the end of the memory. */
#define FINAL(name)                                            \
    static void name##_final(sqlite3_context *ctx)             \
    {                                                          \
        struct stretch *s = sqlite3_aggregate_context(ctx, 0); \
        name##_value(ctx);                                     \
        if (s)                                                 \
            release(s);                                        \
    }
FINAL(increase)
FINAL(rate)
FINAL(first)
FINAL(last)
#undef FINAL

static void counter_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    add(ctx, argv[0], argv[1]);
}

static void counter_inverse(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    take_away(ctx, argv[0], argv[1]);
}

static void edge_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    add(ctx, argv[1], argv[0]);
}

static void edge_inverse(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    take_away(ctx, argv[1], argv[0]);
}

int pt_module_stretches(sqlite3 *db)
{
    static const struct {
        const char *name;
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*final)(sqlite3_context *);
        void (*value)(sqlite3_context *);
        void (*inverse)(sqlite3_context *, int, sqlite3_value **);
    } FUNCTIONS[] = {
        {"increase", counter_step, increase_final, increase_value, counter_inverse},
        {"rate", counter_step, rate_final, rate_value, counter_inverse},
        {"first", edge_step, first_final, first_value, edge_inverse},
        {"last", edge_step, last_final, last_value, edge_inverse},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_create_window_function(
            db, FUNCTIONS[i].name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
            FUNCTIONS[i].step, FUNCTIONS[i].final, FUNCTIONS[i].value, FUNCTIONS[i].inverse, NULL);
    return rc;
}
