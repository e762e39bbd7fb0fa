/* memory.c - memory and swap: /proc/meminfo.
 *
 * Used is what cannot be had without swapping, total less available, as free(1) of procps 4 counts.
 * Kernels before 3.14 do not say what is available; then used is left out rather than guessed. */
#include "collect/collect.h"

#include "base/mem.h"
#include "collect/proc.h"

#include <stdlib.h>

enum { TOTAL, USED, AVAILABLE, FREE, BUFFERS, CACHED, USED_PERCENT, SWAP_TOTAL, SWAP_USED, GAUGES };
static const struct pt_gauge_row ROWS[GAUGES] = {
    [TOTAL] = {"mem.total", "bytes"},
    [USED] = {"mem.used", "bytes"},
    [AVAILABLE] = {"mem.available", "bytes"},
    [FREE] = {"mem.free", "bytes"},
    [BUFFERS] = {"mem.buffers", "bytes"},
    [CACHED] = {"mem.cached", "bytes"},
    [USED_PERCENT] = {"mem.used_percent", "percent"},
    [SWAP_TOTAL] = {"swap.total", "bytes"},
    [SWAP_USED] = {"swap.used", "bytes"},
};

struct memory {
    struct pt_kernel_file *file;
    struct pt_gauge g[GAUGES];
};

static void *memory_open(const struct pt_collect_site *site)
{
    struct pt_kernel_file *file = pt_kernel_file(site->kernel, "proc/meminfo");
    struct memory *m;
    if (!file)
        return NULL;
    m = pt_mem_alloc(sizeof *m);
    m->file = file;
    pt_gauge_init_all(m->g, ROWS, GAUGES, site->tags, NULL, 0);
    return m;
}

static bool has(const struct pt_proc_memory *v, unsigned bits)
{
    return (v->have & bits) == bits;
}

static void sample_used(const struct memory *m, const struct pt_proc_memory *v,
                        const struct pt_moment *now, struct pt_buf *out)
{
    uint64_t total = v->v[PT_MEMORY_TOTAL], available = v->v[PT_MEMORY_AVAILABLE];
    if (!has(v, 1u << PT_MEMORY_TOTAL | 1u << PT_MEMORY_AVAILABLE) || available > total)
        return;
    pt_gauge_count(&m->g[USED], now, total - available, out);
    pt_gauge_real(&m->g[USED_PERCENT], now, 100 * (double)(total - available) / (double)total, out);
}

static void memory_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    static const int LEVEL[PT_MEMORIES] = {TOTAL, FREE, AVAILABLE, BUFFERS, CACHED, SWAP_TOTAL, -1};
    const struct memory *m = self;
    struct pt_proc_memory v;
    pt_proc_memory(pt_kernel_read(m->file), &v);
    for (int i = 0; i < PT_MEMORIES; i++)
        if (LEVEL[i] >= 0 && has(&v, 1u << i))
            pt_gauge_count(&m->g[LEVEL[i]], now, v.v[i], out);
    sample_used(m, &v, now, out);
    if (has(&v, 1u << PT_MEMORY_SWAP_TOTAL | 1u << PT_MEMORY_SWAP_FREE) &&
        v.v[PT_MEMORY_SWAP_FREE] <= v.v[PT_MEMORY_SWAP_TOTAL])
        pt_gauge_count(&m->g[SWAP_USED], now, v.v[PT_MEMORY_SWAP_TOTAL] - v.v[PT_MEMORY_SWAP_FREE],
                       out);
}

static void memory_close(void *self)
{
    struct memory *m = self;
    pt_gauge_release_all(m->g, GAUGES);
    free(m);
}

const struct pt_collector PT_COLLECTOR_MEMORY = {
    .name = "memory",
    .reads = "proc/meminfo",
    .open = memory_open,
    .sample = memory_sample,
    .close = memory_close,
};
