/* part_models.c - the models: how good their predictions turned out to be.
 *
 * The actual of a prediction usually comes in a later record of the same model and id; a record
 * that gives an actual but no value is joined to the value of an earlier one.  A prediction is
 * judged once, by the first actual.
 *
 * A model whose actuals are all 0 or 1 and whose values lie in [0, 1] predicts a direction: it is
 * right when (value >= 0.5) is the actual, and its Brier score is the mean of (value - actual)^2
 * (Brier, "Verification of forecasts expressed in terms of probability", 1950; 0.25 is a coin's).
 * All others are judged by the mean absolute error. */
#include "report/part.h"

#include "base/mem.h"
#include "report/keyed.h"
#include "report/scale.h"
#include "report/value.h"

#include <math.h>
#include <stdlib.h>

enum { MODEL, ID, VALUE, ACTUAL, REGIME, NKEYS };
static const char *const KEYS[NKEYS] = {"model", "id", "value", "actual", "regime"};

enum { ACCURACY_POINTS_MOST = 32 }; /* windows wide enough for an accuracy to mean something */

struct score {
    uint64_t judged, right;
    double squares, errors; /* sums of (value - actual)^2 and |value - actual| */
};

struct model {
    struct pt_str key;
    uint64_t predictions;
    bool graded; /* some value or actual is neither 0, 1 nor a probability */
    struct score score;
    struct pt_column judged, right, errors; /* by window */
};

struct by_regime {
    struct pt_str key; /* model and regime */
    uint32_t model;
    struct score score;
};

struct prediction {
    struct pt_str key; /* model and id */
    double value;
    bool judged;
};

struct models {
    struct pt_keyed models, regimes, predictions;
    struct pt_buf key;
};

static void *begin(void)
{
    struct models *t = pt_mem_alloc(sizeof *t);
    t->models = PT_KEYED(struct model);
    t->regimes = PT_KEYED(struct by_regime);
    t->predictions = PT_KEYED(struct prediction);
    return t;
}

static void end(void *state)
{
    struct models *t = state;
    for (size_t i = 0; i < pt_keyed_count(&t->models); i++) {
        struct model *m = pt_keyed_at(&t->models, i);
        pt_column_release(&m->judged);
        pt_column_release(&m->right);
        pt_column_release(&m->errors);
    }
    pt_keyed_release(&t->models);
    pt_keyed_release(&t->regimes);
    pt_keyed_release(&t->predictions);
    pt_buf_release(&t->key);
    free(t);
}

static void score_add(struct score *s, double value, double actual)
{
    double error = value - actual;
    s->judged++;
    s->right += (value >= 0.5) == (actual >= 0.5);
    s->squares += error * error;
    s->errors += fabs(error);
}

static void judge(struct models *t, uint32_t number, struct pt_str regime, int64_t ts, double value,
                  double actual)
{
    struct model *m = pt_keyed_at(&t->models, number);
    const struct pt_str parts[2] = {m->key, regime};
    struct by_regime *r = pt_keyed_get(&t->regimes, pt_keyed_join(&t->key, parts, 2), NULL);
    r->model = number;
    m->graded = m->graded || value < 0 || value > 1 || (actual != 0 && actual != 1);
    score_add(&m->score, value, actual);
    score_add(&r->score, value, actual);
    pt_part_count(&m->judged, ts, 1);
    pt_part_count(&m->right, ts, (value >= 0.5) == (actual >= 0.5));
    pt_part_count(&m->errors, ts, fabs(value - actual));
}

/* The prediction a record speaks of; NULL when it is one by itself. */
static struct prediction *prediction_of(struct models *t, const struct pt_str *parts)
{
    struct prediction *p;
    size_t before = pt_keyed_count(&t->predictions);
    if (parts[1].n == 0)
        return NULL;
    p = pt_keyed_get(&t->predictions, pt_keyed_join(&t->key, parts, 2), NULL);
    if (pt_keyed_count(&t->predictions) > before)
        p->value = NAN;
    return p;
}

static void feed(struct pt_daily *d, void *state, const struct pt_store_document *doc)
{
    struct models *t = state;
    struct pt_str m[NKEYS], parts[2];
    double value, actual;
    uint32_t number;
    struct model *model;
    struct prediction *p;
    pt_part_members(doc->body, KEYS, NKEYS, m);
    parts[0] = pt_part_text(d, m[MODEL]);
    parts[1] = m[ID].n ? pt_part_text(d, m[ID]) : PT_STR("");
    value = pt_part_number(m[VALUE]);
    actual = pt_part_number(m[ACTUAL]);
    model = pt_keyed_get(&t->models, parts[0], &number);
    p = prediction_of(t, parts);
    if (!p || (isnan(p->value) && !p->judged))
        model->predictions++;
    if (p && isnan(value))
        value = p->value;
    if (p && isfinite(value))
        p->value = value;
    if (!isfinite(value) || !isfinite(actual) || (p && p->judged))
        return;
    if (p)
        p->judged = true;
    judge(t, number, pt_part_text(d, m[REGIME]), doc->ts, value, actual);
}

/* --- the section ----------------------------------------------------------------------------- */

static const struct pt_table_column MODEL_COLUMNS[] = {
    {.name = "model", .kind = PT_CELL_TEXT},
    {.name = "predictions", .kind = PT_CELL_NUMBER},
    {.name = "judged", .kind = PT_CELL_NUMBER},
    {.name = "accuracy", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 2},
    {.name = "Brier score", .kind = PT_CELL_NUMBER, .decimals = 4},
    {.name = "mean abs. error", .kind = PT_CELL_NUMBER, .decimals = 4},
};
static const struct pt_table_column REGIME_COLUMNS[] = {
    {.name = "model", .kind = PT_CELL_TEXT},
    {.name = "regime", .kind = PT_CELL_TEXT},
    {.name = "judged", .kind = PT_CELL_NUMBER},
    {.name = "accuracy", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 2},
    {.name = "Brier score", .kind = PT_CELL_NUMBER, .decimals = 4},
    {.name = "mean abs. error", .kind = PT_CELL_NUMBER, .decimals = 4},
};
enum { NCOLUMNS = 6 };

