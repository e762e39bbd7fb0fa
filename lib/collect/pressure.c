/* pressure.c - time in which tasks waited for a resource: /proc/pressure.
 *
 * The kernel's averages (avg10 and so on) decay exponentially and are updated every two seconds;
 * the difference of its totals, in microseconds, over the interval is exact for that interval.
 * "Full" of cpu is not defined for a whole machine (accounting/psi.rst) and is not asked for. */
#include "collect/collect.h"

#include "base/mem.h"
#include "base/time.h"
#include "collect/proc.h"

#include <stdlib.h>

enum { CPU, MEMORY, IO, FILES };
enum { CPU_SOME, MEMORY_SOME, MEMORY_FULL, IO_SOME, IO_FULL, GAUGES };
static const char *const PATHS[FILES] = {
    [CPU] = "proc/pressure/cpu",
    [MEMORY] = "proc/pressure/memory",
    [IO] = "proc/pressure/io",
};
static const struct pt_gauge_row ROWS[GAUGES] = {
    [CPU_SOME] = {"pressure.cpu.some", "percent"},
    [MEMORY_SOME] = {"pressure.memory.some", "percent"},
    [MEMORY_FULL] = {"pressure.memory.full", "percent"},
    [IO_SOME] = {"pressure.io.some", "percent"},
    [IO_FULL] = {"pressure.io.full", "percent"},
};
static const int SOME[FILES] = {CPU_SOME, MEMORY_SOME, IO_SOME};
static const int FULL[FILES] = {-1, MEMORY_FULL, IO_FULL};

struct pressure {
    struct pt_kernel_file *file[FILES]; /* NULL: not there */
    struct pt_proc_pressure before[FILES];
    struct pt_gauge g[GAUGES];
    int64_t mono; /* of the sample before */
};

static void *pressure_open(const struct pt_collect_site *site)
{
    struct pressure *p = pt_mem_alloc(sizeof *p);
    bool any = false;
    for (int i = 0; i < FILES; i++) {
        p->file[i] = pt_kernel_file(site->kernel, PATHS[i]);
        any = any || p->file[i];
    }
    if (!any) {
        free(p);
        return NULL;
    }
    pt_gauge_init_all(p->g, ROWS, GAUGES, site->tags, NULL, 0);
    return p;
}

/* before and total: microseconds of waiting. */
static void emit(const struct pt_gauge *g, const struct pt_moment *now, uint64_t before,
                 uint64_t total, int64_t interval, struct pt_buf *out)
{
    static const double WHOLE = 100; /* percent; the kernel's clock and ours differ by a little */
    double percent;
    if (total < before || interval <= 0)
        return;
    percent = WHOLE * (double)(total - before) * (double)PT_US / (double)interval;
    pt_gauge_real(g, now, percent < WHOLE ? percent : WHOLE, out);
}

static void pressure_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct pressure *p = self;
    for (int i = 0; i < FILES; i++) {
        struct pt_proc_pressure *b = &p->before[i], v;
        if (!p->file[i])
            continue;
        pt_proc_pressure(pt_kernel_read(p->file[i]), &v);
        if (b->have_some && v.have_some)
            emit(&p->g[SOME[i]], now, b->some, v.some, now->mono - p->mono, out);
        if (b->have_full && v.have_full && FULL[i] >= 0)
            emit(&p->g[FULL[i]], now, b->full, v.full, now->mono - p->mono, out);
        *b = v;
    }
    p->mono = now->mono;
}

static void pressure_close(void *self)
{
    struct pressure *p = self;
    pt_gauge_release_all(p->g, GAUGES);
    free(p);
}

const struct pt_collector PT_COLLECTOR_PRESSURE = {
    .name = "pressure",
    .reads = "proc/pressure",
    .open = pressure_open,
    .sample = pressure_sample,
    .close = pressure_close,
};
