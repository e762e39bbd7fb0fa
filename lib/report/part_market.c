/* part_market.c - market data: how late it was, how much came, and when nothing did.
 *
 * A feed is silent where its counter stands still, or is not read at all, for a stretch of whole
 * windows of SILENCE_WINDOW; shorter gaps are not told from the ordinary pause of a slow feed. */
#include "report/part.h"

#include "base/time.h"

#include <math.h>

#define SILENCE_WINDOW PT_MINUTE
enum { SILENCE_LEAST = 2 };            /* windows in a row */
#define SILENCE_SPAN_MOST (7 * PT_DAY) /* longer periods look at chart windows instead */

enum { COUNT, P50, P99, MAX };

static const struct pt_table_column LAG_COLUMNS[] = {
    {.name = "feed", .kind = PT_CELL_TEXT},      {.name = "samples", .kind = PT_CELL_NUMBER},
    {.name = "lag p50", .kind = PT_CELL_NUMBER}, {.name = "lag p99", .kind = PT_CELL_NUMBER},
    {.name = "lag max", .kind = PT_CELL_NUMBER},
};
static const struct pt_table_column MESSAGES_COLUMNS[] = {
    {.name = "feed", .kind = PT_CELL_TEXT},
    {.name = "messages", .kind = PT_CELL_NUMBER},
    {.name = "silent stretches", .kind = PT_CELL_NUMBER},
};
static const struct pt_table_column SILENCE_COLUMNS[] = {
    {.name = "feed", .kind = PT_CELL_TEXT}, {.name = "from", .kind = PT_CELL_TIME},
    {.name = "to", .kind = PT_CELL_TIME},   {.name = "length", .unit = "s", .kind = PT_CELL_NUMBER},
    {.name = "what", .kind = PT_CELL_TEXT},
};
#define NCOLUMNS(columns) (sizeof columns / sizeof columns[0])

struct market {
    struct pt_section *section;
    struct pt_table *silences;
    size_t nsilences;
    int64_t window; /* that silences were looked for by */
    double messages;
};

static struct pt_section *open_section(struct pt_daily *d, struct market *m)
{
    if (!m->section)
        m->section = pt_report_section(d->report, "market-data", "Market data");
    return m->section;
}

/* --- lag ------------------------------------------------------------------------------------- */

static int lag_chart(struct pt_daily *d, struct pt_section *s, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "md.lag");
    const struct pt_ask ask = {"md.lag", "p99", {"feed"}, e.window};
    struct pt_answer a;
    struct pt_chart *c;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    c = pt_section_chart(d->report, s, "Lag by feed",
                         a.n ? pt_report_name(d->report, a.groups[0].unit) : "");
    c->value_name = "p99";
    c->watched = true;
    c->logarithmic = true;
    pt_part_curves(d, c, &a, (struct pt_drawn){0}, &e);
    pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "p99");
    pt_answer_release(&a);
    return 0;
}

static void lag_table(struct pt_daily *d, struct pt_section *s, const struct pt_answer *a)
{
    struct pt_table *t =
        pt_section_table(d->report, s, "Lag by feed", LAG_COLUMNS, NCOLUMNS(LAG_COLUMNS));
    for (size_t k = 2; k < NCOLUMNS(LAG_COLUMNS); k++)
        t->columns[k].unit = pt_report_name(d->report, a->groups[0].unit);
    for (size_t i = 0; i < a->n && i < PT_PART_ROWS_MOST; i++) {
        pt_table_text(d->report, t, pt_part_tag(d, &a->groups[i], "feed"));
        for (size_t k = COUNT; k <= MAX; k++)
            pt_table_number(d->report, t, pt_part_value(a, &a->groups[i], 0, k));
    }
    pt_part_note(d, t, PT_PART_ROWS_MOST, a->n, "the first");
}

static int add_lag(struct pt_daily *d, struct market *m, struct pt_err *err)
{
    const struct pt_ask ask = {"md.lag", "count,p50,p99,max", {"feed"}, 0};
    struct pt_answer a;
    double worst = NAN;
    int rc = 0;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    if (a.n) {
        struct pt_section *s = open_section(d, m);
        for (size_t i = 0; i < a.n; i++)
            worst = fmax(worst, pt_part_value(&a, &a.groups[i], 0, P99));
        pt_section_figure(d->report, s, "lag p99 of the slowest feed",
                          pt_report_name(d->report, a.groups[0].unit), worst)
            ->better = PT_BETTER_LOWER;
        if (!d->brief) {
            rc = lag_chart(d, s, err);
            lag_table(d, s, &a);
        }
    }
    pt_answer_release(&a);
    return rc;
}

/* --- silence --------------------------------------------------------------------------------- */

