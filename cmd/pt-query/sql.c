/* sql.c - see sql.h: lib/sql runs the statement, this shows its rows. */
#include "sql.h"

#include "base/json.h"
#include "cli/program.h"
#include "input.h"
#include "sql/sql.h"

#include <inttypes.h>
#include <sys/resource.h>

enum { MIB_BITS = 20 };

static struct {
    struct query_options common;
    int64_t timeout;
    uint64_t max_rows, max_memory;
} opt = {.common.output = -1};

const struct pt_option query_sql_options[] = {
    PT_OPT_DB(&opt.common.db),
    {PT_OPTION_DURATION, 0, "timeout", "DURATION", &opt.timeout, "60s", NULL,
     "end a statement that runs longer; 0 for no limit"},
    {PT_OPTION_COUNT, 0, "max-rows", "N", &opt.max_rows, NULL, NULL,
     "stop after this many rows (default: no limit)"},
    {PT_OPTION_COUNT, 0, "max-memory", "MIB", &opt.max_memory, "1024", NULL,
     "end a statement for which SQLite needs more; 0 for no limit"},
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

/* A name that an earlier column has already gets a number, so that rows keep all their members. */
static void add_column(struct pt_sheet *s, const struct pt_sql *sql, int column)
{
    const char *name = pt_sql_column_name(sql, column);
    struct pt_buf numbered = {0};
    int same = 1;
    for (int i = 0; i < column; i++)
        same += strcmp(pt_sql_column_name(sql, i), name) == 0;
    if (same > 1)
        pt_buf_printf(&numbered, "%s_%d", name, same);
    pt_sheet_column(s, same > 1 ? numbered.p : name, NULL);
    pt_buf_release(&numbered);
}

/* Tags and bodies stay JSON, so that rows with ts, name, value and tags are records again. */
static bool is_object(const char *name, struct pt_str text)
{
    const char *why, *where, *end = text.p + text.n;
    return (strcmp(name, "tags") == 0 || strcmp(name, "body") == 0) && text.n &&
           text.p[0] == '{' && pt_json_value(text.p, end, &why, &where) == end;
}

static void add_value(struct pt_sheet *s, struct pt_sql *sql, int column)
{
    struct pt_sql_value v = pt_sql_value(sql, column);
    if (v.type == PT_SQL_NULL)
        pt_sheet_null(s);
    else if (v.type == PT_SQL_NUMBER)
        pt_sheet_num(s, v.number);
    else if (is_object(pt_sql_column_name(sql, column), v.text))
        pt_sheet_json(s, v.text);
    else
        pt_sheet_text(s, v.text);
}

static int write_rows(struct pt_sql *sql, struct pt_sheet *s, struct pt_buf *out, bool *more,
                      struct pt_err *err)
{
    int columns = pt_sql_columns(sql), rc;
    uint64_t rows = 0;
    while ((rc = pt_sql_step(sql, err)) == 1) {
        if (opt.max_rows && rows++ == opt.max_rows) {
            *more = true;
            return 0;
        }
        for (int i = 0; i < columns; i++)
            add_value(s, sql, i);
        if (pt_program_flush(out, err) != 0)
            return -1;
        if (pt_program_stopping())
            return 0;
    }
    return rc;
}

static int run(struct pt_sql *sql, const char *text, struct pt_err *err)
{
    struct pt_buf out = {0};
    struct pt_sheet *s;
    bool more = false;
    int rc = pt_sql_prepare(sql, text, opt.timeout, err);
    if (rc != 0)
        return -1;
    s = pt_sheet_new(pt_program_format(opt.common.output), pt_program_color(1), &out);
    for (int i = 0; i < pt_sql_columns(sql); i++)
        add_column(s, sql, i);
    rc = write_rows(sql, s, &out, &more, err);
    if (rc == 0) {
        pt_sheet_end(s);
        rc = pt_program_write(&out, err);
    }
    pt_sheet_free(s);
    pt_buf_release(&out);
    if (rc == 0 && more)
        return pt_err_set(err, PT_FOUND, "sql: there are more than %" PRIu64 " rows; see --max-rows",
                          opt.max_rows);
    return rc;
}

/* Beside SQLite's memory there is that of the chunks, the catalogue and the answers of windows: as
 * much again, and then the program ends.  The tools that look at memory map more than any limit. */
static void limit_process(uint64_t mib)
{
#ifndef __SANITIZE_ADDRESS__
    const struct rlimit limit = {2 * mib << MIB_BITS, RLIM_INFINITY};
    if (mib && mib < UINT64_MAX >> (MIB_BITS + 1))
        setrlimit(RLIMIT_DATA, &limit);
#else
    (void)mib;
#endif
}

int query_sql_run(int argc, char **argv, struct pt_err *err)
{
    struct pt_sql *sql;
    int rc;
    if (argc != 1)
        return pt_err_set(err, PT_USAGE,
                          "give one statement, such as 'SELECT name, count(*) FROM points GROUP BY "
                          "name'");
    if (opt.timeout < 0)
        return pt_err_set(err, PT_USAGE, "--timeout: a duration from 0 up, such as 30s");
    limit_process(opt.max_memory);
    if (pt_sql_open(&sql, pt_program_db(opt.common.db), opt.max_memory, err) != 0)
        return -1;
    rc = run(sql, argv[0], err);
    pt_sql_close(sql);
    return rc;
}
