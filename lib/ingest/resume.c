/* resume.c - see resume.h.
 *
 * A row is one line, or several where a CSV field holds newlines; the chain takes its lines one by
 * one, so that it does not depend on where rows were thought to end.  Marks are made at the ends of
 * rows only.  A source that was cut inside a row may have made one within what is a row now: those
 * are looked up, too, but only to find that source's end. */
#include "ingest/resume.h"

#include "base/mem.h"

#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANCHOR = 4096 }; /* bytes before a file's position that must be unchanged */
static const unsigned NO_STRETCH = ~0u;
static const char MARK[3] = "\xEF\xBB\xBF"; /* before a file's first line: no part of it */

void pt_resume_init(struct pt_resume *r, struct pt_store *store)
{
    *r = (struct pt_resume){.store = store, .open = true};
    pt_chain_init(&r->chain);
}

void pt_resume_release(struct pt_resume *r)
{
    free(r->ends);
    free(r->marks);
    r->ends = NULL;
    r->marks = NULL;
    r->nends = r->ends_cap = r->nmarks = r->marks_cap = 0;
}

void pt_resume_off(struct pt_resume *r)
{
    pt_resume_release(r);
    r->off = true;
    r->open = false;
    r->known = (struct pt_batch){0};
    r->head = r->last = r->missed = 0;
}

/* --- the lines of a row ---------------------------------------------------------------------- */

struct pieces {
    struct pt_str rest;
    uint64_t position; /* of the rest */
    bool more;
};

static struct pieces pieces_of(const struct pt_line *row)
{
    uint64_t before = row->bytes - row->text.n - row->ended;
    bool marked = row->number == 1 && !row->overlong && before == sizeof MARK;
    return (struct pieces){row->text, row->offset + (marked ? sizeof MARK : 0), true};
}

/* The next line, which begins at *position. */
static bool next_piece(struct pieces *p, struct pt_str *line, uint64_t *position)
{
    const char *newline = p->rest.n ? memchr(p->rest.p, '\n', p->rest.n) : NULL;
    if (!p->more)
        return false;
    *position = p->position;
    *line = (struct pt_str){p->rest.p, newline ? (size_t)(newline - p->rest.p) : p->rest.n};
    p->more = newline != NULL;
    if (newline) {
        p->rest = (struct pt_str){newline + 1, p->rest.n - line->n - 1};
        p->position += line->n + 1;
    }
    return true;
}

static void add_lines(struct pt_chain *c, const struct pt_line *row)
{
    struct pieces p = pieces_of(row);
    struct pt_str line;
    uint64_t position;
    while (next_piece(&p, &line, &position))
        pt_chain_add(c, line.p, line.n);
}

static void add_row(struct pt_chain *c, const struct pt_line *row)
{
    uint64_t bytes = htole64(row->bytes);
    if (row->further)
        add_lines(c, row);
    else
        pt_chain_add(c, row->text.p, row->text.n);
    if (row->overlong) /* its end was not kept; its length stands for it */
        pt_chain_add(c, &bytes, sizeof bytes);
}

/* --- ends of sources ------------------------------------------------------------------------- */

static int add_end(void *ctx, const struct pt_lineage_end *end)
{
    struct pt_resume *r = ctx;
    r->ends = pt_mem_grow(r->ends, &r->ends_cap, r->nends + 1, sizeof *r->ends);
    r->ends[r->nends++] = end->last;
    return 0;
}

/* Sources that end from..to, where the chain is c, are known to end there. */
static bool meet(struct pt_resume *r, const struct pt_chain *c, uint64_t from, uint64_t to)
{
    unsigned char digest[PT_CHAIN_BYTES];
    bool met = false;
    for (size_t i = 0; i < r->nends; i++) {
        if (r->ends[i].stop < from || r->ends[i].stop > to)
            continue;
        pt_chain_save(c, digest);
        if (memcmp(digest, r->ends[i].digest, sizeof digest) != 0)
            continue;
        r->known = r->ends[i];
        met = true;
    }
    return met;
}

