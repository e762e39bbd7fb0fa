/* sql.c - see sql.h.
 *
 * The connection is a store opened for reading, with the virtual tables and functions of module.h
 * added.  What keeps a statement from doing harm, in layers: the file is opened read-only; an
 * authorizer lets through nothing but reading; views and triggers of the file may not call what
 * SQLite holds for unsafe; sizes and memory are limited; a progress handler ends what takes too
 * long.
 * The authorizer stays in place while a statement runs, because some table-valued functions compile
 * statements of their own then.
 *
 * All is read in one transaction, so a statement sees one state of the store. */
#include "sql/sql.h"

#include "base/mem.h"
#include "base/text.h"
#include "sql/module.h"
#include "store/db.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    PROGRESS_STEPS = 200,         /* of the virtual machine between two looks at the clock: one
                                   * may build a text of VALUE_BYTES_MOST, in half a second */
    VALUE_BYTES_MOST = 256 << 20, /* of one text or blob */
    PATTERN_BYTES_MOST = 1000,    /* of LIKE and GLOB, which take long over many wildcards */
    MIB_BITS = 20,
    EXCERPT = 120,                /* bytes of the statement shown in a message */
    EXCERPT_BEFORE = 40           /* ... of them before the place in question */
};

struct pt_sql {
    struct pt_store *store;
    struct pt_host *host; /* the connection's */
    sqlite3_stmt *stmt;
    const char *denied;   /* what the statement would have done; NULL: nothing bad */
    int64_t deadline;     /* by pt_time_monotonic; 0: none */
    int64_t timeout;
    bool late;
    uint64_t memory; /* MiB that SQLite may take; 0: no limit */
    struct pt_buf hex;
};

/* --- safety ---------------------------------------------------------------------------------- */

static bool harmful(const char *function)
{
    static const char *const NAMES[] = {"load_extension", "readfile", "writefile", "edit",
                                        "fts3_tokenizer"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (function && sqlite3_stricmp(function, NAMES[i]) == 0)
            return true;
    return false;
}

/* What an action that is not let through would do. */
static const char *deed(int action, const char *table)
{
    switch (action) {
    case SQLITE_UPDATE:
        if (table && sqlite3_stricmp(table, "sqlite_master") == 0)
            return "use a table that SQLite makes up"; /* it is being connected */
        return "change the store";
    case SQLITE_PRAGMA: return "use a PRAGMA";
    case SQLITE_ATTACH:
    case SQLITE_DETACH: return "open or close another file";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: return "begin or end a transaction";
    case SQLITE_FUNCTION: return "call a function that reaches out of the store";
    default: return "change the store";
    }
}

static int authorize(void *ctx, int action, const char *a, const char *b, const char *database,
                     const char *via)
{
    struct pt_sql *s = ctx;
    (void)database;
    (void)via;
    if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ||
        (action == SQLITE_FUNCTION && !harmful(b)) || s->host->connecting)
        return SQLITE_OK;
    if (!s->denied)
        s->denied = deed(action, a);
    return SQLITE_DENY;
}

static int look_at_clock(void *ctx)
{
    struct pt_sql *s = ctx;
    s->late = s->deadline && pt_time_monotonic() > s->deadline;
    return s->late;
}

static void lock_down(struct pt_sql *s)
{
    sqlite3 *db = s->store->db;
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MOST);
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN_BYTES_MOST);
    sqlite3_set_authorizer(db, authorize, s);
    sqlite3_progress_handler(db, PROGRESS_STEPS, look_at_clock, s);
}

/* --- opening --------------------------------------------------------------------------------- */

/* SQLite connects its own tables when they are first named, and to do so it compiles a statement
 * that the authorizer would refuse: so they are all named once before there is one. */
static int connect_tables(sqlite3 *db)
{
    static const char SQL[] = "SELECT 1 FROM json_each('[]'), json_tree('[]')";
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db, SQL, -1, &stmt, NULL);
    sqlite3_finalize(stmt);
    return rc;
}

