/* mend.c - see mend.h.
 *
 * Corrected lines wait, as text with what it takes to read them, until GROUP of them make a commit.
 * Another program may replay one of them in the meantime; then the commit stores nothing, the group
 * is read into a new writer without what is not open any more, and the commit is tried again.  Each
 * try leaves at least one out, so that ends. */
#include "ingest/mend.h"

#include "base/mem.h"
#include "ingest/context.h"
#include "store/lineage.h"

#include <stdlib.h>

enum { GROUP = 1000, GROUP_BYTES = 4 << 20 };

struct held {
    int64_t reject, at;
    size_t text, text_n, context, context_n; /* in `texts` */
};

struct pt_mend {
    const struct pt_ingest_options *options;
    struct pt_store *store;
    struct pt_writer *writer; /* NULL when nothing waits */
    struct pt_commit commit;
    uint64_t taken; /* lines of the run so far: its position */
    struct held *v;
    size_t n, cap;
    struct pt_buf texts;
    struct pt_arena arena;
    char zone[PT_TIME_ZONE]; /* in effect */
    bool spoiled;            /* the writer has records of a line that then failed */
    struct pt_mend_result result;
};

struct pt_mend *pt_mend_new(struct pt_store *store, const struct pt_ingest_options *options)
{
    struct pt_mend *m = pt_mem_alloc(sizeof *m);
    m->options = options;
    m->store = store;
    m->commit = (struct pt_commit){
        .command = options->command, .kind = "replay", .name = "rejects", .format = "auto"};
    pt_time_zone_name(m->zone);
    return m;
}

void pt_mend_free(struct pt_mend *m)
{
    if (!m)
        return;
    pt_writer_free(m->writer);
    pt_buf_release(&m->texts);
    pt_arena_release(&m->arena);
    free(m->v);
    free(m);
}

const struct pt_mend_result *pt_mend_result(const struct pt_mend *m)
{
    return &m->result;
}

/* --- reading a line -------------------------------------------------------------------------- */

/* What a corrected line is read with, and where its records go. */
struct reading {
    struct pt_mend *m;
    struct pt_records *records;
    uint64_t begin; /* the offset behind what it depends on */
    uint64_t row;   /* the offset of the row that has records */
    size_t n;       /* of them so far */
    bool check;
};

/* Local times are of the zone that they were read in. */
static int enter_zone(struct pt_mend *m, const char *zone, struct pt_err *err)
{
    if (!zone || strcmp(zone, m->zone) == 0)
        return 0;
    if (pt_time_zone(zone, err) != 0)
        return -1;
    pt_time_zone_name(m->zone);
    return 0;
}

struct equal {
    struct pt_str body;
    bool found;
};

static int look_for(void *ctx, const struct pt_store_document *d)
{
    struct equal *e = ctx;
    e->found = pt_str_eq(d->body, e->body);
    return e->found;
}

/* Of a row with several records the good ones were stored when others were refused.  Points collapse;
 * a document that is there already is left out.  1, 0, or -1. */
static int is_stored(struct reading *r, const struct pt_record *record, struct pt_err *err)
{
    struct pt_store_filter at = {.since = record->ts, .until = record->ts + 1};
    struct equal e = {.body = record->body};
    struct pt_buf type = {0};
    int rc;
    if (record->metric || record->ts == PT_TIME_MAX ||
        pt_records_format(r->records) == PT_RECORDS_JSONL)
        return 0;
    pt_buf_str(&type, record->type);
    pt_buf_putc(&type, '\0');
    at.type = type.p;
    rc = pt_store_each_document(r->m->store, &at, look_for, &e, err);
    pt_buf_release(&type);
    return rc < 0 ? -1 : e.found;
}

static int take_record(struct reading *r, const struct pt_record *record, struct pt_err *err)
{
    const struct pt_ingest_options *o = r->m->options;
    const struct pt_line *line = pt_records_line(r->records);
    struct pt_record own = *record;
    enum pt_fault fault;
    struct pt_err why = {0};
    int stored, verdict = r->check && o->check ? o->check(o->ctx, record, &fault, &why) : 0;
    if (r->n++ && r->row != line->offset)
        return pt_err_set(err, PT_DATA, "more than one line; a reject stands for one");
    r->row = line->offset;
    if (verdict < 0) {
        *err = why;
        return -1;
    }
    if (verdict > 0 && o->on_warning)
        o->on_warning(o->ctx, &why);
    if ((stored = is_stored(r, record, err)) != 0)
        return stored < 0 ? -1 : 0;
    own.spelling = 0; /* every line has a reader of its own, which numbers them anew */
    if (pt_writer_add(r->m->writer, &own, err) != 0)
        return -1;
    r->m->spoiled = true;
    return 0;
}

static int read_records(struct reading *r, struct pt_err *err)
{
    enum pt_records_result got;
    do {
        struct pt_record record;
        struct pt_err why = {0};
        bool own;
        got = pt_records_next(r->records, -1, &record, &why);
        own = got != PT_RECORDS_END && pt_records_line(r->records)->offset >= r->begin;
        if (got == PT_RECORDS_FAILED || (got == PT_RECORDS_BAD && own))
            return pt_err_set(err, why.code, "%s", why.what);
        if (got == PT_RECORDS_ONE && own && take_record(r, &record, err) != 0)
            return -1;
    } while (got != PT_RECORDS_END);
    return r->n ? 0 : pt_err_set(err, PT_DATA, "no record in the corrected line");
}

