/* image.c - see image.h.
 *
 * Which tree a page belongs to is asked of three witnesses, the best first: the good inner pages
 * from the root down; the map of pages, as far as it is good; the inner pages that are bad. */
#include "store/image.h"

#include "base/arena.h"
#include "base/mem.h"
#include "store/pagesum.h"
#include "store/wal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEADER = 100, /* bytes before the tree of page 1 */
    /* kinds of pages */
    INDEX_INNER = 2,
    TABLE_INNER = 5,
    INDEX_LEAF = 10,
    TABLE_LEAF = 13,
    /* entries of the map of pages: 5 bytes each, a kind and the page above */
    MAP_ENTRY = 5,
    MAP_TREE = 5,
    LOCK_BYTE = 0x40000000, /* the page with it holds nothing */
    VALUE_MOST = 1 << 30,   /* bytes of a row: what SQLite allows */
    DEPTH_MOST = 32         /* of a tree */
};

enum state { GOOD, MENDED, BAD };

struct pt_image {
    unsigned char *bytes;
    size_t n; /* bytes mapped: whole pages */
    uint32_t size, usable;
    uint8_t *state, *tree; /* by page, from 1 */
    uint32_t beyond[UINT8_MAX + 1]; /* by tree: pages behind the end of the file */
    struct pt_image_counts counts;
    struct pt_arena arena; /* what spans pages, of the row in hand */
};

static unsigned char *page_at(const struct pt_image *m, uint32_t page)
{
    return m->bytes + (size_t)(page - 1) * m->size;
}

