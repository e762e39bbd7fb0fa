/* schema.c - reading schemas: every mistake is told with its line, its column and what was
 * expected; what may be written is read; and what is learned of a series lasts. */
#include "quality/schema.h"
#include "../test.h"

#include "base/buf.h"

static void refused(const char *text, uint64_t line, const char *what)
{
    struct pt_schema *s;
    struct pt_err err = {0};
    CHECK(pt_schema_parse(&s, pt_str(text), "dir/x.schema", &err) == -1);
    CHECK(!s && err.code == PT_USAGE);
    CHECK_STR(pt_str(err.input), "dir/x.schema");
    CHECK_INT(err.line, line);
    if (!CHECK_STR(pt_str(err.what), what))
        printf("#   for  %s\n", text);
    pt_schema_free(s);
}

static struct pt_schema *read_schema(const char *text)
{
    struct pt_schema *s;
    struct pt_err err = {0};
    if (!CHECK(pt_schema_parse(&s, pt_str(text), "x.schema", &err) == 0))
        printf("#   %s: %s\n", text, err.what);
    return s;
}

static void accepted(const char *text, size_t blocks, size_t rules)
{
    struct pt_schema *s = read_schema(text);
    if (!s)
        return;
    CHECK_INT((int64_t)pt_schema_blocks(s), (int64_t)blocks);
    CHECK_INT((int64_t)pt_schema_rules(s), (int64_t)rules);
    pt_schema_free(s);
}

