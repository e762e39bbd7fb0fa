/* records.c - see records.h.
 *
 * From a store the documents come in order of time; standard input is a stream and keeps its order,
 * so that nothing has to wait for its end. */
#include "records.h"

#include "base/text.h"
#include "cli/program.h"
#include "input.h"

#include <unistd.h>

static struct {
    struct query_options common;
    const char *type, *trace, *where;
} opt = {.common.output = -1};

const struct pt_option query_records_options[] = {
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_RANGE_OPTIONS(&opt.common),
    {PT_OPTION_TEXT, 't', "type", "TYPE", &opt.type, NULL, NULL,
     "only documents of this type, such as event or span"},
    {PT_OPTION_TEXT, 0, "trace", "ID", &opt.trace, NULL, NULL, "only documents of this trace"},
    {PT_OPTION_TEXT, 'w', "where", "EXPRESSION", &opt.where, NULL, NULL,
     "only documents for which this holds, such as 'code = \"E_LIMIT\" and qty > 5'"},
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

struct listing {
    struct pt_store_filter filter;
    struct pt_sheet *sheet; /* NULL: jsonl */
    struct pt_buf out;
    struct pt_arena arena;  /* the tags of the record in hand */
    bool terminal;
    uint64_t n;
    struct pt_err *err;
};

static int write_document(void *ctx, const struct pt_store_document *d)
{
    struct listing *l = ctx;
    l->n++;
    if (!l->sheet) {
        if (l->terminal)
            pt_text_terminal(&l->out, d->body);
        else
            pt_buf_str(&l->out, d->body);
        pt_buf_putc(&l->out, '\n');
    } else {
        pt_sheet_time(l->sheet, d->ts);
        pt_sheet_text_or_null(l->sheet, d->type);
        pt_sheet_text_or_null(l->sheet, d->name);
        pt_sheet_text_or_null(l->sheet, d->trace);
        pt_sheet_text_or_null(l->sheet, d->body);
    }
    if (pt_program_flush(&l->out, l->err) != 0)
        return -1;
    return pt_program_stopping() ? 1 : 0;
}

/* --- standard input -------------------------------------------------------------------------- */

static bool wanted(const struct pt_store_filter *f, const struct pt_record *r)
{
    return !r->metric && r->ts >= f->since && r->ts < f->until &&
           (!f->type || pt_str_is(r->type, f->type)) &&
           (!f->trace || pt_str_is(r->trace, f->trace));
}

static int offer_record(void *ctx, const struct pt_record *r, struct pt_err *err)
{
    struct listing *l = ctx;
    struct pt_tags tags;
    struct pt_store_document d = {
        .ts = r->ts, .type = r->type, .name = r->name, .trace = r->trace, .body = r->body};
    const struct pt_store_filter *f = &l->filter;
    if (!wanted(f, r))
        return 0;
    if (f->selector) {
        pt_arena_reset(&l->arena);
        if (pt_tags_parse(r->tags, &l->arena, &tags, err) != 0)
            return -1;
        if (!pt_selector_match(f->selector, r->name, tags))
            return 0;
    }
    if (f->where && !pt_path_match(f->where, r->body))
        return 0;
    return write_document(l, &d) < 0 ? -1 : 0;
}

/* --- both ------------------------------------------------------------------------------------ */

static void open_sheet(struct listing *l)
{
    static const char *const COLUMNS[] = {"ts", "type", "name", "trace", "body"};
    enum pt_sheet_format format = pt_program_format(opt.common.output);
    if (format == PT_SHEET_JSONL)
        return;
    l->sheet = pt_sheet_new(format, pt_program_color(1), &l->out);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_column(l->sheet, COLUMNS[i], NULL);
}

static int list_store(struct listing *l, struct pt_err *err)
{
    struct pt_store *store;
    int rc;
    if (pt_store_open(&store, pt_program_db(opt.common.db), PT_STORE_READ, err) != 0)
        return -1;
    rc = pt_store_begin_read(store, err);
    if (rc == 0) {
        rc = pt_store_each_document(store, &l->filter, write_document, l, err);
        pt_store_end_read(store);
    }
    pt_store_close(store);
    return rc < 0 ? -1 : 0;
}

static int finish(struct listing *l, struct pt_err *err)
{
    if (!l->n)
        return pt_err_set(err, PT_FOUND, "no document matches");
    if (l->sheet)
        pt_sheet_end(l->sheet);
    return pt_program_write(&l->out, err);
}

int query_records_run(int argc, char **argv, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    struct listing l = {.filter = {.type = opt.type, .trace = opt.trace}, .err = err,
                        .terminal = isatty(STDOUT_FILENO)};
    struct query_input in = {.stream.out = &l.out};
    struct pt_selector *selector;
    struct pt_path_filter *where = NULL;
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = opt.where ? pt_path_parse(opt.where, &where, err) : 0;
    l.filter.selector = selector;
    l.filter.where = where;
    if (rc == 0)
        rc = pt_program_range(o->since, o->until, o->tz, &l.filter.since, &l.filter.until, err);
    if (rc == 0) {
        open_sheet(&l);
        rc = pt_program_from_stdin(o->db) ? query_input_records(&in, o, offer_record, &l, err)
                                          : list_store(&l, err);
        if (rc == 0)
            rc = finish(&l, err);
        if (pt_program_from_stdin(o->db))
            rc = query_input_close(&in, rc, err);
    }
    pt_selector_free(selector);
    pt_path_free(where);
    pt_sheet_free(l.sheet);
    pt_arena_release(&l.arena);
    pt_buf_release(&l.out);
    return rc;
}
