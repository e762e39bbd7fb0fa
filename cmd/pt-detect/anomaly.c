/* anomaly.c - see anomaly.h: one detector a series; each point is judged, then learned. */
#include "anomaly.h"

#include "base/mem.h"
#include "cli/program.h"
#include "detect/detector.h"
#include "points.h"
#include "record/selector.h"
#include "series/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static struct {
    struct detect_input input;
    int method;
    double threshold, lambda;
    uint64_t window;
    bool all;
} opt = {.input.output = -1, .threshold = NAN};

const struct pt_option detect_anomaly_options[] = {
    DETECT_INPUT_OPTIONS(&opt.input),
    {PT_OPTION_CHOICE, 'm', "method", "METHOD", &opt.method, "mad", PT_DETECTOR_CHOICES,
     "what a point is compared with: rolling median and MAD, rolling mean and standard deviation, "
     "or exponentially weighted mean and deviation"},
    {PT_OPTION_NUMBER, 'k', "threshold", "K", &opt.threshold, NULL, NULL,
     "deviations that make an anomaly (default: 6 for mad, 3 for z and ewma)"},
    {PT_OPTION_COUNT, 'w', "window", "POINTS", &opt.window, "60", NULL,
     "points that are remembered; half as many warm up"},
    {PT_OPTION_NUMBER, 0, "lambda", "WEIGHT", &opt.lambda, "0.1", NULL,
     "weight of the newest point in ewma, above 0 and at most 1"},
    {PT_OPTION_FLAG, 'a', "all", NULL, &opt.all, NULL, NULL,
     "every point with its verdict, not only anomalies"},
    DETECT_ANY_ORDER_OPTION(&opt.input),
    PT_OPT_END,
};

/* One series. */
struct watch {
    bool known, wanted, seen, judged;
    int64_t last;    /* time of the last point, if seen */
    double previous; /* its value: counters are judged by their rate */
    uint64_t values; /* that the detector was given */
    struct pt_detector *detector;
};

struct output {
    const struct pt_selector *selector; /* NULL: all */
    struct pt_feed *feed;
    struct watch *watches; /* by series number */
    size_t n, cap;
    struct pt_sheet *sheet;
    enum pt_sheet_format format;
    struct pt_buf text;
    uint64_t found, late;
};

static const struct pt_detector_method *method(void)
{
    return &pt_detector_methods[opt.method];
}

/* --- verdicts as rows ------------------------------------------------------------------------ */

/* A table leaves out what does not fit on a screen. */
static void add_columns(const struct output *o)
{
    static const char *const WIDE[] = {"ts",    "name",  "tags",   "value", "expected",  "lower",
                                       "upper", "score", "method", "label", "direction", "message"};
    static const char *const NARROW[] = {"ts",       "name",  "tags",   "value",
                                         "expected", "score", "message"};
    bool narrow = o->format == PT_SHEET_TABLE;
    size_t n = narrow ? sizeof NARROW / sizeof NARROW[0] : sizeof WIDE / sizeof WIDE[0];
    for (size_t i = 0; i < n; i++)
        pt_sheet_column(o->sheet, narrow ? NARROW[i] : WIDE[i], NULL);
    pt_sheet_prefix(o->sheet, "\"type\":\"anomaly\",");
}

static void num_if(struct pt_sheet *s, bool given, double v)
{
    if (given)
        pt_sheet_num(s, pt_num_real(v));
    else
        pt_sheet_null(s);
}

static void text_if(struct pt_sheet *s, bool given, const char *text)
{
    if (given)
        pt_sheet_text(s, pt_str(text));
    else
        pt_sheet_null(s);
}

