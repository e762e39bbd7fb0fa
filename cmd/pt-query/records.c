/* records.c - see records.h.
 *
 * From a store the documents come in order of time; standard input is a stream and keeps its order,
 * so that nothing has to wait for its end, unless the latest are asked for.
 *
 * What a store has is gathered in one read transaction and written after it: whoever reads slowly
 * holds up no writer.  To follow means to gather again whenever something was committed; between
 * two looks one waits at the output, so that its reader going away is seen, too. */
#include "records.h"

#include "base/text.h"
#include "cli/program.h"
#include "cli/table.h"
#include "input.h"
#include "query/absent.h"
#include "store/follow.h"

#include <poll.h>
#include <unistd.h>

enum {
    LOOK_MS = 100,     /* between two looks at a store that is followed */
    SEEN_MOST = 10000, /* types and names of a stream that are remembered for a message */
};
static const uint64_t ALL = UINT64_MAX;

static struct {
    struct query_options common;
    const char *type, *trace, *where, *priority;
    int severity;
    uint64_t limit, last;
    bool reverse, follow;
} opt = {.common.output = -1, .severity = -1, .limit = UINT64_MAX, .last = UINT64_MAX};

const struct pt_option query_records_options[] = {
    QUERY_INPUT_OPTIONS(&opt.common),
    QUERY_RANGE_OPTIONS(&opt.common),
    {PT_OPTION_TEXT, 't', "type", "TYPE,...", &opt.type, NULL, NULL,
     "only documents of these types, such as event or span"},
    {PT_OPTION_TEXT, 0, "trace", "ID", &opt.trace, NULL, NULL, "only documents of this trace"},
    {PT_OPTION_CHOICE, 0, "severity", "LEVEL", &opt.severity, NULL, PT_SEVERITY_CHOICES,
     "only documents of this severity or worse"},
    {PT_OPTION_TEXT, 0, "priority", "P", &opt.priority, NULL, NULL,
     "only documents of this priority or higher: a number, low, normal, high or urgent"},
    {PT_OPTION_TEXT, 'w', "where", "EXPRESSION", &opt.where, NULL, NULL,
     "only documents for which this holds, such as 'code = \"E_LIMIT\" and qty > 5'"},
    {PT_OPTION_COUNT, 'n', "limit", "N", &opt.limit, NULL, NULL, "end after N documents"},
    {PT_OPTION_COUNT, 0, "last", "N", &opt.last, NULL, NULL, "only the latest N documents"},
    {PT_OPTION_FLAG, 'r', "reverse", NULL, &opt.reverse, NULL, NULL, "the latest first"},
    {PT_OPTION_FLAG, 'f', "follow", NULL, &opt.follow, NULL, NULL,
     "then wait for documents that are stored, and write them as they come"},
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

struct listing {
    struct pt_store_filter filter;
    struct pt_least least;
    struct pt_gather kept;  /* what waits for being put in order */
    bool keeping;
    struct pt_census there; /* what a stream had, whether it matches or not */
    struct pt_sheet *sheet; /* NULL: jsonl */
    struct pt_buf out;
    struct pt_arena arena;  /* the tags of the record in hand */
    bool terminal;
    uint64_t n;
    int64_t arrived;        /* records of a stream */
};

/* What a stream had is told also when it was a signal that ended the reading. */
static bool enough(const struct listing *l)
{
    return l->n >= opt.limit || (opt.follow && pt_program_stopping());
}

static int write_document(struct listing *l, const struct pt_store_document *d, struct pt_err *err)
{
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
    return pt_program_flush(&l->out, err);
}

/* Writes what was gathered, and lets go of it. */
static int write_kept(struct listing *l, bool reverse, struct pt_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < l->kept.n && rc == 0 && !enough(l); i++)
        rc = write_document(l, &l->kept.v[reverse ? l->kept.n - 1 - i : i], err);
    pt_gather_release(&l->kept);
    return rc;
}

static int finish(struct listing *l, struct pt_err *err)
{
    if (l->sheet)
        pt_sheet_end(l->sheet);
    return pt_program_write(&l->out, err);
}

