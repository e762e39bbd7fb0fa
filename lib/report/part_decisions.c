/* part_decisions.c - the decisions: which, by whom, with what outcome, and how long they took.
 *
 * Those of people and those of machines differ in latency by orders of magnitude, so their medians
 * stand apart. */
#include "report/part.h"

#include "base/json.h"
#include "base/mem.h"
#include "report/keyed.h"
#include "report/value.h"
#include "series/quantile.h"

#include <math.h>
#include <stdlib.h>

enum { NAME, OUTCOME, BY, LATENCY, NKEYS };
static const char *const KEYS[NKEYS] = {"name", "outcome", "by", "latency"};

struct kind {
    struct pt_str key; /* the decision's name */
    uint64_t count, human, approved;
    struct pt_column slow[2]; /* latencies in s: of machines, of people */
};

struct decisions {
    struct pt_keyed kinds;
};

static void *begin(void)
{
    struct decisions *t = pt_mem_alloc(sizeof *t);
    t->kinds = PT_KEYED(struct kind);
    return t;
}

static void end(void *state)
{
    struct decisions *t = state;
    for (size_t i = 0; i < pt_keyed_count(&t->kinds); i++) {
        struct kind *k = pt_keyed_at(&t->kinds, i);
        pt_column_release(&k->slow[0]);
        pt_column_release(&k->slow[1]);
    }
    pt_keyed_release(&t->kinds);
    free(t);
}

static void feed(struct pt_daily *d, void *state, const struct pt_store_document *doc)
{
    struct decisions *t = state;
    struct pt_str m[NKEYS];
    struct kind *k;
    bool human;
    pt_part_members(doc->body, KEYS, NKEYS, m);
    k = pt_keyed_get(&t->kinds, pt_part_text(d, m[NAME]), NULL);
    human = pt_str_is(pt_json_raw(m[BY]), "human");
    k->count++;
    k->human += human;
    k->approved += pt_str_is(pt_json_raw(m[OUTCOME]), "approved");
    if (isfinite(pt_part_number(m[LATENCY])))
        pt_column_add(&k->slow[human], doc->ts, pt_num_real(pt_part_number(m[LATENCY])));
}

static double median(struct pt_column *c)
{
    static const double half = 0.5;
    double out = NAN;
    pt_quantile_select(c->v, c->n, &half, 1, &out);
    return out;
}

static const struct pt_table_column COLUMNS[] = {
    {.name = "decision", .kind = PT_CELL_TEXT},
    {.name = "count", .kind = PT_CELL_NUMBER},
    {.name = "automatic", .kind = PT_CELL_NUMBER},
    {.name = "human", .kind = PT_CELL_NUMBER},
    {.name = "approved", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 1},
    {.name = "median, automatic", .unit = "ms", .kind = PT_CELL_NUMBER},
    {.name = "median, human", .unit = "s", .kind = PT_CELL_NUMBER},
};

static void table(struct pt_daily *d, struct pt_section *s, struct decisions *t)
{
    struct pt_table *table =
        pt_section_table(d->report, s, "By decision", COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
    size_t n = pt_keyed_count(&t->kinds);
    void **sorted = pt_keyed_sorted(&t->kinds, NULL);
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        struct kind *k = sorted[i];
        pt_table_text(d->report, table, k->key);
        pt_table_number(d->report, table, (double)k->count);
        pt_table_number(d->report, table, (double)(k->count - k->human));
        pt_table_number(d->report, table, (double)k->human);
        pt_table_number(d->report, table, pt_part_percent((double)k->approved, (double)k->count));
        pt_table_number(d->report, table, 1000 * median(&k->slow[0]));
        pt_table_number(d->report, table, median(&k->slow[1]));
    }
    pt_part_note(d, table, PT_PART_ROWS_MOST, n, "the first");
    free(sorted);
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct decisions *t = state;
    struct pt_section *s;
    double count = 0, human = 0, approved = 0;
    (void)err;
    for (size_t i = 0; i < pt_keyed_count(&t->kinds); i++) {
        const struct kind *k = pt_keyed_at(&t->kinds, i);
        count += (double)k->count;
        human += (double)k->human;
        approved += (double)k->approved;
    }
    if (!(count > 0))
        return 0;
    s = pt_report_section(d->report, "decisions", "Decisions");
    pt_section_figure(d->report, s, "decisions", "", count);
    pt_section_figure(d->report, s, "taken by people", "%", pt_part_percent(human, count))
        ->decimals = 1;
    pt_section_figure(d->report, s, "approved", "%", pt_part_percent(approved, count))->decimals =
        1;
    pt_buf_clear(&d->text);
    pt_value_put(&d->text, human, 0);
    pt_buf_puts(&d->text, " of ");
    pt_value_put(&d->text, count, 0);
    pt_buf_puts(&d->text, " decisions waited for a person.");
    pt_section_say(d->report, s, &d->text);
    if (!d->brief)
        table(d, s, t);
    return 0;
}

const struct pt_part pt_part_decisions = {"decision", begin, feed, build, end};
