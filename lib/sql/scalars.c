/* scalars.c - the SQL functions of times: rfc3339(ns), ns(time), window_start(ts, length). */
#include "sql/module.h"
#include "sql/plan.h"

static void fail(sqlite3_context *ctx, const char *function, const struct pt_err *err)
{
    char *message = sqlite3_mprintf("%s: %s", function, err->what);
    sqlite3_result_error(ctx, message ? message : function, -1);
    sqlite3_free(message);
}

static void rfc3339(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    if (sqlite3_value_type(argv[0]) == SQLITE_INTEGER)
        pt_module_result_time(ctx, sqlite3_value_int64(argv[0]));
}

/* A time as an argument: 1, 0 for NULL, -1 when the context has the error. */
static int read_time(sqlite3_context *ctx, const char *function, sqlite3_value *value, int64_t *out)
{
    struct pt_err err = {0};
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return 0;
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        *out = sqlite3_value_int64(value);
        return 1;
    }
    if (pt_plan_read_time(pt_module_text(value), out, &err) == 0)
        return 1;
    fail(ctx, function, &err);
    return -1;
}

static void ns(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    int64_t t;
    (void)argc;
    if (read_time(ctx, "ns(time)", argv[0], &t) == 1)
        sqlite3_result_int64(ctx, t);
}

/* A length is a text such as 5m, or seconds; 0 when it is none.  It is most often the same for all
 * rows: then SQLite keeps what was read. */
static int64_t read_length(sqlite3_context *ctx, sqlite3_value *value)
{
    int64_t *kept = sqlite3_get_auxdata(ctx, 1), length;
    if (kept)
        return *kept;
    if (pt_duration_parse(pt_module_text(value), &length) != 0 || length <= 0)
        return 0;
    if ((kept = sqlite3_malloc(sizeof *kept)) != NULL) {
        *kept = length;
        sqlite3_set_auxdata(ctx, 1, kept, sqlite3_free);
    }
    return length;
}

static void window_start(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    int64_t length = 0, t;
    (void)argc;
    if (sqlite3_value_type(argv[1]) == SQLITE_NULL ||
        read_time(ctx, "window_start(ts, length)", argv[0], &t) != 1)
        return;
    if ((length = read_length(ctx, argv[1])) > 0)
        sqlite3_result_int64(ctx, pt_time_floor(t, length));
    else
        sqlite3_result_error(ctx,
                             "window_start(ts, length): the length must be a duration above "
                             "0, such as '5m'",
                             -1);
}

int pt_module_scalars(sqlite3 *db)
{
    static const struct {
        const char *name;
        int args;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } FUNCTIONS[] = {{"rfc3339", 1, rfc3339}, {"ns", 1, ns}, {"window_start", 2, window_start}};
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function_v2(db, FUNCTIONS[i].name, FUNCTIONS[i].args,
                                        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                        FUNCTIONS[i].function, NULL, NULL, NULL);
    return rc;
}
