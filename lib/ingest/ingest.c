/* ingest.c - see ingest.h.
 *
 * When to commit: a stream, so that no record waits for longer than options->commit from its
 * arrival until its commit is done; one that brings more than can be taken, as often as keeps the
 * time spent in commits at about a tenth; a file, which can be read again, every few seconds; all
 * of them when the writer is full.  A commit ends between lines.
 *
 * A batch of the lineage grows over several commits of a run until it covers BATCH_BYTES: a quiet
 * stream's hundred-millisecond commits do not become a row each. */
#include "ingest/ingest.h"

#include "ingest/context.h"
#include "ingest/resume.h"
#include "record/future.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    BATCH_BYTES = 1 << 20,
    RESTARTS = 8,          /* of a file that others store at the same time */
    SATURATED = 32 * 1024, /* bytes a read: a fuller pipe is filled faster than it is emptied */
    COMMIT_SHARE = 10,     /* between commits so many times as long as one took ... */
    COMMIT_SHARE_LIVE = 1, /* ... and of a stream that has no more at hand */
    COST_FADES = 8,        /* by so much with each commit */
    KEEP_OF_ROW = 16       /* rejects of one row that keep its bytes */
};
static const int64_t FILE_COMMIT = 10 * PT_S;
static const int64_t AT_HAND = 2 * PT_MS;

struct feed {
    const struct pt_ingest_options *options;
    struct pt_store *store;
    struct pt_input *in;
    struct pt_records *records;
    struct pt_writer *writer;
    struct pt_commit commit;
    struct pt_resume resume;
    unsigned char anchor[PT_CHAIN_BYTES];
    struct pt_buf context;   /* of the last reject */
    bool plain;              /* a file; else a stream */
    bool broken;             /* a commit failed: no other may follow */
    char *path;              /* a file's real path */
    uint64_t offset, lines;  /* the end of the last whole line */
    int64_t waiting_since;   /* monotonic; when the oldest pending record came, 0: none */
    int64_t commit_began, commit_ended, commit_cost;
    uint64_t committed_reads; /* reads of the input before the last commit */
    uint64_t clock_reads;    /* reads of the input when the clock was looked at last */
    uint64_t wait_reads;     /* ... and when it was seen how long the next one may wait: */
    int wait_ms;             /* lines of one read take no time to speak of */
    struct pt_future future; /* such a record would stay its series' newest for as long */
    uint64_t refused_line, refused_of_row; /* the last line with rejects, and how many it had */
    struct pt_ingest_result *result;
};

static void note(const struct feed *f, const char *text)
{
    if (f->options->on_note)
        f->options->on_note(f->options->ctx, text);
}

/* --- where to begin -------------------------------------------------------------------------- */

/* A file that was read before, under whatever name, goes on where that ended. */
static int resume_file(struct feed *f, struct pt_records_options *options, struct pt_err *err)
{
    struct pt_batch named, *known = &f->resume.known;
    struct pt_buf format = {0};
    char text[512];
    struct stat st;
    int rc, read_before;
    if (fstat(pt_input_fd(f->in), &st) != 0)
        return pt_err_sys(err, "cannot read %s", pt_input_name(f->in));
    read_before = pt_lineage_named(f->store, "file", f->path, &named, err);
    rc = pt_resume_find(&f->resume, f->in, (uint64_t)st.st_size, &format, err);
    if (rc == 1 && options->format == PT_RECORDS_AUTO)
        options->format = pt_records_format_named(pt_buf_view(&format));
    pt_buf_release(&format);
    if (read_before < 0 || rc < 0)
        return -1;
    if (rc == 0 && read_before) {
        snprintf(text, sizeof text, "%s: not the file that was read before; reading all of it",
                 pt_input_name(f->in));
        note(f, text);
    }
    f->commit.batch = (struct pt_batch){
        .source = known->source, .start = known->stop, .stop = known->stop, .lines = known->lines};
    f->offset = f->commit.last_stop = known->stop;
    f->lines = known->lines;
    return 0;
}

