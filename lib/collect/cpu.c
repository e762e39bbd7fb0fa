/* cpu.c - where the processors' time went: /proc/stat.
 *
 * The shares of all cores come from the kernel's own total, which counts every possible core and so
 * does not step back when one is taken offline.  A core that is offline has no line; when it is
 * back it starts with a new baseline. */
#include "collect/collect.h"

#include "base/mem.h"
#include "collect/proc.h"
#include "collect/roster.h"
#include "collect/scan.h"

#include <stdlib.h>

enum { BUSY, USER, SYSTEM, IOWAIT, STEAL, IDLE, SHARES };
static const struct pt_gauge_row ROWS[SHARES] = {
    [BUSY] = {"cpu.busy", "percent"},     [USER] = {"cpu.user", "percent"},
    [SYSTEM] = {"cpu.system", "percent"}, [IOWAIT] = {"cpu.iowait", "percent"},
    [STEAL] = {"cpu.steal", "percent"},   [IDLE] = {"cpu.idle", "percent"},
};

struct core {
    struct pt_roster_item item;
    struct pt_proc_ticks before;
    struct pt_gauge busy;
};

struct cpu {
    struct pt_kernel_file *file;
    struct pt_collect_site site;
    struct pt_gauge share[SHARES], count;
    struct pt_roster cores;
    struct pt_proc_ticks before;
    bool primed; /* before is set */
};

static void release_core(void *item)
{
    struct core *core = item;
    pt_gauge_release(&core->busy);
}

static void *cpu_open(const struct pt_collect_site *site)
{
    struct pt_kernel_file *file = pt_kernel_file(site->kernel, "proc/stat");
    struct cpu *c;
    if (!file)
        return NULL;
    c = pt_mem_alloc(sizeof *c);
    c->file = file;
    c->site = *site;
    c->cores = (struct pt_roster){.item_size = sizeof(struct core), .release = release_core};
    pt_gauge_init_all(c->share, ROWS, SHARES, site->tags, NULL, 0);
    pt_gauge_init(&c->count, "cpu.count", "", site->tags, NULL, 0);
    return c;
}

static void sample_all(struct cpu *c, const struct pt_proc_ticks *ticks,
                       const struct pt_moment *now, struct pt_buf *out)
{
    struct pt_proc_share s;
    if (c->primed && pt_proc_share(&c->before, ticks, &s)) {
        double v[SHARES] = {s.busy, s.user, s.system, s.iowait, s.steal, s.idle};
        for (int i = 0; i < SHARES; i++)
            pt_gauge_real(&c->share[i], now, v[i], out);
    }
    c->before = *ticks;
    c->primed = true;
}

static void sample_core(struct cpu *c, struct pt_str id, const struct pt_proc_ticks *ticks,
                        const struct pt_moment *now, struct pt_buf *out)
{
    struct core *core = pt_roster_see(&c->cores, id);
    struct pt_proc_share s;
    if (!core)
        return;
    if (core->item.fresh)
        pt_gauge_init(&core->busy, "cpu.core.busy", "percent", c->site.tags,
                      &(struct pt_tag){PT_STR("cpu"), id}, 1);
    else if (pt_proc_share(&core->before, ticks, &s))
        pt_gauge_real(&core->busy, now, s.busy, out);
    core->before = *ticks;
}

static void cpu_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct cpu *c = self;
    struct pt_str text = pt_kernel_read(c->file), line, id;
    struct pt_proc_ticks ticks;
    uint64_t cores = 0;
    if (!text.n)
        c->primed = false;
    /* The cpu lines come first: the rest, most of the text on a large machine, is not looked at. */
    while (pt_scan_line(&text, &line) && pt_proc_cpu_line(line, &id, &ticks)) {
        cores += id.n > 0;
        if (!id.n)
            sample_all(c, &ticks, now, out);
        else if (c->site.per_core)
            sample_core(c, id, &ticks, now, out);
    }
    pt_roster_sweep(&c->cores);
    if (cores)
        pt_gauge_count(&c->count, now, cores, out);
}

static void cpu_close(void *self)
{
    struct cpu *c = self;
    pt_gauge_release_all(c->share, SHARES);
    pt_gauge_release(&c->count);
    pt_roster_release(&c->cores);
    free(c);
}

const struct pt_collector PT_COLLECTOR_CPU = {
    .name = "cpu",
    .reads = "proc/stat",
    .tag = {"cpu"},
    .open = cpu_open,
    .sample = cpu_sample,
    .close = cpu_close,
};
