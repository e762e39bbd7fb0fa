/* collect.c - see collect.h.
 *
 * The table is all that knows which sources exist: adding one is a row here and a file beside the
 * others.  Its order is the order of the lines in a sample; self is last, because it measures the
 * sample that is ending. */
#include "collect/collect.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <unistd.h>

static const struct pt_collector *const TABLE[] = {
    &PT_COLLECTOR_CPU,        &PT_COLLECTOR_MEMORY,  &PT_COLLECTOR_DISK,
    &PT_COLLECTOR_FILESYSTEM, &PT_COLLECTOR_NETWORK, &PT_COLLECTOR_LOAD,
    &PT_COLLECTOR_PRESSURE,   &PT_COLLECTOR_SYSTEM,  &PT_COLLECTOR_SELF,
};
enum { SOURCES = sizeof TABLE / sizeof *TABLE, HOST_MOST = 256, QUOTE_MOST = 64 };

struct pt_collect {
    struct pt_kernel *kernel;
    struct pt_collect_site site;
    void *state[SOURCES]; /* NULL: not asked for, or not there */
    struct pt_buf stamp, missing;
};

static int complain(struct pt_err *err, const char *before, struct pt_str s, const char *after)
{
    int n = s.n > QUOTE_MOST ? QUOTE_MOST : (int)s.n;
    return pt_err_set(err, PT_USAGE, "%s\"%.*s\"%s", before, n, s.p, after);
}

/* --- which sources --------------------------------------------------------------------------- */

static int find(struct pt_str name)
{
    int i = 0;
    while (i < SOURCES && !pt_str_is(name, TABLE[i]->name))
        i++;
    return i;
}

static int unknown_source(struct pt_str name, struct pt_err *err)
{
    struct pt_buf all = {0};
    pt_buf_puts(&all, ": there is no such source; there are ");
    for (int i = 0; i < SOURCES; i++)
        pt_buf_printf(&all, "%s%s", i ? ", " : "", TABLE[i]->name);
    complain(err, "--only: ", name, all.p);
    pt_buf_release(&all);
    return -1;
}

int pt_collect_parse_set(const char *list, pt_collect_set *out, struct pt_err *err)
{
    *out = 0;
    if (!list) {
        *out = (UINT32_C(1) << SOURCES) - 1;
        *out &= ~(UINT32_C(1) << find(PT_STR(PT_COLLECT_SELF)));
        return 0;
    }
    for (const char *p = list;;) {
        struct pt_str name = {p, strcspn(p, ",")};
        int i = find(name);
        if (i == SOURCES)
            return unknown_source(name, err);
        *out |= UINT32_C(1) << i;
        if (p[name.n] == '\0')
            return 0;
        p += name.n + 1;
    }
}

/* --- tags ------------------------------------------------------------------------------------ */

static bool reserved(struct pt_str key)
{
    for (int i = 0; i < SOURCES; i++)
        for (const char *const *tag = TABLE[i]->tag; *tag; tag++)
            if (pt_str_is(key, *tag))
                return true;
    return false;
}

static int parse_tag(const char *text, struct pt_tag *out, struct pt_err *err)
{
    struct pt_str all = pt_str(text);
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return complain(err, "--tag: ", all, ": not key=value with a key");
    if (pt_text_utf8(all) != all.n)
        return complain(err, "--tag: ", all, ": not valid UTF-8");
    out->key = (struct pt_str){text, (size_t)(equals - text)};
    out->value = pt_str(equals + 1);
    if (reserved(out->key))
        return complain(err, "--tag: ", out->key,
                        ": a tag that some metrics carry already; choose another key");
    return 0;
}

static const char *this_host(struct pt_arena *arena)
{
    char *name = pt_arena_alloc(arena, HOST_MOST);
    if (gethostname(name, HOST_MOST) != 0)
        name[0] = '\0';
    name[HOST_MOST - 1] = '\0'; /* POSIX leaves it open when the name was cut */
    return name;
}

int pt_collect_parse_tags(const char *const *list, size_t n, const char *host,
                          struct pt_arena *arena, struct pt_tags *out, struct pt_err *err)
{
    struct pt_tag *v = pt_arena_alloc(arena, (n + 1) * sizeof *v);
    bool named = host != NULL;
    size_t k = 0;
    for (; k < n; k++) {
        if (parse_tag(list[k], &v[k], err) != 0)
            return -1;
        for (size_t i = 0; i < k; i++)
            if (pt_str_eq(v[i].key, v[k].key))
                return complain(err, "--tag: ", v[k].key, ": this key is given twice");
        if (pt_str_is(v[k].key, "host")) {
            if (host)
                return complain(err, "--tag: ", pt_str(list[k]), ": --host says it already");
            named = true;
        }
    }
    if (host && pt_text_utf8(pt_str(host)) != strlen(host))
        return complain(err, "--host: ", pt_str(host), ": not valid UTF-8");
    if (host || !named)
        v[k++] = (struct pt_tag){PT_STR("host"), pt_str(host ? host : this_host(arena))};
    *out = (struct pt_tags){v, k};
    return pt_tags_sort(v, k, err);
}

/* --- the set --------------------------------------------------------------------------------- */

static int open_sources(struct pt_collect *c, const struct pt_collect_config *config,
                        struct pt_err *err)
{
    size_t open = 0;
    for (int i = 0; i < SOURCES; i++) {
        if (!(config->sources >> i & 1))
            continue;
        c->state[i] = TABLE[i]->open(&c->site);
        open += c->state[i] != NULL;
        if (!c->state[i])
            pt_buf_printf(&c->missing, "%s%s (%s)", c->missing.n ? ", " : "", TABLE[i]->name,
                          TABLE[i]->reads);
    }
    if (open)
        return 0;
    return pt_err_set(err, PT_SYSTEM, "nothing to measure below \"%s\": not there: %s",
                      config->root ? config->root : "/", c->missing.p ? c->missing.p : "");
}

int pt_collect_open(struct pt_collect **out, const struct pt_collect_config *config,
                    struct pt_err *err)
{
    struct pt_collect *c = pt_mem_alloc(sizeof *c);
    *out = NULL;
    if (pt_kernel_open(&c->kernel, config->root, err) != 0) {
        pt_collect_close(c);
        return -1;
    }
    c->site = (struct pt_collect_site){c->kernel, config->tags, config->per_core};
    if (open_sources(c, config, err) != 0) {
        pt_collect_close(c);
        return -1;
    }
    *out = c;
    return 0;
}

void pt_collect_close(struct pt_collect *c)
{
    if (!c)
        return;
    for (int i = 0; i < SOURCES; i++)
        if (c->state[i])
            TABLE[i]->close(c->state[i]);
    pt_kernel_close(c->kernel);
    pt_buf_release(&c->stamp);
    pt_buf_release(&c->missing);
    free(c);
}

struct pt_str pt_collect_missing(const struct pt_collect *c)
{
    return pt_buf_view(&c->missing);
}

void pt_collect_sample(struct pt_collect *c, int64_t wall, int64_t mono, struct pt_buf *out)
{
    struct pt_moment now = {wall, mono, {0}};
    pt_buf_clear(&c->stamp);
    pt_moment_stamp(&c->stamp, wall);
    now.stamp = pt_buf_view(&c->stamp);
    pt_kernel_next_round(c->kernel);
    for (int i = 0; i < SOURCES; i++)
        if (c->state[i])
            TABLE[i]->sample(c->state[i], &now, out);
}
