/* chart_svg.c - see chart_svg.h.
 *
 * Drawn from back to front: grid and labels, bands, lines, marks.  A line is one path; it is lifted
 * where points are missing (twice the chart's step without one) or a value is no number, and a
 * point alone between two gaps is drawn as a dot, since a path of one point is invisible.
 * Coordinates have one decimal, written without printf: they are most of the page. */
#include "report/chart_svg.h"

#include "base/text.h"
#include "base/time.h"
#include "report/scale.h"
#include "report/value.h"

#include <math.h>

enum {
    TOP = 12,
    BOTTOM = 24,
    RIGHT = 24,
    LEFT_LEAST = 28, /* half a time label */
    LABEL_CHAR = 7,  /* width of a digit of the labels */
    LABEL_AIR = 12,
    TICKS_VALUES = 5,
    LOG_LEAST = 10,
    TICK_TIME_WIDTH = 64, /* room for each time label */
};

struct plot {
    struct pt_buf *b;
    const struct pt_chart *c;
    const struct pt_chart_frame *f;
};

static double x_of(const struct pt_chart_frame *f, int64_t ts)
{
    double part = (double)(ts - f->since) / (double)(f->until - f->since);
    return f->left + part * (f->right - f->left);
}

static double y_of(const struct pt_chart_frame *f, double v)
{
    if (f->logarithmic)
        v = log10(v);
    return f->bottom - (v - f->low) / (f->high - f->low) * (f->bottom - f->top);
}

/* A coordinate with one decimal; they are never negative. */
static void coordinate(struct pt_buf *b, double v)
{
    char text[16], *p = text + sizeof text;
    unsigned tenths = (unsigned)lround(fmin(fmax(v, 0), 1e6) * 10);
    unsigned part = tenths % 10, whole = tenths / 10;
    if (part) {
        *--p = (char)('0' + part);
        *--p = '.';
    }
    do {
        *--p = (char)('0' + whole % 10);
    } while (whole /= 10);
    pt_buf_add(b, p, (size_t)(text + sizeof text - p));
}

static void point(struct plot *p, char command, int64_t ts, double v)
{
    if (command)
        pt_buf_putc(p->b, command);
    coordinate(p->b, x_of(p->f, ts));
    pt_buf_putc(p->b, ' ');
    coordinate(p->b, y_of(p->f, v));
}

/* --- the frame ------------------------------------------------------------------------------- */

