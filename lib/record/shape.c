/* shape.c - see shape.h.
 *
 * A match without a guess walks the line once: compare a literal, find the end of the hole behind
 * it, and so on.  The texts and tags are hashed on the way, and the spelling that has this hash is
 * compared run by run.  Runs end at the first quote (the first brace, for tags).  In a run that was
 * learnt no such byte stands before its end, so a longer or shorter one cannot be taken for it. */
#include "record/shape.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"
#include "record/record.h"

#include <stdlib.h>

enum {
    SHAPES_MOST = 8,
    HOLES_MOST = 8,
    LITERALS_MOST = 512,          /* bytes of all literals of a shape */
    SPELLINGS_MOST = 1 << 17,
    BYTES_MOST = 16 << 20,        /* ... of all spellings */
    FIRST_SLOTS = 1 << 10
};

struct part { /* a literal, and the hole behind it */
    uint16_t at, n;
    enum pt_shape_hole hole;
};

struct pt_shape {
    uint32_t serial; /* spellings belong to a shape by this */
    unsigned nparts;
    struct part parts[HOLES_MOST + 1]; /* the last has no hole */
    char literals[LITERALS_MOST];
};

/* What filled the holes for text and tags, and the record that it makes but for time and value. */
struct pt_shape_spelling {
    uint32_t next;           /* which one followed it last, its place + 1 */
    bool value_first;        /* the value stands before the time */
    struct pt_str around[3]; /* all of the line before, between and behind these two */
    struct pt_record record;
    uint64_t hash;
    uint32_t serial;
    struct pt_str key; /* the runs, one behind the other, a newline after each */
};

/* The runs of a line while it is matched. */
struct match {
    struct pt_str runs[HOLES_MOST];
    size_t nruns;
    uint64_t hash;
    struct pt_str ts, value;
};

/* --- reading --------------------------------------------------------------------------------- */

/* Up to what can follow a number in JSON; its reader says whether it is one. */
static const char *end_of_number(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != '}' && *p != ' ')
        p++;
    return p;
}

/* The byte behind the hole that begins at p, or NULL. */
static const char *fill_hole(const char *p, const char *end, enum pt_shape_hole hole,
                             struct match *m)
{
    const char *stop;
    struct pt_str run;
    if (hole == PT_HOLE_TS && p < end && *p == '"') {
        stop = memchr(p + 1, '"', (size_t)(end - p - 1));
        stop = stop ? stop + 1 : NULL;
    } else if (hole == PT_HOLE_TS || hole == PT_HOLE_VALUE) {
        stop = end_of_number(p, end);
    } else {
        stop = p < end ? memchr(p + 1, hole == PT_HOLE_TAGS ? '}' : '"', (size_t)(end - p - 1))
                       : NULL;
        stop = stop ? stop + 1 : NULL;
    }
    if (!stop)
        return NULL;
    run = (struct pt_str){p, (size_t)(stop - p)};
    if (hole == PT_HOLE_TS) {
        m->ts = run;
    } else if (hole == PT_HOLE_VALUE) {
        m->value = run;
    } else {
        m->hash = pt_hash_bytes(run.p, run.n, m->hash);
        m->runs[m->nruns++] = run;
    }
    return stop;
}

static bool match(const struct pt_shape *shape, struct pt_str line, struct match *m)
{
    const char *p = line.p, *end = line.p + line.n;
    m->nruns = 0;
    m->hash = shape->serial;
    for (unsigned i = 0; i < shape->nparts; i++) {
        const struct part *part = &shape->parts[i];
        if ((size_t)(end - p) < part->n || !pt_str_same(p, shape->literals + part->at, part->n))
            return false;
        p += part->n;
        if (i + 1 < shape->nparts && !(p = fill_hole(p, end, part->hole, m)))
            return false;
    }
    return p == end;
}

static bool same_runs(const struct pt_shape_spelling *spelling, const struct match *m)
{
    const char *p = spelling->key.p, *end = p + spelling->key.n;
    for (size_t i = 0; i < m->nruns; i++) {
        struct pt_str run = m->runs[i];
        if ((size_t)(end - p) <= run.n || !pt_str_same(p, run.p, run.n) || p[run.n] != '\n')
            return false;
        p += run.n + 1;
    }
    return p == end;
}

/* Where the spelling is, or where it would go. */
static uint32_t *find(const struct pt_shapes *s, uint32_t serial, const struct match *m)
{
    size_t i = (size_t)m->hash & s->mask;
    for (; s->slots[i]; i = (i + 1) & s->mask) {
        const struct pt_shape_spelling *spelling = &s->spellings[s->slots[i] - 1];
        if (spelling->hash == m->hash && spelling->serial == serial && same_runs(spelling, m))
            break;
    }
    return &s->slots[i];
}

/* The first shape that the line fits, the one that fitted last before all others; or NULL. */
static const struct pt_shape *find_shape(struct pt_shapes *s, struct pt_str line, struct match *m)
{
    for (unsigned k = 0; k < SHAPES_MOST; k++) {
        unsigned i = (s->recent + k) % SHAPES_MOST;
        if (s->shapes[i] && match(s->shapes[i], line, m)) {
            s->recent = i;
            return s->shapes[i];
        }
    }
    return NULL;
}

