/* plan.c - see plan.h. */
#include "sql/plan.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double RANGE_KEEPS = 0.3; /* the share of rows that a comparison leaves */

enum {
    EXCERPT = 60,     /* bytes of a text shown in a message */
    SETTLED_MOST = 16 /* constraints that SQLite leaves to a table: its mask of them has so many
                       * bits */
};

static char letter_of(int op)
{
    switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: return '=';
    case SQLITE_INDEX_CONSTRAINT_GT: return '>';
    case SQLITE_INDEX_CONSTRAINT_GE: return ']';
    case SQLITE_INDEX_CONSTRAINT_LT: return '<';
    case SQLITE_INDEX_CONSTRAINT_LE: return '[';
    case SQLITE_INDEX_CONSTRAINT_GLOB: return 'g';
    case SQLITE_INDEX_CONSTRAINT_LIKE: return 'l';
    default: return 0;
    }
}

static bool among(const char *letters, char letter)
{
    return letters && letter && strchr(letters, letter);
}

/* Whether SQLite need not look at constraint number i again. */
static bool settled(sqlite3_index_info *info, int i, const struct pt_plan_use *use, char letter)
{
    sqlite3_value *value = NULL;
    if (!among(use->exact, letter))
        return false;
    return use->sense != PT_PLAN_TEXTS || (sqlite3_vtab_rhs_value(info, i, &value) == SQLITE_OK &&
                                           sqlite3_value_type(value) == SQLITE_TEXT);
}

static int too_many(sqlite3_vtab *table)
{
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf(
        "of more than %d conditions on one table, write those on ts and time and the arguments "
        "(WHERE selector = '...') before the others",
        SETTLED_MOST);
    return SQLITE_ERROR;
}

int pt_plan_take(sqlite3_vtab *table, sqlite3_index_info *info,
                 struct pt_plan_use (*use)(const sqlite3_vtab *table, int column),
                 sqlite3_str *plan, double *rows)
{
    int used = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        int column = info->aConstraint[i].iColumn;
        char letter = letter_of(info->aConstraint[i].op);
        struct pt_plan_use u = use(table, column);
        if (!among(u.letters, letter) ||
            sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)
            continue;
        if (!info->aConstraint[i].usable) {
            if (u.must)
                return SQLITE_CONSTRAINT;
            continue;
        }
        if (u.sense == PT_PLAN_OWN && i >= SETTLED_MOST)
            return too_many(table);
        sqlite3_str_appendf(plan, "%c%d,", letter, column);
        info->aConstraintUsage[i].argvIndex = ++used;
        info->aConstraintUsage[i].omit = settled(info, i, &u, letter);
        *rows *= letter == '=' ? u.keep : RANGE_KEEPS;
    }
    return SQLITE_OK;
}

int pt_plan_end(sqlite3_index_info *info, sqlite3_str *plan, double rows)
{
    sqlite3_str_appendchar(plan, 1, '|'); /* of nothing SQLite makes a NULL */
    info->idxStr = sqlite3_str_finish(plan);
    info->needToFreeIdxStr = 1;
    info->estimatedRows = (sqlite3_int64)rows + 1;
    info->estimatedCost = rows + 1;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

bool pt_plan_next(const char **at, char *letter, int *column)
{
    char *end;
    *letter = **at;
    if (*letter == '|' || !*letter) {
        *at += *letter == '|';
        return false;
    }
    *column = (int)strtol(*at + 1, &end, 10);
    *at = end + (*end == ',');
    return true;
}

struct pt_selector *pt_plan_selector(struct pt_str name)
{
    struct pt_selector *selector = NULL;
    struct pt_err ignored = {0};
    for (size_t i = 0; i < name.n; i++)
        if (strchr("*?[]{}\\\"", name.p[i]) || (unsigned char)name.p[i] <= ' ')
            return NULL;
    if (name.n && pt_selector_parse(name.p, &selector, &ignored) != 0)
        return NULL;
    return selector;
}

/* --- times ----------------------------------------------------------------------------------- */

/* Text without an offset, as SQLite's own functions write it: a date, or a date with a time. */
static int read_plain(struct pt_str text, int64_t *out)
{
    enum { DATE = 10, MINUTES = 16, LONGEST = 29 };
    char whole[LONGEST + sizeof "T00:00:00Z"];
    int n;
    if (text.n < DATE || text.n > LONGEST)
        return -1;
    n = snprintf(whole, sizeof whole, "%.*s%s", (int)text.n, text.p,
                 text.n == DATE      ? "T00:00:00Z"
                 : text.n == MINUTES ? ":00Z"
                                     : "Z");
    return pt_time_rfc3339((struct pt_str){whole, (size_t)n}, out);
}

int pt_plan_read_time(struct pt_str text, int64_t *out, struct pt_err *err)
{
    struct pt_buf shown = {0};
    if (pt_time_rfc3339(text, out) == 0 || read_plain(text, out) == 0 ||
        pt_time_epoch(text, PT_UNIT_NS, out) == 0)
        return 0;
    pt_text_terminal(&shown, (struct pt_str){text.p, text.n < EXCERPT ? text.n : EXCERPT});
    pt_err_set(err, PT_USAGE,
               "not a time: \"%s\"; give nanoseconds, or a text such as 2026-11-20T09:30:00Z",
               shown.n ? shown.p : "");
    pt_buf_release(&shown);
    return -1;
}

static void at_least(struct pt_plan_range *r, int64_t t)
{
    r->since = t > r->since ? t : r->since;
}

static void below(struct pt_plan_range *r, int64_t t)
{
    r->until = t < r->until ? t : r->until;
}

/* The value lies at t, or, if `between`, between t and the nanosecond after it. */
static void narrow(char op, int64_t t, bool between, struct pt_plan_range *r)
{
    int64_t after = pt_time_after(t, 1);
    switch (op) {
    case '>': at_least(r, after); break;
    case ']': at_least(r, between ? after : t); break;
    case '<': below(r, between ? after : t); break;
    case '[': below(r, after); break;
    default:
        at_least(r, t);
        below(r, after);
        r->none |= between;
        break;
    }
}

int pt_plan_narrow(char op, sqlite3_value *value, struct pt_plan_range *range, struct pt_err *err)
{
    static const double BEYOND = 9223372036854775808.0; /* 2^63 */
    int64_t t = 0;
    double x;
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: narrow(op, sqlite3_value_int64(value), false, range); return 0;
    case SQLITE_FLOAT:
        x = sqlite3_value_double(value);
        if (x >= BEYOND || x < -BEYOND)
            range->none |= op == '=' || (x > 0) == (op == '>' || op == ']');
        else
            narrow(op, (int64_t)floor(x), floor(x) != x, range);
        return 0;
    case SQLITE_NULL: range->none = true; return 0;
    default:
        if (pt_plan_read_time((struct pt_str){(const char *)sqlite3_value_text(value),
                                              (size_t)sqlite3_value_bytes(value)},
                              &t, err) != 0)
            return -1;
        narrow(op, t, false, range);
        return 0;
    }
}
