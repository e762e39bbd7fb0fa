/* points.c - the virtual table `points`: every point of the store as a row.
 *
 * A cursor holds the catalogue entries of the series it will visit and the points of one batch.
 * The store hands points to a callback, SQLite fetches rows one by one: the batch stands between
 * them.  When it is full the walk is broken off and taken up behind its last point later, so a
 * series of any length takes the memory of one batch.  Batches begin with one chunk and grow, so
 * that a LIMIT decodes little and a long scan seldom begins again.
 *
 * What is the same for all points of a series (its name, its tags) is asked of the catalogue, once
 * for each series.  The series can be visited in any order; so rows come ordered or grouped by
 * such columns for the asking, without sorting a row.  Of a series, points also come backwards: the
 * last one is found by itself, then batches of times that grow.  Where only such columns are asked
 * for, and each once (DISTINCT), one point of a series stands for all.
 *
 * Each tag that some series has is a hidden column; of keys that SQLite cannot tell apart, for they
 * differ in case or are named as another column is, none is.  CREATE VIRTUAL TABLE with keys as
 * arguments makes columns of just those, and they are not hidden. */
#include "sql/module.h"
#include "sql/plan.h"
#include "sql/series.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

enum { BATCH_POINTS = 1 << 16, BATCH_GROWS = 4 };
enum { ONCE = 1, BACKWARDS = 2 }; /* what idxNum says of a plan */

struct cursor {
    sqlite3_vtab_cursor base;
    struct pt_series_set set; /* the series to visit */
    size_t at;                /* the one in hand */
    struct pt_column batch;
    size_t row, want; /* how many points the next batch should have */
    int64_t next;     /* what is left of the series begins here; backwards, ends before it */
    bool more;        /* there may be something left of it */
    bool once;        /* one point of a series is enough */
    bool backwards;
    int64_t width; /* of the next batch backwards, in time */
    struct pt_plan_range range;
    double least, most; /* bounds of the values that are wanted */
};

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    *out = pt_mem_alloc(sizeof(struct cursor));
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    pt_series_set_release(&c->set);
    pt_column_release(&c->batch);
    free(c);
    return SQLITE_OK;
}

/* --- plans ----------------------------------------------------------------------------------- */

static struct pt_plan_use use_of(const sqlite3_vtab *table, int column)
{
    (void)table;
    switch (column) {
    case PT_SERIES_TS:
    case PT_SERIES_TIME:
        return (struct pt_plan_use){PT_PLAN_RANGE, PT_PLAN_RANGE, 1e-6, false, PT_PLAN_OWN};
    case PT_SERIES_VALUE:
        return (struct pt_plan_use){PT_PLAN_RANGE, NULL, 0.1, false, PT_PLAN_ALIKE};
    case PT_SERIES_ID:
        return (struct pt_plan_use){PT_PLAN_EQUAL, PT_PLAN_EQUAL, 1e-3, false, PT_PLAN_ALIKE};
    case PT_SERIES_SELECTOR:
        return (struct pt_plan_use){PT_PLAN_EQUAL, PT_PLAN_EQUAL, 0.1, true, PT_PLAN_OWN};
    default: return (struct pt_plan_use){PT_PLAN_TEXT, PT_PLAN_EQUAL, 0.1, false, PT_PLAN_TEXTS};
    }
}

static bool one_series(const sqlite3_index_info *info)
{
    for (int i = 0; i < info->nConstraint; i++)
        if (info->aConstraint[i].iColumn == PT_SERIES_ID && info->aConstraintUsage[i].argvIndex &&
            info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ)
            return true;
    return false;
}

/* Whether rows can come in the order asked for: by columns that are the same throughout a series,
 * and then, if those tell all series apart, by time.  Writes them to the plan. */
static bool order(const sqlite3_index_info *info, sqlite3_str *plan, bool *backwards)
{
    bool one = one_series(info), name = false, tags = false;
    for (int i = 0; i < info->nOrderBy; i++) {
        int column = info->aOrderBy[i].iColumn;
        if ((column == PT_SERIES_TS || column == PT_SERIES_TIME) && (one || (name && tags))) {
            *backwards = info->aOrderBy[i].desc;
            return true;
        }
        if (!pt_series_constant(column))
            return false;
        one |= column == PT_SERIES_ID;
        name |= column == PT_SERIES_NAME;
        tags |= column == PT_SERIES_TAGS;
        sqlite3_str_appendf(plan, "%c%d,", info->aOrderBy[i].desc ? '-' : '+', column);
    }
    return info->nOrderBy > 0;
}

