/* exemplar.h - private to format/: exemplars as records, alike from every format that has them.
 *
 * An exemplar is one measurement out of many that went into a metric, with the trace that it was
 * made in.  It becomes a document:
 *
 *     {"type":"exemplar","ts":...,"name":NAME,"value":0.67,"unit":"s","trace":"...","span":"...",
 *      "tags":{...},"labels":{...}}
 *
 * with name, unit and tags those of the series, and in `labels` what else is said of it. */
#ifndef PT_FORMAT_EXEMPLAR_H
#define PT_FORMAT_EXEMPLAR_H

#include "base/buf.h"
#include "record/record.h"
#include "record/tags.h"

struct pt_exemplar {
    int64_t ts;
    struct pt_str name, unit, trace, span; /* unit and ids may be empty */
    struct pt_num value;
    struct pt_str tags;    /* canonical JSON, or empty */
    struct pt_tags labels; /* sorted */
};

/* Writes the document to `body`, which is emptied first, and fills *out, which borrows from it. */
void pt_exemplar_record(const struct pt_exemplar *e, struct pt_buf *body, struct pt_record *out);

#endif
