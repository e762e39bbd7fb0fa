/* filesystem.c - how full the file systems are: /proc/self/mounts and statvfs(3).
 *
 * Measured are file systems on a device of this machine (the first field begins with /dev/), those
 * of zfs and bcachefs, which name pools, and an overlay that is the root, as in a container.  Left
 * out are network file systems, since statvfs on a server that is gone would stop the collector;
 * those of the kernel and of memory; and images (squashfs, iso9660, erofs), which are always full.
 * A device that is mounted more than once counts where it is mounted first.
 *
 * The list is read again only when poll says that it changed.  Directories are named, not held
 * open, because an open one would keep its file system from being unmounted. */
#include "collect/collect.h"

#include "base/mem.h"
#include "collect/proc.h"
#include "collect/roster.h"
#include "collect/scan.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { TOTAL, FREE, USED_PERCENT, GAUGES };
static const struct pt_gauge_row ROWS[GAUGES] = {
    [TOTAL] = {"fs.total_bytes", "bytes"},
    [FREE] = {"fs.free_bytes", "bytes"},
    [USED_PERCENT] = {"fs.used_percent", "percent"},
};

struct mount {
    struct pt_roster_item item; /* the name: where it is mounted */
    char *device, *path;        /* path: the root and the name */
    struct pt_gauge g[GAUGES];
};

struct filesystem {
    struct pt_kernel_file *file;
    struct pt_collect_site site;
    struct pt_roster mounts;
};

static bool one_of(struct pt_str s, const char *const *list)
{
    while (*list && !pt_str_is(s, *list))
        list++;
    return *list != NULL;
}

static bool real(struct pt_str device, struct pt_str mount, struct pt_str type)
{
    static const char *const IMAGES[] = {"squashfs", "iso9660", "erofs", NULL};
    static const char *const POOLS[] = {"zfs", "bcachefs", NULL};
    if (pt_scan_prefix(&device, PT_STR("/dev/")))
        return !one_of(type, IMAGES);
    return one_of(type, POOLS) || (pt_str_is(type, "overlay") && pt_str_is(mount, "/"));
}

static bool mounted_before(const struct pt_roster *r, struct pt_str device)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct mount *m = (const struct mount *)r->v[i];
        if (m->item.seen && pt_str_is(device, m->device))
            return true;
    }
    return false;
}

static void set_up(const struct filesystem *f, struct mount *m, struct pt_str device,
                   struct pt_str type)
{
    struct pt_buf path = {0};
    const struct pt_tag tags[] = {
        {PT_STR("mount"), pt_str(m->item.name)},
        {PT_STR("device"), device},
        {PT_STR("type"), type},
    };
    pt_buf_puts(&path, pt_kernel_root(f->site.kernel));
    pt_buf_puts(&path, m->item.name);
    m->path = path.p; /* a pt_buf's bytes come from malloc and end with a NUL */
    m->device = pt_mem_strndup(device.p, device.n);
    pt_gauge_init_all(m->g, ROWS, GAUGES, f->site.tags, tags, sizeof tags / sizeof *tags);
}

static void see_mount(struct filesystem *f, struct pt_str line)
{
    struct pt_str device, mount, type;
    struct mount *m;
    char *name;
    if (!pt_proc_mount_line(line, &device, &mount, &type) || !real(device, mount, type) ||
        mounted_before(&f->mounts, device))
        return;
    name = pt_mem_strndup(mount.p, mount.n);
    m = pt_roster_see(&f->mounts, pt_proc_mount_decode(name, mount.n));
    if (m && m->item.fresh)
        set_up(f, m, device, type);
    free(name);
}

static void release_mount(void *item)
{
    struct mount *m = item;
    pt_gauge_release_all(m->g, GAUGES);
    free(m->device);
    free(m->path);
}

static void read_mounts(struct filesystem *f)
{
    struct pt_str text = pt_kernel_read(f->file), line;
    while (pt_scan_line(&text, &line))
        see_mount(f, line);
    pt_roster_sweep(&f->mounts);
}

static void *filesystem_open(const struct pt_collect_site *site)
{
    struct pt_kernel_file *file = pt_kernel_process_file(site->kernel, "mounts");
    struct filesystem *f;
    if (!file)
        return NULL;
    f = pt_mem_alloc(sizeof *f);
    f->file = file;
    f->site = *site;
    f->mounts = (struct pt_roster){.item_size = sizeof(struct mount), .release = release_mount};
    read_mounts(f);
    return f;
}

/* Used and free are as df(1) has them: free is what ordinary users may still take, and the share is
 * of used and that free together. */
static void sample_mount(const struct mount *m, const struct pt_moment *now, struct pt_buf *out)
{
    struct statvfs v;
    double used, all;
    if (statvfs(m->path, &v) != 0 || v.f_blocks == 0 || v.f_bfree > v.f_blocks)
        return;
    used = (double)(v.f_blocks - v.f_bfree);
    all = used + (double)v.f_bavail;
    pt_gauge_count(&m->g[TOTAL], now, (uint64_t)v.f_blocks * v.f_frsize, out);
    pt_gauge_count(&m->g[FREE], now, (uint64_t)v.f_bavail * v.f_frsize, out);
    if (all > 0)
        pt_gauge_real(&m->g[USED_PERCENT], now, 100 * used / all, out);
}

static void filesystem_sample(void *self, const struct pt_moment *now, struct pt_buf *out)
{
    struct filesystem *f = self;
    if (pt_kernel_changed(f->file))
        read_mounts(f);
    for (size_t i = 0; i < f->mounts.n; i++)
        sample_mount((const struct mount *)f->mounts.v[i], now, out);
}

static void filesystem_close(void *self)
{
    struct filesystem *f = self;
    pt_roster_release(&f->mounts);
    free(f);
}

const struct pt_collector PT_COLLECTOR_FILESYSTEM = {
    .name = "filesystem",
    .reads = "proc/self/mounts",
    .tag = {"mount", "type"},
    .open = filesystem_open,
    .sample = filesystem_sample,
    .close = filesystem_close,
};
