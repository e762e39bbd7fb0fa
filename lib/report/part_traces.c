/* part_traces.c - the spans: where the time goes.
 *
 * Every span is kept as 48 bytes, names and ids as numbers.  A component is a span's name.  A trace
 * takes as long as its longest span; of the slowest ones the component with the most time of its
 * own is named: a span's own time is its duration less that of its children. */
#include "report/part.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "report/keyed.h"
#include "report/value.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>

enum { SLOWEST_MOST = 10 };
static const double MS = 1000; /* per second */

enum { NAME, DUR, SPAN, PARENT, STATUS, NKEYS };
static const char *const KEYS[NKEYS] = {"name", "dur", "span", "parent", "status"};

struct span {
    uint64_t id, parent; /* hashes; 0: none */
    double dur, own;     /* seconds */
    uint32_t component, trace;
    bool failed;
};

struct component {
    struct pt_str key;
    uint64_t count, errors;
};

struct trace {
    struct pt_str key;
    int64_t start;
    double longest;
    uint64_t spans, errors;
};

struct traces {
    struct pt_keyed components, traces;
    struct span *spans;
    size_t n, cap;
};

static void *begin(void)
{
    struct traces *t = pt_mem_alloc(sizeof *t);
    t->components = PT_KEYED(struct component);
    t->traces = PT_KEYED(struct trace);
    return t;
}

static void end(void *state)
{
    struct traces *t = state;
    pt_keyed_release(&t->components);
    pt_keyed_release(&t->traces);
    free(t->spans);
    free(t);
}

static uint64_t id_hash(struct pt_str member)
{
    struct pt_str raw = pt_json_raw(member);
    return raw.n ? pt_hash_bytes(raw.p, raw.n, 1) : 0;
}

static void feed(struct pt_daily *d, void *state, const struct pt_store_document *doc)
{
    struct traces *t = state;
    struct pt_str m[NKEYS];
    struct span s = {0};
    struct component *c;
    struct trace *trace;
    pt_part_members(doc->body, KEYS, NKEYS, m);
    s.dur = s.own = pt_part_number(m[DUR]);
    if (!isfinite(s.dur))
        return;
    s.id = id_hash(m[SPAN]);
    s.parent = id_hash(m[PARENT]);
    s.failed = pt_str_is(pt_json_raw(m[STATUS]), "error");
    c = pt_keyed_get(&t->components, pt_part_text(d, m[NAME]), &s.component);
    c->count++;
    c->errors += s.failed;
    trace = pt_keyed_get(&t->traces, doc->trace, &s.trace);
    trace->start = trace->spans++ ? trace->start : doc->ts;
    trace->errors += s.failed;
    trace->longest = fmax(trace->longest, s.dur);
    t->spans = pt_mem_grow(t->spans, &t->cap, t->n + 1, sizeof *t->spans);
    t->spans[t->n++] = s;
}

/* --- components ------------------------------------------------------------------------------ */

static const struct pt_table_column COMPONENT_COLUMNS[] = {
    {.name = "component", .kind = PT_CELL_TEXT},
    {.name = "spans", .kind = PT_CELL_NUMBER},
    {.name = "errors", .kind = PT_CELL_NUMBER},
    {.name = "p50", .unit = "ms", .kind = PT_CELL_NUMBER},
    {.name = "p95", .unit = "ms", .kind = PT_CELL_NUMBER},
    {.name = "p99", .unit = "ms", .kind = PT_CELL_NUMBER},
    {.name = "max", .unit = "ms", .kind = PT_CELL_NUMBER},
};

/* Durations of all spans in ms, those of one component together; component i begins at begin[i]. */
static double *durations(const struct traces *t, size_t *begin_at)
{
    size_t n = pt_keyed_count(&t->components), at = 0;
    double *v = pt_mem_array(t->n + 1, sizeof *v);
    size_t *fill = pt_mem_array(n + 1, sizeof *fill);
    for (size_t i = 0; i < n; i++) {
        begin_at[i] = fill[i] = at;
        at += ((struct component *)pt_keyed_at(&t->components, i))->count;
    }
    begin_at[n] = at;
    for (size_t i = 0; i < t->n; i++)
        v[fill[t->spans[i].component]++] = MS * t->spans[i].dur;
    free(fill);
    return v;
}

