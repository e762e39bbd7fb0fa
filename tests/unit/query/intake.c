/* intake.c - records of a stream: spellings, order, duplicates, what is asked of them at the
 * edges. */
#include "query/catalogue.h"
#include "query/intake.h"
#include "query/query.h"
#include "query/reading.h"
#include "../test.h"

static struct pt_intake *intake;
static struct pt_record_reader reader = {.ts_unit = PT_UNIT_NS};

static void begin(const struct pt_selector *selector)
{
    struct pt_err err = {0};
    CHECK_INT(pt_intake_open(&intake, selector, &err), 0);
}

static void end(void)
{
    pt_intake_free(intake);
    pt_record_reader_release(&reader);
    reader = (struct pt_record_reader){.ts_unit = PT_UNIT_NS};
}

static void put(const char *line)
{
    struct pt_record record;
    struct pt_err err = {0};
    CHECK_INT(pt_record_parse(&reader, pt_str(line), &record, &err), 0);
    CHECK_INT(pt_intake_add(intake, &record, &err), 0);
}

/* What was put. */
static struct pt_store *asked(void)
{
    struct pt_err err = {0};
    CHECK_INT(pt_intake_flush(intake, &err), 0);
    return pt_intake_store(intake);
}

static int count(void *ctx, const struct pt_store_run *run)
{
    size_t *n = ctx;
    *n += run->points ? run->points->n : run->summary->n;
    return 0;
}

static size_t points(struct pt_store *s, int64_t series, int64_t since, int64_t until)
{
    struct pt_store_range range = {.since = since, .until = until, .summaries = true};
    struct pt_err err = {0};
    size_t n = 0;
    CHECK_INT(pt_store_each_run(s, series, &range, count, &n, &err), 0);
    return n;
}

static void one_series_however_spelled(void)
{
    struct pt_store *s;
    struct pt_catalogue c = {0};
    struct pt_err err = {0};
    begin(NULL);
    put("{\"ts\":1,\"name\":\"m\",\"value\":1,\"tags\":{\"b\":\"2\",\"a\":\"1\"}}");
    put("{\"ts\":2,\"name\":\"m\",\"value\":1,\"tags\":{ \"a\" : \"1\", \"\\u0062\":\"2\"},"
        "\"unit\":\"ms\"}");
    put("{\"ts\":3,\"name\":\"\\u006d\",\"value\":1,\"tags\":{\"a\":\"1\",\"b\":\"2\"},"
        "\"unit\":\"s\",\"kind\":\"gauge\"}");
    put("{\"ts\":3,\"name\":\"m\",\"value\":1}");
    put("{\"ts\":3,\"name\":\"a\",\"value\":1}");
    s = asked();
    CHECK_INT(pt_catalogue_read(&c, s, NULL, &err), 0);
    CHECK_INT((int64_t)c.n, 3);
    CHECK_STR(c.series[0].name, "a");
    CHECK_STR(c.series[1].tags, "{\"a\":\"1\",\"b\":\"2\"}");
    CHECK_STR(c.series[1].unit, "ms"); /* the first that was said */
    CHECK_INT(c.series[1].kind, PT_KIND_GAUGE);
    CHECK_STR(c.series[2].tags, "{}");
    CHECK_INT((int64_t)points(s, c.series[1].id, PT_TIME_MIN, PT_TIME_MAX), 3);
    pt_catalogue_release(&c);
    end();
}

static void cuts_to_the_range(void)
{
    struct pt_store *s;
    struct pt_num value;
    struct pt_err err = {0};
    int64_t ts;
    begin(NULL);
    put("{\"ts\":30,\"name\":\"m\",\"value\":3}");
    put("{\"ts\":10,\"name\":\"m\",\"value\":1}");
    put("{\"ts\":20,\"name\":\"m\",\"value\":2}");
    s = asked();
    CHECK_INT((int64_t)points(s, 1, 10, 30), 2);
    CHECK_INT((int64_t)points(s, 1, 11, 30), 1);
    CHECK_INT((int64_t)points(s, 1, 31, 40), 0);
    CHECK_INT((int64_t)points(s, 1, 20, 20), 0);
    CHECK_INT(pt_store_point_before(s, 1, 10, &ts, &value, &err), 0);
    CHECK_INT(pt_store_point_before(s, 1, 30, &ts, &value, &err), 1);
    CHECK_INT(ts, 20);
    CHECK_NEAR(value.d, 2, 0);
    end();
}

