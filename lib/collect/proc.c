/* proc.c - see proc.h.
 *
 * The formats only ever grow at the end of a line or of the text, so the parsers take the columns
 * they know and ignore what follows; keys are looked up, never counted. */
#include "collect/proc.h"

#include "base/num.h"
#include "collect/scan.h"

enum { KIB = 1024, CPU_COLUMNS_LEAST = 4, DISK_COLUMNS_LEAST = 11, NET_COLUMNS_LEAST = 12 };

/* Reads up to n numbers; how many there were in a row. */
static int columns(struct pt_str line, uint64_t *v, int n)
{
    int i = 0;
    while (i < n && pt_scan_count(&line, &v[i]))
        i++;
    return i;
}

bool pt_proc_cpu_line(struct pt_str line, struct pt_str *id, struct pt_proc_ticks *out)
{
    uint64_t number;
    *out = (struct pt_proc_ticks){{0}};
    if (!pt_scan_word(&line, id) || !pt_scan_prefix(id, PT_STR("cpu")))
        return false;
    if (id->n && !pt_scan_digits(*id, &number))
        return false;
    return columns(line, out->v, PT_TICKS) >= CPU_COLUMNS_LEAST;
}

bool pt_proc_share(const struct pt_proc_ticks *before, const struct pt_proc_ticks *now,
                   struct pt_proc_share *out)
{
    double d[PT_TICKS], total = 0, percent;
    for (int i = 0; i < PT_TICKS; i++) {
        bool back = now->v[i] < before->v[i];
        if (back && i != PT_TICK_IOWAIT && i != PT_TICK_STEAL)
            return false;
        d[i] = back ? 0 : (double)(now->v[i] - before->v[i]);
        total += d[i];
    }
    if (total <= 0)
        return false;
    percent = 100 / total;
    out->user = (d[PT_TICK_USER] + d[PT_TICK_NICE]) * percent;
    out->system = (d[PT_TICK_SYSTEM] + d[PT_TICK_IRQ] + d[PT_TICK_SOFTIRQ]) * percent;
    out->iowait = d[PT_TICK_IOWAIT] * percent;
    out->steal = d[PT_TICK_STEAL] * percent;
    out->idle = d[PT_TICK_IDLE] * percent;
    out->busy = out->user + out->system + out->steal; /* all but idle and iowait */
    return true;
}

static int lookup(const char *const *keys, int n, struct pt_str key)
{
    int i = 0;
    while (i < n && !pt_str_is(key, keys[i]))
        i++;
    return i;
}

void pt_proc_activity(struct pt_str text, struct pt_proc_activity *out)
{
    static const char *const KEYS[PT_ACTIVITIES] = {"ctxt", "processes", "intr", "procs_running",
                                                    "procs_blocked"};
    struct pt_str line, key;
    *out = (struct pt_proc_activity){0};
    while (pt_scan_line(&text, &line)) {
        int i;
        if (!pt_scan_word(&line, &key))
            continue;
        i = lookup(KEYS, PT_ACTIVITIES, key);
        if (i < PT_ACTIVITIES && pt_scan_count(&line, &out->v[i]))
            out->have |= 1u << i;
    }
}

void pt_proc_memory(struct pt_str text, struct pt_proc_memory *out)
{
    static const char *const KEYS[PT_MEMORIES] = {
        "MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:", "SwapTotal:", "SwapFree:"};
    struct pt_str line, key;
    *out = (struct pt_proc_memory){0};
    while (pt_scan_line(&text, &line)) {
        uint64_t kib;
        int i;
        if (!pt_scan_word(&line, &key))
            continue;
        i = lookup(KEYS, PT_MEMORIES, key);
        if (i == PT_MEMORIES || !pt_scan_count(&line, &kib) || kib > INT64_MAX / KIB)
            continue;
        out->v[i] = kib * KIB;
        out->have |= 1u << i;
    }
}

