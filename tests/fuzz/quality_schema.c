/* quality_schema.c - schemas of any bytes: read or refused with a place, never overrun; what is
 * read judges records, and a record that it passes once it passes again. */
#include "quality/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct pt_schema *s)
{
    static const char *const LINES[] = {
        "{\"ts\":1,\"name\":\"a\",\"value\":1.5,\"unit\":\"ms\",\"kind\":\"gauge\",\"tags\":{\"h\":"
        "\"1\"}}",
        "{\"ts\":2,\"name\":\"a\",\"value\":9007199254740993,\"tags\":{\"h\":\"1\"}}",
        "{\"ts\":3,\"name\":\"a\",\"value\":-1,\"tags\":{\"h\":\"1\"}}",
        "{\"type\":\"t\",\"ts\":4,\"name\":\"n\",\"a\":{\"b\":[1,null]},\"c\":\"x\",\"q\":5,"
        "\"tags\":{}}",
    };
    struct pt_record_reader reader = {0};
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        struct pt_record r;
        struct pt_err err = {0}, again = {0};
        enum pt_fault fault = PT_FAULT_SYNTAX;
        int rc;
        if (pt_record_parse(&reader, pt_str(LINES[i]), &r, &err) != 0)
            abort();
        rc = pt_schema_check(s, &r, (int64_t)i * PT_HOUR, &fault, &err);
        if ((rc != 0) != (err.code == PT_DATA) || (rc != 0 && !err.what[0]) || fault >= PT_FAULTS)
            abort();
        if (pt_schema_check(s, &r, (int64_t)i * PT_HOUR, &fault, &again) != rc)
            abort();
    }
    pt_record_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_schema *s;
    struct pt_err err = {0};
    if (pt_schema_parse(&s, (struct pt_str){(const char *)data, size}, "fuzz", &err) != 0) {
        if (err.code != PT_USAGE || !err.what[0] || s)
            abort();
        return 0;
    }
    judge(s);
    pt_schema_free(s);
    return 0;
}
