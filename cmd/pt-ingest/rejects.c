/* rejects.c - see rejects.h.
 *
 * Rejects are chosen by their ids, or by options, and their ids are gathered before anything is
 * done with them: replaying writes to the table that is walked. */
#include "rejects.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/program.h"
#include "fix.h"
#include "gate.h"
#include "ingest/context.h"
#include "ingest/mend.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    const char *db, *since, *until, *tz, *source, *fix, *schema;
    int output, fault, format;
    bool all, as_is, raw;
    uint64_t id;
    struct pt_limits limits;
} opt = {.output = -1, .fault = -1};

const struct pt_option ingest_rejects_options[] = {
    PT_OPT_DB(&opt.db),
    PT_OPT_GROUP("Which"),
    {PT_OPTION_TEXT, 0, "source", "GLOB", &opt.source, NULL, NULL,
     "only those of sources whose name matches"},
    {PT_OPTION_CHOICE, 0, "fault", "FAULT", &opt.fault, NULL, PT_FAULT_CHOICES,
     "only those with this fault"},
    PT_OPT_SINCE(&opt.since),
    PT_OPT_UNTIL(&opt.until),
    PT_OPT_TZ(&opt.tz),
    {PT_OPTION_FLAG, 'a', "all", NULL, &opt.all, NULL, NULL,
     "list: also those that are replayed or dropped; drop: all that are open"},
    PT_OPT_GROUP("List and show"),
    PT_OPT_OUTPUT(&opt.output, PT_SHEET_CHOICES),
    {PT_OPTION_FLAG, 0, "raw", NULL, &opt.raw, NULL, NULL,
     "show: only the bytes of the line, as they came"},
    PT_OPT_GROUP("Replay"),
    {PT_OPTION_TEXT, 0, "fix", "COMMAND", &opt.fix, NULL, NULL,
     "put each line right by a command: bytes on its standard input, the corrected line on its "
     "standard output"},
    {PT_OPTION_FLAG, 0, "as-is", NULL, &opt.as_is, NULL, NULL,
     "replay lines as they came, after the schema or a limit was put right"},
    {PT_OPTION_COUNT, 0, "id", "ID", &opt.id, NULL, NULL,
     "standard input is the corrected line of this reject"},
    PT_OPT_INPUT(&opt.format),
    INGEST_OPT_SCHEMA(&opt.schema),
    INGEST_OPT_LIMITS(opt.limits),
    PT_OPT_END,
};

/* --- which ----------------------------------------------------------------------------------- */

struct chosen {
    int64_t *v;
    size_t n, cap;
};

static void choose(struct chosen *c, int64_t id)
{
    c->v = pt_mem_grow(c->v, &c->cap, c->n + 1, sizeof *c->v);
    c->v[c->n++] = id;
}

static int choose_row(void *ctx, const struct pt_reject_row *row)
{
    choose(ctx, row->id);
    return 0;
}

static int choose_ids(struct chosen *c, int argc, char **argv, struct pt_err *err)
{
    for (int i = 0; i < argc; i++) {
        uint64_t id;
        if (pt_num_count(argv[i], &id) != 0 || id < 1 || id > INT64_MAX)
            return pt_err_set(err, PT_USAGE, "not the id of a reject: \"%s\"", argv[i]);
        choose(c, (int64_t)id);
    }
    return 0;
}

/* By ids, or else by the options. */
static int choose_all(struct pt_store *store, struct chosen *c, int argc, char **argv, bool closed,
                      struct pt_err *err)
{
    struct pt_reject_filter f = {.closed = closed, .source = opt.source, .fault = opt.fault};
    if (argc)
        return choose_ids(c, argc, argv, err);
    if (pt_program_range(opt.since, opt.until, opt.tz, &f.since, &f.until, err) != 0)
        return -1;
    return pt_reject_each(store, &f, choose_row, c, err);
}

