/* walk.c - see store.h: the points of a series, in order of time.
 *
 * A walk goes over the rows of the chunks that reach into the range, and then over the tail.  What
 * a row can answer is handed out as it stands; only of the rest the bytes are read. */
#include "store/store.h"

#include "store/db.h"

/* What one walk over a series' runs carries along. */
struct walk {
    struct pt_store *store;
    const struct pt_store_range *range;
    int (*each)(void *ctx, const struct pt_store_run *run);
    void *ctx;
    struct pt_store_effort *effort; /* the range's, or ... */
    struct pt_store_effort unasked; /* ... where it has none */
    struct pt_column points;
    struct pt_sketch sketch;
    bool light;       /* rows are read without what opening their chunks needs */
    uint64_t given;   /* runs */
    int64_t newest;   /* the beginning of the last chunk that was wanted */
};

static int give(struct walk *w, const struct pt_store_run *run)
{
    w->given++;
    return w->each(w->ctx, run);
}

/* Whether what stands for the whole chunk will do, if anything does. */
static bool whole_will_do(const struct pt_store_range *r, const struct pt_summary *s)
{
    return s->t0 >= r->since && s->t1 < r->until &&
           (!r->together || r->together(r->together_ctx, s->t0, s->t1));
}

/* Hands out what of walk->points lies in the range. */
static int offer_points(struct walk *w, bool certain)
{
    struct pt_column cut = w->points;
    size_t begin = pt_column_lower(&cut, w->range->since);
    size_t end = pt_column_lower(&cut, w->range->until);
    if (begin >= end)
        return 0;
    cut.ts += begin;
    cut.v += begin;
    if (cut.wide)
        cut.wide += begin;
    cut.n = end - begin;
    return give(w, &(struct pt_store_run){.points = &cut, .certain = certain});
}

/* After a failure to read a chunk: 0 when it is to be passed over, and *err is as it was; else -1.
 * What SQLite says of the connection as a whole is never passed over. */
static int pass_over(struct walk *w, struct pt_err *err)
{
    int code = sqlite3_errcode(w->store->db) & 0xff;
    bool damage = code == SQLITE_CORRUPT || code == SQLITE_IOERR || code == SQLITE_OK ||
                  code == SQLITE_ROW || code == SQLITE_DONE;
    if (!w->range->damaged || !damage)
        return -1;
    w->range->damaged(w->range->damaged_ctx, err->what);
    w->effort->damaged++;
    pt_err_clear(err);
    return 0;
}

/* Hands out the chunk as its sketch: as pt_store_each_run; *none when it has no sketch. */
static int offer_sketch(struct walk *w, const struct pt_db_chunk *chunk, bool *none,
                        struct pt_err *err)
{
    int rc;
    pt_sketch_clear(&w->sketch);
    rc = pt_db_load_sketch(w->store, chunk, &w->sketch, err);
    *none = rc == 0;
    if (rc != 1)
        return rc < 0 ? pass_over(w, err) : 0;
    w->effort->sketches++;
    return give(w, &(struct pt_store_run){.summary = &chunk->summary, .sketch = &w->sketch,
                                          .certain = true});
}

static int open_chunk(struct walk *w, struct pt_db_chunk *chunk, bool certain, struct pt_err *err)
{
    int rc = 0;
    pt_column_clear(&w->points);
    if (w->light)
        rc = pt_db_find_chunk(w->store, chunk->series, chunk->summary.t0, chunk, err);
    if (rc == 0)
        rc = pt_db_load_chunk(w->store, chunk, &w->points, err);
    if (rc != 0)
        return pass_over(w, err);
    w->effort->decoded++;
    w->effort->points += w->points.n;
    return offer_points(w, certain);
}

