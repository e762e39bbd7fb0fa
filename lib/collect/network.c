/* network.c - network interfaces: /proc/net/dev. */
#include "collect/devices.h"

#include "collect/proc.h"

/* In the order of enum pt_net: each counter is a rate. */
static const struct pt_gauge_row ROWS[PT_NETS] = {
    [PT_NET_RX_BYTES] = {"net.rx_bytes", "bytes/s"},
    [PT_NET_TX_BYTES] = {"net.tx_bytes", "bytes/s"},
    [PT_NET_RX_PACKETS] = {"net.rx_packets", "1/s"},
    [PT_NET_TX_PACKETS] = {"net.tx_packets", "1/s"},
    [PT_NET_ERRORS] = {"net.errors", "1/s"},
    [PT_NET_DROPS] = {"net.drops", "1/s"},
};
_Static_assert((int)PT_NETS <= (int)PT_DEVICE_GAUGES, "room for the gauges of an interface");

static void emit(const struct pt_gauge *g, const struct pt_moment *now, const double *step,
                 double seconds, struct pt_buf *out)
{
    for (int i = 0; i < PT_NETS; i++)
        pt_gauge_real(&g[i], now, step[i] / seconds, out);
}

static const struct pt_devices_class CLASS = {
    .tag = "interface",
    .rows = ROWS,
    .n_rows = PT_NETS,
    .n_counters = PT_NETS,
    .parse = pt_proc_net_line,
    .emit = emit,
};

static void *network_open(const struct pt_collect_site *site)
{
    return pt_devices_open(&CLASS, pt_kernel_process_file(site->kernel, "net/dev"), site);
}

const struct pt_collector PT_COLLECTOR_NETWORK = {
    .name = "network",
    .reads = "proc/net/dev",
    .tag = {"interface"},
    .open = network_open,
    .sample = pt_devices_sample,
    .close = pt_devices_close,
};