static void keeps_only_what_is_wanted(void)
{
    struct pt_store *s;
    struct pt_catalogue c = {0};
    struct pt_selector *selector;
    struct pt_err err = {0};
    CHECK_INT(pt_selector_parse("m{h=\"a\"}", &selector, &err), 0);
    begin(selector);
    put("{\"ts\":1,\"name\":\"m\",\"value\":1,\"tags\":{\"h\":\"a\"}}");
    put("{\"ts\":1,\"name\":\"m\",\"value\":1,\"tags\":{\"h\":\"b\"}}");
    s = asked();
    CHECK_INT(pt_catalogue_read(&c, s, NULL, &err), 0);
    CHECK_INT((int64_t)c.n, 2);
    CHECK_INT((int64_t)points(s, c.series[0].id, PT_TIME_MIN, PT_TIME_MAX), 1);
    CHECK_INT((int64_t)points(s, c.series[1].id, PT_TIME_MIN, PT_TIME_MAX), 0);
    pt_catalogue_release(&c);
    pt_selector_free(selector);
    end();
}

/* Names are told apart from what follows them in a key. */
static void names_of_any_bytes(void)
{
    struct pt_store *s;
    struct pt_catalogue c = {0};
    struct pt_err err = {0};
    begin(NULL);
    put("{\"ts\":1,\"name\":\"m{}\",\"value\":1}");
    put("{\"ts\":1,\"name\":\"m\",\"value\":1}");
    s = asked();
    CHECK_INT(pt_catalogue_read(&c, s, NULL, &err), 0);
    CHECK_INT((int64_t)c.n, 2);
    pt_catalogue_release(&c);
    end();
}

/* The whole road: groups in order, tags that only some series have, undefined values. */
static void answers(void)
{
    static const char *const BY[] = {"h"};
    struct pt_store *s;
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_err err = {0};
    struct pt_query q = {.since = PT_TIME_MIN, .until = PT_TIME_MAX, .aggs = aggs, .by = BY,
                         .nby = 1};
    struct pt_answer a;
    q.naggs = (size_t)pt_agg_parse("count,stddev,median", aggs, &err);
    begin(NULL);
    put("{\"ts\":1,\"name\":\"m\",\"value\":5,\"tags\":{\"h\":\"z\"}}");
    put("{\"ts\":2,\"name\":\"n\",\"value\":6}");
    put("{\"ts\":3,\"name\":\"m\",\"value\":7,\"tags\":{\"x\":\"1\"},\"unit\":\"ms\"}");
    s = asked();
    CHECK_INT(pt_query_run(s, &q, &a, &err), 0);
    CHECK_INT((int64_t)a.n, 2);
    CHECK_STR(a.groups[0].name, "");
    CHECK_STR(a.groups[0].tags, "{}");
    CHECK_STR(a.groups[0].unit, "");
    CHECK_NEAR(a.groups[0].values[2].d, 6.5, 0);
    CHECK_STR(a.groups[1].name, "m");
    CHECK_STR(a.groups[1].tags, "{\"h\":\"z\"}");
    CHECK(isnan(a.groups[1].values[1].d));
    pt_answer_release(&a);
    end();
}

static void put_at(int64_t ts, const char *name)
{
    struct pt_record r = {.metric = true, .ts = ts, .name = pt_str(name),
                          .value = pt_num_int(ts)};
    struct pt_err err = {0};
    CHECK_INT(pt_intake_add(intake, &r, &err), 0);
}

static int extent(void *ctx, const struct pt_store_run *run)
{
    int64_t *e = ctx; /* n, first, last */
    if (!e[0])
        e[1] = run->points->ts[0];
    e[0] += (int64_t)run->points->n;
    e[2] = run->points->ts[run->points->n - 1];
    return 0;
}

