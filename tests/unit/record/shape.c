/* shape.c - a reader that has seen many lines reads each as one that has seen none: the full reader
 * is the oracle of the shapes. */
#include "record/record.h"

#include "../test.h"
#include "base/buf.h"

#include <stdlib.h>

static const char *const SEEDS[] = {
    "{\"ts\":1767225600.123,\"name\":\"cpu.user\",\"value\":12.25,\"tags\":{\"host\":\"h001\"}}",
    "{\"ts\":1767225600.123,\"name\":\"cpu.sys\",\"value\":7,\"tags\":{\"host\":\"h001\"}}",
    "{\"ts\":\"2026-11-20T09:30:00.5Z\",\"name\":\"a\",\"value\":-0.5,\"unit\":\"ms\",\"tags\":{}}",
    "{\"value\":1,\"ts\":1767225600,\"name\":\"a\"}",
    "{\"name\":\"a\",\"kind\":\"counter\",\"value\":1e3,\"ts\":1767225600123}",
    "{\"type\":\"metric\",\"ts\":5,\"name\":\"a\\\"b\",\"value\":1,\"tags\":{\"k\":\"}\"}}",
    "{\"ts\":1,\"name\":\"a\",\"value\":9007199254740993,\"unit\":null,\"tags\":{\"a\":\"1\"}}",
    "{ \"ts\" : 1 , \"name\" : \"a\" , \"value\" : 2 }",
    "{\"type\":\"event\",\"ts\":1,\"name\":\"a\",\"value\":1,\"x\":{\"y\":[1,2]}}",
    "{\"ts\":1,\"name\":\"a\",\"value\":1,\"more\":true}",
    "{\"ts\":1,\"name\":\"a\",\"value\":1,\"trace\":\"t1\"}",
};

/* All that a line came to, as text. */
static void read_line(struct pt_record_reader *reader, struct pt_str line, struct pt_buf *out)
{
    struct pt_record r;
    struct pt_err err = {0};
    pt_buf_clear(out);
    if (pt_record_parse(reader, line, &r, &err) != 0) {
        pt_buf_printf(out, "! %s", err.what);
        return;
    }
    pt_buf_printf(out, "%d %lld %.17g %lld %d|", r.metric, (long long)r.ts, r.value.d,
                  (long long)r.value.wide, (int)r.kind);
    pt_buf_str(out, r.type);
    pt_buf_putc(out, '|');
    pt_buf_str(out, r.name);
    pt_buf_putc(out, '|');
    pt_buf_str(out, r.tags);
    pt_buf_putc(out, '|');
    pt_buf_str(out, r.unit);
    pt_buf_putc(out, '|');
    pt_buf_str(out, r.body);
}

static bool same_as_fresh(struct pt_record_reader *warm, struct pt_str line)
{
    struct pt_record_reader fresh = {.ts_unit = warm->ts_unit, .strict = warm->strict};
    struct pt_buf got = {0}, want = {0};
    bool same;
    read_line(warm, line, &got);
    read_line(&fresh, line, &want);
    same = pt_str_eq(pt_buf_view(&got), pt_buf_view(&want));
    if (!same)
        printf("#   %.*s\n#   got  %s\n#   want %s\n", (int)line.n, line.p, got.p, want.p);
    pt_buf_release(&got);
    pt_buf_release(&want);
    pt_record_reader_release(&fresh);
    return same;
}

/* A seed with a few bytes changed, put in or taken out, most of them such that mean something. */
static void mutate(struct pt_buf *line, uint64_t *state)
{
    static const char BYTES[] = "\"\\{}[]:,.-+eE0123459 \tTZaNn\x80\x01";
    const char *seed = SEEDS[test_random(state) % (sizeof SEEDS / sizeof *SEEDS)];
    pt_buf_clear(line);
    pt_buf_puts(line, seed);
    for (uint64_t n = test_random(state) % 4; n; n--) {
        size_t at = test_random(state) % line->n;
        char byte = BYTES[test_random(state) % (sizeof BYTES - 1)];
        switch (test_random(state) % 3) {
        case 0: line->p[at] = byte; break;
        case 1:
            memmove(line->p + at, line->p + at + 1, line->n - at - 1);
            line->n--;
            break;
        default:
            pt_buf_putc(line, byte);
            memmove(line->p + at + 1, line->p + at, line->n - at - 1);
            line->p[at] = byte;
        }
    }
}