/* ... or within a line, which begins at `position` behind c. */
static bool meet_within(struct pt_resume *r, const struct pt_chain *c, struct pt_str line,
                        uint64_t position)
{
    bool met = false;
    for (size_t i = 0; i < r->nends; i++) {
        uint64_t stop = r->ends[i].stop;
        if (stop > position && stop < position + line.n) {
            struct pt_chain cut = *c;
            pt_chain_add(&cut, line.p, stop - position);
            met = meet(r, &cut, stop, stop) || met;
        }
    }
    return met;
}

static int load_ends(struct pt_resume *r, uint64_t mark, struct pt_err *err)
{
    r->nends = 0;
    return pt_lineage_ends(r->store, mark, add_end, r, err);
}

int pt_resume_before(struct pt_resume *r, const struct pt_line *row, struct pt_err *err)
{
    struct pieces p = pieces_of(row);
    struct pt_chain c = r->chain;
    struct pt_str line;
    uint64_t position;
    bool met = false;
    while (next_piece(&p, &line, &position)) {
        met = meet_within(r, &c, line, position) || met;
        if (!p.more)
            break;
        pt_chain_add(&c, line.p, line.n);
        if (pt_lineage_stretch(p.position) != r->stretch) {
            struct pt_mark mark;
            int rc = pt_lineage_mark(r->store, pt_chain_mark(&c), &mark, err);
            if (rc < 0 || (rc == 1 && load_ends(r, pt_chain_mark(&c), err) != 0))
                return -1;
        }
        met = meet(r, &c, p.position - 1, p.position) || met;
    }
    return met ? PT_RESUME_KNOWN : 0;
}

/* --- marks ----------------------------------------------------------------------------------- */

void pt_resume_know(struct pt_resume *r, uint64_t position, uint64_t lines)
{
    r->known = (struct pt_batch){.stop = position, .lines = lines};
    pt_chain_save(&r->chain, r->known.digest);
}

bool pt_resume_at_end(const struct pt_resume *r)
{
    return r->known.source && r->known.source == r->mark.source;
}

void pt_resume_part(struct pt_resume *r)
{
    r->open = false;
    r->nends = 0;
}

/* The store has the mark at `position`: the ends behind it are of interest now.  One that is here,
 * but for the newline, is met. */
static int know_mark(struct pt_resume *r, uint64_t mark, uint64_t position, uint64_t lines,
                     struct pt_err *err)
{
    pt_resume_know(r, position, lines);
    if (load_ends(r, mark, err) != 0)
        return -1;
    r->ends_found = r->nends;
    meet(r, &r->chain, position - 1, position);
    return PT_RESUME_KNOWN;
}

int pt_resume_rejoin(struct pt_resume *r, uint64_t position, uint64_t lines, struct pt_err *err)
{
    int rc = pt_lineage_mark(r->store, r->last, &r->mark, err);
    if (rc != 1)
        return rc;
    r->open = true;
    r->missed = 0;
    r->nmarks = 0;
    return know_mark(r, r->last, position, lines, err) < 0 ? -1 : 1;
}

/* At the end of a row: the mark that is due. */
static int pass_mark(struct pt_resume *r, uint64_t position, uint64_t lines, struct pt_err *err)
{
    uint64_t mark = pt_chain_mark(&r->chain);
    int rc = r->open ? pt_lineage_mark(r->store, mark, &r->mark, err) : 0;
    if (rc < 0)
        return -1;
    r->last = mark;
    if (position <= PT_LINEAGE_HEAD)
        r->head = mark;
    if (rc == 1)
        return know_mark(r, mark, position, lines, err);
    r->marks = pt_mem_grow(r->marks, &r->marks_cap, r->nmarks + 1, sizeof *r->marks);
    r->marks[r->nmarks++] = (struct pt_mark){.hash = mark};
    if (!r->open)
        return 0;
    r->missed = mark;
    pt_resume_part(r);
    return PT_RESUME_PARTED;
}

