/* stat.c - see stat.h.  The tags are parsed once for each stat, and written once for each number,
 * with room left for the tag that tells the numbers apart. */
#include "query/stat.h"

#include "base/json.h"
#include "query/agg.h"
#include "record/tags.h"

struct expansion {
    struct pt_record metric;
    struct pt_tags tags;  /* of the stat, without agg */
    struct pt_str before; /* what agg was */
    struct pt_str unit;
    struct pt_arena *arena;
};

/* The stat's own tags, agg put aside. */
static int read_tags(struct expansion *x, struct pt_str json, struct pt_err *err)
{
    struct pt_tags all;
    struct pt_tag *rest;
    if (pt_tags_parse(json, x->arena, &all, err) != 0)
        return -1;
    rest = pt_arena_alloc(x->arena, (all.n + 1) * sizeof *rest);
    x->tags = (struct pt_tags){rest, 0};
    for (size_t i = 0; i < all.n; i++)
        if (pt_str_is(all.v[i].key, "agg"))
            x->before = all.v[i].value;
        else
            rest[x->tags.n++] = all.v[i];
    return 0;
}

/* The canonical tags with agg added. */
static int write_tags(struct expansion *x, struct pt_str agg, struct pt_buf *out,
                      struct pt_err *err)
{
    size_t n = x->tags.n + 1;
    struct pt_tag *tags = pt_arena_alloc(x->arena, n * sizeof *tags);
    struct pt_buf both = {0};
    int rc;
    if (x->before.n) {
        pt_buf_str(&both, x->before);
        pt_buf_putc(&both, '.');
    }
    pt_buf_str(&both, agg);
    memcpy(tags, x->tags.v, x->tags.n * sizeof *tags);
    tags[n - 1] = (struct pt_tag){PT_STR("agg"), pt_buf_view(&both)};
    rc = pt_tags_sort(tags, n, err);
    if (rc == 0)
        pt_tags_write(out, (struct pt_tags){tags, n});
    pt_buf_release(&both);
    return rc;
}

static void write_unit(const struct expansion *x, struct pt_str agg, struct pt_buf *out)
{
    struct pt_agg known;
    if (pt_agg_named(agg, &known))
        pt_agg_unit(&known, x->unit, out);
    else
        pt_buf_str(out, x->unit);
}

static int make_metric(struct expansion *x, struct pt_str agg, struct pt_err *err)
{
    struct pt_buf text = {0};
    int rc = write_tags(x, agg, &text, err);
    x->metric.tags = pt_arena_str(x->arena, pt_buf_view(&text));
    pt_buf_clear(&text);
    write_unit(x, agg, &text);
    x->metric.unit = pt_arena_str(x->arena, pt_buf_view(&text));
    pt_buf_release(&text);
    return rc;
}

/* A number of the envelope is no aggregate. */
static bool envelope(struct pt_str key)
{
    return pt_str_is(key, "ts") || pt_str_is(key, "window") || pt_str_is(key, "quantile_error");
}

int pt_stat_each(const struct pt_record *stat, struct pt_arena *arena,
                 int (*each)(void *ctx, const struct pt_record *metric, struct pt_err *err),
                 void *ctx, struct pt_err *err)
{
    struct expansion x = {.arena = arena};
    struct pt_json_iter it;
    struct pt_str key, value;
    int rc;
    x.metric = (struct pt_record){.metric = true, .ts = stat->ts, .type = PT_STR("metric"),
                                  .name = stat->name.n ? stat->name : PT_STR("stat")};
    if (pt_json_open(&it, stat->body) != 0)
        return 0;
    if (pt_json_get(stat->body, "unit", &value))
        x.unit = pt_json_text(pt_json_raw(value), arena);
    rc = read_tags(&x, stat->tags, err);
    while (rc == 0 && pt_json_next(&it, &key, &value) == 1) {
        const char *end = value.p + value.n;
        if (envelope(key) || pt_num_parse(value.p, end, &x.metric.value) != end)
            continue;
        rc = make_metric(&x, pt_json_text(key, arena), err);
        if (rc == 0)
            rc = each(ctx, &x.metric, err);
    }
    return rc;
}
