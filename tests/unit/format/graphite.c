/* graphite.c - the plaintext protocol: the examples of "Feeding In Your Data" and "Graphite Tag
 * Support" (graphite.readthedocs.io), and lines that break its rules. */
#include "lines.h"

#define NOW "{\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\""
#define AT "{\"ts\":\"2026-11-20T09:30:00Z\",\"name\":\""

static void check(const char *text, const char *want)
{
    lines_check_bytes(pt_str(text), (struct pt_records_options){.format = PT_RECORDS_GRAPHITE},
                      want);
}

static void specification(void)
{
    check("local.random.diceroll 4 1795167000\n", AT "local.random.diceroll\",\"value\":4}\n");
    check("disk.used;datacenter=dc1;rack=a1;server=web01 12.5 1795167000\n",
          AT "disk.used\",\"value\":12.5,\"tags\":{\"datacenter\":\"dc1\",\"rack\":\"a1\","
             "\"server\":\"web01\"}}\n");
    check("disk.used;rack=a1;datacenter=dc1;server=web01 12.5 1795167000\n",
          AT "disk.used\",\"value\":12.5,\"tags\":{\"datacenter\":\"dc1\",\"rack\":\"a1\","
             "\"server\":\"web01\"}}\n");
}

static void times(void)
{
    check("a.b 1 -1\n", NOW "a.b\",\"value\":1}\n");
    check("a.b 1\n", NOW "a.b\",\"value\":1}\n");
    check("a.b 1\na.b 2\n",
          NOW "a.b\",\"value\":1}\n"
              "{\"ts\":\"2026-11-20T16:00:00.000000001Z\",\"name\":\"a.b\",\"value\":2}\n");
    check("a.b  1\t1795167000.5 \r\n",
          "{\"ts\":\"2026-11-20T09:30:00.500Z\",\"name\":\"a.b\",\"value\":1}\n");
    check("a.b 1 1795167000000\n", AT "a.b\",\"value\":1}\n");
    lines_check_bytes(PT_STR("a.b 1 5\n"), (struct pt_records_options){.ts_unit = PT_UNIT_MS},
                      "{\"ts\":\"1970-01-01T00:00:00.005Z\",\"name\":\"a.b\",\"value\":1}\n");
}

static void refusals(void)
{
    check("a.b\n", "in:1: graphite: expected a number at column 4\n");
    check("a.b x 1\n", "in:1: graphite: expected a number at column 5\n");
    check("a.b NaN 1\n", "in:1: value: NaN and infinities are not stored\n");
    check("a.b -inf 1\n", "in:1: value: NaN and infinities are not stored\n");
    check("a.b 1 x\n", "in:1: graphite: expected a time in seconds at column 7\n");
    check("a.b 1 nan\n", "in:1: graphite: expected a time in seconds at column 7\n");
    check("a.b 1 2 3\n", "in:1: graphite: something follows the time at column 9\n");
    check(";a=b 1 2\n", "in:1: graphite: expected a path at column 1\n");
    check("a;b 1 2\n", "in:1: graphite: expected a tag, key=value at column 3\n");
    check("a;=b 1 2\n", "in:1: graphite: expected a tag, key=value at column 3\n");
    check("a;b^=c 1 2\n", "in:1: graphite: expected a tag, key=value at column 3\n");
    check("a;b= 1 2\n", "in:1: graphite: expected a tag's value at column 5\n");
    check("a;b=~c 1 2\n", "in:1: graphite: expected a tag's value at column 5\n");
    check("a;b=c; 1 2\n", "in:1: graphite: expected a tag, key=value at column 7\n");
    check("a;b=c;b=d 1 2\n", "in:1: tags: the key \"b\" appears twice\n");
    check("\xFF 1 2\n", "in:1: name: not UTF-8\n");
    check("a\n\na 1 1795167000\n",
          "in:1: graphite: expected a number at column 2\n" AT "a\",\"value\":1}\n");
}

TEST_MAIN({"specification", specification}, {"times", times}, {"refusals", refusals})