static int begin(struct feed *f, const char *path, struct pt_err *err)
{
    struct pt_records_options options = f->options->records;
    int plain;
    if (pt_input_open(&f->in, path, err) != 0 || (plain = pt_input_plain(f->in, err)) < 0)
        return -1;
    f->plain = plain == 1;
    if (f->plain && !(f->path = realpath(path, NULL)))
        return pt_err_sys(err, "cannot find \"%s\"", path);
    if (f->plain && resume_file(f, &options, err) != 0)
        return -1;
    f->result->skipped_lines = f->lines;
    f->records = pt_records_new(f->in, &options);
    f->commit.command = f->options->command;
    f->commit.kind = f->plain ? "file" : "stream";
    f->commit.name = f->plain ? f->path : pt_input_name(f->in);
    return f->offset ? pt_records_skip(f->records, f->offset, f->lines, err) : 0;
}

/* --- commits --------------------------------------------------------------------------------- */

/* What the commit says of its source: what it goes on with, or that it is new. */
static int set_source(struct feed *f, struct pt_err *err)
{
    struct pt_commit *c = &f->commit;
    const struct pt_resume *r = &f->resume;
    c->format = pt_records_format_name(pt_records_format(f->records));
    c->marks = r->marks;
    c->nmarks = r->nmarks;
    c->head = r->head;
    c->last = r->last;
    pt_chain_save(&r->chain, c->batch.digest);
    if (f->plain && !r->off) {
        c->anchor = f->anchor;
        if (pt_resume_anchor(f->in, f->offset, f->anchor, err) != 0)
            return -1;
    }
    if (c->batch.source)
        return 0;
    c->missed = r->missed;
    c->forked = r->mark.hash;
    c->ends = r->ends_found;
    c->batch.source = r->known.source;
    c->batch.start = c->last_stop = r->known.stop;
    c->shared = r->known;
    c->shared.start = 0;
    return 0;
}

static int commit(struct feed *f, struct pt_err *err)
{
    struct pt_batch *batch = &f->commit.batch;
    int64_t started = pt_time_monotonic();
    if (f->broken)
        return -1;
    if (!pt_writer_pending(f->writer) && f->offset == batch->stop)
        return 0;
    f->broken = set_source(f, err) != 0;
    batch->stop = f->offset;
    batch->lines = f->lines;
    if (f->broken || (f->broken = pt_writer_commit(f->writer, &f->commit, err) != 0))
        return -1;
    f->resume.nmarks = 0;
    f->waiting_since = 0;
    f->committed_reads = pt_input_reads(f->in);
    f->commit_began = started;
    f->commit_ended = pt_time_monotonic();
    f->commit_cost -= f->commit_cost / COST_FADES; /* one that was dear may soon come again */
    if (f->commit_cost < f->commit_ended - started)
        f->commit_cost = f->commit_ended - started;
    if (batch->stop - batch->start >= BATCH_BYTES) {
        batch->id = 0;
        batch->start = batch->stop;
    }
    return 0;
}

/* --- what is stored already ------------------------------------------------------------------ */

/* All up to the position is stored already. */
static void forget(struct feed *f)
{
    pt_writer_discard(f->writer);
    f->commit.batch.stop = f->offset;
    f->result->skipped_lines = f->lines;
    f->waiting_since = 0;
}

/* Settles the lines behind the last mark by looking for their records: an input that repeats what
 * is stored has all of them there. */
static int settle(struct feed *f, struct pt_err *err)
{
    bool left = false, pending = pt_writer_pending(f->writer);
    uint64_t waiting = pt_writer_receipt(f->writer)->read;
    if (pending && pt_resume_at_end(&f->resume))
        left = true;
    else if (pending && pt_writer_drop_stored(f->writer, &f->resume.mark, &left, err) != 0)
        return -1;
    if (left) {
        f->result->skipped_lines += waiting - pt_writer_receipt(f->writer)->read;
        pt_resume_part(&f->resume);
        return 0;
    }
    if (pending)
        pt_resume_know(&f->resume, f->offset, f->lines);
    forget(f);
    return 0;
}

