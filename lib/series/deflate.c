/* deflate.c - see deflate.h.
 *
 * The runs are short, a thousand bytes or so, and there are many: what counts is the cost of a
 * call. zlib with Huffman codes alone makes planes of noise a few bytes smaller than any search for
 * repetitions does, in either library, and is as fast as libdeflate at its fastest; so it packs
 * those in either build.  Unpacking takes libdeflate half the time, and so does searching.  zlib
 * stays whole in either build, since tests hold the one against the other. */
#include "series/deflate.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#ifdef PT_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

enum {
    RAW_WINDOW = -15, /* zlib: 32 KiB, and no header around the stream */
    HASH_MEMORY = 8   /* zlib: its default */
};

struct pt_deflate {
    enum pt_deflate_engine engine;
    int level;
    bool can_pack, can_unpack; /* zlib's halves, once they were needed */
    z_stream pack, unpack;
    struct libdeflate_compressor *packer;
    struct libdeflate_decompressor *unpacker;
};

struct pt_deflate *pt_deflate_new(enum pt_deflate_engine engine, int level)
{
    struct pt_deflate *d = pt_mem_alloc(sizeof *d);
    d->engine = engine;
    d->level = level;
    return d;
}

/* --- zlib ------------------------------------------------------------------------------------ */

static z_stream *zlib_packer(struct pt_deflate *d)
{
    if (d->can_pack) {
        deflateReset(&d->pack);
    } else {
        int strategy = d->level == PT_DEFLATE_HUFFMAN ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY;
        if (deflateInit2(&d->pack, d->level == PT_DEFLATE_HUFFMAN ? 1 : d->level, Z_DEFLATED,
                         RAW_WINDOW, HASH_MEMORY, strategy) != Z_OK)
            abort(); /* no memory, or another zlib than the headers' */
        d->can_pack = true;
    }
    return &d->pack;
}

static z_stream *zlib_unpacker(struct pt_deflate *d)
{
    if (d->can_unpack) {
        inflateReset(&d->unpack);
    } else {
        if (inflateInit2(&d->unpack, RAW_WINDOW) != Z_OK)
            abort();
        d->can_unpack = true;
    }
    return &d->unpack;
}

static void aim(z_stream *z, const void *in, size_t n, void *out, size_t room)
{
    z->next_in = (Bytef *)(uintptr_t)in;
    z->avail_in = (uInt)n;
    z->next_out = out;
    z->avail_out = (uInt)room;
}

static size_t zlib_pack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t room)
{
    z_stream *z = zlib_packer(d);
    aim(z, in, n, out, room);
    return deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
}

static int zlib_unpack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t size)
{
    z_stream *z = zlib_unpacker(d);
    aim(z, in, n, out, size);
    return inflate(z, Z_FINISH) == Z_STREAM_END && z->total_out == size && !z->avail_in ? 0 : -1;
}

/* --- libdeflate ------------------------------------------------------------------------------ */

#ifdef PT_HAVE_LIBDEFLATE

static size_t fast_pack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t room)
{
    if (!d->packer && !(d->packer = libdeflate_alloc_compressor(d->level)))
        abort(); /* no memory */
    return libdeflate_deflate_compress(d->packer, in, n, out, room);
}

static int fast_unpack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t size)
{
    size_t taken, made;
    if (!d->unpacker && !(d->unpacker = libdeflate_alloc_decompressor()))
        abort();
    return libdeflate_deflate_decompress_ex(d->unpacker, in, n, out, size, &taken, &made) ==
                       LIBDEFLATE_SUCCESS &&
                   taken == n && made == size
               ? 0
               : -1;
}

static void fast_free(struct pt_deflate *d)
{
    libdeflate_free_compressor(d->packer);
    libdeflate_free_decompressor(d->unpacker);
}

uint32_t pt_deflate_crc(uint32_t crc, const void *bytes, size_t n)
{
    return n ? libdeflate_crc32(crc, bytes, n) : crc;
}

#else

uint32_t pt_deflate_crc(uint32_t crc, const void *bytes, size_t n)
{
    return n ? (uint32_t)crc32_z(crc, bytes, n) : crc;
}

static size_t fast_pack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t room)
{
    return zlib_pack(d, in, n, out, room);
}

static int fast_unpack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t size)
{
    return zlib_unpack(d, in, n, out, size);
}

static void fast_free(struct pt_deflate *d)
{
    (void)d;
}

#endif

/* --- either ---------------------------------------------------------------------------------- */

void pt_deflate_free(struct pt_deflate *d)
{
    if (!d)
        return;
    if (d->can_pack)
        deflateEnd(&d->pack);
    if (d->can_unpack)
        inflateEnd(&d->unpack);
    fast_free(d);
    free(d);
}

size_t pt_deflate_pack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t room)
{
    if (d->engine == PT_DEFLATE_NONE)
        return 0;
    return d->engine == PT_DEFLATE_ZLIB || d->level == PT_DEFLATE_HUFFMAN
               ? zlib_pack(d, in, n, out, room)
               : fast_pack(d, in, n, out, room);
}

int pt_deflate_unpack(struct pt_deflate *d, const void *in, size_t n, void *out, size_t size)
{
    return d->engine == PT_DEFLATE_ZLIB ? zlib_unpack(d, in, n, out, size)
                                        : fast_unpack(d, in, n, out, size);
}
