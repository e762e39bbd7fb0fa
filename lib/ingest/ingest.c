/* ingest.c - see ingest.h.
 *
 * When to commit: a stream that pauses, after at most options->commit; one that does not, as often
 * as keeps the time spent in commits at about a tenth; a file, which can be read again, every few
 * seconds; all of them when the writer is full.  A commit ends between lines.
 *
 * A batch of the lineage grows over several commits of a run until it covers BATCH_BYTES: a quiet
 * stream's hundred-millisecond commits do not become a row each. */
#include "ingest/ingest.h"

#include "ingest/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    BATCH_BYTES = 1 << 20,
    COMMIT_SHARE = 10 /* a commit may take one part in so many of the time */
};
static const int64_t FILE_COMMIT = 2 * PT_S;

struct feed {
    const struct pt_ingest_options *options;
    struct pt_store *store;
    struct pt_input *in;
    struct pt_records *records;
    struct pt_writer *writer;
    struct pt_commit commit;
    struct pt_resume resume;
    struct pt_digest digest; /* of the batch so far */
    bool plain;              /* a file; else a stream */
    bool broken;             /* a commit failed: no other may follow */
    bool stopped;            /* not at the input's end */
    char *path;              /* a file's real path */
    uint64_t offset, lines;  /* the end of the last whole line */
    int64_t waiting_since;   /* monotonic; when the oldest pending record came, 0: none */
    int64_t commit_cost;
    uint64_t clock_reads;    /* reads of the input when the clock was looked at last */
    uint64_t wait_reads;     /* ... and when it was seen how long the next one may wait: */
    int wait_ms;             /* lines of one read take no time to speak of */
    int64_t now;             /* the wall clock at some time before; see check_clock */
    struct pt_ingest_result *result;
};

static void note(const struct feed *f, const char *text)
{
    if (f->options->on_note)
        f->options->on_note(f->options->ctx, text);
}

/* --- where to begin ---------------------------------------------------------------------------- */

/* Holds what the store knows of a file with this first line against the file itself. */
struct search {
    struct feed *f;
    uint64_t size;
    enum pt_records_format format;
    struct pt_err *err;
};

static int try_file(void *ctx, const struct pt_batch *last, struct pt_str format)
{
    struct search *s = ctx;
    unsigned char anchor[PT_LINEAGE_DIGEST];
    s->format = pt_records_format_named(format);
    if (pt_records_format_untimed(s->format) || last->stop > s->size) /* see resumable */
        return 0;
    if (pt_resume_anchor(s->f->in, last->stop, anchor, s->err) != 0)
        return -1;
    if (memcmp(anchor, last->digest, sizeof anchor) != 0)
        return 0;
    s->f->commit.batch = (struct pt_batch){
        .source = last->source, .start = last->stop, .stop = last->stop, .lines = last->lines};
    s->f->commit.last_stop = last->stop;
    return 1;
}

