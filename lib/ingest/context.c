/* context.c - see context.h. */
#include "ingest/context.h"

#include "base/json.h"
#include "base/text.h"

/* In the order of enum pt_time_unit. */
static const char *const UNITS[] = {"auto", "s", "ms", "us", "ns"};
enum { NUNITS = sizeof UNITS / sizeof UNITS[0] };

static void member(struct pt_buf *out, const char *key, struct pt_str text)
{
    if (!text.n)
        return;
    pt_buf_printf(out, ",\"%s\":", key);
    pt_text_json(out, text);
}

void pt_context_write(struct pt_buf *out, const struct pt_records *records,
                      const struct pt_records_options *options)
{
    struct pt_buf before = {0};
    enum pt_records_format format = pt_records_alone(records);
    char zone[PT_TIME_ZONE] = "";
    if (format == PT_RECORDS_CSV || format == PT_RECORDS_TSV) /* others have no local times */
        pt_time_zone_name(zone);
    pt_records_before(records, &before);
    pt_buf_printf(out, "{\"format\":\"%s\",\"ts_unit\":\"%s\",\"strict\":%s",
                  pt_records_format_name(format), UNITS[options->ts_unit],
                  options->strict ? "true" : "false");
    member(out, "tz", pt_str(zone));
    member(out, "tags", pt_str(options->tags));
    member(out, "values", pt_str(options->values));
    member(out, "before", pt_buf_view(&before));
    pt_buf_putc(out, '}');
    pt_buf_release(&before);
}

static struct pt_str text_of(struct pt_str object, const char *key, struct pt_arena *arena)
{
    struct pt_str value = {0};
    if (!pt_json_get(object, key, &value))
        return (struct pt_str){0};
    return pt_arena_str(arena, pt_json_text(pt_json_raw(value), arena));
}

static const char *name_of(struct pt_str object, const char *key, struct pt_arena *arena)
{
    struct pt_str text = text_of(object, key, arena);
    return text.n ? text.p : NULL;
}

int pt_context_read(struct pt_str text, struct pt_arena *arena, struct pt_context *out,
                    struct pt_err *err)
{
    const char *why, *where;
    struct pt_str strict = {0}, unit;
    *out = (struct pt_context){0};
    if (!text.n)
        return 0;
    if (pt_json_value(text.p, text.p + text.n, &why, &where) != text.p + text.n)
        return pt_err_set(err, PT_SYSTEM, "a reject's context is damaged; run pt-archive verify");
    out->options.format = pt_records_format_named(text_of(text, "format", arena));
    out->options.strict = pt_json_get(text, "strict", &strict) && pt_str_is(strict, "true");
    out->options.tags = name_of(text, "tags", arena);
    out->options.values = name_of(text, "values", arena);
    unit = text_of(text, "ts_unit", arena);
    for (int i = 0; i < NUNITS; i++)
        if (pt_str_is(unit, UNITS[i]))
            out->options.ts_unit = (enum pt_time_unit)i;
    out->tz = name_of(text, "tz", arena);
    out->before = text_of(text, "before", arena);
    return 0;
}
