/* csv.c - CSV and TSV rows to records.
 *
 * The first line names the columns, in any case.  "ts" (or "time", "timestamp", "date", "datetime") is
 * required.  With columns "name" (or "metric") and "value" a row is one record and every other column
 * a tag, besides "unit", "kind" and "tags" (a JSON object).  Without them the table is wide: each
 * column of values is a metric named by its head, the others are tags; which is which the caller
 * says, or else the first row: its numbers are values.  Empty cells are absent, spaces around cells
 * without quotes do not count.  Quoting is RFC 4180's, in TSV too.
 *
 * A row is split once into cells; the tags, which all its records share, are made once as canonical
 * JSON.  Records are then delivered cell by cell. */
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/reader.h"
#include "record/tags.h"

#include <stdlib.h>
#include <strings.h>

enum {
    COLUMNS_MOST = 4096,
    ROW_MOST = 64 * 1024, /* bytes after which a row with an open quote takes no more lines */
    EXCERPT = 40,         /* bytes of a cell, and */
    NAMES_SHOWN = 200     /* ... of all heads, quoted in a message */
};

enum role { R_NONE, R_TS, R_NAME, R_VALUE, R_UNIT, R_KIND, R_TAGS, R_TAG, R_METRIC };

struct column {
    char *name;
    enum role role;
};

struct csv {
    char separator;
    enum pt_time_unit ts_unit;
    const char *tag_heads, *value_heads; /* as the caller said; may be NULL */
    struct column *columns;
    size_t n, cap;
    bool wide, roles_known; /* wide: the first row decides about the roles */
    struct pt_str *cells;
    size_t ncells, cells_cap;
    struct pt_arena arena;  /* unquoted cells and tags of the row */
    struct pt_buf tags;     /* the row's tags */
    struct pt_record row;   /* what all records of the row share */
    size_t at;              /* next column to deliver; n when done */
};

static void *make(char separator, const struct pt_records_options *options)
{
    struct csv *c = pt_mem_alloc(sizeof *c);
    c->separator = separator;
    c->ts_unit = options->ts_unit;
    c->tag_heads = options->tags;
    c->value_heads = options->values;
    return c;
}

static void *make_csv(const struct pt_records_options *options)
{
    return make(',', options);
}

static void *make_tsv(const struct pt_records_options *options)
{
    return make('\t', options);
}

static void release(void *self)
{
    struct csv *c = self;
    for (size_t i = 0; i < c->n; i++)
        free(c->columns[i].name);
    free(c->columns);
    free(c->cells);
    pt_arena_release(&c->arena);
    pt_buf_release(&c->tags);
    free(c);
}

/* Only a quote that begins a cell opens one, and inside a doubled one does not close it. */
static int open_quote(void *self, struct pt_str line, int state)
{
    const struct csv *c = self;
    bool open = state != 0, begins = !open;
    if (!open && !memchr(line.p, '"', line.n))
        return false;
    for (size_t i = 0; i < line.n; i++) {
        bool quote = line.p[i] == '"';
        if (open && quote && i + 1 < line.n && line.p[i + 1] == '"')
            i++;
        else if (quote && (open || begins))
            open = !open;
        begins = !open && line.p[i] == c->separator;
    }
    return open;
}

/* A quoted cell at p; its text, doubled quotes halved, and the byte behind the closing quote. */
static const char *quoted(struct csv *c, const char *p, const char *end, struct pt_str *out)
{
    char *to = pt_arena_alloc(&c->arena, (size_t)(end - p) + 1);
    size_t n = 0;
    for (p++; p < end; p++) {
        if (*p == '"') {
            if (p + 1 == end || p[1] != '"')
                break;
            p++;
        }
        to[n++] = *p;
    }
    *out = (struct pt_str){to, n};
    return p < end ? p + 1 : NULL;
}