int pt_resume_take(struct pt_resume *r, const struct pt_line *row, uint64_t lines, bool told,
                   struct pt_err *err)
{
    uint64_t end = row->offset + row->bytes;
    unsigned stretch = pt_lineage_stretch(end);
    int news = 0, rc = 0;
    if (r->off)
        return 0;
    if (!r->cut || row->text.n) /* else only the newline was missing */
        add_row(&r->chain, row);
    r->cut = !row->ended;
    if (!told)
        return 0;
    if (r->nends && meet(r, &r->chain, end - row->ended, end))
        news = PT_RESUME_KNOWN;
    if (stretch != r->stretch && (row->ended || !r->stretch)) { /* half a line tells nothing */
        r->stretch = stretch;
        rc = pass_mark(r, end, lines, err);
    }
    return rc < 0 ? -1 : news | rc;
}

/* --- plain files ----------------------------------------------------------------------------- */

int pt_resume_anchor(struct pt_input *in, uint64_t offset, unsigned char out[PT_CHAIN_BYTES],
                     struct pt_err *err)
{
    unsigned char bytes[ANCHOR];
    size_t n = offset < ANCHOR ? (size_t)offset : ANCHOR;
    struct pt_chain c;
    ssize_t got = pread(pt_input_fd(in), bytes, n, (off_t)(offset - n));
    if (got < 0)
        return pt_err_sys(err, "cannot read %s", pt_input_name(in));
    pt_chain_init(&c);
    pt_chain_add(&c, bytes, (size_t)got);
    pt_chain_save(&c, out);
    return 0;
}

/* The marks that a head may have: one at the end of each of its lines, since rows of several are
 * not told apart here. */
static size_t head_marks(const char *p, size_t size, uint64_t *marks)
{
    size_t n = 0, at = size >= sizeof MARK && memcmp(p, MARK, sizeof MARK) == 0 ? sizeof MARK : 0;
    struct pt_chain c;
    pt_chain_init(&c);
    while (at < size) {
        const char *newline = memchr(p + at, '\n', size - at);
        size_t end = newline ? (size_t)(newline - p) : size;
        if (!newline && n)
            break;
        pt_chain_add(&c, p + at, end - at);
        at = end + (newline != NULL);
        marks[n++] = pt_chain_mark(&c);
    }
    return n;
}

struct search {
    struct pt_resume *r;
    struct pt_input *in;
    uint64_t size;
    struct pt_buf *format;
    struct pt_err *err;
};

static int try_file(void *ctx, const struct pt_lineage_end *end)
{
    struct search *s = ctx;
    unsigned char anchor[PT_CHAIN_BYTES];
    if (end->last.stop > s->size || end->anchor.n != sizeof anchor)
        return 0;
    if (pt_resume_anchor(s->in, end->last.stop, anchor, s->err) != 0)
        return -1;
    if (memcmp(anchor, end->anchor.p, sizeof anchor) != 0)
        return 0;
    s->r->known = end->last;
    pt_buf_clear(s->format);
    pt_buf_str(s->format, end->format);
    return 1;
}

/* Goes on where the known batch stops. */
static int take_up(struct pt_resume *r, struct pt_input *in, struct pt_err *err)
{
    char last = '\n';
    if (r->known.stop && pread(pt_input_fd(in), &last, 1, (off_t)(r->known.stop - 1)) < 0)
        return pt_err_sys(err, "cannot read %s", pt_input_name(in));
    pt_chain_load(&r->chain, r->known.digest);
    r->cut = last != '\n';
    r->stretch = r->cut ? NO_STRETCH : pt_lineage_stretch(r->known.stop);
    pt_resume_part(r);
    return 1;
}

int pt_resume_find(struct pt_resume *r, struct pt_input *in, uint64_t size, struct pt_buf *format,
                   struct pt_err *err)
{
    struct search search = {r, in, size, format, err};
    char *bytes = pt_mem_alloc(PT_LINEAGE_HEAD);
    ssize_t got = pread(pt_input_fd(in), bytes, PT_LINEAGE_HEAD, 0);
    uint64_t *marks = pt_mem_array(PT_LINEAGE_HEAD + 1, sizeof *marks);
    size_t n = got > 0 ? head_marks(bytes, (size_t)got, marks) : 0;
    int rc = got < 0 ? pt_err_sys(err, "cannot read %s", pt_input_name(in)) : 0;
    while (n && rc == 0)
        rc = pt_lineage_files(r->store, marks[--n], try_file, &search, err);
    free(bytes);
    free(marks);
    return rc == 1 ? take_up(r, in, err) : rc;
}