int pt_proc_reals(struct pt_str text, double *out, int n)
{
    struct pt_str line, word;
    int i = 0;
    if (!pt_scan_line(&text, &line))
        return 0;
    for (; i < n && pt_scan_word(&line, &word); i++) {
        struct pt_num v;
        if (pt_num_parse_loose(word.p, word.p + word.n, &v) != word.p + word.n)
            break;
        out[i] = v.d;
    }
    return i;
}

void pt_proc_pressure(struct pt_str text, struct pt_proc_pressure *out)
{
    struct pt_str line, kind, word;
    *out = (struct pt_proc_pressure){0};
    while (pt_scan_line(&text, &line)) {
        uint64_t total;
        if (!pt_scan_word(&line, &kind))
            continue;
        while (pt_scan_word(&line, &word)) {
            if (!pt_scan_prefix(&word, PT_STR("total=")) || !pt_scan_digits(word, &total))
                continue;
            if (pt_str_is(kind, "some")) {
                out->some = total;
                out->have_some = true;
            } else if (pt_str_is(kind, "full")) {
                out->full = total;
                out->have_full = true;
            }
        }
    }
}

bool pt_proc_disk_line(struct pt_str line, struct pt_str *name, uint64_t v[PT_DISKS])
{
    /* From the name on: reads merged sectors ms, writes merged sectors ms, in flight, busy ms,
     * weighted ms, and since Linux 4.18 discards merged sectors ms. */
    static const int COLUMN[PT_DISKS] = {0, 2, 3, 4, 6, 7, 9, 11, 14};
    enum { COLUMNS = 15 };
    uint64_t number, c[COLUMNS] = {0};
    int n;
    if (!pt_scan_count(&line, &number) || !pt_scan_count(&line, &number) ||
        !pt_scan_word(&line, name))
        return false;
    n = columns(line, c, COLUMNS);
    for (int i = 0; i < PT_DISKS; i++)
        v[i] = n < COLUMNS && COLUMN[i] >= DISK_COLUMNS_LEAST ? 0 : c[COLUMN[i]];
    return n >= DISK_COLUMNS_LEAST;
}

bool pt_proc_net_line(struct pt_str line, struct pt_str *name, uint64_t v[PT_NETS])
{
    enum { RX, TX = 8, BYTES = 0, PACKETS, ERRORS, DROPS };
    const char *colon = line.n ? memrchr(line.p, ':', line.n) : NULL;
    struct pt_str head;
    uint64_t c[NET_COLUMNS_LEAST] = {0};
    if (!colon)
        return false;
    head = (struct pt_str){line.p, (size_t)(colon - line.p)};
    line = (struct pt_str){colon + 1, line.n - head.n - 1};
    if (!pt_scan_word(&head, name) || columns(line, c, NET_COLUMNS_LEAST) < NET_COLUMNS_LEAST)
        return false;
    v[PT_NET_RX_BYTES] = c[RX + BYTES];
    v[PT_NET_TX_BYTES] = c[TX + BYTES];
    v[PT_NET_RX_PACKETS] = c[RX + PACKETS];
    v[PT_NET_TX_PACKETS] = c[TX + PACKETS];
    v[PT_NET_ERRORS] = c[RX + ERRORS] + c[TX + ERRORS];
    v[PT_NET_DROPS] = c[RX + DROPS] + c[TX + DROPS];
    return true;
}

bool pt_proc_mount_line(struct pt_str line, struct pt_str *device, struct pt_str *mount,
                        struct pt_str *type)
{
    return pt_scan_word(&line, device) && pt_scan_word(&line, mount) && pt_scan_word(&line, type);
}

static bool octal(const char *p)
{
    return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

struct pt_str pt_proc_mount_decode(char *p, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; out++) {
        if (p[i] == '\\' && n - i > 3 && octal(p + i + 1)) {
            p[out] = (char)((p[i + 1] - '0') * 64 + (p[i + 2] - '0') * 8 + (p[i + 3] - '0'));
            i += 4;
        } else {
            p[out] = p[i++];
        }
    }
    return (struct pt_str){p, out};
}

bool pt_proc_forward(const uint64_t *before, const uint64_t *now, int n)
{
    for (int i = 0; i < n; i++)
        if (now[i] < before[i])
            return false;
    return true;
}
