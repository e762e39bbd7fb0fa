/* document.h - private to store/: sealed blocks of documents.
 *
 * A block holds documents of one type in order of time.  Its bytes are one zlib stream over, for
 * each document: id, ts (zigzag of the difference to the one before), lengths of name, trace and
 * body as varints, then these texts.  pt-store(5), "Blocks". */
#ifndef PT_STORE_DOCUMENT_H
#define PT_STORE_DOCUMENT_H

#include "base/arena.h"
#include "store/db.h"
#include "store/store.h"

struct pt_document {
    int64_t id;
    struct pt_store_document d;
};

/* Appends the block's packed bytes to out. */
void pt_block_encode(const struct pt_document *docs, size_t n, struct pt_buf *out);

/* Unpacks n documents of `type` into the arena and calls each; as the walks of store.h. */
int pt_block_decode(struct pt_str bytes, size_t n, struct pt_str type, struct pt_arena *arena,
                    int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                    struct pt_err *err);

/* Checksum of one hot document: its time and body. */
uint32_t pt_document_crc(int64_t ts, struct pt_str body);

#endif
