/* render_html.c - see render_html.h.
 *
 * The page is written in one pass; beside it, the values of each chart are gathered as JSON in a
 * second buffer and appended as the data block that the script reads.  In that block "<", ">" and
 * "&" are written as \u escapes, so that nothing in a name can end the block or begin a comment.
 *
 * Names from data stand in <bdi>, which keeps right-to-left text from reordering its surroundings.
 */
#include "report/render_html.h"

#include "base/text.h"
#include "base/time.h"
#include "report/chart_svg.h"
#include "report/page.h"
#include "report/value.h"

#include <math.h>

/* Drawings of charts: two side by side, or one over the whole width. */
enum { NARROW_COLUMNS = 5 }; /* tables of so many short ones stand two in a row as well */
enum { HALF_WIDTH = 620, FULL_WIDTH = 1264, CHART_HEIGHT = 240 };

struct page {
    struct pt_buf *b;
    struct pt_buf data; /* the members of the data block's list of charts */
    const struct pt_report *r;
};

static void escaped(struct page *p, const char *s)
{
    pt_text_html(p->b, pt_str(s));
}

static void name(struct page *p, struct pt_str s)
{
    pt_buf_puts(p->b, "<bdi>");
    pt_text_html(p->b, s);
    pt_buf_puts(p->b, "</bdi>");
}

/* --- figures --------------------------------------------------------------------------------- */

static void change(struct page *p, const struct pt_figure *f)
{
    double c = pt_figure_change(f);
    const char *judged = "";
    if (!isfinite(c))
        return;
    if (f->better != PT_BETTER_NEITHER && (c > 0 || c < 0))
        judged = (c > 0) == (f->better == PT_BETTER_HIGHER) ? " good" : " bad";
    pt_buf_printf(p->b, "<dd class=\"change%s\"><span aria-hidden=\"true\">%s</span> ", judged,
                  c > 0   ? "\xE2\x96\xB2"
                  : c < 0 ? "\xE2\x96\xBC"
                          : "=");
    pt_value_put_change(p->b, c);
    pt_buf_puts(p->b, " <span class=\"from\">from ");
    pt_value_put(p->b, f->before, f->decimals);
    pt_buf_puts(p->b, "</span></dd>");
}

static void figure(struct page *p, const struct pt_figure *f)
{
    pt_buf_puts(p->b, "<div><dt>");
    escaped(p, f->name);
    pt_buf_puts(p->b, "</dt><dd>");
    pt_value_put(p->b, f->value, f->decimals);
    if (f->unit[0] && isfinite(f->value)) {
        pt_buf_puts(p->b, "<span class=\"unit\">");
        if (strcmp(f->unit, "%") != 0)
            pt_buf_putc(p->b, ' ');
        escaped(p, f->unit);
        pt_buf_puts(p->b, "</span>");
    }
    pt_buf_puts(p->b, "</dd>");
    change(p, f);
    pt_buf_puts(p->b, "</div>\n");
}

static void figures(struct page *p, const struct pt_section *s)
{
    if (!s->figures)
        return;
    pt_buf_puts(p->b, "<dl class=\"figures\">\n");
    for (const struct pt_figure *f = s->figures; f; f = f->next)
        figure(p, f);
    pt_buf_puts(p->b, "</dl>\n");
}

/* --- charts ---------------------------------------------------------------------------------- */

/* A curve for the script: seconds from the plot's left edge, and values as they are shown. */
static void curve_data(struct page *p, const struct pt_curve *k, int64_t since, int decimals)
{
    pt_buf_puts(&p->data, "{\"n\":");
    pt_text_json(&p->data, k->name);
    pt_buf_puts(&p->data, ",\"t\":[");
    for (size_t i = 0; i < k->n; i++)
        pt_buf_printf(&p->data, "%s%.10g", i ? "," : "", (double)(k->ts[i] - since) / (double)PT_S);
    pt_buf_puts(&p->data, "],\"v\":[");
    for (size_t i = 0; i < k->n; i++)
        if (isfinite(k->v[i]))
            pt_buf_printf(&p->data, "%s%.*f", i ? "," : "", decimals, k->v[i]);
        else
            pt_buf_puts(&p->data, i ? ",null" : "null");
    pt_buf_puts(&p->data, "]}");
}

