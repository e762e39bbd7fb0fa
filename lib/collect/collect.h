/* collect.h - sources of measurements and the set of those that are open.
 *
 * A source is a row of functions: open looks for what it measures and renders its series, sample
 * appends the lines of one moment, close frees all.  Sources that read the kernel's files share one
 * pt_kernel and so one reading of a file; a source of another kind (a log, a socket, a command)
 * needs no more than this interface.
 *
 * Rates are means over the time since the sample before.  So the first sample of a set is the
 * baseline: it holds levels only, and whoever wants whole samples drops it.  A counter that stepped
 * back has no rate for that one interval. */
#ifndef PT_COLLECT_COLLECT_H
#define PT_COLLECT_COLLECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "collect/gauge.h"
#include "collect/kernel.h"
#include "record/tags.h"

/* What a source is opened with; valid until it is closed. */
struct pt_collect_site {
    struct pt_kernel *kernel;
    struct pt_tags tags; /* of every series */
    bool per_core;
};

struct pt_collector {
    const char *name;   /* as --only spells it */
    const char *reads;  /* where it looks, for people */
    const char *tag[3]; /* the keys it gives its series, NULL-terminated; closed to others */

    /* The source's state; NULL when there is nothing to measure here. */
    void *(*open)(const struct pt_collect_site *site);
    void (*sample)(void *self, const struct pt_moment *now, struct pt_buf *out);
    void (*close)(void *self);
};

extern const struct pt_collector PT_COLLECTOR_CPU, PT_COLLECTOR_MEMORY, PT_COLLECTOR_DISK,
    PT_COLLECTOR_FILESYSTEM, PT_COLLECTOR_NETWORK, PT_COLLECTOR_LOAD, PT_COLLECTOR_PRESSURE,
    PT_COLLECTOR_SYSTEM, PT_COLLECTOR_SELF;

/* Which sources: bit i is row i of the table in collect.c. */
typedef uint32_t pt_collect_set;
#define PT_COLLECT_SELF "self" /* the one source that is not in the set of all */

/* "cpu,memory" as a set; NULL is all but self.  0; or -1 (PT_USAGE) quoting the unknown name. */
int pt_collect_parse_set(const char *list, pt_collect_set *out, struct pt_err *err);

/* Tags for every series: "key=value" n times, and host (NULL: this machine's name) unless one of
 * them is host=...  Text is borrowed from the arguments or held by the arena.  0; or -1 (PT_USAGE):
 * no '=', empty key, not UTF-8, a key twice, a key that a source sets itself. */
int pt_collect_parse_tags(const char *const *list, size_t n, const char *host,
                          struct pt_arena *arena, struct pt_tags *out, struct pt_err *err);

struct pt_collect;

struct pt_collect_config {
    const char *root;    /* holds proc and sys; NULL: "/" */
    struct pt_tags tags; /* borrowed until pt_collect_close */
    pt_collect_set sources;
    bool per_core;
};

/* Opens the sources.  0; or -1 (PT_SYSTEM): no such root, or none of the sources is there. */
int pt_collect_open(struct pt_collect **out, const struct pt_collect_config *config,
                    struct pt_err *err);
void pt_collect_close(struct pt_collect *c); /* NULL is fine */

/* The sources that were asked for and are not there, "pressure (proc/pressure), ..."; empty when
 * all are.  Borrowed until close. */
struct pt_str pt_collect_missing(const struct pt_collect *c);

/* Appends the lines of one moment to out.  wall: nanoseconds since the epoch, mono: of
 * pt_time_monotonic, greater than in the sample before. */
void pt_collect_sample(struct pt_collect *c, int64_t wall, int64_t mono, struct pt_buf *out);

#endif