static void add_silence(struct pt_daily *d, struct market *m, struct pt_str feed, int64_t from,
                        int64_t to, const char *what)
{
    m->nsilences++;
    if (d->brief)
        return;
    pt_findings_note(d->findings, d->report,
                     &(struct pt_noted){PT_NOTED_SILENCE, from, to, "silent feed", feed, 0});
    if (m->nsilences > PT_PART_ROWS_MOST)
        return;
    if (!m->silences)
        m->silences = pt_section_table(d->report, m->section, "Stretches without messages",
                                       SILENCE_COLUMNS, NCOLUMNS(SILENCE_COLUMNS));
    pt_table_text(d->report, m->silences, feed);
    pt_table_time(d->report, m->silences, from);
    pt_table_time(d->report, m->silences, to);
    pt_table_number(d->report, m->silences, (double)((to - from) / PT_S));
    pt_table_text(d->report, m->silences, pt_str(what));
}

/* The stretches of one feed.  The row's increase is of the window that begins at start[row]. */
static size_t find_silences(struct pt_daily *d, struct market *m, const struct pt_answer *a,
                            const struct pt_group *g, int64_t window)
{
    struct pt_str feed = pt_part_tag(d, g, "feed");
    size_t before = m->nsilences, still = 0; /* windows in a row without an increase */
    for (size_t row = 0; row < g->n; row++) {
        int64_t start = g->start[row], gap = row ? start - g->start[row - 1] - window : 0;
        bool moved = pt_part_value(a, g, row, 0) > 0;
        if (still >= SILENCE_LEAST && (moved || gap > 0))
            add_silence(d, m, feed, g->start[row - still], g->start[row - 1] + window,
                        "counter stands still");
        if (gap >= SILENCE_LEAST * window)
            add_silence(d, m, feed, start - gap, start, "counter not read");
        still = moved ? 0 : gap > 0 ? 1 : still + 1;
    }
    if (still >= SILENCE_LEAST)
        add_silence(d, m, feed, g->start[g->n - still], g->start[g->n - 1] + window,
                    "counter stands still");
    return m->nsilences - before;
}

static int add_messages(struct pt_daily *d, struct market *m, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "md.messages");
    int64_t window = e.last - e.first <= SILENCE_SPAN_MOST ? SILENCE_WINDOW : e.window;
    const struct pt_ask ask = {"md.messages", "increase", {"feed"}, window};
    struct pt_answer a;
    struct pt_table *t = NULL;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    m->window = window;
    if (a.n && !d->brief)
        t = pt_section_table(d->report, open_section(d, m), "Messages by feed", MESSAGES_COLUMNS,
                             NCOLUMNS(MESSAGES_COLUMNS));
    for (size_t i = 0; i < a.n; i++) {
        const struct pt_group *g = &a.groups[i];
        double messages = 0;
        size_t silences;
        open_section(d, m);
        for (size_t row = 0; row < g->n; row++)
            messages += pt_part_value(&a, g, row, 0);
        silences = find_silences(d, m, &a, g, window);
        m->messages += messages;
        if (t && t->nrows < PT_PART_ROWS_MOST) {
            pt_table_text(d->report, t, pt_part_tag(d, g, "feed"));
            pt_table_number(d->report, t, messages);
            pt_table_number(d->report, t, (double)silences);
        }
    }
    if (t)
        pt_part_note(d, t, PT_PART_ROWS_MOST, a.n, "the first");
    if (m->silences)
        pt_part_note(d, m->silences, PT_PART_ROWS_MOST, m->nsilences, "the first");
    pt_answer_release(&a);
    return 0;
}

static int messages_chart(struct pt_daily *d, struct market *m, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "md.messages");
    const struct pt_ask ask = {"md.messages", "increase,count", {"feed"}, e.window};
    struct pt_answer a;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    if (a.n) {
        struct pt_chart *c = pt_section_chart(d->report, m->section, "Messages by feed", "1/s");
        for (size_t i = 0; i < a.n; i++)
            pt_part_rates(&a, &a.groups[i], e.window);
        c->logarithmic = true;
        pt_part_curves(d, c, &a, (struct pt_drawn){0}, &e);
        pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "rate");
    }
    pt_answer_release(&a);
    return 0;
}

static void say(struct pt_daily *d, struct market *m)
{
    pt_buf_clear(&d->text);
    if (m->nsilences == 0)
        pt_buf_printf(&d->text, "No feed was silent for %lld minutes or more.",
                      (long long)(SILENCE_LEAST * m->window / PT_MINUTE));
    else if (m->nsilences == 1)
        pt_buf_puts(&d->text, "One feed was silent once; the table says when.");
    else
        pt_buf_printf(&d->text, "Feeds were silent %zu times; the table says when.", m->nsilences);
    pt_section_say(d->report, m->section, &d->text);
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct market m = {0};
    (void)state;
    if (add_lag(d, &m, err) < 0 || add_messages(d, &m, err) < 0)
        return -1;
    if (!m.section)
        return 0;
    if (!d->brief && messages_chart(d, &m, err) < 0)
        return -1;
    pt_section_figure(d->report, m.section, "messages", "", m.messages);
    pt_section_figure(d->report, m.section, "silent stretches", "", (double)m.nsilences)->better =
        PT_BETTER_LOWER;
    say(d, &m);
    return 0;
}

const struct pt_part pt_part_market = {.build = build};
