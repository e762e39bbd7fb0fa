/* lineage.c - see lineage.h: lib/store finds the batches, this shows them. */
#include "lineage.h"

#include "cli/program.h"
#include "input.h"
#include "store/origin.h"

static struct {
    struct query_options common;
    const char *type, *trace, *where;
} opt = {.common.output = -1};

const struct pt_option query_lineage_options[] = {
    PT_OPT_DB(&opt.common.db),
    QUERY_RANGE_OPTIONS(&opt.common),
    {PT_OPTION_TEXT, 't', "type", "TYPE", &opt.type, NULL, NULL,
     "only of documents of this type, such as event or span; metric: only of points"},
    {PT_OPTION_TEXT, 0, "trace", "ID", &opt.trace, NULL, NULL, "only of documents of this trace"},
    {PT_OPTION_TEXT, 'w', "where", "EXPRESSION", &opt.where, NULL, NULL,
     "only of documents for which this holds, such as 'id = \"T35\"'"},
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

struct listing {
    struct pt_sheet *sheet;
    struct pt_buf out;
    uint64_t n;
    struct pt_err *err;
};

static const char *const COLUMNS[] = {
    "batch", "exact",      "kind", "source",  "format", "start", "stop",    "lines", "points",
    "documents", "duplicates", "late", "rejects", "at", "run", "command", "host",  "version"};

/* What stands behind the columns batch and exact, in their order. */
static void write_known(struct pt_sheet *s, const struct pt_origin *o)
{
    const uint64_t counts[] = {o->start,     o->stop,       o->lines, o->points,
                               o->documents, o->duplicates, o->late,  o->rejects};
    pt_sheet_text_or_null(s, o->kind);
    pt_sheet_text_or_null(s, o->source);
    pt_sheet_text_or_null(s, o->format);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        pt_sheet_int(s, (int64_t)counts[i]);
    pt_sheet_time(s, o->at);
    if (o->command.n)
        pt_sheet_time(s, o->run);
    else
        pt_sheet_null(s);
    pt_sheet_text_or_null(s, o->command);
    pt_sheet_text_or_null(s, o->host);
    pt_sheet_text_or_null(s, o->version);
}

static int write_origin(void *ctx, const struct pt_origin *o)
{
    struct listing *l = ctx;
    l->n++;
    pt_sheet_int(l->sheet, o->batch);
    pt_sheet_text(l->sheet, o->exact ? PT_STR("yes") : PT_STR("no"));
    if (o->known)
        write_known(l->sheet, o);
    for (size_t i = 2; !o->known && i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_null(l->sheet);
    if (pt_program_flush(&l->out, l->err) != 0)
        return -1;
    return pt_program_stopping() ? 1 : 0;
}

static int read_store(struct listing *l, const struct pt_store_filter *filter, struct pt_err *err)
{
    struct pt_store *store;
    int rc;
    if (pt_store_open(&store, pt_program_db(opt.common.db), PT_STORE_READ, err) != 0)
        return -1;
    rc = pt_store_begin_read(store, err);
    if (rc == 0) {
        rc = pt_origin_each(store, filter, write_origin, l, err);
        pt_store_end_read(store);
    }
    pt_store_close(store);
    return rc < 0 ? -1 : 0;
}

static int list(const struct pt_store_filter *filter, struct pt_err *err)
{
    struct listing l = {.err = err};
    int rc;
    l.sheet = pt_sheet_new(pt_program_format(opt.common.output), pt_program_color(1), &l.out);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_column(l.sheet, COLUMNS[i], NULL);
    rc = read_store(&l, filter, err);
    if (rc == 0 && !l.n)
        rc = pt_err_set(err, PT_FOUND, "no point or document matches");
    if (rc == 0) {
        pt_sheet_end(l.sheet);
        rc = pt_program_write(&l.out, err);
    }
    pt_sheet_free(l.sheet);
    pt_buf_release(&l.out);
    return rc;
}

int query_lineage_run(int argc, char **argv, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    struct pt_store_filter filter = {.type = opt.type, .trace = opt.trace};
    struct pt_selector *selector;
    struct pt_path_filter *where = NULL;
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = opt.where ? pt_path_parse(opt.where, &where, err) : 0;
    filter.selector = selector;
    filter.where = where;
    if (rc == 0)
        rc = pt_program_range(o->since, o->until, o->tz, &filter.since, &filter.until, err);
    if (rc == 0)
        rc = list(&filter, err);
    pt_selector_free(selector);
    pt_path_free(where);
    return rc;
}
