/* gauge.h - one series' line, rendered once; a sample only puts time and value in.
 *
 * The shape of a line is known to record/write.h alone: a gauge asks it for a line and cuts it
 * where the time and the value stand.  A gauge owns its text. */
#ifndef PT_COLLECT_GAUGE_H
#define PT_COLLECT_GAUGE_H

#include "base/buf.h"
#include "record/tags.h"

/* When a sample is taken. */
struct pt_moment {
    int64_t wall;        /* nanoseconds since the epoch: what the records say */
    int64_t mono;        /* nanoseconds of a clock that never steps: what intervals come from */
    struct pt_str stamp; /* the head of each line, up to the time; borrowed for the sample */
};

/* The text that every line of the moment begins with, appended to b. */
void pt_moment_stamp(struct pt_buf *b, int64_t wall);

struct pt_gauge {
    char *text;
    size_t head, n; /* text: what stands before the value, then what stands after it */
};

/* tags: those of every series; more[0..n): those of this one (other keys than in tags). */
void pt_gauge_init(struct pt_gauge *g, const char *name, const char *unit, struct pt_tags tags,
                   const struct pt_tag *more, size_t n);
void pt_gauge_release(struct pt_gauge *g);

/* A level, exact. */
void pt_gauge_count(const struct pt_gauge *g, const struct pt_moment *now, uint64_t value,
                    struct pt_buf *out);

/* A computed value, rounded to a ten-thousandth: finer digits would be the timer's.  A value that
 * is not finite is left out. */
void pt_gauge_real(const struct pt_gauge *g, const struct pt_moment *now, double value,
                   struct pt_buf *out);

/* Names and units of a source's gauges: row i is for the i-th of its values. */
struct pt_gauge_row {
    const char *name, *unit;
};
void pt_gauge_init_all(struct pt_gauge *g, const struct pt_gauge_row *rows, size_t n_rows,
                       struct pt_tags tags, const struct pt_tag *more, size_t n);
void pt_gauge_release_all(struct pt_gauge *g, size_t n);

#endif