static void places(void)
{
    static const struct {
        const char *text;
        uint64_t line;
        const char *what;
    } CASES[] = {
        {"", 0, "holds no rule; expected metric, document or source"},
        {"# only a comment\n\n", 0, "holds no rule; expected metric, document or source"},
        {"range 0 .. 1", 1, "column 1: expected metric, document or source, not \"range\""},
        {"metric", 1, "column 7: expected a selector of metrics"},
        {"\n  metric  # x\n", 2, "column 9: expected a selector of metrics"},
        {"metric a{b=c}", 1,
         "column 8: selector: expected a value in quotes at character 5 of: a{b=c}"},
        {"document trade a{", 1, "column 16: selector: expected a tag's key at character 3 of: a{"},
        {"document", 1, "column 9: expected a type of documents, or *"},
        {"source a b", 1, "column 10: expected the end of the line, not \"b\""},
        {"metric a\n rang 0 .. 1", 2,
         "column 2: expected a keyword (did you mean range?), not \"rang\""},
        {"source a\n range 0 .. 1", 2,
         "column 2: expected metric, document, source, late, duplicates, rejects or severity, not "
         "\"range\""},
        {"metric a\n range", 2, "column 7: expected a number"},
        {"metric a\n range 0..1", 2, "column 8: expected a number, not \"0..1\""},
        {"metric a\n range 0 1", 2, "column 10: expected \"..\" with space around it, not \"1\""},
        {"metric a\n range ..", 2, "column 10: expected a number on one side of \"..\""},
        {"metric a\n range 2 .. 1", 2,
         "column 13: expected a number that is not below the first, not \"1\""},
        {"metric a\n range 1 .. 2 3", 2, "column 15: expected the end of the line, not \"3\""},
        {"metric a\n range 0 .. nan", 2, "column 13: expected a number, not \"nan\""},
        {"metric a\n range 0 .. 1e999", 2, "column 13: expected a number, not \"1e999\""},
        {"metric a\n range 0 .. 1\n range 0 .. 2", 3,
         "column 2: expected it once in a block, not \"range\""},
        {"metric a\n unit a b", 2, "column 9: expected one unit, not \"b\""},
        {"metric a\n unit", 2, "column 6: expected a unit such as ms"},
        {"metric a\n unit \"ms", 2, "column 7: expected a closing quote"},
        {"metric a\n unit \"ms\"x", 2, "column 11: expected space behind the closing quote"},
        {"metric a\n type string", 2, "column 7: expected float or integer, not \"string\""},
        {"document a\n type x", 2,
         "column 8: expected integer, string, number, boolean, object or array"},
        {"document a\n type", 2, "column 6: expected a field such as qty or tags.host"},
        {"metric a\n kind meter", 2,
         "column 7: expected gauge, counter or histogram, not \"meter\""},
        {"metric a\n require", 2, "column 9: expected names of tags"},
        {"document a\n allow", 2, "column 7: expected names of fields"},
        {"metric a\n one-of", 2, "column 8: expected a tag and its values"},
        {"document a\n one-of side", 2, "column 13: expected values"},
        {"metric a\n monotone", 2, "column 10: expected increasing, decreasing or strictly"},
        {"metric a\n monotone strictly", 2, "column 19: expected increasing or decreasing"},
        {"metric a\n monotone decreasing reset 1", 2,
         "column 22: expected the end of the line, not \"reset\""},
        {"metric a\n monotone increasing reset x", 2, "column 28: expected a number, not \"x\""},
        {"metric a\n fresh soon", 2,
         "column 8: expected a duration such as 10s or 5m, not \"soon\""},
        {"metric a\n future -1s", 2,
         "column 9: expected a duration such as 10s or 5m, not \"-1s\""},
        {"metric a\n complete 99 every 1s", 2,
         "column 11: expected a share from 0% to 100%, not \"99\""},
        {"metric a\n complete 100.1% every 1s", 2,
         "column 11: expected a share from 0% to 100%, not \"100.1%\""},
        {"metric a\n complete 9%", 2, "column 13: expected \"every\" and a duration"},
        {"metric a\n complete 9% every 0s", 2,
         "column 20: expected a duration above 0 such as 10s or 5m, not \"0s\""},
        {"metric a\n complete 9% every 7s", 2,
         "column 20: expected a duration that divides the day, not \"7s\""},
        {"metric a\n complete 9% every 1s from 9:00 to 10:00", 2,
         "column 28: expected a time of day such as 09:30, not \"9:00\""},
        {"metric a\n complete 9% every 1s from 09:00", 2,
         "column 33: expected \"to\" and a time of day"},
        {"metric a\n complete 9% every 1s from 09:00 to 24:01", 2,
         "column 37: expected a time of day from 00:00 to 24:00, not \"24:01\""},
        {"metric a\n complete 9% every 1s from 09:00 to 09:00", 2,
         "column 37: expected a time of day later than the first, not \"09:00\""},
        {"metric a\n severity error", 2, "column 11: expected warn or reject, not \"error\""},
        {"metric a\n unit \xff", 2, "column 7: expected text in UTF-8"},
        {"metric a\n unit \x1b[31m\n range x", 3, "column 8: expected a number, not \"x\""},
        {"metric a\n range \x1b[31m", 2, "column 8: expected a number, not \"\\x1b[31m\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        refused(CASES[i].text, CASES[i].line, CASES[i].what);
}

static void limits(void)
{
    struct pt_buf b = {0};
    pt_buf_puts(&b, "metric a\n require");
    for (int i = 0; i < 300; i++)
        pt_buf_puts(&b, " t");
    refused(b.p, 2, "column 520: expected at most 256 words in a line");
    pt_buf_clear(&b);
    pt_buf_puts(&b, "metric a\n unit ");
    for (int i = 0; i < 5000; i++)
        pt_buf_putc(&b, 'x');
    refused(b.p, 2, "column 4096: expected at most 4096 bytes in a line");
    pt_buf_release(&b);
}

static void shapes(void)
{
    accepted("metric a", 1, 0);
    accepted("metric a{b=\"x # y\",c=~\"p|q\"} # comment\nrange .. 5\nseverity warn\n", 1, 1);
    accepted("document trade\n range a 0 .. 1\n range b 0 ..\n type a integer\n", 1, 3);
    accepted("document * x{y='1'}\r\n require \"a b\"\r\n", 1, 1);
    accepted("source *\n late 0%\n duplicates 100%\n rejects 0.5%\n", 1, 3);
    accepted("metric a\n complete 99.9% every 10s from 00:00 to 24:00\n", 1, 1);
    accepted("metric *\nmonotone strictly increasing reset -1.5e3\n", 1, 1);
}

static int check(struct pt_schema *s, const char *name, int64_t ts, double value,
                 enum pt_fault *fault)
{
    struct pt_err why = {0};
    struct pt_record r = {.metric = true,
                          .ts = ts,
                          .type = PT_STR("metric"),
                          .name = pt_str(name),
                          .value = pt_num_real(value)};
    int rc = pt_schema_check(s, &r, 0, fault, &why);
    CHECK((rc != 0) == (why.code == PT_DATA) && (rc != 0) == (why.what[0] != '\0'));
    return rc;
}

/* What is refused leaves no trace; what is late is not judged; a point again is not a step. */
static void memory(void)
{
    struct pt_schema *s = read_schema("metric c\n monotone increasing\n range 0 .. 100\n");
    enum pt_fault f = PT_FAULT_SYNTAX;
    CHECK_INT(check(s, "c", 10, 5, &f), 0);
    CHECK_INT(check(s, "c", 20, 101, &f), -1);
    CHECK_INT(f, PT_FAULT_RANGE);
    CHECK_INT(check(s, "c", 30, 6, &f), 0);
    CHECK_INT(check(s, "c", 40, 5.5, &f), -1);
    CHECK_INT(f, PT_FAULT_SEQUENCE);
    CHECK_INT(check(s, "c", 15, 1, &f), 0);
    CHECK_INT(check(s, "c", 30, 7, &f), 0); /* of two at one time the larger stays */
    CHECK_INT(check(s, "c", 30, 6, &f), 0);
    CHECK_INT(check(s, "c", 50, 6.5, &f), -1);
    CHECK_INT(check(s, "d", 50, -6.5, &f), 0);
    pt_schema_free(s);
}

/* All blocks count; what refuses goes before what warns, whatever their order. */
static void severities(void)
{
    struct pt_schema *s = read_schema("metric a\n range 0 .. 10\n severity warn\n"
                                      "metric a*\n range 0 .. 20\n"
                                      "metric a\n require host\n severity warn\n");
    enum pt_fault f = PT_FAULT_SYNTAX;
    CHECK_INT(check(s, "a", 1, 5, &f), 1);
    CHECK_INT(f, PT_FAULT_TAGS);
    CHECK_INT(check(s, "a", 1, 25, &f), -1);
    CHECK_INT(f, PT_FAULT_RANGE);
    CHECK_INT(check(s, "ab", 1, 15, &f), 0);
    pt_schema_strict(s);
    CHECK_INT(check(s, "b", 1, 15, &f), -1);
    CHECK_INT(f, PT_FAULT_FIELDS);
    pt_schema_free(s);
}

TEST_MAIN({"places of mistakes", places}, {"limits", limits}, {"what may be written", shapes},
          {"memory of a series", memory}, {"severities", severities})