static void widen(double v, double *low, double *high)
{
    if (isfinite(v)) {
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
}

/* The lowest and highest value above `least` that is to be drawn; NaN when there is none. */
static void extent_of(const struct pt_chart *c, double least, double *low, double *high)
{
    *low = *high = NAN;
    for (const struct pt_curve *k = c->curves; k; k = k->next)
        for (size_t i = 0; i < k->n; i++) {
            const double v[3] = {k->v[i], k->low ? k->low[i] : NAN, k->high ? k->high[i] : NAN};
            for (int j = 0; j < 3; j++)
                if (v[j] > least)
                    widen(v[j], low, high);
        }
}

/* A logarithmic scale needs values above 0 and is worth it from a factor of LOG_LEAST on. */
static struct pt_scale scale_of(const struct pt_chart *c, bool *logarithmic)
{
    double low, high;
    extent_of(c, 0, &low, &high);
    *logarithmic = c->logarithmic && high / low >= LOG_LEAST;
    if (*logarithmic)
        return pt_scale_decades(low, high);
    extent_of(c, -INFINITY, &low, &high);
    if (c->from_zero)
        widen(0, &low, &high);
    return pt_scale_values(low, high, TICKS_VALUES);
}

/* The value at tick i. */
static double tick_value(const struct pt_scale *s, int i, bool logarithmic)
{
    double v = s->low + i * s->step;
    return logarithmic ? pow(10, v) : v;
}

static int tick_decimals(const struct pt_scale *s, double v, bool logarithmic)
{
    return logarithmic ? pt_value_decimals(&v, 1) > 0 ? (int)-floor(log10(v) + 1e-9) : 0
                       : s->decimals;
}

static int label_width(const struct pt_scale *s, bool logarithmic)
{
    struct pt_buf t = {0};
    size_t most = 0;
    for (int i = 0; i < s->ticks; i++) {
        double v = tick_value(s, i, logarithmic);
        pt_buf_clear(&t);
        pt_value_put(&t, v, tick_decimals(s, v, logarithmic));
        most = t.n > most ? t.n : most;
    }
    pt_buf_release(&t);
    return (int)most * LABEL_CHAR + LABEL_AIR;
}

static void frame_fit(struct pt_chart_frame *f, const struct pt_chart *c, const struct pt_scale *s)
{
    f->left = label_width(s, f->logarithmic);
    f->left = f->left < LEFT_LEAST ? LEFT_LEAST : f->left;
    f->right = f->width - RIGHT;
    f->top = TOP;
    f->bottom = f->height - BOTTOM;
    f->since = c->from;
    f->until = c->to;
    if (f->until - f->since < PT_MS) { /* all at one time: in the middle of two seconds */
        f->since -= PT_S;
        f->until += PT_S;
    }
    f->low = s->low;
    f->high = s->high;
}

static void value_axis(struct plot *p, const struct pt_scale *s)
{
    for (int i = 0; i < s->ticks; i++) {
        double v = tick_value(s, i, p->f->logarithmic);
        int y = (int)lround(y_of(p->f, v));
        pt_buf_printf(p->b, "<path class=\"%s\" d=\"M%d %dH%d\"/>",
                      !p->f->logarithmic && fabs(v) < s->step / 2 ? "zero" : "grid", p->f->left, y,
                      p->f->right);
        pt_buf_printf(p->b, "<text class=\"y\" x=\"%d\" y=\"%d\">", p->f->left - 6, y + 4);
        pt_value_put(p->b, v, tick_decimals(s, v, p->f->logarithmic));
        pt_buf_puts(p->b, "</text>");
    }
}

static enum pt_clock tick_clock(int64_t t, int64_t step)
{
    if (step >= PT_DAY || (pt_time_day(t, 0) == t && step >= PT_HOUR))
        return PT_CLOCK_DATE;
    return step < PT_MINUTE ? PT_CLOCK_SECOND : PT_CLOCK_MINUTE;
}

static void time_axis(struct plot *p)
{
    int64_t at[PT_SCALE_TIMES_MOST], step;
    int most = (p->f->right - p->f->left) / TICK_TIME_WIDTH, n;
    most = most < 2 ? 2 : most > PT_SCALE_TIMES_MOST ? PT_SCALE_TIMES_MOST : most;
    n = pt_scale_times(p->f->since, p->f->until, most, at, &step);
    for (int i = 0; i < n; i++) {
        int x = (int)lround(x_of(p->f, at[i]));
        pt_buf_printf(p->b, "<path class=\"grid\" d=\"M%d %dV%d\"/>", x, p->f->top, p->f->bottom);
        pt_buf_printf(p->b, "<text class=\"x%s\" x=\"%d\" y=\"%d\">", i % 2 ? " odd" : "", x,
                      p->f->bottom + 17);
        pt_clock_put(p->b, at[i], tick_clock(at[i], step));
        pt_buf_puts(p->b, "</text>");
    }
}

/* --- curves ---------------------------------------------------------------------------------- */

/* On a logarithmic axis there is no place for 0. */
static bool drawable(const struct plot *p, double v)
{
    return isfinite(v) && (!p->f->logarithmic || v > 0);
}

/* The end of the run of points that begins at i and has no gap; i when point i is not drawn. */
static size_t run_end(const struct plot *p, const struct pt_curve *k, size_t i)
{
    size_t end = i;
    while (end < k->n && drawable(p, k->v[end]) &&
           (end == i || !p->c->step || k->ts[end] - k->ts[end - 1] <= 2 * p->c->step))
        end++;
    return end;
}

/* Along the high edge, back along the low one. */
static void band_run(struct plot *p, const struct pt_curve *k, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        point(p, i == begin ? 'M' : 'L', k->ts[i], k->high[i]);
    for (size_t i = end; i-- > begin;)
        point(p, 'L', k->ts[i], k->low[i]);
    pt_buf_putc(p->b, 'Z');
}

static void band(struct plot *p, const struct pt_curve *k, size_t color)
{
    pt_buf_printf(p->b, "<path class=\"band c%zu\" d=\"", color);
    for (size_t i = 0; i < k->n;) {
        size_t end = run_end(p, k, i);
        if (end > i + 1)
            band_run(p, k, i, end);
        i = end > i ? end : i + 1;
    }
    pt_buf_puts(p->b, "\"/>");
}

static void dot(struct plot *p, const struct pt_curve *k, size_t i, size_t color)
{
    pt_buf_printf(p->b, "<circle class=\"dot c%zu\" r=\"3\" cx=\"", color);
    coordinate(p->b, x_of(p->f, k->ts[i]));
    pt_buf_puts(p->b, "\" cy=\"");
    coordinate(p->b, y_of(p->f, k->v[i]));
    pt_buf_puts(p->b, "\"/>");
}

static void line(struct plot *p, const struct pt_curve *k, size_t color)
{
    pt_buf_printf(p->b, "<path class=\"line c%zu\" d=\"", color);
    for (size_t i = 0; i < k->n;) {
        size_t end = run_end(p, k, i);
        for (size_t j = i; end > i + 1 && j < end; j++)
            point(p, j == i ? 'M' : 'L', k->ts[j], k->v[j]);
        i = end > i ? end : i + 1;
    }
    pt_buf_puts(p->b, "\"/>");
    for (size_t i = 0; i < k->n;) {
        size_t end = run_end(p, k, i);
        if (end == i + 1)
            dot(p, k, i, color);
        i = end > i ? end : i + 1;
    }
}

static void mark(struct plot *p, const struct pt_mark *m)
{
    int x = (int)lround(x_of(p->f, m->ts));
    pt_buf_printf(p->b,
                  "<g class=\"mark\"><path d=\"M%d %dV%d\"/><path d=\"M%d %dh10l-5 8z\"/><title>",
                  x, p->f->top, p->f->bottom, x - 5, p->f->top - 8);
    pt_clock_put(p->b, m->ts, PT_CLOCK_SECOND);
    pt_buf_putc(p->b, ' ');
    pt_text_html(p->b, m->text);
    pt_buf_puts(p->b, "</title></g>");
}

/* What a screen reader says in place of the drawing. */
static void describe(struct plot *p)
{
    pt_buf_printf(p->b, "<title id=\"%s-t%s\">", p->c->id, p->f->suffix);
    pt_text_html(p->b, pt_str(p->c->title));
    pt_buf_printf(p->b, "</title><desc id=\"%s-d%s\">From ", p->c->id, p->f->suffix);
    pt_clock_put(p->b, p->f->since, PT_CLOCK_FULL);
    pt_buf_puts(p->b, " to ");
    pt_clock_put(p->b, p->f->until, PT_CLOCK_FULL);
    for (const struct pt_curve *k = p->c->curves; k; k = k->next) {
        double low = NAN, high = NAN;
        for (size_t i = 0; i < k->n; i++)
            widen(k->v[i], &low, &high);
        pt_buf_puts(p->b, "; ");
        pt_text_html(p->b, k->name);
        pt_buf_puts(p->b, " between ");
        pt_value_put(p->b, low, pt_chart_decimals(p->c));
        pt_buf_puts(p->b, " and ");
        pt_value_put(p->b, high, pt_chart_decimals(p->c));
    }
    pt_buf_puts(p->b, "</desc>");
}

void pt_chart_svg(struct pt_buf *b, const struct pt_chart *c, struct pt_chart_frame *frame)
{
    struct pt_scale scale = scale_of(c, &frame->logarithmic);
    struct plot p = {b, c, frame};
    size_t color = 0;
    frame_fit(frame, c, &scale);
    pt_buf_printf(b,
                  "<svg viewBox=\"0 0 %d %d\" role=\"img\" tabindex=\"0\" "
                  "aria-labelledby=\"%s-t%s\" aria-describedby=\"%s-d%s\">",
                  frame->width, frame->height, c->id, frame->suffix, c->id, frame->suffix);
    describe(&p);
    value_axis(&p, &scale);
    time_axis(&p);
    for (const struct pt_curve *k = c->curves; k; k = k->next, color++)
        if (k->low)
            band(&p, k, color % PT_CHART_COLORS);
    color = 0;
    for (const struct pt_curve *k = c->curves; k; k = k->next, color++)
        line(&p, k, color % PT_CHART_COLORS);
    for (const struct pt_mark *m = c->marks; m; m = m->next)
        mark(&p, m);
    pt_buf_puts(b, "</svg>");
}
