/* identity.c - spellings of one series get one number, and the canonical form comes back. */
#include "record/identity.h"
#include "../test.h"

#include "base/buf.h"

static uint32_t number(struct pt_identity *id, const char *name, const char *tags, bool *added)
{
    struct pt_err err = {0};
    uint32_t n = PT_MAP_NONE;
    CHECK_INT(pt_identity_of(id, pt_str(name), pt_str(tags), &n, added, &err), 0);
    return n;
}

static void spellings_agree(void)
{
    static const char *const TAGS[] = {"{\"a\":\"1\",\"b\":\"2\"}", "{\"b\":\"2\",\"a\":\"1\"}",
                                       "{ \"a\" : \"1\", \"b\" : \"2\" }",
                                       "{\"\\u0061\":\"1\",\"b\":\"2\"}"};
    struct pt_identity id = {0};
    bool added;
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof TAGS / sizeof TAGS[0]; i++) {
            CHECK_INT(number(&id, "m", TAGS[i], &added), 0);
            CHECK(added == (round == 0 && i == 0));
        }
    CHECK_INT(number(&id, "m", "", &added), 1);
    CHECK_INT(number(&id, "m", "{}", &added), 1);
    CHECK(!added);
    CHECK_INT((int64_t)pt_identity_count(&id), 2);
    CHECK_INT(pt_identity_canonical(&id, PT_STR("m"), pt_str(TAGS[0]), &added), 0);
    CHECK_STR(pt_identity_name(&id, 0), "m");
    CHECK_STR(pt_identity_tags(&id, 0), TAGS[0]);
    CHECK_STR(pt_identity_tags(&id, 1), "{}");
    pt_identity_release(&id);
}

/* A name may hold any byte, also the one that ends it in a key. */
static void names_stay_apart(void)
{
    struct pt_identity id = {0};
    struct pt_str odd = {"m\0{}", 4};
    struct pt_err err = {0};
    uint32_t n;
    bool added;
    CHECK_INT(number(&id, "m", "{}", &added), 0);
    CHECK_INT(pt_identity_of(&id, odd, PT_STR("{}"), &n, &added, &err), 0);
    CHECK(added);
    CHECK(pt_str_eq(pt_identity_name(&id, n), odd));
    CHECK_STR(pt_identity_tags(&id, n), "{}");
    pt_identity_release(&id);
}

static void refuses_tags(void)
{
    static const char *const TAGS[] = {"{\"a\":1}", "{\"a\":\"1\",\"\\u0061\":\"2\"}", "[]"};
    struct pt_identity id = {0};
    uint32_t n;
    bool added;
    for (size_t i = 0; i < sizeof TAGS / sizeof TAGS[0]; i++) {
        struct pt_err err = {0};
        CHECK_INT(pt_identity_of(&id, PT_STR("m"), pt_str(TAGS[i]), &n, &added, &err), -1);
        CHECK_INT(err.code, PT_DATA);
    }
    CHECK_INT((int64_t)pt_identity_count(&id), 0);
    pt_identity_release(&id);
}

/* More spellings than are remembered: series keep their numbers. */
static void forgets_spellings_only(void)
{
    enum { SPELLINGS = (1 << 20) + 10 };
    struct pt_identity id = {0};
    struct pt_buf name = {0};
    bool added;
    for (int i = 0; i < SPELLINGS; i++) {
        pt_buf_clear(&name);
        pt_buf_printf(&name, "m%d", i / 2);
        CHECK_INT(number(&id, name.p, i % 2 ? "{}" : "", &added), i / 2);
    }
    CHECK_INT((int64_t)pt_identity_count(&id), SPELLINGS / 2);
    CHECK_INT(number(&id, "m7", "", &added), 7);
    CHECK(!added);
    pt_buf_release(&name);
    pt_identity_release(&id);
}

/* One series more than there may be: known ones go on. */
static void limits(void)
{
    struct pt_identity id = {.limits = {.series = 2, .tags = 1}};
    struct pt_str two = PT_STR("{\"x\":\"1\",\"y\":\"2\"}");
    struct pt_err err = {0};
    uint32_t n;
    bool added;
    CHECK_INT(number(&id, "a", "", &added), 0);
    CHECK_INT(number(&id, "b", "", &added), 1);
    CHECK_INT(pt_identity_of(&id, PT_STR("c"), PT_STR(""), &n, &added, &err), -1);
    CHECK_INT(err.code, PT_DATA);
    CHECK_INT(number(&id, "b", "{ }", &added), 1);
    err = (struct pt_err){0};
    CHECK_INT(pt_identity_of(&id, PT_STR("a"), two, &n, &added, &err), -1);
    CHECK(strncmp(err.what, "tags: 2 of them", 15) == 0);
    CHECK_INT((int64_t)pt_identity_count(&id), 2);
    pt_identity_forget(&id);
    CHECK_INT((int64_t)pt_identity_bytes(&id), 0);
    CHECK_INT(number(&id, "c", "{}", &added), 0);
    CHECK(added);
    pt_identity_release(&id);
}

TEST_MAIN({"spellings agree", spellings_agree}, {"names stay apart", names_stay_apart},
          {"refuses tags", refuses_tags}, {"forgets spellings only", forgets_spellings_only},
          {"limits", limits})
