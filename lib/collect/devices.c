/* devices.c - see devices.h.
 *
 * When one counter of a thing stepped back, all its rates are left out for that interval: it was
 * taken out and another has its name now, so the counters that happen to be larger mean nothing.
 * Its gauges are rendered when it is first used, so the many that never are cost next to nothing.
 */
#include "collect/devices.h"

#include "base/mem.h"
#include "base/time.h"
#include "collect/proc.h"
#include "collect/roster.h"
#include "collect/scan.h"

#include <stdlib.h>

struct device {
    struct pt_roster_item item;
    bool wanted;
    uint64_t before[PT_DEVICE_COUNTERS];
    struct pt_gauge *g; /* PT_DEVICE_GAUGES of them; NULL until it is used */
};

struct pt_devices {
    const struct pt_devices_class *class;
    struct pt_kernel_file *file;
    struct pt_collect_site site;
    struct pt_roster all;
    int64_t mono; /* of the sample before */
};

static void release_device(void *item)
{
    struct device *d = item;
    if (d->g)
        pt_gauge_release_all(d->g, PT_DEVICE_GAUGES);
    free(d->g);
}

struct pt_devices *pt_devices_open(const struct pt_devices_class *class,
                                   struct pt_kernel_file *file, const struct pt_collect_site *site)
{
    struct pt_devices *s;
    if (!file)
        return NULL;
    s = pt_mem_alloc(sizeof *s);
    *s = (struct pt_devices){class, file, *site, {0}, 0};
    s->all = (struct pt_roster){.item_size = sizeof(struct device), .release = release_device};
    return s;
}

static bool used(const uint64_t *v, int n)
{
    for (int i = 0; i < n; i++)
        if (v[i])
            return true;
    return false;
}

static void render(const struct pt_devices *s, struct device *d)
{
    struct pt_tag tag = {pt_str(s->class->tag), pt_str(d->item.name)};
    d->g = pt_mem_array(PT_DEVICE_GAUGES, sizeof *d->g);
    pt_gauge_init_all(d->g, s->class->rows, s->class->n_rows, s->site.tags, &tag, 1);
}

static void emit(const struct pt_devices *s, struct device *d, const uint64_t *v,
                 const struct pt_moment *now, struct pt_buf *out)
{
    const struct pt_devices_class *class = s->class;
    double step[PT_DEVICE_COUNTERS], seconds = (double)(now->mono - s->mono) / (double)PT_S;
    if (seconds <= 0 || !used(v, class->n_counters) ||
        !pt_proc_forward(d->before, v, class->n_counters))
        return;
    if (!d->g)
        render(s, d);
    for (int i = 0; i < class->n_counters; i++)
        step[i] = (double)(v[i] - d->before[i]);
    class->emit(d->g, now, step, seconds, out);
}

void pt_devices_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct pt_devices *s = self;
    struct pt_str text = pt_kernel_read(s->file), line, name;
    uint64_t v[PT_DEVICE_COUNTERS];
    while (pt_scan_line(&text, &line)) {
        struct device *d;
        if (!s->class->parse(line, &name, v) || !(d = pt_roster_see(&s->all, name)))
            continue;
        if (d->item.fresh)
            d->wanted = !s->class->wanted || s->class->wanted(s->site.kernel, name);
        else if (d->wanted)
            emit(s, d, v, now, out);
        memcpy(d->before, v, sizeof *v * (size_t)s->class->n_counters);
    }
    pt_roster_sweep(&s->all);
    s->mono = now->mono;
}

void pt_devices_close(void *self)
{
    struct pt_devices *s = self;
    pt_roster_release(&s->all);
    free(s);
}
