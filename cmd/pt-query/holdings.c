/* holdings.c - see holdings.h: lib/store counts, this shows it. */
#include "holdings.h"

#include "cli/program.h"
#include "input.h"
#include "listing.h"
#include "store/holdings.h"

static struct {
    struct query_options common;
    bool names;
    int64_t stale;
} opt = {.common.output = -1, .stale = QUERY_STALE_NONE};

const struct pt_option query_types_options[] = {
    {PT_OPTION_FLAG, 0, "names", NULL, &opt.names, NULL, NULL, "by name, too"},
    QUERY_INPUT_OPTIONS(&opt.common),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};
const struct pt_option query_sources_options[] = {
    QUERY_STALE_OPTION(&opt.stale, "sources whose last commit is"),
    PT_OPT_DB(&opt.common.db),
    PT_OPT_OUTPUT(&opt.common.output, PT_SHEET_CHOICES),
    PT_OPT_END,
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* What the walks over holdings carry along. */
struct showing {
    struct query_listing listing;
    struct pt_err *err;
    int64_t now;
    uint64_t met; /* sources, stale or not */
};

static int open_store(struct pt_store **out, struct pt_err *err)
{
    if (pt_store_open(out, pt_program_db(opt.common.db), PT_STORE_READ, err) != 0)
        return -1;
    if (pt_store_begin_read(*out, err) == 0)
        return 0;
    pt_store_close(*out);
    return -1;
}

static void close_store(struct pt_store *store)
{
    pt_store_end_read(store);
    pt_store_close(store);
}

/* --- types ----------------------------------------------------------------------------------- */

static int write_type(void *ctx, const struct pt_holding *h)
{
    struct showing *sh = ctx;
    struct pt_sheet *s = sh->listing.sheet;
    pt_sheet_text(s, h->type);
    if (opt.names)
        pt_sheet_text_or_null(s, h->name);
    pt_sheet_int(s, (int64_t)h->documents);
    pt_sheet_time(s, h->first);
    pt_sheet_time(s, h->last);
    return query_listing_row(&sh->listing, sh->err);
}

/* Counts what standard input has. */
struct streaming {
    struct pt_census census;
    struct pt_store_filter filter;
    struct pt_arena scratch;
};

static int count_record(void *ctx, const struct pt_record *r, struct pt_err *err)
{
    struct streaming *st = ctx;
    struct pt_store_document d = {.ts = r->ts, .type = r->type, .name = r->name,
                                  .trace = r->trace, .body = r->body};
    (void)err;
    if (!r->metric && pt_document_match(&st->filter, &d, &st->scratch))
        pt_census_add(&st->census, &d);
    return 0;
}

/* Types alone are told by indexes, names and what a selector matches by the documents. */
static int read_types(struct showing *sh, struct streaming *st)
{
    struct pt_store *store;
    int rc;
    if (open_store(&store, sh->err) != 0)
        return -1;
    rc = !opt.names && !st->filter.selector
             ? pt_holdings_types(store, write_type, sh, sh->err)
             : pt_census_store(&st->census, store, &st->filter, sh->err);
    close_store(store);
    return rc;
}

static int list_types(struct showing *sh, struct streaming *st)
{
    struct query_input in = {0};
    bool stream = pt_program_from_stdin(opt.common.db);
    int rc = stream ? query_input_records(&in, &opt.common, count_record, st, sh->err)
                    : read_types(sh, st);
    if (rc == 0)
        rc = pt_census_each(&st->census, write_type, sh);
    if (rc == 0 && !sh->listing.n)
        rc = pt_err_set(sh->err, PT_FOUND, "no document matches");
    rc = query_listing_close(&sh->listing, rc, sh->err);
    return stream ? query_input_close(&in, rc, sh->err) : rc;
}

int query_types_run(int argc, char **argv, struct pt_err *err)
{
    static const struct query_column TYPES[] = {
        {"type", NULL}, {"documents", NULL}, {"first", NULL}, {"last", NULL}};
    static const struct query_column NAMES[] = {
        {"type", NULL}, {"name", NULL}, {"documents", NULL}, {"first", NULL}, {"last", NULL}};
    struct streaming st = {.census.names = opt.names,
                           .filter = {.since = PT_TIME_MIN, .until = PT_TIME_MAX}};
    struct showing sh = {.err = err};
    struct pt_selector *selector;
    int rc;
    if (query_selector(argc, argv, &selector, err) != 0)
        return -1;
    st.filter.selector = selector;
    query_listing_open(&sh.listing, opt.common.output, opt.names ? NAMES : TYPES,
                       opt.names ? COUNT(NAMES) : COUNT(TYPES));
    rc = list_types(&sh, &st);
    pt_selector_free(selector);
    pt_census_release(&st.census);
    pt_arena_release(&st.scratch);
    return rc;
}

/* --- sources --------------------------------------------------------------------------------- */

static int write_source(void *ctx, const struct pt_holding_source *h)
{
    struct showing *sh = ctx;
    struct pt_sheet *s = sh->listing.sheet;
    const uint64_t counts[] = {h->batches,    h->lines, h->points, h->documents,
                               h->duplicates, h->late,  h->rejects};
    sh->met++;
    if (opt.stale >= 0 && !query_listing_older(h->at, opt.stale, sh->now))
        return 0;
    pt_sheet_text(s, h->kind);
    pt_sheet_text(s, h->name);
    pt_sheet_text_or_null(s, h->format);
    for (size_t i = 0; i < COUNT(counts); i++)
        pt_sheet_int(s, (int64_t)counts[i]);
    pt_sheet_time(s, h->at);
    query_listing_age(&sh->listing, true, h->at, sh->now);
    return query_listing_row(&sh->listing, sh->err);
}

int query_sources_run(int argc, char **argv, struct pt_err *err)
{
    static const struct query_column COLUMNS[] = {
        {"kind", NULL},      {"source", NULL},     {"format", NULL}, {"batches", NULL},
        {"lines", NULL},     {"points", NULL},     {"documents", NULL}, {"duplicates", NULL},
        {"late", NULL},      {"rejects", NULL},    {"at", NULL},     {"age", "s"}};
    struct showing sh = {.err = err, .now = pt_time_now()};
    struct pt_store *store;
    int rc;
    (void)argc;
    (void)argv;
    if (query_listing_check_stale(opt.stale, err) != 0 || open_store(&store, err) != 0)
        return -1;
    query_listing_open(&sh.listing, opt.common.output, COLUMNS, COUNT(COLUMNS));
    rc = pt_holdings_sources(store, write_source, &sh, err);
    close_store(store);
    if (rc == 0 && !sh.met)
        rc = pt_err_set(err, PT_FOUND, "the store has read no source yet");
    if (rc == 0 && opt.stale >= 0 && sh.listing.n)
        rc = PT_FOUND;
    return query_listing_close(&sh.listing, rc, err);
}
