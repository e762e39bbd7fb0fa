/* table.h - the rows that one command line is read by: a command's own and the common ones.
 *
 * A table borrows its rows and remembers for each where its value came from.  The zero value is an
 * empty table; pt_table_release frees what it grew.  Reading goes in the order of precedence:
 * pt_table_arguments, pt_table_environment, pt_table_configuration, pt_table_fallbacks; a row that
 * has a value is left alone by those that follow. */
#ifndef PT_CLI_TABLE_H
#define PT_CLI_TABLE_H

#include "cli/config.h"
#include "cli/option.h"

enum pt_table_source {
    PT_FROM_NOWHERE,
    PT_FROM_ARGUMENTS,
    PT_FROM_ENVIRONMENT,
    PT_FROM_CONFIGURATION
};

struct pt_table_row {
    const struct pt_option *option;
    char letter; /* option->letter, or 0 when an earlier row has it */
    enum pt_table_source source;
};

struct pt_table {
    struct pt_table_row *v;
    size_t n, cap;
};

/* Adds the rows up to PT_OPT_END (NULL: none).  Of rows with the same name or letter the earlier
 * one has it. */
void pt_table_add(struct pt_table *t, const struct pt_option *rows);
void pt_table_release(struct pt_table *t);

struct pt_table_row *pt_table_find(const struct pt_table *t, struct pt_str name); /* or NULL */

/* Reads options out of argv by getopt_long, which moves the operands to the end; *first is the
 * index of the first of them.  argv[0] is passed over. */
int pt_table_arguments(struct pt_table *t, int argc, char **argv, int *first, struct pt_err *err);
int pt_table_environment(struct pt_table *t, struct pt_err *err);
int pt_table_configuration(struct pt_table *t, const struct pt_config *config, struct pt_err *err);
int pt_table_fallbacks(struct pt_table *t, struct pt_err *err);

/* Sets one row's destination from text.  `label` names the source in messages ("--limit",
 * "PT_LIMIT"); value NULL only for flags: true. */
int pt_option_set(const struct pt_option *o, const char *label, const char *value,
                  struct pt_err *err);

bool pt_option_has_argument(const struct pt_option *o);

/* The i-th of "a|b|c"; false behind the last. */
bool pt_option_choice(const char *choices, size_t i, struct pt_str *out);

/* Appends "PT_TS_UNIT" for "ts-unit". */
void pt_option_variable(struct pt_buf *b, const char *name);

#endif
