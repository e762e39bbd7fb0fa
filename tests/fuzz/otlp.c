/* otlp.c - documents of any bytes. */
#include "records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pt_records_options options = {.format = PT_RECORDS_OTLP};
    return fuzz_records(&options, data, size);
}
