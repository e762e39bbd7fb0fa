/* document.h - private to store/: documents not sealed, and sealed blocks of them.
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

/* CRC-32 of one hot document: its time, then type, name, trace and body, a zero byte behind each;
 * and of a block's row and bytes. */
uint32_t pt_document_crc(const struct pt_store_document *d);

struct pt_block {
    int64_t id, t0, t1, n;
    struct pt_str type, bytes; /* borrowed until the next step of the statement */
    uint32_t crc;
};
#define PT_BLOCK "id, type, t0, t1, n, crc, bytes" /* what SQL that reads one selects */
void pt_block_read(sqlite3_stmt *stmt, struct pt_block *out);
uint32_t pt_block_crc(const struct pt_block *b);

/* Appends the block's packed bytes to out. */
void pt_block_encode(const struct pt_document *docs, size_t n, struct pt_buf *out);

/* Unpacks the documents into the arena and calls each; as the walks of store.h.  Their type is
 * copied there, too, so they live as long as the arena. */
int pt_block_decode(const struct pt_block *b, struct pt_arena *arena,
                    int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                    struct pt_err *err);

/* The statement for the most selective index, with ?1 bound to the trace or the type and ?2, ?3 to the
 * range: by trace, by type, or all.  Give it back with pt_db_return.  NULL with err. */
sqlite3_stmt *pt_document_statement(struct pt_store *s, const struct pt_store_filter *filter,
                                    const char *by_trace, const char *by_type, const char *all,
                                    struct pt_err *err);

/* Calls each for the documents not sealed that an index finds for the filter, in no order; they are
 * still to be matched, and borrowed until the callback returns.  As the walks of store.h. */
int pt_document_each_row(struct pt_store *s, const struct pt_store_filter *filter,
                         int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                         struct pt_err *err);

/* As above for sealed ones, too. */
int pt_document_each(struct pt_store *s, const struct pt_store_filter *filter,
                     int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                     struct pt_err *err);

/* As the former for all rows with a greater id, in its order. */
int pt_document_each_after(struct pt_store *s, int64_t id,
                           int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                           struct pt_err *err);

/* As pt_block_decode, after checking the checksum; damage is an error. */
int pt_block_open(struct pt_store *s, const struct pt_block *b, struct pt_arena *arena,
                  int (*each)(void *ctx, const struct pt_document *doc), void *ctx,
                  struct pt_err *err);

#endif
