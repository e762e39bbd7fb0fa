/* render_text.h - a report for a terminal or a mail: headings, aligned tables, sparklines. */
#ifndef PT_REPORT_RENDER_TEXT_H
#define PT_REPORT_RENDER_TEXT_H

#include "report/model.h"

struct pt_text_options {
    size_t width; /* columns of the page, at least PT_TEXT_WIDTH_LEAST */
    bool color;   /* SGR sequences for headings, units and changes */
};

enum { PT_TEXT_WIDTH_LEAST = 40, PT_TEXT_WIDTH_USUAL = 80, PT_TEXT_WIDTH_MOST = 400 };

/* Appends the page.  Text from data is cut with an ellipsis where a column has no room; numbers
 * never are, so a table of many numbers may be wider than the page. */
void pt_render_text(struct pt_buf *b, const struct pt_report *r, const struct pt_text_options *o);

#endif