static void score_cells(struct pt_daily *d, struct pt_table *t, const struct score *s, bool graded)
{
    double n = s->judged ? (double)s->judged : NAN;
    pt_table_number(d->report, t, (double)s->judged);
    pt_table_number(d->report, t, graded ? NAN : 100 * (double)s->right / n);
    pt_table_number(d->report, t, graded ? NAN : s->squares / n);
    pt_table_number(d->report, t, graded ? s->errors / n : NAN);
}

static void tables(struct pt_daily *d, struct pt_section *s, const struct models *t)
{
    struct pt_table *table = pt_section_table(d->report, s, "By model", MODEL_COLUMNS, NCOLUMNS);
    size_t n = pt_keyed_count(&t->models);
    void **sorted = pt_keyed_sorted(&t->models, NULL);
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        const struct model *m = sorted[i];
        pt_table_text(d->report, table, m->key);
        pt_table_number(d->report, table, (double)m->predictions);
        score_cells(d, table, &m->score, m->graded);
    }
    pt_part_note(d, table, PT_PART_ROWS_MOST, n, "the first");
    free(sorted);
    if (pt_keyed_count(&t->regimes) <= n)
        return;
    table = pt_section_table(d->report, s, "By model and regime", REGIME_COLUMNS, NCOLUMNS);
    n = pt_keyed_count(&t->regimes);
    sorted = pt_keyed_sorted(&t->regimes, NULL);
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        const struct by_regime *r = sorted[i];
        const struct model *m = pt_keyed_at(&t->models, r->model);
        pt_table_text(d->report, table, m->key);
        pt_table_text(d->report, table, pt_keyed_part(r->key, 1));
        score_cells(d, table, &r->score, m->graded);
    }
    pt_part_note(d, table, PT_PART_ROWS_MOST, n, "the first");
    free(sorted);
}

/* Accuracy needs many predictions a window, so its windows are wider than those of other charts. */
static struct pt_extent score_extent(const struct pt_daily *d)
{
    struct pt_extent e = pt_part_extent(&d->types, "prediction");
    int64_t window = pt_scale_window(e.last - e.first + 1, ACCURACY_POINTS_MOST);
    e.window = window > e.window ? window : e.window;
    return e;
}

/* One line a model: the accuracy of those that predict a direction, the error of the others. */
static void chart(struct pt_daily *d, struct pt_section *s, const struct models *t, bool graded)
{
    const struct pt_extent e = score_extent(d);
    struct pt_chart *c = NULL;
    for (size_t i = 0; i < pt_keyed_count(&t->models); i++) {
        struct model *m = pt_keyed_at(&t->models, i);
        struct pt_curve *k;
        if (m->graded != graded || m->judged.n == 0)
            continue;
        if (!c)
            c = pt_section_chart(d->report, s, graded ? "Mean absolute error" : "Accuracy",
                                 graded ? "" : "%");
        pt_part_count_by(&m->judged, e.window);
        pt_part_count_by(&m->right, e.window);
        pt_part_count_by(&m->errors, e.window);
        k = pt_chart_curve(d->report, c, m->key, m->judged.n, false);
        for (size_t w = 0; w < m->judged.n; w++)
            pt_curve_add(k, m->judged.ts[w],
                         graded ? m->errors.v[w] / m->judged.v[w]
                                : 100 * m->right.v[w] / m->judged.v[w]);
        k->rank = (double)m->score.judged;
    }
    if (!c)
        return;
    pt_part_span(c, &e);
    pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "number of predictions");
}

static void figures(struct pt_daily *d, struct pt_section *s, const struct models *t)
{
    double predictions = 0, judged = 0, directed = 0, right = 0;
    for (size_t i = 0; i < pt_keyed_count(&t->models); i++) {
        const struct model *m = pt_keyed_at(&t->models, i);
        predictions += (double)m->predictions;
        judged += (double)m->score.judged;
        directed += m->graded ? 0 : (double)m->score.judged;
        right += m->graded ? 0 : (double)m->score.right;
    }
    pt_section_figure(d->report, s, "predictions", "", predictions);
    pt_section_figure(d->report, s, "with an actual", "", judged);
    if (directed > 0) {
        struct pt_figure *f = pt_section_figure(d->report, s, "direction accuracy", "%",
                                                pt_part_percent(right, directed));
        f->better = PT_BETTER_HIGHER;
        f->decimals = 2;
        f->headline = true;
    }
    pt_buf_clear(&d->text);
    pt_value_put(&d->text, judged, 0);
    pt_buf_puts(&d->text, " of ");
    pt_value_put(&d->text, predictions, 0);
    pt_buf_puts(&d->text,
                " predictions have met their actual. Accuracy counts (value >= 0.5) against "
                "the actual; a coin's Brier score is 0.25.");
    pt_section_say(d->report, s, &d->text);
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct models *t = state;
    struct pt_section *s;
    (void)err;
    if (pt_keyed_count(&t->models) == 0)
        return 0;
    s = pt_report_section(d->report, "models", "Models");
    figures(d, s, t);
    if (d->brief)
        return 0;
    chart(d, s, t, false);
    chart(d, s, t, true);
    tables(d, s, t);
    return 0;
}

const struct pt_part pt_part_models = {"prediction", begin, feed, build, end};
