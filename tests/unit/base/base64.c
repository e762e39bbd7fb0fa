/* base64.c - the examples of RFC 4648, section 10; what is not canonical is refused; all bytes come
 * back. */
#include "base/base64.h"
#include "../test.h"

static void examples(void)
{
    static const char *const PAIRS[][2] = {{"", ""},           {"f", "Zg=="},
                                           {"fo", "Zm8="},     {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct pt_buf text = {0}, back = {0};
        pt_base64_encode(&text, pt_str(PAIRS[i][0]));
        CHECK_STR(pt_buf_view(&text), PAIRS[i][1]);
        CHECK(pt_base64_decode(&back, pt_str(PAIRS[i][1])) == 0);
        CHECK_STR(pt_buf_view(&back), PAIRS[i][0]);
        pt_buf_release(&text);
        pt_buf_release(&back);
    }
}

static void refusals(void)
{
    static const char *const WRONG[] = {"Z",    "Zg",   "Zg=",  "Zh==",     "Zm9=",    "=Zg=",
                                        "====", "Z===", "Zg=a", "Zg==Zg==", "Zm 9vYg", "Zm9-"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct pt_buf out = {0};
        if (!CHECK(pt_base64_decode(&out, pt_str(WRONG[i])) == -1))
            printf("#   %s\n", WRONG[i]);
        pt_buf_release(&out);
    }
}

static void all_bytes(void)
{
    uint64_t seed = 3;
    char bytes[300];
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct pt_buf text = {0}, back = {0};
        bytes[n] = (char)test_random(&seed);
        pt_base64_encode(&text, (struct pt_str){bytes, n});
        CHECK(pt_base64_decode(&back, pt_buf_view(&text)) == 0);
        CHECK(pt_str_eq(pt_buf_view(&back), (struct pt_str){bytes, n}));
        pt_buf_release(&text);
        pt_buf_release(&back);
    }
}

TEST_MAIN({"RFC 4648", examples}, {"refusals", refusals}, {"all bytes", all_bytes})
