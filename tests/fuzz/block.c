/* block.c - sealed blocks of any bytes: unpacked or refused, never overrun. */
#include "store/document.h"

#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int walk(void *ctx, const struct pt_document *doc)
{
    uint32_t *sum = ctx; /* every byte is looked at */
    *sum = pt_document_crc(&doc->d);
    return 0;
}

static void decode(struct pt_str bytes, int64_t n)
{
    struct pt_block b = {.n = n, .type = PT_STR("event"), .bytes = bytes};
    struct pt_arena arena = {0};
    struct pt_err err = {0};
    uint32_t sum;
    if (pt_block_decode(&b, &arena, walk, &sum, &err) != 0 && err.code != PT_SYSTEM)
        abort();
    pt_arena_release(&arena);
}

/* As they are; and packed, so that what is inside is reached. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_buf packed = {0};
    uLongf n = compressBound(size);
    size_t length = size;
    if (size > 4096)
        return 0;
    decode((struct pt_str){(const char *)data, size}, 3);
    for (; length >= 128; length >>= 7)
        pt_buf_putc(&packed, (char)(length | 128));
    pt_buf_putc(&packed, (char)length);
    compress2((Bytef *)pt_buf_reserve(&packed, n), &n, data, size, 1);
    packed.n += n;
    decode(pt_buf_view(&packed), size ? data[0] % 8 : 0);
    pt_buf_release(&packed);
    return 0;
}
