/* csv.c - CSV and TSV: long and wide tables, RFC 4180's quoting, and rows that do not fit. */
#include "lines.h"

#define LONG "ts,name,value,host\n"
#define A1 "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"a\",\"value\":1"

static void long_form(void)
{
    lines_check(LONG "1,a,1,h\n", A1 ",\"tags\":{\"host\":\"h\"}}\n");
    lines_check(LONG "1,a,1,\n", A1 "}\n");
    lines_check("value,zone,unit,timestamp,kind,metric\n1,z,ms,1,counter,a\n",
                A1 ",\"kind\":\"counter\",\"unit\":\"ms\",\"tags\":{\"zone\":\"z\"}}\n");
    lines_check("ts,name,value,tags,b\n1,a,1,\"{\"\"c\"\":\"\"2\"\",\"\"a\"\":\"\"1\"\"}\",x\n",
                A1 ",\"tags\":{\"a\":\"1\",\"b\":\"x\",\"c\":\"2\"}}\n");
    lines_check(LONG "1,a,+1.,h\n1,a,9223372036854775807,h\n",
                A1 ",\"tags\":{\"host\":\"h\"}}\n{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"a\","
                   "\"value\":9223372036854775807,\"tags\":{\"host\":\"h\"}}\n");
    lines_check("ts,name,value\r\n1,a,1\r\n\r\n1,a,1", A1 "}\n" A1 "}\n");
    lines_check("\xEF\xBB\xBFts,name,value\n1,a,1\n", A1 "}\n");
    lines_check("ts\tname\tvalue\th\n1\ta\t1\tx y,z\n", A1 ",\"tags\":{\"h\":\"x y,z\"}}\n");
}

static void wide_form(void)
{
    lines_check(
        "ts,host,cpu,mem\n1,h,0.5,2\n2,h,,3\n",
        "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"cpu\",\"value\":0.5,\"tags\":{\"host\":"
        "\"h\"}}\n{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"mem\",\"value\":2,\"tags\":{"
        "\"host\":\"h\"}}\n{\"ts\":\"1970-01-01T00:00:02Z\",\"name\":\"mem\",\"value\":3,"
        "\"tags\":{\"host\":\"h\"}}\n");
    lines_check("ts,a,b\n1,1,2\n1,1,x\n1,1,\n", /* one bad cell does not spoil its row */
                A1 "}\n{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"b\",\"value\":2}\n" A1
                   "}\nin:3: b: not a number: \"x\"\n" A1 "}\n");
    lines_check("ts,value\n1,1\n",
                "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"value\",\"value\":1}\n");
}

static void semicolons(void)
{
    lines_check("ts;name;value;host\n1;a;1;x,y\n", A1 ",\"tags\":{\"host\":\"x,y\"}}\n");
    lines_check("ts;\"a,b,c,d\"\n1;1\n",
                "{\"ts\":\"1970-01-01T00:00:01Z\",\"name\":\"a,b,c,d\",\"value\":1}\n");
    lines_check("ts,name,value,\"a;b;c;d;e\"\n1,a,1,\n", A1 "}\n");
    lines_check("ts,name,value,a;b\n1,a,1,\n", A1 "}\n");
    /* a decimal comma is no number, and no tag either unless that is said */
    lines_check("ts;name;value\n1;a;12,5\n", "in:2: value: not a number: \"12,5\"\n");
    lines_check("ts;a;b\n1;12,5;1\n2;0;1\n",
                "in:2: a: a number has a decimal point (--tags makes it a tag): \"12,5\"\n"
                "{\"ts\":\"1970-01-01T00:00:02Z\",\"name\":\"a\",\"value\":0}\n"
                "{\"ts\":\"1970-01-01T00:00:02Z\",\"name\":\"b\",\"value\":1}\n");
    lines_check("ts,a,legs\n1,1,\"1,2\"\n", A1 ",\"tags\":{\"legs\":\"1,2\"}}\n");
    lines_check_bytes(PT_STR("ts;b;a\n1;12,5;1\n"), (struct pt_records_options){.tags = "b"},
                      A1 ",\"tags\":{\"b\":\"12,5\"}}\n");
}

