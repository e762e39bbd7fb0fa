/* chart_svg.h - a chart as an inline SVG element.
 *
 * The drawing carries classes only (line, band, c0 .. c5, ...); the page's style sheet gives them
 * colours, so the same drawing serves light, dark and paper. */
#ifndef PT_REPORT_CHART_SVG_H
#define PT_REPORT_CHART_SVG_H

#include "report/model.h"

enum { PT_CHART_COLORS = 6 }; /* classes c0 .. c5; more curves begin again */

/* Where the plot lies in the drawing (in its own units) and what its edges mean; for a script that
 * draws over it. */
struct pt_chart_frame {
    const char *suffix; /* of its element ids: tells two drawings of a chart apart; not NULL */
    int width, height;  /* of the drawing; these three are set by the caller */
    int left, right, top, bottom;
    int64_t since, until; /* at left and right */
    double low, high;     /* at bottom and top; their log10 when logarithmic */
    bool logarithmic;
};

/* Appends <svg>...</svg>; fills the rest of the frame. */
void pt_chart_svg(struct pt_buf *b, const struct pt_chart *c, struct pt_chart_frame *frame);

#endif
