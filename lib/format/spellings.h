/* spellings.h - private to format/: series by the bytes that spell them in an input.
 *
 * A series comes again and again in the same bytes: `cpu,host=h07 busy=` in line protocol, the
 * cells between time and value in a table.  What was made of such a run once, a record without time
 * and value, is found again by the run: one hash and one comparison instead of unescaping, sorting,
 * checking and writing tags.
 *
 * A hostile input can spell without end, so when much is remembered all is forgotten.  The zero
 * value is empty. */
#ifndef PT_FORMAT_SPELLINGS_H
#define PT_FORMAT_SPELLINGS_H

#include "base/buf.h"
#include "base/map.h"
#include "record/record.h"
#include "record/tags.h"

struct pt_spellings {
    struct pt_map raw;        /* what was read -> series[] */
    struct pt_record *series; /* metrics without time and value; their text is in `text` */
    size_t cap;
    struct pt_arena text;
    uint32_t *next;     /* which one followed each last, its place + 1 */
    uint32_t at;        /* the one found last, its place + 1; 0: none */
    size_t next_cap;
    size_t bytes;       /* held by raw and text */
    uint32_t last;      /* the newest number of a spelling (record.h); they are never used again */
    struct pt_buf tags; /* scratch */
};

/* Whether these bytes were learnt; then *out, whose text lives until the next learning. */
bool pt_spellings_find(struct pt_spellings *s, struct pt_str raw, struct pt_record *out);

/* Series mostly come in the same order round after round: whether the bytes at p are those that
 * were found behind the ones found last, the time before.  How many they are, and then *out as
 * above; 0 when they are others. */
size_t pt_spellings_expect(struct pt_spellings *s, const char *p, const char *end,
                           struct pt_record *out);

/* Makes the metric of a name, a unit and a kind in *series and of tags, which are sorted in place,
 * and remembers it for these bytes.  Fills *series as find does; -1 with err (PT_DATA) when the
 * tags are not UTF-8, too long or hold a key twice, or the series breaks pt_record_check.  A series
 * without a name, which the caller will put in, is not checked for one and gets no number. */
int pt_spellings_learn(struct pt_spellings *s, struct pt_str raw, struct pt_record *series,
                       struct pt_tag *tags, size_t n, struct pt_err *err);

/* Forgets what was learnt, because the bytes mean something else from here on.  Numbers of spellings go
 * on, so what was kept by one is not taken for what has it next. */
void pt_spellings_forget(struct pt_spellings *s);

void pt_spellings_release(struct pt_spellings *s);

#endif
