/* gauge.c - see gauge.h.
 *
 * The cut: a line for the time 0 and the value 0 begins with the stamp of time 0, and its value
 * follows the first `"value":`.  No name can fake that member, since quotes inside names come
 * escaped, and tags stand behind it. */
#include "collect/gauge.h"

#include "base/mem.h"
#include "base/num.h"
#include "record/write.h"

#include <math.h>
#include <stdlib.h>

static const double FINEST = 1e4;      /* computed values are multiples of 1 / FINEST ... */
static const double ROUND_MOST = 1e11; /* ... up to here; beyond, a double's digits end anyway */
#define VALUE "\"value\":"

void pt_moment_stamp(struct pt_buf *b, int64_t wall)
{
    pt_line_open(b, NULL, wall);
}

static void all_tags(struct pt_buf *b, struct pt_tags tags, const struct pt_tag *more, size_t n)
{
    struct pt_tag *v = pt_mem_array(tags.n + n, sizeof *v);
    struct pt_err ignored = {0}; /* keys do not repeat: the caller's promise */
    for (size_t i = 0; i < tags.n + n; i++)
        v[i] = i < tags.n ? tags.v[i] : more[i - tags.n];
    (void)pt_tags_sort(v, tags.n + n, &ignored);
    pt_tags_write(b, (struct pt_tags){v, tags.n + n});
    free(v);
}

void pt_gauge_init(struct pt_gauge *g, const char *name, const char *unit, struct pt_tags tags,
                   const struct pt_tag *more, size_t n)
{
    struct pt_buf stamp = {0}, json = {0}, line = {0};
    const char *value;
    size_t head;
    pt_moment_stamp(&stamp, 0);
    all_tags(&json, tags, more, n);
    pt_line_metric(&line, 0, pt_str(name), pt_num_real(0), PT_KIND_GAUGE, pt_str(unit),
                   pt_buf_view(&json));
    value = strstr(line.p, VALUE) + strlen(VALUE);
    head = (size_t)(value - line.p) - stamp.n;
    g->n = line.n - stamp.n - 1; /* without the 0 */
    g->head = head;
    g->text = pt_mem_array(g->n + 1, 1);
    memcpy(g->text, line.p + stamp.n, head);
    memcpy(g->text + head, value + 1, g->n - head);
    pt_buf_release(&stamp);
    pt_buf_release(&json);
    pt_buf_release(&line);
}

void pt_gauge_release(struct pt_gauge *g)
{
    free(g->text);
    *g = (struct pt_gauge){0};
}

static void put(const struct pt_gauge *g, const struct pt_moment *now, struct pt_num value,
                struct pt_buf *out)
{
    pt_buf_str(out, now->stamp);
    pt_buf_add(out, g->text, g->head);
    out->n += (size_t)pt_num_format(pt_buf_reserve(out, PT_NUM_MAX), value);
    pt_buf_add(out, g->text + g->head, g->n - g->head);
}

void pt_gauge_count(const struct pt_gauge *g, const struct pt_moment *now, uint64_t value,
                    struct pt_buf *out)
{
    if (value <= INT64_MAX)
        put(g, now, pt_num_int((int64_t)value), out);
}

void pt_gauge_real(const struct pt_gauge *g, const struct pt_moment *now, double value,
                   struct pt_buf *out)
{
    if (!isfinite(value))
        return;
    if (fabs(value) < ROUND_MOST)
        value = rint(value * FINEST) / FINEST;
    put(g, now, pt_num_real(value + 0.0), out); /* + 0.0: no -0 */
}

void pt_gauge_init_all(struct pt_gauge *g, const struct pt_gauge_row *rows, size_t n_rows,
                       struct pt_tags tags, const struct pt_tag *more, size_t n)
{
    for (size_t i = 0; i < n_rows; i++)
        pt_gauge_init(&g[i], rows[i].name, rows[i].unit, tags, more, n);
}

void pt_gauge_release_all(struct pt_gauge *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pt_gauge_release(&g[i]);
}