/* Calls each, which returns 1 or -1, with the row of one; PT_DATA when there is none. */
static int with_row(struct pt_store *store, int64_t id,
                    int (*each)(void *ctx, const struct pt_reject_row *row), void *ctx,
                    struct pt_err *err)
{
    const struct pt_reject_filter f = {
        .id = id, .closed = true, .fault = -1, .since = PT_TIME_MIN, .until = PT_TIME_MAX};
    int rc = pt_reject_each(store, &f, each, ctx, err);
    if (rc == 0)
        return pt_err_set(err, PT_DATA, "there is no reject %lld", (long long)id);
    return rc < 0 ? -1 : 0;
}

/* --- list and show --------------------------------------------------------------------------- */

static const char *const COLUMNS[] = {"id",    "ts",     "source", "line",    "offset",   "format",
                                      "fault", "reason", "state",  "changed", "encoding", "raw"};
enum {
    NCOLUMNS = sizeof COLUMNS / sizeof COLUMNS[0],
    NARROW = 8,      /* a table has no room for raw */
    STATE = NARROW + 1 /* ... and of what is open only, no state */
};

struct listing {
    struct pt_sheet *sheet;
    struct pt_buf out, coded;
    struct pt_arena arena;
    size_t columns;
    struct pt_err *err;
};

static const char *format_of(struct listing *l, const struct pt_reject_row *row)
{
    struct pt_context context;
    struct pt_err ignored = {0};
    pt_arena_reset(&l->arena);
    if (pt_context_read(row->context, &l->arena, &context, &ignored) != 0)
        return "auto";
    return pt_records_format_name(context.options.format);
}

/* Bytes that are no text are written in base 64, and said to be. */
static void write_raw(struct listing *l, struct pt_str raw)
{
    bool text = pt_text_utf8(raw) == raw.n;
    if (text) {
        pt_sheet_null(l->sheet);
        pt_sheet_text(l->sheet, raw);
        return;
    }
    pt_buf_clear(&l->coded);
    pt_base64_encode(&l->coded, raw);
    pt_sheet_text(l->sheet, PT_STR("base64"));
    pt_sheet_text(l->sheet, pt_buf_view(&l->coded));
}

static int list_row(void *ctx, const struct pt_reject_row *row)
{
    struct listing *l = ctx;
    struct pt_sheet *s = l->sheet;
    pt_sheet_int(s, row->id);
    pt_sheet_time(s, row->at);
    pt_sheet_text_or_null(s, row->source);
    pt_sheet_int(s, (int64_t)row->line);
    pt_sheet_int(s, (int64_t)row->offset);
    pt_sheet_text(s, pt_str(format_of(l, row)));
    pt_sheet_text_or_null(s, row->fault);
    pt_sheet_text_or_null(s, row->reason);
    if (l->columns >= STATE)
        pt_sheet_text_or_null(s, row->state);
    if (l->columns > STATE) {
        if (row->changed)
            pt_sheet_time(s, row->changed);
        else
            pt_sheet_null(s);
        write_raw(l, row->raw);
    }
    return pt_program_flush(&l->out, l->err) != 0 ? -1 : 1;
}

static void open_listing(struct listing *l, size_t columns)
{
    l->sheet =
        pt_sheet_new(pt_program_format(opt.output), pt_program_color(STDOUT_FILENO), &l->out);
    pt_sheet_prefix(l->sheet, "\"type\":\"reject\",");
    l->columns = columns;
    for (size_t i = 0; i < l->columns; i++)
        pt_sheet_column(l->sheet, COLUMNS[i], NULL);
}

static int close_listing(struct listing *l, int rc, struct pt_err *err)
{
    if (l->sheet && rc >= 0)
        pt_sheet_end(l->sheet);
    if (rc >= 0)
        rc = pt_program_write(&l->out, err);
    pt_sheet_free(l->sheet);
    pt_arena_release(&l->arena);
    pt_buf_release(&l->coded);
    pt_buf_release(&l->out);
    return rc < 0 ? -1 : 0;
}