/* Why, in plain words; empty for an ordinary point. */
static struct pt_str explain(struct output *o, const struct pt_feed_series *s,
                             const struct watch *w, double x, const struct pt_verdict *v)
{
    bool rate = s->kind == PT_KIND_COUNTER, up = x > v->expected;
    pt_buf_clear(&o->text);
    if (!v->ready) {
        pt_buf_printf(&o->text, "warming up, %zu points to come", pt_detector_warm_up(w->detector));
    } else if (v->anomaly) {
        pt_buf_printf(&o->text, "%.6g", x);
        pt_buf_puts(&o->text, s->unit.n ? " " : "");
        pt_buf_str(&o->text, s->unit);
        pt_buf_printf(&o->text, "%s is too %s: %s is %.6g and the band ends at %.6g",
                      rate ? "/s" : "", up ? "high" : "low", method()->expects, v->expected,
                      up ? v->upper : v->lower);
    }
    return pt_buf_view(&o->text);
}

static void write_verdict(struct output *o, const struct pt_feed_point *p, const struct watch *w,
                          struct pt_num value, const struct pt_verdict *v)
{
    const struct pt_feed_series *series = pt_feed_series(o->feed, p->series);
    bool wide = o->format != PT_SHEET_TABLE;
    struct pt_str why = explain(o, series, w, value.d, v);
    struct pt_sheet *s = o->sheet;
    pt_sheet_time(s, p->ts);
    pt_sheet_text(s, series->name);
    pt_sheet_json(s, series->tags);
    pt_sheet_num(s, value);
    num_if(s, v->ready, v->expected);
    if (wide) {
        num_if(s, v->ready, v->lower);
        num_if(s, v->ready, v->upper);
    }
    num_if(s, v->ready, v->score);
    if (wide) {
        pt_sheet_text(s, pt_str(method()->name));
        detect_bool(s, o->format, v->anomaly);
        text_if(s, v->anomaly, value.d > v->expected ? "up" : "down");
    }
    text_if(s, why.n > 0, why.n ? why.p : "");
}

/* --- points ---------------------------------------------------------------------------------- */

static struct watch *watch_of(struct output *o, uint32_t series)
{
    struct watch *w;
    if (series >= o->n) {
        o->watches = pt_mem_grow(o->watches, &o->cap, series + 1, sizeof *o->watches);
        memset(o->watches + o->n, 0, (series + 1 - o->n) * sizeof *o->watches);
        o->n = series + 1;
    }
    w = &o->watches[series];
    if (!w->known) {
        const struct pt_feed_series *s = pt_feed_series(o->feed, series);
        w->known = true;
        w->wanted = !o->selector || pt_selector_match(o->selector, s->name, s->parsed);
    }
    return w;
}

static bool want(void *ctx, uint32_t series)
{
    return watch_of(ctx, series)->wanted;
}

/* The value to be judged: for a counter the increase a second since the point before.  False when
 * there is none: a counter's first point. */
static bool measure(struct watch *w, enum pt_kind kind, const struct pt_feed_point *p,
                    struct pt_num *value)
{
    bool first = !w->seen;
    double seconds = ((double)p->ts - (double)w->last) / (double)PT_S;
    double step = first ? 0 : pt_summary_step(w->previous, p->value.d);
    w->seen = true;
    w->last = p->ts;
    w->previous = p->value.d;
    *value = kind == PT_KIND_COUNTER ? pt_num_real(step / seconds) : p->value;
    return !first || kind != PT_KIND_COUNTER;
}

static int on_point(void *ctx, const struct pt_feed_point *p, struct pt_err *err)
{
    struct output *o = ctx;
    struct watch *w = watch_of(o, p->series);
    struct pt_detector_options options = {
        .threshold = isnan(opt.threshold) ? 0 : opt.threshold,
        .window = opt.window,
        .lambda = opt.lambda,
    };
    struct pt_verdict verdict;
    struct pt_num value;
    (void)err;
    if (w->seen && p->ts <= w->last) {
        o->late++;
        return 0;
    }
    if (!measure(w, pt_feed_series(o->feed, p->series)->kind, p, &value))
        return 0;
    if (!w->detector)
        w->detector = pt_detector_new(method(), &options);
    pt_detector_step(w->detector, value.d, &verdict);
    w->values++;
    w->judged |= verdict.ready;
    o->found += verdict.anomaly;
    if (verdict.anomaly || opt.all)
        write_verdict(o, p, w, value, &verdict);
    return 0;
}

/* --- the run --------------------------------------------------------------------------------- */

