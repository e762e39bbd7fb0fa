/* ask.c - see ask.h.
 *
 * Without --agg and --window the points themselves are written, run by run as the source hands them
 * out; with either of them lib/query answers and the rows are written here: as stat records in
 * jsonl, as a sheet with a column a tag and a column an aggregate otherwise. */
#include "ask.h"

#include "base/mem.h"
#include "cli/program.h"
#include "input.h"
#include "query/catalogue.h"
#include "query/query.h"
#include "record/write.h"

#include <math.h>
#include <stdlib.h>

enum { KEYS_MOST = 32 };

#define NO_WINDOW INT64_MIN /* --window was not given */

static struct {
    struct query_options common;
    int64_t window;
    const char *agg, *by;
} opt = {.common.output = -1, .window = NO_WINDOW};

const struct pt_option query_ask_options[] = {
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_RANGE_OPTIONS(&opt.common),
    {PT_OPTION_DURATION, 'w', "window", "DURATION", &opt.window, NULL, NULL,
     "one row for each window of this length, aligned to the epoch in UTC"},
    {PT_OPTION_TEXT, 'a', "agg", "LIST", &opt.agg, NULL, NULL,
     "aggregates, separated by commas: count, sum, avg, min, max, first, last, stddev, median, pN, "
     "increase, rate (default with --window: avg)"},
    {PT_OPTION_TEXT, 'b', "by", "LIST", &opt.by, NULL, NULL,
     "tags to group by, separated by commas; also \"name\" and \"series\" (default: one group)"},
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

/* --- the points themselves ------------------------------------------------------------------- */

struct raw {
    struct query_input *in;
    struct pt_buf *out;
    struct pt_sheet *sheet;            /* NULL: jsonl */
    struct pt_catalogue list;          /* all series that match */
    const struct pt_store_series *now; /* the one in hand */
    uint64_t points;
    struct pt_err *err;
};

static void write_point(struct raw *r, int64_t ts, struct pt_num value)
{
    const struct pt_store_series *s = r->now;
    if (!r->sheet) {
        pt_line_metric(r->out, ts, s->name, value, s->kind, s->unit, s->tags);
        return;
    }
    pt_sheet_time(r->sheet, ts);
    pt_sheet_text(r->sheet, s->name);
    pt_sheet_num(r->sheet, value);
    pt_sheet_text(r->sheet, s->unit);
    pt_sheet_json(r->sheet, s->tags);
}

static int write_run(void *ctx, const struct pt_store_run *run)
{
    struct raw *r = ctx;
    for (size_t i = 0; i < run->points->n; i++) {
        write_point(r, run->points->ts[i], pt_column_value(run->points, i));
        if (pt_program_flush(r->out, r->err) != 0)
            return -1;
    }
    r->points += run->points->n;
    return pt_program_stopping() ? 1 : 0;
}

static int write_points(struct raw *r, const struct pt_selector *selector, int64_t since,
                        int64_t until)
{
    struct pt_store_range range = {.since = since, .until = until};
    int rc = pt_catalogue_read(&r->list, r->in->source, selector, r->err);
    for (size_t i = 0; i < r->list.n && rc == 0; i++) {
        r->now = &r->list.series[i];
        rc = pt_source_each_run(r->in->source, r->now->id, &range, write_run, r, r->err);
    }
    if (rc < 0)
        return -1;
    if (!r->points)
        return pt_query_nothing(r->in->source, selector, since, until, r->err);
    if (r->sheet)
        pt_sheet_end(r->sheet);
    return pt_program_write(r->out, r->err);
}

static int ask_raw(struct query_input *in, const struct pt_query *q, struct pt_err *err)
{
    static const char *const COLUMNS[] = {"ts", "name", "value", "unit", "tags"};
    enum pt_sheet_format format = pt_program_format(opt.common.output);
    struct pt_buf out = {0};
    struct raw r = {.in = in, .out = &out, .err = err};
    int rc;
    if (format != PT_SHEET_JSONL) {
        r.sheet = pt_sheet_new(format, pt_program_color(1), &out);
        for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
            pt_sheet_column(r.sheet, COLUMNS[i], NULL);
    }
    rc = write_points(&r, q->selector, q->since, q->until);
    pt_sheet_free(r.sheet);
    pt_catalogue_release(&r.list);
    pt_buf_release(&out);
    return rc;
}

/* --- aggregates as stat records -------------------------------------------------------------- */

static void write_stat(struct pt_buf *out, const struct pt_query *q, const struct pt_group *g,
                       size_t row)
{
    const struct pt_num *values = g->values + row * q->naggs;
    pt_line_open(out, "stat", g->start[row]);
    if (g->name.n)
        pt_line_text(out, "name", g->name);
    if (q->window)
        pt_line_num(out, "window", pt_num_real((double)q->window / (double)PT_S));
    if (g->tags.n > 2)
        pt_line_json(out, "tags", g->tags);
    if (g->unit.n)
        pt_line_text(out, "unit", g->unit);
    for (size_t i = 0; i < q->naggs; i++)
        if (isfinite(values[i].d))
            pt_line_num(out, q->aggs[i].name, values[i]);
    pt_line_close(out);
}

static int write_stats(const struct pt_query *q, const struct pt_answer *a, struct pt_buf *out,
                       struct pt_err *err)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t row = 0; row < a->groups[i].n; row++) {
            write_stat(out, q, &a->groups[i], row);
            if (pt_program_flush(out, err) != 0)
                return -1;
        }
    return 0;
}