static bool read_ts(struct pt_str raw, enum pt_time_unit unit, int64_t *out)
{
    if (*raw.p == '"')
        return pt_time_rfc3339((struct pt_str){raw.p + 1, raw.n - 2}, out) == 0;
    return pt_time_epoch_plain(raw.p, raw.p + raw.n, unit, out) == raw.p + raw.n;
}

static bool read_match(const struct match *m, enum pt_time_unit unit, struct pt_record *out)
{
    const char *end = m->value.p + m->value.n;
    return read_ts(m->ts, unit, &out->ts) && pt_num_parse(m->value.p, end, &out->value) == end;
}

/* A time at p; the byte behind it, or NULL. */
static const char *expect_ts(struct pt_time_last *last, const char *p, const char *end,
                             enum pt_time_unit unit, int64_t *out)
{
    const char *quote;
    if (p == end || *p != '"')
        return pt_time_epoch_again(last, p, end, unit, out);
    quote = memchr(p + 1, '"', (size_t)(end - p - 1));
    if (!quote || pt_time_rfc3339((struct pt_str){p + 1, (size_t)(quote - p - 1)}, out) != 0)
        return NULL;
    return quote + 1;
}

/* Whether the line is this spelling's; then *out.  Time and value are read to where they go: to
 * copy a number as a whole that was just written in halves would make the processor wait. */
static bool expect(struct pt_shapes *s, const struct pt_shape_spelling *e, struct pt_str line,
                   enum pt_time_unit unit, struct pt_record *out)
{
    const char *p = line.p, *end = line.p + line.n;
    *out = e->record;
    for (int i = 0; i < 3; i++) {
        if ((size_t)(end - p) < e->around[i].n || !pt_str_same(p, e->around[i].p, e->around[i].n))
            return false;
        p += e->around[i].n;
        if (i < 2)
            p = (i == 0) == e->value_first ? pt_num_parse(p, end, &out->value)
                                           : expect_ts(&s->last_ts, p, end, unit, &out->ts);
        if (!p)
            return false;
    }
    return p == end;
}

/* The spelling of a line that was not expected, its place + 1, and then *out; 0: unknown. */
static uint32_t recognise(struct pt_shapes *s, struct pt_str line, enum pt_time_unit unit,
                          struct pt_record *out)
{
    struct match m;
    const struct pt_shape *shape = s->n ? find_shape(s, line, &m) : NULL;
    uint32_t known = shape ? *find(s, shape->serial, &m) : 0;
    if (!known)
        return 0;
    *out = s->spellings[known - 1].record;
    if (!read_match(&m, unit, out))
        return 0;
    if (s->at)
        s->spellings[s->at - 1].next = known;
    return known;
}

bool pt_shapes_read(struct pt_shapes *s, struct pt_str line, enum pt_time_unit ts_unit,
                    struct pt_record *out)
{
    uint32_t next = s->at ? s->spellings[s->at - 1].next : 0;
    if (!next || !expect(s, &s->spellings[next - 1], line, ts_unit, out))
        next = recognise(s, line, ts_unit, out);
    if (next)
        s->at = next;
    return next != 0;
}

/* --- learning -------------------------------------------------------------------------------- */

static void forget(struct pt_shapes *s)
{
    pt_arena_release(&s->arena);
    free(s->slots);
    s->slots = NULL;
    s->n = s->mask = s->bytes = s->at = 0;
}

