/* windows.c - the table-valued function windows(selector, window, by, since, until): what pt-query
 * answers, as rows.
 *
 * The query engine does the work, with the chunks' summaries where these will do; only the
 * aggregates are computed whose columns the statement names.  The whole answer is made when the
 * first row is asked for, and kept until the cursor moves to another one. */
#include "sql/module.h"
#include "sql/plan.h"

#include "base/mem.h"
#include "query/query.h"

#include <stdlib.h>

enum { C_TS, C_STOP, C_TIME, C_NAME, C_TAGS, C_UNIT, C_AGGS };

static const char *const AGGS[] = {"count", "sum",        "avg",    "min",      "max",      "range",
                                   "first", "last",       "stddev", "variance", "p25",      "p50",
                                   "p75",   "p90",        "p95",    "p99",      "increase", "rate",
                                   "delta", "derivative", "twa"};
enum { NAGGS = sizeof AGGS / sizeof AGGS[0], KEYS_MOST = 32 };

/* The arguments. */
enum { C_SELECTOR = C_AGGS + NAGGS, C_WINDOW, C_BY, C_SINCE, C_UNTIL };

static int connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                   sqlite3_vtab **out, char **message)
{
    sqlite3_str *sql;
    struct pt_table *t;
    int rc = pt_table_new(binding, sizeof *t, &t, message);
    (void)argc;
    (void)argv;
    if (rc != SQLITE_OK)
        return rc;
    sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "CREATE TABLE x(ts INTEGER, stop INTEGER, time TEXT, name TEXT,"
                               " tags TEXT, unit TEXT");
    for (int i = 0; i < NAGGS; i++)
        sqlite3_str_appendf(sql, ", \"%w\"", AGGS[i]);
    sqlite3_str_appendall(sql, ", selector HIDDEN, \"window\" HIDDEN, \"by\" HIDDEN,"
                               " since HIDDEN, until HIDDEN)");
    return pt_table_declare_gathered(db, sql, t, out);
}

static struct pt_plan_use use_of(const sqlite3_vtab *table, int column)
{
    (void)table;
    if (column >= C_SELECTOR)
        return (struct pt_plan_use){PT_PLAN_EQUAL, PT_PLAN_EQUAL, 0.3, true, PT_PLAN_OWN};
    if (column == C_TS || column == C_TIME)
        return (struct pt_plan_use){PT_PLAN_RANGE, PT_PLAN_RANGE, 1e-3, false, PT_PLAN_OWN};
    return (struct pt_plan_use){0};
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    sqlite3_str *plan = sqlite3_str_new(NULL);
    double rows = 1e5;
    int rc;
    sqlite3_str_appendf(plan, "%llx|", info->colUsed);
    rc = pt_plan_take(table, info, use_of, plan, &rows);
    if (rc == SQLITE_OK)
        return pt_plan_end(info, plan, rows);
    sqlite3_free(sqlite3_str_finish(plan));
    return rc;
}

/* --- the question ---------------------------------------------------------------------------- */

struct cursor {
    sqlite3_vtab_cursor base;
    struct pt_answer answer;
    size_t group, row;
    int64_t rowid;              /* its place in the whole answer */
    struct pt_plan_range range; /* of the windows' starts */
    int column[NAGGS];          /* of the answer, or -1 */
};

/* The query that the arguments make, and what it points at; all borrowed but for `keys`. */
struct request {
    struct pt_query query;
    struct pt_selector *selector;
    struct pt_agg aggs[NAGGS];
    const char *by[KEYS_MOST];
    char *keys;
};

static void take_used(struct cursor *c, struct request *r, uint64_t used)
{
    r->query.aggs = r->aggs;
    for (int i = 0; i < NAGGS; i++) {
        bool wanted = used >> (C_AGGS + i) & 1;
        c->column[i] = wanted ? (int)r->query.naggs : -1;
        if (wanted)
            pt_agg_named(pt_str(AGGS[i]), &r->aggs[r->query.naggs++]);
    }
    if (!r->query.naggs)
        pt_agg_named(PT_STR("count"), &r->aggs[r->query.naggs++]);
}

static int take_window(struct request *r, sqlite3_value *value, struct pt_err *err)
{
    if (pt_duration_parse(pt_module_text(value), &r->query.window) == 0 && r->query.window >= 0)
        return 0;
    return pt_err_set(err, PT_USAGE,
                      "windows: the window must be a duration, such as '5m', or NULL");
}