/* --- standard input -------------------------------------------------------------------------- */

/* That it was enough ends the reading by a failure without an error. */
static int offer_record(void *ctx, const struct pt_record *r, struct pt_err *err)
{
    struct listing *l = ctx;
    struct pt_store_document d = {.ts = r->ts,      .type = r->type, .name = r->name,
                                  .trace = r->trace, .body = r->body, .id = ++l->arrived};
    if (r->metric)
        return 0;
    if (l->there.kinds.n < SEEN_MOST)
        pt_census_add(&l->there, &d);
    if (!pt_document_match(&l->filter, &d, &l->arena))
        return 0;
    if (l->keeping) {
        pt_gather_add(&l->kept, &d);
        return 0;
    }
    return write_document(l, &d, err) == 0 && l->n < opt.limit ? 0 : -1;
}

static int list_stream(struct listing *l, struct pt_err *err)
{
    struct query_input in = {.stream.out = &l->out};
    int rc = query_input_records(&in, &opt.common, offer_record, l, err);
    if (rc < 0 && err->code == PT_OK)
        rc = 0;
    if (rc == 0) {
        pt_gather_order(&l->kept);
        rc = write_kept(l, opt.reverse, err);
    }
    if (rc == 0)
        rc = l->n ? finish(l, err) : pt_absent_document(&l->there, &l->filter, err);
    return query_input_close(&in, rc, err);
}

/* --- a store --------------------------------------------------------------------------------- */

/* Gathers what there is and notes where that ends, at one state of the store. */
static int read_store(struct listing *l, struct pt_store *store, struct pt_follow *end,
                      struct pt_err *err)
{
    int rc = pt_store_begin_read(store, err);
    if (rc != 0)
        return -1;
    if (opt.last)
        rc = pt_store_gather(store, &l->filter, &l->kept, err);
    if (rc == 0 && opt.follow)
        rc = pt_follow_begin(store, end, err);
    if (rc == 0 && !opt.follow && !l->kept.n)
        rc = pt_absent_look(store, &l->there, err) == 0
                 ? pt_absent_document(&l->there, &l->filter, err)
                 : -1;
    pt_store_end_read(store);
    return rc;
}

/* Waits a moment.  -1 when the reader of the output has gone away: an end without words. */
static int pause_at_output(struct pt_err *err)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (poll(&out, 1, LOOK_MS) <= 0)
        return 0;
    err->code = PT_SYSTEM;
    return -1;
}

static int follow(struct listing *l, struct pt_store *store, struct pt_follow *from,
                  struct pt_err *err)
{
    int rc = pt_program_write(&l->out, err);
    while (rc == 0 && !enough(l)) {
        rc = pt_follow_next(store, from, &l->filter, &l->kept, err);
        if (rc == 1)
            rc = write_kept(l, false, err) == 0 ? pt_program_write(&l->out, err) : -1;
        else if (rc == 0)
            rc = pause_at_output(err);
    }
    return rc;
}

static int list_store(struct listing *l, struct pt_err *err)
{
    struct pt_store *store;
    struct pt_follow end;
    int rc;
    if (pt_store_open(&store, pt_program_db(opt.common.db), PT_STORE_READ, err) != 0)
        return -1;
    if (opt.follow)
        pt_program_catch_signals();
    rc = read_store(l, store, &end, err);
    if (rc == 0)
        rc = write_kept(l, opt.reverse, err);
    if (rc == 0 && opt.follow)
        rc = follow(l, store, &end, err);
    pt_store_close(store);
    return rc == 0 ? finish(l, err) : -1;
}

/* --- both ------------------------------------------------------------------------------------ */

static void open_sheet(struct listing *l)
{
    static const char *const COLUMNS[] = {"ts", "type", "name", "trace", "body"};
    enum pt_sheet_format format = opt.follow && opt.common.output < 0
                                      ? PT_SHEET_JSONL
                                      : pt_program_format(opt.common.output);
    if (format == PT_SHEET_JSONL)
        return;
    l->sheet = pt_sheet_new(format, pt_program_color(1), &l->out);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        pt_sheet_column(l->sheet, COLUMNS[i], NULL);
}

