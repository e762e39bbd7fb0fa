/* part_events.c - the events, by severity and name. */
#include "report/part.h"

#include "base/mem.h"
#include "record/severity.h"
#include "report/keyed.h"

#include <stdlib.h>

enum { SEVERITY, NAME, MESSAGE, NKEYS };
static const char *const KEYS[NKEYS] = {"severity", "name", "message"};

struct event {
    struct pt_str key; /* severity and name */
    uint64_t count;
    int64_t first, last;
    char *message; /* of the first that had one, NULL when none; owned */
    struct pt_column by_window;
};

struct events {
    struct pt_keyed kinds;
    struct pt_buf key;
};

static void *begin(void)
{
    struct events *t = pt_mem_alloc(sizeof *t);
    t->kinds = PT_KEYED(struct event);
    return t;
}

static void end(void *state)
{
    struct events *t = state;
    for (size_t i = 0; i < pt_keyed_count(&t->kinds); i++) {
        struct event *e = pt_keyed_at(&t->kinds, i);
        free(e->message);
        pt_column_release(&e->by_window);
    }
    pt_keyed_release(&t->kinds);
    pt_buf_release(&t->key);
    free(t);
}

static void feed(struct pt_daily *d, void *state, const struct pt_store_document *doc)
{
    struct events *t = state;
    struct pt_str m[NKEYS], parts[2];
    struct event *e;
    pt_part_members(doc->body, KEYS, NKEYS, m);
    parts[0] = pt_part_text(d, m[SEVERITY]);
    parts[1] = pt_part_text(d, m[NAME]);
    e = pt_keyed_get(&t->kinds, pt_keyed_join(&t->key, parts, 2), NULL);
    if (e->count++ == 0)
        e->first = doc->ts;
    e->last = doc->ts;
    if (!e->message && m[MESSAGE].n) {
        struct pt_str text = pt_part_text(d, m[MESSAGE]);
        e->message = pt_mem_strndup(text.p, text.n);
    }
    pt_part_count(&e->by_window, doc->ts, 1);
}

static enum pt_severity severity_of(const struct event *e)
{
    return pt_severity_of(pt_keyed_part(e->key, 0));
}

static bool is_error(const struct event *e)
{
    return severity_of(e) >= PT_SEVERITY_ERROR;
}

/* The worst first; severities that are not known come last. */
static int worse(const void *a, const void *b)
{
    const struct event *x = *(void *const *)a, *y = *(void *const *)b;
    int rank = (int)severity_of(y) - (int)severity_of(x);
    if (rank)
        return rank;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return pt_str_cmp(x->key, y->key);
}

static const struct pt_table_column COLUMNS[] = {
    {.name = "severity", .kind = PT_CELL_TEXT}, {.name = "event", .kind = PT_CELL_TEXT},
    {.name = "count", .kind = PT_CELL_NUMBER},  {.name = "first", .kind = PT_CELL_TIME},
    {.name = "last", .kind = PT_CELL_TIME},     {.name = "for example", .kind = PT_CELL_TEXT},
};

static void table(struct pt_daily *d, struct pt_section *s, void **sorted, size_t n)
{
    struct pt_table *t = pt_section_table(d->report, s, "By severity and name", COLUMNS,
                                          sizeof COLUMNS / sizeof *COLUMNS);
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        const struct event *e = sorted[i];
        pt_table_text(d->report, t, pt_keyed_part(e->key, 0));
        pt_table_text(d->report, t, pt_keyed_part(e->key, 1));
        pt_table_number(d->report, t, (double)e->count);
        pt_table_time(d->report, t, e->first);
        pt_table_time(d->report, t, e->last);
        pt_table_text(d->report, t, pt_str(e->message));
    }
    pt_part_note(d, t, PT_PART_ROWS_MOST, n, "the most severe");
}

/* Only windows with events have points, so a line would join what does not belong together: the
 * windows between are filled with zeros. */
static void curve(struct pt_daily *d, struct pt_chart *c, struct event *e, int64_t window)
{
    struct pt_column *w = &e->by_window;
    struct pt_curve *k;
    size_t n;
    pt_part_count_by(w, window);
    n = (size_t)((w->ts[w->n - 1] - w->ts[0]) / window) + 1;
    k = pt_chart_curve(d->report, c, pt_keyed_part(e->key, 1), n, false);
    for (size_t i = 0, at = 0; i < n; i++) {
        int64_t start = w->ts[0] + (int64_t)i * window;
        bool here = w->ts[at] == start;
        pt_curve_add(k, start, here ? w->v[at] : 0);
        at += here;
    }
    k->rank = (double)e->count;
    k->quiet = !is_error(e);
}

static void chart(struct pt_daily *d, struct pt_section *s, void **sorted, size_t n)
{
    const struct pt_extent e = pt_part_extent(&d->types, "event");
    struct pt_chart *c = pt_section_chart(d->report, s, "Events by name", "");
    c->value_name = "events a window";
    c->watched = true;
    for (size_t i = 0; i < n && i < PT_PART_CURVES_MOST; i++)
        curve(d, c, sorted[i], e.window);
    pt_part_span(c, &e);
    if (n > PT_PART_CURVES_MOST) {
        pt_buf_clear(&d->text);
        pt_buf_printf(&d->text, "%d of %zu shown: the most severe", (int)PT_PART_CURVES_MOST, n);
        c->note = pt_report_text(d->report, pt_buf_view(&d->text));
        for (size_t i = PT_PART_CURVES_MOST; i < n; i++)
            c->nleft_out += is_error(sorted[i]);
    }
}

static void note(struct pt_daily *d, const struct event *e)
{
    const char *severity = pt_report_name(d->report, pt_keyed_part(e->key, 0));
    pt_findings_note(d->findings, d->report,
                     &(struct pt_noted){PT_NOTED_ERROR, e->first, e->last, severity,
                                        pt_keyed_part(e->key, 1), (double)e->count});
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct events *t = state;
    size_t n = pt_keyed_count(&t->kinds);
    void **sorted;
    struct pt_section *s;
    double count = 0, errors = 0;
    (void)err;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const struct event *e = pt_keyed_at(&t->kinds, i);
        count += (double)e->count;
        errors += is_error(e) ? (double)e->count : 0;
        if (is_error(e) && !d->brief)
            note(d, e);
    }
    s = pt_report_section(d->report, "events", "Events");
    pt_section_figure(d->report, s, "events", "", count);
    pt_section_figure(d->report, s, "errors and worse", "", errors)->better = PT_BETTER_LOWER;
    sorted = pt_keyed_sorted(&t->kinds, worse);
    if (!d->brief) {
        chart(d, s, sorted, n);
        table(d, s, sorted, n);
    }
    pt_buf_clear(&d->text);
    pt_buf_printf(&d->text, "Events of %zu kinds, the most severe first.", n);
    pt_section_say(d->report, s, &d->text);
    free(sorted);
    return 0;
}

const struct pt_part pt_part_events = {"event", begin, feed, build, end};
