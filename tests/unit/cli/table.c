/* table.c - options from arguments, environment and configuration, and what refuses them. */
#include "cli/table.h"

#include "cli/describe.h"

#include "../test.h"

#include <stdlib.h>

static struct {
    bool loud;
    const char *db;
    uint64_t limit;
    double ratio;
    int64_t every;
    int output;
    struct pt_list tags;
} got;

static const struct pt_option ROWS[] = {
    {PT_OPTION_FLAG, 'l', "loud", NULL, &got.loud, NULL, NULL, "say more"},
    PT_OPT_DB(&got.db),
    PT_OPT_GROUP("Limits"),
    {PT_OPTION_COUNT, 'n', "limit", "N", &got.limit, "10", NULL, "at most this many"},
    {PT_OPTION_NUMBER, 0, "ratio", "R", &got.ratio, NULL, NULL, "a part of the whole"},
    {PT_OPTION_DURATION, 0, "every", "DURATION", &got.every, "1m", NULL, "how often"},
    PT_OPT_OUTPUT(&got.output, "table|jsonl|csv"),
    {PT_OPTION_LIST, 't', "tag", "KEY=VALUE", &got.tags, NULL, NULL, "a tag"},
    PT_OPT_END,
};

static void reset(void)
{
    free(got.tags.v);
    memset(&got, 0, sizeof got);
    got.output = -1;
}

enum { WORDS_MOST = 16 };

/* Reads "words parted by spaces" as a command line; the message, empty when there is none. */
static const char *read_line(const char *line, int *operands, struct pt_err *err)
{
    static char text[256]; /* borrowed by got */
    char *argv[WORDS_MOST] = {(char *)"pt-test"}, *p = text;
    struct pt_table t = {0};
    int argc = 1, first = 0;
    snprintf(text, sizeof text, "%s", line);
    while (*p && argc < WORDS_MOST - 1) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    reset();
    *err = (struct pt_err){0};
    pt_table_add(&t, ROWS);
    if (pt_table_arguments(&t, argc, argv, &first, err) == 0)
        pt_table_fallbacks(&t, err);
    if (operands)
        *operands = argc - first;
    pt_table_release(&t);
    return err->what;
}

static bool refuses(const char *line, const char *message)
{
    struct pt_err err;
    bool same = strcmp(read_line(line, NULL, &err), message) == 0 && err.code == PT_USAGE;
    if (!same)
        printf("#   %s\n", err.what);
    return same;
}

static void every_spelling(void)
{
    struct pt_err err;
    int operands;
    CHECK_STR(pt_str(read_line("a -dx.db b --limit=5 -t k=v -tq=r --every 2s c", &operands, &err)),
              "");
    CHECK_INT(operands, 3);
    CHECK_STR(pt_str(got.db), "x.db");
    CHECK(got.limit == 5 && got.every == 2000000000 && got.tags.n == 2);
    CHECK_STR(pt_str(got.tags.v[1]), "q=r");
    read_line("-ln3 -o csv --ratio -1.5e-1 -- -n", &operands, &err);
    CHECK(got.loud && got.limit == 3 && got.output == 2 && got.ratio == -0.15 && operands == 1);
    read_line("", &operands, &err);
    CHECK(!got.loud && got.limit == 10 && got.every == 60000000000 && got.output == -1 && !got.db);
    read_line("--db= -d -", &operands, &err);
    CHECK_STR(pt_str(got.db), "-");
}

