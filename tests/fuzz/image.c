/* image.c - a store with any bytes changed: its rows are read or not, never beyond their pages.
 *
 * The input is edits of a small whole store, 4 bytes each: an offset and the byte that is put
 * there.  The first byte says whether the log is edited instead of the main file. */
#include "store/image.h"
#include "store/lineage.h"
#include "store/write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EDITS_MOST = 200, BYTES_MOST = 1 << 20, PAGE = 16384 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    unsigned char bytes[BYTES_MOST];
    size_t n;
    char path[64];
} store, logged;

static void load(const char *path, unsigned char *bytes, size_t *n)
{
    FILE *f = fopen(path, "rb");
    *n = f ? fread(bytes, 1, BYTES_MOST, f) : 0;
    if (!*n || *n == BYTES_MOST)
        abort();
    fclose(f);
}

static void add(struct pt_writer *w, int64_t i, const char *body)
{
    struct pt_record r = {.metric = true, .type = PT_STR("metric"), .name = PT_STR("m"), .ts = i,
                          .value = pt_num_int(i)};
    struct pt_err err = {0};
    if (pt_writer_add(w, &r, &err) != 0)
        abort();
    r = (struct pt_record){.type = PT_STR("event"), .ts = i, .body = pt_str(body)};
    if (i % 20 == 0 && pt_writer_add(w, &r, &err) != 0)
        abort();
}

/* Rows of all kinds, one that spans pages, and a log. */
static void make(void)
{
    static char body[3 * PAGE];
    struct pt_commit c = {.command = "fuzz", .kind = "stream", .name = "s", .format = "jsonl"};
    struct pt_err err = {0};
    struct pt_store *s;
    struct pt_writer *w;
    char log[80];
    snprintf(store.path, sizeof store.path, "/tmp/pt-fuzz-image.%ld", (long)getpid());
    snprintf(log, sizeof log, "%s-wal", store.path);
    memset(body, 'x', sizeof body - 1);
    if (pt_store_open(&s, store.path, PT_STORE_CREATE, &err) != 0)
        abort();
    w = pt_writer_new(s);
    for (int64_t i = 0; i < 200; i++) {
        add(w, i, i == 100 ? body : "{}");
        c.batch.stop = (uint64_t)i + 1;
        if (i % 90 == 50 && pt_writer_commit(w, &c, &err) != 0)
            abort();
    }
    load(log, logged.bytes, &logged.n);
    snprintf(logged.path, sizeof logged.path, "%s", log);
    pt_writer_free(w);
    pt_store_close(s);
    load(store.path, store.bytes, &store.n);
}

static void put(const char *path, const unsigned char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        abort();
    close(fd);
}

static void put_edited(const char *path, const unsigned char *whole, size_t n, const uint8_t *data,
                       size_t size)
{
    static unsigned char bytes[BYTES_MOST];
    memcpy(bytes, whole, n);
    for (int i = 0; i < EDITS_MOST && size >= 4; i++, data += 4, size -= 4)
        bytes[((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % n] = data[3];
    put(path, bytes, n);
}

static int look(void *ctx, const struct pt_image_row *row)
{
    unsigned *sum = ctx;
    for (int i = 0; i < row->n; i++)
        for (size_t k = 0; k < row->v[i].s.n; k++)
            *sum += (unsigned char)row->v[i].s.p[k];
    return 0;
}

static void clean(void)
{
    unlink(store.path);
    unlink(logged.path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"series", "chunk", "chunk_data", "tail", "document"};
    struct pt_image *m;
    struct pt_err err = {0};
    unsigned sum = 0;
    if (!store.n) {
        make();
        atexit(clean);
    }
    if (!size)
        return 0;
    put_edited(store.path, store.bytes, store.n, data + 1, data[0] & 1 ? 0 : size - 1);
    if (data[0] & 1)
        put_edited(logged.path, logged.bytes, logged.n, data + 1, size - 1);
    else
        unlink(logged.path);
    if (pt_image_open(&m, store.path, PAGE, &err) != 0)
        return err.code == PT_SYSTEM ? 0 : 1;
    for (uint8_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        pt_image_claim(m, pt_image_root(m, NAMES[i]), (uint8_t)(i + 1));
    pt_image_claim_orphans(m);
    for (uint8_t i = 1; i <= sizeof NAMES / sizeof NAMES[0]; i++) {
        struct pt_image_damage damaged;
        pt_image_each(m, i, look, &sum, &damaged);
    }
    pt_image_close(m);
    return 0;
}
