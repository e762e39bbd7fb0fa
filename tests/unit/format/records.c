/* records.c - which format a first line tells, marks and blank lines before it, and skipping. */
#include "format/records.h"

#include "lines.h"

static enum pt_records_format told(const char *text)
{
    struct pt_records_options options = {0};
    struct pt_err err = {0};
    struct pt_input *in;
    struct pt_records *records;
    struct pt_record r;
    enum pt_records_format format;
    CHECK(pt_input_open(&in, lines_file("in", text, strlen(text)), &err) == 0);
    records = pt_records_new(in, &options);
    while (pt_records_next(records, -1, &r, &err) != PT_RECORDS_END)
        continue;
    format = pt_records_format(records);
    pt_records_free(records);
    pt_input_close(in);
    return format;
}

static void telling(void)
{
    CHECK(told("{\"ts\":1}\n") == PT_RECORDS_JSONL);
    CHECK(told("\n \t\n  {\n") == PT_RECORDS_OTLP); /* as it is laid out for people */
    CHECK(told("{ \"resourceLogs\":[]}\n") == PT_RECORDS_OTLP);
    CHECK(told("{\"resourceSpans\"\n") == PT_RECORDS_OTLP);
    CHECK(told("{\"resource\":\"a\"}\n") == PT_RECORDS_JSONL);
    CHECK(told("[]\n") == PT_RECORDS_COLLECTD);
    CHECK(told("  [\n") == PT_RECORDS_COLLECTD);
    CHECK(told("# EOF\n") == PT_RECORDS_OPENMETRICS);
    CHECK(told("load 1m=0.5 1795167000000000000\n") == PT_RECORDS_INFLUX);
    CHECK(told("# TYPE a info\n") == PT_RECORDS_OPENMETRICS);
    CHECK(told("# UNIT a_seconds seconds\n") == PT_RECORDS_OPENMETRICS);
    CHECK(told("# UNIT tests follow\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("# TYPE a untyped\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("\xEF\xBB\xBF{\"ts\":1}\n") == PT_RECORDS_JSONL);
    CHECK(told("ts,name,value\n") == PT_RECORDS_CSV);
    CHECK(told("\"ts\",\"name\"\n") == PT_RECORDS_CSV);
    CHECK(told("ts\tname\tvalue\n") == PT_RECORDS_TSV);
    CHECK(told("# HELP a b, c\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a{b=\"c,d\"} 1\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a 1\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a\t1\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a 1 1795167000000\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a:b 1\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("# a;b c\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("# hostname;interval;timestamp;CPU;%user\n") == PT_RECORDS_CSV);
    CHECK(told("ts;name;value\n") == PT_RECORDS_CSV);
    CHECK(told("cpu value=1\n") == PT_RECORDS_INFLUX);
    CHECK(told("cpu,host=a busy=0.5,state=\"on\" 1795167000000000000\n") == PT_RECORDS_INFLUX);
    CHECK(told("c\\ p\\,u,h\\ st=a\\ b s=\"x\n") == PT_RECORDS_INFLUX);
    CHECK(told("time, a=b\n") == PT_RECORDS_CSV);
    CHECK(told("at=5 took=3\n") == PT_RECORDS_JSONL);
    CHECK(told("3.5 4 5\n") == PT_RECORDS_JSONL);
    CHECK(told("level=info msg=x\n") == PT_RECORDS_JSONL);
    CHECK(told("a.b:1|c\n") == PT_RECORDS_STATSD);
    CHECK(told("a:x|s|#b:c\n") == PT_RECORDS_STATSD);
    CHECK(told("a:-1.5:2|ms|@0.1\r\n") == PT_RECORDS_STATSD);
    CHECK(told("a:x|c\n") != PT_RECORDS_STATSD);
    CHECK(told("a.b 1 1795167000\n") == PT_RECORDS_GRAPHITE);
    CHECK(told("a.b 1\n") == PT_RECORDS_GRAPHITE);
    CHECK(told("a 1 -3982045\n") == PT_RECORDS_PROMETHEUS);
    CHECK(told("a;b=c 1 -1\n") == PT_RECORDS_GRAPHITE);
    CHECK(told("a 1 1795167000\n") == PT_RECORDS_GRAPHITE);
    CHECK(told("nonsense\n") == PT_RECORDS_JSONL);
    CHECK(told("\x7F"
               "ELF\x02\x01\n") == PT_RECORDS_JSONL);
    CHECK(told("\n\n") == PT_RECORDS_AUTO);
    CHECK(told("") == PT_RECORDS_AUTO);
}

static void marks(void)
{
    static const char A1[] = "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"a\",\"value\":1}\n";
    lines_check("\xEF\xBB\xBF{\"ts\":1,\"name\":\"a\",\"value\":1}\n", A1);
    lines_check("\xEF\xBB\xBF\n{\"ts\":1,\"name\":\"a\",\"value\":1}\n", A1);
    lines_check("\xEF\xBB\xBF", "");
    lines_check("\xEF\xBB\xBFts,name,value\n1,a,1\n", A1);
    lines_check("{\"ts\":1,\"name\":\"a\",\"value\":1}\n\xEF\xBB\xBF{}\n",
                "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"a\",\"value\":1}\n"
                "in:2: not JSON: a record is an object: expected '{' at column 1\n");
}

/* A bad line never ends the stream, whatever it holds. */
static void garbage(void)
{
    lines_check_bytes(PT_STR("\0\0\n\xFF\xFE\n{\"ts\":1,\"type\":\"e\"}\n\0{\"ts\":1}"),
                      (struct pt_records_options){0},
                      "in:1: not JSON: a record is an object: expected '{' at column 1\n"
                      "in:2: not JSON: a record is an object: expected '{' at column 1\n"
                      "doc {\"ts\":1,\"type\":\"e\"}\n"
                      "in:4: not JSON: a record is an object: expected '{' at column 1\n");
}

/* Goes on in the middle of a file as if all before had been read. */
static void check_skip(const char *text, size_t offset, uint64_t lines,
                       enum pt_records_format format, const char *want)
{
    struct pt_records_options options = {.format = format};
    struct pt_err err = {0};
    struct pt_input *in;
    struct pt_records *records;
    struct pt_record r;
    struct pt_buf got = {0};
    enum pt_records_result rc;
    CHECK(pt_input_open(&in, lines_file("in", text, strlen(text)), &err) == 0);
    records = pt_records_new(in, &options);
    CHECK(pt_records_skip(records, offset, lines, &err) == 0);
    while ((rc = pt_records_next(records, -1, &r, &err)) != PT_RECORDS_END)
        if (rc == PT_RECORDS_ONE)
            pt_buf_printf(&got, "%" PRIu64 "@%" PRIu64 " %.*s %g %d\n",
                          pt_records_line(records)->number, pt_records_line(records)->offset,
                          (int)r.name.n, r.name.p, r.value.d, (int)r.kind);
    CHECK_STR(pt_buf_view(&got), want);
    pt_buf_release(&got);
    pt_records_free(records);
    pt_input_close(in);
}

static void skipping(void)
{
    check_skip("{\"ts\":1,\"name\":\"a\",\"value\":1}\n{\"ts\":2,\"name\":\"a\",\"value\":2}\n", 30,
               1, PT_RECORDS_JSONL, "2@30 a 2 0\n");
    check_skip("ts,a,b\n1,1,2\n2,3,4\n", 13, 2, PT_RECORDS_CSV, "3@13 a 3 0\n3@13 b 4 0\n");
    check_skip("ts,a,t\n1,1,\"x\ny\"\n2,3,z\n", 17, 3, PT_RECORDS_CSV, "4@17 a 3 0\n");
    check_skip("a:3|g\na:+1|g\n", 6, 1, PT_RECORDS_STATSD, "2@6 a 4 1\n");
    check_skip("a value=1 1\na value=2 2\n", 12, 1, PT_RECORDS_INFLUX, "2@12 a 2 0\n");
    check_skip("# TYPE a counter\na 1\na 2\n", 21, 2, PT_RECORDS_PROMETHEUS, "3@21 a 2 2\n");
}

static void too_short(void)
{
    struct pt_records_options options = {.format = PT_RECORDS_CSV};
    struct pt_err err = {0};
    struct pt_input *in;
    struct pt_records *records;
    CHECK(pt_input_open(&in, lines_file("in", "ts,a\n1,1\n", 9), &err) == 0);
    records = pt_records_new(in, &options);
    CHECK(pt_records_skip(records, 10, 2, &err) == -1 && err.code == PT_DATA);
    pt_records_free(records);
    pt_input_close(in);
}

TEST_MAIN({"telling", telling}, {"marks", marks}, {"garbage", garbage}, {"skipping", skipping},
          {"too short", too_short})