/* "event,span" as the filter's types; those that come twice count once. */
static void read_types(struct pt_store_filter *f, struct pt_arena *arena)
{
    const char **types;
    const char *p = opt.type;
    size_t most = 1;
    for (const char *c = p; *c; c++)
        most += *c == ',';
    types = pt_arena_alloc(arena, most * sizeof *types);
    f->types = types;
    for (bool more = true; more;) {
        const char *end = strchr(p, ',');
        struct pt_str word = {p, end ? (size_t)(end - p) : strlen(p)};
        bool known = false;
        for (size_t i = 0; i < f->ntypes; i++)
            known |= pt_str_is(word, types[i]);
        if (!known)
            types[f->ntypes++] = pt_arena_str(arena, word).p;
        more = end != NULL;
        p = end ? end + 1 : p;
    }
}

static int check_options(struct pt_err *err)
{
    bool stream = pt_program_from_stdin(opt.common.db);
    if (!opt.limit)
        return pt_err_set(err, PT_USAGE, "--limit: a number from 1 up");
    if (!opt.last && !opt.follow)
        return pt_err_set(err, PT_USAGE, "--last 0 is nothing at all, unless with --follow");
    if (opt.follow && opt.reverse)
        return pt_err_set(err, PT_USAGE, "--reverse and --follow do not go together");
    if (opt.follow && (opt.common.output == PT_SHEET_TABLE || opt.common.output == PT_SHEET_MD))
        return pt_err_set(err, PT_USAGE,
                          "a table is written at the end, which --follow has not; use -o jsonl, "
                          "csv or tsv");
    if (opt.follow && stream && opt.last != ALL)
        return pt_err_set(err, PT_USAGE,
                          "--last needs the end of standard input, which --follow does not wait "
                          "for; give --db to ask a store");
    return 0;
}

/* What the options ask for; the texts live in the arena. */
static int read_options(struct listing *l, struct pt_arena *arena, struct pt_err *err)
{
    const struct query_options *o = &opt.common;
    struct pt_store_filter *f = &l->filter;
    struct pt_str level;
    if (check_options(err) != 0 ||
        pt_program_range(o->since, o->until, o->tz, &f->since, &f->until, err) != 0 ||
        (opt.priority && pt_least_priority(&l->least, opt.priority, err) != 0))
        return -1;
    f->trace = opt.trace;
    if (opt.type)
        read_types(f, arena);
    if (opt.severity >= 0 && pt_option_choice(PT_SEVERITY_CHOICES, (size_t)opt.severity, &level))
        l->least.severity = pt_severity_of(level);
    if (l->least.severity || l->least.pressing)
        f->least = &l->least;
    l->keeping = opt.last != ALL || opt.reverse;
    l->kept.newest = l->keeping;
    if (opt.last != ALL)
        l->kept.most = opt.last;
    else if (opt.limit != ALL)
        l->kept.most = opt.limit;
    l->there.names = pt_absent_needs_names(f);
    l->terminal = isatty(STDOUT_FILENO);
    return 0;
}

int query_records_run(int argc, char **argv, struct pt_err *err)
{
    struct listing l = {0};
    struct pt_selector *selector;
    struct pt_path_filter *where = NULL;
    struct pt_arena arena = {0};
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    rc = opt.where ? pt_path_parse(opt.where, &where, err) : 0;
    l.filter.selector = selector;
    l.filter.where = where;
    if (rc == 0 && (rc = read_options(&l, &arena, err)) == 0) {
        open_sheet(&l);
        rc = pt_program_from_stdin(opt.common.db) ? list_stream(&l, err) : list_store(&l, err);
    }
    pt_selector_free(selector);
    pt_path_free(where);
    pt_sheet_free(l.sheet);
    pt_gather_release(&l.kept);
    pt_census_release(&l.there);
    pt_arena_release(&l.arena);
    pt_arena_release(&arena);
    pt_buf_release(&l.out);
    return rc;
}
