/* proc.c - the texts of /proc, whole, cut short and spoilt. */
#include "collect/proc.h"

#include "base/buf.h"
#include "collect/scan.h"

#include "../test.h"

#include <stdlib.h>

static void cpu_lines(void)
{
    struct pt_proc_ticks t;
    struct pt_str id;
    CHECK(pt_proc_cpu_line(PT_STR("cpu  1 2 3 4 5 6 7 8 9 10"), &id, &t));
    CHECK_STR(id, "");
    CHECK(t.v[PT_TICK_USER] == 1 && t.v[PT_TICK_IDLE] == 4 && t.v[PT_TICK_STEAL] == 8);
    CHECK(pt_proc_cpu_line(PT_STR("cpu12 1 2 3 4"), &id, &t)); /* Linux 2.4 */
    CHECK_STR(id, "12");
    CHECK(t.v[PT_TICK_IDLE] == 4 && t.v[PT_TICK_IOWAIT] == 0);
    CHECK(!pt_proc_cpu_line(PT_STR("cpu0 1 2 3"), &id, &t));
    CHECK(!pt_proc_cpu_line(PT_STR("cpu0 1 2 x 4"), &id, &t));
    CHECK(!pt_proc_cpu_line(PT_STR("cpu0 1 2 3 18446744073709551616"), &id, &t));
    CHECK(!pt_proc_cpu_line(PT_STR("cpufreq 1 2 3 4"), &id, &t));
    CHECK(!pt_proc_cpu_line(PT_STR("intr 1 2 3 4"), &id, &t));
    CHECK(!pt_proc_cpu_line(PT_STR(""), &id, &t));
}

/* 200 ticks: 50 user + 10 nice, 20 system + 4 irq + 6 softirq, 90 idle, 15 iowait, 5 steal.  The
 * guest's 30 are inside user's 50: counted once, or the shares would not add up to 100. */
static void shares_are_those_of_sysstat(void)
{
    struct pt_proc_ticks a, b;
    struct pt_proc_share s;
    struct pt_str id;
    CHECK(pt_proc_cpu_line(PT_STR("cpu  1000 100 500 9000 300 40 60 20 600 0"), &id, &a));
    CHECK(pt_proc_cpu_line(PT_STR("cpu  1050 110 520 9090 315 44 66 25 630 0"), &id, &b));
    if (!CHECK(pt_proc_share(&a, &b, &s)))
        return;
    CHECK_NEAR(s.user, 30, 1e-12);
    CHECK_NEAR(s.system, 15, 1e-12);
    CHECK_NEAR(s.iowait, 7.5, 1e-12);
    CHECK_NEAR(s.steal, 2.5, 1e-12);
    CHECK_NEAR(s.idle, 45, 1e-12);
    CHECK_NEAR(s.busy, 47.5, 1e-12);
    CHECK_NEAR(s.user + s.system + s.iowait + s.steal + s.idle, 100, 1e-12);
}

static void shares_survive_steps_back(void)
{
    struct pt_proc_ticks a = {{100, 0, 50, 1000, 20, 0, 0, 9}}, b = a;
    struct pt_proc_share s;
    CHECK(!pt_proc_share(&a, &b, &s)); /* no tick passed */
    b.v[PT_TICK_IDLE] += 60;
    b.v[PT_TICK_USER] += 40;
    b.v[PT_TICK_IOWAIT] -= 5;
    b.v[PT_TICK_STEAL] -= 9;
    CHECK(pt_proc_share(&a, &b, &s));
    CHECK_NEAR(s.busy, 40, 1e-12);
    CHECK_NEAR(s.iowait + s.steal, 0, 0);
    b.v[PT_TICK_IDLE] = 999; /* a core was taken out and put back */
    CHECK(!pt_proc_share(&a, &b, &s));
    a = (struct pt_proc_ticks){{0}};
    memset(&b, 0xff, sizeof b);
    CHECK(pt_proc_share(&a, &b, &s)); /* the largest numbers there are do not wrap */
    CHECK_NEAR(s.busy, 75, 1e-9);
}