/* The last mark stands behind the documents that were taken so far. */
static void place_mark(struct feed *f)
{
    f->resume.marks[f->resume.nmarks - 1].documents = pt_writer_receipt(f->writer)->documents;
}

/* A stream that parts from all that is stored is noted at once, so that another one that is the
 * same and comes at the same time finds it; a file can be read again when that happens. */
static int part(struct feed *f, struct pt_err *err)
{
    if (f->resume.known.stop && pt_writer_pending(f->writer) && settle(f, err) != 0)
        return -1;
    place_mark(f);
    if (f->plain || commit(f, err) == 0)
        return 0;
    if (!f->commit.met || pt_resume_rejoin(&f->resume, f->offset, f->lines, err) != 1)
        return -1;
    *err = (struct pt_err){0};
    f->broken = false;
    forget(f);
    return 0;
}

/* --- when to commit -------------------------------------------------------------------------- */

/* Whether there is always more at hand than was taken: then it is speed that counts. */
static bool saturated(const struct feed *f)
{
    uint64_t reads = pt_input_reads(f->in) - f->committed_reads;
    return f->plain || f->offset - f->commit.last_stop > reads * SATURATED;
}

/* How long (ns) pending records may still wait, so that their commit is done in time. */
static int64_t patience(const struct feed *f)
{
    int64_t wait = f->plain ? FILE_COMMIT : f->options->commit - f->commit_cost;
    int64_t least = f->commit_cost * (saturated(f) ? COMMIT_SHARE : COMMIT_SHARE_LIVE);
    if (wait < least)
        wait = least;
    return f->waiting_since + wait - pt_time_monotonic();
}

/* When the first pending record came.  What is there as soon as a commit has ended may have come
 * when it had just begun. */
static int64_t arrival(const struct feed *f)
{
    int64_t now = pt_time_monotonic();
    return now - f->commit_ended < AT_HAND ? f->commit_began : now;
}

/* Commits if it is time to; `idle` when the input paused.  What may be stored already waits for the
 * next mark, or where that may be long in coming, as long as for a commit. */
static int maybe_commit(struct feed *f, bool idle, struct pt_err *err)
{
    if (!pt_writer_pending(f->writer))
        return 0;
    if (!f->waiting_since) {
        f->waiting_since = arrival(f);
        f->wait_reads = UINT64_MAX;
    }
    if (f->resume.open && !idle && saturated(f))
        return 0;
    if (!pt_writer_full(f->writer)) {
        if (!idle && f->clock_reads == pt_input_reads(f->in))
            return 0; /* these lines came together */
        f->clock_reads = pt_input_reads(f->in);
        if (patience(f) > 0)
            return 0;
    }
    if (f->resume.open && settle(f, err) != 0)
        return -1;
    return commit(f, err);
}

static int wait_ms(struct feed *f)
{
    int64_t left;
    if (f->plain || !f->waiting_since)
        return -1;
    if (f->wait_reads != pt_input_reads(f->in)) {
        f->wait_reads = pt_input_reads(f->in);
        left = patience(f);
        f->wait_ms = left <= 0 ? 0 : (int)((left + PT_MS - 1) / PT_MS);
    }
    return f->wait_ms;
}

/* --- lines ----------------------------------------------------------------------------------- */

/* Whether the line's bytes are to be kept: with the first rejects of a row only, since one of a
 * megabyte may hold ten thousand records that are refused. */
static bool keep_bytes(struct feed *f, const struct pt_line *line)
{
    f->refused_of_row = f->refused_line == line->number ? f->refused_of_row + 1 : 1;
    f->refused_line = line->number;
    return f->refused_of_row <= KEEP_OF_ROW;
}