/* Rows in which only such columns are used, and of which each is wanted once. */
static bool one_will_do(sqlite3_index_info *info)
{
    enum { DISTINCT = 2 };
    const uint64_t varying =
        1 << PT_SERIES_TS | 1 << PT_SERIES_TIME | 1 << PT_SERIES_VALUE | 1 << PT_SERIES_SELECTOR;
    return sqlite3_vtab_distinct(info) >= DISTINCT && !(info->colUsed & varying);
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    sqlite3_str *plan = sqlite3_str_new(NULL), *terms = sqlite3_str_new(NULL),
                *orders = sqlite3_str_new(NULL);
    double rows = 1e7;
    bool backwards = false;
    int rc = pt_plan_take(table, info, use_of, terms, &rows);
    if (rc == SQLITE_OK) {
        info->orderByConsumed = order(info, orders, &backwards);
        info->idxNum = (one_will_do(info) ? ONCE : 0) | (backwards ? BACKWARDS : 0);
        sqlite3_str_appendf(plan, "%llx|", info->colUsed);
        if (info->orderByConsumed)
            sqlite3_str_append(plan, sqlite3_str_value(orders), sqlite3_str_length(orders));
        sqlite3_str_appendchar(plan, 1, '|');
        sqlite3_str_append(plan, sqlite3_str_value(terms), sqlite3_str_length(terms));
        rc = pt_plan_end(info, plan, rows);
    } else {
        sqlite3_free(sqlite3_str_finish(plan));
    }
    sqlite3_free(sqlite3_str_finish(terms));
    sqlite3_free(sqlite3_str_finish(orders));
    return rc;
}

/* --- rows ------------------------------------------------------------------------------------ */

static int take_run(void *ctx, const struct pt_store_run *run)
{
    struct cursor *c = ctx;
    pt_column_append(&c->batch, run->points, 0, run->points->n);
    return c->batch.n >= c->want;
}

/* Chunks that lie outside of the bounds are passed over; SQLite looks at the values of others.
 * Rounding keeps the order, so what is out of bounds as doubles is so in truth. */
static enum pt_store_verdict judge(void *ctx, double min, double max)
{
    const struct cursor *c = ctx;
    return max < c->least || min > c->most ? PT_STORE_NONE : PT_STORE_SOME;
}

static int load_forwards(struct cursor *c, struct pt_store *store, struct pt_err *err)
{
    struct pt_store_range range = {
        .since = c->next, .until = c->range.until, .judge = judge, .judge_ctx = c};
    int rc = pt_store_each_run(store, c->set.v[c->at].series.id, &range, take_run, c, err);
    c->more = rc == 1 && c->batch.ts[c->batch.n - 1] < PT_TIME_MAX;
    if (c->batch.n)
        c->next = c->batch.ts[c->batch.n - 1] + c->more;
    return rc < 0 ? -1 : 0;
}

static int take_all(void *ctx, const struct pt_store_run *run)
{
    struct cursor *c = ctx;
    pt_column_append(&c->batch, run->points, 0, run->points->n);
    return c->batch.n > BATCH_POINTS;
}

/* Reads the points of the last `width` up to `last`, with less of it where they are too many.  The
 * last one by itself, which is known, where there is no width. */
static int read_back(struct cursor *c, struct pt_store *store, int64_t last, struct pt_num value,
                     struct pt_err *err)
{
    enum { NARROWER = 16 };
    struct pt_store_range range = {.until = last + 1, .judge = judge, .judge_ctx = c};
    for (; c->width > 0; c->width /= NARROWER) {
        int rc;
        pt_column_clear(&c->batch);
        range.since = last < PT_TIME_MIN + c->width ? PT_TIME_MIN : last - c->width;
        c->next = range.since > c->range.since ? range.since : c->range.since;
        range.since = c->next;
        rc = pt_store_each_run(store, c->set.v[c->at].series.id, &range, take_all, c, err);
        if (rc <= 0)
            return rc;
    }
    pt_column_clear(&c->batch);
    pt_column_add(&c->batch, last, value);
    c->next = last;
    return 0;
}

/* What lies between two points, which is how wide the first batch is. */
static int64_t gap(int64_t from, int64_t to)
{
    uint64_t wide = (uint64_t)to - (uint64_t)from;
    return wide > INT64_MAX ? INT64_MAX : (int64_t)wide;
}