static void activity(void)
{
    struct pt_proc_activity a;
    pt_proc_activity(PT_STR("cpu  1 2 3 4\nintr 320 0 0 1\nctxt 591\nbtime 17\nprocesses 75\n"
                            "procs_running 3\nprocs_blocked 0\n"),
                     &a);
    CHECK(a.have == (1u << PT_ACTIVITIES) - 1);
    CHECK(a.v[PT_ACTIVITY_SWITCHES] == 591 && a.v[PT_ACTIVITY_FORKS] == 75);
    CHECK(a.v[PT_ACTIVITY_INTERRUPTS] == 320 && a.v[PT_ACTIVITY_RUNNING] == 3);
    pt_proc_activity(PT_STR("ctxt\nprocesses -1\nprocs_running"), &a);
    CHECK(a.have == 0);
}

static void memory(void)
{
    struct pt_proc_memory m;
    pt_proc_memory(PT_STR("MemTotal:       24684096 kB\nMemFree:\nSwapCached:  7 kB\n"
                          "Cached:  99999999999999999 kB\nBuffers: 0 kB"),
                   &m);
    CHECK(m.have == (1u << PT_MEMORY_TOTAL | 1u << PT_MEMORY_BUFFERS));
    CHECK(m.v[PT_MEMORY_TOTAL] == UINT64_C(25276514304));
}

static void reals(void)
{
    double v[3];
    CHECK_INT(pt_proc_reals(PT_STR("0.23 0.14 10.05 1/91 7505\n"), v, 3), 3);
    CHECK(v[0] == 0.23 && v[1] == 0.14 && v[2] == 10.05);
    CHECK_INT(pt_proc_reals(PT_STR("1.5 nan 3"), v, 3), 1);
    CHECK_INT(pt_proc_reals(PT_STR("1/2"), v, 3), 0);
    CHECK_INT(pt_proc_reals(PT_STR(""), v, 3), 0);
    CHECK_INT(pt_proc_reals(PT_STR("\n1 2 3"), v, 3), 0);
}

static void pressure(void)
{
    struct pt_proc_pressure p;
    pt_proc_pressure(PT_STR("some avg10=0.05 avg60=0.06 avg300=0.05 total=3185218\n"
                            "full avg10=0.00 avg60=0.00 avg300=0.00 total=17\n"),
                     &p);
    CHECK(p.have_some && p.have_full && p.some == 3185218 && p.full == 17);
    pt_proc_pressure(PT_STR("some avg10=0.05 total=\nfull total=12a\nhalf total=3"), &p);
    CHECK(!p.have_some && !p.have_full);
}

static void disks(void)
{
    uint64_t v[PT_DISKS];
    struct pt_str name;
    CHECK(pt_proc_disk_line(PT_STR(" 254       0 vda 34794 9355 4045410 11857 19848 7519 3382856 "
                                   "2492 0 7736 16172 8411 10 576288 1789 3089 33"),
                            &name, v));
    CHECK_STR(name, "vda");
    CHECK(v[PT_DISK_READS] == 34794 && v[PT_DISK_READ_SECTORS] == 4045410);
    CHECK(v[PT_DISK_READ_MS] == 11857 && v[PT_DISK_WRITES] == 19848);
    CHECK(v[PT_DISK_WRITE_SECTORS] == 3382856 && v[PT_DISK_WRITE_MS] == 2492);
    CHECK(v[PT_DISK_BUSY_MS] == 7736);
    CHECK(v[PT_DISK_DISCARDS] == 8411 && v[PT_DISK_DISCARD_MS] == 1789);
    CHECK(pt_proc_disk_line(PT_STR("8 0 sda 1 2 3 4 5 6 7 8 9 10 11"), &name, v)); /* before 4.18 */
    CHECK(v[PT_DISK_BUSY_MS] == 10 && v[PT_DISK_DISCARDS] == 0 && v[PT_DISK_DISCARD_MS] == 0);
    CHECK(!pt_proc_disk_line(PT_STR("8 1 sda1 1 2 3 4"), &name, v)); /* Linux 2.6 partition */
    CHECK(!pt_proc_disk_line(PT_STR("8 0"), &name, v));
    CHECK(!pt_proc_disk_line(PT_STR("x 0 sda 1 2 3 4 5 6 7 8 9 10 11"), &name, v));
}