static struct pt_str trimmed(const char *p, const char *stop)
{
    while (p < stop && *p == ' ')
        p++;
    while (stop > p && stop[-1] == ' ')
        stop--;
    return (struct pt_str){p, (size_t)(stop - p)};
}

static int split(struct csv *c, struct pt_str row, struct pt_err *err)
{
    const char *p = row.p, *end = row.p + row.n;
    if (row.n && end[-1] == '\r')
        end--;
    c->ncells = 0;
    for (;;) {
        struct pt_str cell;
        const char *stop;
        if (c->ncells == COLUMNS_MOST)
            return pt_err_set(err, PT_DATA, "more than %d columns", COLUMNS_MOST);
        if (p < end && *p == '"') {
            stop = quoted(c, p, end, &cell);
            if (!stop || (stop < end && *stop != c->separator))
                return pt_err_set(err, PT_DATA, "column %zu: badly quoted", c->ncells + 1);
        } else {
            stop = p < end ? memchr(p, c->separator, (size_t)(end - p)) : NULL;
            stop = stop ? stop : end;
            cell = trimmed(p, stop);
        }
        c->cells = pt_mem_grow(c->cells, &c->cells_cap, c->ncells + 1, sizeof *c->cells);
        c->cells[c->ncells++] = cell;
        if (stop == end)
            return 0;
        p = stop + 1;
    }
}

static enum role role_of(struct pt_str name)
{
    static const struct {
        const char *name;
        enum role role;
    } ROLES[] = {
        {"ts", R_TS},       {"time", R_TS},   {"timestamp", R_TS}, {"date", R_TS},
        {"datetime", R_TS}, {"name", R_NAME}, {"metric", R_NAME},  {"value", R_VALUE},
        {"unit", R_UNIT},   {"kind", R_KIND}, {"tags", R_TAGS},
    };
    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0]; i++)
        if (name.n == strlen(ROLES[i].name) && strncasecmp(name.p, ROLES[i].name, name.n) == 0)
            return ROLES[i].role;
    return R_TAG;
}

static bool has_role(const struct csv *c, enum role role)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->columns[i].role == role)
            return true;
    return false;
}

static bool repeated(const struct csv *c, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(c->columns[k].name, c->columns[i].name) == 0 ||
            (c->columns[i].role < R_TAG && c->columns[k].role == c->columns[i].role))
            return true;
    return false;
}

static int refuse_header(struct csv *c, const char *why, struct pt_err *err)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->columns[i].name);
    c->n = 0;
    return pt_err_set(err, PT_DATA, "header of a table: %s", why);
}

/* Says which columns there are: the text may be no table, or have another separator. */
static int no_time(struct csv *c, struct pt_err *err)
{
    struct pt_buf why = {0};
    int rc;
    pt_buf_puts(&why, "no column of times (ts, time, timestamp, date or datetime) among: ");
    for (size_t i = 0; i < c->n && why.n < NAMES_SHOWN; i++) {
        if (i)
            pt_buf_puts(&why, ", ");
        pt_text_terminal(&why, pt_str(c->columns[i].name));
    }
    if (why.n > NAMES_SHOWN)
        why.p[NAMES_SHOWN] = '\0';
    rc = refuse_header(c, why.p, err);
    pt_buf_release(&why);
    return rc;
}

static int read_header(struct csv *c, struct pt_str row, struct pt_err *err)
{
    pt_arena_reset(&c->arena);
    if (split(c, row, err) != 0)
        return -1;
    c->columns = pt_mem_grow(c->columns, &c->cap, c->ncells, sizeof *c->columns);
    for (c->n = 0; c->n < c->ncells; c->n++) {
        struct pt_str cell = c->cells[c->n];
        if (pt_text_utf8(cell) != cell.n || (cell.n && memchr(cell.p, '\0', cell.n)))
            return refuse_header(c, "a column's name is not UTF-8", err);
        c->columns[c->n] = (struct column){pt_mem_strndup(cell.p, cell.n), role_of(cell)};
    }
    for (size_t i = 0; i < c->n; i++)
        if (!c->columns[i].name[0] || repeated(c, i))
            return refuse_header(c, "a column's name is empty or comes twice", err);
    if (!has_role(c, R_TS))
        return no_time(c, err);
    c->wide = !has_role(c, R_NAME) || !has_role(c, R_VALUE);
    c->roles_known = !c->wide;
    return 0;
}