static int take_by(struct request *r, sqlite3_value *value, struct pt_err *err)
{
    struct pt_str list = pt_module_text(value);
    char *at, *comma;
    free(r->keys);
    r->keys = at = pt_mem_strndup(list.p, list.n);
    r->query.by = r->by;
    r->query.nby = 0;
    for (; *at; at = comma) {
        if (r->query.nby == KEYS_MOST)
            return pt_err_set(err, PT_USAGE, "windows: more than %d keys to group by", KEYS_MOST);
        comma = strchrnul(at, ',');
        if (*comma)
            *comma++ = '\0';
        if (*at)
            r->by[r->query.nby++] = at;
    }
    return 0;
}

static int take_instant(int64_t *out, sqlite3_value *value, struct pt_err *err)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        *out = sqlite3_value_int64(value);
        return 0;
    }
    return pt_time_when(pt_module_text(value).p, pt_time_now(), out, err);
}

static int take_argument(struct request *r, int column, sqlite3_value *value, struct pt_err *err)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return 0;
    switch (column) {
    case C_SELECTOR:
        pt_selector_free(r->selector);
        r->selector = NULL;
        return pt_selector_parse(pt_module_text(value).p, &r->selector, err);
    case C_WINDOW: return take_window(r, value, err);
    case C_BY: return take_by(r, value, err);
    case C_SINCE: return take_instant(&r->query.since, value, err);
    default: return take_instant(&r->query.until, value, err);
    }
}

static int take_terms(struct cursor *c, struct request *r, const char *plan, sqlite3_value **argv,
                      struct pt_err *err)
{
    char op;
    int column, rc = 0;
    for (; rc == 0 && pt_plan_next(&plan, &op, &column); argv++)
        rc = column >= C_SELECTOR ? take_argument(r, column, *argv, err)
                                  : pt_plan_narrow(op, *argv, &c->range, err);
    return rc;
}

/* --- rows ------------------------------------------------------------------------------------ */

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    *out = pt_mem_alloc(sizeof(struct cursor));
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    pt_answer_release(&c->answer);
    free(c);
    return SQLITE_OK;
}

/* Moves from where the cursor is to a row in the range. */
static void settle(struct cursor *c)
{
    for (; c->group < c->answer.n; c->group++, c->row = 0) {
        const struct pt_group *g = &c->answer.groups[c->group];
        for (; c->row < g->n; c->row++, c->rowid++)
            if (g->start[c->row] >= c->range.since && g->start[c->row] < c->range.until)
                return;
    }
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                  sqlite3_value **argv)
{
    enum { HEXADECIMAL = 16 };
    struct cursor *c = (struct cursor *)base;
    struct request r = {.query = {.since = PT_TIME_MIN, .until = PT_TIME_MAX}};
    struct pt_store *store = pt_table_store(base->pVtab);
    struct pt_err err = {0};
    char *terms;
    int rc;
    (void)number;
    (void)argc;
    pt_answer_release(&c->answer);
    c->group = c->row = 0;
    c->rowid = 0;
    c->range = (struct pt_plan_range){.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    take_used(c, &r, strtoull(plan, &terms, HEXADECIMAL));
    rc = take_terms(c, &r, terms + 1, argv, &err);
    r.query.selector = r.selector;
    if (rc == 0 && !c->range.none)
        rc = pt_query_run(store, &r.query, &c->answer, &err);
    settle(c);
    pt_selector_free(r.selector);
    free(r.keys);
    return rc == 0 ? SQLITE_OK : pt_table_fail(base->pVtab, &err);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    c->row++;
    c->rowid++;
    settle(c);
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->group >= c->answer.n;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int which)
{
    const struct cursor *c = (const struct cursor *)base;
    const struct pt_group *g = &c->answer.groups[c->group];
    switch (which) {
    case C_TS: sqlite3_result_int64(ctx, g->start[c->row]); break;
    case C_STOP: sqlite3_result_int64(ctx, g->stop[c->row]); break;
    case C_TIME: pt_module_result_time(ctx, g->start[c->row]); break;
    case C_NAME: pt_module_result(ctx, g->name); break;
    case C_TAGS: pt_module_result(ctx, g->tags); break;
    case C_UNIT: pt_module_result(ctx, g->unit); break;
    default:
        if (which < C_SELECTOR && c->column[which - C_AGGS] >= 0)
            pt_module_result_num(
                ctx, g->values[c->row * c->answer.ncolumns + (size_t)c->column[which - C_AGGS]]);
        break; /* arguments are NULL in the rows */
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct cursor *)base)->rowid;
    return SQLITE_OK;
}

int pt_module_windows(sqlite3 *db, struct pt_host *host)
{
    static const sqlite3_module METHODS = {
        .iVersion = 1,
        .xConnect = connect,
        .xBestIndex = best_index,
        .xDisconnect = pt_table_disconnect,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter,
        .xNext = next,
        .xEof = at_end,
        .xColumn = column,
        .xRowid = rowid,
    };
    return pt_module_create(db, host, "windows", &METHODS, NULL);
}