/* Puts the records of a held line into the writer. */
static int read_line(struct pt_mend *m, const struct held *h, bool check, struct pt_err *err)
{
    struct pt_buf text = {0};
    struct reading r = {.m = m, .check = check};
    struct pt_context context;
    struct pt_input *in;
    int rc;
    pt_arena_reset(&m->arena);
    if (pt_context_read((struct pt_str){m->texts.p + h->context, h->context_n}, &m->arena, &context,
                        err) != 0 ||
        enter_zone(m, context.tz, err) != 0)
        return -1;
    if (m->options->records.format == PT_RECORDS_AUTO)
        pt_buf_str(&text, context.before);
    else
        context.options.format = m->options->records.format;
    context.options.now = h->at;
    context.options.part = true;
    context.options.limits = m->options->records.limits;
    r.begin = text.n;
    pt_buf_str(&text, (struct pt_str){m->texts.p + h->text, h->text_n});
    in = pt_input_text("reject", pt_buf_view(&text));
    r.records = pt_records_new(in, &context.options);
    rc = read_records(&r, err);
    pt_records_free(r.records);
    pt_input_close(in);
    pt_buf_release(&text);
    return rc;
}

static void begin_group(struct pt_mend *m)
{
    pt_writer_free(m->writer);
    m->writer = pt_writer_new(m->store);
    pt_writer_limit(m->writer, &m->options->records.limits);
}

/* --- groups ---------------------------------------------------------------------------------- */

struct look {
    struct pt_mend *m;
    struct held *held; /* where to note what it takes to read it; NULL: only look */
    bool open;
};

static int look_at(void *ctx, const struct pt_reject_row *row)
{
    struct look *k = ctx;
    k->open = !row->state.n;
    if (!k->held || !k->open)
        return 1;
    k->held->at = row->at;
    k->held->context = k->m->texts.n;
    k->held->context_n = row->context.n;
    pt_buf_str(&k->m->texts, row->context);
    return 1;
}

/* 1 open, 0 not any more, -1. */
static int is_open(struct pt_mend *m, int64_t reject, struct held *held, struct pt_err *err)
{
    const struct pt_reject_filter one = {
        .id = reject, .closed = true, .fault = -1, .since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct look k = {.m = m, .held = held};
    int rc = reject > 0 ? pt_reject_each(m->store, &one, look_at, &k, err) : 0;
    if (rc < 0)
        return -1;
    return rc > 0 ? k.open : pt_err_set(err, PT_DATA, "there is no reject %lld", (long long)reject);
}

/* The whole group once more, into a new writer.  Lines were checked before. */
static int read_again(struct pt_mend *m, struct pt_err *err)
{
    size_t kept = 0;
    begin_group(m);
    for (size_t i = 0; i < m->n; i++) {
        int open = is_open(m, m->v[i].reject, NULL, err);
        if (open < 0 || (open && read_line(m, &m->v[i], false, err) != 0))
            return -1;
        m->result.before += !open;
        if (!open)
            continue;
        pt_writer_mend(m->writer, m->v[i].reject);
        m->v[kept++] = m->v[i];
    }
    m->n = kept;
    m->spoiled = false;
    return 0;
}

static void add_receipt(struct pt_receipt *sum, const struct pt_receipt *one)
{
    sum->read += one->read;
    sum->points += one->points;
    sum->documents += one->documents;
    sum->duplicates += one->duplicates;
    sum->late += one->late;
    sum->series += one->series;
}

int pt_mend_commit(struct pt_mend *m, struct pt_err *err)
{
    while (m->n) {
        struct pt_err why = {0};
        m->commit.batch = (struct pt_batch){.source = m->commit.batch.source,
                                            .start = m->taken,
                                            .stop = m->taken + m->n,
                                            .lines = m->taken + m->n};
        if (pt_writer_commit(m->writer, &m->commit, &why) == 0) {
            add_receipt(&m->result.receipt, pt_writer_receipt(m->writer));
            m->result.replayed += m->n;
            m->taken += m->n;
            break;
        }
        if (why.code != PT_FOUND) {
            *err = why;
            return -1;
        }
        if (read_again(m, err) != 0)
            return -1;
    }
    pt_writer_free(m->writer);
    m->writer = NULL;
    m->n = 0;
    pt_buf_clear(&m->texts);
    return 0;
}

static bool waits(const struct pt_mend *m, int64_t reject)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->v[i].reject == reject)
            return true;
    return false;
}

/* The last newline of what an editor or a command wrote ends the line; it is none of it. */
static struct pt_str without_newline(struct pt_str s)
{
    if (s.n && s.p[s.n - 1] == '\n')
        s.n--;
    return s;
}

int pt_mend_line(struct pt_mend *m, int64_t reject, struct pt_str line, struct pt_err *err)
{
    struct held *h;
    int open;
    if ((m->n == GROUP || m->texts.n > GROUP_BYTES || waits(m, reject)) &&
        pt_mend_commit(m, err) != 0)
        return -1;
    m->v = pt_mem_grow(m->v, &m->cap, m->n + 1, sizeof *m->v);
    h = &m->v[m->n];
    *h = (struct held){.reject = reject};
    if ((open = is_open(m, reject, h, err)) < 1) {
        m->result.before += open == 0;
        return open;
    }
    line = without_newline(line);
    h->text = m->texts.n;
    h->text_n = line.n;
    pt_buf_str(&m->texts, line);
    if (!m->writer)
        begin_group(m);
    m->spoiled = false;
    if (read_line(m, h, true, err) != 0) {
        struct pt_err worse = {0};
        if (m->spoiled && read_again(m, &worse) != 0)
            *err = worse;
        return -1;
    }
    pt_writer_mend(m->writer, reject);
    m->n++;
    return 1;
}
