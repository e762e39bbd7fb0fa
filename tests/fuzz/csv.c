/* csv.c - tables of any bytes: the first chooses separator and columns of values. */
#include "records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pt_records_options options = {
        .format = size && data[0] & 1 ? PT_RECORDS_TSV : PT_RECORDS_CSV,
        .values = size && data[0] & 2 ? "a,b" : NULL,
    };
    return fuzz_records(&options, data, size);
}
