/* resume.c - see resume.h. */
#include "ingest/resume.h"

#include "base/mem.h"

#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ANCHOR = 4096,         /* bytes before a file's position that must be unchanged */
    FIRST_LINE = 64 * 1024 /* bytes of a first line that are looked at */
};

int pt_resume_anchor(struct pt_input *in, uint64_t offset, unsigned char out[PT_LINEAGE_DIGEST],
                     struct pt_err *err)
{
    unsigned char bytes[ANCHOR];
    size_t n = offset < ANCHOR ? (size_t)offset : ANCHOR;
    struct pt_digest d;
    ssize_t got = pread(pt_input_fd(in), bytes, n, (off_t)(offset - n));
    if (got < 0)
        return pt_err_sys(err, "cannot read %s", pt_input_name(in));
    pt_digest_init(&d);
    pt_digest_add(&d, bytes, (size_t)got);
    pt_digest_end(&d, out);
    return 0;
}

int pt_resume_first_line(struct pt_input *in, unsigned char out[8], struct pt_err *err)
{
    char *bytes = pt_mem_alloc(FIRST_LINE), *newline;
    ssize_t got = pread(pt_input_fd(in), bytes, FIRST_LINE, 0);
    uint64_t hash;
    if (got >= 0) {
        newline = memchr(bytes, '\n', (size_t)got);
        hash = htole64(pt_hash_bytes(bytes, newline ? (size_t)(newline - bytes) : (size_t)got, 0));
        memcpy(out, &hash, sizeof hash);
    }
    free(bytes);
    return got < 0 ? pt_err_sys(err, "cannot read %s", pt_input_name(in)) : 0;
}

void pt_resume_digest(struct pt_digest *d, const struct pt_line *line)
{
    pt_digest_add(d, line->text.p, line->text.n);
    if (line->overlong) /* its end was not kept; its length stands for it */
        pt_digest_add(d, &line->bytes, sizeof line->bytes);
    if (line->ended)
        pt_digest_add(d, "\n", 1);
}

static int add_candidate(void *ctx, const struct pt_batch *first, struct pt_str head)
{
    struct pt_resume *r = ctx;
    struct pt_candidate *c;
    if (head.n > PT_LINEAGE_HEAD)
        return 0;
    r->candidates = pt_mem_grow(r->candidates, &r->cap, r->n + 1, sizeof *r->candidates);
    c = &r->candidates[r->n++];
    *c = (struct pt_candidate){.batch = *first, .head_n = head.n};
    memcpy(c->head, head.p, head.n);
    pt_digest_init(&c->digest);
    return 0;
}

static int take_head(struct pt_resume *r, const struct pt_line *line, struct pt_err *err)
{
    uint64_t hash = htole64(pt_hash_bytes(line->text.p, line->text.n, 0));
    if (!line->ended) /* it may be half a line, which tells nothing */
        return 0;
    r->lines++;
    if (r->head_n == PT_LINEAGE_HEAD)
        return 0;
    memcpy(r->head + r->head_n, &hash, 8);
    r->head_n += 8;
    return r->head_n == 8 ? pt_lineage_streams(r->store, r->head, add_candidate, r, err) : 0;
}

/* Whether the candidate's head agrees with ours as far as both go. */
static bool same_head(const struct pt_resume *r, const struct pt_candidate *c)
{
    size_t n = r->head_n < c->head_n ? r->head_n : c->head_n;
    return memcmp(r->head, c->head, n) == 0;
}

/* At the end of the candidate's batch, of which d is ours: 1 it agrees, and the next is loaded; 0 it
 * does not; -1. */
static int close_batch(struct pt_resume *r, struct pt_candidate *c, const struct pt_digest *d,
                       struct pt_err *err)
{
    unsigned char digest[PT_LINEAGE_DIGEST];
    struct pt_batch next;
    int rc;
    pt_digest_end(d, digest);
    if (memcmp(digest, c->batch.digest, sizeof digest) != 0)
        return 0;
    if (c->batch.stop >= r->confirmed) {
        r->confirmed = c->batch.stop;
        r->source = c->batch.source;
    }
    if ((rc = pt_lineage_batch(r->store, c->batch.source, c->batch.stop, &next, err)) < 0)
        return -1;
    c->complete = rc == 0;
    if (rc == 1)
        c->batch = next;
    else
        c->batch.start = c->batch.stop;
    pt_digest_init(&c->digest);
    return 1;
}

/* Whether the candidate's batch stops within the text of the line and agrees up to there: 1, 0, -1. */
static int close_within(struct pt_resume *r, struct pt_candidate *c, const struct pt_line *line,
                        struct pt_err *err)
{
    struct pt_digest d = c->digest;
    int rc;
    if (c->complete || c->batch.stop <= line->offset ||
        c->batch.stop >= line->offset + line->text.n)
        return 0;
    pt_digest_add(&d, line->text.p, c->batch.stop - line->offset);
    if ((rc = close_batch(r, c, &d, err)) == 1 && c->head_n > r->head_n)
        c->head_n = r->head_n; /* its head has the cut line */
    return rc;
}

int pt_resume_before(struct pt_resume *r, const struct pt_line *line, struct pt_err *err)
{
    uint64_t before = r->confirmed;
    for (size_t i = 0; i < r->n; i++) {
        int rc;
        while ((rc = close_within(r, &r->candidates[i], line, err)) == 1)
            continue;
        if (rc < 0)
            return -1;
    }
    return r->confirmed > before;
}

/* Takes the line for one candidate: 1 it still agrees, 0 it does not, -1. */
static int follow(struct pt_resume *r, struct pt_candidate *c, const struct pt_line *line,
                  uint64_t end, struct pt_err *err)
{
    struct pt_line bare = *line;
    bare.ended = line->ended && end != c->batch.stop + 1;
    if (c->complete)
        return 1;
    if (!same_head(r, c) || end > c->batch.stop + (line->ended && !bare.ended))
        return 0;
    pt_resume_digest(&c->digest, &bare);
    return end < c->batch.stop ? 1 : close_batch(r, c, &c->digest, err);
}

int pt_resume_line(struct pt_resume *r, const struct pt_line *line, uint64_t end,
                   struct pt_err *err)
{
    uint64_t before = r->confirmed;
    size_t kept = 0;
    if (take_head(r, line, err) != 0)
        return -1;
    for (size_t i = 0; i < r->n; i++) {
        int rc = follow(r, &r->candidates[i], line, end, err);
        if (rc < 0)
            return -1;
        if (rc == 1)
            r->candidates[kept++] = r->candidates[i];
    }
    r->n = kept;
    return r->confirmed > before;
}

bool pt_resume_open(const struct pt_resume *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->candidates[i].complete)
            return true;
    return false;
}

bool pt_resume_in_head(const struct pt_resume *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->lines * 8 <= r->candidates[i].head_n && same_head(r, &r->candidates[i]))
            return true;
    return false;
}

int64_t pt_resume_source(const struct pt_resume *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->candidates[i].complete && r->candidates[i].batch.stop == r->confirmed)
            return r->candidates[i].batch.source;
    return 0;
}

void pt_resume_release(struct pt_resume *r)
{
    free(r->candidates);
    r->candidates = NULL;
    r->n = r->cap = r->head_n = 0;
}
