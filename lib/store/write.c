/* write.c - see write.h: what waits for a commit.
 *
 * A series is known by its slot, whose place is its number in w->series: one hash of a record's raw
 * bytes, no parsing.  Its row is looked for when it is first met, or met again after a discard, or
 * after all were forgotten because they took too much. */
#include "store/write.h"

#include "base/mem.h"
#include "store/merge.h"
#include "store/writer.h"

#include <stdlib.h>

enum {
    POINTS_FULL = 2 << 20,       /* buffered points that call for a commit (16 bytes each) */
    BYTES_FULL = 16 << 20,       /* ... and bytes of encoded chunks, documents and rejects */
    SERIES_FULL = 64 << 20,      /* ... and bytes that the series take */
    SLOT_BYTES = sizeof(struct pt_slot) + 128, /* of them for a slot and its first points */
    KEEP_BUFFERS = 4096          /* with more series than this, empty buffers are freed */
};

struct pt_writer *pt_writer_new(struct pt_store *store)
{
    struct pt_writer *w = pt_mem_alloc(sizeof *w);
    w->store = store;
    w->encoder = pt_encoder_new();
    w->spelled = pt_mem_array(PT_WRITER_SPELLED, sizeof *w->spelled);
    pt_writer_limit(w, &(struct pt_limits){0});
    return w;
}

void pt_writer_limit(struct pt_writer *w, const struct pt_limits *limits)
{
    w->limits = w->series.limits = *limits;
    w->series.limits.series = UINT64_MAX; /* those in the file are counted, not those in memory */
}

void pt_writer_want(struct pt_writer *w, const struct pt_selector *selector)
{
    w->wanted = selector;
}

void pt_writer_free(struct pt_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < pt_identity_count(&w->series); i++)
        pt_column_release(&w->slots[i].points);
    pt_identity_release(&w->series);
    pt_encoder_free(w->encoder);
    free(w->waiting);
    free(w->spelled);
    free(w->slots);
    free(w->dirty);
    free(w->documents);
    free(w->rejects);
    free(w->mended);
    pt_column_release(&w->lost);
    pt_tally_release(&w->tally);
    pt_arena_release(&w->arena);
    pt_buf_release(&w->text);
    free(w);
}

const struct pt_receipt *pt_writer_receipt(const struct pt_writer *w)
{
    return &w->receipt;
}

bool pt_writer_pending(const struct pt_writer *w)
{
    return w->ndirty || w->ndocuments || w->nrejects || w->nmended;
}

/* Whether it is time to forget the series. */
static bool crowded(const struct pt_writer *w)
{
    size_t slots = pt_identity_count(&w->series) * SLOT_BYTES;
    return pt_identity_bytes(&w->series) + slots >= SERIES_FULL;
}

bool pt_writer_full(const struct pt_writer *w)
{
    return w->buffered >= POINTS_FULL ||
           pt_encoder_bytes(w->encoder) + w->text.n >= BYTES_FULL || crowded(w);
}

/* What is known of them comes back from the file when they are met again. */
static void forget_series(struct pt_writer *w)
{
    for (size_t i = 0; i < pt_identity_count(&w->series); i++)
        pt_column_release(&w->slots[i].points);
    pt_identity_forget(&w->series);
    memset(w->spelled, 0, PT_WRITER_SPELLED * sizeof *w->spelled);
}

void pt_writer_empty(const struct pt_writer *w, struct pt_slot *slot)
{
    if (pt_identity_count(&w->series) > KEEP_BUFFERS)
        pt_column_release(&slot->points);
    else
        pt_column_clear(&slot->points);
}

void pt_writer_clear(struct pt_writer *w)
{
    for (size_t i = 0; i < w->ndirty; i++) {
        struct pt_slot *slot = &w->slots[w->dirty[i]];
        slot->dirty = slot->hold = false;
        pt_writer_empty(w, slot);
    }
    w->ndirty = w->ndocuments = w->nrejects = w->nmended = w->unborn = 0;
    w->document_last = false;
    pt_column_clear(&w->lost);
    pt_tally_clear(&w->tally);
    w->buffered = 0;
    pt_encoder_clear(w->encoder);
    pt_buf_clear(&w->text);
    if (crowded(w))
        forget_series(w);
}

