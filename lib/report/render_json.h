/* render_json.h - a report as one JSON object, for programs.
 *
 *   {"report":"daily","title":"...","period":{"since":"...","until":"..."},
 *    "sections":[{"id":"latency","title":"Latency","text":"...",
 *      "figures":[{"name":"...","value":1.5,"unit":"ms","change":0.03}],
 *      "tables":[{"title":"...","columns":[{"name":"...","unit":"ms"}],"rows":[["X",1.5]]}],
 *      "charts":[{"id":"latency-1","title":"...","unit":"ms","lines":[{"name":"...",
 *                 "ts":["..."],"value":[1.5],"low":[1.2],"high":[1.9]}],
 *                 "marks":[{"ts":"...","text":"..."}]}]}]}
 *
 * Values are written in full (the other renderings round them); times are RFC 3339 UTC; `change` is
 * (value - before) / |before| against the period before.  What is not known is null.  `note`, `low`
 * and `high` are left out where they do not apply. */
#ifndef PT_REPORT_RENDER_JSON_H
#define PT_REPORT_RENDER_JSON_H

#include "report/model.h"

/* Appends the object and a newline. */
void pt_render_json(struct pt_buf *b, const struct pt_report *r);

#endif