static int offer_chunk(struct walk *w, struct pt_db_chunk *chunk, struct pt_err *err)
{
    const struct pt_store_range *r = w->range;
    const struct pt_summary *s = &chunk->summary;
    enum pt_store_verdict verdict =
        r->judge ? r->judge(r->judge_ctx, s->min.d, s->max.d) : PT_STORE_EVERY;
    bool whole = verdict == PT_STORE_EVERY && whole_will_do(r, s), none = true;
    int rc = 0;
    w->effort->chunks++;
    if (verdict == PT_STORE_NONE) {
        w->effort->unwanted++;
        return 0;
    }
    w->newest = s->t0;
    if (whole && r->summaries) {
        w->effort->summaries++;
        return give(w, &(struct pt_store_run){.summary = s, .certain = true});
    }
    if (whole && r->sketches)
        rc = offer_sketch(w, chunk, &none, err);
    return none ? open_chunk(w, chunk, verdict == PT_STORE_EVERY, err) : rc;
}

#define BEFORE_END " FROM chunk c WHERE series = ?1 AND t0 < ?3"
/* The first chunk that can reach into the range is the last one that begins before it. */
#define IN_RANGE                                                                                  \
    BEFORE_END " AND t0 >= coalesce("                                                             \
               " (SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2)"

/* Reading the columns of a row takes longer than finding it, and looking for where a range begins
 * as long as finding it. */
static const char *const ROWS[][2] = {
    [PT_STORE_ALL] = {"SELECT " PT_DB_CHUNK BEFORE_END " ORDER BY t0",
                      "SELECT " PT_DB_CHUNK IN_RANGE " ORDER BY t0"},
    [PT_STORE_EXTENT] = {"SELECT " PT_DB_CHUNK_EXTENT BEFORE_END " ORDER BY t0",
                         "SELECT " PT_DB_CHUNK_EXTENT IN_RANGE " ORDER BY t0"},
    [PT_STORE_ENDS] = {"SELECT " PT_DB_CHUNK_ENDS BEFORE_END " ORDER BY t0",
                       "SELECT " PT_DB_CHUNK_ENDS IN_RANGE " ORDER BY t0"},
    [PT_STORE_SUM] = {"SELECT " PT_DB_CHUNK_SUM BEFORE_END " ORDER BY t0",
                      "SELECT " PT_DB_CHUNK_SUM IN_RANGE " ORDER BY t0"},
};
static const char ROWS_BACK[] = "SELECT " PT_DB_CHUNK BEFORE_END " ORDER BY t0 DESC";

/* What of the rows the walk needs: all of them to open chunks or their sketches, as windows often
 * make it do. */
static const char *rows_of(const struct pt_store_range *r, bool *light)
{
    enum pt_store_detail detail = r->summaries && !r->together ? r->detail : PT_STORE_ALL;
    if (r->judge && detail != PT_STORE_ALL)
        detail = PT_STORE_SUM;
    *light = detail != PT_STORE_ALL;
    return ROWS[detail][r->since > PT_TIME_MIN];
}

static int walk_chunks(struct walk *w, int64_t series, const char *sql, struct pt_err *err)
{
    sqlite3_stmt *stmt = pt_db_borrow(w->store, sql, err);
    struct pt_db_chunk chunk = {.series = series};
    uint64_t most = w->range->ends ? w->given + 1 : UINT64_MAX;
    int rc;
    if (!stmt)
        return -1;
    w->effort->lookups++;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, w->range->since); /* where it is open there is none: no matter */
    sqlite3_bind_int64(stmt, 3, w->range->until);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1) {
        pt_db_read_chunk(stmt, &chunk);
        if (chunk.summary.t1 < w->range->since)
            continue;
        rc = 0;
        if (sql == ROWS_BACK && chunk.summary.t0 <= w->newest)
            break;
        if ((rc = offer_chunk(w, &chunk, err)) != 0 || w->given >= most)
            break;
    }
    pt_db_return(w->store, stmt);
    return rc;
}

