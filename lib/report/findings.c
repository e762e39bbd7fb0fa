/* findings.c - see findings.h.
 *
 * A rise is what people are woken for, so points below their band are passed over: every watched
 * chart is one where less is better.
 *
 * The rule by which a stretch is listed was fixed beforehand: a single window a little above its
 * band is what a day of a thousand windows has by chance; two on end, or one far above, are not. */
#include "report/findings.h"

#include "base/mem.h"
#include "base/time.h"
#include "detect/detector.h"
#include "report/value.h"

#include <math.h>
#include <stdlib.h>

enum {
    FINDINGS_MOST = 20, /* rises, and of each kind of what is noted */
    JUDGED_LEAST = 100, /* points of a curve */
    WARM_UP_PART = 10,  /* of a curve's points one in so many warms up the detector */
    STRETCH_LEAST = 2,  /* points on end */
};
#define SCORE_ALONE 2.0 /* makes a finding of a shorter stretch */

struct rise {
    const struct pt_chart *chart;
    const struct pt_curve *curve;
    int64_t from, to; /* of its first and last point */
    size_t n;
    double worst, expected, score;
};

struct pt_findings {
    struct rise *v;
    size_t n, cap;
    struct pt_noted *noted;
    size_t nnoted, noted_cap;
    size_t judged, short_ones, left_out; /* curves */
};

struct pt_findings *pt_findings_new(void)
{
    return pt_mem_alloc(sizeof(struct pt_findings));
}

void pt_findings_free(struct pt_findings *f)
{
    if (!f)
        return;
    free(f->v);
    free(f->noted);
    free(f);
}

void pt_findings_note(struct pt_findings *f, struct pt_report *r, const struct pt_noted *noted)
{
    struct pt_noted *last;
    f->noted = pt_mem_grow(f->noted, &f->noted_cap, f->nnoted + 1, sizeof *f->noted);
    last = &f->noted[f->nnoted++];
    *last = *noted;
    last->name = pt_report_text(r, noted->name);
}

/* --- judging --------------------------------------------------------------------------------- */

static size_t points_of(const struct pt_curve *k)
{
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++)
        n += isfinite(k->v[i]);
    return n;
}

/* Takes the last stretch back unless it is long or high enough. */
static void close_stretch(struct pt_findings *f, bool open)
{
    const struct rise *last = open ? &f->v[f->n - 1] : NULL;
    if (last && last->n < STRETCH_LEAST && !(last->score >= SCORE_ALONE))
        f->n--;
}

/* Point i of a curve into the stretch that ends before it, or into a new one. */
static void add_point(struct pt_findings *f, bool open, const struct pt_chart *c,
                      const struct pt_curve *k, size_t i, const struct pt_verdict *v)
{
    struct rise *last;
    if (!open) {
        f->v = pt_mem_grow(f->v, &f->cap, f->n + 1, sizeof *f->v);
        f->v[f->n++] = (struct rise){.chart = c, .curve = k, .from = k->ts[i]};
    }
    last = &f->v[f->n - 1];
    last->to = k->ts[i];
    last->n++;
    if (v->score > last->score) {
        last->score = v->score;
        last->worst = k->v[i];
        last->expected = v->expected;
    }
}

static void judge_curve(struct pt_findings *f, const struct pt_chart *c, const struct pt_curve *k,
                        size_t points)
{
    /* The detector warms up for half its window. */
    const size_t window = points * 2 / WARM_UP_PART;
    const struct pt_detector_options options = {
        .window = window < PT_DETECTOR_WINDOW ? window : PT_DETECTOR_WINDOW};
    struct pt_detector *d = pt_detector_new(&pt_detector_methods[0], &options);
    bool open = false;
    for (size_t i = 0; i < k->n; i++) {
        struct pt_verdict v = {0};
        bool gap = i > 0 && c->step > 0 && k->ts[i] - k->ts[i - 1] > 2 * c->step, rises;
        if (isfinite(k->v[i]))
            pt_detector_step(d, k->v[i], &v);
        rises = v.ready && v.anomaly && k->v[i] > v.expected;
        if (open && (gap || !rises)) {
            close_stretch(f, open);
            open = false;
        }
        if (rises)
            add_point(f, open, c, k, i, &v);
        open = rises;
    }
    close_stretch(f, open);
    pt_detector_free(d);
}

static void judge_chart(struct pt_findings *f, const struct pt_chart *c)
{
    f->left_out += c->nleft_out;
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        size_t points = k->quiet ? 0 : points_of(k);
        if (points >= JUDGED_LEAST) {
            f->judged++;
            judge_curve(f, c, k, points);
        } else {
            f->short_ones += !k->quiet;
        }
    }
}

/* --- rises ----------------------------------------------------------------------------------- */

static int worse(const void *a, const void *b)
{
    const struct rise *x = a, *y = b;
    return (y->score > x->score) - (y->score < x->score);
}