static void chart_data(struct page *p, const struct pt_chart *c, const struct pt_chart_frame *f)
{
    int decimals = pt_chart_decimals(c);
    pt_buf_printf(&p->data, "%s{\"id\":\"%s\",\"unit\":", p->data.n ? ",\n" : "", c->id);
    pt_text_json(&p->data, pt_str(c->unit));
    pt_buf_printf(
        &p->data,
        ",\"decimals\":%d,\"step\":%.10g,\"since\":%lld,\"span\":%.10g,\"box\":[%d,%d,%d,%d]"
        ",\"low\":%.17g,\"high\":%.17g,\"log\":%s,\"lines\":[",
        decimals, (double)c->step / (double)PT_S, (long long)(f->since / PT_MS),
        (double)(f->until - f->since) / (double)PT_S, f->left, f->right, f->top, f->bottom, f->low,
        f->high, f->logarithmic ? "true" : "false");
    for (const struct pt_curve *k = c->curves; k; k = k->next) {
        if (k != c->curves)
            pt_buf_putc(&p->data, ',');
        curve_data(p, k, f->since, decimals);
    }
    pt_buf_puts(&p->data, "]}");
}

static void legend(struct page *p, const struct pt_chart *c)
{
    size_t color = 0;
    int decimals = pt_chart_decimals(c);
    pt_buf_puts(p->b, "<ul class=\"legend\">");
    for (const struct pt_curve *k = c->curves; k; k = k->next, color++) {
        double high = NAN;
        for (size_t i = 0; i < k->n; i++)
            high = fmax(high, k->v[i]);
        pt_buf_printf(p->b, "<li><span class=\"key c%zu\"></span>", color % PT_CHART_COLORS);
        name(p, k->name);
        pt_buf_puts(p->b, " <span class=\"value\">max ");
        pt_value_put(p->b, high, decimals);
        pt_buf_puts(p->b, "</span></li>");
    }
    pt_buf_puts(p->b, "</ul>\n");
}

/* "p99, band p50 to p99, ms, log scale": the parts that there are. */
static void chart_caption(struct page *p, const struct pt_chart *c, bool logarithmic)
{
    const char *const parts[] = {c->value_name, c->band_name, c->unit,
                                 logarithmic ? "log scale" : NULL};
    const char *before = "";
    pt_buf_puts(p->b, "<figcaption><h3>");
    escaped(p, c->title);
    pt_buf_puts(p->b, "</h3><p>");
    for (int i = 0; i < 4; i++) {
        if (!parts[i] || !*parts[i])
            continue;
        pt_buf_puts(p->b, before);
        pt_buf_puts(p->b, parts[i] == c->band_name ? "band " : "");
        escaped(p, parts[i]);
        before = ", ";
    }
    pt_buf_puts(p->b, "</p></figcaption>\n");
}

static void chart(struct page *p, const struct pt_chart *c, bool wide)
{
    struct pt_chart_frame f = {"", .width = wide ? FULL_WIDTH : HALF_WIDTH, .height = CHART_HEIGHT};
    struct pt_buf drawing = {0};
    pt_buf_printf(p->b, "<figure class=\"chart%s\" id=\"%s\">\n", wide ? " wide" : "", c->id);
    pt_chart_svg(&drawing, c, &f);
    chart_caption(p, c, f.logarithmic);
    pt_buf_puts(p->b, "<div class=\"plot\">");
    pt_buf_str(p->b, pt_buf_view(&drawing));
    pt_buf_release(&drawing);
    if (wide) {
        struct pt_chart_frame small = {"n", .width = HALF_WIDTH, .height = CHART_HEIGHT};
        pt_chart_svg(p->b, c, &small);
    }
    pt_buf_puts(p->b, "</div>\n");
    legend(p, c);
    if (c->note.n) {
        pt_buf_puts(p->b, "<p class=\"note\">");
        pt_text_html(p->b, c->note);
        pt_buf_puts(p->b, "</p>\n");
    }
    pt_buf_puts(p->b, "</figure>\n");
    chart_data(p, c, &f);
}

/* Two in a row; of an odd number the first has a row of its own.  A drawing for the whole width is
 * unreadable on a narrow screen, so such a chart is drawn a second time, as half a row, and the
 * style sheet shows the one that fits. */