static int list(struct pt_store *store, int argc, char **argv, struct pt_err *err)
{
    struct listing l = {.err = err};
    struct chosen chosen = {0};
    int rc = choose_all(store, &chosen, argc, argv, opt.all, err);
    open_listing(&l, pt_program_format(opt.output) != PT_SHEET_TABLE ? NCOLUMNS
                     : opt.all                                          ? STATE
                                                                        : NARROW);
    for (size_t i = 0; rc == 0 && i < chosen.n && !pt_program_stopping(); i++)
        rc = with_row(store, chosen.v[i], list_row, &l, err);
    free(chosen.v);
    return close_listing(&l, rc, err);
}

static int show_raw(void *ctx, const struct pt_reject_row *row)
{
    struct listing *l = ctx;
    if (isatty(STDOUT_FILENO))
        pt_text_terminal(&l->out, row->raw);
    else
        pt_buf_str(&l->out, row->raw);
    pt_buf_putc(&l->out, '\n');
    return 1;
}

static int show(struct pt_store *store, int argc, char **argv, struct pt_err *err)
{
    struct listing l = {.err = err};
    struct chosen chosen = {0};
    int rc = choose_ids(&chosen, argc, argv, err);
    if (rc == 0 && !argc)
        rc = pt_err_set(err, PT_USAGE, "which reject? (pt-ingest rejects show ID...)");
    if (!opt.raw)
        open_listing(&l, NCOLUMNS);
    for (size_t i = 0; rc == 0 && i < chosen.n; i++)
        rc = with_row(store, chosen.v[i], opt.raw ? show_raw : list_row, &l, err);
    free(chosen.v);
    return close_listing(&l, rc, err);
}

/* --- replay ---------------------------------------------------------------------------------- */

static void tell_failure(int64_t reject, struct pt_err *why)
{
    char name[32];
    snprintf(name, sizeof name, "reject %lld", (long long)reject);
    pt_err_at(why, name, 0);
    ingest_on_reject(NULL, why);
}

/* A line that cannot be replayed is told and stays; what else goes wrong ends the replay. */
static int take_line(struct pt_mend *m, int64_t id, struct pt_str line, struct pt_err *err)
{
    struct pt_err why = {0};
    if (pt_mend_line(m, id, line, &why) >= 0)
        return 0;
    if (why.code != PT_DATA) {
        *err = why;
        return -1;
    }
    tell_failure(id, &why);
    return 0;
}

struct fixing {
    struct pt_mend *mend;
    struct pt_reject_row row; /* texts in the arena */
    struct pt_arena arena;
};

static int keep_row(void *ctx, const struct pt_reject_row *row)
{
    struct fixing *f = ctx;
    pt_arena_reset(&f->arena);
    f->row = *row;
    f->row.source = pt_arena_str(&f->arena, row->source);
    f->row.fault = pt_arena_str(&f->arena, row->fault);
    f->row.reason = pt_arena_str(&f->arena, row->reason);
    f->row.raw = pt_arena_str(&f->arena, row->raw);
    f->row.state = pt_arena_str(&f->arena, row->state);
    return 1;
}

/* Half a line can look like a whole one. */
static bool is_cut(const struct pt_reject_row *row)
{
    return !row->state.n && row->raw.n >= PT_REJECT_RAW_MOST;
}

/* The line by the command, or as it came. */
static int fix_row(struct fixing *f, struct pt_err *err)
{
    struct pt_buf fixed = {0};
    struct pt_err why = {0};
    int rc = 0;
    if (is_cut(&f->row)) {
        pt_err_set(&why, PT_DATA, "only its first %d bytes were kept; bring the whole line (--id)",
                   PT_REJECT_RAW_MOST);
        tell_failure(f->row.id, &why);
        return 0;
    }
    if (!opt.fix || f->row.state.n)
        return take_line(f->mend, f->row.id, f->row.raw, err);
    if (ingest_fix(opt.fix, &f->row, &fixed, &why) == 0) {
        rc = take_line(f->mend, f->row.id, pt_buf_view(&fixed), err);
    } else if (why.code == PT_DATA) {
        tell_failure(f->row.id, &why);
    } else {
        *err = why;
        rc = -1;
    }
    pt_buf_release(&fixed);
    return rc;
}

