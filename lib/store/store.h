/* store.h - the store: one SQLite file that holds points, documents and where they came from.
 *
 * pt-store(5) describes the file.  A pt_store is one connection, used by one thread; any number of
 * processes may read and write the same file.  Reads between pt_store_begin_read and
 * pt_store_end_read see one consistent state.
 *
 * The invariant that makes reading simple: the sealed chunks of a series do not overlap in time,
 * and every point of its tail is later than every chunk.  Writers keep it; readers rely on it. */
#ifndef PT_STORE_STORE_H
#define PT_STORE_STORE_H

#include "base/err.h"
#include "record/path.h"
#include "record/record.h"
#include "record/selector.h"
#include "record/severity.h"
#include "record/tags.h"
#include "series/column.h"
#include "series/sketch.h"
#include "series/summary.h"

struct pt_store;

enum pt_store_mode {
    PT_STORE_READ,  /* must exist; never written to */
    PT_STORE_WRITE, /* must exist */
    PT_STORE_CREATE /* made when absent, private to its owner (mode 0600 and the umask) */
};

/* 0 or -1 (PT_SYSTEM: missing, locked, not ours, newer than we know, damaged). */
int pt_store_open(struct pt_store **out, const char *path, enum pt_store_mode mode,
                  struct pt_err *err);
void pt_store_close(struct pt_store *s); /* NULL is fine */
const char *pt_store_path(const struct pt_store *s);

int pt_store_begin_read(struct pt_store *s, struct pt_err *err);
void pt_store_end_read(struct pt_store *s);

/* --- catalogue ------------------------------------------------------------------------------- */

struct pt_store_series {
    int64_t id;
    struct pt_str name, tags; /* tags canonical; borrowed until the callback returns */
    struct pt_str unit;
    enum pt_kind kind;
};

/* The same with its texts in the arena, to be kept. */
struct pt_store_series pt_store_series_keep(const struct pt_store_series *s, struct pt_arena *a);

/* Calls each for every series the selector (NULL: all) matches, ordered by name, then tags.
 * A non-zero return of `each` ends the walk and is returned. */
int pt_store_each_series(struct pt_store *s, const struct pt_selector *selector,
                         int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                         struct pt_err *err);

/* Likewise for the one with this id, if there is one. */
int pt_store_one_series(struct pt_store *s, int64_t id,
                        int (*each)(void *ctx, const struct pt_store_series *series), void *ctx,
                        struct pt_err *err);

/* --- points ---------------------------------------------------------------------------------- */

/* One stretch of a series in time order.  Either `points` holds it (decoded, cut to the range), or,
 * where the caller said that summaries or sketches will do and a chunk lies wholly inside one
 * window, `points` is NULL and `summary` says it all, with `sketch` where sketches were asked
 * for. */
struct pt_store_run {
    const struct pt_column *points; /* all borrowed until the callback returns */
    const struct pt_summary *summary;
    const struct pt_sketch *sketch;
    bool certain; /* the judge said that all of the chunk's points are wanted */
};

/* How much of a summary is asked for; what is not is left 0.  Less is faster. */
enum pt_store_detail {
    PT_STORE_ALL,    /* everything */
    PT_STORE_EXTENT, /* n, t0 and t1 */
    PT_STORE_ENDS,   /* these, first and last */
    PT_STORE_SUM     /* these, min, max and sum */
};

/* Which of a chunk's points are wanted, as far as its row tells. */
enum pt_store_verdict { PT_STORE_NONE, PT_STORE_SOME, PT_STORE_EVERY };

/* What walks read; they add to it. */
struct pt_store_effort {
    uint64_t lookups;   /* of places in the file where reading begins */
    uint64_t chunks;    /* that reach into the range; of these: */
    uint64_t summaries; /* answered by their rows */
    uint64_t sketches;  /* answered by their rows and sketches */
    uint64_t unwanted;  /* passed over, since the judge wanted none of their points */
    uint64_t decoded;   /* opened */
    uint64_t damaged;   /* passed over, since they could not be */
    uint64_t points;    /* of the chunks opened */
    uint64_t tail;      /* points that were in no chunk */
    uint64_t bytes;     /* of chunks and sketches */
};

/* What is asked for, and what may stand for it.  Zero values ask for all points of [0, 0). */
struct pt_store_range {
    int64_t since, until; /* half-open; PT_TIME_MIN and PT_TIME_MAX for all */
    bool summaries;       /* runs may come as summaries ... */
    bool (*together)(void *ctx, int64_t t0, int64_t t1); /* ... of chunks of which it says that what
                                                          * lies from t0 to t1 is in one window; */
    void *together_ctx;                                  /* NULL: of all */
    enum pt_store_detail detail; /* of summaries */
    bool ends;     /* only the runs with the first and the last point matter */
    bool sketches; /* runs may come as sketches, under the same conditions as summaries */
    enum pt_store_verdict (*judge)(void *ctx, double min, double max); /* NULL: every point */
    void *judge_ctx;
    /* Told of chunks that are damaged, which are then passed over; NULL: they are errors. */
    void (*damaged)(void *ctx, const char *what);
    void *damaged_ctx;
    struct pt_store_effort *effort; /* may be NULL */
};

/* Calls each for the runs of the series in order of time.  A non-zero return of `each` ends the
 * walk and is returned. */
int pt_store_each_run(struct pt_store *s, int64_t series, const struct pt_store_range *range,
                      int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                      struct pt_err *err);

/* The last point of the series before t: 1, 0 when there is none, -1. */
int pt_store_point_before(struct pt_store *s, int64_t series, int64_t t, int64_t *ts,
                          struct pt_num *value, struct pt_err *err);

/* --- documents ------------------------------------------------------------------------------- */

struct pt_store_document {
    int64_t ts;
    struct pt_str type, name, trace, body; /* body: the JSON object; all borrowed */
    int64_t id, batch; /* order of arrival; what it came in, 0 once it is sealed */
};

/* The same with its texts in the arena, to be kept. */
struct pt_store_document pt_store_document_keep(const struct pt_store_document *d,
                                                struct pt_arena *a);

struct pt_store_filter {
    int64_t since, until;              /* half-open */
    const char *type;                  /* NULL: any */
    const char *const *types;          /* one of these, which differ; read type by type */
    size_t ntypes;                     /* 0: any */
    const struct pt_selector *selector; /* NULL: any; matched on name and tags */
    const char *trace;                 /* NULL: any */
    const struct pt_least *least;      /* NULL: any; how grave and pressing */
    const struct pt_path_filter *where; /* NULL: any; asked of the body, after all others */
};

/* Whether the filter wants it; the arena is for tags and texts, and is reset. */
bool pt_document_match(const struct pt_store_filter *filter, const struct pt_store_document *d,
                       struct pt_arena *scratch);

/* In order of time, then of arrival. */
int pt_store_each_document(struct pt_store *s, const struct pt_store_filter *filter,
                           int (*each)(void *ctx, const struct pt_store_document *doc), void *ctx,
                           struct pt_err *err);

/* --- totals ---------------------------------------------------------------------------------- */

struct pt_store_stats {
    uint64_t series, points, chunks, tail_points, documents, rejects, sources, batches;
    int64_t first, last;  /* times of the earliest and latest point or document */
    uint64_t file_bytes;
};
int pt_store_totals(struct pt_store *s, struct pt_store_stats *out, struct pt_err *err);

#endif
