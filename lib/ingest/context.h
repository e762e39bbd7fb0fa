/* context.h - what one must know to read a line again, apart from its input.
 *
 * One JSON object: {"format":"csv","ts_unit":"auto","tz":"Europe/Berlin","strict":false,
 * "tags":"a,b","values":"c","before":"time,c\n"}.  "before" are the lines that the line depends on;
 * what is empty is left out. */
#ifndef PT_INGEST_CONTEXT_H
#define PT_INGEST_CONTEXT_H

#include "format/records.h"

/* Appends the context of the line that `records` delivered last. */
void pt_context_write(struct pt_buf *out, const struct pt_records *records,
                      const struct pt_records_options *options);

struct pt_context {
    struct pt_records_options options;
    const char *tz; /* a zone, or NULL */
    struct pt_str before;
};

/* Reads a context; texts live in the arena.  -1 with err (PT_SYSTEM) when it is damaged. */
int pt_context_read(struct pt_str text, struct pt_arena *arena, struct pt_context *out,
                    struct pt_err *err);

#endif