static void charts(struct page *p, const struct pt_section *s)
{
    size_t n = 0;
    for (const struct pt_chart *c = s->charts; c; c = c->next)
        n++;
    if (!n)
        return;
    pt_buf_puts(p->b, "<div class=\"charts\">\n");
    for (const struct pt_chart *c = s->charts; c; c = c->next)
        chart(p, c, c == s->charts && n % 2 == 1);
    pt_buf_puts(p->b, "</div>\n");
}

/* --- tables ---------------------------------------------------------------------------------- */

static void table_head(struct page *p, const struct pt_table *t)
{
    pt_buf_puts(p->b, "<thead><tr>");
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct pt_table_column *c = &t->columns[i];
        pt_buf_printf(p->b, "<th scope=\"col\"%s>",
                      c->kind == PT_CELL_NUMBER ? " class=\"number\"" : "");
        escaped(p, c->name);
        if (c->unit[0]) {
            pt_buf_puts(p->b, " <span class=\"unit\">");
            escaped(p, c->unit);
            pt_buf_puts(p->b, "</span>");
        }
        pt_buf_puts(p->b, "</th>");
    }
    pt_buf_puts(p->b, "</tr></thead>\n");
}

/* data-v is what the script sorts by. */
static void cell(struct page *p, const struct pt_table_column *column, const struct pt_cell *c,
                 int decimals)
{
    switch (column->kind) {
    case PT_CELL_TEXT: name(p, c->text); break;
    case PT_CELL_NUMBER: pt_value_put(p->b, c->number, decimals); break;
    case PT_CELL_TIME: pt_clock_put(p->b, c->ts, pt_clock_within(p->r->since, p->r->until)); break;
    }
}

static void cell_open(struct page *p, const struct pt_table_column *column, const struct pt_cell *c)
{
    if (column->kind == PT_CELL_NUMBER && isfinite(c->number))
        pt_buf_printf(p->b, " class=\"number\" data-v=\"%.17g\">", c->number);
    else if (column->kind == PT_CELL_NUMBER)
        pt_buf_puts(p->b, " class=\"number\">");
    else if (column->kind == PT_CELL_TIME)
        pt_buf_printf(p->b, " class=\"time\" data-v=\"%lld\">", (long long)c->ts);
    else
        pt_buf_putc(p->b, '>');
}

static void table_row(struct page *p, const struct pt_table *t, const struct pt_row *row,
                      const int *decimals)
{
    pt_buf_puts(p->b, "<tr>");
    for (size_t i = 0; i < t->ncolumns; i++) {
        bool head = i == 0 && t->columns[0].kind == PT_CELL_TEXT;
        pt_buf_puts(p->b, head ? "<th scope=\"row\"" : "<td");
        cell_open(p, &t->columns[i], &row->cells[i]);
        cell(p, &t->columns[i], &row->cells[i], decimals[i]);
        pt_buf_puts(p->b, head ? "</th>" : "</td>");
    }
    pt_buf_puts(p->b, "</tr>\n");
}

static bool is_wide(const struct pt_table *t)
{
    bool wide = t->ncolumns > NARROW_COLUMNS;
    for (size_t i = 0; i < t->ncolumns; i++)
        wide = wide || t->columns[i].whole;
    return wide;
}

static void table(struct page *p, const struct pt_table *t)
{
    int decimals[PT_TABLE_COLUMNS_MOST];
    for (size_t i = 0; i < t->ncolumns; i++)
        decimals[i] = pt_table_decimals(t, i);
    pt_buf_printf(p->b, "<div class=\"table%s\"><table><caption>", is_wide(t) ? " wide" : "");
    escaped(p, t->title);
    if (t->note.n) {
        pt_buf_puts(p->b, " <span class=\"note\">");
        pt_text_html(p->b, t->note);
        pt_buf_puts(p->b, "</span>");
    }
    pt_buf_puts(p->b, "</caption>\n");
    table_head(p, t);
    pt_buf_puts(p->b, "<tbody>\n");
    for (const struct pt_row *row = t->rows; row; row = row->next)
        table_row(p, t, row, decimals);
    pt_buf_puts(p->b, "</tbody></table></div>\n");
}

/* --- the page -------------------------------------------------------------------------------- */