static void widen(struct pt_shapes *s)
{
    size_t size = s->slots ? (s->mask + 1) * 2 : FIRST_SLOTS;
    free(s->slots);
    s->slots = pt_mem_array(size, sizeof *s->slots);
    s->mask = size - 1;
    for (size_t k = 0; k < s->n; k++) {
        size_t i = (size_t)s->spellings[k].hash & s->mask;
        while (s->slots[i])
            i = (i + 1) & s->mask;
        s->slots[i] = (uint32_t)k + 1;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct pt_shape_field *x = a, *y = b;
    return (x->raw.p > y->raw.p) - (x->raw.p < y->raw.p);
}

/* The line with these fields, in order of place, as a shape; false when it is too long for one. */
static bool make_shape(struct pt_shape *shape, struct pt_str line,
                       const struct pt_shape_field *fields, size_t n)
{
    const char *p = line.p, *end = line.p + line.n;
    size_t used = 0;
    for (size_t i = 0; i <= n; i++) {
        size_t len = (size_t)((i < n ? fields[i].raw.p : end) - p);
        if (used + len > LITERALS_MOST)
            return false;
        memcpy(shape->literals + used, p, len);
        shape->parts[i] = (struct part){(uint16_t)used, (uint16_t)len,
                                        i < n ? fields[i].hole : PT_HOLE_TEXT};
        used += len;
        p = i < n ? fields[i].raw.p + fields[i].raw.n : end;
    }
    shape->nparts = (unsigned)n + 1;
    return true;
}

/* A new shape for the line; it takes the place of the oldest. */
static const struct pt_shape *add_shape(struct pt_shapes *s, struct pt_str line,
                                        const struct pt_shape_field *fields, size_t n,
                                        struct match *m)
{
    struct pt_shape *shape = pt_mem_alloc(sizeof *shape);
    shape->serial = ++s->serial;
    if (!make_shape(shape, line, fields, n) || !match(shape, line, m)) {
        free(shape);
        return NULL;
    }
    s->recent = s->next;
    s->next = (s->next + 1) % SHAPES_MOST;
    free(s->shapes[s->recent]);
    s->shapes[s->recent] = shape;
    return shape;
}

static struct pt_str join_runs(struct pt_arena *a, const struct match *m)
{
    size_t n = 0;
    char *p, *to;
    for (size_t i = 0; i < m->nruns; i++)
        n += m->runs[i].n + 1;
    to = p = pt_arena_alloc(a, n + 1);
    for (size_t i = 0; i < m->nruns; i++) {
        memcpy(to, m->runs[i].p, m->runs[i].n);
        to += m->runs[i].n;
        *to++ = '\n';
    }
    return (struct pt_str){p, n};
}

/* What stands around time and value. */
static void keep_around(struct pt_arena *a, struct pt_str line, const struct match *m,
                        struct pt_shape_spelling *out)
{
    struct pt_str first = m->ts, second = m->value;
    const char *p;
    out->value_first = m->value.p < m->ts.p;
    if (out->value_first) {
        first = m->value;
        second = m->ts;
    }
    p = pt_arena_str(a, line).p;
    out->around[0] = (struct pt_str){p, (size_t)(first.p - line.p)};
    p += out->around[0].n + first.n;
    out->around[1] = (struct pt_str){p, (size_t)(second.p - first.p) - first.n};
    p += out->around[1].n + second.n;
    out->around[2] = (struct pt_str){p, (size_t)(line.p + line.n - second.p) - second.n};
}

/* The record with texts of its own. */
static struct pt_record keep(struct pt_arena *a, const struct pt_record *r)
{
    struct pt_record kept = *r;
    kept.type = PT_STR("metric");
    kept.name = pt_arena_str(a, r->name);
    kept.tags = pt_arena_str(a, r->tags);
    kept.unit = pt_arena_str(a, r->unit);
    return kept;
}

static bool same_run(struct pt_str a, struct pt_str b)
{
    return a.p == b.p && a.n == b.n;
}

/* Whether the holes are where the full reader saw the fields (in order of place): only then does
 * the match say what the line means. */
static bool agrees(const struct match *m, const struct pt_shape_field *fields, size_t n)
{
    size_t run = 0;
    for (size_t i = 0; i < n; i++) {
        struct pt_str filled = fields[i].hole == PT_HOLE_TS      ? m->ts
                               : fields[i].hole == PT_HOLE_VALUE ? m->value
                               : run < m->nruns                  ? m->runs[run++]
                                                                 : (struct pt_str){0};
        if (!same_run(filled, fields[i].raw))
            return false;
    }
    return run == m->nruns;
}

void pt_shapes_learn(struct pt_shapes *s, struct pt_str line, struct pt_shape_field *fields,
                     size_t n, struct pt_record *record)
{
    const struct pt_shape *shape;
    struct pt_shape_spelling *spelling;
    struct match m;
    uint32_t *slot;
    if (n > HOLES_MOST || s->last == UINT32_MAX)
        return;
    qsort(fields, n, sizeof *fields, by_place);
    if (!(shape = find_shape(s, line, &m)) && !(shape = add_shape(s, line, fields, n, &m)))
        return;
    if (!agrees(&m, fields, n))
        return;
    if (s->n >= SPELLINGS_MOST || s->bytes >= BYTES_MOST)
        forget(s);
    if (!s->slots || (s->n + 1) * 2 > s->mask + 1)
        widen(s);
    slot = find(s, shape->serial, &m);
    if (*slot) { /* only its time or value was not plain */
        record->spelling = s->spellings[*slot - 1].record.spelling;
        return;
    }
    record->spelling = ++s->last;
    s->spellings = pt_mem_grow(s->spellings, &s->cap, s->n + 1, sizeof *s->spellings);
    spelling = &s->spellings[s->n];
    *spelling = (struct pt_shape_spelling){.record = keep(&s->arena, record),
                                           .hash = m.hash,
                                           .serial = shape->serial,
                                           .key = join_runs(&s->arena, &m)};
    keep_around(&s->arena, line, &m, spelling);
    s->bytes += 2 * spelling->key.n + line.n;
    *slot = (uint32_t)++s->n;
}

void pt_shapes_release(struct pt_shapes *s)
{
    forget(s);
    free(s->spellings);
    for (unsigned i = 0; i < SHAPES_MOST; i++)
        free(s->shapes[i]);
    *s = (struct pt_shapes){0};
}
