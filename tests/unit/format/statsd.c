/* statsd.c - StatsD: the examples of statsd's docs/metric_types.md and of DogStatsD's "Datagram
 * Format", and that no point takes another's place. */
#include "lines.h"

#define NOW(ns) "{\"ts\":\"2026-11-20T16:00:00" ns "Z\",\"name\":\""
#define NS(digit) NOW(".00000000" digit)
#define COUNT ",\"unit\":\"count\""
#define GAUGE ",\"kind\":\"gauge\"}\n"

static void check(const char *text, const char *want)
{
    lines_check_bytes(pt_str(text), (struct pt_records_options){.format = PT_RECORDS_STATSD}, want);
}

static void specification(void)
{
    check("gorets:1|c\n", NOW("") "gorets\",\"value\":1" COUNT "}\n");
    check("gorets:1|c|@0.1\n", NOW("") "gorets\",\"value\":10" COUNT "}\n");
    check("glork:320|ms|@0.1\n", NOW("") "glork\",\"value\":320,\"unit\":\"ms\"}\n");
    check("gaugor:333|g\n", NOW("") "gaugor\",\"value\":333" GAUGE);
    check("gaugor:333|g\ngaugor:-10|g\ngaugor:+4|g\n", /* 327 in the end, as the document says */
          NOW("") "gaugor\",\"value\":333" GAUGE NS("1") "gaugor\",\"value\":323" GAUGE NS(
              "2") "gaugor\",\"value\":327" GAUGE);
    check("gaugor:5|g\ngaugor:0|g\ngaugor:-10|g\n",
          NOW("") "gaugor\",\"value\":5" GAUGE NS("1") "gaugor\",\"value\":0" GAUGE NS(
              "2") "gaugor\",\"value\":-10" GAUGE);
    check("uniques:765|s\n", "doc {\"type\":\"event\",\"ts\":\"2026-11-20T16:00:00Z\",\"name\":"
                             "\"uniques\",\"member\":\"765\"}\n");
    check("gorets:1|c\nglork:320|ms\ngaugor:333|g\n", /* one packet */
          NOW("") "gorets\",\"value\":1" COUNT
                  "}\n" NS("1") "glork\",\"value\":320,\"unit\":\"ms\"}\n" NS(
                      "2") "gaugor\",\"value\":333" GAUGE);
}

static void dogstatsd(void)
{
    check("page.views:1|c\n", NOW("") "page.views\",\"value\":1" COUNT "}\n");
    check("fuel.level:0.5|g\n", NOW("") "fuel.level\",\"value\":0.5" GAUGE);
    check("song.length:240|h|@0.5\n", NOW("") "song.length\",\"value\":240}\n");
    check("users.online:1|c|@0.5|#country:china\n",
          NOW("") "users.online\",\"value\":2" COUNT ",\"tags\":{\"country\":\"china\"}}\n");
    check("users.online:1|c|#country:china,environment:production\n",
          NOW("") "users.online\",\"value\":1" COUNT
                  ",\"tags\":{\"country\":\"china\",\"environment\":\"production\"}}\n");
    check(
        "a:1:2.5:-3|d|#flag,,url:http://x\n", NOW("") "a\",\"value\":1,\"tags\":{\"flag\":\"true\","
                                                      "\"url\":\"http://x\"}}\n" NS(
                                                          "1") "a\",\"value\":2.5,\"tags\":{"
                                                               "\"flag\":\"true\",\"url\":\"http://"
                                                               "x\"}}\n" NS("2") "a\",\"value\":-3,"
                                                                                 "\"tags\":{"
                                                                                 "\"flag\":"
                                                                                 "\"true\",\"url\":"
                                                                                 "\"http://"
                                                                                 "x\"}}\n");
    check("page.views:1|c|#env:dev|c:"
          "83c0a99c0a54c0c187f461c7980e9b57f3f6a8b0c918c8d93df19a9de6f3fe1d\n",
          NOW("") "page.views\",\"value\":1" COUNT ",\"tags\":{\"env\":\"dev\"}}\n");
    check("page.views:15|c|#env:dev|T1656581400\n",
          "{\"ts\":\"2022-06-30T09:30:00Z\",\"name\":\"page.views\",\"value\":15" COUNT
          ",\"tags\":{\"env\":\"dev\"}}\n");
    check("a:1|c|e:it-false,cn-x|card:low\r\n", NOW("") "a\",\"value\":1" COUNT "}\n");
    check("a:x:y|s|#b:c\n",
          "doc {\"type\":\"event\",\"ts\":\"2026-11-20T16:00:00Z\",\"name\":\"a\","
          "\"tags\":{\"b\":\"c\"},\"member\":\"x:y\"}\n");
}

