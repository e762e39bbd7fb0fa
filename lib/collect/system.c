/* system.c - what the kernel did: context switches, forks and interrupts, tasks that run or are
 * blocked, from /proc/stat, which the cpu source reads too, and the uptime from /proc/uptime. */
#include "collect/collect.h"

#include "base/mem.h"
#include "base/time.h"
#include "collect/proc.h"

#include <stdlib.h>

/* In the order of enum pt_activity: three rates, then two levels. */
enum { FIRST_LEVEL = PT_ACTIVITY_RUNNING };
static const struct pt_gauge_row ROWS[PT_ACTIVITIES] = {
    [PT_ACTIVITY_SWITCHES] = {"sys.context_switches", "1/s"},
    [PT_ACTIVITY_FORKS] = {"sys.forks", "1/s"},
    [PT_ACTIVITY_INTERRUPTS] = {"sys.interrupts", "1/s"},
    [PT_ACTIVITY_RUNNING] = {"procs.running", ""},
    [PT_ACTIVITY_BLOCKED] = {"procs.blocked", ""},
};

struct system {
    struct pt_kernel_file *stat, *uptime; /* either may be NULL */
    struct pt_gauge g[PT_ACTIVITIES], up;
    struct pt_proc_activity before;
    int64_t mono; /* of the sample before */
};

static void *system_open(const struct pt_collect_site *site)
{
    struct pt_kernel_file *stat = pt_kernel_file(site->kernel, "proc/stat");
    struct pt_kernel_file *uptime = pt_kernel_file(site->kernel, "proc/uptime");
    struct system *s;
    if (!stat && !uptime)
        return NULL;
    s = pt_mem_alloc(sizeof *s);
    s->stat = stat;
    s->uptime = uptime;
    pt_gauge_init_all(s->g, ROWS, PT_ACTIVITIES, site->tags, NULL, 0);
    pt_gauge_init(&s->up, "sys.uptime", "s", site->tags, NULL, 0);
    return s;
}

static void sample_activity(struct system *s, const struct pt_moment *now, struct pt_buf *out)
{
    struct pt_proc_activity v;
    double seconds = (double)(now->mono - s->mono) / (double)PT_S;
    pt_proc_activity(pt_kernel_read(s->stat), &v);
    for (int i = 0; i < PT_ACTIVITIES; i++) {
        if (!(v.have >> i & 1))
            continue;
        if (i >= FIRST_LEVEL)
            pt_gauge_count(&s->g[i], now, v.v[i], out);
        else if ((s->before.have >> i & 1) && v.v[i] >= s->before.v[i] && seconds > 0)
            pt_gauge_real(&s->g[i], now, (double)(v.v[i] - s->before.v[i]) / seconds, out);
    }
    s->before = v;
    s->mono = now->mono;
}

static void system_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct system *s = self;
    double up;
    if (s->stat)
        sample_activity(s, now, out);
    if (s->uptime && pt_proc_reals(pt_kernel_read(s->uptime), &up, 1) == 1)
        pt_gauge_real(&s->up, now, up, out);
}

static void system_close(void *self)
{
    struct system *s = self;
    pt_gauge_release_all(s->g, PT_ACTIVITIES);
    pt_gauge_release(&s->up);
    free(s);
}

const struct pt_collector PT_COLLECTOR_SYSTEM = {
    .name = "system",
    .reads = "proc/stat, proc/uptime",
    .open = system_open,
    .sample = system_sample,
    .close = system_close,
};
