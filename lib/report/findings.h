/* findings.h - what stands out in a report: its own charts, judged by the library's MAD detector.
 *
 * Each curve of the charts that ask for it (`watched`) is walked in time order.  Points above their
 * band are anomalies (detect/detector.h: score > 1); neighbours in time are one finding.  The worst
 * become rows of the section and marks on their charts. */
#ifndef PT_REPORT_FINDINGS_H
#define PT_REPORT_FINDINGS_H

#include "report/model.h"

/* Fills the section, which the caller has put where it wants it; false, and an empty section, when
 * there was no curve long enough to be judged. */
bool pt_report_find(struct pt_report *r, struct pt_section *s);

#endif
