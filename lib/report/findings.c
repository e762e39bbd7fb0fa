/* findings.c - see findings.h.
 *
 * A rise is what people are woken for, so points below their band are passed over: every watched
 * chart is one where less is better. */
#include "report/findings.h"

#include "base/mem.h"
#include "detect/detector.h"
#include "report/value.h"

#include <math.h>
#include <stdlib.h>

enum { FINDINGS_MOST = 20 };

struct finding {
    const struct pt_chart *chart;
    const struct pt_curve *curve;
    int64_t from, to; /* of its first and last point */
    double worst, expected, score;
};

struct findings {
    struct finding *v;
    size_t n, cap, curves; /* curves: that were long enough */
};

static void judge_curve(struct findings *f, const struct pt_chart *c, const struct pt_curve *k)
{
    const struct pt_detector_options options = {0};
    struct pt_detector *d = pt_detector_new(&pt_detector_methods[0], &options);
    bool open = false;
    f->curves += k->n > pt_detector_warm_up(d);
    for (size_t i = 0; i < k->n; i++) {
        struct pt_verdict v = {0};
        struct finding *last;
        if (isfinite(k->v[i]))
            pt_detector_step(d, k->v[i], &v);
        if (!v.ready || !v.anomaly || k->v[i] < v.expected) {
            open = false;
            continue;
        }
        if (!open) {
            f->v = pt_mem_grow(f->v, &f->cap, f->n + 1, sizeof *f->v);
            f->v[f->n++] = (struct finding){.chart = c, .curve = k, .from = k->ts[i]};
        }
        open = true;
        last = &f->v[f->n - 1];
        last->to = k->ts[i];
        if (v.score > last->score) {
            last->score = v.score;
            last->worst = k->v[i];
            last->expected = v.expected;
        }
    }
    pt_detector_free(d);
}

static int worse(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    return (y->score > x->score) - (y->score < x->score);
}

static int earlier(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

enum { WORST = 4, EXPECTED }; /* columns */
static const struct pt_table_column COLUMNS[] = {
    {.name = "from", .kind = PT_CELL_TIME},
    {.name = "to", .kind = PT_CELL_TIME},
    {.name = "where", .kind = PT_CELL_TEXT},
    {.name = "line", .kind = PT_CELL_TEXT},
    {.name = "worst", .kind = PT_CELL_NUMBER},
    {.name = "expected", .kind = PT_CELL_NUMBER},
    {.name = "unit", .kind = PT_CELL_TEXT},
    {.name = "score", .kind = PT_CELL_NUMBER, .decimals = 1},
};

static void add_row(struct pt_report *r, struct pt_table *t, const struct finding *f)
{
    pt_table_time(r, t, f->from);
    pt_table_time(r, t, f->to + f->chart->step);
    pt_table_text(r, t, pt_str(f->chart->title));
    pt_table_text(r, t, f->curve->name);
    pt_table_number(r, t, f->worst);
    pt_table_number(r, t, f->expected);
    pt_table_text(r, t, pt_str(f->chart->unit));
    pt_table_number(r, t, f->score);
}

/* What is to be compared is shown alike. */
static void same_decimals(struct pt_table *t)
{
    int a = pt_table_decimals(t, WORST), b = pt_table_decimals(t, EXPECTED);
    t->columns[WORST].decimals = t->columns[EXPECTED].decimals = a > b ? a : b;
}

static void add_mark(struct pt_report *r, const struct finding *f)
{
    struct pt_buf b = {0};
    int decimals = pt_chart_decimals(f->chart);
    pt_buf_str(&b, f->curve->name);
    pt_buf_puts(&b, ": ");
    pt_value_put_unit(&b, f->worst, f->chart->unit, decimals);
    pt_buf_puts(&b, ", expected ");
    pt_value_put(&b, f->expected, decimals);
    pt_chart_mark(r, (struct pt_chart *)f->chart, f->from, pt_buf_view(&b));
    pt_buf_release(&b);
}

static void write_findings(struct pt_report *r, struct pt_section *s, struct findings *f)
{
    size_t all = f->n;
    struct pt_table *t;
    struct pt_buf b = {0};
    if (all > FINDINGS_MOST) {
        qsort(f->v, f->n, sizeof *f->v, worse);
        f->n = FINDINGS_MOST;
        pt_buf_printf(&b, "%d of %zu: those of the highest score", (int)FINDINGS_MOST, all);
    }
    qsort(f->v, f->n, sizeof *f->v, earlier);
    t = pt_section_table(r, s, "Stretches above what was expected", COLUMNS,
                         sizeof COLUMNS / sizeof COLUMNS[0]);
    t->note = pt_report_text(r, pt_buf_view(&b));
    for (size_t i = 0; i < f->n; i++) {
        add_row(r, t, &f->v[i]);
        add_mark(r, &f->v[i]);
    }
    same_decimals(t);
    pt_buf_release(&b);
}

bool pt_report_find(struct pt_report *r, struct pt_section *s)
{
    struct findings f = {0};
    struct pt_buf b = {0};
    for (struct pt_section *at = r->sections; at; at = at->next)
        for (struct pt_chart *c = at->charts; c; c = c->next)
            for (struct pt_curve *k = c->watched ? c->curves : NULL; k; k = k->next)
                judge_curve(&f, c, k);
    if (f.curves) {
        pt_section_figure(r, s, "findings", "", (double)f.n)->better = PT_BETTER_LOWER;
        s->figures->headline = true;
        pt_buf_printf(&b,
                      "Each window of %zu lines was judged by the median of the %d before it and "
                      "their absolute deviation; a score above 1 is an anomaly.",
                      f.curves, (int)PT_DETECTOR_WINDOW);
        if (f.n == 0)
            pt_buf_puts(&b, " None was found.");
        pt_section_say(r, s, &b);
    }
    if (f.n)
        write_findings(r, s, &f);
    pt_buf_release(&b);
    free(f.v);
    return f.curves > 0;
}