static int earlier(const void *a, const void *b)
{
    const struct rise *x = a, *y = b;
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

static void add_row(struct pt_report *r, struct pt_table *t, const struct rise *f)
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

static void add_mark(struct pt_report *r, const struct rise *f)
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

static void write_rises(struct pt_report *r, struct pt_section *s, struct pt_findings *f)
{
    size_t shown = f->n < FINDINGS_MOST ? f->n : FINDINGS_MOST;
    struct pt_table *t;
    struct pt_buf b = {0};
    if (f->n > shown) {
        qsort(f->v, f->n, sizeof *f->v, worse);
        pt_buf_printf(&b, "%zu of %zu: those of the highest score", shown, f->n);
    }
    qsort(f->v, shown, sizeof *f->v, earlier);
    t = pt_section_table(r, s, "Stretches above what was expected", COLUMNS,
                         sizeof COLUMNS / sizeof COLUMNS[0]);
    t->note = pt_report_text(r, pt_buf_view(&b));
    for (size_t i = 0; i < shown; i++) {
        add_row(r, t, &f->v[i]);
        add_mark(r, &f->v[i]);
    }
    same_decimals(t);
    pt_buf_release(&b);
}

/* --- what was noted -------------------------------------------------------------------------- */

static const struct pt_table_column NOTED_COLUMNS[] = {
    {.name = "from", .kind = PT_CELL_TIME},
    {.name = "to", .kind = PT_CELL_TIME},
    {.name = "what", .kind = PT_CELL_TEXT},
    {.name = "name", .kind = PT_CELL_TEXT},
    {.name = "length", .unit = "s", .kind = PT_CELL_NUMBER},
    {.name = "events", .kind = PT_CELL_NUMBER},
};

/* Silences before errors; of those the longest, of these the most frequent first. */
static int heavier(const void *a, const void *b)
{
    const struct pt_noted *x = a, *y = b;
    double p = x->count, q = y->count;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == PT_NOTED_SILENCE) {
        p = (double)(x->to - x->from);
        q = (double)(y->to - y->from);
    }
    return p > q ? -1 : p < q;
}

static void write_noted(struct pt_report *r, struct pt_section *s, struct pt_findings *f)
{
    size_t of_kind[PT_NOTED_KINDS] = {0};
    struct pt_table *t = pt_section_table(r, s, "Silences and errors", NOTED_COLUMNS,
                                          sizeof NOTED_COLUMNS / sizeof NOTED_COLUMNS[0]);
    qsort(f->noted, f->nnoted, sizeof *f->noted, heavier);
    for (size_t i = 0; i < f->nnoted; i++) {
        const struct pt_noted *n = &f->noted[i];
        if (of_kind[n->kind]++ >= FINDINGS_MOST)
            continue;
        pt_table_time(r, t, n->from);
        pt_table_time(r, t, n->to);
        pt_table_text(r, t, pt_str(n->what));
        pt_table_text(r, t, n->name);
        pt_table_number(r, t, (double)((n->to - n->from) / PT_S));
        pt_table_number(r, t, n->kind == PT_NOTED_ERROR ? n->count : NAN);
    }
    if (t->nrows < f->nnoted) {
        struct pt_buf b = {0};
        pt_buf_printf(&b, "%zu of %zu: the longest silences and the most frequent errors", t->nrows,
                      f->nnoted);
        t->note = pt_report_text(r, pt_buf_view(&b));
        pt_buf_release(&b);
    }
}

/* --- the section ----------------------------------------------------------------------------- */

static void say_rule(struct pt_buf *b, const struct pt_findings *f)
{
    pt_value_put_count(b, (double)f->judged, "line of the charts was", "lines of the charts were");
    pt_buf_printf(
        b,
        " judged: each window of time by the median of at most %d windows before it and "
        "their absolute deviation. A score above 1 is out of the ordinary; listed is what "
        "stays above 1 for %d windows or more, or reaches %g in one.",
        (int)PT_DETECTOR_WINDOW, (int)STRETCH_LEAST, SCORE_ALONE);
    pt_buf_puts(b, f->n ? "" : " No line did.");
    pt_buf_puts(b, " The first windows of a line, at most a tenth, only show what is ordinary.");
}

/* Titles of the charts of which some line was too short. */
static void say_short(struct pt_buf *b, const struct pt_report *r)
{
    const char *between = "";
    pt_buf_printf(b, "%sNot judged, since a line needs %d windows: ", b->n ? " " : "",
                  (int)JUDGED_LEAST);
    for (const struct pt_section *s = r->sections; s; s = s->next)
        for (const struct pt_chart *c = s->charts; c; c = c->next) {
            size_t n = 0;
            for (const struct pt_curve *k = c->watched ? c->curves : NULL; k; k = k->next)
                n += !k->quiet && points_of(k) < JUDGED_LEAST;
            if (n == 0)
                continue;
            pt_buf_printf(b, "%s%s", between, c->title);
            if (n < c->ncurves)
                pt_buf_printf(b, " (%zu of %zu lines)", n, c->ncurves);
            between = "; ";
        }
    pt_buf_putc(b, '.');
}

static void say(struct pt_report *r, struct pt_section *s, const struct pt_findings *f)
{
    struct pt_buf b = {0};
    if (f->judged)
        say_rule(&b, f);
    if (f->short_ones)
        say_short(&b, r);
    if (f->left_out) {
        pt_buf_puts(&b, b.n ? " " : "");
        pt_value_put_count(&b, (double)f->left_out, "line that the charts leave out was",
                           "lines that the charts leave out were");
        pt_buf_puts(&b, " not judged.");
    }
    pt_section_say(r, s, &b);
    pt_buf_release(&b);
}

bool pt_report_find(struct pt_report *r, struct pt_section *s, struct pt_findings *f)
{
    for (struct pt_section *at = r->sections; at; at = at->next)
        for (struct pt_chart *c = at->charts; c; c = c->next)
            if (c->watched)
                judge_chart(f, c);
    if (f->judged + f->short_ones + f->nnoted == 0)
        return false;
    if (f->judged + f->nnoted) {
        struct pt_figure *figure =
            pt_section_figure(r, s, "findings", "", (double)(f->n + f->nnoted));
        figure->better = PT_BETTER_LOWER;
        figure->headline = true;
    }
    say(r, s, f);
    if (f->n)
        write_rises(r, s, f);
    if (f->nnoted)
        write_noted(r, s, f);
    return true;
}
