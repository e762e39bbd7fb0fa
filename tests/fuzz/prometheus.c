/* prometheus.c - expositions of any bytes, line by line. */
#include "format/prometheus.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_line(struct pt_prometheus *prometheus, struct pt_str line)
{
    struct pt_record r;
    struct pt_err err = {0};
    int rc = pt_prometheus_line(prometheus, line, 1, &r, &err);
    if (rc == -1 && (err.code != PT_DATA || !err.what[0]))
        abort();
    if (rc == 1 && (!isfinite(r.value.d) || !r.name.n || pt_text_utf8(r.tags) != r.tags.n))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_prometheus *prometheus = pt_prometheus_new();
    const char *p = (const char *)data, *end = p + size;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline ? newline : end;
        take_line(prometheus, (struct pt_str){p, (size_t)(stop - p)});
        p = stop + (newline != NULL);
    }
    pt_prometheus_free(prometheus);
    return 0;
}