static int load_backwards(struct cursor *c, struct pt_store *store, struct pt_err *err)
{
    int64_t last, before = c->next;
    struct pt_num value;
    int rc = pt_store_point_before(store, c->set.v[c->at].series.id, before, &last, &value, err);
    c->more = rc == 1 && last >= c->range.since;
    if (rc < 0 || !c->more)
        return rc < 0 ? -1 : 0;
    if (read_back(c, store, last, value, err) != 0)
        return -1;
    if (c->width && c->batch.n < c->want)
        c->width = pt_time_after(c->width, c->width);
    else if (!c->width && before != c->range.until)
        c->width = gap(last, before);
    return 0;
}

static void begin_series(struct cursor *c, size_t at)
{
    c->at = at;
    c->next = c->backwards ? c->range.until : c->range.since;
    c->more = true;
}

/* Loads batches until one has rows or the series are at an end. */
static int load(struct cursor *c)
{
    struct pt_store *store = pt_table_store(c->base.pVtab);
    struct pt_err err = {0};
    c->row = 0;
    pt_column_clear(&c->batch);
    while (c->batch.n == 0 && c->at < c->set.n) {
        if (!c->more)
            begin_series(c, c->at + 1);
        else if ((c->backwards ? load_backwards : load_forwards)(c, store, &err) != 0)
            return pt_table_fail(c->base.pVtab, &err);
    }
    if (c->want < BATCH_POINTS)
        c->want *= BATCH_GROWS;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    if (c->once)
        c->more = false;
    else if (++c->row < c->batch.n)
        return SQLITE_OK;
    return load(c);
}

static void bound(struct cursor *c, char op, sqlite3_value *value)
{
    int type = sqlite3_value_type(value);
    double x = sqlite3_value_double(value);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return;
    if (op != '<' && op != '[' && x > c->least)
        c->least = x;
    if (op != '>' && op != ']' && x < c->most)
        c->most = x;
}

/* Takes the terms of the plan: times and values here, the others for the set of series. */
static int take_terms(struct cursor *c, const char *at, sqlite3_value **argv, struct pt_err *err)
{
    char op;
    int column, rc = 0;
    while (rc == 0 && pt_plan_next(&at, &op, &column)) {
        if (column == PT_SERIES_TS || column == PT_SERIES_TIME)
            rc = pt_plan_narrow(op, *argv, &c->range, err);
        else if (column == PT_SERIES_VALUE)
            bound(c, op, *argv);
        else
            pt_series_set_term(&c->set, op, column, *argv);
        argv++;
    }
    return rc;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                  sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;
    struct pt_err err = {0};
    int rc;
    (void)argc;
    c->once = number & ONCE;
    c->backwards = number & (ONCE | BACKWARDS); /* the last point is found without decoding */
    c->want = 1;
    c->width = 0;
    c->range = (struct pt_plan_range){.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    c->least = -HUGE_VAL;
    c->most = HUGE_VAL;
    pt_series_set_begin(&c->set, pt_series_keys(base->pVtab), &plan);
    rc = take_terms(c, plan, argv, &err);
    if (rc == 0 && !c->range.none && c->range.since < c->range.until)
        rc = pt_series_set_read(&c->set, pt_table_store(base->pVtab), &err);
    if (rc != 0)
        return pt_table_fail(base->pVtab, &err);
    begin_series(c, 0);
    return load(c);
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at >= c->set.n;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int which)
{
    const struct cursor *c = (const struct cursor *)base;
    size_t at = c->backwards ? c->batch.n - 1 - c->row : c->row;
    switch (which) {
    case PT_SERIES_TS: sqlite3_result_int64(ctx, c->batch.ts[at]); break;
    case PT_SERIES_TIME: pt_module_result_time(ctx, c->batch.ts[at]); break;
    case PT_SERIES_VALUE: pt_module_result_num(ctx, pt_column_value(&c->batch, at)); break;
    default: pt_series_result(ctx, &c->set, c->at, which); break;
    }
    return SQLITE_OK;
}

/* There are no row ids (see the declaration); SQLite wants the method. */
static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct cursor *)base)->batch.ts[((struct cursor *)base)->row];
    return SQLITE_OK;
}

int pt_module_points(sqlite3 *db, struct pt_host *host)
{
    static const sqlite3_module METHODS = {
        .iVersion = 1,
        .xCreate = pt_series_connect, /* the same: it is there without being created, too */
        .xConnect = pt_series_connect,
        .xBestIndex = best_index,
        .xDisconnect = pt_series_disconnect,
        .xDestroy = pt_series_disconnect,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter,
        .xNext = next,
        .xEof = at_end,
        .xColumn = column,
        .xRowid = rowid,
    };
    return pt_module_create(db, host, "points", &METHODS, NULL);
}