/* --- aggregates as a sheet ------------------------------------------------------------------- */

static bool is_series(const char *key)
{
    return strcmp(key, "series") == 0;
}

static bool is_name(const char *key)
{
    return strcmp(key, "name") == 0;
}

/* The unit of all groups; empty when they differ. */
static struct pt_str common_unit(const struct pt_answer *a)
{
    for (size_t i = 1; i < a->n; i++)
        if (!pt_str_eq(a->groups[i].unit, a->groups[0].unit))
            return (struct pt_str){0};
    return a->n ? a->groups[0].unit : (struct pt_str){0};
}

static void add_columns(struct pt_sheet *s, const struct pt_query *q, const struct pt_answer *a)
{
    struct pt_str unit = common_unit(a);
    struct pt_buf shown = {0};
    if (q->window)
        pt_sheet_column(s, "ts", NULL);
    for (size_t i = 0; i < q->nby; i++) {
        if (is_series(q->by[i]))
            pt_sheet_column(s, "name", NULL);
        pt_sheet_column(s, is_series(q->by[i]) ? "tags" : q->by[i], NULL);
    }
    for (size_t i = 0; i < q->naggs; i++) {
        pt_buf_clear(&shown);
        pt_agg_unit(&q->aggs[i], unit, &shown);
        pt_sheet_column(s, q->aggs[i].name, shown.n ? shown.p : NULL);
    }
    pt_buf_release(&shown);
}

static void add_keys(struct pt_sheet *s, const struct pt_query *q, const struct pt_group *g,
                     struct pt_tags tags)
{
    for (size_t i = 0; i < q->nby; i++) {
        if (is_series(q->by[i])) {
            pt_sheet_text(s, g->name);
            pt_sheet_json(s, g->tags);
        } else {
            pt_sheet_text(s, is_name(q->by[i]) ? g->name : pt_tags_get(tags, pt_str(q->by[i])));
        }
    }
}

static int add_group(struct pt_sheet *s, const struct pt_query *q, const struct pt_group *g,
                     struct pt_buf *out, struct pt_err *err)
{
    struct pt_arena arena = {0};
    struct pt_tags tags;
    int rc = pt_tags_parse(g->tags, &arena, &tags, err);
    for (size_t row = 0; row < g->n && rc == 0; row++) {
        if (q->window)
            pt_sheet_time(s, g->start[row]);
        add_keys(s, q, g, tags);
        for (size_t i = 0; i < q->naggs; i++)
            pt_sheet_num(s, g->values[row * q->naggs + i]);
        rc = pt_program_flush(out, err);
    }
    pt_arena_release(&arena);
    return rc;
}

static int write_sheet(const struct pt_query *q, const struct pt_answer *a,
                       enum pt_sheet_format format, struct pt_buf *out, struct pt_err *err)
{
    struct pt_sheet *s = pt_sheet_new(format, pt_program_color(1), out);
    int rc = 0;
    add_columns(s, q, a);
    for (size_t i = 0; i < a->n && rc == 0; i++)
        rc = add_group(s, q, &a->groups[i], out, err);
    if (rc == 0)
        pt_sheet_end(s);
    pt_sheet_free(s);
    return rc;
}

static bool has_tag(const struct pt_answer *answer, const char *key)
{
    struct pt_arena arena = {0};
    struct pt_err ignored = {0};
    struct pt_tags tags;
    bool found = false;
    for (size_t i = 0; i < answer->n && !found; i++) {
        pt_arena_reset(&arena);
        found = pt_tags_parse(answer->groups[i].tags, &arena, &tags, &ignored) == 0 &&
                pt_tags_get(tags, pt_str(key)).n > 0;
    }
    pt_arena_release(&arena);
    return found;
}

