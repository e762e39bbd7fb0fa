/* part_machine.c - how busy the machines were.
 *
 * One chart and one query a metric, a line a host: the mean of each window with a band from the
 * lowest to the highest point, so that a short spike stays visible in a wide window. */
#include "report/part.h"

#include <math.h>

static const struct metric {
    const char *selector, *title, *unit;
} METRICS[] = {
    {"cpu.busy", "CPU busy", "%"},
    {"mem.used_percent", "Memory used", "%"},
    {"load.1", "Load, 1 minute", ""},
    {"pressure.cpu.some", "CPU pressure", "%"},
    {"pressure.memory.some", "Memory pressure", "%"},
    {"pressure.io.some", "IO pressure", "%"},
};
enum { NMETRICS = sizeof METRICS / sizeof METRICS[0] };
enum { AVG, P95, MAX };

static const struct pt_table_column COLUMNS[] = {
    {.name = "metric", .kind = PT_CELL_TEXT}, {.name = "host", .kind = PT_CELL_TEXT},
    {.name = "unit", .kind = PT_CELL_TEXT},   {.name = "average", .kind = PT_CELL_NUMBER},
    {.name = "p95", .kind = PT_CELL_NUMBER},  {.name = "max", .kind = PT_CELL_NUMBER},
};

struct machine {
    struct pt_section *section; /* NULL until some metric has data */
    struct pt_table *table;
    size_t rows;
};

static void open_section(struct pt_daily *d, struct machine *m)
{
    if (m->section)
        return;
    m->section = pt_report_section(d->report, "machine", "Machine");
    if (!d->brief)
        m->table = pt_section_table(d->report, m->section, "By metric and host", COLUMNS,
                                    sizeof COLUMNS / sizeof COLUMNS[0]);
}

static void add_rows(struct pt_daily *d, struct machine *m, const struct metric *metric,
                     const struct pt_answer *a)
{
    for (size_t i = 0; i < a->n && m->table; i++, m->rows++) {
        if (m->rows >= PT_PART_ROWS_MOST)
            continue;
        pt_table_text(d->report, m->table, pt_str(metric->title));
        pt_table_text(d->report, m->table, pt_part_tag(d, &a->groups[i], "host"));
        pt_table_text(d->report, m->table, pt_str(metric->unit));
        for (size_t k = AVG; k <= MAX; k++)
            pt_table_number(d->report, m->table, pt_part_value(a, &a->groups[i], 0, k));
    }
}

static int add_chart(struct pt_daily *d, struct machine *m, const struct metric *metric,
                     struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, metric->selector);
    const struct pt_ask ask = {metric->selector, "avg,min,max", {"host"}, e.window};
    struct pt_answer a;
    struct pt_chart *c;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    c = pt_section_chart(d->report, m->section, metric->title, metric->unit);
    c->value_name = "average";
    c->watched = true;
    c->band_name = "lowest to highest";
    pt_part_curves(d, c, &a, (struct pt_drawn){0, 1, 2}, &e);
    pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "average");
    pt_answer_release(&a);
    return 0;
}

static int add_metric(struct pt_daily *d, struct machine *m, const struct metric *metric,
                      struct pt_err *err)
{
    const struct pt_ask ask = {metric->selector, "avg,p95,max", {"host"}, 0};
    struct pt_answer a;
    double worst = NAN;
    int rc = 0;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    if (a.n) {
        struct pt_figure *f;
        open_section(d, m);
        add_rows(d, m, metric, &a);
        for (size_t i = 0; i < a.n; i++)
            worst = fmax(worst, pt_part_value(&a, &a.groups[i], 0, P95));
        pt_buf_clear(&d->text);
        pt_buf_printf(&d->text, "%s, highest p95", metric->title);
        f = pt_section_figure(d->report, m->section, d->text.p, metric->unit, worst);
        f->better = PT_BETTER_LOWER;
        if (!d->brief)
            rc = add_chart(d, m, metric, err);
    }
    pt_answer_release(&a);
    return rc;
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct machine m = {0};
    (void)state;
    for (int i = 0; i < NMETRICS; i++)
        if (add_metric(d, &m, &METRICS[i], err) < 0)
            return -1;
    if (m.table)
        pt_part_note(d, m.table, PT_PART_ROWS_MOST, m.rows, "the first");
    if (m.section) {
        pt_buf_clear(&d->text);
        pt_buf_puts(&d->text,
                    "What the machines say of themselves, by host; a band spans the lowest "
                    "and the highest reading of each window.");
        pt_section_say(d->report, m.section, &d->text);
    }
    return 0;
}

const struct pt_part pt_part_machine = {.build = build};