static void reject(struct feed *f, const struct pt_err *why, enum pt_fault fault, int64_t ts)
{
    const struct pt_line *line = pt_records_line(f->records);
    struct pt_reject r = {.line = line->number,
                          .offset = line->offset,
                          .at = pt_records_time(f->records),
                          .ts = ts,
                          .fault = fault,
                          .reason = why->what,
                          .raw = keep_bytes(f, line) ? line->text : (struct pt_str){0}};
    pt_buf_clear(&f->context);
    pt_context_write(&f->context, f->records, &f->options->records);
    r.context = pt_buf_view(&f->context);
    pt_writer_reject(f->writer, &r);
    if (f->options->on_reject)
        f->options->on_reject(f->options->ctx, why);
}

static void tell_warning(struct feed *f, struct pt_err *why, int64_t ts)
{
    pt_err_at(why, pt_input_name(f->in), pt_records_line(f->records)->number);
    pt_writer_warn(f->writer, ts);
    if (f->options->on_warning)
        f->options->on_warning(f->options->ctx, why);
}

/* Whether the input is not known by its lines: where they have no times the same ones say something
 * new.  A file goes on by its place all the same, unless its format never has any. */
static bool unknowable(const struct feed *f)
{
    return f->plain ? pt_records_format_untimed(pt_records_format(f->records))
                    : pt_records_timeless(f->records);
}

/* Before a line is taken. */
static int begin_line(struct feed *f, struct pt_err *err)
{
    int news = 0;
    if (f->resume.open)
        news = pt_resume_before(&f->resume, pt_records_line(f->records), err);
    if (news > 0)
        forget(f);
    return news < 0 ? -1 : 0;
}

/* A line is complete: the position moves behind it.  Where lines have no times the input is not
 * known by them; where they do have some, the points collapse. */
static int end_line(struct feed *f, struct pt_err *err)
{
    const struct pt_line *line = pt_records_line(f->records);
    enum pt_records_format format = pt_records_format(f->records);
    size_t marks;
    int news;
    f->offset = line->offset + line->bytes;
    /* a line without an end goes on where the next run begins */
    f->lines = line->number + line->further - !line->ended;
    if (!f->resume.off && unknowable(f))
        pt_resume_off(&f->resume);
    marks = f->resume.nmarks;
    news = pt_resume_take(&f->resume, line, f->lines, format != PT_RECORDS_AUTO, err);
    if (news < 0)
        return -1;
    if (news & PT_RESUME_KNOWN)
        forget(f);
    if (news & PT_RESUME_PARTED)
        return part(f, err);
    if (f->resume.nmarks > marks)
        place_mark(f);
    return 0;
}

/* A file's last line without a newline may still be in writing: it waits, unless it is a whole JSON
 * object.  Half a line of the other formats can look like a whole one. */
static bool still_written(const struct feed *f, enum pt_records_result got)
{
    const struct pt_line *line = pt_records_line(f->records);
    if (line->ended || !f->plain || line->overlong)
        return false;
    return got != PT_RECORDS_ONE || !pt_records_format_closed(pt_records_format(f->records));
}

/* 0 when there is nothing against the record; above, a warning; -1 with the fault and why. */
static int judge(struct feed *f, const struct pt_record *record, enum pt_fault *fault,
                 struct pt_err *why)
{
    if (pt_future_check(&f->future, record->ts, why) != 0) {
        *fault = PT_FAULT_TIME;
        return -1;
    }
    return f->options->check ? f->options->check(f->options->ctx, record, fault, why) : 0;
}

/* A record goes to the writer if it passes the check.  why: clean.  -1 only when the store
 * fails. */
static int offer(struct feed *f, const struct pt_record *record, struct pt_err *why,
                 struct pt_err *err)
{
    enum pt_fault fault = PT_FAULT_SYNTAX;
    int verdict = judge(f, record, &fault, why);
    struct pt_err warning;
    if (verdict > 0) {
        warning = *why;
        *why = (struct pt_err){0};
    }
    if (verdict >= 0 && pt_writer_add(f->writer, record, why) == 0) {
        if (verdict > 0)
            tell_warning(f, &warning, record->ts);
        return 0;
    }
    if (why->code != PT_DATA) {
        *err = *why;
        return -1;
    }
    if (verdict >= 0)
        fault = pt_fault_of(why->what);
    pt_err_at(why, pt_input_name(f->in), pt_records_line(f->records)->number);
    reject(f, why, fault, fault == PT_FAULT_TIME ? PT_TIME_MIN : record->ts);
    return 0;
}