static void component_table(struct pt_daily *d, struct pt_section *s, const struct traces *t)
{
    static const double q[] = {0.5, 0.95, 0.99, 1};
    size_t n = pt_keyed_count(&t->components);
    struct pt_table *table = pt_section_table(d->report, s, "By component", COMPONENT_COLUMNS,
                                              sizeof COMPONENT_COLUMNS / sizeof *COMPONENT_COLUMNS);
    size_t *at = pt_mem_array(n + 1, sizeof *at);
    double *v = durations(t, at), out[4];
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        const struct component *c = pt_keyed_at(&t->components, i);
        pt_quantile_select(v + at[i], at[i + 1] - at[i], q, 4, out);
        pt_table_text(d->report, table, c->key);
        pt_table_number(d->report, table, (double)c->count);
        pt_table_number(d->report, table, (double)c->errors);
        for (int k = 0; k < 4; k++)
            pt_table_number(d->report, table, out[k]);
    }
    pt_part_note(d, table, PT_PART_ROWS_MOST, n, "the first");
    free(v);
    free(at);
}

/* --- the slowest ----------------------------------------------------------------------------- */

static const struct pt_table_column SLOWEST_COLUMNS[] = {
    {.name = "trace", .kind = PT_CELL_TEXT, .whole = true},
    {.name = "start", .kind = PT_CELL_TIME},
    {.name = "duration", .unit = "ms", .kind = PT_CELL_NUMBER},
    {.name = "mostly in", .kind = PT_CELL_TEXT},
    {.name = "own time", .unit = "ms", .kind = PT_CELL_NUMBER},
};

static int slower(const void *a, const void *b)
{
    const struct trace *x = *(void *const *)a, *y = *(void *const *)b;
    if (x->longest < y->longest || x->longest > y->longest)
        return x->longest > y->longest ? -1 : 1;
    return pt_str_cmp(x->key, y->key);
}

static int by_id(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* The span of a trace that has the most time of its own.  `spans` (n > 0) is reordered. */
static const struct span *busiest(struct span *spans, size_t n)
{
    const struct span *most = spans;
    qsort(spans, n, sizeof *spans, by_id);
    for (size_t i = 0; i < n; i++) {
        const struct span key = {.id = spans[i].parent};
        struct span *parent = key.id ? bsearch(&key, spans, n, sizeof *spans, by_id) : NULL;
        if (parent && parent != &spans[i])
            parent->own -= spans[i].dur;
    }
    for (size_t i = 0; i < n; i++)
        if (spans[i].own > most->own)
            most = &spans[i];
    return most;
}

static void slowest_row(struct pt_daily *d, struct pt_table *table, const struct traces *t,
                        const struct trace *trace)
{
    struct span *own = pt_mem_array(trace->spans, sizeof *own);
    const struct span *most;
    size_t n = 0;
    for (size_t i = 0; i < t->n && n < trace->spans; i++)
        if (pt_keyed_at(&t->traces, t->spans[i].trace) == (const void *)trace)
            own[n++] = t->spans[i];
    most = busiest(own, n);
    pt_table_text(d->report, table, trace->key);
    pt_table_time(d->report, table, trace->start);
    pt_table_number(d->report, table, MS * trace->longest);
    pt_table_text(d->report, table,
                  ((struct component *)pt_keyed_at(&t->components, most->component))->key);
    pt_table_number(d->report, table, MS * most->own);
    free(own);
}

static void slowest_table(struct pt_daily *d, struct pt_section *s, const struct traces *t)
{
    struct pt_table *table = pt_section_table(d->report, s, "The slowest traces", SLOWEST_COLUMNS,
                                              sizeof SLOWEST_COLUMNS / sizeof *SLOWEST_COLUMNS);
    size_t n = pt_keyed_count(&t->traces);
    void **sorted = pt_keyed_sorted(&t->traces, slower);
    for (size_t i = 0; i < n && i < SLOWEST_MOST; i++)
        slowest_row(d, table, t, sorted[i]);
    free(sorted);
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct traces *t = state;
    struct pt_section *s;
    double errors = 0, failed = 0, count;
    (void)err;
    if (t->n == 0)
        return 0;
    count = (double)pt_keyed_count(&t->traces);
    for (size_t i = 0; i < t->n; i++)
        errors += t->spans[i].failed;
    for (size_t i = 0; i < pt_keyed_count(&t->traces); i++)
        failed += ((struct trace *)pt_keyed_at(&t->traces, i))->errors > 0;
    s = pt_report_section(d->report, "traces", "Traces");
    pt_section_figure(d->report, s, "traces", "", count);
    pt_section_figure(d->report, s, "spans", "", (double)t->n);
    pt_section_figure(d->report, s, "spans with an error", "", errors)->better = PT_BETTER_LOWER;
    pt_buf_clear(&d->text);
    pt_value_put(&d->text, failed, 0);
    pt_buf_puts(&d->text, " of ");
    pt_value_put(&d->text, count, 0);
    pt_buf_puts(&d->text, " traces hold a span that ended in an error.");
    pt_section_say(d->report, s, &d->text);
    if (!d->brief) {
        component_table(d, s, t);
        slowest_table(d, s, t);
    }
    return 0;
}

const struct pt_part pt_part_traces = {"span", begin, feed, build, end};