static void refusals(void)
{
    CHECK(refuses("--limt 3", "unknown option \"--limt\"; did you mean --limit?"));
    CHECK(refuses("--frobnicate=3", "unknown option \"--frobnicate\""));
    CHECK(refuses("-lz", "unknown option \"-z\""));
    CHECK(refuses("--db", "--db needs an argument: FILE"));
    CHECK(refuses("-d", "--db needs an argument: FILE"));
    CHECK(refuses("--loud=3", "--loud takes no argument"));
    CHECK(refuses("-n 12x", "--limit: \"12x\" is not a whole number (0, 1, 2, ...)"));
    CHECK(refuses("-n -1", "--limit: \"-1\" is not a whole number (0, 1, 2, ...)"));
    CHECK(refuses("--ratio nan", "--ratio: \"nan\" is not a number"));
    CHECK(refuses("--every 5q", "--every: \"5q\" is not a duration (such as 30s, 5m or 1h30m)"));
    CHECK(refuses("-o jsn", "--output: \"jsn\" is not one of table, jsonl, csv; did you mean "
                            "\"jsonl\"?"));
    CHECK(refuses("-o xml,json", "--output: \"xml,json\" is not one of table, jsonl, csv"));
}

static void environment(void)
{
    struct pt_table t = {0};
    struct pt_err err = {0};
    reset();
    setenv("PT_LIMIT", "7", 1);
    setenv("PT_LOUD", "yes", 1);
    setenv("PT_DB", "", 1);
    pt_table_add(&t, ROWS);
    CHECK_INT(pt_table_environment(&t, &err), 0);
    CHECK_INT(pt_table_fallbacks(&t, &err), 0);
    CHECK(got.limit == 7 && got.loud && !got.db && got.every == 60000000000);
    pt_table_release(&t);
    setenv("PT_LOUD", "loudly", 1);
    pt_table_add(&t, ROWS);
    CHECK_INT(pt_table_environment(&t, &err), -1);
    CHECK_STR(pt_str(err.what), "PT_LOUD: \"loudly\" is not yes or no");
    pt_table_release(&t);
    unsetenv("PT_LIMIT");
    unsetenv("PT_LOUD");
    unsetenv("PT_DB");
}

static const char CONFIG[] = "# defaults\n"
                             "db = all.db\n"
                             "unknown = passed over\n"
                             "  tag=a=b  \n"
                             "[pt-test]\n"
                             "limit = 1\n"
                             "limit = 2\n"
                             "[pt-other]\n"
                             "limit = x\n"
                             "[profile prod]\n"
                             "db = prod.db\n"
                             "[profile prod pt-test]\n"
                             "limit = 3\n"
                             "tag = c=d\n"
                             "tag = e=f\n"
                             "[profile dev]\n"
                             "db = dev.db\r\n";

static int configure(const char *text, const char *profile, struct pt_err *err)
{
    static struct pt_config c; /* borrowed by got */
    struct pt_config_scope scope = {"pt-test", profile, false};
    struct pt_table t = {0};
    int rc;
    pt_config_release(&c);
    reset();
    *err = (struct pt_err){0};
    pt_table_add(&t, ROWS);
    rc = pt_config_parse(&c, pt_str(text), "pt.conf", &scope, err);
    if (rc == 0)
        rc = pt_table_configuration(&t, &c, err);
    pt_table_release(&t);
    return rc;
}

static void configuration(void)
{
    struct pt_err err;
    CHECK_INT(configure(CONFIG, NULL, &err), 0);
    CHECK_STR(pt_str(got.db), "all.db");
    CHECK(got.limit == 2 && got.tags.n == 1);
    CHECK_STR(pt_str(got.tags.v[0]), "a=b");
    CHECK_INT(configure(CONFIG, "prod", &err), 0);
    CHECK_STR(pt_str(got.db), "prod.db");
    CHECK(got.limit == 3 && got.tags.n == 2);
    CHECK_INT(configure(CONFIG, "dev", &err), 0);
    CHECK_STR(pt_str(got.db), "dev.db");
    CHECK_INT((int64_t)got.limit, 2);
}

static bool config_refuses(const char *text, const char *message)
{
    struct pt_err err;
    char said[900] = "";
    if (configure(text, NULL, &err) == -1)
        pt_err_text(&err, said, sizeof said);
    if (strcmp(said, message) != 0)
        printf("#   %s\n", said);
    return strcmp(said, message) == 0;
}

