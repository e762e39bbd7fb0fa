/* breakdown.c - see breakdown.h: lib/query counts, this shows what of it is asked for. */
#include "breakdown.h"

#include "base/text.h"
#include "cli/program.h"
#include "input.h"
#include "listing.h"
#include "query/breakdown.h"
#include "query/query.h"

#include <stdlib.h>

static struct {
    struct query_options common;
    const char *values;
    uint64_t top;
} opt = {.common.output = -1};

const struct pt_option query_names_options[] = {
    QUERY_INPUT_OPTIONS(&opt.common),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};
const struct pt_option query_tags_options[] = {
    {PT_OPTION_TEXT, 0, "values", "TAG", &opt.values, NULL, NULL,
     "list the values of this tag instead of the tags"},
    QUERY_INPUT_OPTIONS(&opt.common),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};
const struct pt_option query_cardinality_options[] = {
    {PT_OPTION_COUNT, 0, "top", "N", &opt.top, "10", NULL, "how many of each kind; 0 for all"},
    QUERY_INPUT_OPTIONS(&opt.common),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void write_reach(struct query_listing *l, const struct pt_reach *r)
{
    query_listing_time(l, r->n > 0, r->first);
    query_listing_time(l, r->n > 0, r->last);
}

/* --- names ----------------------------------------------------------------------------------- */

static void write_name(struct query_listing *l, const struct pt_breakdown_row *row)
{
    pt_sheet_text(l->sheet, row->name);
    pt_sheet_int(l->sheet, (int64_t)row->series);
    pt_sheet_int(l->sheet, (int64_t)row->reach.n);
    pt_sheet_text_or_null(l->sheet, pt_str(pt_kind_name(row->kind)));
    pt_sheet_text_or_null(l->sheet, row->unit);
    write_reach(l, &row->reach);
}

static int write_names(const struct pt_breakdown *b, struct pt_store *source, struct pt_err *err)
{
    static const struct query_column COLUMNS[] = {{"name", NULL}, {"series", NULL},
                                                  {"points", NULL}, {"kind", NULL},
                                                  {"unit", NULL}, {"first", NULL},
                                                  {"last", NULL}};
    struct query_listing l = {0};
    size_t n;
    const struct pt_breakdown_row **rows = pt_breakdown_rows(b, PT_BREAKDOWN_NAME, false, &n);
    int rc = 0;
    (void)source;
    query_listing_open(&l, opt.common.output, COLUMNS, COUNT(COLUMNS));
    for (size_t i = 0; i < n && rc == 0; i++) {
        write_name(&l, rows[i]);
        rc = query_listing_row(&l, err);
    }
    free(rows);
    return query_listing_close(&l, rc, err);
}

/* --- tags ------------------------------------------------------------------------------------ */

static void write_tag(struct query_listing *l, const struct pt_breakdown_row *row)
{
    pt_sheet_text(l->sheet, opt.values ? row->value : row->key);
    if (!opt.values)
        pt_sheet_int(l->sheet, (int64_t)row->values);
    pt_sheet_int(l->sheet, (int64_t)row->series);
    pt_sheet_int(l->sheet, (int64_t)row->reach.n);
    write_reach(l, &row->reach);
}

static int no_values(struct pt_store *source, struct pt_err *err)
{
    struct pt_buf tag = {0}, keys = {0};
    int rc = pt_query_tag_keys(source, NULL, &keys, err);
    pt_text_terminal(&tag, pt_str(opt.values));
    if (rc == 0)
        rc = pt_err_set(err, PT_FOUND,
                        "no series that matches has the tag %.100s; tags there are: %.300s",
                        tag.p ? tag.p : "\"\"", keys.p ? keys.p : "none");
    pt_buf_release(&tag);
    pt_buf_release(&keys);
    return rc;
}

static int write_tags(const struct pt_breakdown *b, struct pt_store *source, struct pt_err *err)
{
    static const struct query_column KEYS[] = {{"tag", NULL}, {"values", NULL}, {"series", NULL},
                                               {"points", NULL}, {"first", NULL}, {"last", NULL}};
    static const struct query_column VALUES[] = {{"value", NULL}, {"series", NULL},
                                                 {"points", NULL}, {"first", NULL}, {"last", NULL}};
    struct query_listing l = {0};
    size_t n;
    const struct pt_breakdown_row **rows =
        pt_breakdown_rows(b, opt.values ? PT_BREAKDOWN_TAG : PT_BREAKDOWN_KEY, false, &n);
    int rc = 0;
    query_listing_open(&l, opt.common.output, opt.values ? VALUES : KEYS,
                       opt.values ? COUNT(VALUES) : COUNT(KEYS));
    for (size_t i = 0; i < n && rc == 0; i++)
        if (!opt.values || pt_str_is(rows[i]->key, opt.values)) {
            write_tag(&l, rows[i]);
            rc = query_listing_row(&l, err);
        }
    if (rc == 0 && opt.values && !l.n)
        rc = no_values(source, err);
    free(rows);
    return query_listing_close(&l, rc, err);
}

/* --- cardinality ----------------------------------------------------------------------------- */

static void text_if(struct pt_sheet *s, bool given, struct pt_str text)
{
    if (given)
        pt_sheet_text(s, text);
    else
        pt_sheet_null(s);
}

enum { ALL = PT_BREAKDOWNS }; /* one row for all series, next to the tables */

static void write_weight(struct query_listing *l, int by, const struct pt_breakdown_row *row,
                         const struct pt_breakdown *b)
{
    static const char *const KINDS[] = {"name", "tag", "value", "name and tag", "all"};
    bool named = by == PT_BREAKDOWN_NAME || by == PT_BREAKDOWN_LABEL;
    pt_sheet_text(l->sheet, pt_str(KINDS[by]));
    text_if(l->sheet, named, row->name);
    text_if(l->sheet, by != PT_BREAKDOWN_NAME && by != ALL, row->key);
    text_if(l->sheet, by == PT_BREAKDOWN_TAG, row->value);
    if (by == PT_BREAKDOWN_KEY || by == PT_BREAKDOWN_LABEL)
        pt_sheet_int(l->sheet, (int64_t)row->values);
    else
        pt_sheet_null(l->sheet);
    pt_sheet_int(l->sheet, (int64_t)row->series);
    pt_sheet_num(l->sheet, pt_num_real(100 * (double)row->series / (double)b->series));
}

static int write_cardinality(const struct pt_breakdown *b, struct pt_store *source,
                             struct pt_err *err)
{
    static const struct query_column COLUMNS[] = {{"by", NULL}, {"name", NULL}, {"tag", NULL},
                                                  {"value", NULL}, {"values", NULL},
                                                  {"series", NULL}, {"share", "%"}};
    struct query_listing l = {0};
    int rc;
    (void)source;
    query_listing_open(&l, opt.common.output, COLUMNS, COUNT(COLUMNS));
    write_weight(&l, ALL, &(struct pt_breakdown_row){.series = b->series}, b);
    rc = query_listing_row(&l, err);
    for (int by = 0; by < PT_BREAKDOWNS && rc == 0; by++) {
        size_t n;
        const struct pt_breakdown_row **rows =
            pt_breakdown_rows(b, (enum pt_breakdown_by)by, true, &n);
        for (size_t i = 0; i < n && (!opt.top || i < opt.top) && rc == 0; i++) {
            write_weight(&l, by, rows[i], b);
            rc = query_listing_row(&l, err);
        }
        free(rows);
    }
    return query_listing_close(&l, rc, err);
}

/* --- all ------------------------------------------------------------------------------------- */

static int run(int argc, char **argv, struct pt_breakdown b,
               int (*write)(const struct pt_breakdown *b, struct pt_store *source,
                            struct pt_err *err),
               struct pt_err *err)
{
    struct pt_selector *selector;
    struct query_input in = {0};
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = query_input_open(&in, &opt.common, selector, err);
    if (rc == 0)
        rc = pt_breakdown_read(&b, in.source, selector, err);
    if (rc == 0)
        rc = b.series ? write(&b, in.source, err)
                      : pt_query_nothing(in.source, selector, PT_TIME_MIN, PT_TIME_MAX, err);
    rc = query_input_close(&in, rc, err);
    pt_selector_free(selector);
    pt_breakdown_release(&b);
    return rc;
}

int query_names_run(int argc, char **argv, struct pt_err *err)
{
    return run(argc, argv, (struct pt_breakdown){.reaches = true}, write_names, err);
}

int query_tags_run(int argc, char **argv, struct pt_err *err)
{
    return run(argc, argv, (struct pt_breakdown){.reaches = true}, write_tags, err);
}

int query_cardinality_run(int argc, char **argv, struct pt_err *err)
{
    return run(argc, argv, (struct pt_breakdown){.labels = true}, write_cardinality, err);
}