static uint32_t get(const unsigned char *p, int n)
{
    uint32_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

/* --- loading --------------------------------------------------------------------------------- */

/* Room for all pages, with the file at its front; what is written there stays here. */
static int map_file(struct pt_image *m, int fd, size_t bytes, const char *path,
                    struct pt_err *err)
{
    void *p;
    m->n = (size_t)m->counts.pages * m->size;
    p = mmap(NULL, m->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
             0);
    if (p != MAP_FAILED && bytes > 0 &&
        mmap(p, bytes < m->n ? bytes : m->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
             0) == MAP_FAILED) {
        munmap(p, m->n);
        p = MAP_FAILED;
    }
    if (p == MAP_FAILED)
        return pt_err_sys(err, "cannot read \"%s\"", path);
    m->bytes = p;
    return 0;
}

/* Pages of the log need no sums: the log has its own. */
static void lay_over(struct pt_image *m, const struct pt_wal *w, uint8_t *fresh)
{
    for (uint32_t i = 0; i < w->frames && w->page == m->size; i++) {
        const unsigned char *from;
        uint32_t page = pt_wal_frame(w, i, &from);
        if (page == 0 || page > m->counts.pages)
            continue;
        memcpy(page_at(m, page), from, m->size);
        fresh[page] = 1;
    }
}

static void check_pages(struct pt_image *m, const uint8_t *fresh, size_t file_bytes)
{
    for (uint32_t i = 1; i <= m->counts.pages; i++) {
        bool cut = !fresh[i] && (size_t)i * m->size > file_bytes; /* the file ends before */
        if (fresh[i] || (!cut && pt_pagesum_check(page_at(m, i), m->size, i) != PT_PAGESUM_BAD))
            continue;
        m->state[i] = !cut && pt_pagesum_mend(page_at(m, i), m->size, i) ? MENDED : BAD;
        m->counts.mended += m->state[i] == MENDED;
        m->counts.bad += m->state[i] == BAD;
    }
}

/* How many pages there must be. */
static void count_pages(struct pt_image *m, int fd, size_t bytes, const struct pt_wal *w)
{
    unsigned char header[HEADER] = {0};
    uint32_t told = 0;
    if (pread(fd, header, HEADER, 0) == HEADER)
        told = get(header + 28, 4);
    m->counts.pages = (uint32_t)((bytes + m->size - 1) / m->size);
    if (told > m->counts.pages && told / 2 < m->counts.pages) /* it was cut short */
        m->counts.pages = told;
    if (w->page == m->size && w->pages > m->counts.pages)
        m->counts.pages = w->pages;
}

/* A store has room for sums, unless it is of another program's making.  Not the header alone is
 * asked, for it may be what is damaged. */
static bool has_sums(const struct pt_image *m)
{
    uint32_t reserved = PT_PAGESUM_BYTES;
    if (pt_pagesum_page_size(m->bytes, &reserved) != m->size || reserved != 0)
        return true;
    for (uint32_t i = 1; i <= m->counts.pages; i++)
        if (pt_pagesum_check(page_at(m, i), m->size, i) == PT_PAGESUM_GOOD)
            return true;
    return false;
}

static int load(struct pt_image *m, int fd, const char *path, uint32_t page_size,
                const struct pt_wal *w, struct pt_err *err)
{
    struct stat st;
    uint8_t *fresh;
    if (fstat(fd, &st) != 0)
        return pt_err_sys(err, "cannot read \"%s\"", path);
    m->size = page_size;
    count_pages(m, fd, (size_t)st.st_size, w);
    m->counts.lost_commits = w->lost;
    if (m->counts.pages == 0)
        return pt_err_set(err, PT_SYSTEM, "\"%s\" is empty: there is nothing to repair", path);
    if (map_file(m, fd, (size_t)st.st_size, path, err) != 0)
        return -1;
    m->state = pt_mem_alloc((size_t)m->counts.pages + 1);
    m->tree = pt_mem_alloc((size_t)m->counts.pages + 1);
    fresh = pt_mem_alloc((size_t)m->counts.pages + 1);
    m->usable = m->size - (has_sums(m) ? PT_PAGESUM_BYTES : 0);
    lay_over(m, w, fresh);
    if (m->usable < m->size)
        check_pages(m, fresh, (size_t)st.st_size);
    free(fresh);
    return 0;
}

int pt_image_open(struct pt_image **out, const char *path, uint32_t page_size, struct pt_err *err)
{
    struct pt_image *m = pt_mem_alloc(sizeof *m);
    struct pt_wal w = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
    if (fd < 0)
        rc = pt_err_sys(err, "cannot open the store \"%s\"", path);
    else if ((rc = pt_wal_open(&w, path, err)) == 0)
        rc = load(m, fd, path, page_size, &w, err);
    pt_wal_close(&w);
    if (fd >= 0)
        close(fd);
    if (rc != 0) {
        pt_image_close(m);
        return -1;
    }
    *out = m;
    return 0;
}

void pt_image_close(struct pt_image *m)
{
    if (!m)
        return;
    if (m->bytes)
        munmap(m->bytes, m->n);
    free(m->state);
    free(m->tree);
    pt_arena_release(&m->arena);
    free(m);
}

const struct pt_image_counts *pt_image_counts(const struct pt_image *m)
{
    return &m->counts;
}

/* --- pages of trees -------------------------------------------------------------------------- */

/* A page of a tree; false when it cannot be one. */
struct node {
    const unsigned char *page;
    uint32_t number;
    int kind;
    uint32_t cells, pointers; /* how many, and where their offsets begin */
};

static bool read_node(const struct pt_image *m, uint32_t number, struct node *out)
{
    uint32_t head = number == 1 ? HEADER : 0;
    const unsigned char *p;
    if (number == 0 || number > m->counts.pages)
        return false;
    p = page_at(m, number);
    *out = (struct node){.page = p, .number = number, .kind = p[head]};
    if (out->kind != TABLE_LEAF && out->kind != TABLE_INNER && out->kind != INDEX_LEAF &&
        out->kind != INDEX_INNER)
        return false;
    out->pointers = head + (out->kind == TABLE_INNER || out->kind == INDEX_INNER ? 12 : 8);
    out->cells = get(p + head + 3, 2);
    return out->pointers + 2 * out->cells <= m->usable;
}

static bool inner(const struct node *n)
{
    return n->kind == TABLE_INNER || n->kind == INDEX_INNER;
}

/* Cell i, or NULL when it is not within the page. */
static const unsigned char *cell_at(const struct pt_image *m, const struct node *n, uint32_t i)
{
    uint32_t at = get(n->page + n->pointers + 2 * i, 2);
    return at >= n->pointers + 2 * n->cells && at + 4 <= m->usable ? n->page + at : NULL;
}

static void claim(struct pt_image *m, uint32_t number, uint8_t tree, int depth);

static void claim_below(struct pt_image *m, const struct node *n, uint8_t tree, int depth)
{
    for (uint32_t i = 0; i < n->cells; i++) {
        const unsigned char *cell = cell_at(m, n, i);
        if (cell)
            claim(m, get(cell, 4), tree, depth + 1);
    }
    claim(m, get(n->page + n->pointers - 4, 4), tree, depth + 1);
}

static void claim(struct pt_image *m, uint32_t number, uint8_t tree, int depth)
{
    struct node n;
    m->beyond[tree] += number > m->counts.pages;
    if (depth > DEPTH_MOST || number == 0 || number > m->counts.pages || m->tree[number])
        return;
    m->tree[number] = tree;
    if (m->state[number] != BAD && read_node(m, number, &n) && inner(&n))
        claim_below(m, &n, tree, depth);
}

/* What a bad page says is below it, if nothing better is known and it can be true. */
static void claim_by_bad(struct pt_image *m, uint32_t number, int depth)
{
    struct node n, child;
    if (depth > DEPTH_MOST || !read_node(m, number, &n) || !inner(&n))
        return;
    for (uint32_t i = 0; i <= n.cells; i++) {
        const unsigned char *cell =
            i < n.cells ? cell_at(m, &n, i) : n.page + n.pointers - 4;
        uint32_t below = cell ? get(cell, 4) : 0;
        if (below < 2 || !read_node(m, below, &child) || m->tree[below] ||
            (n.kind == TABLE_INNER) != (child.kind == TABLE_INNER || child.kind == TABLE_LEAF))
            continue;
        m->tree[below] = m->tree[number];
        claim_by_bad(m, below, depth + 1);
    }
}

void pt_image_claim(struct pt_image *m, uint32_t root, uint8_t tree)
{
    claim(m, root, tree, 0);
}

/* The page above this one in a tree, by the map; 0 when the map does not say.  Page 2 is the first
 * of the map, and each of its pages is followed by those it tells of. */
static uint32_t page_above(const struct pt_image *m, uint32_t page)
{
    uint32_t per = m->usable / MAP_ENTRY, lock = LOCK_BYTE / m->size + 1;
    uint32_t map = 2 + (page - 2) / (per + 1) * (per + 1);
    const unsigned char *entry;
    if (map == lock)
        map++;
    if (page < 3 || page <= map || map > m->counts.pages || m->state[map] == BAD)
        return 0;
    entry = page_at(m, map) + (size_t)(page - map - 1) * MAP_ENTRY;
    return entry[0] == MAP_TREE ? get(entry + 1, 4) : 0;
}

void pt_image_claim_orphans(struct pt_image *m)
{
    for (uint32_t i = 3; i <= m->counts.pages; i++) {
        uint32_t above = i;
        for (int up = 0; up < DEPTH_MOST && above && !m->tree[above]; up++) {
            above = page_above(m, above);
            if (above > m->counts.pages)
                above = 0;
        }
        if (above)
            m->tree[i] = m->tree[above];
    }
    for (uint32_t i = 1; i <= m->counts.pages; i++)
        if (m->tree[i] && m->state[i] == BAD)
            claim_by_bad(m, i, 0);
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Bytes that are left to read. */
struct cursor {
    const unsigned char *p, *end;
    bool bad;
};

static uint64_t get_varint(struct cursor *c)
{
    uint64_t v = 0;
    for (int i = 0; i < 9 && c->p < c->end; i++) {
        unsigned char byte = *c->p++;
        if (i == 8)
            return v << 8 | byte;
        v = v << 7 | (byte & 0x7F);
        if (!(byte & 0x80))
            return v;
    }
    c->bad = true;
    return 0;
}

/* How many of a row's n bytes are on its own page; the rest is on a chain of others. */
static uint32_t local_bytes(const struct pt_image *m, bool table, uint64_t n)
{
    uint32_t u = m->usable, most = table ? u - 35 : (u - 12) * 64 / 255 - 23;
    uint32_t least = (u - 12) * 32 / 255 - 23, some;
    if (n <= most)
        return (uint32_t)n;
    some = least + (uint32_t)((n - least) % (u - 4));
    return some <= most ? some : least;
}

/* The n bytes that begin at the cursor, in one piece.  False when they are not all there. */
static bool gather(struct pt_image *m, bool table, struct cursor *c, uint64_t n,
                   struct cursor *out, bool *sure)
{
    uint32_t local = local_bytes(m, table, n), next, links = 0;
    unsigned char *to;
    if (n > VALUE_MOST || n > m->n || (size_t)(c->end - c->p) < local + (n > local ? 4 : 0))
        return false;
    if (n == local) {
        *out = (struct cursor){c->p, c->p + n, false};
        return true;
    }
    to = pt_arena_alloc(&m->arena, n);
    *out = (struct cursor){to, to + n, false};
    memcpy(to, c->p, local);
    next = get(c->p + local, 4);
    for (uint64_t have = local; have < n; links++) {
        uint64_t take = n - have < m->usable - 4 ? n - have : m->usable - 4;
        if (next == 0 || next > m->counts.pages || links > m->counts.pages)
            return false;
        *sure &= m->state[next] != BAD;
        memcpy(to + have, page_at(m, next) + 4, take);
        have += take;
        next = get(page_at(m, next), 4);
    }
    return true;
}

static int64_t get_integer(const unsigned char *p, int n)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

static bool get_value(struct cursor *body, uint64_t serial, struct pt_image_value *out)
{
    static const int BYTES[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    uint64_t n = serial >= 12 ? (serial - 12) / 2 : serial < 10 ? (uint64_t)BYTES[serial] : 0;
    if (serial == 10 || serial == 11 || n > (uint64_t)(body->end - body->p))
        return false;
    *out = (struct pt_image_value){.type = SQLITE_INTEGER};
    if (serial >= 12) {
        out->type = serial & 1 ? SQLITE_TEXT : SQLITE_BLOB;
        out->s = (struct pt_str){(const char *)body->p, (size_t)n};
    } else if (serial == 0) {
        out->type = SQLITE_NULL;
    } else if (serial == 7) {
        uint64_t bits = (uint64_t)get_integer(body->p, 8);
        out->type = SQLITE_FLOAT;
        memcpy(&out->d, &bits, sizeof bits);
    } else {
        out->i = serial >= 8 ? (int64_t)serial - 8 : get_integer(body->p, (int)n);
    }
    body->p += n;
    return true;
}

/* The columns of a record: its head says their types, its body their bytes. */
static bool read_record(struct cursor all, struct pt_image_row *out)
{
    struct cursor head = all;
    uint64_t n = get_varint(&head);
    struct cursor body = all;
    if (head.bad || n < (uint64_t)(head.p - all.p) || n > (uint64_t)(all.end - all.p))
        return false;
    head.end = body.p = all.p + n;
    for (out->n = 0; head.p < head.end; out->n++) {
        uint64_t serial = get_varint(&head);
        if (head.bad || out->n == PT_IMAGE_COLUMNS || !get_value(&body, serial, &out->v[out->n]))
            return false;
    }
    return body.p == body.end;
}

static bool read_row(struct pt_image *m, const struct node *n, uint32_t i,
                     struct pt_image_row *out)
{
    const unsigned char *cell = cell_at(m, n, i);
    bool table = n->kind == TABLE_LEAF;
    struct cursor c, all;
    uint64_t bytes;
    if (!cell)
        return false;
    c = (struct cursor){cell + (n->kind == INDEX_INNER ? 4 : 0), n->page + m->usable, false};
    bytes = get_varint(&c);
    out->rowid = table ? (int64_t)get_varint(&c) : 0;
    out->sure = m->state[n->number] != BAD;
    pt_arena_reset(&m->arena);
    return !c.bad && gather(m, table, &c, bytes, &all, &out->sure) && read_record(all, out);
}

/* 0 or what `each` said; *whole: whether every row could be read. */
static int each_on_page(struct pt_image *m, uint32_t page,
                        int (*each)(void *ctx, const struct pt_image_row *row), void *ctx,
                        bool *whole)
{
    struct pt_image_row row;
    struct node n;
    int rc = 0;
    *whole = read_node(m, page, &n);
    if (!*whole)
        return 0;
    for (uint32_t i = 0; i < n.cells && n.kind != TABLE_INNER && rc == 0; i++) {
        if (read_row(m, &n, i, &row))
            rc = each(ctx, &row);
        else
            *whole = false;
    }
    return rc;
}

int pt_image_each(struct pt_image *m, uint8_t tree,
                  int (*each)(void *ctx, const struct pt_image_row *row), void *ctx,
                  struct pt_image_damage *damage)
{
    int rc = 0;
    *damage = (struct pt_image_damage){0, m->beyond[tree]};
    for (uint32_t i = 1; i <= m->counts.pages && rc == 0; i++) {
        bool whole;
        if (m->tree[i] != tree)
            continue;
        rc = each_on_page(m, i, each, ctx, &whole);
        if (!whole && m->state[i] != BAD) { /* zeroes, or another page's content */
            m->state[i] = BAD;
            m->counts.bad++;
        }
        damage->bad += m->state[i] == BAD;
        damage->unread += !whole;
    }
    return rc;
}

/* --- the schema ------------------------------------------------------------------------------ */

struct sought {
    struct pt_image *image;
    const char *name;
    uint32_t root;
    bool sure;
};

/* type, name, tbl_name, rootpage, sql; on a bad page, too, if nothing better is there. */
static int match_name(void *ctx, const struct pt_image_row *row)
{
    struct sought *k = ctx;
    struct node n;
    if (row->n < 4 || k->sure || !pt_str_is(row->v[1].s, k->name) || row->v[3].i <= 0 ||
        row->v[3].i > UINT32_MAX || !(row->sure || read_node(k->image, (uint32_t)row->v[3].i, &n)))
        return 0;
    k->root = (uint32_t)row->v[3].i;
    k->sure = row->sure;
    return 0;
}

uint32_t pt_image_root(struct pt_image *m, const char *name)
{
    struct sought k = {.image = m, .name = name};
    struct pt_image_damage ignored;
    pt_image_claim(m, 1, UINT8_MAX);
    pt_image_each(m, UINT8_MAX, match_name, &k, &ignored);
    return k.root;
}