void pt_writer_discard(struct pt_writer *w)
{
    for (size_t i = 0; i < w->ndirty; i++)
        w->slots[w->dirty[i]].known = false; /* `newest` may have moved */
    pt_writer_clear(w);
    w->receipt = w->committed;
}

/* --- series ---------------------------------------------------------------------------------- */

int pt_writer_load_facts(struct pt_writer *w, struct pt_slot *slot, struct pt_err *err)
{
    static const char TAIL[] = "SELECT count(*), max(ts) FROM tail WHERE series = ?1";
    sqlite3_stmt *stmt;
    slot->sealed = slot->ahead = slot->newest = slot->tail_end = PT_TIME_MIN;
    slot->tail = slot->sealed_n = 0;
    slot->known = true;
    slot->version = w->data_version; /* a commit since then shows at the next one of ours */
    if (!slot->id)
        return 0;
    if (pt_merge_last_chunk(w->store, slot->id, &slot->sealed, &slot->sealed_n, err) != 0 ||
        !(stmt = pt_db_statement(w->store, TAIL, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, slot->id);
    if (pt_db_step(w->store, stmt, err) != 1)
        return -1;
    slot->ahead = slot->newest = slot->sealed;
    slot->tail = (uint64_t)sqlite3_column_int64(stmt, 0);
    if (slot->tail)
        slot->newest = slot->tail_end = sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
    return 0;
}

void pt_writer_bind_series(struct pt_writer *w, uint32_t at, sqlite3_stmt *stmt)
{
    struct pt_str name = pt_identity_name(&w->series, at), tags = pt_identity_tags(&w->series, at);
    sqlite3_bind_text64(stmt, 1, name.p, name.n, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_text64(stmt, 2, tags.p, tags.n, SQLITE_STATIC, SQLITE_UTF8);
}

int pt_writer_find_row(struct pt_writer *w, uint32_t at, struct pt_err *err)
{
    static const char SQL[] = "SELECT id, kind, unit FROM series WHERE name = ?1 AND tags = ?2";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    struct pt_slot *slot = &w->slots[at];
    int rc;
    if (!stmt)
        return -1;
    pt_writer_bind_series(w, at, stmt);
    if ((rc = pt_db_step(w->store, stmt, err)) == 1) {
        struct pt_str unit = pt_db_str(stmt, 2);
        slot->id = sqlite3_column_int64(stmt, 0);
        pt_kind_parse(pt_db_str(stmt, 1), &slot->kind);
        if (unit.n && unit.n < sizeof slot->unit) {
            memcpy(slot->unit, unit.p, unit.n);
            slot->unit[unit.n] = '\0';
        }
    }
    sqlite3_reset(stmt);
    return rc < 0 ? -1 : 0;
}

/* Series of one source get their points in turn and would all be full at the same moment; so the
 * first buffer of each is full at another length, spread evenly by the golden ratio. */
static uint32_t first_full(uint32_t at)
{
    static const uint32_t GOLDEN = 0x9E3779B9; /* 2^32 / phi */
    enum { HALF = PT_CHUNK_POINTS / 2 };
    return HALF + (uint32_t)((uint64_t)(at * GOLDEN) * HALF >> 32);
}

static bool unwanted(struct pt_writer *w, uint32_t at)
{
    struct pt_err ignored = {0}; /* the tags are canonical, so they are valid */
    pt_arena_reset(&w->arena);
    return pt_selector_series(w->wanted, pt_identity_name(&w->series, at),
                              pt_identity_tags(&w->series, at), &w->arena, &ignored) == 0;
}

/* The number of a record's series, whose slot is there then; once seen it is known by the
 * spelling. */
static int find_series(struct pt_writer *w, const struct pt_record *r, uint32_t *at,
                       struct pt_err *err)
{
    struct pt_spelled *spelled = &w->spelled[r->spelling % PT_WRITER_SPELLED];
    bool added;
    if (r->spelling && spelled->spelling == r->spelling) {
        *at = spelled->slot;
        return 0;
    }
    if (pt_identity_of(&w->series, r->name, r->tags, at, &added, err) != 0)
        return -1;
    if (added) {
        w->slots = pt_mem_grow(w->slots, &w->slots_cap, (size_t)*at + 1, sizeof *w->slots);
        w->slots[*at] = (struct pt_slot){.full = first_full(*at), .unwanted = unwanted(w, *at)};
    }
    if (r->spelling)
        *spelled = (struct pt_spelled){r->spelling, *at};
    return 0;
}

/* The slot of a record's series, with what is known of it. */
static int find_slot(struct pt_writer *w, const struct pt_record *r, uint32_t *at,
                     struct pt_err *err)
{
    struct pt_slot *slot;
    if (find_series(w, r, at, err) != 0)
        return -1;
    slot = &w->slots[*at];
    if (slot->known)
        return 0;
    if (!slot->id && pt_writer_find_row(w, *at, err) != 0)
        return -1;
    return pt_writer_load_facts(w, slot, err);
}

static bool says_more(const struct pt_slot *slot, const struct pt_record *r)
{
    return (slot->kind == PT_KIND_NONE && r->kind != PT_KIND_NONE) ||
           (!slot->unit[0] && r->unit.n);
}

int pt_writer_foresee(struct pt_writer *w, const struct pt_record *metric, struct pt_err *err)
{
    const struct pt_slot *slot;
    uint32_t at;
    if (find_series(w, metric, &at, err) != 0)
        return -1;
    slot = &w->slots[at];
    if (slot->unwanted)
        return PT_WRITER_IGNORES;
    return (slot->id || slot->dirty) && !says_more(slot, metric) ? PT_WRITER_EXTENDS
                                                                 : PT_WRITER_LEARNS;
}

void pt_writer_reread(struct pt_writer *w)
{
    for (size_t i = 0; i < pt_identity_count(&w->series); i++)
        w->slots[i].known = false;
}

static void describe(struct pt_slot *slot, const struct pt_record *r)
{
    if (slot->kind == PT_KIND_NONE && r->kind != PT_KIND_NONE) {
        slot->kind = r->kind;
        slot->describe = true;
    }
    if (!slot->unit[0] && r->unit.n && r->unit.n < sizeof slot->unit) {
        memcpy(slot->unit, r->unit.p, r->unit.n);
        slot->describe = true;
    }
}

/* --- gathering ------------------------------------------------------------------------------- */

static void mark_dirty(struct pt_writer *w, uint32_t at)
{
    if (w->slots[at].dirty)
        return;
    w->slots[at].dirty = true;
    w->unborn += !w->slots[at].id;
    w->dirty = pt_mem_grow(w->dirty, &w->dirty_cap, w->ndirty + 1, sizeof *w->dirty);
    w->dirty[w->ndirty++] = at;
}

/* A full buffer goes to the encoder, when all its points are newer than what is sealed and no tail
 * must go before them; else it goes on growing until the commit. */
static void encode_full(struct pt_writer *w, uint32_t at)
{
    struct pt_slot *slot = &w->slots[at];
    size_t gone;
    if (slot->tail || slot->hold || slot->points.n > PT_CHUNK_POINTS)
        return;
    gone = pt_column_sort_gone(&slot->points, &w->lost);
    w->buffered -= gone;
    slot->hold = gone || slot->points.ts[0] <= slot->ahead;
    if (slot->hold)
        return;
    slot->ahead = slot->points.ts[slot->points.n - 1];
    slot->full = PT_CHUNK_POINTS;
    w->buffered -= slot->points.n;
    pt_encoder_put(w->encoder, at, &slot->points);
}

static int add_point(struct pt_writer *w, const struct pt_record *r, struct pt_err *err)
{
    struct pt_slot *slot;
    uint32_t at;
    if (find_slot(w, r, &at, err) != 0)
        return -1;
    slot = &w->slots[at];
    if (!slot->id && !slot->dirty && pt_writer_check_room(w, err) != 0)
        return -1;
    if (r->kind != slot->kind || r->unit.n)
        describe(slot, r);
    if (slot->unwanted && slot->id)
        return 0;
    mark_dirty(w, at);
    if (slot->unwanted)
        return 0;
    pt_column_add(&slot->points, r->ts, r->value);
    w->buffered++;
    w->receipt.points++;
    if (r->ts < slot->newest) {
        w->receipt.late++;
        pt_tally_add(&w->tally, PT_TALLY_LATE, r->ts);
    } else {
        slot->newest = r->ts;
    }
    if (slot->points.n >= slot->full)
        encode_full(w, at);
    return 0;
}

static size_t hold(struct pt_writer *w, struct pt_str s)
{
    size_t at = w->text.n;
    pt_buf_str(&w->text, s);
    return at;
}

static void add_document(struct pt_writer *w, const struct pt_record *r)
{
    struct pt_held_document *d;
    w->documents =
        pt_mem_grow(w->documents, &w->documents_cap, w->ndocuments + 1, sizeof *w->documents);
    d = &w->documents[w->ndocuments++];
    d->ts = r->ts;
    d->type = hold(w, r->type);
    d->name = hold(w, r->name);
    d->trace = hold(w, r->trace);
    d->body = hold(w, r->body);
    d->type_n = (uint32_t)r->type.n;
    d->name_n = (uint32_t)r->name.n;
    d->trace_n = (uint32_t)r->trace.n;
    d->body_n = (uint32_t)r->body.n;
    d->warned = false;
    w->receipt.documents++;
}

int pt_writer_add(struct pt_writer *w, const struct pt_record *record, struct pt_err *err)
{
    if (record->ts == PT_TIME_MIN || record->ts == PT_TIME_MAX) /* they stand for "no time" */
        return pt_err_set(err, PT_DATA, "ts: the first and the last nanosecond there is are taken");
    if (!record->metric)
        add_document(w, record);
    else if (add_point(w, record, err) != 0)
        return -1;
    w->document_last = !record->metric;
    w->receipt.read++;
    pt_tally_add(&w->tally, PT_TALLY_RECORDS, record->ts);
    return 0;
}

/* Rejects that follow one another mostly have the same context, and it may be long. */
static size_t hold_context(struct pt_writer *w, struct pt_str context)
{
    const struct pt_held_reject *before = w->nrejects > 1 ? &w->rejects[w->nrejects - 2] : NULL;
    if (before &&
        pt_str_eq((struct pt_str){w->text.p + before->context, before->context_n}, context))
        return before->context;
    return hold(w, context);
}

void pt_writer_reject(struct pt_writer *w, const struct pt_reject *reject)
{
    struct pt_held_reject *r;
    struct pt_str raw = reject->raw;
    if (raw.n > PT_REJECT_RAW_MOST)
        raw.n = PT_REJECT_RAW_MOST;
    w->rejects = pt_mem_grow(w->rejects, &w->rejects_cap, w->nrejects + 1, sizeof *w->rejects);
    r = &w->rejects[w->nrejects++];
    *r = (struct pt_held_reject){.line = reject->line,
                                 .offset = reject->offset,
                                 .at = reject->at,
                                 .fault = reject->fault,
                                 .raw_n = raw.n,
                                 .context_n = reject->context.n};
    r->reason = hold(w, pt_str(reject->reason));
    pt_buf_putc(&w->text, '\0');
    r->raw = hold(w, raw);
    r->context = hold_context(w, reject->context);
    r->day = pt_tally_reject(&w->tally, reject->fault, reject->ts);
    w->receipt.read++;
    w->receipt.rejects++;
}

void pt_writer_warn(struct pt_writer *w, int64_t ts)
{
    pt_tally_add(&w->tally, PT_TALLY_WARNED, ts);
    w->receipt.warned++;
    if (w->document_last)
        w->documents[w->ndocuments - 1].warned = true;
}

void pt_writer_mend(struct pt_writer *w, int64_t reject)
{
    w->mended = pt_mem_grow(w->mended, &w->mended_cap, w->nmended + 1, sizeof *w->mended);
    w->mended[w->nmended++] = reject;
}

