/* disk.c - block devices: /proc/diskstats, whole devices only.
 *
 * Definitions are those of sar -d (sysstat's compute_ext_disk_stats): busy is the time with at
 * least one request in flight; await is the mean time of the reads, writes and discards that ended
 * in the interval, queue included, and does not exist when none did.  An entry of /sys/block is a
 * whole device; its partitions would count the same requests again.  Without /sys/block every line
 * is taken. */
#include "collect/devices.h"

#include "collect/proc.h"

enum { READ_BYTES, WRITE_BYTES, READS, WRITES, BUSY, AWAIT, GAUGES };
static const struct pt_gauge_row ROWS[GAUGES] = {
    [READ_BYTES] = {"disk.read_bytes", "bytes/s"},
    [WRITE_BYTES] = {"disk.write_bytes", "bytes/s"},
    [READS] = {"disk.reads", "1/s"},
    [WRITES] = {"disk.writes", "1/s"},
    [BUSY] = {"disk.busy", "percent"},
    [AWAIT] = {"disk.await", "ms"},
};
_Static_assert((int)GAUGES <= (int)PT_DEVICE_GAUGES, "room for the gauges of a disk");
_Static_assert((int)PT_DISKS <= (int)PT_DEVICE_COUNTERS, "room for the counters of a disk");

static bool whole_device(const struct pt_kernel *k, struct pt_str name)
{
    return pt_kernel_has(k, "sys/block", name) || !pt_kernel_has(k, "sys", PT_STR("block"));
}

static void emit(const struct pt_gauge *g, const struct pt_moment *now, const double *step,
                 double seconds, struct pt_buf *out)
{
    static const double FULL = 100; /* percent; the kernel's clock and ours differ by a little */
    double busy = step[PT_DISK_BUSY_MS] / 10 / seconds; /* ms/s are tenths of a percent */
    double requests = step[PT_DISK_READS] + step[PT_DISK_WRITES] + step[PT_DISK_DISCARDS];
    double ms = step[PT_DISK_READ_MS] + step[PT_DISK_WRITE_MS] + step[PT_DISK_DISCARD_MS];
    pt_gauge_real(&g[READ_BYTES], now, step[PT_DISK_READ_SECTORS] * PT_DISK_SECTOR / seconds, out);
    pt_gauge_real(&g[WRITE_BYTES], now, step[PT_DISK_WRITE_SECTORS] * PT_DISK_SECTOR / seconds,
                  out);
    pt_gauge_real(&g[READS], now, step[PT_DISK_READS] / seconds, out);
    pt_gauge_real(&g[WRITES], now, step[PT_DISK_WRITES] / seconds, out);
    pt_gauge_real(&g[BUSY], now, busy < FULL ? busy : FULL, out);
    if (requests > 0)
        pt_gauge_real(&g[AWAIT], now, ms / requests, out);
}

static const struct pt_devices_class CLASS = {
    .tag = "device",
    .rows = ROWS,
    .n_rows = GAUGES,
    .n_counters = PT_DISKS,
    .parse = pt_proc_disk_line,
    .wanted = whole_device,
    .emit = emit,
};

static void *disk_open(const struct pt_collect_site *site)
{
    return pt_devices_open(&CLASS, pt_kernel_file(site->kernel, "proc/diskstats"), site);
}

const struct pt_collector PT_COLLECTOR_DISK = {
    .name = "disk",
    .reads = "proc/diskstats",
    .tag = {"device"},
    .open = disk_open,
    .sample = pt_devices_sample,
    .close = pt_devices_close,
};
