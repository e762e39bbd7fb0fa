/* devices.h - the counters of things that are listed one a line: disks and interfaces.
 *
 * What the two have in common: a file with a line each, a name that becomes a tag, counters since
 * boot that become rates, things that come and go.  A thing whose counters are all 0 was never used
 * and is left out until it is (loop7, ifb1), as iostat(1) leaves it out. */
#ifndef PT_COLLECT_DEVICES_H
#define PT_COLLECT_DEVICES_H

#include "collect/collect.h"

enum { PT_DEVICE_COUNTERS = 16, PT_DEVICE_GAUGES = 8 };

struct pt_devices_class {
    const char *tag;
    const struct pt_gauge_row *rows;
    size_t n_rows;  /* at most PT_DEVICE_GAUGES */
    int n_counters; /* at most PT_DEVICE_COUNTERS */
    bool (*parse)(struct pt_str line, struct pt_str *name, uint64_t *v);
    bool (*wanted)(const struct pt_kernel *k, struct pt_str name); /* NULL: all are */
    /* step: how far each counter came in `seconds`. */
    void (*emit)(const struct pt_gauge *g, const struct pt_moment *now, const double *step,
                 double seconds, struct pt_buf *out);
};

struct pt_devices;

/* Borrows the file and the class; NULL when file is NULL. */
struct pt_devices *pt_devices_open(const struct pt_devices_class *class,
                                   struct pt_kernel_file *file, const struct pt_collect_site *site);
void pt_devices_sample(void *self, const struct pt_moment *now, struct pt_buf *out);
void pt_devices_close(void *self);

#endif
