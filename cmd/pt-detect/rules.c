/* rules.c - see rules.h: reads the rule file, hands the points to the judge, writes transitions. */
#include "rules.h"

#include "cli/program.h"
#include "detect/judge.h"
#include "format/input.h"
#include "points.h"

#include <inttypes.h>

static struct {
    struct detect_input input;
    bool check, all;
} opt = {.input.output = -1};

const struct pt_option detect_rules_options[] = {
    DETECT_INPUT_OPTIONS(&opt.input),
    DETECT_ANY_ORDER_OPTION(&opt.input),
    {PT_OPTION_FLAG, 'a', "all", NULL, &opt.all, NULL, NULL,
     "also report alerts that were pending and ended without firing (state inactive)"},
    {PT_OPTION_FLAG, 0, "check", NULL, &opt.check, NULL, NULL, "only check the rule file"},
    PT_OPT_END,
};

struct output {
    struct pt_judge *judge;
    struct pt_sheet *sheet;
    enum pt_sheet_format format;
};

/* --- transitions as rows --------------------------------------------------------------------- */

/* A table leaves out what does not fit on a screen. */
static void add_columns(const struct output *o)
{
    static const char *const WIDE[] = {"ts",   "name",    "state",     "severity",
                                       "tags", "value",   "threshold", "activeAt",
                                       "expr", "summary", "id"};
    static const char *const NARROW[] = {"ts",   "name",  "state",     "severity",
                                         "tags", "value", "threshold", "summary"};
    bool narrow = o->format == PT_SHEET_TABLE;
    size_t n = narrow ? sizeof NARROW / sizeof NARROW[0] : sizeof WIDE / sizeof WIDE[0];
    for (size_t i = 0; i < n; i++)
        pt_sheet_column(o->sheet, narrow ? NARROW[i] : WIDE[i], NULL);
    pt_sheet_prefix(o->sheet, "\"type\":\"alert\",");
}

static int write_event(void *ctx, const struct pt_judge_event *e, struct pt_err *err)
{
    struct output *o = ctx;
    struct pt_sheet *s = o->sheet;
    (void)err;
    pt_sheet_time(s, e->ts);
    pt_sheet_text(s, e->rule->name);
    pt_sheet_text(s, pt_str(pt_alert_change_name(e->change)));
    pt_sheet_text(s, e->rule->severity);
    pt_sheet_json(s, e->tags);
    pt_sheet_num(s, pt_num_real(e->value));
    pt_sheet_num(s, pt_num_real(e->threshold));
    if (o->format != PT_SHEET_TABLE) {
        pt_sheet_time(s, e->active_at);
        pt_sheet_text(s, pt_str(e->rule->expr.text));
    }
    if (e->summary.n)
        pt_sheet_text(s, e->summary);
    else
        pt_sheet_null(s);
    if (o->format != PT_SHEET_TABLE)
        pt_sheet_text(s, pt_str(e->id));
    return 0;
}

/* --- the rule file --------------------------------------------------------------------------- */

static int read_rules(const char *path, struct pt_rules *rules, struct pt_err *err)
{
    struct pt_buf text = {0};
    int rc = pt_input_slurp(path, &text, err);
    if (rc == 0)
        rc = pt_rules_parse(rules, pt_buf_view(&text), strcmp(path, "-") ? path : "stdin", err);
    pt_buf_release(&text);
    return rc;
}

/* --- judging --------------------------------------------------------------------------------- */

static bool want(void *ctx, uint32_t series)
{
    return pt_judge_wants(((struct output *)ctx)->judge, series);
}

static int on_time(void *ctx, int64_t ts, struct pt_err *err)
{
    return pt_judge_advance(((struct output *)ctx)->judge, ts, err);
}

static int on_point(void *ctx, const struct pt_feed_point *point, struct pt_err *err)
{
    (void)err;
    pt_judge_point(((struct output *)ctx)->judge, point);
    return 0;
}

/* --- rules that look at nothing -------------------------------------------------------------- */

/* What a term asks for, if no series has that name but one a name like it; else NULL. */
static const struct pt_selector *misspelt(const struct pt_rule *rule, const struct pt_feed *feed)
{
    for (size_t i = 0; i < rule->expr.nterms; i++)
        if (pt_nothing_misspelt(feed, rule->expr.terms[i].selector))
            return rule->expr.terms[i].selector;
    return NULL;
}

/* No rule has anything to judge: the error tells of the first that seems misspelt, or the first. */
static int all_unmatched(const struct pt_rules *rules, const struct detect_work *w, int64_t since,
                         int64_t until, struct pt_err *err)
{
    const struct pt_rule *rule = &rules->v[0];
    const struct pt_selector *selector = NULL;
    struct pt_err why = {0};
    for (size_t i = 0; i < rules->n && !selector; i++)
        if ((selector = misspelt(&rules->v[i], w->replay.feed)) != NULL)
            rule = &rules->v[i];
    if (!selector)
        selector = rule->expr.terms[0].selector;
    detect_nothing(&opt.input, w, selector, since, until, &why);
    if (!w->any)
        return pt_err_set(err, why.code, "%s", why.what);
    return pt_err_set(err, why.code, "no rule has a series to judge; rule %.*s: %s",
                      (int)rule->name.n, rule->name.p, why.what);
}