/* SQLite keeps no account of its memory once the store's files have told it not to (pagesum.c), and
 * cannot be told any more when it has begun. */
static void limit_memory(uint64_t mib)
{
    sqlite3_initialize();
    sqlite3_hard_heap_limit64(mib < INT64_MAX >> MIB_BITS ? (sqlite3_int64)(mib << MIB_BITS) : 0);
}

int pt_sql_open(struct pt_sql **out, const char *path, uint64_t memory, struct pt_err *err)
{
    struct pt_sql *s = pt_mem_alloc(sizeof *s);
    sqlite3 *db;
    s->memory = memory;
    limit_memory(memory);
    if (pt_store_open(&s->store, path, PT_STORE_READ, err) != 0 ||
        pt_store_begin_read(s->store, err) != 0) {
        pt_sql_close(s);
        return -1;
    }
    db = s->store->db;
    s->host = pt_host_new(db, s->store);
    if (pt_module_add_all(db, s->host) != SQLITE_OK || connect_tables(db) != SQLITE_OK) {
        pt_db_fail(s->store, err);
        pt_sql_close(s);
        return -1;
    }
    lock_down(s);
    *out = s;
    return 0;
}

void pt_sql_close(struct pt_sql *s)
{
    if (!s)
        return;
    sqlite3_finalize(s->stmt);
    if (s->store) {
        sqlite3_progress_handler(s->store->db, 0, NULL, NULL);
        sqlite3_set_authorizer(s->store->db, NULL, NULL);
        pt_store_end_read(s->store);
    }
    pt_store_close(s->store);
    pt_buf_release(&s->hex);
    free(s);
}

/* --- errors ---------------------------------------------------------------------------------- */

/* "why at character N of: ...", with as much of the statement as shows the place. */
static int fail_at(const char *why, const char *sql, size_t at, struct pt_err *err)
{
    size_t begin = at > EXCERPT_BEFORE ? at - EXCERPT_BEFORE : 0, n = strlen(sql + begin);
    struct pt_buf shown = {0}, reason = {0};
    while (begin > 0 && ((unsigned char)sql[begin] & 0xc0) == 0x80) { /* no half characters */
        begin--;
        n++;
    }
    pt_text_terminal(&shown, (struct pt_str){sql + begin, n < EXCERPT ? n : EXCERPT});
    pt_text_terminal(&reason, pt_str(why));
    pt_err_set(err, PT_USAGE, "sql: %.200s at character %zu of: %s%s%s",
               reason.n ? reason.p : "error", at + 1, begin ? "..." : "", shown.n ? shown.p : "",
               n > EXCERPT ? "..." : "");
    pt_buf_release(&shown);
    pt_buf_release(&reason);
    return -1;
}

static int fail_plainly(const char *why, enum pt_code code, struct pt_err *err)
{
    struct pt_buf reason = {0};
    pt_text_terminal(&reason, pt_str(why));
    pt_err_set(err, code, "sql: %.400s", reason.p);
    pt_buf_release(&reason);
    return -1;
}

/* SQLite's last error as ours. */
static int fail(struct pt_sql *s, const char *sql, struct pt_err *err)
{
    sqlite3 *db = s->store->db;
    char limit[PT_DURATION_TEXT];
    int offset = sqlite3_error_offset(db);
    if (s->denied)
        return pt_err_set(err, PT_USAGE, "sql: only SELECT runs here; this statement would %s",
                          s->denied);
    if (s->late) {
        pt_duration_format(limit, s->timeout);
        return pt_err_set(err, PT_SYSTEM,
                          "sql: the statement ran longer than %s; narrow it, or allow more with "
                          "--timeout", limit);
    }
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_AUTH:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
        if (sql && offset >= 0)
            return fail_at(sqlite3_errmsg(db), sql, (size_t)offset, err);
        return fail_plainly(sqlite3_errmsg(db), PT_USAGE, err);
    case SQLITE_NOMEM:
        return pt_err_set(err, PT_SYSTEM,
                          "sql: the statement needs more than %" PRIu64 " MiB of memory; narrow "
                          "it, or allow more with --max-memory", s->memory);
    case SQLITE_CORRUPT: return fail_plainly(sqlite3_errmsg(db), PT_SYSTEM, err);
    default: return pt_db_fail(s->store, err);
    }
}

