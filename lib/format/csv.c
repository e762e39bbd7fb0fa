/* csv.c - CSV and TSV rows to records.
 *
 * The first line names the columns, in any case, and tells whether ',' or ';' separates them.  "ts"
 * (or "time", "timestamp", "date", "datetime") is required.  With columns "name" (or "metric") and
 * "value" a row is one record and every other column a tag, besides "unit", "kind" and "tags" (a
 * JSON object).  Without them the table is wide: each column of values is a metric named by its
 * head, the others are tags; which is which the caller says, or else the first row: its numbers are
 * values.  Empty cells are absent, spaces around cells without quotes do not count.  Quoting is RFC
 * 4180's, in TSV too.
 *
 * What `sadf -d` of sysstat writes is a wide table in sections, each under a header of its own that
 * begins with "# ".
 *
 * A row is split once into cells.  What all its records share besides the time is found again by
 * the raw bytes of its cells (spellings.h), so a row that differs from earlier ones only in time
 * and values costs one look-up.  Records are then delivered cell by cell. */
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/cells.h"
#include "format/reader.h"
#include "format/spellings.h"

#include <stdlib.h>
#include <strings.h>

enum {
    ROW_MOST = 64 * 1024, /* bytes after which a row with an open quote takes no more lines */
    EXCERPT = 40,         /* bytes of a cell, and */
    NAMES_SHOWN = 200     /* ... of all heads, quoted in a message */
};

enum role { R_NONE, R_TS, R_NAME, R_VALUE, R_UNIT, R_KIND, R_TAGS, R_TAG, R_METRIC };

struct column {
    char *name;
    enum role role;
};

/* Columns next to each other that are neither time nor value. */
struct run {
    size_t first, last;
};

struct csv {
    struct pt_cells cells; /* of the row; its arena holds the row's tags, too */
    bool marked;           /* "# " stands before the header, and before others that may follow */
    enum pt_time_unit ts_unit;
    struct pt_time_last last_ts;
    const char *tag_heads, *value_heads; /* as the caller said; may be NULL */
    struct column *columns;
    size_t n, cap;
    bool wide, roles_known; /* wide: the first row decides about the roles */
    struct pt_buf header, deciding; /* the lines: of the header, of the row that decided */
    size_t ts, value;       /* their columns; value: of a long table */
    struct run *runs;       /* what identifies the series of a row */
    size_t nruns, runs_cap;
    struct pt_spellings spellings; /* by the runs */
    struct pt_buf key;             /* scratch: several runs */
    struct pt_record row;          /* what all records of the row share */
    size_t at;                     /* next column to deliver; n when done */
};

static void *make(char separator, const struct pt_records_options *options)
{
    struct csv *c = pt_mem_alloc(sizeof *c);
    c->cells.separator = separator;
    c->cells.tabs = separator == '\t';
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

static void forget_header(struct csv *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->columns[i].name);
    c->n = c->nruns = 0;
    pt_spellings_forget(&c->spellings);
}

static void release(void *self)
{
    struct csv *c = self;
    forget_header(c);
    pt_spellings_release(&c->spellings);
    free(c->columns);
    free(c->runs);
    pt_cells_release(&c->cells);
    pt_buf_release(&c->key);
    pt_buf_release(&c->header);
    pt_buf_release(&c->deciding);
    free(c);
}