static bool is_number(struct pt_str s)
{
    struct pt_num v;
    return s.n && pt_num_parse_loose(s.p, s.p + s.n, &v) == s.p + s.n;
}

static bool listed(const char *heads, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = heads; p && *p; p += strcspn(p, ","), p += *p == ',')
        if (strcspn(p, ",") == n && strncmp(p, name, n) == 0)
            return true;
    return false;
}

/* The roles in a wide table, by what the caller said or by the first row: numbers are values, text is
 * a tag.  A lone "name" or "value" column is one like any other. */
static int learn_roles(struct csv *c, struct pt_err *err)
{
    bool values = false;
    for (size_t i = 0; i < c->n; i++) {
        struct column *column = &c->columns[i];
        bool value;
        if (column->role != R_TAG && column->role != R_NAME && column->role != R_VALUE &&
            column->role != R_METRIC)
            continue;
        value = c->value_heads ? listed(c->value_heads, column->name)
                               : !listed(c->tag_heads, column->name) &&
                                     (is_number(c->cells[i]) || !c->cells[i].n);
        column->role = value ? R_METRIC : R_TAG;
        values |= value && (c->value_heads || c->cells[i].n);
    }
    c->roles_known = values;
    return values ? 0
                  : pt_err_set(err, PT_DATA,
                               "no column of values: %s",
                               c->value_heads ? "the header has none of those named"
                                              : "no cell of this row is a number");
}

static int bad_cell(const struct csv *c, size_t i, const char *why, struct pt_err *err)
{
    struct pt_buf shown = {0};
    struct pt_str cell = c->cells[i];
    pt_text_terminal(&shown, (struct pt_str){cell.p, cell.n < EXCERPT ? cell.n : EXCERPT});
    pt_err_set(err, PT_DATA, "%.64s: %s: \"%s\"", c->columns[i].name, why, shown.n ? shown.p : "");
    pt_buf_release(&shown);
    return -1;
}

static int read_ts(const struct csv *c, size_t i, int64_t *out, struct pt_err *err)
{
    struct pt_str cell = c->cells[i];
    char text[PT_TIME_TEXT];
    struct pt_err ignored = {0};
    if (pt_time_rfc3339(cell, out) == 0 || pt_time_epoch(cell, c->ts_unit, out) == 0)
        return 0;
    /* "2026-11-20 09:30:00" without a zone is common in CSV: it is the local zone's. */
    if (cell.n >= 10 && cell.n < sizeof text && memchr("0123456789", cell.p[0], 10)) {
        memcpy(text, cell.p, cell.n);
        text[cell.n] = '\0';
        if (pt_time_when(text, 0, out, &ignored) == 0)
            return 0;
    }
    return bad_cell(c, i, "not a time", err);
}

static int make_tags(struct csv *c, struct pt_err *err)
{
    struct pt_tag *tags = pt_arena_alloc(&c->arena, (c->n + 1) * sizeof *tags);
    struct pt_tags given = {0}, all;
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (c->columns[i].role == R_TAGS &&
            pt_tags_parse(c->cells[i], &c->arena, &given, err) != 0)
            return -1;
        if (c->columns[i].role != R_TAG || !c->cells[i].n)
            continue;
        if (pt_text_utf8(c->cells[i]) != c->cells[i].n)
            return bad_cell(c, i, "not UTF-8", err);
        tags[n++] = (struct pt_tag){pt_str(c->columns[i].name), c->cells[i]};
    }
    if (given.n) {
        struct pt_tag *both = pt_arena_alloc(&c->arena, (n + given.n) * sizeof *both);
        memcpy(both, tags, n * sizeof *both);
        memcpy(both + n, given.v, given.n * sizeof *both);
        tags = both;
        n += given.n;
    }
    if (pt_tags_sort(tags, n, err) != 0)
        return -1;
    all = (struct pt_tags){tags, n};
    pt_buf_clear(&c->tags);
    pt_tags_write(&c->tags, all);
    return 0;
}