/* Forgetting keeps each series' last point before, and all behind; adding goes on. */
static void forgets(void)
{
    enum { N = 20000, CUT = 15000 };
    const struct pt_store_range all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_err err = {0};
    struct pt_num value;
    struct pt_store *s;
    int64_t ts;
    begin(NULL);
    for (int64_t t = 1; t <= N; t++) {
        put_at(t, "long");
        if (t % 500 == 0)
            put_at(t, "tail");
        if (t == 7)
            put_at(t, "once");
    }
    s = asked();
    CHECK_INT(pt_intake_forget(intake, CUT, NULL, &err), 0);
    for (int64_t t = N + 1; t <= N + 1000; t++)
        put_at(t, "long");
    put_at(CUT, "tail"); /* once more: the point is there */
    put_at(CUT + 1, "tail");
    CHECK_INT(pt_intake_flush(intake, &err), 0);
    for (int64_t id = 1; id <= 3; id++) {
        static const char *const NAMES[] = {"long", "once", "tail"};
        static const int64_t LAST[] = {N + 1000, 7, N}, BEFORE[] = {CUT - 1, 7, CUT - 500};
        int64_t e[3] = {0};
        CHECK_INT(pt_store_each_run(s, id, &all, extent, e, &err), 0);
        CHECK_INT(e[2], LAST[id - 1]);
        CHECK_INT(pt_store_point_before(s, id, CUT, &ts, &value, &err), 1);
        if (!CHECK_INT(ts, BEFORE[id - 1]))
            printf("#   of %s\n", NAMES[id - 1]);
        CHECK_INT((int64_t)value.d, ts);
        if (id == 1)
            CHECK(e[0] >= N + 1000 - CUT && e[0] < N + 1000 - CUT + 3000);
        if (id == 3)
            CHECK_INT(e[0], 13); /* 14500, 15000, 15001, 15500 to 20000 */
    }
    CHECK_INT((int64_t)points(s, 1, CUT, PT_TIME_MAX), N + 1000 - CUT + 1);
    end();
}

/* With a condition it keeps the last point for which that holds, however far back, and of what
 * stands before and behind that nothing more than its chunk. */
static void forgets_on_condition(void)
{
    enum { N = 20000, CUT = 15000, LAST = 5000 };
    static const char *const WORDS[] = {"value"};
    const struct pt_store_range all = {.since = PT_TIME_MIN, .until = PT_TIME_MAX};
    struct pt_reading before = {.range = {.since = CUT, .until = PT_TIME_MAX}};
    struct pt_formula *where = NULL;
    struct pt_err err = {0};
    int64_t ts;
    struct pt_num value;
    begin(NULL);
    CHECK_INT(pt_formula_parse_words("value <= 5000", PT_FORMULA_CONDITION, "--where", WORDS, 1,
                                     &where, &err), 0);
    for (int64_t t = 1; t <= N; t++)
        put_at(t, "a");
    before.store = asked();
    before.where = where;
    for (int round = 0; round < 2; round++) {
        int64_t e[3] = {0};
        CHECK_INT(pt_intake_forget(intake, CUT, where, &err), 0);
        CHECK_INT(pt_reading_before(&before, 1, &ts, &value, &err), 1);
        CHECK_INT((int64_t)value.d, LAST);
        CHECK_INT(pt_store_each_run(before.store, 1, &all, extent, e, &err), 0);
        CHECK(e[0] > N - CUT && e[0] < N - CUT + 4000);
    }
    CHECK_INT(pt_intake_forget(intake, CUT, NULL, &err), 0);
    CHECK_INT(pt_reading_before(&before, 1, &ts, &value, &err), 0);
    pt_reading_release(&before);
    pt_formula_free(where);
    end();
}

TEST_MAIN({"one series however spelled", one_series_however_spelled},
          {"cuts to the range", cuts_to_the_range},
          {"keeps only what is wanted", keeps_only_what_is_wanted},
          {"names of any bytes", names_of_any_bytes}, {"answers", answers}, {"forgets", forgets},
          {"forgets on condition", forgets_on_condition})