static void configuration_refusals(void)
{
    CHECK(config_refuses("\n\nlimit\n", "pt.conf:3: expected `key = value` or a [section], not "
                                        "\"limit\""));
    CHECK(config_refuses("= 3", "pt.conf:1: a key is missing before \"=\""));
    CHECK(config_refuses("limit = 3x", "pt.conf:1: limit: \"3x\" is not a whole number (0, 1, 2, "
                                       "...)"));
    CHECK(config_refuses("[test]", "pt.conf:1: unknown section [test] (sections are [pt-NAME], "
                                   "[profile NAME] and [profile NAME pt-NAME])"));
    CHECK(config_refuses("[profile]\n", "pt.conf:1: unknown section [profile] (sections are "
                                        "[pt-NAME], [profile NAME] and [profile NAME pt-NAME])"));
}

static void the_users_file_beats_the_systems(void)
{
    struct pt_config c = {0};
    struct pt_config_scope system = {"pt-test", "prod", false}, user = {"pt-test", "prod", true};
    struct pt_err err = {0};
    CHECK_INT(pt_config_parse(&c, PT_STR("db=u\nlimit=1"), "user", &user, &err), 0);
    CHECK_INT(pt_config_parse(&c, PT_STR("[pt-test]\ndb=s\n[profile prod]\nlimit=2"), "system",
                              &system, &err),
              0);
    CHECK(c.profile_found && c.n == 4);
    CHECK(pt_config_rank(&c, "db") == c.v[0].rank && pt_config_rank(&c, "limit") == c.v[3].rank);
    CHECK_INT(pt_config_rank(&c, "absent"), -1);
    pt_config_release(&c);
}

static int nothing(int argc, char **argv, struct pt_err *err)
{
    (void)argc;
    (void)argv;
    (void)err;
    return 0;
}

static const struct pt_command COMMANDS[] = {
    {"pt-test", "[NAME]", "Test things", 1, ROWS, nothing},
    {"pt-test more", NULL, "Test .more 'things' \\ again", 0, NULL, nothing},
};

/* Each description holds every told option, and no line of help is wider than a terminal. */
static void descriptions_are_whole(void)
{
    static void (*const DESCRIBE[])(struct pt_buf *, const struct pt_face *) = {
        pt_describe_mdoc, pt_describe_bash, pt_describe_zsh, pt_describe_fish};
    static const char *const NAMES[] = {"loud", "db", "limit", "ratio", "every", "output", "tag"};
    struct pt_face face = {COMMANDS, 2, NULL};
    struct pt_buf b = {0};
    for (size_t d = 0; d < 4; d++) {
        pt_buf_clear(&b);
        DESCRIBE[d](&b, &face);
        for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
            CHECK(strstr(b.p, NAMES[i]) != NULL);
        CHECK(strstr(b.p, "more") != NULL);
    }
    pt_buf_clear(&b);
    pt_describe_help(&b, &face, &COMMANDS[0]);
    CHECK(strstr(b.p, "  -n, --limit N           at most this many (default 10)\n") != NULL);
    CHECK(strstr(b.p, "\nLimits:\n") != NULL);
    for (const char *p = b.p, *end; (end = strchr(p, '\n')); p = end + 1)
        CHECK(end - p <= 80);
    pt_buf_clear(&b);
    pt_describe_mdoc(&b, &face);
    CHECK(strstr(b.p, "Test \\&.more \\&'things' \\e again.\n") != NULL);
    pt_buf_release(&b);
    reset();
}

TEST_MAIN({"every spelling", every_spelling}, {"refusals", refusals}, {"environment", environment},
          {"configuration", configuration}, {"configuration refusals", configuration_refusals},
          {"the user's file beats the system's", the_users_file_beats_the_systems},
          {"descriptions are whole", descriptions_are_whole})
