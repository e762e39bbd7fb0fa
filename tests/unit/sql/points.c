/* points.c - the table `points` against a plain table of the same rows: whatever of a statement is
 * answered by the store, and in whatever order the rows come, SQLite's own rows say the same.
 * Times as text, which a plain table does not understand, are held against the same as numbers. */
#include "sql/module.h"

#include "../test.h"
#include "base/buf.h"
#include "store/keep.h"
#include "store/lineage.h"
#include "store/write.h"

#include <stdlib.h>
#include <unistd.h>

enum { STATEMENTS = 600, LONG = 2500, SHORT = 7 };

static const char PATH[] = "points.db";
static uint64_t seed = 7;

static unsigned pick(unsigned n)
{
    return (unsigned)(test_random(&seed) % n);
}

/* --- the store ------------------------------------------------------------------------------- */

static const char *const NAMES[] = {"a.x", "b.y", "B.y", "odd name"};
static const char *const TAGS[] = {
    "{}", "{\"host\":\"h1\"}", "{\"host\":\"h2\",\"venue\":\"X\"}",
    "{\"host\":\"h2\",\"venue\":\"\"}", "{\"a b\":\"q\",\"c\\\"d\":\"e\",\"venue\":\" 05.0\"}",
    "{\"Up\":\"1\",\"up\":\"2\",\"value\":\"3\"}"};

static struct pt_num value_at(unsigned shape, unsigned i)
{
    switch (shape % 3) {
    case 0: return pt_num_int((int64_t)i / 10);
    case 1: return pt_num_real(pick(2000) / 16.0 - 50);
    default: return pt_num_int(INT64_C(9007199254740993) + pick(5));
    }
}

static void fill(struct pt_writer *w, struct pt_err *err)
{
    for (unsigned name = 0; name < 4; name++)
        for (unsigned tags = 0; tags < 6; tags++) {
            unsigned n = (name + tags) % 2 ? SHORT : LONG;
            for (unsigned i = 0; i < n; i++) {
                struct pt_record r = {.metric = true,
                                      .type = PT_STR("metric"),
                                      .name = pt_str(NAMES[name]),
                                      .tags = pt_str(TAGS[tags]),
                                      .unit = pt_str(tags % 2 ? "ms" : ""),
                                      .ts = (int64_t)i * 500 * PT_MS - PT_MINUTE};
                r.value = value_at(name + tags, i);
                CHECK_INT(pt_writer_add(w, &r, err), 0);
            }
        }
}

static void makes_the_store(void)
{
    struct pt_commit commit = {.command = "test", .kind = "stream", .name = "s", .format = "jsonl"};
    struct pt_store *store;
    struct pt_writer *w;
    struct pt_err err = {0};
    unlink(PATH);
    CHECK_INT(pt_store_open(&store, PATH, PT_STORE_CREATE, &err), 0);
    w = pt_writer_new(store);
    fill(w, &err);
    CHECK_INT(pt_writer_commit(w, &commit, &err), 0);
    pt_writer_free(w);
    pt_store_close(store);
}

/* --- asking ---------------------------------------------------------------------------------- */