static void section(struct page *p, const struct pt_section *s)
{
    pt_buf_printf(p->b, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", s->id,
                  s->id, s->id);
    escaped(p, s->title);
    pt_buf_puts(p->b, "</h2>\n");
    if (s->text.n) {
        pt_buf_puts(p->b, "<p class=\"lead\">");
        pt_text_html(p->b, s->text);
        pt_buf_puts(p->b, "</p>\n");
    }
    figures(p, s);
    charts(p, s);
    if (s->tables) {
        pt_buf_puts(p->b, "<div class=\"tables\">\n");
        for (const struct pt_table *t = s->tables; t; t = t->next)
            table(p, t);
        pt_buf_puts(p->b, "</div>\n");
    }
    pt_buf_puts(p->b, "</section>\n");
}

static void head(struct page *p)
{
    pt_buf_puts(p->b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "script-src 'sha256-");
    pt_buf_puts(p->b, pt_page_digest);
    pt_buf_puts(p->b, "'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
                      "form-action 'none'\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"color-scheme\" content=\"light dark\">\n"
                      "<link rel=\"icon\" href=\"data:,\">\n<title>");
    pt_text_html(p->b, p->r->title);
    pt_buf_puts(p->b, "</title>\n<style>\n");
    pt_buf_puts(p->b, pt_page_style);
    pt_buf_puts(p->b, "</style>\n</head>\n");
}

static void masthead(struct page *p)
{
    pt_buf_puts(p->b, "<header>\n<h1>");
    name(p, p->r->title);
    pt_buf_puts(p->b, "</h1>\n<p>");
    pt_clock_put_period(p->b, p->r->since, p->r->until);
    pt_buf_puts(p->b, "</p>\n<nav aria-label=\"Sections\"><ul>\n");
    for (const struct pt_section *s = p->r->sections; s; s = s->next) {
        pt_buf_printf(p->b, "<li><a href=\"#%s\">", s->id);
        escaped(p, s->title);
        pt_buf_puts(p->b, "</a></li>\n");
    }
    pt_buf_puts(p->b, "</ul></nav>\n</header>\n");
}

/* Offsets of local time over the page: [[from ms, seconds east], ...]. */
static void zone_data(struct page *p)
{
    int64_t last = INT64_MIN;
    for (int64_t t = p->r->first; t <= p->r->last; t += PT_HOUR) {
        int64_t offset = pt_clock_offset(t);
        if (offset != last)
            pt_buf_printf(p->b, "%s[%lld,%lld]", last == INT64_MIN ? "" : ",",
                          (long long)(t / PT_MS), (long long)(offset / PT_S));
        last = offset;
    }
}

/* JSON inside <script>: the characters that mean something to HTML become escapes. */
static void script_text(struct pt_buf *b, struct pt_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool separator = c == 0xE2 && i + 2 < s.n && (unsigned char)s.p[i + 1] == 0x80 &&
                         ((unsigned char)s.p[i + 2] & 0xFE) == 0xA8; /* U+2028, U+2029 */
        if (c != '<' && c != '>' && c != '&' && !separator)
            continue;
        pt_buf_add(b, s.p + from, i - from);
        if (separator)
            pt_buf_printf(b, "\\u20%02x", 0x28 + ((unsigned char)s.p[i + 2] & 1));
        else
            pt_buf_printf(b, "\\u%04x", c);
        i += separator ? 2 : 0;
        from = i + 1;
    }
    pt_buf_add(b, s.p + from, s.n - from);
}

static void scripts(struct page *p)
{
    bool days = p->r->last - p->r->first > PT_DAY;
    pt_buf_printf(p->b, "<script type=\"application/json\" id=\"data\">{\"days\":%s,\"zone\":[",
                  days ? "true" : "false");
    zone_data(p);
    pt_buf_puts(p->b, "],\"charts\":[");
    script_text(p->b, pt_buf_view(&p->data));
    pt_buf_puts(p->b, "]}</script>\n<script>");
    pt_buf_puts(p->b, pt_page_script);
    pt_buf_puts(p->b, "</script>\n");
}

void pt_render_html(struct pt_buf *b, const struct pt_report *r)
{
    struct page p = {.b = b, .r = r};
    head(&p);
    pt_buf_puts(b, "<body>\n");
    masthead(&p);
    pt_buf_puts(b, "<main>\n");
    for (const struct pt_section *s = r->sections; s; s = s->next)
        section(&p, s);
    pt_buf_puts(b, "</main>\n");
    scripts(&p);
    pt_buf_puts(b, "</body>\n</html>\n");
    pt_buf_release(&p.data);
}
