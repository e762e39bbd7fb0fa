/* sample.h - private to format/: one sample of an exposition, in the grammar that the Prometheus
 * text format 0.0.4 and OpenMetrics 1.0 share:
 *
 *     name [ '{' label="value", ... '}' ] value [ time ] [ '#' '{' ... '}' value [ time ] ]
 *
 * Spaces are taken as the text format has them, any number of blanks or tabs.  What the two mean by
 * a time, and which of them knows what stands behind '#', an exemplar, is for the caller. */
#ifndef PT_FORMAT_SAMPLE_H
#define PT_FORMAT_SAMPLE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "record/tags.h"

/* A value with its labels; `time` as it was written, empty when there is none. */
struct pt_sample_point {
    struct pt_tags labels; /* sorted; those without a value count as absent */
    struct pt_num value;
    struct pt_str time;
};

struct pt_sample {
    struct pt_str name;
    struct pt_sample_point point, exemplar;
    const char *exemplar_at; /* its '#'; NULL when there is none */
};

/* Reads a whole line.  Runs point into it or into the arena.  0; or -1 with err (PT_DATA) that
 * names the format and the column. */
int pt_sample_parse(struct pt_str line, const char *format, struct pt_arena *arena,
                    struct pt_sample *out, struct pt_err *err);

/* The metric's name that begins at p, maybe empty. */
struct pt_str pt_sample_name(const char *p, const char *end);

const char *pt_sample_space(const char *p, const char *end); /* behind blanks and tabs */

#endif
