/* write.h - records as lines.
 *
 * A line is built member by member: pt_line_open, any number of pt_line_*, pt_line_close (which
 * adds "}\n").  Members with nothing to say (empty text, NaN) are left out by the callers' choice
 * of function, never written as null by accident. */
#ifndef PT_RECORD_WRITE_H
#define PT_RECORD_WRITE_H

#include "base/buf.h"
#include "record/record.h"

/* {"type":TYPE,"ts":"..."; the type is left out for metrics (type NULL). */
void pt_line_open(struct pt_buf *b, const char *type, int64_t ts);
void pt_line_text(struct pt_buf *b, const char *key, struct pt_str value);
void pt_line_num(struct pt_buf *b, const char *key, struct pt_num value); /* NaN, inf: null */
/* As pt_line_num behind other members, for a key that may be any text; the others are literals. */
void pt_line_named(struct pt_buf *b, struct pt_str key, struct pt_num value);
void pt_line_int(struct pt_buf *b, const char *key, int64_t value);
void pt_line_bool(struct pt_buf *b, const char *key, bool value);
void pt_line_time(struct pt_buf *b, const char *key, int64_t ts);
void pt_line_json(struct pt_buf *b, const char *key, struct pt_str json); /* as it is */
void pt_line_close(struct pt_buf *b);

/* A whole metric line; unit may be empty and tags ("{...}" or empty) are written as they are. */
void pt_line_metric(struct pt_buf *b, int64_t ts, struct pt_str name, struct pt_num value,
                    enum pt_kind kind, struct pt_str unit, struct pt_str tags);

#endif
