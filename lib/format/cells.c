/* cells.c - see cells.h. */
#include "format/cells.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void pt_cells_release(struct pt_cells *c)
{
    free(c->v);
    free(c->starts);
    pt_arena_release(&c->arena);
}

void pt_cells_settle(struct pt_cells *c, struct pt_str header)
{
    size_t commas = 0, semicolons = 0;
    bool quoted = false;
    if (c->tabs)
        return;
    for (size_t i = 0; i < header.n; i++) {
        quoted ^= header.p[i] == '"';
        commas += !quoted && header.p[i] == ',';
        semicolons += !quoted && header.p[i] == ';';
    }
    c->separator = semicolons > commas ? ';' : ',';
}

bool pt_cells_open(const struct pt_cells *c, struct pt_str line, bool open)
{
    bool begins = !open;
    if (!open && !memchr(line.p, '"', line.n))
        return false;
    for (size_t i = 0; i < line.n; i++) {
        bool quote = line.p[i] == '"';
        if (open && quote && i + 1 < line.n && line.p[i + 1] == '"')
            i++;
        else if (quote && (open || begins))
            open = !open;
        begins = !open && line.p[i] == c->separator;
    }
    return open;
}

/* A quoted cell at p; its text, doubled quotes halved, and the byte behind the closing quote. */
static const char *quoted(struct pt_cells *c, const char *p, const char *end, struct pt_str *out)
{
    char *to = pt_arena_alloc(&c->arena, (size_t)(end - p) + 1);
    size_t n = 0;
    for (p++; p < end; p++) {
        if (*p == '"') {
            if (p + 1 == end || p[1] != '"')
                break;
            p++;
        }
        to[n++] = *p;
    }
    *out = (struct pt_str){to, n};
    return p < end ? p + 1 : NULL;
}

static struct pt_str trimmed(const char *p, const char *stop)
{
    while (p < stop && *p == ' ')
        p++;
    while (stop > p && stop[-1] == ' ')
        stop--;
    return (struct pt_str){p, (size_t)(stop - p)};
}

int pt_cells_split(struct pt_cells *c, struct pt_str row, struct pt_err *err)
{
    const char *p = row.p, *end = row.p + row.n;
    if (row.n && end[-1] == '\r')
        end--;
    c->n = 0;
    for (;; p++) {
        struct pt_str cell;
        const char *stop;
        c->starts = pt_mem_grow(c->starts, &c->starts_cap, c->n + 2, sizeof *c->starts);
        c->starts[c->n] = p;
        if (c->n == PT_CELLS_MOST)
            return pt_err_set(err, PT_DATA, "more than %d columns", PT_CELLS_MOST);
        if (p < end && *p == '"') {
            stop = quoted(c, p, end, &cell);
            if (!stop || (stop < end && *stop != c->separator))
                return pt_err_set(err, PT_DATA, "column %zu: badly quoted", c->n + 1);
        } else {
            stop = p < end ? memchr(p, c->separator, (size_t)(end - p)) : NULL;
            stop = stop ? stop : end;
            cell = trimmed(p, stop);
        }
        c->v = pt_mem_grow(c->v, &c->cap, c->n + 1, sizeof *c->v);
        c->v[c->n++] = cell;
        p = stop;
        c->starts[c->n] = p + 1;
        if (stop == end)
            return 0;
    }
}