/* As `sadf -d -- -u -r -n DEV` writes it. */
static void sections_of_sadf(void)
{
    lines_check(
        "# hostname;interval;timestamp;CPU;%user;%idle\n"
        "h7;1;2026-11-20 16:00:01 UTC;-1;0.50;99.50\n"
        "# hostname;interval;timestamp;IFACE;rxpck/s\n"
        "h7;1;2026-11-20 16:00:01 UTC;lo;4.00\n"
        "h7;-1;2026-11-20 16:00:01 UTC;LINUX-RESTART\t(2 CPU)\n",
        "{\"ts\":\"2026-11-20T16:00:01Z\",\"name\":\"%user\",\"value\":0.5,"
        "\"tags\":{\"CPU\":\"-1\",\"hostname\":\"h7\"}}\n"
        "{\"ts\":\"2026-11-20T16:00:01Z\",\"name\":\"%idle\",\"value\":99.5,"
        "\"tags\":{\"CPU\":\"-1\",\"hostname\":\"h7\"}}\n{\"ts\":\"2026-11-20T16:00:01Z\",\"name\":"
        "\"rxpck/s\",\"value\":4,\"tags\":{\"IFACE\":\"lo\",\"hostname\":\"h7\"}}\n"
        "in:5: 4 cells where the header has 5\n");
    lines_check("# timestamp;a\n1;1\n# a remark\n1;1\n",
                A1 "}\nin:3: 1 cells where the header has 2\n" A1 "}\n");
    lines_check("# timestamp;CPU;a\n1;0;1\n# timestamp;INTR;a\n1;0;1\n",
                A1 ",\"tags\":{\"CPU\":\"0\"}}\n" A1 ",\"tags\":{\"INTR\":\"0\"}}\n");
    lines_check("# hostname;timestamp;x\nh;2026-11-20 16:00:01 UTX;1\n",
                "in:2: timestamp: not a time: \"2026-11-20 16:00:01 UTX\"\n");
}

#define TAGS(g, h) ",\"tags\":{\"g\":\"" g "\",\"h\":\"" h "\"}}\n"

/* What earlier rows taught must not reach rows that only look like them. */
static void series_by_cells(void)
{
    lines_check("h,ts,g,name,value\na,1,b,a,1\na,1,b,a,1\n\"a\",1, b,a,1\n",
                A1 TAGS("b", "a") A1 TAGS("b", "a") A1 TAGS("b", "a"));
    lines_check("h,ts,g,name,value\n\"a,b\",1,c,a,1\na,1,\"b,c\",a,1\n",
                A1 TAGS("c", "a,b") A1 TAGS("b,c", "a"));
    lines_check("h,ts,g,name,value\na,1,bc,a,1\nab,1,c,a,1\n",
                A1 TAGS("bc", "a") A1 TAGS("c", "ab"));
    lines_check("ts,name,value,unit,kind\n1,a,1,ms,gauge\n1,a,1,,\n1,a,1,ms,gauge\n",
                A1 ",\"kind\":\"gauge\",\"unit\":\"ms\"}\n" A1 "}\n" A1
                   ",\"kind\":\"gauge\",\"unit\":\"ms\"}\n");
    lines_check("ts,name,value\n1,a,1\n1,a\033b,1\n1,a\033b,1\n",
                A1 "}\nin:3: name: must have at most 512 bytes and no control characters: a\\x1bb\n"
                   "in:4: name: must have at most 512 bytes and no control characters: a\\x1bb\n");
}

static void quoting(void)
{
    lines_check(LONG "1,a,1,\"x,\"\"y\"\"\"\n", A1 ",\"tags\":{\"host\":\"x,\\\"y\\\"\"}}\n");
    lines_check(LONG "1,a,1,\"x\n\ny\"\n1,a,1,z\n",
                A1 ",\"tags\":{\"host\":\"x\\n\\ny\"}}\n" A1 ",\"tags\":{\"host\":\"z\"}}\n");
    lines_check(LONG "1,\"a\",\"1\",\"\"\n", A1 "}\n");
    lines_check("ts,name,value,\"a\nb\"\n1,a,1,x\n", A1 ",\"tags\":{\"a\\nb\":\"x\"}}\n");
    /* a quote inside a cell that does not begin with one is only a quote */
    lines_check(LONG "1,a,1,5\" disk\n1,a,1,z\n",
                A1 ",\"tags\":{\"host\":\"5\\\" disk\"}}\n" A1 ",\"tags\":{\"host\":\"z\"}}\n");
    lines_check(LONG "1,a,1,x\"\"y\"\n1,a,1,z\n",
                A1 ",\"tags\":{\"host\":\"x\\\"\\\"y\\\"\"}}\n" A1 ",\"tags\":{\"host\":\"z\"}}\n");
    lines_check(LONG "1,a,1,\"x\"y\n1,a,1,z\n",
                "in:2: column 4: badly quoted\n" A1 ",\"tags\":{\"host\":\"z\"}}\n");
    lines_check(LONG "1,a,1,\"x\n1,a,1,z\n",
                "in:2: a quoted cell that opens here does not end\n" A1
                ",\"tags\":{\"host\":\"z\"}}\n");
    lines_check(LONG "1,a,1,\"x\n1,a,1,z\n1,a,1,\"y\n1,a,1,z\n",
                "in:2: column 4: badly quoted\n" A1 ",\"tags\":{\"host\":\"z\"}}\n"
                "in:4: a quoted cell that opens here does not end\n" A1
                ",\"tags\":{\"host\":\"z\"}}\n");
}