/* The state of an open row is its separator, which a header settles. */
static int open_quote(void *self, struct pt_str line, int state)
{
    struct csv *c = self;
    if (!state && !c->n)
        pt_cells_settle(&c->cells, line);
    return pt_cells_open(&c->cells, line, state != 0) ? c->cells.separator : 0;
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
    forget_header(c);
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

static size_t column_of(const struct csv *c, enum role role)
{
    size_t i = 0;
    while (i < c->n && c->columns[i].role != role)
        i++;
    return i;
}

/* When all roles are known. */
static void find_runs(struct csv *c)
{
    c->nruns = 0;
    for (size_t i = 0; i < c->n; i++) {
        enum role role = c->columns[i].role;
        if (role == R_NONE || role == R_TS || role == R_VALUE || role == R_METRIC)
            continue;
        if (c->nruns && c->runs[c->nruns - 1].last + 1 == i) {
            c->runs[c->nruns - 1].last = i;
            continue;
        }
        c->runs = pt_mem_grow(c->runs, &c->runs_cap, c->nruns + 1, sizeof *c->runs);
        c->runs[c->nruns++] = (struct run){i, i};
    }
}

static bool marked(struct pt_str row)
{
    return row.n > 2 && row.p[0] == '#' && row.p[1] == ' ';
}

static int read_header(struct csv *c, struct pt_str row, struct pt_err *err)
{
    forget_header(c);
    pt_arena_reset(&c->cells.arena);
    pt_buf_clear(&c->header);
    pt_buf_str(&c->header, row);
    pt_buf_clear(&c->deciding);
    if ((c->marked = marked(row)))
        row = (struct pt_str){row.p + 2, row.n - 2};
    if (pt_cells_split(&c->cells, row, err) != 0)
        return -1;
    c->columns = pt_mem_grow(c->columns, &c->cap, c->cells.n, sizeof *c->columns);
    for (c->n = 0; c->n < c->cells.n; c->n++) {
        struct pt_str cell = c->cells.v[c->n];
        if (pt_text_utf8(cell) != cell.n || (cell.n && memchr(cell.p, '\0', cell.n)))
            return refuse_header(c, "a column's name is not UTF-8", err);
        c->columns[c->n] = (struct column){pt_mem_strndup(cell.p, cell.n), role_of(cell)};
        if (c->marked && pt_str_is(cell, "interval"))
            c->columns[c->n].role = R_NONE;
    }
    for (size_t i = 0; i < c->n; i++)
        if (!c->columns[i].name[0] || repeated(c, i))
            return refuse_header(c, "a column's name is empty or comes twice", err);
    c->ts = column_of(c, R_TS);
    c->value = column_of(c, R_VALUE);
    if (c->ts == c->n)
        return no_time(c, err);
    c->wide = column_of(c, R_NAME) == c->n || c->value == c->n;
    c->roles_known = !c->wide;
    if (!c->wide)
        find_runs(c);
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

/* In tables of sadf(1) these say of what the values are, though some are numbers. */
static const char SADF_TAGS[] = "hostname,CPU,INTR,TTY,DEV,IFACE,BUS,FAN,TEMP,IN,BAT";

static bool is_value(const struct csv *c, size_t i)
{
    const char *name = c->columns[i].name;
    if (c->value_heads)
        return listed(c->value_heads, name);
    if (listed(c->tag_heads, name) || (c->marked && listed(SADF_TAGS, name)))
        return false;
    return is_number(c->cells.v[i]) || !c->cells.v[i].n;
}

/* "12,5" where semicolons leave commas to numbers; as a tag it would make a series of each
 * value. */
static bool decimal_comma(const struct csv *c, struct pt_str s)
{
    char text[PT_NUM_MAX];
    const char *comma = s.n ? memchr(s.p, ',', s.n) : NULL;
    if (c->cells.separator != ';' || !comma || s.n > sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[comma - s.p] = '.';
    return is_number((struct pt_str){text, s.n});
}

static int bad_cell(const struct csv *c, size_t i, const char *why, struct pt_err *err)
{
    struct pt_buf shown = {0};
    struct pt_str cell = c->cells.v[i];
    pt_text_terminal(&shown, (struct pt_str){cell.p, cell.n < EXCERPT ? cell.n : EXCERPT});
    pt_err_set(err, PT_DATA, "%.64s: %s: \"%s\"", c->columns[i].name, why, shown.n ? shown.p : "");
    pt_buf_release(&shown);
    return -1;
}

/* The roles in a wide table, by what the caller said or by the first row: numbers are values, text
 * is a tag.  A lone "name" or "value" column is one like any other. */
static int learn_roles(struct csv *c, struct pt_err *err)
{
    bool values = false;
    for (size_t i = 0; i < c->n; i++) {
        struct column *column = &c->columns[i];
        bool value;
        if (column->role != R_TAG && column->role != R_NAME && column->role != R_VALUE &&
            column->role != R_METRIC)
            continue;
        value = is_value(c, i);
        if (!value && !c->value_heads && !listed(c->tag_heads, column->name) &&
            decimal_comma(c, c->cells.v[i]))
            return bad_cell(c, i, "a number has a decimal point (--tags makes it a tag)", err);
        column->role = value ? R_METRIC : R_TAG;
        values |= value && (c->value_heads || c->cells.v[i].n);
    }
    c->roles_known = values;
    find_runs(c);
    return values ? 0
                  : pt_err_set(err, PT_DATA, "no column of values: %s",
                               c->value_heads ? "the header has none of those named"
                                              : "no cell of this row is a number");
}

static int read_ts(const struct csv *c, size_t i, int64_t *out, struct pt_err *err)
{
    struct pt_str cell = c->cells.v[i];
    enum { UTC = sizeof " UTC" - 1 };
    char text[PT_TIME_TEXT];
    struct pt_err ignored = {0};
    if (pt_time_epoch(cell, c->ts_unit, out) == 0 || pt_time_rfc3339(cell, out) == 0)
        return 0;
    /* "2026-11-20 09:30:00" without a zone is common in CSV: it is the local zone's. */
    if (cell.n >= 10 && cell.n < sizeof text && memchr("0123456789", cell.p[0], 10)) {
        memcpy(text, cell.p, cell.n);
        text[cell.n] = '\0';
        if (cell.n > UTC && memcmp(text + cell.n - UTC, " UTC", UTC) == 0) {
            text[cell.n - UTC] = 'Z';
            return pt_time_rfc3339((struct pt_str){text, cell.n - UTC + 1}, out) == 0
                       ? 0
                       : bad_cell(c, i, "not a time", err);
        }
        if (pt_time_when(text, 0, out, &ignored) == 0)
            return 0;
    }
    return bad_cell(c, i, "not a time", err);
}

static int read_tags(struct csv *c, struct pt_tag **out, size_t *n, struct pt_err *err)
{
    struct pt_tag *tags = pt_arena_alloc(&c->cells.arena, (c->n + 1) * sizeof *tags);
    struct pt_tags given = {0};
    for (size_t i = 0; i < c->n; i++) {
        struct pt_str cell = c->cells.v[i];
        if (c->columns[i].role == R_TAGS &&
            pt_tags_parse(cell, &c->cells.arena, &given, err) != 0)
            return -1;
        if (c->columns[i].role != R_TAG || !cell.n)
            continue;
        if (pt_text_utf8(cell) != cell.n)
            return bad_cell(c, i, "not UTF-8", err);
        tags[(*n)++] = (struct pt_tag){pt_str(c->columns[i].name), cell};
    }
    *out = tags;
    if (!given.n)
        return 0;
    *out = pt_arena_alloc(&c->cells.arena, (*n + given.n) * sizeof **out);
    memcpy(*out, tags, *n * sizeof **out);
    memcpy(*out + *n, given.v, given.n * sizeof **out);
    *n += given.n;
    return 0;
}

/* The slow way: cells that were not met yet. */
static int learn(struct csv *c, struct pt_str raw, struct pt_err *err)
{
    struct pt_record *r = &c->row;
    struct pt_tag *tags = NULL;
    size_t n = 0;
    *r = (struct pt_record){0};
    for (size_t i = 0; i < c->n; i++) {
        struct pt_str cell = c->cells.v[i];
        switch (c->columns[i].role) {
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
    return read_tags(c, &tags, &n, err) == 0
               ? pt_spellings_learn(&c->spellings, raw, r, tags, n, err)
               : -1;
}

/* The bytes of the runs, with separators between them as in a row. */
static struct pt_str raw_series(struct csv *c)
{
    pt_buf_clear(&c->key);
    for (size_t i = 0; i < c->nruns; i++) {
        const char *p = c->cells.starts[c->runs[i].first];
        struct pt_str raw = {p, (size_t)(c->cells.starts[c->runs[i].last + 1] - p) - 1};
        if (c->nruns == 1)
            return raw;
        pt_buf_str(&c->key, raw);
        pt_buf_putc(&c->key, c->cells.separator);
    }
    return pt_buf_view(&c->key);
}

static int read_shared(struct csv *c, struct pt_err *err)
{
    struct pt_str raw = raw_series(c);
    int64_t ts;
    if (read_ts(c, c->ts, &ts, err) != 0 ||
        (!pt_spellings_find(&c->spellings, raw, &c->row) && learn(c, raw, err) != 0))
        return -1;
    c->row.ts = ts;
    return 0;
}

static int read_row(struct csv *c, struct pt_str row, struct pt_err *err)
{
    pt_arena_reset(&c->cells.arena);
    c->at = c->n;
    if (pt_cells_split(&c->cells, row, err) != 0)
        return -1;
    if (c->cells.n != c->n)
        return pt_err_set(err, PT_DATA, "%zu cells where the header has %zu", c->cells.n, c->n);
    if (!c->roles_known) {
        if (learn_roles(c, err) != 0)
            return -1;
        pt_buf_str(&c->deciding, row);
    }
    if (read_shared(c, err) != 0)
        return -1;
    c->at = c->wide ? 0 : c->value;
    return 0;
}

static int next_record(void *self, struct pt_record *out, struct pt_err *err)
{
    struct csv *c = self;
    for (; c->at < c->n; c->at++) {
        struct pt_str cell = c->cells.v[c->at];
        enum role role = c->columns[c->at].role;
        if (role != (c->wide ? R_METRIC : R_VALUE) || (c->wide && !cell.n))
            continue;
        *out = c->row;
        if (c->wide)
            out->name = pt_str(c->columns[c->at].name);
        if (!cell.n || pt_num_parse_loose(cell.p, cell.p + cell.n, &out->value) != cell.p + cell.n)
            return bad_cell(c, c->at++, "not a number", err);
        c->at++;
        return !c->wide || pt_record_check(out, err) == 0 ? 1 : -1;
    }
    return 0;
}

/* A time at p; the byte behind it, or NULL. */
static const char *expect_ts(struct csv *c, const char *p, const char *end, int64_t *out)
{
    const char *stop = pt_time_epoch_again(&c->last_ts, p, end, c->ts_unit, out);
    if (stop && stop < end && *stop == c->cells.separator)
        return stop;
    stop = memchr(p, c->cells.separator, (size_t)(end - p));
    return stop && pt_time_rfc3339((struct pt_str){p, (size_t)(stop - p)}, out) == 0 ? stop : NULL;
}

/* Whether a row is a plain time, what stood between time and value in the row that followed the
 * last one before, and a plain number: then no cell need be looked at.  For tables of that order
 * only. */
static bool expect(void *self, struct pt_str text, struct pt_record *out)
{
    struct csv *c = self;
    const char *p = text.p, *end = text.p + text.n;
    int64_t ts;
    size_t n;
    if (c->wide || c->nruns != 1 || c->ts != 0 || c->runs[0].first != 1 ||
        c->runs[0].last != c->n - 2 || c->value != c->n - 1)
        return false;
    end -= end > p && end[-1] == '\r';
    p = expect_ts(c, p, end, &ts);
    if (!p || !(n = pt_spellings_expect(&c->spellings, p + 1, end, out)))
        return false;
    p += n + 1;
    if (p >= end || *p != c->cells.separator || pt_num_parse(p + 1, end, &out->value) != end)
        return false;
    out->ts = ts;
    c->at = c->n;
    return true;
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct csv *c = self;
    (void)now;
    if (!c->n || (c->marked && marked(text) && memchr(text.p, c->cells.separator, text.n)))
        return read_header(c, text, err);
    return read_row(c, text, err) == 0 ? next_record(c, out, err) : -1;
}

static void before(const void *self, struct pt_str text, struct pt_buf *out)
{
    const struct csv *c = self;
    (void)text;
    if (!c->n)
        return;
    pt_buf_str(out, pt_buf_view(&c->header));
    pt_buf_putc(out, '\n');
    if (c->wide && c->roles_known) {
        pt_buf_str(out, pt_buf_view(&c->deciding));
        pt_buf_putc(out, '\n');
    }
}

static bool looks_csv(struct pt_str line)
{
    return memchr(line.p, ',', line.n) || memchr(line.p, ';', line.n);
}

static bool looks_tsv(struct pt_str line)
{
    return memchr(line.p, '\t', line.n) && !memchr(line.p, ',', line.n);
}

#define SHARED                                                                                 \
    .free = release, .expect = expect, .open = open_quote, .row_most = ROW_MOST,               \
    .unclosed = "a quoted cell that opens here does not end", .row = row, .more = next_record, \
    .before = before, .depends = true

const struct pt_reader PT_READER_CSV = {
    .name = "csv", .looks = looks_csv, .make = make_csv, SHARED};
const struct pt_reader PT_READER_TSV = {
    .name = "tsv", .looks = looks_tsv, .make = make_tsv, SHARED};
