/* base64.c - see base64.h. */
#include "base/base64.h"

#include <stdint.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void pt_base64_encode(struct pt_buf *out, struct pt_str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t word = (uint32_t)p[i] << 16;
        word |= n > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        word |= n > 2 ? p[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            pt_buf_putc(out, k <= n ? DIGITS[word >> (18 - 6 * k) & 63] : '=');
    }
}

/* Four digits, the last `padding` of them '=', to 24 bits; -1 when they are none. */
static int32_t decode_word(const char *p, size_t padding)
{
    int32_t word = 0;
    for (size_t k = 0; k < 4; k++) {
        const char *digit = p[k] ? strchr(DIGITS, p[k]) : NULL;
        if (k >= 4 - padding) {
            word <<= 6;
            continue;
        }
        if (!digit)
            return -1;
        word = word << 6 | (int32_t)(digit - DIGITS);
    }
    /* bits that padding leaves over are zero, so that each text has one meaning */
    return padding && (word & (padding == 2 ? 0xFFFF : 0xFF)) ? -1 : word;
}

int pt_base64_decode(struct pt_buf *out, struct pt_str text)
{
    if (text.n % 4)
        return -1;
    for (size_t i = 0; i < text.n; i += 4) {
        bool last = i + 4 == text.n;
        size_t padding = last && text.p[i + 3] == '=' ? 1 + (text.p[i + 2] == '=') : 0;
        int32_t word = decode_word(text.p + i, padding);
        if (word < 0)
            return -1;
        for (size_t k = 0; k < 3 - padding; k++)
            pt_buf_putc(out, (char)(word >> (16 - 8 * k) & 0xFF));
    }
    return 0;
}