/* An open quote costs its own line only. */
static void open_quote_ends(void)
{
    struct pt_buf in = {0}, got = {0};
    const char *p;
    int rows = 0;
    pt_buf_puts(&in, LONG "1,a,1,\"x\n");
    for (int i = 0; i < 20000; i++)
        pt_buf_puts(&in, "1,a,1,h\n");
    lines_read(&got, lines_file("in", in.p, in.n), &(struct pt_records_options){0});
    CHECK(strncmp(got.p, "in:2: a quoted cell that opens here does not end\n", 49) == 0);
    for (p = got.p; (p = strstr(p, A1)); p++)
        rows++;
    CHECK(rows == 20000);
    pt_buf_release(&in);
    pt_buf_release(&got);
}

static void refusals(void)
{
    lines_check(LONG "1,a,1\n1,a,1,h,i\n", "in:2: 3 cells where the header has 4\n"
                                           "in:3: 5 cells where the header has 4\n");
    lines_check(LONG "x,a,1,h\n", "in:2: ts: not a time: \"x\"\n");
    lines_check(LONG "1,a,NaN,h\n1,a,,h\n1,a,1x,h\n1,a,\"1,5\",h\n",
                "in:2: value: not a number: \"NaN\"\nin:3: value: not a number: \"\"\n"
                "in:4: value: not a number: \"1x\"\nin:5: value: not a number: \"1,5\"\n");
    lines_check(LONG "1,,1,h\n1,a\xFF,1,h\n1,a\033b,1,h\n",
                "in:2: name: not a name: \"\"\nin:3: name: not a name: \"a\xEF\xBF\xBD\"\n"
                "in:4: name: must have at most 512 bytes and no control characters: a\\x1bb\n");
    lines_check_bytes(PT_STR(LONG "1,a\0b,1,h\n"), (struct pt_records_options){0},
                      "in:2: name: must have at most 512 bytes and no control characters: "
                      "a\\x00b\n");
    lines_check(LONG "1,a,1,\xFF\n", "in:2: host: not UTF-8: \"\xEF\xBF\xBD\"\n");
    lines_check("ts,name,value,unit\n1,a,1,\xFF\n", "in:2: unit: not UTF-8: \"\xEF\xBF\xBD\"\n");
    lines_check("ts,name,value,kind\n1,a,1,rate\n",
                "in:2: kind: none of gauge, counter, histogram: \"rate\"\n");
    lines_check("ts,name,value,tags\n1,a,1,x\n", "in:2: tags: not an object\n");
    lines_check("ts,name,value,h,tags\n1,a,1,x,\"{\"\"h\"\":\"\"y\"\"}\"\n",
                "in:2: tags: the key \"h\" appears twice\n");
}

static void headers(void)
{
    static const char SAME[] = "in:1: header of a table: a column's name is empty or comes twice\n";
    lines_check("ts,name,value,h,h\n", SAME);
    lines_check("ts,name,value,\n", SAME);
    lines_check("ts,time,name,value\n", SAME);
    lines_check("name,value\n",
                "in:1: header of a table: no column of times (ts, time, timestamp, date or "
                "datetime) among: name, value\n");
    lines_check("ts,name,value,\xFF\n", "in:1: header of a table: a column's name is not UTF-8\n");
    lines_check("ts,name,value", "");
}

static void local_times(void)
{
    struct pt_err err = {0};
    CHECK(pt_time_zone("Europe/Berlin", &err) == 0);
    lines_check("ts,name,value\n2026-11-20 09:30:00,a,1\n2026-07-01T00:00:00,a,1\n",
                "{\"ts\":\"2026-11-20T08:30:00Z\",\"name\":\"a\",\"value\":1}\n"
                "{\"ts\":\"2026-06-30T22:00:00Z\",\"name\":\"a\",\"value\":1}\n");
    CHECK(pt_time_zone("UTC", &err) == 0);
    lines_check_bytes(PT_STR("ts,name,value\n1000,a,1\n"),
                      (struct pt_records_options){.ts_unit = PT_UNIT_MS}, A1 "}\n");
}

TEST_MAIN({"long form", long_form}, {"wide form", wide_form}, {"semicolons", semicolons},
          {"sections of sadf", sections_of_sadf}, {"series by cells", series_by_cells},
          {"quoting", quoting}, {"open quote ends", open_quote_ends}, {"refusals", refusals},
          {"headers", headers},
          {"local times", local_times})
