/* reject.c - see reject.h. */
#include "store/reject.h"

#include "store/db.h"

static const char *const NAMES[PT_FAULTS] = {
    [PT_FAULT_SYNTAX] = "syntax", [PT_FAULT_TIME] = "time",         [PT_FAULT_TYPE] = "type",
    [PT_FAULT_RANGE] = "range",   [PT_FAULT_UNIT] = "unit",         [PT_FAULT_TAGS] = "tags",
    [PT_FAULT_FIELDS] = "fields", [PT_FAULT_SEQUENCE] = "sequence",
};

const char *pt_fault_name(enum pt_fault fault)
{
    return NAMES[fault];
}

/* Readers name the field first; a cell of a table has the name of its column there, so what is said
 * of cells is looked for behind it. */
enum pt_fault pt_fault_of(const char *reason)
{
    static const struct {
        const char *text;
        bool begins;
        enum pt_fault fault;
    } SIGNS[] = {
        {"not JSON:", true, PT_FAULT_SYNTAX},
        {"Prometheus text: expected a time", true, PT_FAULT_TIME},
        {"Prometheus text: expected a number", true, PT_FAULT_TYPE},
        {"Prometheus text:", true, PT_FAULT_SYNTAX},
        {"header of a table:", true, PT_FAULT_SYNTAX},
        {": not a time", false, PT_FAULT_TIME},
        {": not a number", false, PT_FAULT_TYPE},
        {": none of gauge, counter, histogram", false, PT_FAULT_UNIT},
        {"ts:", true, PT_FAULT_TIME},
        {"series:", true, PT_FAULT_TAGS},
        {"value:", true, PT_FAULT_TYPE},
        {"unit:", true, PT_FAULT_UNIT},
        {"kind:", true, PT_FAULT_UNIT},
        {"tags:", true, PT_FAULT_TAGS},
        {"name:", true, PT_FAULT_FIELDS},
        {"type:", true, PT_FAULT_FIELDS},
        {"trace:", true, PT_FAULT_FIELDS},
        {"unknown field", true, PT_FAULT_FIELDS},
        {"a field's name", true, PT_FAULT_FIELDS},
        {"the key \"", true, PT_FAULT_FIELDS},
    };
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        const char *at = strstr(reason, SIGNS[i].text);
        if (SIGNS[i].begins ? at == reason : at != NULL)
            return SIGNS[i].fault;
    }
    return PT_FAULT_SYNTAX;
}

static void read_row(sqlite3_stmt *stmt, struct pt_reject_row *out)
{
    *out = (struct pt_reject_row){.id = sqlite3_column_int64(stmt, 0),
                                  .at = sqlite3_column_int64(stmt, 1),
                                  .changed = sqlite3_column_int64(stmt, 2),
                                  .line = (uint64_t)sqlite3_column_int64(stmt, 3),
                                  .offset = (uint64_t)sqlite3_column_int64(stmt, 4),
                                  .source = pt_db_str(stmt, 5),
                                  .reason = pt_db_str(stmt, 6),
                                  .fault = pt_db_str(stmt, 7),
                                  .state = pt_db_str(stmt, 8),
                                  .context = pt_db_str(stmt, 9),
                                  .raw = pt_db_str(stmt, 10)};
}

static void bind_filter(sqlite3_stmt *stmt, const struct pt_reject_filter *f)
{
    sqlite3_bind_int64(stmt, 1, f->id ? f->id : f->after + 1);
    sqlite3_bind_int64(stmt, 2, f->id ? f->id : INT64_MAX);
    sqlite3_bind_int64(stmt, 3, f->closed);
    pt_db_bind_str(stmt, 4, pt_str(f->source));
    pt_db_bind_str(stmt, 5, pt_str(f->fault < 0 ? NULL : NAMES[f->fault]));
    sqlite3_bind_int64(stmt, 6, f->since);
    sqlite3_bind_int64(stmt, 7, f->until);
}

int pt_reject_each(struct pt_store *s, const struct pt_reject_filter *filter,
                   int (*each)(void *ctx, const struct pt_reject_row *row), void *ctx,
                   struct pt_err *err)
{
    static const char SQL[] =
        "SELECT r.id, r.at, r.changed, r.line, r.position, s.name, r.reason, r.fault, r.state,"
        " c.body, r.raw FROM reject r JOIN batch b ON b.id = r.batch JOIN source s ON s.id = "
        "b.source"
        " LEFT JOIN reject_context c ON c.id = r.context"
        " WHERE r.id BETWEEN ?1 AND ?2 AND (?3 OR r.state IS NULL)"
        " AND (?4 IS NULL OR s.name GLOB ?4) AND (?5 IS NULL OR r.fault = ?5) AND r.at >= ?6 AND "
        "r.at < ?7 ORDER BY r.id";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    bind_filter(stmt, filter);
    while ((rc = pt_db_step(s, stmt, err)) == 1) {
        struct pt_reject_row row;
        read_row(stmt, &row);
        if ((rc = each(ctx, &row)) != 0)
            break;
    }
    sqlite3_reset(stmt);
    return rc;
}

static int drop(struct pt_store *s, int64_t id, struct pt_err *err)
{
    static const char SQL[] = "UPDATE reject SET state = 'dropped', changed = ?2"
                              " WHERE id = ?1 AND state IS NULL";
    sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, pt_time_now());
    return pt_db_step(s, stmt, err) < 0 ? -1 : sqlite3_changes(s->db);
}

int pt_reject_drop(struct pt_store *s, const int64_t *ids, size_t n, uint64_t *dropped,
                   struct pt_err *err)
{
    int rc = pt_db_exec(s, "BEGIN IMMEDIATE", err);
    *dropped = 0;
    for (size_t i = 0; rc >= 0 && i < n; i++)
        if ((rc = drop(s, ids[i], err)) > 0)
            ++*dropped;
    if (rc >= 0 && pt_db_exec(s, "COMMIT", err) == 0)
        return 0;
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}
