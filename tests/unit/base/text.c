/* text.c - bytes from data in each place they go to. */
#include "base/text.h"

#include "../test.h"

static bool csv(const char *in, const char *want)
{
    struct pt_buf b = {0};
    bool same;
    pt_text_csv(&b, pt_str(in), ',');
    same = pt_str_is(pt_buf_view(&b), want);
    if (!same)
        printf("#   %s\n", b.p ? b.p : "");
    pt_buf_release(&b);
    return same;
}

static bool made(void (*make)(struct pt_buf *, struct pt_str), struct pt_str in, const char *want)
{
    struct pt_buf b = {0};
    bool same;
    make(&b, in);
    same = pt_str_is(pt_buf_view(&b), want);
    if (!same)
        printf("#   %s\n", b.p ? b.p : "");
    pt_buf_release(&b);
    return same;
}

static void json(void)
{
    CHECK(made(pt_text_json, PT_STR(""), "\"\""));
    CHECK(made(pt_text_json, PT_STR("a\"b\\c\n\r\t\b\x01"),
               "\"a\\\"b\\\\c\\n\\r\\t\\u0008\\u0001\""));
    CHECK(made(pt_text_json, PT_STR("\xE4\xB8\xAD\x7F"), "\"\xE4\xB8\xAD\x7F\""));
    CHECK(made(pt_text_json,
               PT_STR("a\xff"
                      "b\xC3"),
               "\"a\xEF\xBF\xBD"
               "b\xEF\xBF\xBD\""));
    CHECK(made(pt_text_json, PT_STR("a\0b"), "\"a\\u0000b\""));
}

static void csv_fields(void)
{
    CHECK(csv("plain", "plain") && csv("", "") && csv("a b", "a b") && csv("-5", "-5"));
    CHECK(csv("a,b", "\"a,b\"") && csv("a\"b", "\"a\"\"b\"") && csv("a\nb", "\"a\nb\""));
    CHECK(csv("=1+1", "\"'=1+1\"") && csv("@cmd", "\"'@cmd\"") && csv("+x", "\"'+x\""));
    CHECK(csv("-x", "\"'-x\"") && csv("\tx", "\"'\tx\"") && csv("+5", "+5") && csv("-1e3", "-1e3"));
}

static void html(void)
{
    CHECK(made(pt_text_html, PT_STR("<a href=\"x\" id='y'>&"),
               "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;"));
    CHECK(made(pt_text_html, PT_STR("a\0b"),
               "a\xEF\xBF\xBD"
               "b"));
}

static void terminal(void)
{
    CHECK(made(pt_text_terminal, PT_STR("\x1b[2Jx\a\x7f"), "\\x1b[2Jx\\x07\\x7f"));
    CHECK(made(pt_text_terminal, PT_STR("a\nb\tc"), "a\\x0ab\\x09c"));
    CHECK(made(pt_text_terminal,
               PT_STR("\xC2\x9B"
                      "31m"),
               "\xEF\xBF\xBD"
               "31m")); /* C1: CSI */
    CHECK(made(pt_text_terminal, PT_STR("\x9b\xE4\xB8\xAD"), "\xEF\xBF\xBD\xE4\xB8\xAD"));
}

static void utf8(void)
{
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("plain ascii that is long")), 24);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("\xE4\xB8\xAD\xF0\x9F\x98\x80")), 7);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("ab\xC0\xAF")), 2);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("\xED\xA0\x80")), 0);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("\xE0\x9F\xBF")), 0);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("\xF4\x8F\xBF\xBF")), 4);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("\xF4\x90\x80\x80")), 0);
    CHECK_INT((int64_t)pt_text_utf8(PT_STR("12345678\xff")), 8);
}

static void width(void)
{
    CHECK_INT((int64_t)pt_text_width(PT_STR("abc")), 3);
    CHECK_INT((int64_t)pt_text_width(PT_STR("\xE4\xB8\xAD\xE6\x96\x87")), 4);
    CHECK_INT((int64_t)pt_text_width(PT_STR("e\xCC\x81")), 1);
    CHECK_INT((int64_t)pt_text_width(PT_STR("\xC3\xA9")), 1);
    CHECK_INT((int64_t)pt_text_width(PT_STR("")), 0);
}

static void nearest(void)
{
    static const char *const WORDS[] = {"since", "until", "output", "db"};
    CHECK_STR(pt_str(pt_text_nearest("sinse", WORDS, 4)), "since");
    CHECK_STR(pt_str(pt_text_nearest("outptu", WORDS, 4)), "output");
    CHECK(pt_text_nearest("completely-else", WORDS, 4) == NULL);
    CHECK(pt_text_nearest("x", NULL, 0) == NULL);
}

/* A run differs from another in any one byte of it, and in none outside. */
static void same_runs(void)
{
    char a[80], b[82];
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = b[i + 1] = (char)(i * 37);
    b[0] = b[81] = 'x';
    for (size_t n = 0; n <= 64; n++)
        for (size_t at = 0; at < sizeof a; at++) {
            b[at + 1] ^= 0x40;
            CHECK(pt_str_same(a + 8, b + 9, n) == (at < 8 || at >= 8 + n));
            b[at + 1] ^= 0x40;
        }
}

TEST_MAIN({"same runs", same_runs}, {"JSON", json}, {"CSV", csv_fields}, {"HTML", html}, {"terminal", terminal},
          {"UTF-8", utf8}, {"width", width}, {"nearest word", nearest})