static int replay_chosen(struct pt_store *store, struct pt_mend *m, int argc, char **argv,
                         struct pt_err *err)
{
    struct fixing f = {.mend = m};
    struct chosen chosen = {0};
    int rc = choose_all(store, &chosen, argc, argv, false, err);
    for (size_t i = 0; rc == 0 && i < chosen.n && !pt_program_stopping(); i++) {
        rc = with_row(store, chosen.v[i], keep_row, &f, err);
        if (rc == 0)
            rc = fix_row(&f, err);
    }
    free(chosen.v);
    pt_arena_release(&f.arena);
    return rc;
}

/* {"id":3,"raw":"...","encoding":"base64"}, as `list` writes them; other members do not count. */
static int read_corrected(struct pt_str line, int64_t *id, struct pt_buf *raw, struct pt_err *err)
{
    const char *why, *where, *end = pt_json_value(line.p, line.p + line.n, &why, &where);
    struct pt_str number, text, encoding = {0};
    struct pt_num v;
    if (!end || pt_json_space(end, line.p + line.n) != line.p + line.n)
        return pt_err_set(err, PT_DATA, "not JSON: expected {\"id\":N,\"raw\":\"LINE\"}");
    if (!pt_json_get(line, "id", &number) ||
        pt_num_parse(number.p, number.p + number.n, &v) != number.p + number.n || v.d < 1 ||
        v.d >= 0x1p53 || (double)(int64_t)v.d != v.d)
        return pt_err_set(err, PT_DATA, "id: missing, or not a whole number");
    if (!pt_json_get(line, "raw", &text) || *text.p != '"')
        return pt_err_set(err, PT_DATA, "raw: missing, or not a string");
    *id = (int64_t)v.d;
    if (!pt_json_get(line, "encoding", &encoding)) {
        pt_json_unescape(raw, pt_json_raw(text));
        return 0;
    }
    if (!pt_str_is(pt_json_raw(encoding), "base64") ||
        pt_base64_decode(raw, pt_json_raw(text)) != 0)
        return pt_err_set(err, PT_DATA, "raw: not in base64, which encoding says it is");
    return 0;
}

static int take_corrected(struct pt_mend *m, const struct pt_line *line, struct pt_err *err)
{
    struct pt_buf raw = {0};
    struct pt_err why = {0};
    int64_t id = 0;
    int rc = 0;
    if (read_corrected(line->text, &id, &raw, &why) == 0) {
        rc = take_line(m, id, pt_buf_view(&raw), err);
    } else {
        pt_err_at(&why, "stdin", line->number);
        ingest_on_reject(NULL, &why);
    }
    pt_buf_release(&raw);
    return rc;
}

/* Corrected lines from standard input: of one reject as it is, of many as JSON. */
static int replay_input(struct pt_mend *m, struct pt_err *err)
{
    struct pt_buf whole = {0};
    struct pt_input *in;
    struct pt_line line;
    int rc = 0, more;
    if (opt.id) {
        rc = pt_input_slurp("-", &whole, err);
        if (rc == 0)
            rc = take_line(m, (int64_t)opt.id, pt_buf_view(&whole), err);
        pt_buf_release(&whole);
        return rc;
    }
    if (pt_input_open(&in, NULL, err) != 0)
        return -1;
    while (rc == 0 && !pt_program_stopping() && (more = pt_input_next(in, -1, &line, err)) != 0)
        if (more < 0 || (more == 1 && line.text.n && take_corrected(m, &line, err) != 0))
            rc = -1;
    pt_input_close(in);
    return rc;
}

