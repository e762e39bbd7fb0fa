/* render_html.h - a report as one HTML page that needs nothing else.
 *
 * Charts are inline SVG, style and script are inline, and the Content-Security-Policy forbids the
 * page every connection and every script but its own (by the script's digest).  Without script it
 * reads the same; with it, a crosshair runs through all charts at one time and tables sort. */
#ifndef PT_REPORT_RENDER_HTML_H
#define PT_REPORT_RENDER_HTML_H

#include "report/model.h"

/* Appends the page.  Text from data is escaped for the place it goes to. */
void pt_render_html(struct pt_buf *b, const struct pt_report *r);

#endif
