/* severity.c - the order of severities and priorities, and documents that are at least so. */
#include "record/severity.h"
#include "../test.h"

/* RFC 5424, table 2, from 7 (debug) to 0 (emergency), by the keywords of syslog.conf(5). */
static void syslog_order(void)
{
    static const char *const WORDS[] = {"debug", "info", "notice", "warning",
                                        "err",   "crit", "alert",  "emerg"};
    for (int i = 0; i < 8; i++)
        CHECK_INT(pt_severity_of(pt_str(WORDS[i])), i + 1);
}

static void words(void)
{
    CHECK_INT(pt_severity_of(PT_STR("WARN")), PT_SEVERITY_WARNING);
    CHECK_INT(pt_severity_of(PT_STR("Fatal")), PT_SEVERITY_FATAL);
    CHECK_INT(pt_severity_of(PT_STR("panic")), PT_SEVERITY_FATAL);
    CHECK_INT(pt_severity_of(PT_STR("warnings")), PT_SEVERITY_UNKNOWN);
    CHECK_INT(pt_severity_of(PT_STR("war")), PT_SEVERITY_UNKNOWN);
    CHECK_INT(pt_severity_of(PT_STR("")), PT_SEVERITY_UNKNOWN);
    CHECK(!pt_severity_name(PT_SEVERITY_UNKNOWN));
    CHECK_STR(pt_str(pt_severity_name(pt_severity_of(PT_STR("err")))), "error");
}

static bool is(enum pt_severity severity, const char *priority, const char *body)
{
    struct pt_least least = {.severity = severity};
    struct pt_arena arena = {0};
    struct pt_err err = {0};
    bool yes;
    if (priority)
        CHECK_INT(pt_least_priority(&least, priority, &err), 0);
    yes = pt_least_match(&least, pt_str(body), &arena);
    pt_arena_release(&arena);
    return yes;
}

static void severities(void)
{
    CHECK(is(PT_SEVERITY_UNKNOWN, NULL, "{}"));
    CHECK(is(PT_SEVERITY_WARNING, NULL, "{\"severity\":\"warning\"}"));
    CHECK(is(PT_SEVERITY_WARNING, NULL, "{\"severity\":\"cr\\u0069t\"}"));
    CHECK(!is(PT_SEVERITY_WARNING, NULL, "{\"severity\":\"notice\"}"));
    CHECK(!is(PT_SEVERITY_DEBUG, NULL, "{\"severity\":\"page\"}"));
    CHECK(!is(PT_SEVERITY_DEBUG, NULL, "{\"severity\":\"\"}"));
    CHECK(!is(PT_SEVERITY_DEBUG, NULL, "{\"severity\":8}"));
    CHECK(!is(PT_SEVERITY_DEBUG, NULL, "{\"severity\":null}"));
    CHECK(!is(PT_SEVERITY_DEBUG, NULL, "{\"tags\":{\"severity\":\"fatal\"}}"));
}

static void priorities(void)
{
    struct pt_least least = {0};
    struct pt_err err = {0};
    CHECK(is(0, "high", "{\"priority\":\"Urgent\"}"));
    CHECK(is(0, "high", "{\"priority\":3}"));
    CHECK(is(0, "2.5", "{\"priority\":\"high\"}"));
    CHECK(!is(0, "2.5", "{\"priority\":\"normal\"}"));
    CHECK(!is(0, "-1", "{\"priority\":-1.5}"));
    CHECK(is(0, "-1", "{\"priority\":\"7\"}"));
    CHECK(!is(0, "-1", "{\"priority\":\"7x\"}"));
    CHECK(!is(0, "-1", "{\"priority\":[7]}"));
    CHECK(!is(0, "-1", "{}"));
    CHECK(!is(PT_SEVERITY_ERROR, "1", "{\"severity\":\"error\"}"));
    CHECK(is(PT_SEVERITY_ERROR, "1", "{\"severity\":\"error\",\"priority\":1}"));
    CHECK_INT(pt_least_priority(&least, "soon", &err), -1);
    CHECK_INT(err.code, PT_USAGE);
    CHECK_INT(pt_least_priority(&least, "", &err), -1);
}

TEST_MAIN({"syslog_order", syslog_order}, {"words", words}, {"severities", severities},
          {"priorities", priorities})