/* A misspelt key would silently make one group of all. */
static int warn_of_keys(struct query_input *in, const struct pt_query *q,
                        const struct pt_answer *answer, struct pt_err *err)
{
    for (size_t i = 0; i < q->nby; i++) {
        struct pt_buf keys = {0};
        int rc;
        if (is_name(q->by[i]) || is_series(q->by[i]) || has_tag(answer, q->by[i]))
            continue;
        rc = pt_query_tag_keys(in->source, q->selector, &keys, err);
        if (rc == 0)
            pt_program_log(PT_LOG_WARNING,
                           "--by: no series that matches has the tag \"%s\"; tags: %s", q->by[i],
                           keys.n ? keys.p : "none");
        pt_buf_release(&keys);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static int ask_aggregates(struct query_input *in, const struct pt_query *q, struct pt_err *err)
{
    enum pt_sheet_format format = pt_program_format(opt.common.output);
    struct pt_answer answer;
    struct pt_buf out = {0};
    int rc = pt_query_run(in->source, q, &answer, err);
    if (rc == 0 && !answer.n)
        rc = pt_query_nothing(in->source, q->selector, q->since, q->until, err);
    else if (rc == 0)
        rc = format == PT_SHEET_JSONL ? write_stats(q, &answer, &out, err)
                                      : write_sheet(q, &answer, format, &out, err);
    if (rc == 0)
        rc = warn_of_keys(in, q, &answer, err);
    if (rc == 0)
        rc = pt_program_write(&out, err);
    pt_answer_release(&answer);
    pt_buf_release(&out);
    return rc;
}

/* --- the command line ------------------------------------------------------------------------ */

/* The query that the options make, and what it points at. */
struct request {
    struct pt_query query;
    struct pt_selector *selector;
    struct pt_agg aggs[PT_AGGS_MOST];
    const char *keys[KEYS_MOST];
    char *by; /* the text of the keys */
};

static int parse_aggs(struct request *r, struct pt_err *err)
{
    const char *list = opt.agg ? opt.agg : opt.window != NO_WINDOW ? "avg" : NULL;
    int n = list ? pt_agg_parse(list, r->aggs, err) : 0;
    r->query.aggs = r->aggs;
    r->query.naggs = n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : 0;
}

static int parse_window(struct request *r, struct pt_err *err)
{
    if (opt.window == NO_WINDOW)
        return 0;
    if (opt.window <= 0)
        return pt_err_set(err, PT_USAGE, "--window: a window is longer than 0, such as 30s or 5m");
    r->query.window = opt.window;
    return 0;
}

static int add_key(struct request *r, const char *key, struct pt_err *err)
{
    struct pt_query *q = &r->query;
    if (!*key)
        return pt_err_set(err, PT_USAGE, "--by: a tag without a name at character %zu of: %s",
                          (size_t)(key - r->by) + 1, opt.by);
    if (q->nby == KEYS_MOST)
        return pt_err_set(err, PT_USAGE, "--by: more than %d tags", KEYS_MOST);
    for (size_t i = 0; i < q->nby; i++)
        if (strcmp(q->by[i], key) == 0)
            return pt_err_set(err, PT_USAGE, "--by: \"%s\" is named twice in: %s", key, opt.by);
    r->keys[q->nby++] = key;
    return 0;
}

static int parse_by(struct request *r, struct pt_err *err)
{
    r->query.by = r->keys;
    if (!opt.by)
        return 0;
    if (!r->query.naggs)
        return pt_err_set(err, PT_USAGE, "--by groups aggregates; give --agg or --window too");
    r->by = pt_mem_strdup(opt.by);
    for (char *key = r->by, *comma = key; comma; key = comma + 1) {
        comma = strchr(key, ',');
        if (comma)
            *comma = '\0';
        if (add_key(r, key, err) != 0)
            return -1;
        if (!comma)
            break;
    }
    return 0;
}

static int parse_request(struct request *r, int argc, char **argv, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    if (query_selector(argc, argv, &r->selector, err) != 0)
        return -1;
    r->query.selector = r->selector;
    if (parse_aggs(r, err) != 0 || parse_window(r, err) != 0 || parse_by(r, err) != 0)
        return -1;
    return pt_program_range(o->since, o->until, o->tz, &r->query.since, &r->query.until, err);
}

int query_ask_run(int argc, char **argv, struct pt_err *err)
{
    struct request r = {0};
    struct query_input in = {0};
    int rc = parse_request(&r, argc, argv, err);
    if (rc == 0) {
        rc = query_input_open(&in, &opt.common, r.selector, err);
        if (rc == 0)
            rc = r.query.naggs ? ask_aggregates(&in, &r.query, err) : ask_raw(&in, &r.query, err);
        rc = query_input_close(&in, rc, err);
    }
    pt_selector_free(r.selector);
    free(r.by);
    return rc;
}
