/* self.c - what measuring costs: the collector's own time and memory.
 *
 * It looks at its own process, so at the real /proc whatever root the others read.  It is sampled
 * last, and sample_ms is the time from the sample's moment to here: everything but the write. */
#include "collect/collect.h"

#include "base/mem.h"
#include "base/time.h"
#include "collect/scan.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU, RSS, SAMPLE_MS, GAUGES };
static const struct pt_gauge_row ROWS[GAUGES] = {
    [CPU] = {"self.cpu_percent", "percent"},
    [RSS] = {"self.rss_bytes", "bytes"},
    [SAMPLE_MS] = {"self.sample_ms", "ms"},
};

struct self {
    struct pt_kernel *kernel;
    struct pt_kernel_file *statm; /* NULL without /proc */
    struct pt_gauge g[GAUGES];
    int64_t used; /* processor time at the sample before, nanoseconds */
    int64_t mono; /* of the sample before; 0: none */
};

static void *self_open(const struct pt_collect_site *site)
{
    struct pt_err ignored = {0};
    struct self *s = pt_mem_alloc(sizeof *s);
    if (pt_kernel_open(&s->kernel, NULL, &ignored) == 0)
        s->statm = pt_kernel_file(s->kernel, "proc/self/statm");
    pt_gauge_init_all(s->g, ROWS, GAUGES, site->tags, NULL, 0);
    return s;
}

static int64_t nanoseconds(struct timeval tv)
{
    return (int64_t)tv.tv_sec * PT_S + (int64_t)tv.tv_usec * PT_US;
}

static int64_t processor_time(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

static void sample_memory(const struct self *s, const struct pt_moment *now, struct pt_buf *out)
{
    struct pt_str text;
    uint64_t size, resident;
    pt_kernel_next_round(s->kernel);
    text = pt_kernel_read(s->statm);
    if (pt_scan_count(&text, &size) && pt_scan_count(&text, &resident))
        pt_gauge_count(&s->g[RSS], now, resident * (uint64_t)sysconf(_SC_PAGESIZE), out);
}

static void self_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct self *s = self;
    int64_t used = processor_time();
    if (s->mono && now->mono > s->mono)
        pt_gauge_real(&s->g[CPU], now,
                      100 * (double)(used - s->used) / (double)(now->mono - s->mono), out);
    if (s->statm)
        sample_memory(s, now, out);
    pt_gauge_real(&s->g[SAMPLE_MS], now, (double)(pt_time_monotonic() - now->mono) / (double)PT_MS,
                  out);
    s->used = used;
    s->mono = now->mono;
}

static void self_close(void *self)
{
    struct self *s = self;
    pt_gauge_release_all(s->g, GAUGES);
    pt_kernel_close(s->kernel);
    free(s);
}

const struct pt_collector PT_COLLECTOR_SELF = {
    .name = PT_COLLECT_SELF,
    .reads = "/proc/self/statm",
    .open = self_open,
    .sample = self_sample,
    .close = self_close,
};
