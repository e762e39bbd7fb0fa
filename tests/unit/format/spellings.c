/* spellings.c - what was learnt is found, by exactly those bytes, and memory stays bounded. */
#include "format/spellings.h"

#include "../test.h"

#include <stdlib.h>

static int learn(struct pt_spellings *s, const char *raw, const char *name, const char *host,
                 struct pt_record *out)
{
    struct pt_tag tags[2] = {{PT_STR("host"), pt_str(host)}, {PT_STR("dc"), PT_STR("1")}};
    struct pt_err err = {0};
    *out = (struct pt_record){.name = pt_str(name), .unit = PT_STR("ms"), .kind = PT_KIND_GAUGE};
    return pt_spellings_learn(s, pt_str(raw), out, tags, 2, &err);
}

static void found_by_its_bytes(void)
{
    struct pt_spellings s = {0};
    struct pt_record r;
    char name[] = "name";
    CHECK(!pt_spellings_find(&s, PT_STR("a"), &r));
    CHECK(learn(&s, "a", name, "h", &r) == 0);
    name[0] = 'x'; /* it keeps its own copy */
    CHECK(pt_spellings_find(&s, PT_STR("a"), &r) && r.metric && r.kind == PT_KIND_GAUGE);
    CHECK_STR(r.name, "name");
    CHECK_STR(r.unit, "ms");
    CHECK_STR(r.type, "metric");
    CHECK_STR(r.tags, "{\"dc\":\"1\",\"host\":\"h\"}");
    CHECK(!pt_spellings_find(&s, PT_STR("a "), &r) && !pt_spellings_find(&s, PT_STR(""), &r));
    CHECK(learn(&s, "b", "bad\x01", "h", &r) == -1 && !pt_spellings_find(&s, PT_STR("b"), &r));
    CHECK(learn(&s, "b", "b", "\xC3", &r) == -1 && !pt_spellings_find(&s, PT_STR("b"), &r));
    pt_spellings_release(&s);
    pt_spellings_release(&s);
}

/* However many there are: the newest is found, and no more than a bounded number is held. */
static void many(void)
{
    struct pt_spellings s = {0};
    struct pt_record r;
    size_t most = 0;
    for (int i = 0; i < 600000; i++) {
        char raw[16];
        snprintf(raw, sizeof raw, "%d", i);
        if (!CHECK(learn(&s, raw, raw, "h", &r) == 0 && pt_spellings_find(&s, pt_str(raw), &r)) ||
            !CHECK_STR(r.name, raw))
            break;
        most = s.raw.n > most ? s.raw.n : most;
    }
    CHECK_INT((int64_t)most, 1 << 18);
    pt_spellings_release(&s);
}

static void large(void)
{
    struct pt_spellings s = {0};
    struct pt_record r;
    char *host = calloc(1, 60001);
    size_t most = 0;
    memset(host, 'h', 60000);
    for (int i = 0; i < 3000; i++) {
        char raw[16];
        snprintf(raw, sizeof raw, "%d", i);
        CHECK(learn(&s, raw, "a", host, &r) == 0);
        most = s.bytes > most ? s.bytes : most;
    }
    CHECK(most <= 64 << 20 && most > 60 << 20);
    memset(host, '\\', 33000); /* whose escaped form is twice as long */
    CHECK(learn(&s, "a", "a", host, &r) == -1);
    free(host);
    pt_spellings_release(&s);
}

/* Whoever keeps something by a number must never find another series under it. */
static void numbers_are_new(void)
{
    struct pt_spellings s = {0};
    struct pt_record before, after;
    CHECK(learn(&s, "a", "a", "h", &before) == 0 && before.spelling);
    pt_spellings_forget(&s);
    CHECK(!pt_spellings_find(&s, PT_STR("a"), &after));
    CHECK(learn(&s, "a", "b", "h", &after) == 0 && after.spelling > before.spelling);
    pt_spellings_release(&s);
}

TEST_MAIN({"found by its bytes", found_by_its_bytes}, {"many", many}, {"large", large},
          {"numbers are new", numbers_are_new})
