/* stat.c - a stat record comes apart into one metric for each of its numbers. */
#include "query/stat.h"
#include "../test.h"

#include "base/buf.h"

static int append(void *out, const struct pt_record *m, struct pt_err *err)
{
    (void)err;
    pt_buf_printf(out, "%.*s%.*s %g %.*s\n", (int)m->name.n, m->name.p, (int)m->tags.n, m->tags.p,
                  m->value.d, (int)m->unit.n, m->unit.p);
    return 0;
}

static void check(const char *line, const char *want)
{
    struct pt_record_reader reader = {0};
    struct pt_record stat;
    struct pt_arena arena = {0};
    struct pt_buf out = {0};
    struct pt_err err = {0};
    CHECK_INT(pt_record_parse(&reader, pt_str(line), &stat, &err), 0);
    CHECK_INT(pt_stat_each(&stat, &arena, append, &out, &err), 0);
    CHECK_STR(pt_buf_view(&out), want);
    pt_buf_release(&out);
    pt_arena_release(&arena);
    pt_record_reader_release(&reader);
}

static void comes_apart(void)
{
    check("{\"type\":\"stat\",\"ts\":1,\"name\":\"m\",\"window\":60,\"unit\":\"ms\","
          "\"tags\":{\"z\":\"1\"},\"count\":3,\"p99\":7.5,\"rate\":2,\"note\":\"x\",\"other\":4}",
          "m{\"agg\":\"count\",\"z\":\"1\"} 3 \n"
          "m{\"agg\":\"p99\",\"z\":\"1\"} 7.5 ms\n"
          "m{\"agg\":\"rate\",\"z\":\"1\"} 2 ms/s\n"
          "m{\"agg\":\"other\",\"z\":\"1\"} 4 ms\n");
    check("{\"type\":\"stat\",\"ts\":1,\"max\":1}", "stat{\"agg\":\"max\"} 1 \n");
}

static void of_stats(void)
{
    check("{\"type\":\"stat\",\"ts\":1,\"name\":\"m\",\"tags\":{\"agg\":\"p99\",\"a\":\"b\"},"
          "\"max\":1}",
          "m{\"a\":\"b\",\"agg\":\"p99.max\"} 1 \n");
}

static void stops(void)
{
    struct pt_record stat = {.type = PT_STR("stat"), .body = PT_STR("{\"max\":1}"),
                             .tags = PT_STR("{\"a\":1}")};
    struct pt_arena arena = {0};
    struct pt_buf out = {0};
    struct pt_err err = {0};
    CHECK_INT(pt_stat_each(&stat, &arena, append, &out, &err), -1);
    CHECK_INT(err.code, PT_DATA);
    CHECK_INT((int64_t)out.n, 0);
    pt_arena_release(&arena);
}

TEST_MAIN({"comes apart", comes_apart}, {"of stats", of_stats}, {"stops at bad tags", stops})
