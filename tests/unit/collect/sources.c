/* sources.c - the sources over a /proc of our own: what they write, to the last byte.
 *
 * Each test writes the files, opens the set, takes the baseline, writes the files anew and samples
 * two seconds later.  The expected values are worked out by hand from the definitions in
 * pt-collect(1); to keep them readable a line is shown as name{tags without host} value unit. */
#include "collect/collect.h"

#include "base/time.h"
#include "collect/roster.h"
#include "collect/scan.h"
#include "record/record.h"

#include "../test.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "root-XXXXXX";
static struct pt_collect *set;
static struct pt_buf out, shown;
static int64_t mono;

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* Writes a file below the root in place, so that whoever has it open sees the new text. */
static void put(const char *path, const char *text)
{
    struct pt_buf full = {0};
    FILE *f;
    pt_buf_printf(&full, "%s/%s", root, path);
    for (char *p = strchr(full.p, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(full.p, 0700);
        *p = '/';
    }
    f = fopen(full.p, "w");
    if (CHECK(f != NULL)) {
        CHECK(fputs(text, f) >= 0);
        CHECK(fclose(f) == 0);
    }
    pt_buf_release(&full);
}

static void begin(void)
{
    memset(root + strlen(root) - 6, 'X', 6);
    CHECK(mkdtemp(root) != NULL);
}

static void end(void)
{
    pt_collect_close(set);
    set = NULL;
    pt_buf_release(&out);
    pt_buf_release(&shown);
    nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static void show(struct pt_str line)
{
    struct pt_record_reader reader = {.strict = true};
    struct pt_record r;
    struct pt_err err = {0};
    struct pt_str tags;
    char value[PT_NUM_MAX];
    if (!CHECK(pt_record_parse(&reader, line, &r, &err) == 0))
        return;
    CHECK(r.metric && r.kind == PT_KIND_GAUGE && r.ts == 1000 * PT_S);
    pt_num_format(value, r.value);
    tags = r.tags; /* canonical: {"cpu":"0","host":"h"} */
    CHECK(tags.n >= 12 && memcmp(tags.p + tags.n - 1, "}", 1) == 0);
    pt_buf_str(&shown, r.name);
    if (!pt_str_is(tags, "{\"host\":\"h\"}"))
        pt_buf_str(&shown, tags);
    pt_buf_printf(&shown, " %s %.*s\n", value, (int)r.unit.n, r.unit.p ? r.unit.p : "");
    pt_record_reader_release(&reader);
}

static struct pt_str sample(int64_t later)
{
    struct pt_str text, line;
    pt_buf_clear(&out);
    pt_buf_clear(&shown);
    mono += later;
    pt_collect_sample(set, 1000 * PT_S, mono, &out);
    text = pt_buf_view(&out);
    while (pt_scan_line(&text, &line))
        show(line);
    return pt_buf_view(&shown);
}

static void open_set(const char *only)
{
    static const struct pt_tag HOST = {{"host", 4}, {"h", 1}};
    struct pt_collect_config config = {root, {&HOST, 1}, 0, true};
    struct pt_err err = {0};
    CHECK(pt_collect_parse_set(only, &config.sources, &err) == 0);
    mono = 5 * PT_S;
    if (!CHECK(pt_collect_open(&set, &config, &err) == 0))
        exit(1);
}

static void cpu(void)
{
    begin();
    put("proc/stat", "cpu  1000 100 500 9000 300 40 60 20 600 0\n"
                     "cpu0 500 50 250 4500 150 20 30 10 300 0\n"
                     "cpu3 500 50 250 4500 150 20 30 10 300 0\nintr 1\n");
    open_set("cpu");
    CHECK_STR(sample(0), "cpu.count 2 \n");
    put("proc/stat", "cpu  1050 110 520 9090 315 44 66 25 630 0\n"
                     "cpu0 530 50 260 4560 150 20 30 10 300 0\n"
                     "cpu3 400 50 250 4500 150 20 30 10 300 0\n"
                     "cpu4 1 1 1 1\nintr 1\n");
    CHECK_STR(sample(2 * PT_S), "cpu.busy 47.5 percent\n"
                                "cpu.user 30 percent\n"
                                "cpu.system 15 percent\n"
                                "cpu.iowait 7.5 percent\n"
                                "cpu.steal 2.5 percent\n"
                                "cpu.idle 45 percent\n"
                                "cpu.core.busy{\"cpu\":\"0\",\"host\":\"h\"} 40 percent\n"
                                "cpu.count 3 \n");
    end();
}

static void memory(void)
{
    begin();
    put("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 200 kB\nMemAvailable: 700 kB\n"
                        "Buffers: 10 kB\nCached: 300 kB\nSwapTotal: 50 kB\nSwapFree: 30 kB\n");
    open_set("memory");
    CHECK_STR(sample(0), "mem.total 1024000 bytes\n"
                         "mem.free 204800 bytes\n"
                         "mem.available 716800 bytes\n"
                         "mem.buffers 10240 bytes\n"
                         "mem.cached 307200 bytes\n"
                         "swap.total 51200 bytes\n"
                         "mem.used 307200 bytes\n"
                         "mem.used_percent 30 percent\n"
                         "swap.used 20480 bytes\n");
    put("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 200 kB\nSwapTotal: 50 kB\nSwapFree: 51 kB\n");
    CHECK_STR(sample(PT_S),
              "mem.total 1024000 bytes\nmem.free 204800 bytes\nswap.total 51200 bytes\n");
    end();
}

/* In 2 s: 100 reads of 1600 sectors in 150 ms, 50 writes of 800 sectors in 30 ms, 10 discards in
 * 20 ms; busy for 500 ms: 25 %; (150 + 30 + 20) / 160 ms a request. */
static void disk(void)
{
    begin();
    put("sys/block/sda/stat", "");
    put("sys/block/cciss!c0/stat", "");
    put("sys/block/loop0/stat", "");
    put("proc/diskstats", " 8 0 sda 1000 0 20000 1500 500 0 8000 300 0 2000 0 70 0 0 40 0 0\n"
                          " 8 1 sda1 1000 0 20000 1500 500 0 8000 300 0 2000 0 70 0 0 40 0 0\n"
                          " 7 0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                          " 9 0 cciss/c0 5 0 5 5 5 0 5 5 0 5 5\n");
    open_set("disk");
    CHECK_STR(sample(0), "");
    put("proc/diskstats", " 8 0 sda 1100 0 21600 1650 550 0 8800 330 0 2500 0 80 0 0 60 0 0\n"
                          " 8 1 sda1 1100 0 21600 1650 550 0 8800 330 0 2500 0 80 0 0 60 0 0\n"
                          " 7 0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                          " 9 0 cciss/c0 5 0 5 5 5 0 5 5 0 4005 5\n");
    CHECK_STR(sample(2 * PT_S),
              "disk.read_bytes{\"device\":\"sda\",\"host\":\"h\"} 409600 bytes/s\n"
              "disk.write_bytes{\"device\":\"sda\",\"host\":\"h\"} 204800 bytes/s\n"
              "disk.reads{\"device\":\"sda\",\"host\":\"h\"} 50 1/s\n"
              "disk.writes{\"device\":\"sda\",\"host\":\"h\"} 25 1/s\n"
              "disk.busy{\"device\":\"sda\",\"host\":\"h\"} 25 percent\n"
              "disk.await{\"device\":\"sda\",\"host\":\"h\"} 1.25 ms\n"
              "disk.read_bytes{\"device\":\"cciss/c0\",\"host\":\"h\"} 0 bytes/s\n"
              "disk.write_bytes{\"device\":\"cciss/c0\",\"host\":\"h\"} 0 bytes/s\n"
              "disk.reads{\"device\":\"cciss/c0\",\"host\":\"h\"} 0 1/s\n"
              "disk.writes{\"device\":\"cciss/c0\",\"host\":\"h\"} 0 1/s\n"
              "disk.busy{\"device\":\"cciss/c0\",\"host\":\"h\"} 100 percent\n");
    end();
}

/* eth1 goes and comes back under its old name with other counters: no rates until it has two
 * readings again.  Counters that step back while it stays listed are no rates either. */
static void network(void)
{
    begin();
    put("proc/net/dev", "Inter-| Receive\n face |bytes\n"
                        "  eth0: 1000 10 1 0 0 0 0 0 5000 20 0 1 0 0 0 0\n"
                        "  eth1: 9000 90 0 0 0 0 0 0 9000 90 0 0 0 0 0 0\n");
    open_set("network");
    CHECK_STR(sample(0), "");
    put("proc/net/dev", "  eth0: 3000 14 2 1 0 0 0 0 5500 21 1 1 0 0 0 0\n");
    CHECK_STR(sample(2 * PT_S), "net.rx_bytes{\"host\":\"h\",\"interface\":\"eth0\"} 1000 bytes/s\n"
                                "net.tx_bytes{\"host\":\"h\",\"interface\":\"eth0\"} 250 bytes/s\n"
                                "net.rx_packets{\"host\":\"h\",\"interface\":\"eth0\"} 2 1/s\n"
                                "net.tx_packets{\"host\":\"h\",\"interface\":\"eth0\"} 0.5 1/s\n"
                                "net.errors{\"host\":\"h\",\"interface\":\"eth0\"} 1 1/s\n"
                                "net.drops{\"host\":\"h\",\"interface\":\"eth0\"} 0.5 1/s\n");
    put("proc/net/dev", "  eth1: 99000 90 0 0 0 0 0 0 9000 90 0 0 0 0 0 0\n"
                        "  eth0: 99000 99 9 9 0 0 0 0 99 99 9 9 0 0 0 0\n");
    CHECK_STR(sample(2 * PT_S), "");
    put("proc/net/dev", "");
    CHECK_STR(sample(2 * PT_S), "");
    put("proc/net/dev", "  eth0: 99000 99 9 9 0 0 0 0 99 99 9 9 0 0 0 0\n");
    CHECK_STR(sample(2 * PT_S), "");
    end();
}

static void load_and_system(void)
{
    begin();
    put("proc/loadavg", "0.23 0.14 10.05 1/91 7505\n");
    put("proc/uptime", "1615.55 3135.92\n");
    put("proc/stat", "intr 100 1 2\nctxt 1000\nprocesses 50\nprocs_running 3\nprocs_blocked 1\n");
    open_set("load,system");
    CHECK_STR(sample(0), "load.1 0.23 \nload.5 0.14 \nload.15 10.05 \n"
                         "procs.running 3 \nprocs.blocked 1 \nsys.uptime 1615.55 s\n");
    put("proc/stat", "intr 101 1 2\nctxt 3000\nprocesses 49\nprocs_running 3\n");
    CHECK_STR(sample(2 * PT_S), "load.1 0.23 \nload.5 0.14 \nload.15 10.05 \n"
                                "sys.context_switches 1000 1/s\nsys.interrupts 0.5 1/s\n"
                                "procs.running 3 \nsys.uptime 1615.55 s\n");
    end();
}

/* 500 ms of 2 s are 25 %; more than the interval, which two clocks may say, is 100 %. */
static void pressure(void)
{
    begin();
    put("proc/pressure/cpu", "some avg10=9.99 avg60=0 avg300=0 total=1000\nfull total=7\n");
    put("proc/pressure/io", "some total=1000\nfull total=1000\n");
    open_set("pressure");
    CHECK_STR(sample(0), "");
    put("proc/pressure/cpu", "some avg10=9.99 avg60=0 avg300=0 total=501000\nfull total=9\n");
    put("proc/pressure/io", "some total=2002000\nfull total=999\n");
    CHECK_STR(sample(2 * PT_S), "pressure.cpu.some 25 percent\npressure.io.some 100 percent\n");
    end();
}

static void filesystems(void)
{
    begin();
    put("data dir/file", "x");
    put("proc/1/mounts", "sysfs /sys sysfs rw 0 0\n"
                         "/dev/sda1 /data\\040dir ext4 rw 0 0\n"
                         "/dev/sda1 /data ext4 rw 0 0\n"
                         "/dev/sdb1 /none ext4 rw 0 0\n"
                         "/dev/loop1 /snap squashfs ro 0 0\n"
                         "server:/home /home nfs rw 0 0\n");
    open_set("filesystem");
    sample(0);
    CHECK(shown.n > 0 && strstr(shown.p, "fs.used_percent{\"device\":\"/dev/sda1\",\"host\":\"h\","
                                         "\"mount\":\"/data dir\",\"type\":\"ext4\"}"));
    CHECK(shown.n > 0 && !strstr(shown.p, "sdb1") && !strstr(shown.p, "snap") &&
          !strstr(shown.p, "nfs") && !strstr(shown.p, "\"/data\""));
    end();
}

static void what_is_not_there_is_said(void)
{
    struct pt_collect_config config = {root, {NULL, 0}, 0, true};
    struct pt_err err = {0};
    begin();
    put("proc/loadavg", "1 2 3\n");
    put("proc/stat", "");
    open_set("load,pressure,cpu");
    CHECK_STR(pt_collect_missing(set), "cpu (proc/stat), pressure (proc/pressure)");
    CHECK(pt_collect_parse_set("cpu", &config.sources, &err) == 0);
    pt_collect_close(set);
    CHECK(pt_collect_open(&set, &config, &err) == -1 && set == NULL && err.code == PT_SYSTEM);
    CHECK(strstr(err.what, "cpu (proc/stat)") != NULL);
    end();
}

static void check_tags(const char *const *list, size_t n, const char *host, const char *want)
{
    struct pt_arena arena = {0};
    struct pt_tags tags;
    struct pt_err err = {0};
    struct pt_buf text = {0};
    int rc = pt_collect_parse_tags(list, n, host, &arena, &tags, &err);
    CHECK_INT(rc, want ? 0 : -1);
    if (rc == 0) {
        pt_tags_write(&text, tags);
        CHECK_STR(pt_buf_view(&text), want);
    } else {
        CHECK(err.code == PT_USAGE && err.what[0]);
    }
    pt_buf_release(&text);
    pt_arena_release(&arena);
}

static void tags(void)
{
    check_tags((const char *[]){"venue=X", "a=b=c"}, 2, "h\"1",
               "{\"a\":\"b=c\",\"host\":\"h\\\"1\",\"venue\":\"X\"}");
    check_tags((const char *[]){"host=own"}, 1, NULL, "{\"host\":\"own\"}");
    check_tags((const char *[]){"empty="}, 1, "h", "{\"empty\":\"\",\"host\":\"h\"}");
    check_tags((const char *[]){"host=own"}, 1, "h", NULL);
    check_tags((const char *[]){"=v"}, 1, "h", NULL);
    check_tags((const char *[]){"v"}, 1, "h", NULL);
    check_tags((const char *[]){"a=1", "b=1", "a=1"}, 3, "h", NULL);
    check_tags((const char *[]){"a=\xff"}, 1, "h", NULL);
    check_tags((const char *[]){"interface=x"}, 1, "h", NULL);
    check_tags(NULL, 0, "\xc3", NULL);
}

static void sets(void)
{
    pt_collect_set all, some, self;
    struct pt_err err = {0};
    CHECK(pt_collect_parse_set(NULL, &all, &err) == 0);
    CHECK(pt_collect_parse_set("load,cpu,load", &some, &err) == 0 && (some & ~all) == 0);
    CHECK(pt_collect_parse_set("self", &self, &err) == 0 && (self & all) == 0 && self);
    CHECK(pt_collect_parse_set("", &some, &err) == -1);
    CHECK(pt_collect_parse_set("cpu,", &some, &err) == -1);
    CHECK(pt_collect_parse_set("cpu,mem", &some, &err) == -1 && err.code == PT_USAGE);
}

static int released;

static void release(void *item)
{
    (void)item;
    released++;
}

static void rosters_forget(void)
{
    struct pt_roster r = {.item_size = sizeof(struct pt_roster_item), .release = release};
    struct pt_roster_item *a, *b;
    a = pt_roster_see(&r, PT_STR("a"));
    b = pt_roster_see(&r, PT_STR("b"));
    CHECK(a->fresh && b->fresh && pt_roster_see(&r, PT_STR("a")) == NULL);
    pt_roster_sweep(&r);
    CHECK(pt_roster_see(&r, PT_STR("b")) == b && !b->fresh);
    CHECK(pt_roster_see(&r, PT_STR("a")) == a);
    pt_roster_sweep(&r);
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "veth%d", i);
        CHECK(pt_roster_see(&r, pt_str(name)) != NULL && pt_roster_see(&r, PT_STR("a")) == a);
        pt_roster_sweep(&r);
    }
    CHECK_INT((int64_t)r.n, 2);
    CHECK_INT(released, 1000); /* b and all but the last */
    pt_roster_release(&r);
    CHECK_INT(released, 1002);
}

TEST_MAIN({"cpu", cpu}, {"memory", memory}, {"disk", disk}, {"network", network},
          {"load and system", load_and_system}, {"pressure", pressure},
          {"file systems", filesystems}, {"what is not there is said", what_is_not_there_is_said},
          {"tags", tags}, {"sets of sources", sets}, {"rosters forget", rosters_forget})
