/* query_quantile.c - any values: selection puts the wanted rank where sorting would, and loses
 * nothing; quantiles lie among the values, but for the rounding of the way between two. */
#include "series/quantile.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Two of its last bits further on. */
static double beyond(double x, double towards)
{
    return nextafter(nextafter(x, towards), towards);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = 0, rank;
    double *v = calloc(size + 1, sizeof *v), *sorted = calloc(size + 1, sizeof *sorted);
    double q[3], out[3];
    if (size < 4 || !v || !sorted) {
        free(v);
        free(sorted);
        return 0;
    }
    for (size_t i = 3; i < size; i++) /* one byte a value: many ties; runs of eight: any double */
        v[n++] = (signed char)data[i];
    for (size_t i = 3; i + 8 <= size && data[0] % 2; i += 8) {
        memcpy(&v[i - 3], data + i, 8);
        if (isnan(v[i - 3]))
            v[i - 3] = 0;
    }
    memcpy(sorted, v, n * sizeof *v);
    qsort(sorted, n, sizeof *sorted, ascending);
    for (int i = 0; i < 3; i++)
        q[i] = data[i] / 255.0;
    pt_quantile_select(v, n, q, 3, out);
    for (int i = 0; i < 3; i++)
        if (out[i] < beyond(sorted[0], -HUGE_VAL) || out[i] > beyond(sorted[n - 1], HUGE_VAL))
            abort();
    rank = data[1] * (n - 1) / 255;
    if (pt_quantile_nth(v, n, rank) > sorted[rank] || v[rank] < sorted[rank])
        abort();
    qsort(v, n, sizeof *v, ascending);
    for (size_t i = 0; i < n; i++)
        if (v[i] < sorted[i] || v[i] > sorted[i])
            abort();
    free(v);
    free(sorted);
    return 0;
}