static sqlite3 *open_plain(void)
{
    sqlite3 *db;
    CHECK_INT(sqlite3_open_v2(PATH, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    CHECK_INT(pt_module_add_all(db, pt_host_new(db, NULL)), SQLITE_OK);
    return db;
}

/* The rows as text, or the error. */
static void ask(sqlite3 *db, const char *sql, struct pt_buf *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    pt_buf_clear(out);
    pt_buf_puts(out, "");
    while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            pt_buf_printf(out, "%d:%s|", sqlite3_column_type(stmt, i),
                          sqlite3_column_text(stmt, i) ? (char *)sqlite3_column_text(stmt, i) : "");
        pt_buf_putc(out, '\n');
    }
    rc = sqlite3_finalize(stmt);
    if (sqlite3_errcode(db) != SQLITE_OK)
        pt_buf_printf(out, "error %d: %s", rc, sqlite3_errmsg(db));
}

/* `text` with every % replaced. */
static void with_table(const char *text, const char *table, struct pt_buf *out)
{
    pt_buf_clear(out);
    for (; *text; text++)
        if (*text == '%')
            pt_buf_puts(out, table);
        else
            pt_buf_putc(out, *text);
}

static bool same(sqlite3 *db, const char *points, const char *plain)
{
    struct pt_buf got = {0}, want = {0};
    bool good;
    ask(db, points, &got);
    ask(db, plain, &want);
    good = CHECK(pt_str_eq(pt_buf_view(&got), pt_buf_view(&want)));
    if (!good || strstr(got.p, "error"))
        printf("#   %s\n#   got  %.300s\n#   want %.300s\n", points, got.p, want.p);
    pt_buf_release(&got);
    pt_buf_release(&want);
    return good;
}

/* --- random statements ----------------------------------------------------------------------- */

/* Not by itself: of that and another name with OR between them SQLite makes an IN without the
 * collation, over any virtual table. */
#define NOCASE_NAME "(%.name = 'B.Y' COLLATE NOCASE AND %.ts > -1e12)"

static const char *const CONDITIONS[] = {
    "%.name = 'a.x'", "%.name = 'b.y'", "%.name = 'odd name'", "%.name = 'nothing'",
    NOCASE_NAME, "%.name IN ('a.x', 'B.y')", "%.name > 'a'", "%.name = NULL",
    "%.name GLOB '[bB].*'", "%.name LIKE 'b_y'", "%.name NOT LIKE 'b.y'", "%.name <> 'a.x'",
    "%.host = 'h2'", "%.host IN ('h1', 'h2')", "%.host IS NULL", "%.host IS NOT NULL",
    "%.venue = ''", "%.venue > ''", "%.\"a b\" = 'q'", "%.host GLOB 'h*'", "%.host = %.venue",
    "%.venue = 5", "%.venue = CAST(5 AS INTEGER)", "%.venue = CAST(5.0 AS REAL)",
    "%.venue IN (5, 'X')", "%.venue IN (SELECT '' UNION SELECT 'X')",
    "%.venue = ' 05.0'", "%.name = CAST('a.x' AS BLOB)", "%.name IN ('a.x', 7)",
    "%.unit = 'ms'", "%.unit IS NULL", "%.kind = 'gauge'", "%.tags = '{}'",
    "%.series = 3", "%.series = 3.0", "%.series = 3.5", "%.series = '4'", "%.series IN (9, 2, 4)",
    "%.series = 999", "%.series > 20", "%.series = %.value",
    "%.ts >= 0", "%.ts > 0", "%.ts < 500000000", "%.ts <= 500000000", "%.ts = 1000000000",
    "%.ts >= 99999999.5", "%.ts < 1e10", "%.ts > 1e30", "%.ts < 1e30", "%.ts = 1e9",
    "%.ts = 1000000000.5", "%.ts BETWEEN -5000000000 AND 7e9", "%.ts IN (0, 500000000, 7)",
    "%.ts > -9223372036854775807 - 1", "%.ts < 9223372036854775807", "%.ts >= '1000000000'",
    "%.ts = NULL", "%.ts IS NOT NULL", "%.value > 200", "%.value >= 249", "%.value < 3",
    "%.value = 7", "%.value <= -20.5", "%.value > 'a'", "%.value = 9007199254740995",
    "%.value > 9007199254740994", "%.value BETWEEN 10 AND 12", "%.value < NULL",
};
static const char *const ORDERS[] = {
    "name, tags, ts", "series, ts", "ts, series", "host, name, series, ts",
    "venue DESC, series, ts", "series DESC, ts", "series, ts DESC", "value, series, ts",
    "series DESC, ts DESC, value", "name, tags DESC, ts DESC", "host, series, ts DESC",
    "name DESC, tags, ts", "\"a b\", series, ts", "unit, kind, tags, name, ts",
    "name COLLATE NOCASE, series, ts", "host NULLS LAST, series, ts",
};
static const char *const GROUPS[] = {"name",      "host",  "venue, host", "series",
                                     "name, tags", "unit", "host, ts",    "ts > 0, host"};

static const char *const DISTINCTS[] = {"name",          "host, name",       "venue, unit",
                                        "series",        "host, value > 10", "name, ts < 1e10",
                                        "host || venue", "kind, tags"};

static const char *const COMPARISONS[] = {"<", "<=", "=", ">=", ">"};

#define ONE_OF(list) list[pick(sizeof list / sizeof list[0])]

/* " WHERE ..." of up to four conditions. */
static void conditions(struct pt_buf *b)
{
    for (unsigned i = 0, n = pick(5); i < n; i++) {
        pt_buf_puts(b, i == 0 ? " WHERE " : pick(3) ? " AND " : " OR ");
        if (pick(6))
            pt_buf_puts(b, ONE_OF(CONDITIONS));
        else /* at the edges of chunks, too */
            pt_buf_printf(b, "%%.value %s %u", ONE_OF(COMPARISONS), pick(250));
    }
}

static void statement(struct pt_buf *b)
{
    const char *list;
    pt_buf_clear(b);
    switch (pick(5)) {
    case 0:
        pt_buf_puts(b, "SELECT count(*), sum(ts / 1000), min(value), max(value) FROM %");
        conditions(b);
        break;
    case 1:
        list = ONE_OF(GROUPS);
        pt_buf_printf(b, "SELECT %s, count(*), min(ts), max(value) FROM %%", list);
        conditions(b);
        pt_buf_printf(b, " GROUP BY %s ORDER BY %s", list, list);
        break;
    case 2:
        list = ONE_OF(DISTINCTS);
        pt_buf_printf(b, "SELECT DISTINCT %s FROM %%", list);
        conditions(b);
        pt_buf_printf(b, " ORDER BY %s", list);
        break;
    case 3:
        pt_buf_puts(b, "SELECT s.name, count(%.ts) FROM series s LEFT JOIN % ON %.series = s.id"
                       " AND %.ts < 3e9");
        conditions(b);
        pt_buf_puts(b, " GROUP BY s.id ORDER BY s.id");
        break;
    default:
        list = ONE_OF(ORDERS);
        pt_buf_puts(b, "SELECT series, ts, time, value, name, tags, unit, kind, host, venue"
                       " FROM %");
        conditions(b);
        pt_buf_printf(b, " ORDER BY %s LIMIT %u OFFSET %u", list, 1 + pick(60),
                      pick(2) * pick(900));
        break;
    }
}

static void agrees_with_plain_rows(void)
{
    static const char COPY[] =
        "CREATE TEMP TABLE plain AS SELECT ts, time, name, value, tags, unit, kind, series, host,"
        " venue, \"a b\" FROM points";
    struct pt_buf sql = {0}, points = {0}, plain = {0};
    sqlite3 *db = open_plain();
    CHECK_INT(sqlite3_exec(db, COPY, NULL, NULL, NULL), SQLITE_OK);
    same(db, "SELECT count(*) FROM plain", "SELECT 12 * 2500 + 12 * 7");
    for (int i = 0; i < STATEMENTS; i++) {
        statement(&sql);
        with_table(sql.p, "points", &points);
        with_table(sql.p, "plain", &plain);
        if (!same(db, points.p, plain.p))
            break;
    }
    pt_buf_release(&sql);
    pt_buf_release(&points);
    pt_buf_release(&plain);
    CHECK_INT(sqlite3_close(db), SQLITE_OK); /* no statement is left */
}

/* --- what plain rows do not know ------------------------------------------------------------- */

static void understands_times_as_text(void)
{
    static const char *const PAIRS[][2] = {
        {"ts >= '1970-01-01T00:00:01Z'", "ts >= 1000000000"},
        {"time > '1970-01-01T00:00:01Z'", "ts > 1000000000"},
        {"ts < '1970-01-01T01:00:01.5+01:00'", "ts < 1500000000"},
        {"time <= '1970-01-01 00:00:01.5'", "ts <= 1500000000"},
        {"time BETWEEN '1970-01-01' AND '1970-01-01T00:01'", "ts BETWEEN 0 AND 60000000000"},
        {"ts = '1970-01-01T00:00:02Z'", "ts = 2000000000"},
        {"ts IN ('1970-01-01T00:00:02Z', 0)", "ts IN (2000000000, 0)"},
        {"'1970-01-01T00:00:02Z' < ts AND host = 'h1'", "ts > 2000000000 AND host = 'h1'"},
        {"ts < '1970-01-01T00:00:02Z' OR host = 'h1'", "ts < 2000000000 OR host = 'h1'"},
        {"time = '1970-01-01T00:00:02Z' OR series = 4", "ts = 2000000000 OR series = 4"},
    };
    sqlite3 *db = open_plain();
    struct pt_buf got = {0};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        char text[200], number[200];
        snprintf(text, sizeof text, "SELECT count(*), sum(series) FROM points WHERE %s",
                 PAIRS[i][0]);
        snprintf(number, sizeof number, "SELECT count(*), sum(series) FROM points WHERE %s",
                 PAIRS[i][1]);
        same(db, text, number);
    }
    ask(db, "SELECT 1 FROM points WHERE ts > 'noon'", &got);
    CHECK_STR(pt_buf_view(&got), "error 1: not a time: \"noon\"; give nanoseconds, or a text such "
                                 "as 2026-11-20T09:30:00Z");
    pt_buf_release(&got);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void makes_columns_of_tags(void)
{
    sqlite3 *db = open_plain();
    struct pt_buf got = {0};
    same(db, "SELECT group_concat(name) FROM pragma_table_xinfo('points') WHERE hidden",
         "SELECT 'selector,a b,host,venue'"); /* not up, value, c"d */
    same(db, "SELECT typeof(value) FROM points WHERE tags LIKE '%\"value\"%' LIMIT 1",
         "SELECT 'real'");
    CHECK_INT(sqlite3_exec(db, "CREATE VIRTUAL TABLE temp.p USING points(up, \"a b\", none)",
                           NULL, NULL, NULL), SQLITE_OK);
    same(db, "SELECT up, count(*), max(none) FROM temp.p GROUP BY 1 ORDER BY 1",
         "SELECT NULL, 10 * 2500 + 10 * 7, NULL UNION ALL SELECT '2', 2 * 2500 + 2 * 7, NULL");
    same(db, "SELECT count(*) FROM temp.p WHERE up = '2' AND name = 'a.x'", "SELECT 7");
    CHECK_INT(sqlite3_exec(db, "CREATE VIRTUAL TABLE p USING points(host)", NULL, NULL, NULL),
              SQLITE_ERROR);
    CHECK_INT(sqlite3_exec(db, "CREATE VIRTUAL TABLE p USING points", NULL, NULL, NULL),
              SQLITE_ERROR);
    same(db, "SELECT count(*) FROM points('b.y{host=\"h2\",venue!=\"X\"}')", "SELECT 2500");
    pt_buf_release(&got);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

TEST_MAIN({"makes the store", makes_the_store}, {"agrees with plain rows", agrees_with_plain_rows},
          {"understands times as text", understands_times_as_text},
          {"makes columns of tags", makes_columns_of_tags})
