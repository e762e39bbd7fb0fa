/* findings.h - what stands out in a report: what its own charts show, judged by the library's MAD
 * detector, and what its parts have noted.
 *
 * Each curve of the charts that ask for it (`watched`) is walked in time order.  Points above their
 * band are anomalies (detect/detector.h: score > 1); neighbours in time are one stretch.  Stretches
 * of two points or more, or whose worst point has a score of 2 or more, are findings: rows of the
 * section and marks on their charts.  A curve of fewer than 100 points is not judged, so that
 * warming the detector up never takes more than a tenth of one.
 *
 * Silences and errors need no judging: the part that sees one notes it. */
#ifndef PT_REPORT_FINDINGS_H
#define PT_REPORT_FINDINGS_H

#include "report/model.h"

struct pt_findings;

struct pt_findings *pt_findings_new(void);
void pt_findings_free(struct pt_findings *f); /* NULL is fine */

enum pt_noted_kind { PT_NOTED_SILENCE, PT_NOTED_ERROR, PT_NOTED_KINDS };

struct pt_noted {
    enum pt_noted_kind kind;
    int64_t from, to;
    const char *what;   /* "silent feed"; lives as long as the report */
    struct pt_str name; /* of the feed or the event; copied */
    double count;       /* of errors */
};

void pt_findings_note(struct pt_findings *f, struct pt_report *r, const struct pt_noted *noted);

/* Judges the charts and fills the section, which the caller has put where it wants it; false, and
 * an empty section, when there was nothing to be judged and nothing was noted. */
bool pt_report_find(struct pt_report *r, struct pt_section *s, struct pt_findings *f);

#endif