/* --- statements ------------------------------------------------------------------------------ */

/* Behind the statement only space, comments and semicolons may stand. */
static int check_rest(struct pt_sql *s, const char *sql, const char *rest, struct pt_err *err)
{
    while (*rest) {
        const char *from = rest;
        sqlite3_stmt *more = NULL;
        int rc = sqlite3_prepare_v2(s->store->db, from, -1, &more, &rest);
        sqlite3_finalize(more);
        if (rc != SQLITE_OK || more)
            return fail_at("one statement only: a second one begins", sql,
                           (size_t)(from - sql) + strspn(from, " \t\r\n"), err);
        if (rest == from)
            break;
    }
    return 0;
}

int pt_sql_prepare(struct pt_sql *s, const char *sql, int64_t timeout, struct pt_err *err)
{
    const char *rest;
    s->timeout = timeout;
    s->deadline = timeout ? pt_time_monotonic() + timeout : 0;
    s->denied = NULL;
    if (sqlite3_prepare_v2(s->store->db, sql, -1, &s->stmt, &rest) != SQLITE_OK)
        return fail(s, sql, err);
    if (!s->stmt)
        return pt_err_set(err, PT_USAGE, "sql: there is no statement in: \"%.100s\"", sql);
    if (!sqlite3_stmt_readonly(s->stmt))
        return pt_err_set(err, PT_USAGE, "sql: only SELECT runs here");
    return check_rest(s, sql, rest, err);
}

int pt_sql_step(struct pt_sql *s, struct pt_err *err)
{
    int rc = sqlite3_step(s->stmt);
    if (rc == SQLITE_ROW && !look_at_clock(s)) /* a row may take few steps, and long */
        return 1;
    return rc == SQLITE_DONE ? 0 : fail(s, NULL, err);
}

/* --- rows ------------------------------------------------------------------------------------ */

int pt_sql_columns(const struct pt_sql *s)
{
    return sqlite3_column_count(s->stmt);
}

const char *pt_sql_column_name(const struct pt_sql *s, int column)
{
    return sqlite3_column_name(s->stmt, column);
}

static struct pt_str hex(struct pt_sql *s, const unsigned char *bytes, int n)
{
    static const char DIGITS[] = "0123456789abcdef";
    pt_buf_clear(&s->hex);
    for (int i = 0; i < n; i++) {
        pt_buf_putc(&s->hex, DIGITS[bytes[i] >> 4]);
        pt_buf_putc(&s->hex, DIGITS[bytes[i] & 15]);
    }
    return pt_buf_view(&s->hex);
}

struct pt_sql_value pt_sql_value(struct pt_sql *s, int column)
{
    struct pt_sql_value v = {.type = PT_SQL_TEXT};
    switch (sqlite3_column_type(s->stmt, column)) {
    case SQLITE_NULL: v.type = PT_SQL_NULL; break;
    case SQLITE_INTEGER:
        v.type = PT_SQL_NUMBER;
        v.number = pt_num_int(sqlite3_column_int64(s->stmt, column));
        break;
    case SQLITE_FLOAT:
        v.type = PT_SQL_NUMBER;
        v.number = pt_num_real(sqlite3_column_double(s->stmt, column));
        break;
    case SQLITE_BLOB:
        v.text = hex(s, sqlite3_column_blob(s->stmt, column),
                     sqlite3_column_bytes(s->stmt, column));
        break;
    default: v.text = pt_db_str(s->stmt, column); break;
    }
    return v;
}