static void note_late(const struct output *o)
{
    if (o->late)
        pt_program_log(PT_LOG_WARNING,
                       "%" PRIu64 " point%s came late or twice and went unjudged; give --any-order "
                       "when the input is not in order of time",
                       o->late, o->late == 1 ? "" : "s");
}

static int too_short(uint64_t longest, struct pt_err *err)
{
    return pt_err_set(err, PT_DATA,
                      "no series has more than the %" PRIu64 " points of the warm-up: the longest "
                      "has %" PRIu64 "; give more points or a smaller --window",
                      opt.window / 2, longest);
}

/* Silence is a verdict only where something was judged. */
static int check_judged(const struct output *o, const struct detect_work *work, struct pt_err *err)
{
    const struct pt_replay *r = &work->replay;
    uint64_t seen = 0, judged = 0, longest = 0;
    for (size_t i = 0; i < o->n; i++) {
        const struct watch *w = &o->watches[i];
        seen += w->seen;
        judged += w->judged;
        longest = w->values > longest ? w->values : longest;
    }
    if (detect_excused(work) || (judged && judged == seen))
        return 0;
    if (!seen)
        return detect_nothing(&opt.input, work, o->selector, r->since, r->until, err);
    if (!judged)
        return too_short(longest, err);
    pt_program_log(PT_LOG_WARNING,
                   "%" PRIu64 " of %" PRIu64 " series went unjudged: no more than the %" PRIu64
                   " points of the warm-up",
                   seen - judged, seen, opt.window / 2);
    return 0;
}

static int watch_points(struct output *o, int64_t since, int64_t until, struct pt_err *err)
{
    struct pt_buf out = {0};
    struct detect_work work = {.stream.out = &out};
    int rc;
    o->sheet = detect_sheet(opt.input.output, &out, &o->format);
    add_columns(o);
    work.replay = (struct pt_replay){.feed = o->feed,
                                     .selector = o->selector,
                                     .since = since,
                                     .until = until,
                                     .want = want,
                                     .point = on_point,
                                     .ctx = o};
    rc = detect_points(&opt.input, &work, err);
    if (rc == 0) {
        pt_sheet_end(o->sheet);
        rc = pt_program_write(&out, err);
        note_late(o);
    }
    if (rc == 0)
        rc = check_judged(o, &work, err);
    pt_buf_release(&out);
    return pt_stream_end(&work.stream, rc == 0 && o->found ? PT_FOUND : rc, err);
}

static void release(struct output *o)
{
    for (size_t i = 0; i < o->n; i++)
        pt_detector_free(o->watches[i].detector);
    free(o->watches);
    pt_sheet_free(o->sheet);
    pt_buf_release(&o->text);
    pt_feed_free(o->feed);
}

static int check_options(struct pt_err *err)
{
    if (!isnan(opt.threshold) && !(opt.threshold > 0))
        return pt_err_set(err, PT_USAGE, "--threshold: expected a number above 0");
    if (!(opt.lambda > 0 && opt.lambda <= 1))
        return pt_err_set(err, PT_USAGE, "--lambda: expected a number above 0 and at most 1");
    if (opt.window < PT_DETECTOR_WINDOW_LEAST || opt.window > PT_DETECTOR_WINDOW_MOST)
        return pt_err_set(err, PT_USAGE, "--window: expected %d to %d points",
                          PT_DETECTOR_WINDOW_LEAST, PT_DETECTOR_WINDOW_MOST);
    return 0;
}

int detect_anomaly_run(int argc, char **argv, struct pt_err *err)
{
    const struct detect_input *in = &opt.input;
    struct output o = {0};
    struct pt_selector *selector = NULL;
    int64_t since, until;
    int rc;
    if (check_options(err) != 0 ||
        pt_program_range(in->since, in->until, in->tz, &since, &until, err) != 0 ||
        (argc > 0 && pt_selector_parse(argv[0], &selector, err) != 0))
        return -1;
    o.selector = selector;
    o.feed = pt_feed_new();
    rc = watch_points(&o, since, until, err);
    release(&o);
    pt_selector_free(selector);
    return rc;
}