static void interfaces(void)
{
    uint64_t v[PT_NETS];
    struct pt_str name;
    CHECK(pt_proc_net_line(PT_STR("  eth0: 100 2 3 4 5 6 7 8 900 10 11 12 13 14 15 16"), &name, v));
    CHECK_STR(name, "eth0");
    CHECK(v[PT_NET_RX_BYTES] == 100 && v[PT_NET_TX_BYTES] == 900);
    CHECK(v[PT_NET_RX_PACKETS] == 2 && v[PT_NET_TX_PACKETS] == 10);
    CHECK(v[PT_NET_ERRORS] == 14 && v[PT_NET_DROPS] == 16);
    CHECK(pt_proc_net_line(PT_STR("eth0:1:100 2 3 4 5 6 7 8 900 10 11 12"), &name, v));
    CHECK_STR(name, "eth0:1");
    CHECK(!pt_proc_net_line(PT_STR("Inter-|   Receive"), &name, v));
    CHECK(!pt_proc_net_line(PT_STR("eth0: 1 2 3"), &name, v));
    CHECK(!pt_proc_net_line(PT_STR(":1 2 3 4 5 6 7 8 9 10 11 12"), &name, v));
    CHECK(!pt_proc_net_line(PT_STR(""), &name, v));
}

static void mounts(void)
{
    char text[] = "/mnt/a\\040b\\134\\011\\04\\400\\";
    struct pt_str device, mount, type;
    CHECK(pt_proc_mount_line(PT_STR("/dev/sda1 / ext4 rw,relatime 0 0"), &device, &mount, &type));
    CHECK_STR(device, "/dev/sda1");
    CHECK_STR(mount, "/");
    CHECK_STR(type, "ext4");
    CHECK(!pt_proc_mount_line(PT_STR("/dev/sda1 /"), &device, &mount, &type));
    CHECK_STR(pt_proc_mount_decode(text, sizeof text - 1), "/mnt/a b\\\t\\04\\400\\");
}

static void scanning(void)
{
    struct pt_str text = PT_STR("a b\n\n\t c"), line, word;
    uint64_t u;
    CHECK(pt_scan_line(&text, &line) && pt_str_is(line, "a b"));
    CHECK(pt_scan_word(&line, &word) && pt_str_is(word, "a"));
    CHECK(pt_scan_line(&text, &line) && line.n == 0 && !pt_scan_word(&line, &word));
    CHECK(pt_scan_line(&text, &line) && pt_scan_word(&line, &word) && pt_str_is(word, "c"));
    CHECK(!pt_scan_line(&text, &line));
    CHECK(pt_scan_digits(PT_STR("18446744073709551615"), &u) && u == UINT64_MAX);
    CHECK(!pt_scan_digits(PT_STR("18446744073709551616"), &u));
    CHECK(!pt_scan_digits(PT_STR(""), &u) && !pt_scan_digits(PT_STR("+1"), &u));
}

TEST_MAIN({"cpu lines", cpu_lines}, {"shares are those of sysstat", shares_are_those_of_sysstat},
          {"shares survive steps back", shares_survive_steps_back}, {"activity", activity},
          {"memory", memory}, {"load averages and uptime", reals}, {"pressure", pressure},
          {"disks", disks}, {"interfaces", interfaces}, {"mounts", mounts}, {"scanning", scanning})