/* A rule that looks at nothing never alerts.  That may be as it should (no errors, no series of
 * errors), which is worth a note; but not where the name seems misspelt. */
static void note_unmatched(const struct pt_rules *rules, const struct pt_judge *judge,
                           const struct pt_feed *feed)
{
    struct pt_buf names = {0};
    for (size_t i = 0; i < rules->n; i++) {
        const struct pt_rule *rule = &rules->v[i];
        const struct pt_selector *selector = misspelt(rule, feed);
        struct pt_err why = {0};
        if (selector) {
            pt_nothing_matched(feed, selector, PT_TIME_MIN, PT_TIME_MAX, &why);
            pt_program_log(PT_LOG_WARNING, "rule %.*s: %s", (int)rule->name.n, rule->name.p,
                           why.what);
        } else if (!pt_judge_groups(judge, i)) {
            pt_buf_puts(&names, names.n ? ", " : "");
            pt_buf_str(&names, rule->name);
        }
    }
    if (names.n)
        pt_program_log(PT_LOG_NOTE, "no series matches the rules: %s", names.p);
    pt_buf_release(&names);
}

static int check_unmatched(const struct pt_rules *rules, const struct pt_judge *judge,
                           const struct detect_work *w, int64_t since, int64_t until,
                           struct pt_err *err)
{
    bool any = false;
    for (size_t i = 0; i < rules->n; i++)
        any |= pt_judge_groups(judge, i) != 0;
    if (!any && !detect_excused(w))
        return all_unmatched(rules, w, since, until, err);
    note_unmatched(rules, judge, w->replay.feed);
    return 0;
}

static void note_late(const struct pt_judge *judge)
{
    uint64_t late = pt_judge_late(judge);
    if (late)
        pt_program_log(PT_LOG_WARNING,
                       "%" PRIu64 " point%s came after the tick was judged; give --any-order "
                       "when the input is not in order of time",
                       late, late == 1 ? "" : "s");
}

static int judge_points(const struct pt_rules *rules, struct output *o, struct detect_work *w,
                        int64_t since, struct pt_err *err)
{
    int rc;
    if (detect_points(&opt.input, w, err) != 0 ||
        (w->any && pt_judge_end(o->judge, w->last, err) != 0))
        return -1;
    pt_sheet_end(o->sheet);
    if (pt_program_write(w->stream.out, err) != 0)
        return -1;
    note_late(o->judge);
    rc = check_unmatched(rules, o->judge, w, since, w->replay.until, err);
    return pt_stream_end(&w->stream, rc == 0 && pt_judge_fired(o->judge) ? PT_FOUND : rc, err);
}

/* Windows look back, so points are read from before the first tick. */
static int64_t reading_from(int64_t since, int64_t reach)
{
    return since < PT_TIME_MIN + reach ? PT_TIME_MIN : since - reach;
}

static int judge_rules(const struct pt_rules *rules, int64_t since, int64_t until,
                       struct pt_err *err)
{
    struct output o = {0};
    struct pt_buf out = {0};
    struct pt_feed *feed = pt_feed_new();
    struct pt_judge_options options = {
        .since = since, .until = until, .dropped = opt.all, .each = write_event, .ctx = &o};
    struct detect_work work = {.time = on_time, .stream.out = &out};
    int rc;
    o.judge = pt_judge_new(rules, feed, &options);
    o.sheet = detect_sheet(opt.input.output, &out, &o.format);
    add_columns(&o);
    work.replay = (struct pt_replay){.feed = feed,
                                     .since = reading_from(since, pt_judge_reach(o.judge)),
                                     .until = until,
                                     .lead = true,
                                     .want = want,
                                     .point = on_point,
                                     .ctx = &o};
    rc = judge_points(rules, &o, &work, since, err);
    pt_sheet_free(o.sheet);
    pt_judge_free(o.judge);
    pt_feed_free(feed);
    pt_buf_release(&out);
    return rc;
}

static int print_count(const struct pt_rules *rules, struct pt_err *err)
{
    struct pt_buf out = {0};
    int rc;
    pt_buf_printf(&out, "%zu %s ok\n", rules->n, rules->n == 1 ? "rule" : "rules");
    rc = pt_program_write(&out, err);
    pt_buf_release(&out);
    return rc;
}

int detect_rules_run(int argc, char **argv, struct pt_err *err)
{
    const struct detect_input *in = &opt.input;
    struct pt_rules rules;
    int64_t since, until;
    int rc;
    if (argc < 1)
        return pt_err_set(err, PT_USAGE, "which rule file? (pt-detect rules FILE)");
    if (!opt.check && strcmp(argv[0], "-") == 0 && pt_program_from_stdin(opt.input.db))
        return pt_err_set(err, PT_USAGE,
                          "rules and records cannot both come from standard input; "
                          "name a file of rules or give --db");
    if (pt_program_range(in->since, in->until, in->tz, &since, &until, err) != 0 ||
        read_rules(argv[0], &rules, err) != 0)
        return -1;
    rc = opt.check ? print_count(&rules, err) : judge_rules(&rules, since, until, err);
    pt_rules_release(&rules);
    return rc;
}
