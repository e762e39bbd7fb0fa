/* scratch.c - see scratch.h.
 *
 * SQLite's database without a name is what is wanted: it makes its file when the page cache is full
 * for the first time, and takes it out of its directory at once.  A page of it is written once and
 * hardly ever changed, so the cache need not be large: it is there for the series, the summaries
 * and the tails. */
#include "store/scratch.h"

#include "base/mem.h"
#include "store/db.h"
#include "store/schema.h"

#include <stdio.h>

enum { CACHE_KIB = 16 * 1024 };

static int prepare(struct pt_store *s, struct pt_err *err)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA page_size = %d; PRAGMA cache_size = -%d; PRAGMA journal_mode = OFF;"
             " PRAGMA synchronous = OFF;",
             PT_SCHEMA_PAGE, CACHE_KIB);
    return pt_db_exec(s, sql, err) == 0 ? pt_db_exec(s, PT_SCHEMA_SQL, err) : -1;
}

int pt_scratch_open(struct pt_store **out, struct pt_err *err)
{
    struct pt_store *s = pt_mem_alloc(sizeof *s);
    s->path = pt_mem_strdup("a temporary file");
    s->scratch = true;
    s->turn = -1;
    s->coder = pt_chunk_coder_new();
    *out = s;
    if (sqlite3_open_v2("", &s->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        pt_db_fail(s, err);
    else if (prepare(s, err) == 0)
        return 0;
    pt_store_close(s);
    *out = NULL;
    return -1;
}
