/* option.h - the one table of facts about a program's options.
 *
 * A row carries type, names, argument label, default, choices, help and destination.  Parsing,
 * --help, the manual's OPTIONS section and the shell completions are all made from it; nothing
 * about an option is written twice.  A table ends with a row of zeroes.
 *
 * Where an option is not given, its value comes from the environment (PT_DB for --db, PT_TS_UNIT
 * for --ts-unit: "PT_" and the long name in capitals; an empty variable counts as unset), then from
 * the configuration files (config.h), then from `fallback`.  A value is checked by its type
 * wherever it comes from. */
#ifndef PT_CLI_OPTION_H
#define PT_CLI_OPTION_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pt_option_type {
    PT_OPTION_END,
    PT_OPTION_FLAG,     /* bool * */
    PT_OPTION_TEXT,     /* const char **, borrowed from argv, environment or configuration */
    PT_OPTION_COUNT,    /* uint64_t *: a whole number */
    PT_OPTION_NUMBER,   /* double * */
    PT_OPTION_DURATION, /* int64_t *: nanoseconds */
    PT_OPTION_CHOICE,   /* int *: which of `choices`, from 0 */
    PT_OPTION_LIST,     /* struct pt_list *: may be given many times */
    PT_OPTION_GROUP,    /* no option: `help` is the heading of those that follow */
};

/* The texts are borrowed as for PT_OPTION_TEXT; `v` belongs to whoever owns the list. */
struct pt_list {
    const char **v;
    size_t n, cap;
};

struct pt_option {
    enum pt_option_type type;
    char letter;          /* 0: none */
    const char *name;     /* long name without the dashes */
    const char *arg;      /* label of the argument, as in "FILE"; NULL for flags */
    void *to;
    const char *fallback; /* default, as it would be typed; NULL: `to` is left as it is */
    const char *choices;  /* "jsonl|table|csv", for PT_OPTION_CHOICE */
    const char *help;     /* one sentence without a full stop */
};

/* A program, or one of its subcommands. */
struct pt_command {
    const char *name;     /* "pt-query", "pt-query sql" */
    const char *operands; /* "[SELECTOR]"; NULL for none */
    const char *summary;  /* one line */
    int most_operands;    /* -1: any number */
    const struct pt_option *options;
    /* Does the work.  The exit status (enum pt_code); or -1 with err.  argv holds the operands. */
    int (*run)(int argc, char **argv, struct pt_err *err);
};

/* Options that several programs share: one definition each, `to` is the program's variable. */
#define PT_OPT_DB(dest)                                                                           \
    {PT_OPTION_TEXT, 'd', "db", "FILE", dest, NULL, NULL, "the store (default $PT_DB, then pt.db)"}
#define PT_OPT_SINCE(dest)                                                                        \
    {PT_OPTION_TEXT, 'S', "since", "TIME", dest, NULL, NULL,                                      \
     "from this time on (RFC 3339, epoch, now, today, yesterday, -1h30m, \"2 days ago\")"}
#define PT_OPT_UNTIL(dest)                                                                        \
    {PT_OPTION_TEXT, 'U', "until", "TIME", dest, NULL, NULL, "up to but not including this time"}
#define PT_OPT_TZ(dest)                                                                           \
    {PT_OPTION_TEXT, 0, "tz", "ZONE", dest, NULL, NULL,                                           \
     "time zone of local times, an IANA name (default: the system's)"}
#define PT_OPT_OUTPUT(dest, choices)                                                              \
    {PT_OPTION_CHOICE, 'o', "output", "FORMAT", dest, NULL, choices,                              \
     "output format (default: a table on a terminal, else jsonl)"}
#define PT_OPT_INPUT(dest)                                                                        \
    {PT_OPTION_CHOICE, 'i', "input", "FORMAT", dest, "auto", PT_INPUT_CHOICES, "input format"}
#define PT_INPUT_CHOICES                                                                          \
    "auto|jsonl|csv|tsv|influx|openmetrics|prometheus|statsd|graphite|collectd|otlp"
#define PT_OPT_TS_UNIT(dest)                                                                      \
    {PT_OPTION_CHOICE, 0, "ts-unit", "UNIT", dest, "auto", "auto|s|ms|us|ns",                     \
     "unit of epoch times; auto tells by size"}
#define PT_OPT_GROUP(heading) {PT_OPTION_GROUP, 0, NULL, NULL, NULL, NULL, NULL, heading}
#define PT_OPT_END {PT_OPTION_END, 0, NULL, NULL, NULL, NULL, NULL, NULL}

#endif
