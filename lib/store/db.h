/* db.h - private to store/: the connection, and SQLite calls with our errors.
 *
 * Statements are prepared once, on first use, and kept in the connection by the address of their
 * text.  Values are bound, never pasted. */
#ifndef PT_STORE_DB_H
#define PT_STORE_DB_H

#include "base/err.h"
#include "base/num.h"
#include "base/str.h"
#include "series/chunk.h"
#include "series/sketch.h"
#include "series/summary.h"

#include <sqlite3.h>
#include <stdbool.h>

enum { PT_DB_STATEMENTS = 64 };

struct pt_store {
    sqlite3 *db;
    bool adopted; /* adopt.h: the connection is another's */
    char *path;
    bool scratch; /* scratch.h */
    int turn; /* turn.h: the descriptor that writers stand in line with, or -1 */
    struct pt_chunk_coder *coder;
    struct {
        const char *sql; /* identity: the literal's address */
        sqlite3_stmt *stmt;
    } cache[PT_DB_STATEMENTS];
    size_t ncached;
    uint64_t loaded; /* bytes of chunks and sketches so far */
};

/* A statement for a string literal, reset and without bindings; owned by the store.  NULL with err.
 * The same literal gives the same statement, so do not use one twice at a time. */
sqlite3_stmt *pt_db_statement(struct pt_store *s, const char *sql, struct pt_err *err);

/* As above for walks whose callbacks may walk again: when the kept statement is busy a second one
 * is made.  Give it back with pt_db_return. */
sqlite3_stmt *pt_db_borrow(struct pt_store *s, const char *sql, struct pt_err *err);
void pt_db_return(struct pt_store *s, sqlite3_stmt *stmt);

/* 1 row, 0 done, -1. */
int pt_db_step(struct pt_store *s, sqlite3_stmt *stmt, struct pt_err *err);
int pt_db_exec(struct pt_store *s, const char *sql, struct pt_err *err);

/* SQLite's last error as ours, with what to do about it. */
int pt_db_fail(struct pt_store *s, struct pt_err *err);

/* One integer answer of a statement, bound already; `none` when there is no row or it is NULL. */
int pt_db_int(struct pt_store *s, sqlite3_stmt *stmt, int64_t none, int64_t *out,
              struct pt_err *err);

void pt_db_bind_num(sqlite3_stmt *stmt, int at, struct pt_num v);
void pt_db_bind_str(sqlite3_stmt *stmt, int at, struct pt_str s); /* empty: NULL; borrowed */
struct pt_num pt_db_num(sqlite3_stmt *stmt, int at);
struct pt_str pt_db_str(sqlite3_stmt *stmt, int at); /* until the next step */

/* A chunk's row: what it says and where its bytes are.  SQL that reads one selects PT_DB_CHUNK. */
struct pt_db_chunk {
    int64_t series, data, batch0, batch1;
    struct pt_summary summary;
    uint32_t crc;
};
#define PT_DB_CHUNK_EXTENT "c.t0, c.t1, c.n"
#define PT_DB_CHUNK_ENDS PT_DB_CHUNK_EXTENT ", c.first, c.last"
#define PT_DB_CHUNK_SUM PT_DB_CHUNK_ENDS ", c.min, c.max, c.sum, c.sum_lo"
#define PT_DB_CHUNK                                                                               \
    PT_DB_CHUNK_SUM ", c.squares, c.squares_lo, c.increase, c.increase_lo, c.batch0, c.batch1,"   \
                    " c.data, c.crc, c.series"

/* Reads as much of the row as was selected; the rest of *out stays as it is. */
void pt_db_read_chunk(sqlite3_stmt *stmt, struct pt_db_chunk *out);

/* Reads the whole row of the chunk that begins at t0. */
int pt_db_find_chunk(struct pt_store *s, int64_t series, int64_t t0, struct pt_db_chunk *out,
                     struct pt_err *err);

/* CRC-32 (as in zlib) of a chunk's row and bytes: pt-store(5), "Checksums". */
uint32_t pt_db_chunk_crc(const struct pt_db_chunk *chunk, struct pt_str bytes);

/* Appends the chunk's points to out, after checking the checksum.  *damage is NULL, or what is
 * wrong with the chunk; -1 only when it cannot be read at all. */
int pt_db_check_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_column *out,
                      const char **damage, struct pt_err *err);

/* As above; damage is an error. */
int pt_db_load_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_column *out,
                     struct pt_err *err);

/* Adds the chunk's sketch to out: 1, 0 when it has none, -1.  Never touches the points. */
int pt_db_load_sketch(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_sketch *out,
                      struct pt_err *err);

/* *damage is NULL, or what is wrong with the sketch of a chunk that holds these points. */
int pt_db_check_sketch(struct pt_store *s, const struct pt_db_chunk *chunk,
                       const struct pt_column *points, const char **damage, struct pt_err *err);

/* Writes points begin..end (at most PT_CHUNK_POINTS) as a new chunk. */
int pt_db_insert_chunk(struct pt_store *s, int64_t series, const struct pt_column *c, size_t begin,
                       size_t end, int64_t batch0, int64_t batch1, struct pt_err *err);

/* As above for points already encoded, with the bytes of their sketch, none if they have none. */
int pt_db_insert_encoded(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_str bytes,
                         struct pt_str sketch, struct pt_err *err);
int pt_db_delete_chunk(struct pt_store *s, const struct pt_db_chunk *chunk, struct pt_err *err);

#endif
