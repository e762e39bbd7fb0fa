/* spellings.c - see spellings.h.
 *
 * Everything is forgotten at once: evicting one by one would need an order of use, which costs
 * every look-up, and inputs with more series than are remembered gain nothing from remembering. */
#include "format/spellings.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

enum {
    SPELLINGS_MOST = 1 << 18,
    BYTES_MOST = 64 << 20, /* of their text */
    TAGS_MOST = 64 * 1024  /* bytes of a tags object, as pt-record(5) says */
};

/* Number i follows the one before. */
static void follow(struct pt_spellings *s, uint32_t i)
{
    if (s->at)
        s->next[s->at - 1] = i + 1;
    s->at = i + 1;
}

bool pt_spellings_find(struct pt_spellings *s, struct pt_str raw, struct pt_record *out)
{
    uint32_t i = pt_map_find(&s->raw, raw);
    if (i == PT_MAP_NONE)
        return false;
    follow(s, i);
    *out = s->series[i];
    return true;
}

size_t pt_spellings_expect(struct pt_spellings *s, const char *p, const char *end,
                           struct pt_record *out)
{
    uint32_t next = s->at ? s->next[s->at - 1] : 0;
    struct pt_str raw;
    if (!next)
        return 0;
    raw = pt_map_key(&s->raw, next - 1);
    if ((size_t)(end - p) < raw.n || !pt_str_same(p, raw.p, raw.n))
        return 0;
    s->at = next;
    *out = s->series[next - 1];
    return raw.n;
}

void pt_spellings_forget(struct pt_spellings *s)
{
    pt_map_release(&s->raw);
    pt_arena_release(&s->text);
    s->bytes = 0;
    s->at = 0;
}

static int write_tags(struct pt_spellings *s, struct pt_tag *tags, size_t n, struct pt_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (pt_text_utf8(tags[i].key) != tags[i].key.n ||
            pt_text_utf8(tags[i].value) != tags[i].value.n)
            return pt_err_set(err, PT_DATA, "tags: not UTF-8");
    if (pt_tags_sort(tags, n, err) != 0)
        return -1;
    pt_buf_clear(&s->tags);
    pt_tags_write(&s->tags, (struct pt_tags){tags, n});
    if (s->tags.n > TAGS_MOST)
        return pt_err_set(err, PT_DATA, "tags: more than %d bytes", TAGS_MOST);
    return 0;
}

int pt_spellings_learn(struct pt_spellings *s, struct pt_str raw, struct pt_record *series,
                       struct pt_tag *tags, size_t n, struct pt_err *err)
{
    size_t bytes;
    uint32_t i;
    if (pt_text_utf8(series->name) != series->name.n)
        return pt_err_set(err, PT_DATA, "name: not UTF-8");
    if (write_tags(s, tags, n, err) != 0 || (series->name.n && pt_record_check(series, err) != 0))
        return -1;
    bytes = raw.n + series->name.n + series->unit.n + s->tags.n;
    if (s->raw.n >= SPELLINGS_MOST || s->bytes + bytes > BYTES_MOST)
        pt_spellings_forget(s);
    s->bytes += bytes;
    i = pt_map_add(&s->raw, raw, NULL);
    s->series = pt_mem_grow(s->series, &s->cap, (size_t)i + 1, sizeof *s->series);
    s->series[i] = (struct pt_record){
        .metric = true,
        .type = PT_STR("metric"),
        .kind = series->kind,
        .name = pt_arena_str(&s->text, series->name),
        .unit = pt_arena_str(&s->text, series->unit),
        .tags = n ? pt_arena_str(&s->text, pt_buf_view(&s->tags)) : (struct pt_str){0},
        .spelling = series->name.n && s->last < UINT32_MAX ? ++s->last : 0,
    };
    s->next = pt_mem_grow(s->next, &s->next_cap, (size_t)i + 1, sizeof *s->next);
    s->next[i] = 0;
    follow(s, i);
    *series = s->series[i];
    return 0;
}

void pt_spellings_release(struct pt_spellings *s)
{
    pt_spellings_forget(s);
    free(s->series);
    free(s->next);
    pt_buf_release(&s->tags);
    *s = (struct pt_spellings){0};
}
