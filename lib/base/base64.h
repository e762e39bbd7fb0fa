/* base64.h - bytes as text and back: RFC 4648, section 4, with padding. */
#ifndef PT_BASE_BASE64_H
#define PT_BASE_BASE64_H

#include "base/buf.h"

void pt_base64_encode(struct pt_buf *out, struct pt_str bytes);

/* Appends the bytes.  -1 when the text is not what pt_base64_encode would have written. */
int pt_base64_decode(struct pt_buf *out, struct pt_str text);

#endif