/* Deals with what pt_records_next delivered.  1 go on, 0 end, -1. */
static int take(struct feed *f, enum pt_records_result got, const struct pt_record *record,
                struct pt_err *why, struct pt_err *err)
{
    bool line = got == PT_RECORDS_ONE || got == PT_RECORDS_BAD || got == PT_RECORDS_NOTHING;
    if (line && still_written(f, got)) {
        f->result->left_bytes = pt_records_line(f->records)->bytes;
        return 0;
    }
    if (line && begin_line(f, err) != 0)
        return -1;
    switch (got) {
    case PT_RECORDS_ONE:
        if (offer(f, record, why, err) != 0)
            return -1;
        break;
    case PT_RECORDS_BAD: reject(f, why, pt_fault_of(why->what), PT_TIME_MIN); break;
    case PT_RECORDS_IDLE:
        f->wait_reads = UINT64_MAX;
        return maybe_commit(f, true, err) == 0 ? 1 : -1;
    case PT_RECORDS_END: return 0;
    case PT_RECORDS_FAILED: *err = *why; return -1;
    case PT_RECORDS_NOTHING: break;
    }
    if (!pt_records_between_lines(f->records))
        return 1;
    return end_line(f, err) == 0 && maybe_commit(f, false, err) == 0 ? 1 : -1;
}

static int run(struct feed *f, struct pt_err *err)
{
    struct pt_err why = {0};
    int more = 1;
    while (more == 1 && !(f->options->stopping && f->options->stopping() &&
                          pt_records_between_lines(f->records))) {
        struct pt_record record;
        enum pt_records_result got;
        pt_err_clear(&why);
        got = pt_records_next(f->records, wait_ms(f), &record, &why);
        more = take(f, got, &record, &why, err);
    }
    return more < 0 ? -1 : 0;
}

/* Whatever ended the run, what was taken so far is settled and committed. */
static int finish(struct feed *f, struct pt_err *err)
{
    if (f->resume.open && settle(f, err) != 0)
        return -1;
    return commit(f, err);
}

/* As pt_ingest.  *again: another program has stored the beginning of the same file in the
 * meantime. */
static int ingest_once(struct pt_store *store, const char *path,
                       const struct pt_ingest_options *options, struct pt_ingest_result *result,
                       bool *again, struct pt_err *err)
{
    struct feed f = {
        .options = options, .store = store, .writer = pt_writer_new(store), .result = result};
    struct pt_err last = {0};
    int rc;
    *result = (struct pt_ingest_result){0};
    f.future.most = options->records.limits.future;
    pt_writer_limit(f.writer, &options->records.limits);
    pt_resume_init(&f.resume, store);
    rc = begin(&f, path, err);
    if (rc == 0)
        rc = run(&f, err);
    if (f.records && finish(&f, rc == 0 ? err : &last) != 0) /* also what came before a failure */
        rc = -1;
    *again = rc != 0 && f.commit.met && f.plain;
    result->receipt = *pt_writer_receipt(f.writer);
    pt_buf_release(&f.context);
    pt_resume_release(&f.resume);
    pt_writer_free(f.writer);
    pt_records_free(f.records);
    pt_input_close(f.in);
    free(f.path);
    return rc;
}

int pt_ingest(struct pt_store *store, const char *path, const struct pt_ingest_options *options,
              struct pt_ingest_result *result, struct pt_err *err)
{
    bool again;
    int rc = ingest_once(store, path, options, result, &again, err);
    for (int i = 0; again && i < RESTARTS; i++) {
        *err = (struct pt_err){0};
        rc = ingest_once(store, path, options, result, &again, err);
    }
    return rc;
}
