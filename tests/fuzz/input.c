/* input.c - a file of any bytes, also taken for gzip: lines that lie end to end. */
#include "format/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char PATH[] = "fuzz-input";
    FILE *f = fopen(PATH, "wb");
    struct pt_input *in;
    struct pt_line line;
    struct pt_err err = {0};
    uint64_t offset = 0, number = 0;
    int rc;
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
    if (pt_input_open(&in, PATH, &err) != 0)
        abort();
    while ((rc = pt_input_next(in, -1, &line, &err)) == 1) {
        if (line.offset != offset || line.number != ++number ||
            line.text.n + line.ended != line.bytes)
            abort();
        offset += line.bytes;
    }
    if (rc == -1 && err.code != PT_DATA)
        abort();
    pt_input_close(in);
    return 0;
}