/* Gauges of the same name with other tags are others; the order of tags does not matter. */
static void gauges(void)
{
    check(
        "g:1|g|#a:1,b:2\ng:5|g|#a:2\ng:+1|g|#b:2,a:1\n",
        NOW("") "g\",\"value\":1,\"kind\":\"gauge\",\"tags\":{\"a\":\"1\",\"b\":\"2\"}}\n" NS(
            "1") "g\",\"value\":5,\"kind\":\"gauge\",\"tags\":{\"a\":\"2\"}}\n" NS("2") "g\","
                                                                                        "\"value\":"
                                                                                        "2,"
                                                                                        "\"kind\":"
                                                                                        "\"gauge\","
                                                                                        "\"tags\":{"
                                                                                        "\"a\":"
                                                                                        "\"1\","
                                                                                        "\"b\":"
                                                                                        "\"2\"}}"
                                                                                        "\n");
    check("g:1|c\ng:1|g\n", NOW("") "g\",\"value\":1" COUNT "}\n" NS("1") "g\",\"value\":1" GAUGE);
    check("g:+3|g\n", NOW("") "g\",\"value\":3" GAUGE);
    check("g:1:+2:-1|g\n", NOW("") "g\",\"value\":1" GAUGE NS("1") "g\",\"value\":3" GAUGE NS(
                               "2") "g\",\"value\":2" GAUGE);
    check("g:1e308|g\ng:+1e308|g\ng:+1|g\n", /* the refused change changes nothing */
          NOW("") "g\",\"value\":1e+308" GAUGE
                  "in:2: statsd: the gauge becomes infinite at column 3\n" NS(
                      "2") "g\",\"value\":1e+308" GAUGE);
}

static void refusals(void)
{
    check("a\n", "in:1: statsd: expected name:value|type at column 1\n");
    check(":1|c\n", "in:1: statsd: expected name:value|type at column 1\n");
    check("a|c:1\n", "in:1: statsd: expected name:value|type at column 1\n");
    check("a:1\n", "in:1: statsd: expected a type: c, g, ms, h, d or s at column 4\n");
    check("a:1|x\n", "in:1: statsd: expected a type: c, g, ms, h, d or s at column 5\n");
    check("a:1|c:2|ms\n", "in:1: statsd: expected a type: c, g, ms, h, d or s at column 5\n");
    check("a:|c\n", "in:1: statsd: expected a number at column 3\n");
    check("a:1:x:3|c\n",
          NOW("") "a\",\"value\":1" COUNT "}\n"
                  "in:1: statsd: expected a number at column 5\n" NS("2") "a\",\"value\":3" COUNT
                                                                          "}\n");
    check("a:NaN|g\n", "in:1: value: NaN and infinities are not stored\n");
    check("a:1|c|@0\n", "in:1: statsd: expected a rate above 0 and up to 1 at column 8\n");
    check("a:1|c|@2\n", "in:1: statsd: expected a rate above 0 and up to 1 at column 8\n");
    check("a:1|c|@\n", "in:1: statsd: expected a number at column 8\n");
    check("a:1e308|c|@0.001\n", "in:1: statsd: the count becomes infinite at column 3\n");
    check("a:1|c|x\n", "in:1: statsd: expected @rate, #tags or T and a time at column 7\n");
    check("a:1|c||\n", "in:1: statsd: expected @rate, #tags or T and a time at column 7\n");
    check("a:1|c|Tx\n", "in:1: statsd: expected a time in seconds at column 8\n");
    check("a:1|c|#a|#b\n", "in:1: statsd: a second section of tags at column 10\n");
    check("a:1|c|#a:1,a:2\n", "in:1: tags: the key \"a\" appears twice\n");
    check("a:1|c|#:x\n", "in:1: statsd: expected a tag at column 8\n");
    check("a:|s\n", "in:1: statsd: expected a member of the set, in UTF-8, at column 3\n");
    check("_e{5,4}:title|text\n",
          "in:1: statsd: expected a type: c, g, ms, h, d or s at column 15\n");
    check("a\xFF:1|c\n", "in:1: name: not UTF-8\n");
}

TEST_MAIN({"specification", specification}, {"dogstatsd", dogstatsd}, {"gauges", gauges},
          {"refusals", refusals})
