/* graphite.c - Graphite's plaintext protocol to records.
 *
 * Sources: graphite.readthedocs.io, "Feeding In Your Data" for the line `path value time`, and
 * "Graphite Tag Support" for a path with `;tag=value`.  The path is the name.  A time is in
 * seconds; -1, or none at all, stands for the time of reading. */
#include "base/mem.h"
#include "format/reader.h"
#include "format/spellings.h"

#include <ctype.h>
#include <stdlib.h>

enum { TAGS_MOST = 256 };

struct graphite {
    enum pt_time_unit ts_unit;
    struct pt_spellings spellings; /* by path */
    struct pt_ticks ticks;
    bool timeless;
};

static void *make(const struct pt_records_options *options)
{
    struct graphite *g = pt_mem_alloc(sizeof *g);
    g->ts_unit = options->ts_unit;
    return g;
}

static void release(void *self)
{
    struct graphite *g = self;
    pt_spellings_release(&g->spellings);
    free(g);
}

static int fail(struct pt_err *err, const char *why, struct pt_str row, const char *at)
{
    return pt_reader_fail(err, "graphite", why, row, at);
}

/* Keys may hold anything but ;!^=, values anything but ; and do not begin with ~. */
static int read_tag(struct pt_str row, const char *p, const char *end, struct pt_tag *tag,
                    struct pt_err *err)
{
    const char *equals = memchr(p, '=', (size_t)(end - p));
    if (!equals || equals == p || memchr(p, '!', (size_t)(equals - p)) ||
        memchr(p, '^', (size_t)(equals - p)))
        return fail(err, "expected a tag, key=value", row, p);
    if (equals + 1 == end || equals[1] == '~')
        return fail(err, "expected a tag's value", row, equals + 1);
    *tag = (struct pt_tag){{p, (size_t)(equals - p)}, {equals + 1, (size_t)(end - equals) - 1}};
    return 0;
}

static int learn(struct graphite *g, struct pt_str row, struct pt_str path, struct pt_record *out,
                 struct pt_err *err)
{
    const char *end = path.p + path.n, *p = memchr(path.p, ';', path.n), *stop;
    struct pt_tag tags[TAGS_MOST];
    size_t n = 0;
    p = p ? p : end;
    *out = (struct pt_record){.name = {path.p, (size_t)(p - path.p)}};
    if (!out->name.n)
        return fail(err, "expected a path", row, p);
    for (; p < end; p = stop) {
        if (n == TAGS_MOST)
            return fail(err, "too many tags", row, p);
        p++;
        stop = memchr(p, ';', (size_t)(end - p));
        stop = stop ? stop : end;
        if (read_tag(row, p, stop, &tags[n++], err) != 0)
            return -1;
    }
    return pt_spellings_learn(&g->spellings, path, out, tags, n, err);
}

static bool no_time(struct pt_str time)
{
    return !time.n || pt_str_is(time, "-1");
}

static int row(void *self, struct pt_str text, int64_t now, struct pt_record *out,
               struct pt_err *err)
{
    struct graphite *g = self;
    const char *at = text.p, *end = at + text.n;
    struct pt_str path = pt_reader_word(&at, end), value = pt_reader_word(&at, end),
                  time = pt_reader_word(&at, end), rest = pt_reader_word(&at, end);
    struct pt_num v;
    if (pt_reader_number(value, "graphite", text, &v, err) != 0)
        return -1;
    if (rest.n)
        return fail(err, "something follows the time", text, rest.p);
    if (!pt_spellings_find(&g->spellings, path, out) && learn(g, text, path, out, err) != 0)
        return -1;
    out->value = v;
    if (no_time(time)) {
        g->timeless = true;
        out->ts = pt_ticks_next(&g->ticks, now);
    } else if (pt_time_epoch(time, g->ts_unit, &out->ts) != 0) {
        return fail(err, "expected a time in seconds", text, time.p);
    }
    return 1;
}

static struct pt_ticks *ticks(void *self)
{
    return &((struct graphite *)self)->ticks;
}

static bool timeless(const void *self)
{
    return ((const struct graphite *)self)->timeless;
}

/* Whether Prometheus text could have this name, which has no dots, no tags and the like. */
static bool dotless(struct pt_str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (!isalnum((unsigned char)path.p[i]) && path.p[i] != '_' && path.p[i] != ':')
            return false;
    return true;
}

/* Two or three words, the first no number, the second one and the third a time.  `name 1` and `name
 * 1 1795167000000` are Prometheus text, whose times have milliseconds. */
static bool looks(struct pt_str line)
{
    static const int64_t EARLIEST = 100000000 * PT_S; /* March 1973 */
    const char *at = line.p, *end = at + line.n;
    struct pt_str path = pt_reader_word(&at, end), value = pt_reader_word(&at, end),
                  time = pt_reader_word(&at, end);
    struct pt_num v;
    int64_t t;
    if (!value.n || pt_reader_word(&at, end).n || isdigit((unsigned char)*path.p) ||
        memchr(path.p, '{', path.n) ||
        pt_num_parse_loose(value.p, value.p + value.n, &v) != value.p + value.n)
        return false;
    if (no_time(time))
        return !dotless(path);
    return dotless(path) ? pt_time_epoch(time, PT_UNIT_S, &t) == 0 && t >= EARLIEST
                         : pt_time_epoch(time, PT_UNIT_AUTO, &t) == 0;
}

const struct pt_reader PT_READER_GRAPHITE = {
    .name = "graphite",
    .looks = looks,
    .make = make,
    .free = release,
    .row = row,
    .ticks = ticks,
    .timeless = timeless,
};
