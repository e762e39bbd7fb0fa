/* collect.c - any bytes as any text of /proc.
 *
 * The first byte chooses the parser, the rest is its text, taken line by line where the format is
 * by lines.  What comes out must lie inside the text, and shares between 0 and 100. */
#include "collect/proc.h"
#include "collect/scan.h"

#include "base/mem.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct pt_str part, struct pt_str whole)
{
    if (part.n > whole.n || part.p < whole.p || part.p + part.n > whole.p + whole.n)
        abort();
}

static void share(const struct pt_proc_ticks *before, const struct pt_proc_ticks *now)
{
    static const double SLACK = 1e-6; /* of rounding */
    struct pt_proc_share s;
    double sum;
    if (!pt_proc_share(before, now, &s))
        return;
    sum = s.user + s.system + s.iowait + s.steal + s.idle;
    if (!(s.busy >= 0 && s.busy <= 100 + SLACK && sum > 100 - SLACK && sum < 100 + SLACK))
        abort();
}

static void decode(struct pt_str mount)
{
    char *copy = pt_mem_strndup(mount.p, mount.n);
    inside(pt_proc_mount_decode(copy, mount.n), (struct pt_str){copy, mount.n});
    free(copy);
}

static void one_line(int which, struct pt_str line, struct pt_proc_ticks *before)
{
    uint64_t v[PT_DISKS > PT_NETS ? PT_DISKS : PT_NETS];
    struct pt_str name = line, mount = line, type = line;
    struct pt_proc_ticks now;
    if (which == 0 && pt_proc_cpu_line(line, &name, &now)) {
        share(before, &now);
        *before = now;
    } else if (which == 1) {
        (void)pt_proc_disk_line(line, &name, v);
    } else if (which == 2) {
        (void)pt_proc_net_line(line, &name, v);
    } else if (which == 3 && pt_proc_mount_line(line, &name, &mount, &type)) {
        decode(mount);
    }
    inside(name, line);
    inside(type, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LINE_PARSERS = 4 };
    struct pt_str text = {(const char *)data + 1, size - 1}, line;
    struct pt_proc_ticks before = {{0}};
    struct pt_proc_activity activity;
    struct pt_proc_memory memory;
    struct pt_proc_pressure pressure;
    double real[3];
    if (size == 0)
        return 0;
    switch (data[0] % (LINE_PARSERS + 4)) {
    case LINE_PARSERS: pt_proc_activity(text, &activity); break;
    case LINE_PARSERS + 1: pt_proc_memory(text, &memory); break;
    case LINE_PARSERS + 2: pt_proc_pressure(text, &pressure); break;
    case LINE_PARSERS + 3: (void)pt_proc_reals(text, real, 3); break;
    default:
        while (pt_scan_line(&text, &line))
            one_line(data[0] % (LINE_PARSERS + 4), line, &before);
    }
    return 0;
}
