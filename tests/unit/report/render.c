/* render.c - one report made by hand, in all renderings: the same numbers, and nothing from data
 * that means something to the page. */
#include "report/render_html.h"
#include "report/render_json.h"
#include "report/render_text.h"

#include "base/json.h"
#include "base/time.h"

#include "../test.h"

#define EVIL "</script><script>alert(1)</script>\"'&\n\x1b[31m\xE2\x80\xA8"

static void make(struct pt_report *r)
{
    static const struct pt_table_column columns[] = {
        {.name = "who", .kind = PT_CELL_TEXT},
        {.name = "how long", .unit = "ms", .kind = PT_CELL_NUMBER},
        {.name = "when", .kind = PT_CELL_TIME},
    };
    struct pt_section *s;
    struct pt_table *t;
    struct pt_chart *c;
    struct pt_curve *k;
    *r = (struct pt_report){.kind = "daily", .until = PT_DAY, .last = 100 * PT_S};
    r->title = pt_report_text(r, PT_STR(EVIL));
    s = pt_report_section(r, "one", "One");
    s->text = pt_report_text(r, PT_STR(EVIL));
    pt_section_figure(r, s, "figure", EVIL, 1234)->before = 1000;
    t = pt_section_table(r, s, "Table", columns, 3);
    t->note = pt_report_text(r, PT_STR(EVIL));
    pt_table_text(r, t, PT_STR(EVIL));
    pt_table_number(r, t, 0.5);
    pt_table_time(r, t, PT_HOUR);
    c = pt_section_chart(r, s, "Chart", EVIL);
    c->to = 100 * PT_S;
    c->step = 10 * PT_S;
    k = pt_chart_curve(r, c, PT_STR(EVIL), 4, true);
    pt_curve_add_band(k, 0, 1, 0.5, 2);
    pt_curve_add_band(k, 10 * PT_S, NAN, NAN, NAN);
    pt_curve_add_band(k, 20 * PT_S, 3, 1, 3);
    pt_curve_add_band(k, 100 * PT_S, 4, 1, 5);
    pt_chart_mark(r, c, 20 * PT_S, PT_STR(EVIL));
    pt_report_section(r, "two", "Two"); /* with nothing in it */
}

static bool has(const struct pt_buf *b, const char *text)
{
    return b->n && memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static void html(void)
{
    struct pt_report r;
    struct pt_buf b = {0};
    make(&r);
    pt_render_html(&b, &r);
    CHECK(!has(&b, "<script>alert"));
    CHECK(has(&b, "&lt;script&gt;alert(1)"));       /* in the page */
    CHECK(has(&b, "\\u003cscript\\u003ealert(1)")); /* in the data block */
    CHECK(!has(&b, "unit\":\"</"));
    CHECK(has(&b, "1,234"));
    CHECK(has(&b, "+23%"));
    CHECK(has(&b, "data-v=\"0.5\">0.5<"));
    CHECK(has(&b, "01:00:00"));
    CHECK(has(&b, "default-src 'none'"));
    CHECK(has(&b, "id=\"one-1-t\"") && has(&b, "id=\"one-1-tn\"")); /* wide and narrow */
    pt_buf_release(&b);
    pt_report_release(&r);
}

static void json(void)
{
    struct pt_report r;
    struct pt_buf b = {0};
    const char *why, *where;
    make(&r);
    pt_render_json(&b, &r);
    CHECK(pt_json_value(b.p, b.p + b.n, &why, &where) == b.p + b.n - 1);
    CHECK(b.p[b.n - 1] == '\n');
    CHECK(has(&b, "\"value\":1234,"));
    CHECK(has(&b, "\"change\":0.234}"));
    CHECK(has(&b, "\"value\":[1,null,3,4]"));
    CHECK(has(&b, "\"1970-01-01T01:00:00Z\""));
    pt_buf_release(&b);
    pt_report_release(&r);
}

static void text(void)
{
    const struct pt_text_options plain = {.width = 60};
    const struct pt_text_options color = {.width = 60, .color = true};
    struct pt_report r;
    struct pt_buf b = {0};
    make(&r);
    pt_render_text(&b, &r, &plain);
    CHECK(!has(&b, "\x1b"));
    CHECK(has(&b, "1,234"));
    CHECK(has(&b, "+23% on the period before"));
    CHECK(has(&b, "\xE2\x96\x88")); /* the full block of the highest point */
    pt_buf_clear(&b);
    pt_render_text(&b, &r, &color);
    CHECK(has(&b, "\x1b[1m"));
    CHECK(!has(&b, "\x1b[31m\xE2"));
    pt_buf_release(&b);
    pt_report_release(&r);
}

/* The highest ranks stay, in their order, and the note says so; of equals the first stay. */
static void keep(void)
{
    static const double ranks[] = {1, 5, 2, 5, 4};
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct pt_report r = {0};
    struct pt_section *s = pt_report_section(&r, "s", "S");
    struct pt_chart *c = pt_section_chart(&r, s, "C", "");
    for (int i = 0; i < 5; i++)
        pt_chart_curve(&r, c, pt_str(names[i]), 1, false)->rank = ranks[i];
    pt_chart_keep(&r, c, 3, "p99");
    CHECK_INT((int64_t)c->ncurves, 3);
    CHECK_STR(c->curves->name, "b");
    CHECK_STR(c->curves->next->name, "d");
    CHECK_STR(c->last->name, "e");
    CHECK_INT((int64_t)c->nleft_out, 2);
    CHECK_STR(c->note, "3 of 5 shown: those with the highest p99");
    CHECK_STR(pt_str(c->id), "s-1");
    pt_report_drop(&r, s);
    CHECK(r.sections == NULL && r.last_section == NULL);
    pt_report_release(&r);
}

TEST_MAIN({"html", html}, {"json", json}, {"text", text}, {"keeps the highest curves", keep})
