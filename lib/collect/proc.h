/* proc.h - the texts of /proc as numbers.
 *
 * Every function is pure: text in, numbers out, no file touched.  The formats are those of proc(5)
 * and of the kernel's Documentation (admin-guide/iostats.rst, accounting/psi.rst).  The text is not
 * trusted: a field that is missing, is no number or overflows counts as absent, and a line of
 * another shape is passed over. */
#ifndef PT_COLLECT_PROC_H
#define PT_COLLECT_PROC_H

#include "base/str.h"

#include <stdint.h>

/* --- /proc/stat ------------------------------------------------------------------------------ */

/* The columns of a cpu line, in clock ticks.  The columns guest and guest_nice are inside user and
 * nice already, so they are not read. */
enum pt_tick {
    PT_TICK_USER, PT_TICK_NICE, PT_TICK_SYSTEM, PT_TICK_IDLE, PT_TICK_IOWAIT, PT_TICK_IRQ,
    PT_TICK_SOFTIRQ, PT_TICK_STEAL, PT_TICKS
};

struct pt_proc_ticks {
    uint64_t v[PT_TICKS];
};

/* One cpu line: its id ("" for the line of all cores) and ticks.  Columns that old kernels lack are
 * 0; false when there are fewer than four, or for another line. */
bool pt_proc_cpu_line(struct pt_str line, struct pt_str *id, struct pt_proc_ticks *out);

/* Where the time between two readings went, in percent; they add up to 100 with steal counted in
 * busy. */
struct pt_proc_share {
    double busy;   /* 100 - idle - iowait */
    double user;   /* with nice and guests */
    double system; /* with interrupts */
    double iowait, steal, idle;
};

/* False when no tick passed or a column stepped back (a core went away and came back).  iowait,
 * which proc(5) says may decrease, and steal, which does after a guest moves to another host, count
 * as 0 then: what sysstat does. */
bool pt_proc_share(const struct pt_proc_ticks *before, const struct pt_proc_ticks *now,
                   struct pt_proc_share *out);

/* The other lines of /proc/stat; `have` holds 1 << i for each v[i] that was there. */
enum pt_activity {
    PT_ACTIVITY_SWITCHES, PT_ACTIVITY_FORKS, PT_ACTIVITY_INTERRUPTS, /* since boot */
    PT_ACTIVITY_RUNNING, PT_ACTIVITY_BLOCKED,                        /* now */
    PT_ACTIVITIES
};

struct pt_proc_activity {
    unsigned have;
    uint64_t v[PT_ACTIVITIES];
};
void pt_proc_activity(struct pt_str text, struct pt_proc_activity *out);

/* --- /proc/meminfo --------------------------------------------------------------------------- */

enum pt_memory {
    PT_MEMORY_TOTAL, PT_MEMORY_FREE, PT_MEMORY_AVAILABLE, PT_MEMORY_BUFFERS, PT_MEMORY_CACHED,
    PT_MEMORY_SWAP_TOTAL, PT_MEMORY_SWAP_FREE, PT_MEMORIES
};

struct pt_proc_memory {
    unsigned have;
    uint64_t v[PT_MEMORIES]; /* bytes */
};
void pt_proc_memory(struct pt_str text, struct pt_proc_memory *out);

/* --- /proc/loadavg, /proc/uptime, /proc/pressure/ -------------------------------------------- */

/* The first `n` numbers of the text; how many there are. */
int pt_proc_reals(struct pt_str text, double *out, int n);

struct pt_proc_pressure {
    bool have_some, have_full;
    uint64_t some, full; /* microseconds since boot */
};
void pt_proc_pressure(struct pt_str text, struct pt_proc_pressure *out);

/* --- /proc/diskstats ------------------------------------------------------------------------- */

enum pt_disk {
    PT_DISK_READS, PT_DISK_READ_SECTORS, PT_DISK_READ_MS, PT_DISK_WRITES, PT_DISK_WRITE_SECTORS,
    PT_DISK_WRITE_MS, PT_DISK_BUSY_MS, PT_DISK_DISCARDS, PT_DISK_DISCARD_MS, PT_DISKS
};

enum { PT_DISK_SECTOR = 512 }; /* bytes of a sector in diskstats, whatever the device's own */

/* One line: the device's name and its counters; discards are 0 where the kernel has none. */
bool pt_proc_disk_line(struct pt_str line, struct pt_str *name, uint64_t v[PT_DISKS]);

/* --- /proc/net/dev --------------------------------------------------------------------------- */

enum pt_net {
    PT_NET_RX_BYTES, PT_NET_TX_BYTES, PT_NET_RX_PACKETS, PT_NET_TX_PACKETS, PT_NET_ERRORS,
    PT_NET_DROPS, PT_NETS
};

/* One line: the interface and its counters, errors and drops of both directions together. */
bool pt_proc_net_line(struct pt_str line, struct pt_str *name, uint64_t v[PT_NETS]);

/* --- /proc/self/mounts ----------------------------------------------------------------------- */

/* One line; the runs are as the kernel wrote them, space as \040 and so on. */
bool pt_proc_mount_line(struct pt_str line, struct pt_str *device, struct pt_str *mount,
                        struct pt_str *type);

/* Undoes \ooo in place, where the text is; the run gets shorter. */
struct pt_str pt_proc_mount_decode(char *p, size_t n);

/* --- counters -------------------------------------------------------------------------------- */

/* Whether none of n counters stepped back: a device that was taken out and put back, or a counter
 * that wrapped, has no rate for that interval. */
bool pt_proc_forward(const uint64_t *before, const uint64_t *now, int n);

#endif
