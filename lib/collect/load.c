/* load.c - load averages: /proc/loadavg, as the kernel wrote them. */
#include "collect/collect.h"

#include "base/mem.h"
#include "collect/proc.h"

#include <stdlib.h>

enum { AVERAGES = 3 };
static const struct pt_gauge_row ROWS[AVERAGES] = {{"load.1", ""}, {"load.5", ""}, {"load.15", ""}};

struct load {
    struct pt_kernel_file *file;
    struct pt_gauge g[AVERAGES];
};

static void *load_open(const struct pt_collect_site *site)
{
    struct pt_kernel_file *file = pt_kernel_file(site->kernel, "proc/loadavg");
    struct load *l;
    if (!file)
        return NULL;
    l = pt_mem_alloc(sizeof *l);
    l->file = file;
    pt_gauge_init_all(l->g, ROWS, AVERAGES, site->tags, NULL, 0);
    return l;
}

static void load_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    const struct load *l = self;
    double v[AVERAGES];
    int n = pt_proc_reals(pt_kernel_read(l->file), v, AVERAGES);
    for (int i = 0; i < n; i++)
        pt_gauge_real(&l->g[i], now, v[i], out);
}

static void load_close(void *self)
{
    struct load *l = self;
    pt_gauge_release_all(l->g, AVERAGES);
    free(l);
}

const struct pt_collector PT_COLLECTOR_LOAD = {
    .name = "load",
    .reads = "proc/loadavg",
    .open = load_open,
    .sample = load_sample,
    .close = load_close,
};
