/* sheet.c - rows in five formats, with hostile values. */
#include "format/sheet.h"

#include "../test.h"

/* Two rows: plain values; then every kind of null and text that tries to escape. */
static void fill(struct pt_sheet *s)
{
    pt_sheet_prefix(s, "\"type\":\"stat\",");
    pt_sheet_column(s, "name", NULL);
    pt_sheet_column(s, "p99", "ms");
    pt_sheet_column(s, "n", NULL);
    pt_sheet_column(s, "tags", NULL);
    pt_sheet_text(s, PT_STR("cpu"));
    pt_sheet_num(s, pt_num_real(12.3456789));
    pt_sheet_int(s, 1234567);
    pt_sheet_json(s, PT_STR("{\"host\":\"h07\",\"zone\":\"a\"}"));
    pt_sheet_text(s, PT_STR("=a,\"b\"|<i>\x1b[0m\n"));
    pt_sheet_num(s, pt_num_real((double)NAN));
    pt_sheet_null(s);
    pt_sheet_json(s, PT_STR("{\"k\":\"\\u001b|\"}"));
}

static bool gives(enum pt_sheet_format format, const char *want)
{
    struct pt_buf b = {0};
    struct pt_sheet *s = pt_sheet_new(format, false, &b);
    bool same;
    fill(s);
    pt_sheet_end(s);
    same = pt_str_is(pt_buf_view(&b), want);
    if (!same)
        printf("#   got:\n%s#   want:\n%s", b.p, want);
    pt_sheet_free(s);
    pt_buf_release(&b);
    return same;
}

static void table(void)
{
    CHECK(gives(PT_SHEET_TABLE, "name                   p99 (ms)        n  tags\n"
                                "cpu                     12.3457  1234567  host=h07,zone=a\n"
                                "=a,\"b\"|<i>\\x1b[0m\\x0a                     k=\\x1b|\n"));
}

static void jsonl(void)
{
    CHECK(gives(PT_SHEET_JSONL,
                "{\"type\":\"stat\",\"name\":\"cpu\",\"p99\":12.3456789,\"n\":1234567,"
                "\"tags\":{\"host\":\"h07\",\"zone\":\"a\"}}\n"
                "{\"type\":\"stat\",\"name\":\"=a,\\\"b\\\"|<i>\\u001b[0m\\n\","
                "\"tags\":{\"k\":\"\\u001b|\"}}\n"));
}

static void csv(void)
{
    CHECK(gives(PT_SHEET_CSV,
                "name,p99,n,tags\n"
                "cpu,12.3456789,1234567,\"{\"\"host\"\":\"\"h07\"\",\"\"zone\"\":\"\"a\"\"}\"\n"
                "\"'=a,\"\"b\"\"|<i>\x1b[0m\n\",,,\"{\"\"k\"\":\"\"\\u001b|\"\"}\"\n"));
}

static void markdown(void)
{
    CHECK(gives(
        PT_SHEET_MD,
        "| name                        | p99 (ms) |       n | tags            |\n"
        "| --------------------------- | -------: | ------: | --------------- |\n"
        "| cpu                         |  12.3457 | 1234567 | host=h07,zone=a |\n"
        "| =a,\"b\"\\|\\<i\\>\\\\x1b\\[0m\\\\x0a |          |         | k=\\\\x1b\\|       |\n"));
}

static bool number(double v, const char *want)
{
    struct pt_buf b = {0};
    struct pt_sheet *s = pt_sheet_new(PT_SHEET_TABLE, false, &b);
    const char *row;
    bool same;
    pt_sheet_column(s, "v", NULL);
    pt_sheet_num(s, pt_num_real(v));
    pt_sheet_end(s);
    row = strchr(b.p, '\n') + 1;
    same = strcmp(row + strspn(row, " "), want) == 0;
    if (!same)
        printf("#   %s", b.p);
    pt_sheet_free(s);
    pt_buf_release(&b);
    return same;
}

static void rounding(void)
{
    CHECK(number(0, "0\n") && number(-0.5, "-0.5\n") && number(100, "100\n"));
    CHECK(number(1234567.891, "1234568\n") && number(0.000123456789, "0.000123457\n"));
    CHECK(number(1e-7, "1e-07\n") && number(1e20, "1e+20\n") && number(99999.96, "100000\n"));
    CHECK(number(1.0 / 3, "0.333333\n") && number(123456789012345.0, "123456789012345\n"));
}

static void points_stand_in_line(void)
{
    struct pt_buf b = {0};
    struct pt_sheet *s = pt_sheet_new(PT_SHEET_TABLE, true, &b);
    static const double V[] = {12.25, 3.1, 100};
    pt_sheet_column(s, "a", NULL);
    pt_sheet_column(s, "b", NULL);
    for (int i = 0; i < 3; i++) {
        pt_sheet_num(s, pt_num_real(V[i]));
        pt_sheet_text(s, PT_STR("x"));
    }
    pt_sheet_end(s);
    CHECK_STR(pt_buf_view(&b), "\033[1m     a  b\033[0m\n 12.25  x\n  3.1   x\n100     x\n");
    pt_sheet_free(s);
    pt_buf_release(&b);
}

static void nothing_but_the_head(void)
{
    struct pt_buf b = {0};
    for (int f = PT_SHEET_TABLE; f <= PT_SHEET_MD; f++) {
        struct pt_sheet *s = pt_sheet_new((enum pt_sheet_format)f, false, &b);
        pt_sheet_column(s, "a", NULL);
        pt_sheet_end(s);
        pt_sheet_free(s);
    }
    CHECK_STR(pt_buf_view(&b), "a\na\na\n| a   |\n| --- |\n");
    pt_buf_release(&b);
}

/* What a row of nulls leaves in jsonl is still an object. */
static void a_row_of_nulls(void)
{
    struct pt_buf b = {0};
    struct pt_sheet *s = pt_sheet_new(PT_SHEET_JSONL, false, &b);
    pt_sheet_column(s, "a", NULL);
    pt_sheet_null(s);
    pt_sheet_prefix(s, "\"type\":\"stat\",");
    pt_sheet_null(s);
    pt_sheet_end(s);
    CHECK_STR(pt_buf_view(&b), "{}\n{\"type\":\"stat\"}\n");
    pt_sheet_free(s);
    pt_buf_release(&b);
}

TEST_MAIN({"table", table}, {"jsonl", jsonl}, {"csv", csv}, {"markdown", markdown},
          {"rounding", rounding}, {"points stand in line", points_stand_in_line},
          {"nothing but the head", nothing_but_the_head}, {"a row of nulls", a_row_of_nulls})