static int sum_up(const struct pt_mend *m)
{
    const struct pt_mend_result *r = pt_mend_result(m);
    if (!pt_program_quiet())
        pt_program_log(PT_LOG_NOTE,
                       "replayed %llu (%llu points, %llu documents, %llu duplicates), not open any "
                       "more %llu, still refused %llu",
                       (unsigned long long)r->replayed, (unsigned long long)r->receipt.points,
                       (unsigned long long)r->receipt.documents,
                       (unsigned long long)r->receipt.duplicates, (unsigned long long)r->before,
                       (unsigned long long)ingest_rejects_seen());
    return ingest_rejects_seen() ? PT_DATA : PT_OK;
}

static int replay(struct pt_store *store, int argc, char **argv, struct pt_err *err)
{
    struct pt_ingest_options options = {.records.format = (enum pt_records_format)opt.format,
                                        .records.limits = opt.limits,
                                        .command = ingest_command(),
                                        .check = ingest_check,
                                        .on_warning = ingest_on_warning};
    struct pt_schema *schema;
    struct pt_mend *m;
    int rc;
    if ((opt.fix != NULL) + opt.as_is + (opt.id != 0) > 1)
        return pt_err_set(err, PT_USAGE, "--fix, --as-is and --id do not go together");
    if (argc && !opt.fix && !opt.as_is)
        return pt_err_set(err, PT_USAGE,
                          "ids are for --fix and --as-is; else standard input has "
                          "them (or --id)");
    if (ingest_schema(opt.schema, &schema, err) != 0)
        return -1;
    if (schema)
        pt_schema_store(schema, store);
    options.ctx = schema;
    pt_program_catch_signals();
    m = pt_mend_new(store, &options);
    rc = opt.fix || opt.as_is ? replay_chosen(store, m, argc, argv, err) : replay_input(m, err);
    if (rc == 0)
        rc = pt_mend_commit(m, err);
    if (rc == 0)
        rc = sum_up(m);
    pt_mend_free(m);
    pt_schema_free(schema);
    return rc;
}

/* --- drop ------------------------------------------------------------------------------------ */

static int drop(struct pt_store *store, int argc, char **argv, struct pt_err *err)
{
    bool some = argc || opt.all || opt.source || opt.fault >= 0 || opt.since || opt.until;
    struct chosen chosen = {0};
    uint64_t dropped = 0;
    int rc = some
                 ? choose_all(store, &chosen, argc, argv, false, err)
                 : pt_err_set(err, PT_USAGE, "which? give ids, --source, --fault, a time or --all");
    if (rc == 0)
        rc = pt_reject_drop(store, chosen.v, chosen.n, &dropped, err);
    if (rc == 0 && !pt_program_quiet())
        pt_program_log(PT_LOG_NOTE, "dropped %llu", (unsigned long long)dropped);
    free(chosen.v);
    if (rc == 0 && argc && dropped < chosen.n)
        return pt_err_set(err, PT_DATA, "%llu of these are not open rejects",
                          (unsigned long long)(chosen.n - dropped));
    return rc;
}

/* --- the actions ----------------------------------------------------------------------------- */

static const struct action {
    const char *word;
    enum pt_store_mode mode;
    int (*run)(struct pt_store *store, int argc, char **argv, struct pt_err *err);
} ACTIONS[] = {
    {"list", PT_STORE_READ, list},
    {"show", PT_STORE_READ, show},
    {"replay", PT_STORE_WRITE, replay},
    {"drop", PT_STORE_WRITE, drop},
};
enum { NACTIONS = sizeof ACTIONS / sizeof ACTIONS[0] };

int ingest_rejects_run(int argc, char **argv, struct pt_err *err)
{
    const char *word = argc ? argv[0] : "list";
    struct pt_store *store;
    int rc;
    for (size_t i = 0; i < NACTIONS; i++) {
        if (strcmp(word, ACTIONS[i].word) != 0)
            continue;
        if (pt_store_open(&store, pt_program_db(opt.db), ACTIONS[i].mode, err) != 0)
            return -1;
        rc = ACTIONS[i].run(store, argc ? argc - 1 : 0, argv + 1, err);
        pt_store_close(store);
        return rc;
    }
    return pt_err_set(err, PT_USAGE, "unknown action \"%s\"; there are list, show, replay and drop",
                      word);
}