static int walk_tail(struct walk *w, int64_t series, struct pt_err *err)
{
    static const char SQL[] =
        "SELECT ts, value FROM tail WHERE series = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts";
    sqlite3_stmt *stmt = pt_db_statement(w->store, SQL, err);
    int rc;
    if (!stmt)
        return -1;
    w->effort->lookups++;
    pt_column_release(&w->points);
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, w->range->since);
    sqlite3_bind_int64(stmt, 3, w->range->until);
    while ((rc = pt_db_step(w->store, stmt, err)) == 1)
        pt_column_add(&w->points, sqlite3_column_int64(stmt, 0), pt_db_num(stmt, 1));
    w->effort->tail += w->points.n;
    return rc < 0 ? -1 : offer_points(w, false);
}

/* The first chunk, and the tail; or where there is none the last chunk. */
static int walk_ends(struct walk *w, int64_t series, struct pt_err *err)
{
    int rc = walk_chunks(w, series, rows_of(w->range, &w->light), err);
    uint64_t first = w->given;
    if (rc == 0)
        rc = walk_tail(w, series, err);
    if (rc == 0 && first && w->given == first) {
        w->light = false;
        rc = walk_chunks(w, series, ROWS_BACK, err);
    }
    return rc;
}

int pt_store_each_run(struct pt_store *s, int64_t series, const struct pt_store_range *range,
                      int (*each)(void *ctx, const struct pt_store_run *run), void *ctx,
                      struct pt_err *err)
{
    struct walk w = {.store = s, .range = range, .each = each, .ctx = ctx, .newest = INT64_MIN};
    uint64_t loaded = s->loaded;
    int rc;
    w.effort = range->effort ? range->effort : &w.unasked;
    if (range->ends) {
        rc = walk_ends(&w, series, err);
    } else {
        rc = walk_chunks(&w, series, rows_of(range, &w.light), err);
        if (rc == 0)
            rc = walk_tail(&w, series, err);
    }
    w.effort->bytes += s->loaded - loaded;
    pt_column_release(&w.points);
    pt_sketch_release(&w.sketch);
    return rc;
}

static int last_of_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, int64_t t,
                         int64_t *ts, struct pt_num *value, struct pt_err *err)
{
    struct pt_column points = {0};
    size_t at;
    if (chunk->summary.t1 < t) {
        *ts = chunk->summary.t1;
        *value = chunk->summary.last;
        return 1;
    }
    if (pt_db_load_chunk(s, chunk, &points, err) != 0) {
        pt_column_release(&points);
        return -1;
    }
    at = pt_column_lower(&points, t); /* > 0: the chunk begins before t */
    *ts = points.ts[at - 1];
    *value = pt_column_value(&points, at - 1);
    pt_column_release(&points);
    return 1;
}

int pt_store_point_before(struct pt_store *s, int64_t series, int64_t t, int64_t *ts,
                          struct pt_num *value, struct pt_err *err)
{
    static const char TAIL[] =
        "SELECT ts, value FROM tail WHERE series = ?1 AND ts < ?2 ORDER BY ts DESC LIMIT 1";
    static const char CHUNK[] = "SELECT " PT_DB_CHUNK " FROM chunk c WHERE series = ?1 AND t0 < ?2"
                                " ORDER BY t0 DESC LIMIT 1";
    struct pt_db_chunk chunk;
    sqlite3_stmt *stmt = pt_db_statement(s, TAIL, err);
    int rc;
    if (!stmt)
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    if ((rc = pt_db_step(s, stmt, err)) == 1) {
        *ts = sqlite3_column_int64(stmt, 0);
        *value = pt_db_num(stmt, 1);
        sqlite3_reset(stmt);
        return 1;
    }
    if (rc < 0 || !(stmt = pt_db_statement(s, CHUNK, err)))
        return -1;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, t);
    if ((rc = pt_db_step(s, stmt, err)) != 1)
        return rc;
    pt_db_read_chunk(stmt, &chunk);
    sqlite3_reset(stmt);
    return last_of_chunk(s, &chunk, t, ts, value, err);
}