/* A file that was read before, under whatever name, goes on where that ended. */
static int resume_file(struct feed *f, struct pt_records_options *options, struct pt_err *err)
{
    struct search search = {.f = f, .err = err};
    char text[512];
    struct stat st;
    int rc;
    if (fstat(pt_input_fd(f->in), &st) != 0)
        return pt_err_sys(err, "cannot read %s", pt_input_name(f->in));
    search.size = (uint64_t)st.st_size;
    if (pt_resume_first_line(f->in, f->resume.head, err) != 0 ||
        pt_lineage_named(f->store, f->path, &f->commit.last_named, err) != 0)
        return -1;
    f->resume.head_n = 8;
    if ((rc = pt_lineage_files(f->store, f->resume.head, try_file, &search, err)) < 0)
        return -1;
    if (rc == 0 && f->commit.last_named) {
        snprintf(text, sizeof text, "%s: not the file that was read before; reading all of it",
                 pt_input_name(f->in));
        note(f, text);
    }
    if (rc == 1 && options->format == PT_RECORDS_AUTO)
        options->format = search.format;
    f->offset = f->commit.batch.stop;
    f->lines = f->commit.batch.lines;
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

/* --- commits ----------------------------------------------------------------------------------- */

static int set_digest(struct feed *f, struct pt_err *err)
{
    if (f->plain)
        return pt_resume_anchor(f->in, f->offset, f->commit.batch.digest, err);
    pt_digest_end(&f->digest, f->commit.batch.digest);
    return 0;
}

/* The source's name and format are those of its first commit; a new stream's head grows until it is
 * full. */
static void set_source(struct feed *f)
{
    struct pt_commit *c = &f->commit;
    c->format = pt_records_format_name(pt_records_format(f->records));
    if (c->batch.source && !c->head)
        return;
    c->head = f->resume.head_n ? f->resume.head : NULL;
    c->head_n = f->resume.head_n;
    if (f->plain || c->batch.source || !f->resume.confirmed)
        return;
    c->batch.start = f->resume.confirmed;
    c->batch.source = pt_resume_source(&f->resume);
    c->last_stop = c->batch.source ? f->resume.confirmed : 0;
    c->fork = c->batch.source ? 0 : f->resume.source;
    if (c->batch.source)
        c->head = NULL;
}

static int commit(struct feed *f, struct pt_err *err)
{
    struct pt_batch *batch = &f->commit.batch;
    int64_t started = pt_time_monotonic();
    if (f->broken)
        return -1;
    if (!pt_writer_pending(f->writer) && f->offset == batch->stop)
        return 0;
    set_source(f);
    batch->stop = f->offset;
    batch->lines = f->lines;
    f->broken = set_digest(f, err) != 0 || pt_writer_commit(f->writer, &f->commit, err) != 0;
    if (f->broken)
        return -1;
    f->waiting_since = 0;
    f->commit_cost = pt_time_monotonic() - started;
    if (batch->stop - batch->start >= BATCH_BYTES) {
        batch->id = 0;
        batch->start = batch->stop;
        pt_digest_init(&f->digest);
    }
    return 0;
}

/* How long (ns) pending records may still wait. */
static int64_t patience(const struct feed *f)
{
    int64_t wait = f->plain ? FILE_COMMIT : f->options->commit;
    if (wait < COMMIT_SHARE * f->commit_cost)
        wait = COMMIT_SHARE * f->commit_cost;
    return f->waiting_since + wait - pt_time_monotonic();
}

/* Commits if it is time to; `idle` when the input paused. */
static int maybe_commit(struct feed *f, bool idle, struct pt_err *err)
{
    if (!pt_writer_pending(f->writer) || pt_resume_open(&f->resume))
        return 0;
    if (!f->waiting_since) {
        f->waiting_since = pt_time_monotonic();
        f->wait_reads = UINT64_MAX;
    }
    if (!pt_writer_full(f->writer)) {
        if (!idle && f->clock_reads == pt_input_reads(f->in))
            return 0; /* these lines came together */
        f->clock_reads = pt_input_reads(f->in);
        if (patience(f) > 0)
            return 0;
    }
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

/* --- lines ------------------------------------------------------------------------------------- */

static void reject(struct feed *f, const struct pt_err *why)
{
    const struct pt_line *line = pt_records_line(f->records);
    pt_writer_reject(f->writer, line->number, line->offset, why->what, line->text);
    if (f->options->on_reject)
        f->options->on_reject(f->options->ctx, why);
}

/* All up to the position is stored already. */
static void forget(struct feed *f)
{
    pt_writer_discard(f->writer);
    pt_digest_init(&f->digest);
    f->commit.batch.stop = f->offset;
    f->result->skipped_lines = f->lines;
    f->waiting_since = 0;
}

/* Whether the input may be known by its lines: not where they have no times.  Where they do have some
 * the points collapse. */
static bool resumable(const struct feed *f)
{
    return !f->plain && !pt_records_timeless(f->records);
}

/* Before a stream's line is taken. */
static int begin_line(struct feed *f, struct pt_err *err)
{
    int known = !resumable(f) ? 0 : pt_resume_before(&f->resume, pt_records_line(f->records), err);
    if (known > 0)
        forget(f);
    return known < 0 ? -1 : 0;
}

/* A line is complete: the position moves behind it. */
static int end_line(struct feed *f, struct pt_err *err)
{
    const struct pt_line *line = pt_records_line(f->records);
    int known;
    f->offset = line->offset + line->bytes;
    f->lines = line->number + line->further - !line->ended; /* the line goes on where the next run begins */
    if (f->plain)
        return 0;
    if (!resumable(f)) {
        pt_resume_release(&f->resume);
        return 0;
    }
    pt_resume_digest(&f->digest, line);
    known = pt_resume_line(&f->resume, line, f->offset, err);
    if (known > 0)
        forget(f);
    return known < 0 ? -1 : 0;
}

/* A file's last line without a newline may still be in writing: it waits, unless it is a whole JSON
 * object.  Half a line of the other formats can look like a whole one. */
static bool still_written(const struct feed *f, enum pt_records_result got)
{
    const struct pt_line *line = pt_records_line(f->records);
    bool whole =
        got == PT_RECORDS_ONE && pt_records_format_closed(pt_records_format(f->records));
    return f->plain && !line->ended && !line->overlong && !whole;
}

static bool ahead_by(int64_t ts, int64_t now, int64_t most)
{
    return ts > now && (uint64_t)ts - (uint64_t)now > (uint64_t)most;
}

/* A record far in the future would be the newest of its series for as long.  The clock is asked
 * only when its last answer does not settle it. */
static int check_clock(struct feed *f, const struct pt_record *r, struct pt_err *why)
{
    int64_t most = f->options->records.limits.future;
    char at[PT_TIME_TEXT], now[PT_TIME_TEXT], ahead[PT_DURATION_TEXT];
    if (!most || !ahead_by(r->ts, f->now, most))
        return 0;
    f->now = pt_time_now();
    if (!ahead_by(r->ts, f->now, most))
        return 0;
    pt_time_format(at, r->ts);
    pt_time_format(now, f->now);
    pt_duration_format(ahead, most);
    return pt_err_set(why, PT_DATA, "ts: %s is more than %s after now, %s (--max-future)", at,
                      ahead, now);
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
        if (check_clock(f, record, why) == 0 && pt_writer_add(f->writer, record, why) == 0)
            break;
        if (why->code != PT_DATA) {
            *err = *why;
            return -1;
        }
        pt_err_at(why, pt_input_name(f->in), pt_records_line(f->records)->number);
        reject(f, why);
        break;
    case PT_RECORDS_BAD: reject(f, why); break;
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
    int more = 1;
    while (more == 1 && !(f->options->stopping && f->options->stopping() &&
                          pt_records_between_lines(f->records))) {
        struct pt_record record;
        struct pt_err why = {0};
        enum pt_records_result got = pt_records_next(f->records, wait_ms(f), &record, &why);
        more = take(f, got, &record, &why, err);
    }
    f->stopped = more == 1;
    return more < 0 ? -1 : 0;
}

/* What is still held back at the end, because a stored stream begins with it.  Where the lines are few
 * they are known to be stored.  When the program is stopped they may be, and the next run will tell;
 * but a stream that has ended may be another one, and storing twice is better than losing. */
static void settle(struct feed *f)
{
    char text[256];
    if (!pt_resume_open(&f->resume) || !(f->stopped || pt_resume_in_head(&f->resume)))
        return;
    if (!f->stopped) {
        forget(f);
        return;
    }
    snprintf(text, sizeof text,
             "%.128s: stopped before it was clear whether lines %llu to %llu are stored already; they "
             "wait for the next run",
             pt_input_name(f->in), (unsigned long long)f->result->skipped_lines + 1,
             (unsigned long long)f->lines);
    note(f, text);
    pt_writer_discard(f->writer);
    f->commit.batch.stop = f->offset;
}

int pt_ingest(struct pt_store *store, const char *path, const struct pt_ingest_options *options,
              struct pt_ingest_result *result, struct pt_err *err)
{
    struct feed f = {.options = options,
                     .store = store,
                     .writer = pt_writer_new(store),
                     .resume = {.store = store},
                     .result = result};
    struct pt_err last = {0};
    int rc;
    *result = (struct pt_ingest_result){0};
    pt_digest_init(&f.digest);
    pt_writer_limit(f.writer, &options->records.limits);
    rc = begin(&f, path, err);
    if (rc == 0)
        rc = run(&f, err);
    if (rc == 0)
        settle(&f);
    if (f.records && commit(&f, rc == 0 ? err : &last) != 0) /* also what came before a failure */
        rc = -1;
    result->receipt = *pt_writer_receipt(f.writer);
    pt_resume_release(&f.resume);
    pt_writer_free(f.writer);
    pt_records_free(f.records);
    pt_input_close(f.in);
    free(f.path);
    return rc;
}