static void mutated(void)
{
    struct pt_record_reader plain = {0}, strict = {.ts_unit = PT_UNIT_MS, .strict = true};
    struct pt_buf line = {0};
    uint64_t state = 1;
    for (int i = 0; i < 100000; i++) {
        mutate(&line, &state);
        if (!CHECK(same_as_fresh(&plain, pt_buf_view(&line))) ||
            !CHECK(same_as_fresh(&strict, pt_buf_view(&line))))
            break;
    }
    CHECK(plain.shapes.n > 100);
    pt_buf_release(&line);
    pt_record_reader_release(&plain);
    pt_record_reader_release(&strict);
}

/* Whether the second of two lines was known by its shape. */
static bool known(const char *first, const char *second)
{
    struct pt_record_reader reader = {0};
    struct pt_record a = {0}, b = {0};
    struct pt_err err = {0};
    bool yes;
    pt_record_parse(&reader, pt_str(first), &a, &err);
    pt_record_parse(&reader, pt_str(second), &b, &err);
    yes = a.spelling && a.spelling == b.spelling;
    CHECK(same_as_fresh(&reader, pt_str(second)));
    pt_record_reader_release(&reader);
    return yes;
}

static void spellings(void)
{
    CHECK(known("{\"ts\":1,\"name\":\"a\",\"value\":1}",
                "{\"ts\":2.5,\"name\":\"a\",\"value\":-3e4}"));
    CHECK(known("{\"value\":1,\"ts\":1,\"name\":\"a\",\"tags\":{\"h\":\"x\"}}",
                "{\"value\":22,\"ts\":33,\"name\":\"a\",\"tags\":{\"h\":\"x\"}}"));
    CHECK(!known("{\"ts\":1,\"name\":\"a\",\"value\":1}", "{\"ts\":1,\"name\":\"b\",\"value\":1}"));
    CHECK(!known("{\"ts\":1,\"name\":\"a\",\"value\":1}", "{\"ts\":1,\"value\":1,\"name\":\"a\"}"));
    CHECK(!known("{\"ts\":1,\"name\":\"a\",\"value\":1,\"x\":1}",
                 "{\"ts\":1,\"name\":\"a\",\"value\":1,\"x\":1}"));
    /* the same texts in other holes are another spelling */
    CHECK(!known("{\"ts\":1,\"value\":1,\"name\":\"a\",\"unit\":\"b\"}",
                 "{\"ts\":1,\"value\":1,\"unit\":\"a\",\"name\":\"b\"}"));
}

/* More spellings than are remembered: they are forgotten, numbers never come again. */
static void forgetting(void)
{
    struct pt_record_reader reader = {0};
    struct pt_record r;
    struct pt_err err = {0};
    struct pt_buf line = {0};
    uint32_t last = 0;
    for (int i = 0; i < 300000; i++) {
        pt_buf_clear(&line);
        pt_buf_printf(&line, "{\"ts\":1,\"name\":\"a%d\",\"value\":1}", i);
        if (!CHECK(pt_record_parse(&reader, pt_buf_view(&line), &r, &err) == 0) ||
            !CHECK(r.spelling > last))
            break;
        last = r.spelling;
    }
    CHECK(reader.shapes.n <= 1 << 17);
    pt_buf_release(&line);
    pt_record_reader_release(&reader);
}

TEST_MAIN({"mutated lines", mutated}, {"spellings", spellings}, {"forgetting", forgetting})
