/* pt-report.c - show: what a store holds, as a page for people.
 *
 * A subcommand is a template: it fills a report (report/model.h) from the store, and one of the
 * renderers writes it. */
#include "base/num.h"
#include "base/time.h"
#include "cli/program.h"
#include "report/daily.h"
#include "report/render_html.h"
#include "report/render_json.h"
#include "report/render_text.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUTPUT_TEXT, OUTPUT_HTML, OUTPUT_JSON };

static const char *db, *date, *since, *until, *tz, *title;
static int output;

static const struct pt_option daily_options[] = {
    PT_OPT_DB(&db),
    {PT_OPTION_TEXT, 0, "date", "DATE", &date, NULL, NULL,
     "the day to report on: YYYY-MM-DD, today or yesterday (default: the latest that has data)"},
    PT_OPT_SINCE(&since),
    PT_OPT_UNTIL(&until),
    PT_OPT_TZ(&tz),
    {PT_OPTION_CHOICE, 'o', "output", "FORMAT", &output, "text", "text|html|json", "output format"},
    {PT_OPTION_TEXT, 0, "title", "TEXT", &title, NULL, NULL, "title of the report"},
    PT_OPT_END,
};

/* Columns of the page: $COLUMNS, else the terminal's, else 80. */
static size_t page_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t n;
    if (columns && pt_num_count(columns, &n) == 0 && n >= PT_TEXT_WIDTH_LEAST)
        return n < PT_TEXT_WIDTH_MOST ? (size_t)n : PT_TEXT_WIDTH_MOST;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= PT_TEXT_WIDTH_LEAST)
        return size.ws_col < PT_TEXT_WIDTH_MOST ? size.ws_col : PT_TEXT_WIDTH_MOST;
    return PT_TEXT_WIDTH_USUAL;
}

static int write_report(const struct pt_report *r, struct pt_err *err)
{
    struct pt_buf page = {0};
    int rc;
    if (output == OUTPUT_HTML) {
        pt_render_html(&page, r);
    } else if (output == OUTPUT_JSON) {
        pt_render_json(&page, r);
    } else {
        const struct pt_text_options o = {page_width(), pt_program_color(STDOUT_FILENO)};
        pt_render_text(&page, r, &o);
    }
    rc = pt_program_write(&page, err);
    pt_buf_release(&page);
    return rc;
}

static int read_period(struct pt_daily_options *o, struct pt_err *err)
{
    if (date && (since || until))
        return pt_err_set(err, PT_USAGE, "--date names the period: leave out --since and --until");
    if (pt_program_range(since, until, tz, &o->since, &o->until, err) < 0)
        return -1;
    o->latest_day = !date && !since && !until;
    if (!date)
        return 0;
    if (pt_time_when(date, pt_time_now(), &o->since, err) < 0)
        return -1;
    o->since = pt_time_day(o->since, 0);
    o->until = pt_time_day(o->since, 1);
    return 0;
}

static int daily(int argc, char **argv, struct pt_err *err)
{
    struct pt_daily_options o = {.title = title};
    struct pt_store *store = NULL;
    struct pt_report report;
    int rc;
    (void)argc;
    (void)argv;
    if (read_period(&o, err) < 0 ||
        pt_store_open(&store, pt_program_db(db), PT_STORE_READ, err) < 0)
        return -1;
    rc = pt_report_daily(&report, store, &o, err);
    if (rc == 0) {
        rc = write_report(&report, err);
        pt_report_release(&report);
    }
    pt_store_close(store);
    return rc;
}

static const struct pt_command commands[] = {
    {"pt-report", NULL, "show what a store holds, as a page for people", 0, NULL, NULL},
    {"pt-report daily", NULL, "the day: latency, errors, trading, models, events, machines", 0,
     daily_options, daily},
};

int main(int argc, char **argv)
{
    return pt_program_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
}
