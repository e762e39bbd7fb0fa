/* exemplar.c - see exemplar.h. */
#include "format/exemplar.h"

#include "format/reader.h"
#include "record/write.h"

void pt_exemplar_record(const struct pt_exemplar *e, struct pt_buf *body, struct pt_record *out)
{
    *out = (struct pt_record){
        .ts = e->ts, .name = e->name, .trace = e->trace, .tags = e->tags};
    pt_reader_document_begin(body, "exemplar", out);
    pt_line_text(body, "name", e->name);
    pt_line_num(body, "value", e->value);
    if (e->unit.n)
        pt_line_text(body, "unit", e->unit);
    if (e->trace.n)
        pt_line_text(body, "trace", e->trace);
    if (e->span.n)
        pt_line_text(body, "span", e->span);
    pt_reader_tags(body, e->tags);
    if (e->labels.n) {
        pt_line_json(body, "labels", PT_STR(""));
        pt_tags_write(body, e->labels);
    }
    pt_reader_document_end(body, out);
}
