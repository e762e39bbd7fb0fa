/* pack.c - see pack.h. */
#include "base/pack.h"

void pt_pack_varint(struct pt_buf *b, uint64_t u)
{
    for (; u >= 128; u >>= 7)
        pt_buf_putc(b, (char)(u | 128));
    pt_buf_putc(b, (char)u);
}

unsigned pt_unpack_u8(struct pt_unpack *in)
{
    if (in->p < in->end)
        return *in->p++;
    in->bad = true;
    return 0;
}

uint64_t pt_unpack_varint(struct pt_unpack *in)
{
    uint64_t u = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        unsigned b = pt_unpack_u8(in);
        u |= (uint64_t)(b & 127) << shift;
        if (b < 128)
            return u;
    }
    in->bad = true;
    return 0;
}

const unsigned char *pt_unpack_bytes(struct pt_unpack *in, uint64_t n)
{
    const unsigned char *p = in->p;
    if ((uint64_t)(in->end - in->p) < n) {
        in->bad = true;
        return NULL;
    }
    in->p += n;
    return p;
}