static int read_shared(struct csv *c, struct pt_err *err)
{
    struct pt_record *r = &c->row;
    *r = (struct pt_record){.metric = true, .type = PT_STR("metric")};
    for (size_t i = 0; i < c->n; i++) {
        struct pt_str cell = c->cells[i];
        switch (c->columns[i].role) {
        case R_TS:
            if (read_ts(c, i, &r->ts, err) != 0)
                return -1;
            break;
        case R_NAME:
            if (!cell.n || pt_text_utf8(cell) != cell.n)
                return bad_cell(c, i, "not a name", err);
            r->name = cell;
            break;
        case R_UNIT:
            if (pt_text_utf8(cell) != cell.n)
                return bad_cell(c, i, "not UTF-8", err);
            r->unit = cell;
            break;
        case R_KIND:
            if (cell.n && !pt_kind_parse(cell, &r->kind))
                return bad_cell(c, i, "none of gauge, counter, histogram", err);
            break;
        default: break;
        }
    }
    if (make_tags(c, err) != 0)
        return -1;
    r->tags = pt_buf_view(&c->tags);
    return 0;
}

static int read_row(struct csv *c, struct pt_str row, struct pt_err *err)
{
    pt_arena_reset(&c->arena);
    c->at = c->n;
    if (split(c, row, err) != 0)
        return -1;
    if (c->ncells != c->n)
        return pt_err_set(err, PT_DATA, "%zu cells where the header has %zu", c->ncells, c->n);
    if (!c->roles_known && learn_roles(c, err) != 0)
        return -1;
    if (read_shared(c, err) != 0)
        return -1;
    c->at = 0;
    return 0;
}

static int next_record(void *self, struct pt_record *out, struct pt_err *err)
{
    struct csv *c = self;
    for (; c->at < c->n; c->at++) {
        struct pt_str cell = c->cells[c->at];
        enum role role = c->columns[c->at].role;
        if (role != (c->wide ? R_METRIC : R_VALUE) || (c->wide && !cell.n))
            continue;
        *out = c->row;
        if (c->wide)
            out->name = pt_str(c->columns[c->at].name);
        if (!cell.n || pt_num_parse_loose(cell.p, cell.p + cell.n, &out->value) != cell.p + cell.n)
            return bad_cell(c, c->at++, "not a number", err);
        c->at++;
        return pt_record_check(out, err) == 0 ? 1 : -1;
    }
    return 0;
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct csv *c = self;
    (void)now;
    if (!c->n)
        return read_header(c, text, err);
    return read_row(c, text, err) == 0 ? next_record(c, out, err) : -1;
}

static bool looks_csv(struct pt_str line)
{
    return memchr(line.p, ',', line.n) || memchr(line.p, ';', line.n);
}

static bool looks_tsv(struct pt_str line)
{
    return memchr(line.p, '\t', line.n) && !memchr(line.p, ',', line.n);
}

#define SHARED                                                                                    \
    .free = release, .open = open_quote, .row_most = ROW_MOST,                                    \
    .unclosed = "a quoted cell that opens here does not end", .row = row, .more = next_record,    \
    .depends = true

const struct pt_reader PT_READER_CSV = {
    .name = "csv", .looks = looks_csv, .make = make_csv, SHARED};
const struct pt_reader PT_READER_TSV = {
    .name = "tsv", .looks = looks_tsv, .make = make_tsv, SHARED};
